"""What is stale and why, and one command that runs it again in order: three months, with stages as small as can be.

Receive and close are the real ones. The stages behind them only tell what they read (a hash of it is what they
write), which is all that staleness is about; the real chain is rebuilt in tests/e2e.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dock_support import MONTH, roster_rows, whole_month, write_csv, write_sheets
from warehouse.errors import GateHeld, LakeDamaged, MonthNotClosed, NotReleased
from warehouse.flow import READS, WRITES
from warehouse.guard import stage_run
from warehouse.intake.close import close
from warehouse.intake.receive import receive
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import load
from warehouse.rebuild import planned, rebuild
from warehouse.settings import REPOSITORY, Settings
from warehouse.standing.inputs import Inputs
from warehouse.standing.states import months_of_another_program, months_run, survey
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


@pytest.fixture(scope="module")
def run_through(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("three"))
    inbox(home.settings.inbox)
    home.chain()
    return home


@pytest.fixture(scope="module")
def rebuilt(run_through: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same with a corrected roster of the first month, rebuilt without a disturbance."""
    home = copy_of(run_through, tmp_path_factory.mktemp("rebuilt"))
    home.correct()
    home.planned = [(one.month, one.stage) for one in planned(home.settings)]
    home.rebuild()
    return home


def copy_of(home: Home, folder: Path) -> Home:
    shutil.copytree(home.folder, folder / "copy")
    return Home(folder / "copy")


@pytest.fixture
def home(run_through: Home, tmp_path: Path) -> Home:
    shutil.copytree(run_through.folder, tmp_path / "copy")
    return Home(tmp_path / "copy")


def test_three_months_that_ran_are_fresh_and_a_rebuild_does_nothing(home: Home) -> None:
    assert {status for status, _ in home.states().values()} == {"fresh"}
    before = home.results()
    assert home.rebuild() == []
    assert home.results() == before


def test_a_corrected_roster_of_the_first_month_makes_all_three_stale_and_says_why(home: Home) -> None:
    home.correct()
    states = home.states()
    assert states[FIRST, "receive"] == (
        "stale", f"assistance_roster_v2.xlsx lies in the inbox of {FIRST} and was not received yet",
    )  # fmt: skip
    assert states[LAST, "publish"] == ("behind", f"it stands on receive of {FIRST}, which has to run again")
    home.run("receive", MONTHS[0])
    home.run("close", MONTHS[0])
    for stage in list(READS)[2 : list(READS).index("link") + 1]:
        home.run(stage, MONTHS[0])
    status, why = home.states()[SECOND, "link"]
    assert status == "stale"
    assert why.startswith(
        f"{FIRST} was closed again with assistance_roster_v2.xlsx in place of assistance_roster.xlsx after "
        f"{SECOND} was linked; "
    )
    assert f"the registry of persons of {FIRST} changed after link of {SECOND}" in why
    assert home.states()[SECOND, "standardise"][0] == "behind"  # its receive looks at the ledgers before it
    assert home.stale_months() == [FIRST, SECOND, LAST]


def test_rebuild_runs_in_order_exactly_what_is_stale_and_then_nothing(rebuilt: Home, tmp_path: Path) -> None:
    ran = list(rebuilt.ran)
    assert ran == sorted(ran, key=lambda one: (one[0], list(READS).index(one[1]))), "in order"
    assert ran == [one for one in rebuilt.planned if one in ran]
    assert {stage for month, stage in ran if month == FIRST} == set(READS)
    not_again = {"close", "standardise", "slips"}
    assert {stage for month, stage in ran if month == SECOND} == set(READS) - not_again
    again = copy_of(rebuilt, tmp_path)
    assert again.stale_months() == []
    assert again.rebuild() == []
    # What a home says that had the corrected file from the start.
    other = Home(tmp_path / "other")
    shutil.copytree(rebuilt.settings.inbox, other.settings.inbox)
    other.chain()
    assert other.results() == rebuilt.results()


