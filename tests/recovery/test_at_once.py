"""Two at once, and what a dead one left: one works, the other is told to wait or refused, nothing is mixed."""

import subprocess
import sys

import pytest

from linkage.identity import month_before
from warehouse import runs, swap
from warehouse.backup import backup
from warehouse.errors import CutShort, HistoryMissing, Misconfigured, Refused, Unavailable
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.locks import alone_in_home
from warehouse.months import Month
from warehouse.outcomes import Outcome, record

AUGUST, SEPTEMBER = Month(2026, 8), Month(2026, 9)


@pytest.fixture
def lake(tmp_path):
    """A home whose August is through, as far as the tables that stages ask for."""
    lake = Lake(tmp_path / "home")
    for month in (AUGUST, SEPTEMBER):
        for table in ("crosswalk", "review", "marts/fct_warning_monthly"):
            write(lake, table, month, "x")
        for table in ("landed", "standardised", "records"):
            write(lake, table, month, "x", feed="death")
        record(Outcome("receive", str(month)), lake)
    return lake


def write(lake, table, month, text, **keys):
    with lake.replacing(table, **keys, month=str(month)) as folder:
        (folder / "part.txt").write_text(text, encoding="utf-8")


def read(lake, table, month):
    return (lake.partition(table, month=str(month)) / "part.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(("first", "second", "may_both"), [
    # the same month: never
    (("link", AUGUST), ("build", AUGUST), False),
    (("build", AUGUST), ("build", AUGUST), False),
    # a later month that reads what the earlier one is writing, and the other way round
    (("link", AUGUST), ("link", SEPTEMBER), False),
    (("link", SEPTEMBER), ("link", AUGUST), False),
    (("quality", AUGUST), ("build", SEPTEMBER), False),
    (("build", SEPTEMBER), ("quality", AUGUST), False),
    # what does not touch: the next month is linked while this one is built, received while this one is published
    (("build", AUGUST), ("link", SEPTEMBER), True),
    (("publish", AUGUST), ("receive", SEPTEMBER), True),
    (("link", SEPTEMBER), ("build", AUGUST), True),
])  # fmt: skip
def test_two_stages_at_once(lake, first, second, may_both):
    with stage_run(*first, lake.home):
        if may_both:
            with stage_run(*second, lake.home):
                pass
        else:
            with pytest.raises(Unavailable, match="try again"), stage_run(*second, lake.home):
                pytest.fail("both were let in")
    with stage_run(*second, lake.home):
        pass


