"""A home with its inbox, and a chain of stages as small as can be.

Receive and close are the real ones. The stages behind them only tell what they read (a hash of it is what they
write), which is all that staleness is about; the real chain is rebuilt in tests/e2e.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.dock_support import MONTH, roster_rows, whole_month, write_sheets
from warehouse.flow import READS, WRITES
from warehouse.guard import stage_run
from warehouse.intake.close import close
from warehouse.intake.receive import receive
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import load
from warehouse.rebuild import rebuild
from warehouse.settings import REPOSITORY, Settings
from warehouse.standing.inputs import Inputs
from warehouse.standing.states import months_run, survey
from warehouse.verdicts import GATES, RuleVerdict, Verdict, fingerprint, write_verdict

MONTHS = (MONTH.plus(-2), MONTH.plus(-1), MONTH)


FIRST, SECOND, LAST = map(str, MONTHS)


ROSTER = "assistance_roster"


class Home:
    """A home with its inbox, and a chain of stages in which what is written is a hash of what was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lake = Lake(folder / "home")
        self.settings = Settings(
            folder / "home",
            folder / "inbox",
            "tongren",
            REPOSITORY / "dbt_project" / "seeds" / "policy",
            1,
            1.0,
        )
        self.ran: list[tuple[str, str]] = []
        self.stops: dict[tuple[str, str], BaseException] = {}
        self.planned: list[tuple[str, str]] = []
        self.blind: set[str] = set()  # stages whose result is the same whatever they read

    def run(self, stage: str, month: Month) -> Outcome:
        with stage_run(stage, month, self.settings.home, self.settings):
            self.ran.append((str(month), stage))
            if stage in ("receive", "close"):
                policy = load(self.settings.policy_dir, "tongren", month)
                more = {"inbox": self.settings.inbox} if stage == "receive" else {}
                return (receive if stage == "receive" else close)(
                    month, lake=self.lake, policy=policy, **more
                )
            return self.tell(stage, month)

    def tell(self, stage: str, month: Month) -> Outcome:
        """What a stage reads, hashed into each table that it writes."""
        inputs = Inputs(self.settings)
        tables = {name: digest for name, digest in inputs.of(stage, month).items() if "/" in name}
        said = "blind" if stage in self.blind else json.dumps(tables, sort_keys=True)
        if stage in GATES:
            held = (str(month), stage) in self.stops
            seen = fingerprint(
                [self.lake.partition("standardised", feed=ROSTER, month=str(month))], self.lake.root
            )
            rule = RuleVerdict("E-1", "t", "stop", success=not held, why="w")
            write_verdict(Verdict(stage, str(month), "held" if held else "passed", (rule,), seen), self.lake)
        for table in () if stage in GATES else WRITES[stage]:
            self.write(stage, table, month, hashlib.sha256(f"{table}{said}".encode()).hexdigest())
        outcome = record(Outcome(stage, str(month)), self.lake)
        stop = self.stops.get((str(month), stage))
        if stop:
            raise stop
        return outcome

    def write(self, stage: str, table: str, month: Month, text: str) -> None:
        if table == "release":
            self.lake.write_text(self.lake.home / "release" / str(month) / "manifest.json", text)
            return
        name = "marts/fct_warning_monthly" if table == "marts" else table
        keys = {"feed": ROSTER} if table in ("standardised", "records", "profiles") else {}
        with self.lake.replacing(name, **keys, month=str(month)) as folder:
            (folder / "part.json").write_text(json.dumps(text), encoding="utf-8")

    def chain(self) -> None:
        for month in MONTHS:
            for stage in READS:
                self.run(stage, month)
        self.ran.clear()

    def rebuild(self, **how: object) -> list[tuple[str, str]]:
        self.ran.clear()
        rebuild(self.settings, self.run, **how)  # type: ignore[arg-type]
        return list(self.ran)

    def states(self) -> dict[tuple[str, str], tuple[str, str]]:
        inputs = Inputs(self.settings)
        found = survey(inputs, months_run(inputs))
        return {(one.month, one.stage): (one.status, "; ".join(one.reasons)) for one in found}

    def stale_months(self) -> list[str]:
        return sorted({month for (month, _), (status, _) in self.states().items() if status != "fresh"})

    def correct(self, month: str = FIRST, rows: int = 12, name: str = f"{ROSTER}_v2.xlsx") -> Path:
        day = f"{month.replace('-', '年')}月25日"
        return write_sheets(
            self.settings.inbox / month / name, {"隆务镇": roster_rows(rows, filled_in=day), "空": []}
        )

    def results(self) -> dict[str, str]:
        """What the months made, by its bytes."""
        return {
            str(path.relative_to(self.lake.home)): hashlib.sha256(path.read_bytes()).hexdigest()
            for part in ("lake", "release")
            for path in sorted((self.lake.home / part).rglob("*"))
            # A receive says that it reopened its month, old closings are kept for their words, an export has its day.
            if path.is_file() and not {"deliveries", "outcomes", "access_log"} & set(path.parts)
        }


def inbox(folder: Path) -> None:
    for month in MONTHS:
        whole_month(folder, month)
        day = f"{month.year}年{month.number}月25日"
        write_sheets(folder / str(month) / f"{ROSTER}.xlsx", {"隆务镇": roster_rows(10, filled_in=day)})
        for feed, words in (("assistance_payment", "202610"), ("medical_settlement", "2026-10-12")):
            path = folder / str(month) / f"{feed}.csv"
            now = f"{month.year}{month.number:02d}" if words == "202610" else f"{month}-12"
            text = path.read_bytes().decode("gb18030").replace(words, now)
            path.write_bytes(text.encode("gb18030"))
        # A month's file is never another's: some rows more in each.
        for path in (folder / str(month)).glob("*.csv"):
            lines = path.read_bytes().splitlines(keepends=True)
            path.write_bytes(b"".join([*lines, *lines[1 : 1 + month.number]]))