def test_changed_and_changed_back_is_fresh_again(run_through: Home, rebuilt: Home, tmp_path: Path) -> None:
    home = copy_of(rebuilt, tmp_path)
    (home.settings.inbox / FIRST / f"{ROSTER}_v2.xlsx").unlink()
    assert home.stale_months() == [FIRST, SECOND, LAST]
    home.rebuild()
    before, now = run_through.results(), home.results()
    differ = {name.split("/")[1] for name in before | now if before.get(name) != now.get(name)}
    assert differ == {"ledger"}, "it remembers the file"


def test_a_stage_whose_result_is_as_before_wakes_none_behind_it(home: Home) -> None:
    home.blind = {"standardise", "build"}
    for stage in READS:
        home.run(stage, MONTH)
    home.correct(LAST)
    # The build and the notices read the account of rows, where another file stands now; the marts come out as they were.
    assert {stage for _, stage in home.rebuild()} == {
        "receive",
        "close",
        "standardise",
        "slips",
        "gate1",
        "build",
        "notices",
    }


def test_the_first_refusal_stops_and_the_same_command_goes_on_from_there(home: Home) -> None:
    home.correct()
    home.stops[FIRST, "gate1"] = GateHeld("gate1 holds it.", next_step="decide.")
    with pytest.raises(GateHeld):
        home.rebuild()
    assert home.ran[-1] == (FIRST, "gate1")
    assert home.states()[FIRST, "gate1"] == ("held", f"gate1 holds {FIRST}")
    assert home.states()[FIRST, "link"][0] == "stale"
    home.stops.clear()
    ran = home.rebuild()
    assert ran[0] == (FIRST, "gate1")
    assert home.stale_months() == []


def test_killed_in_stage_after_stage_and_run_again_is_as_undisturbed(home: Home, rebuilt: Home) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    file = Path(FIRST) / f"{ROSTER}_v2.xlsx"
    shutil.copy(
        rebuilt.settings.inbox / file, home.settings.inbox / file
    )  # a workbook knows when it was written
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("warehouse.intake.ledger.write", killed)
        home.rebuild()
    for stop in ((FIRST, "link"), (SECOND, "build"), (LAST, "notices")):
        home.stops = {stop: KeyboardInterrupt()}
        with pytest.raises(KeyboardInterrupt):
            home.rebuild()
    home.stops.clear()
    assert home.rebuild() == [(LAST, "notices")]
    assert home.stale_months() == []
    assert home.results() == rebuilt.results()


def test_a_required_feed_taken_back_stops_at_close_and_says_why(home: Home) -> None:
    side = home.settings.inbox / SECOND / f"{ROSTER}.xlsx.withdrawn.json"
    side.write_text(json.dumps({"by": "民政局", "reason": "错报"}), encoding="utf-8")
    assert home.states()[SECOND, "receive"][0] == "stale"
    with pytest.raises(MonthNotClosed, match=r"assistance_roster.xlsx was withdrawn"):
        home.rebuild()
    assert home.ran == [(SECOND, "receive"), (SECOND, "close")]


def test_a_month_under_way_goes_no_further_than_it_got(home: Home) -> None:
    after = MONTH.next
    shutil.copytree(home.settings.inbox / LAST, home.settings.inbox / str(after))
    for path in (home.settings.inbox / str(after)).glob("*"):
        path.unlink()
    write_csv(home.settings.inbox / str(after), "pension", 5)
    text = (home.settings.inbox / str(after) / "pension.csv").read_bytes().decode("gb18030")
    (home.settings.inbox / str(after) / "pension.csv").write_bytes(
        text.replace("202610", "202611").encode("gb18030")
    )
    home.run("receive", after)
    write_csv(home.settings.inbox / str(after), "hotline", 3)
    assert home.rebuild() == [(str(after), "receive")]


