"""A partition is replaced whole or not at all, whatever happens in between."""

import shutil

import pytest

from warehouse.errors import Misconfigured
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record, recorded


def write(lake, text):
    with lake.replacing("landed", feed="death", month="2026-10") as folder:
        (folder / "part.txt").write_text(text, encoding="utf-8")


def read(lake):
    return (lake.partition("landed", feed="death", month="2026-10") / "part.txt").read_text(encoding="utf-8")


def test_the_new_replaces_the_old_whole(tmp_path):
    lake = Lake(tmp_path)
    write(lake, "one")
    write(lake, "two")
    assert read(lake) == "two"
    assert [path.name for path in (tmp_path / "lake/landed/feed=death").iterdir()] == ["month=2026-10"]


def test_an_error_leaves_the_old_as_it_was(tmp_path):
    lake = Lake(tmp_path)
    write(lake, "one")
    with pytest.raises(RuntimeError), lake.replacing("landed", feed="death", month="2026-10") as folder:
        (folder / "part.txt").write_text("half", encoding="utf-8")
        raise RuntimeError
    assert read(lake) == "one"


def test_killed_while_writing_aside(tmp_path):
    lake = Lake(tmp_path)
    write(lake, "one")
    aside = tmp_path / "lake/landed/feed=death/.aside-month=2026-10"
    aside.mkdir()
    (aside / "part.txt").write_text("half", encoding="utf-8")
    assert read(lake) == "one"
    write(lake, "two")
    assert read(lake) == "two"
    assert not aside.exists()


def test_killed_between_the_two_renames(tmp_path):
    lake = Lake(tmp_path)
    write(lake, "one")
    folder = tmp_path / "lake/landed/feed=death"
    shutil.move(folder / "month=2026-10", folder / ".parked-month=2026-10")
    assert read(lake) == "one"
    assert lake.months("landed", feed="death") == ["2026-10"]


def test_months_and_feeds_of_a_table(tmp_path):
    lake = Lake(tmp_path)
    for month in ("2026-10", "2026-09"):
        with lake.replacing("landed", feed="death", month=month):
            pass
    assert lake.months("landed", feed="death") == ["2026-09", "2026-10"]
    assert lake.months("landed", feed="pension") == []
    assert lake.feeds("landed", "2026-09") == ["death"]


@pytest.mark.parametrize("month", ["", "../2026-10", ".hidden", "a/b"])
def test_a_partition_cannot_leave_the_lake(tmp_path, month):
    with pytest.raises(Misconfigured):
        Lake(tmp_path).partition("landed", month=month)


def test_an_outcome_comes_back_as_it_went(tmp_path):
    lake = Lake(tmp_path)
    outcome = Outcome("receive", "2026-10", counts={"rows": 3}, by={"feed": {"death": 3}}, reasons=["因为"])
    record(outcome, lake)
    first = (lake.partition("outcomes", month="2026-10") / "receive.json").read_bytes()
    record(outcome, lake)
    assert (lake.partition("outcomes", month="2026-10") / "receive.json").read_bytes() == first
    assert recorded(lake, "receive", Month(2026, 10)) == outcome
    assert recorded(lake, "link", Month(2026, 10)) is None
