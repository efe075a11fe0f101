"""What policy no longer keeps goes, what later months need stays, and everybody can see who deleted what."""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse import access, audit_log, backup
from warehouse.errors import Misconfigured, Refused
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import load
from warehouse.retention.deleting import delete_due
from warehouse.retention.due import survey
from warehouse.retention.expired import expired
from warehouse.retention.kinds import kinds, look_back
from warehouse.settings import REPOSITORY, Settings
from warehouse.standing.inputs import Inputs
from warehouse.standing.record import ended
from warehouse.standing.states import state_of

ON = date(2032, 3, 1)
OLD, OPEN, RECENT, LAST = "2026-08", "2026-09", "2032-01", "2032-02"
TABLES = (
    "landed/feed=death",
    "standardised/feed=death",
    "standardised/feed=pension",
    "profiles/feed=pension",
)


@pytest.fixture
def policy():
    packs = REPOSITORY / "dbt_project" / "seeds" / "policy"
    return load(packs, "tongren", Month(2032, 3))


def write(lake, table, month, **columns):
    folder, _, feed = table.partition("/feed=")
    keys = {"feed": feed, "month": month} if feed else {"month": month}
    with lake.replacing(folder, **keys) as aside:
        pq.write_table(pa.table(columns or {"id_no": ["632321199001011234"]}), aside / "a.parquet")


@pytest.fixture
def lake(tmp_path):
    """Four months: an old one, an old one with an unanswered list, and the last two."""
    lake = Lake(tmp_path / "home")
    for month in (OLD, OPEN, RECENT, LAST):
        for table in (*TABLES, "registry", "marts/fct_warning_monthly"):
            write(lake, table, month)
        record(Outcome("publish", month), lake)
        for folder in ("release", "slips"):
            (lake.home / folder / month).mkdir(parents=True)
            (lake.home / folder / month / "a.xlsx").write_bytes(b"x")
    write(lake, "marts/fct_open_item_monthly", LAST, listed_month=[OPEN], last_listed_month=[OPEN])
    return lake


def shortened(policy, **months):
    lines = dict(policy.lines)
    for kind, value in months.items():
        name = f"retention.{kind}_months"
        lines[name] = replace(lines[name], value=str(value))
    return replace(policy, lines=lines)


def told(lake, policy, on=ON):
    return {
        (due.kind.kind, due.month): (sorted({p.parts[-2] for p in due.folders}), due.kept_for)
        for standing in survey(lake, policy, on)
        for due in standing.due
    }


def test_what_is_over_may_go_and_what_is_needed_stays(lake, policy):
    found = told(lake, shortened(policy, releases=12))
    assert found["landed", OLD][1] == ""
    assert found["registry", OLD][1] == ""
    assert found["slips", OLD][1] == ""
    assert found["releases", OLD][1] == ""
    # A death is told once: a roster of any later month is held against it. Nobody has answered the list of OPEN.
    assert "death" in found["standardised", OLD][1]
    assert "未答复" in found["releases", OPEN][1]
    assert not [one for one in found if one[1] in (RECENT, LAST)], "within its time"
    assert not [one for one in found if one[0] in ("history", "identity", "logs")], "kept for good"


def test_the_last_two_months_stay_whatever_policy_says(lake, policy):
    short = shortened(policy, landed=0, registry=0)
    found = told(lake, short, date(2032, 12, 1))
    assert "最近两个月" in found["landed", LAST][1]
    assert "最近两个月" in found["registry", RECENT][1]


def test_nothing_goes_within_the_longest_window_of_any_rule(lake, policy):
    assert look_back(policy) >= 24
    far = replace(policy.lines["medical_burden_window_months"], value="90")
    wide = replace(policy, lines={**policy.lines, "medical_burden_window_months": far})
    assert "回看 90" in told(lake, wide)["standardised", OLD][1]


def test_a_deletion_says_who_why_and_how_many_and_takes_nothing_else(lake, policy):
    before = {path for path in lake.home.rglob("*") if path.is_file() and path.suffix != ".lock"}
    going = {
        path
        for standing in survey(lake, policy, ON)
        for due in standing.due
        if not due.kept_for
        for folder in due.folders
        for path in folder.rglob("*")
    }
    with pytest.raises(Refused, match="wants a name"):
        delete_due(lake, policy, ON, by=" ", reason="保存期满")
    done = delete_due(lake, policy, ON, by="档案室 张建国", reason="保存期满")
    written = {
        path for name in ("retention", "audit_log", "access_log") for path in (lake.root / name).rglob("*")
    }
    after = {path for path in lake.home.rglob("*") if path.is_file() and path.suffix != ".lock"}
    assert before - after == {path for path in going if path in before}
    assert before - after
    assert after - before <= written
    (entry,) = audit_log.entries(lake, kind="retention")
    assert entry.mark == done.entry
    assert (entry.by, entry.reason, entry.on) == ("档案室 张建国", "保存期满", "2032-03-01")
    assert entry.facts["deleted"]["landed"] == [OLD, OPEN]
    assert entry.facts["counts"]["landed"] == 2
    assert access.verify(lake).is_whole
    assert ("standardised", OLD) in expired(lake)
    assert "retention" in backup.NEEDED_TABLES
    # A second time there is nothing to do, and no entry.
    assert delete_due(lake, policy, ON, by="张建国", reason="保存期满").entry == ""
    assert len(audit_log.entries(lake)) == 1


def test_a_month_without_its_rows_is_not_made_again_from_what_is_left(lake, policy):
    delete_due(lake, policy, ON, by="张建国", reason="保存期满")
    with (
        pytest.raises(Refused, match="deleted by the policy"),
        stage_run("standardise", Month.parse(OLD), lake.home),
    ):
        pass


def test_a_day_before_what_ran_is_a_mistake(lake, policy):
    with pytest.raises(Misconfigured, match="lies before"):
        survey(lake, policy, date(2031, 1, 1))


def test_every_kind_has_its_line_of_policy(policy):
    assert {kind.parameter for kind in kinds()} <= set(policy.lines)


def test_killed_before_the_last_folder_the_rest_goes_the_next_time(lake, policy, monkeypatch):
    from warehouse.retention import deleting

    def stop(folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(deleting, "drop", stop)
        with pytest.raises(KeyboardInterrupt):
            delete_due(lake, policy, ON, by="张建国", reason="保存期满")
    assert lake.partition("landed", feed="death", month=OLD).exists()
    delete_due(lake, policy, ON, by="张建国", reason="保存期满")
    assert not lake.partition("landed", feed="death", month=OLD).exists()
    assert access.verify(lake).is_whole


def test_what_was_deleted_makes_no_month_stale(lake, policy, tmp_path):
    def states():
        inputs = Inputs(settings)
        return [state_of(inputs, stage, Month.parse(month)).status for stage, month in stood]

    settings = Settings.from_environment(home=lake.home, inbox=tmp_path / "inbox", region="tongren")
    stood = [("standardise", OLD), ("gate1", LAST), ("link", LAST)]
    for stage, month in stood:
        inputs = Inputs(settings)
        ended(inputs, stage, Month.parse(month), inputs.of(stage, Month.parse(month)))
    before = states()
    assert before[0] == before[2] == "fresh"
    delete_due(lake, policy, ON, by="张建国", reason="保存期满")
    assert states() == before
    # What is lost otherwise still shows.
    next(lake.partition("profiles", feed="pension", month=LAST).glob("*.parquet")).unlink()
    assert states()[2] == "stale"
