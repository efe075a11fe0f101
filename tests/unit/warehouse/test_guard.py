"""The guard: whatever fails inside a stage comes out as a sentence of ours, with nothing of a cell in it."""

import errno
import fcntl
import json
import traceback

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.errors import (
    DeliveryRefused,
    DoudiError,
    Fault,
    GateHeld,
    LakeDamaged,
    Misconfigured,
    Refused,
    Unavailable,
)
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import Verdict, write_verdict

MONTH = Month(2026, 10)
CELL = "632321199001011234"


def fail_with(error, home):
    with pytest.raises(DoudiError) as raised, stage_run("publish", MONTH, home):
        raise error
    return raised.value


@pytest.mark.parametrize(
    ("stage", "first"), [("standardise", "receive"), ("link", "standardise"), ("build", "link")]
)
def test_a_stage_with_nothing_to_stand_on_writes_no_empty_month(stage, first, tmp_path):
    with (
        pytest.raises(Refused, match=f"run {first} for 2026-10 first"),
        stage_run(stage, MONTH, tmp_path),
    ):
        pytest.fail("it ran")


def test_nothing_behind_a_held_gate_runs_by_whichever_door(tmp_path):
    """A stage called by itself stops where the chain would have."""
    lake = Lake(tmp_path)
    with lake.replacing("records", feed="death", month=str(MONTH)) as folder:
        pq.write_table(pa.table({"file": ["a"]}), folder / "part.parquet")
    for status in ("held", "released", "passed"):
        write_verdict(Verdict("gate1", str(MONTH), status, (), ""), lake)
        if status == "held":
            with pytest.raises(GateHeld, match="run gate1 again"), stage_run("link", MONTH, tmp_path):
                pytest.fail("it ran")
        else:
            with stage_run("link", MONTH, tmp_path):
                pass


@pytest.mark.parametrize(
    ("error", "family", "words"),
    [
        (OSError(errno.ENOSPC, "x", "/elsewhere/part.parquet"), Unavailable, "disk is full"),
        (
            duckdb.IOException(f'Could not write "{CELL}": No space left on device'),
            Unavailable,
            "disk is full",
        ),
        (pa.ArrowInvalid(f"{CELL} disk quota exceeded"), Unavailable, "disk is full"),
        (MemoryError(), Unavailable, "memory"),
        (duckdb.OutOfMemoryException("Out of Memory Error: could not allocate"), Unavailable, "memory"),
        (OSError(errno.EROFS, "x", "/elsewhere/part.parquet"), Misconfigured, "part.parquet may not be"),
        (duckdb.IOException("Cannot open file: Permission denied"), Misconfigured, "may not be"),
        (
            duckdb.IOException('Could not set lock on file "x": Conflicting lock'),
            Unavailable,
            "another process",
        ),
        (OSError(errno.EIO, "x", "part.parquet"), Unavailable, "Input/output error"),
        (
            duckdb.ConversionException(f"Could not convert string '{CELL}' to INT32"),
            Fault,
            "ConversionException",
        ),
        (KeyError(CELL), Fault, "KeyError"),
    ],
)
def test_every_failure_is_a_sentence_without_a_cell(error, family, words, tmp_path):
    said = fail_with(error, tmp_path)
    assert type(said) is family
    assert words in said.what
    assert "publish 2026-10" in said.what
    assert said.next_step
    assert "/elsewhere" not in said.what
    # What a scheduler writes to its log: the whole chain.
    assert CELL not in "".join(traceback.format_exception(said))


def test_what_the_system_said_is_found_behind_a_librarys_error(tmp_path):
    with pytest.raises(Unavailable, match="disk is full"), stage_run("publish", MONTH, tmp_path):
        try:
            raise OSError(errno.ENOSPC, "x")
        except OSError as error:
            raise RuntimeError(f"cannot write {CELL}") from error


def test_what_stands_behind_our_own_error_is_not_told_either(tmp_path):
    with pytest.raises(DeliveryRefused) as raised, stage_run("receive", MONTH, tmp_path):
        try:
            raise duckdb.ConversionException(f"Could not convert string '{CELL}'")
        except duckdb.Error as error:
            raise DeliveryRefused("death.csv is broken.", next_step="send it again.") from error
    assert "death.csv is broken" in str(raised.value)
    assert CELL not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    ("path", "content", "mended_by"),
    [
        ("registry/month=2026-09/persons.parquet", b"PAR1 cut off", "run link for 2026-09"),
        ("landed/feed=death/month=2026-10/part-0.parquet", b"", "run receive for 2026-10"),
        ("verdicts/month=2026-10/gate1.json", b'{"gate": "ga', "run gate1 for 2026-10"),
        ("dispositions/month=2026-08/abc.parquet", b"xx", "backup"),
    ],
)
def test_a_damaged_file_of_the_lake_is_named(path, content, mended_by, tmp_path):
    file = tmp_path / "lake" / path
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    said = fail_with(duckdb.InvalidInputException("No magic bytes found at end of file"), tmp_path)
    assert type(said) is LakeDamaged
    assert f"lake/{path}" in said.what
    assert mended_by in said.next_step


def test_whole_files_and_half_written_ones_aside_are_no_damage(tmp_path):
    folder = tmp_path / "lake" / "landed" / ".aside-month=2026-10"
    folder.mkdir(parents=True)
    (folder / "part.parquet").write_bytes(b"PAR1")
    whole = tmp_path / "lake" / "landed" / "month=2026-09"
    whole.mkdir()
    duckdb.sql(f"COPY (SELECT 1 AS n) TO '{whole}/part.parquet' (FORMAT parquet)")
    (whole / "x.json").write_text("{}", encoding="utf-8")
    assert type(fail_with(KeyError("x"), tmp_path)) is Fault


def test_one_run_at_a_time_in_a_month(tmp_path):
    with stage_run("receive", MONTH, tmp_path):
        with (
            pytest.raises(Unavailable, match="another run is at work on 2026-10"),
            stage_run("publish", MONTH, tmp_path),
        ):
            pytest.fail("two stages of one month at once")
        with stage_run("publish", MONTH.previous, tmp_path):
            pass
    with stage_run("publish", MONTH, tmp_path):
        pass
    with (tmp_path / "tmp/locks/2026-10.lock").open() as left:
        fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_failed_stage_is_timed_and_debug_shows_the_original(tmp_path, monkeypatch):
    monkeypatch.setenv("DOUDI_DEBUG", "1")
    with pytest.raises(KeyError), stage_run("publish", MONTH, tmp_path):
        raise KeyError("x")
    begun, ended = map(json.loads, (tmp_path / "logs/runs.jsonl").read_text(encoding="utf-8").splitlines())
    assert begun["run"] == ended["run"]
    assert (ended["stage"], ended["status"], ended["reason"]) == ("publish", "fault", "")