@pytest.mark.parametrize(
    ("table", "month", "stages"),
    [
        ("decisions", LAST, {"link", "quality", "prepare_review", "build", "gate2", "publish", "notices"}),
        ("dispositions", SECOND, {"build", "gate2", "publish", "notices"}),
    ],
)
def test_what_people_entered_wakes_the_stages_that_read_it(
    home: Home, table: str, month: str, stages: set[str]
) -> None:
    home.lake.write_text(home.lake.partition(table, month=month) / "a.json", "[1]")
    assert set(home.rebuild()) == {(LAST, stage) for stage in stages}


def test_from_to_and_everything_choose_the_months_and_an_old_home_is_rebuilt_whole(home: Home) -> None:
    assert home.rebuild(first=MONTH, everything=True) == [(LAST, stage) for stage in READS]
    shutil.rmtree(home.lake.root / "standing")
    ran = home.rebuild(last=MONTHS[0])
    assert ran == [(FIRST, stage) for stage in READS]


def test_a_table_taken_away_is_made_again(home: Home) -> None:
    shutil.rmtree(home.lake.root / "crosswalk" / f"month={LAST}")
    status, why = home.states()[LAST, "link"]
    assert (status, why) == ("stale", f"what link of {LAST} left in crosswalk was changed or taken away")
    assert home.rebuild()[0] == (LAST, "link")
    assert home.stale_months() == []


def test_an_inbox_that_was_put_away_says_nothing_of_what_was_received(home: Home) -> None:
    shutil.rmtree(home.settings.inbox)
    assert home.stale_months() == []