def test_a_run_that_died_leaves_no_lock(lake):
    code = (
        "import os, sys; from pathlib import Path; from warehouse.guard import stage_run; "
        "from warehouse.months import Month\n"
        "with stage_run('link', Month(2026, 8), Path(sys.argv[1])):\n    os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, lake.home], capture_output=True, check=False)
    assert done.returncode == -9
    with stage_run("build", AUGUST, lake.home):
        pass


def test_a_backup_wants_the_home_alone(lake, tmp_path):
    with stage_run("link", AUGUST, lake.home), pytest.raises(Unavailable, match="a run is at work"):
        backup(lake.home, tmp_path / "b.tar.zst")
    with (
        alone_in_home(lake.home),
        pytest.raises(Unavailable, match="backup or a restore"),
        stage_run("link", AUGUST, lake.home),
    ):
        pytest.fail("a stage was let in")
    assert not list(tmp_path.glob("*.zst*"))


def test_a_warehouse_that_somebody_holds_is_not_backed_up_nor_built(lake, tmp_path):
    """Another process has the file open for writing."""
    path = lake.home / "warehouse.duckdb"
    code = (
        "import duckdb, sys\ncon = duckdb.connect(sys.argv[1]); con.execute('CREATE TABLE t AS SELECT 1')\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline().strip() == "open"
        with pytest.raises(Unavailable, match="held by another process"):
            backup(lake.home, tmp_path / "b.tar.zst")
        from tests.unit.warehouse.release.made_up_month import policy
        from warehouse.transform import build

        of = policy()
        before = read(lake, "marts/fct_warning_monthly", SEPTEMBER)
        with pytest.raises(Unavailable, match="held by another process"):
            build(of.month, lake=Lake(lake.home), policy=of, policy_dir=tmp_path)
        assert read(lake, "marts/fct_warning_monthly", SEPTEMBER) == before
        holder.stdin.close()
    backup(lake.home, tmp_path / "b.tar.zst")


def test_a_stage_cut_short_holds_up_what_stands_on_it_and_nothing_else(lake):
    with pytest.raises(KeyboardInterrupt), stage_run("link", AUGUST, lake.home):
        write(lake, "crosswalk", AUGUST, "new")
        raise KeyboardInterrupt
    assert runs.unfinished(lake.home) == [("2026-08", "link")]
    for stage, month in (("build", AUGUST), ("quality", AUGUST), ("publish", AUGUST), ("link", SEPTEMBER)):
        with (
            pytest.raises(CutShort, match="link of 2026-08 was cut short") as said,
            stage_run(stage, month, lake.home),
        ):
            pytest.fail(f"{stage} {month} began")
        assert "run link for 2026-08 again" in said.value.next_step
    for stage, month in (("receive", AUGUST), ("receive", SEPTEMBER)):
        with stage_run(stage, month, lake.home):
            pass
    with stage_run("link", AUGUST, lake.home):
        write(lake, "crosswalk", AUGUST, "new")
    assert not runs.unfinished(lake.home)
    assert not (lake.root / runs.TABLE).exists()
    with stage_run("build", AUGUST, lake.home):
        pass


def test_a_stage_that_failed_before_it_changed_anything_holds_up_nobody(lake):
    with (
        pytest.raises(Refused),
        stage_run("link", AUGUST, lake.home),
        lake.replacing("crosswalk", month=str(AUGUST)),
    ):
        raise Refused("no.", next_step="no.")
    assert not runs.unfinished(lake.home)


def test_a_refusal_after_the_outcome_is_an_end(lake):
    """A held gate, a refused file beside sound ones: all is written, and the next stage judges by itself."""
    with pytest.raises(Refused), stage_run("receive", AUGUST, lake.home):
        write(lake, "ledger", AUGUST, "x")
        record(Outcome("receive", str(AUGUST), "held"), lake)
        raise Refused("a file.", next_step="send it again.")
    assert not runs.unfinished(lake.home)


def test_a_task_that_is_tried_again_in_the_same_process(lake):
    """As Airflow's worker does: the first try ends in the midst, the second finds nothing in its way."""
    for is_last in (False, True):
        try:
            with stage_run("link", AUGUST, lake.home):
                write(lake, "crosswalk", AUGUST, "new")
                if not is_last:
                    raise OSError(28, "No space left on device")
                write(lake, "pairs", AUGUST, "new")
        except Unavailable:
            assert not is_last
    assert (read(lake, "crosswalk", AUGUST), read(lake, "pairs", AUGUST)) == ("new", "new")
    assert not runs.unfinished(lake.home)


def test_a_month_does_not_overtake_the_one_that_is_closed_before_it(tmp_path):
    lake = Lake(tmp_path)
    assert month_before(SEPTEMBER, lake) is None
    write(lake, "closed", AUGUST, "x")
    with pytest.raises(HistoryMissing, match="2026-08 is closed and not linked"):
        month_before(SEPTEMBER, lake)
    write(lake, "registry", AUGUST, "x")
    assert month_before(SEPTEMBER, lake) == AUGUST


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_partition_is_never_without_content(tmp_path, monkeypatch, can_exchange):
    """Also where the file system cannot exchange two folders: a look puts the parked one back."""
    lake = Lake(tmp_path)
    write(lake, "pairs", AUGUST, "old")
    seen = []

    def looked(one, other):
        seen.append(read(lake, "pairs", AUGUST))
        return swap.__dict__["_exchange"](one, other) if can_exchange else False

    monkeypatch.setitem(swap.__dict__, "_exchange", swap.exchange)
    monkeypatch.setattr(swap, "exchange", looked)
    write(lake, "pairs", AUGUST, "new")
    assert seen == ["old"]
    assert read(lake, "pairs", AUGUST) == "new"
    assert [path.name for path in (lake.root / "pairs").iterdir()] == [f"month={AUGUST}"]


def test_the_system_exchanges_two_folders_at_once(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not swap.exchange(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this file system cannot")
    assert (tmp_path / "one" / "other").exists()
    with pytest.raises(OSError, match="No such file"):
        swap.exchange(tmp_path / "one", tmp_path / "absent")


def test_a_home_that_may_not_be_written_is_named_as_a_setting(tmp_path, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied", str(tmp_path / "home" / "tmp"))

    monkeypatch.setattr("pathlib.Path.mkdir", forbidden)
    with (
        pytest.raises(Misconfigured, match="may not be read or written"),
        stage_run("link", AUGUST, tmp_path / "home"),
    ):
        pytest.fail("it began")
