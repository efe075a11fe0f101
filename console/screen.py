"""What the command shows: progress lines, an outcome, tables; or JSON, or nothing."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from warehouse.errors import Refused
from warehouse.outcomes import Outcome, listening


@dataclass(frozen=True)
class Screen:
    """``quiet`` shows errors only; ``as_json`` writes one JSON object a line on standard output."""

    quiet: bool = False
    as_json: bool = False

    @property
    def _console(self) -> Console:
        # A file or pipe has no width of its own: there a table is not folded.
        width = None if sys.stdout.isatty() else 160
        return Console(file=sys.stdout, soft_wrap=True, highlight=False, width=width)

    def say(self, sentence: str) -> None:
        """A progress line for people."""
        if not self.quiet and not self.as_json:
            self._console.print(sentence, markup=False)

    def emit(self, plain: dict[str, Any]) -> None:
        """One JSON line, where JSON was asked for."""
        if self.as_json:
            sys.stdout.write(json.dumps(plain, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def outcome(self, outcome: Outcome, seconds: float) -> None:
        """One stage: its counts on one line, its reasons below."""
        self.emit({**outcome.as_dict(), "seconds": seconds})
        counts = " · ".join(f"{name} {count:,}" for name, count in sorted(outcome.counts.items()))
        self.say(f"{outcome.month}  {outcome.stage:<12}{seconds:>7.1f} s  {counts}")
        for reason in outcome.reasons:
            self.say(f"{'':<9}{reason}")

    def run(self, stage: Callable[[], tuple[Outcome, float]]) -> Outcome:
        """Run a stage and show its outcome; where it refuses, what it recorded before: the error names only why."""
        begun = time.perf_counter()
        with listening() as heard:
            try:
                outcome, seconds = stage()
            except Refused:
                if heard:
                    self.outcome(heard[-1], round(time.perf_counter() - begun, 2))
                raise
        self.outcome(outcome, seconds)
        return outcome

    def table(self, title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table; numbers stand to the right."""
        body = [list(row) for row in rows]
        self.emit({"table": title, "columns": list(headers), "rows": body})
        if self.quiet or self.as_json:
            return
        table = Table(title=title, title_justify="left", title_style="bold")
        for index, header in enumerate(headers):
            numeric = bool(body) and all(isinstance(row[index], int | float) for row in body)
            table.add_column(
                header, justify="right" if numeric else "left", overflow="fold", no_wrap=index == 0
            )
        for row in body:
            table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
        self._console.print(table)


def complain(sentence: str) -> None:
    """An error on standard error."""
    sys.stderr.write(sentence + "\n")