def test_a_policy_line_that_begins_after_the_month_changes_nothing_for_it(home: Home) -> None:
    packs = home.folder / "packs"
    shutil.copytree(home.settings.policy_dir, packs)
    settings = Settings(home.settings.home, home.settings.inbox, "tongren", packs, 1, 1.0)
    path = packs / "intake.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("*,intake_max_fall_share,"))
    cells = lines[place].split(",")
    ends, begins = f"{LAST}-15", f"{LAST}-16"
    lines[place] = ",".join([*cells[:5], ends, *cells[6:]])
    lines.insert(place + 1, ",".join([*cells[:2], "0.4", cells[3], begins, *cells[5:]]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    stale = {(one.month, one.stage) for one in planned(settings) if one.status == "stale"}
    assert (LAST, "receive") in stale
    assert {month for month, _ in stale} == {LAST}
    assert (LAST, "build") not in stale


def with_line(home: Home, file: str, parameter: str, old: str, new: str) -> None:
    """The home's packs from now on: a copy in which one line has another value."""
    packs = home.folder / "packs"
    if not packs.exists():
        shutil.copytree(home.settings.policy_dir, packs)
    path = packs / file
    told = path.read_text(encoding="utf-8")
    assert f"{parameter},{old}," in told
    path.write_text(told.replace(f"{parameter},{old},", f"{parameter},{new},"), encoding="utf-8")
    home.settings = replace(home.settings, policy_dir=packs)


@pytest.mark.parametrize(
    ("file", "parameter", "old", "new", "stages"),
    [
        ("expectations.csv", "expectations.history_months", "6", "7", "gate1, gate2"),
        ("tongren.csv", "medical_burden_line_low_income", "10000", "12000", "gate1, build, gate2"),
    ],
)
def test_what_was_judged_by_other_policy_is_not_published(
    home: Home, file: str, parameter: str, old: str, new: str, stages: str
) -> None:
    with_line(home, file, parameter, old, new)
    with pytest.raises(
        NotReleased, match=re.escape(f"policy lines of the month (after {stages}) changed")
    ) as error:
        home.run("publish", MONTH)
    assert f"doudi rebuild --from {LAST} --to {LAST}" in error.value.next_step
    home.rebuild()
    home.run("publish", MONTH)
    with_line(home, "release.csv", "release.answer_days", "30", "31")
    assert "gate2" not in {stage for _, stage in home.rebuild()}, (
        "how a list looks is no reason to judge it again"
    )


def test_what_was_judged_by_other_suites_is_not_published(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Inputs.rules
    monkeypatch.setattr(
        Inputs, "rules", lambda self, stage, month: {**rules(self, stage, month), "suites": "other"}
    )
    with pytest.raises(NotReleased, match=r"the rules of the gates \(after gate1, gate2\) changed"):
        home.run("publish", MONTH)


def test_a_log_that_is_not_whole_is_told_before_policy_that_changed(home: Home) -> None:
    with_line(home, "tongren.csv", "medical_burden_line_low_income", "10000", "12000")
    home.lake.write_text(home.lake.root / "audit_log" / "000001.json", "{}")
    with pytest.raises(LakeDamaged, match="entry 1"):
        home.run("publish", MONTH)


@pytest.mark.parametrize(
    "before",
    [
        {"tables": {"records": "now", "profiles": "now"}},  # the registry, decisions, events are asked since
        {"policy": ("linkage_", "model_", "release.")},
        {"code": ()},
    ],
)
def test_an_upgrade_is_told_as_such_and_the_data_are_not_blamed(
    home: Home, monkeypatch: pytest.MonkeyPatch, before: dict[str, object]
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(READS, "link", replace(READS["link"], **before))
        home.run("link", MONTH)
    assert home.states()[LAST, "link"] == (
        "stale",
        f"the program was upgraded after link of {LAST} and asks other tables or policy lines since",
    )
    # What did change is told beside it.
    home.lake.write_text(home.lake.partition("decisions", month=LAST) / "a.json", "[1]")
    why = home.states()[LAST, "link"][1]
    assert ("what people decided about links" in why) == ("tables" not in before)
    assert home.rebuild()[0] == (LAST, "link")
    assert home.stale_months() == []


def test_a_table_that_another_stage_writes_since_an_upgrade_is_not_called_changed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(WRITES, "link", ("crosswalk", "registry"))
        home.run("link", MONTH)
    assert home.states()[LAST, "link"] == ("fresh", "")


def test_what_a_stage_did_not_leave_before_an_upgrade_and_another_reads_since_is_made(home: Home) -> None:
    path = home.lake.root / "standing" / f"month={LAST}" / "link.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    del plain["left"]["link_words"]
    older = {**plain, "asked": {**plain["asked"], "writes": ["crosswalk", "pairs", "registry"]}}
    shutil.rmtree(home.lake.partition("link_words", month=LAST))
    for kept in (older, {name: plain[name] for name in ("inputs", "left", "closed")}):
        home.lake.write_text(path, json.dumps(kept))
        assert home.states()[LAST, "link"] == (
            "stale",
            f"link of {LAST} ended before the program left link_words, which the stages behind it read",
        )
    assert home.rebuild()[0] == (LAST, "link")
    assert home.stale_months() == []


def test_a_stage_that_came_with_an_upgrade_and_an_older_program_are_named(home: Home) -> None:
    for table in ("standing", "outcomes"):
        (home.lake.root / table / f"month={LAST}" / "quality.json").unlink()
    assert "never ran for" in home.states()[LAST, "quality"][1]
    inputs = Inputs(home.settings)
    assert months_of_another_program(inputs, MONTHS) == []
    path = home.lake.root / "standing" / f"month={SECOND}" / "build.json"
    home.lake.write_text(path, path.read_text(encoding="utf-8").replace(inputs.program(), "0" * 64))
    assert months_of_another_program(inputs, MONTHS) == [SECOND]


def test_of_a_record_of_an_earlier_version_it_is_said_that_the_program_may_be_all(home: Home) -> None:
    path = home.lake.root / "standing" / f"month={LAST}" / "gate2.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    old = {name: plain[name] for name in ("inputs", "left", "closed")}
    home.lake.write_text(
        path, json.dumps({**old, "inputs": {**old["inputs"], "policy": "as it was asked then"}})
    )
    status, why = home.states()[LAST, "gate2"]
    assert status == "stale"
    assert why.startswith(
        f"gate2 of {LAST} ended under an earlier version of the program, which may be all that changed"
    )
