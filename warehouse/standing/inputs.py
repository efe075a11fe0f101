"""The digests of what a stage of a month would read now, and of what it left."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from warehouse import policy as policies
from warehouse.flow import READS, WRITES, months_read
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.settings import REPOSITORY, Settings
from warehouse.standing.digests import Digests
from warehouse.verdicts import GATES

# What of the repository decides a result beside the program: folder and ending.
_CODE = {
    "contracts": ("warehouse/intake", (".yml",)),
    "suites": ("expectations/suites", (".yml",)),
    "forms": ("warehouse/release/forms", (".yml", ".sql")),
    "notices": ("warehouse/notices", (".yml", ".sql")),
    "dbt": ("dbt_project", (".sql", ".yml", ".csv")),
}
_MODELS = REPOSITORY / "linkage" / "model" / "trained"
_PACKS = "policy"
_PACKAGES = ("warehouse", "linkage", "expectations")


class Inputs:
    """Looks at one home with the inbox, region and packs of a run; every file is read once at most."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lake = Lake(settings.home)
        self.digests = Digests(settings.home)
        self._parts: dict[tuple[str, str], str] = {}
        self._of_code: dict[str, str] = {}

    def of(self, stage: str, month: Month) -> dict[str, str]:
        """Everything that the stage reads for the month, by a plain name (``registry/2026-09``, ``policy``)."""
        reads, found = READS[stage], {}
        for table, when in reads.tables.items():
            for one in months_read(when, str(month), self._months(table)):
                found[f"{table}/{one}"] = self.part(table, one)
        found |= self.rules(stage, month)
        if reads.frequencies:
            found["frequencies"] = self._frequencies(month)
        if reads.inbox and (inbox := self.inbox(month)) is not None:
            found["inbox"] = inbox
        return {name: digest for name, digest in sorted(found.items()) if digest}

    def rules(self, stage: str, month: Month) -> dict[str, str]:
        """What of it are rules and no data: the policy lines of the month, and what of the repository decides."""
        reads = READS[stage]
        found = {name: self._code(name) for name in reads.code}
        return {**found, "policy": self.policy(month, reads.policy, reads.but_policy)}

    def program(self) -> str:
        """The digest of the program's own text."""
        return self._code("program")

    def left(self, stage: str, month: Month) -> dict[str, str]:
        """What the stage left for the month, by table. A gate's verdict may be released later: it is not looked into."""
        if stage in GATES:
            return {}
        return {table: digest for table in WRITES[stage] if (digest := self.part(table, str(month)))}

    def forget(self) -> None:
        """Look at the lake anew: a stage has run since."""
        self._parts.clear()

    def inbox(self, month: Month) -> str | None:
        """The digest of the month's folder of the inbox; None where there is none (put away, or not named)."""
        folder = self.settings.inbox / str(month)
        if not folder.is_dir():
            return None
        return self.digests.of(files_of(folder), folder)

    def closed(self, month: Month) -> dict[str, str]:
        """Month to the text of its ``closed.json``, for all months up to this one."""
        found = {}
        for one in self.lake.months("closed"):
            path = self.lake.partition("closed", month=one) / "closed.json"
            if one <= str(month) and path.is_file():
                found[one] = path.read_text(encoding="utf-8")
        return found

    def part(self, table: str, month: str) -> str:
        """The digest of a table's month, over all feeds or marts; empty where there is none."""
        known = self._parts.get((table, month))
        if known is None:
            known = self._parts[table, month] = self._part(table, month)
        return known

    def _part(self, table: str, month: str) -> str:
        lake = self.lake
        if table == "release":
            return self.digests.of([lake.home / "release" / month], lake.home)
        if table == "marts":
            return self.digests.of(sorted((lake.root / table).glob(f"*/month={month}")), lake.root)
        if table == "ledger":
            return self._ledger(month)
        feeds = [lake.partition(table, feed=feed, month=month) for feed in lake.feeds(table, month)]
        return self.digests.of([*feeds, lake.partition(table, month=month)], lake.root)

    def _ledger(self, month: str) -> str:
        """What counts of a ledger: what is in, held, refused or withdrawn. That a file was once another does not."""
        from warehouse.intake import ledger

        entries = sorted(
            (entry.feed, entry.file, entry.sha256, entry.status)
            for entry in ledger.read(self.lake, month)
            if entry.status not in ("superseded", "duplicate")
        )
        return hashlib.sha256(json.dumps(entries).encode()).hexdigest() if entries else ""

    def _months(self, table: str) -> list[str]:
        if table == "marts":
            return self.lake.months("marts/fct_warning_monthly")
        plain = set(self.lake.months(table))
        plain |= {
            path.name.removeprefix("month=") for path in (self.lake.root / table).glob("feed=*/month=*")
        }
        return sorted(plain)

    def policy(self, month: Month, prefixes: tuple[str, ...] | None, but: tuple[str, ...]) -> str:
        """The lines of the region that have begun by the month's last day, as they stand on it.

        A line's end that lies after the month changes nothing for it.
        """
        last, chosen = month.last_day, []
        for line in policies.read_lines(self.settings.policy_dir):
            is_ours = line.region in ("*", self.settings.region) and line.valid_from <= last
            is_asked = prefixes is None or line.parameter.startswith(prefixes)
            if not is_ours or not is_asked or (but and line.parameter.startswith(but)):
                continue
            ends = line.valid_to if line.valid_to and line.valid_to < last else None
            chosen.append(
                (line.region, line.parameter, line.value, line.unit, str(line.valid_from), str(ends), line.document,
                 line.status, line.note)
            )  # fmt: skip
        ordered = sorted("\x1f".join(cells) for cells in chosen)
        return hashlib.sha256("\n".join([self.settings.region, *ordered]).encode()).hexdigest()

    def _code(self, name: str) -> str:
        known = self._of_code.get(name)
        if known is None:
            known = self._of_code[name] = self.digests.of(_paths_of(name), REPOSITORY)
        return known

    def _frequencies(self, month: Month) -> str:
        last = month.last_day.isoformat()
        dated = [p for p in sorted((self.lake.root / "frequencies").glob("[0-9]*.parquet")) if p.stem <= last]
        return self.digests.of(dated[-1:], self.lake.root)


def _paths_of(name: str) -> list[Path]:
    """The files of the repository that decide under a name of ``Reads.code``."""
    if name == "model":
        return sorted(_MODELS.glob("*.json"))[-1:]
    if name == "program":
        return [path for package in _PACKAGES for path in sorted((REPOSITORY / package).rglob("*.py"))]
    folder, endings = _CODE[name]
    return [
        path
        for path in sorted((REPOSITORY / folder).rglob("*"))
        if path.suffix in endings and path.parent.name != _PACKS and "target" not in path.parts
    ]


def files_of(folder: Path) -> list[Path]:
    """What of an inbox folder a receive looks at: deliveries and the files beside them."""
    return sorted(
        path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~"))
    )
