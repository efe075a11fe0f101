"""What is stale and why, and one command that runs it again in order: three months, with stages as small as can be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.dock_support import MONTH, write_csv
from tests.unit.warehouse.rebuild.small_chain import FIRST, LAST, MONTHS, ROSTER, SECOND, Home
from warehouse.errors import GateHeld, MonthNotClosed
from warehouse.flow import READS
from warehouse.rebuild import planned


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
