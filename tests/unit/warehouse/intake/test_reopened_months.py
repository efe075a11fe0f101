"""A file taken back, and a file that comes late: the ledger says so, and the month is open again."""

import json

import pytest

from tests.dock_support import MONTH, lake_in, policy, whole_month, write_csv
from warehouse.errors import DeliveryRefused, MonthNotClosed
from warehouse.guard import stage_run
from warehouse.intake import ledger
from warehouse.intake.close import close
from warehouse.intake.receive import receive
from warehouse.outcomes import recorded

ROSTER, DEATH, HOTLINE = "assistance_roster.xlsx", "death.csv", "hotline.csv"
WITHDRAWN = {"by": "民政局 才让", "reason": "重复报送"}


@pytest.fixture
def dock(tmp_path):
    """A month that was received and closed: its inbox folder, and ways to go on."""

    class Dock:
        inbox, lake, folder = tmp_path / "inbox", lake_in(tmp_path), whole_month(tmp_path / "inbox")

        def receive(self):
            return receive(MONTH, inbox=self.inbox, lake=self.lake, policy=policy())

        def close(self):
            return close(MONTH, lake=self.lake, policy=policy())

        def withdraw(self, file, plain=WITHDRAWN):
            side = self.folder / f"{file}.withdrawn.json"
            side.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
            return side

        def status(self, file):
            return [(e.status, e.reason) for e in ledger.read(self.lake, MONTH) if e.file == file]

    dock = Dock()
    write_csv(dock.folder, "hotline")
    dock.receive()
    dock.close()
    return dock


@pytest.mark.parametrize("stays", [True, False])
def test_a_withdrawn_file_leaves_the_shelf_and_the_ledger_says_by_whom_and_why(dock, stays):
    dock.withdraw(HOTLINE)
    if not stays:
        (dock.folder / HOTLINE).unlink()
    outcome = dock.receive()
    assert dock.status(HOTLINE) == [("withdrawn", "withdrawn by 民政局 才让: 重复报送")]
    assert "hotline" not in dock.lake.feeds("landed", str(MONTH))
    assert any(
        said == "hotline.csv was withdrawn: its 20 rows are not on the shelf." for said in outcome.reasons
    )
    assert not any("才让" in said or "no longer in the inbox" in said for said in outcome.reasons)
    before = ledger.read(dock.lake, MONTH)
    dock.receive()
    assert ledger.read(dock.lake, MONTH) == before


def test_an_optional_feed_withdrawn_reopens_the_month_until_it_is_closed_without_it(dock):
    side = dock.withdraw(HOTLINE)
    assert any("open again; no longer counts: hotline.csv" in said for said in dock.receive().reasons)
    with (
        pytest.raises(
            MonthNotClosed, match="standardise 2026-10: 2026-10 was closed before and is open again"
        ),
        stage_run("standardise", MONTH, dock.lake.home),
    ):
        pytest.fail("it ran")
    dock.close()
    with stage_run("standardise", MONTH, dock.lake.home):
        pass
    side.unlink()
    assert any("came late: hotline.csv" in said for said in dock.receive().reasons)
    assert [status for status, _ in dock.status(HOTLINE)] == ["current"]


def test_a_required_feed_withdrawn_closes_no_more_and_close_says_why(dock):
    dock.withdraw(ROSTER)
    dock.receive()
    with pytest.raises(MonthNotClosed) as refused:
        dock.close()
    assert "assistance_roster (救助对象花名册" in refused.value.what
    assert "assistance_roster.xlsx was withdrawn" in refused.value.what
    assert "no longer counts: assistance_roster.xlsx" in refused.value.what


def test_a_correction_that_is_withdrawn_gives_the_original_its_place_back(dock):
    write_csv(dock.folder, "death", 30, name="death_v2.csv")
    dock.receive()
    assert dock.status(DEATH)[0][0] == "superseded"
    dock.withdraw("death_v2.csv")
    outcome = dock.receive()
    assert [status for status, _ in dock.status(DEATH)] == ["current"]
    assert [status for status, _ in dock.status("death_v2.csv")] == ["withdrawn"]
    assert outcome.by["landed"]["death"] == 20
    assert not any("open again" in said for said in outcome.reasons)  # as it was closed


@pytest.mark.parametrize("plain", [{"by": "张", "reason": " "}, {"reason": "重复"}, ["张"], None, "张"])
def test_a_withdrawal_without_a_name_or_a_reason_is_refused_and_loads_nothing(dock, plain):
    dock.withdraw(ROSTER, plain)
    with pytest.raises(DeliveryRefused, match="names nobody or no reason"):
        dock.receive()
    assert dock.status(ROSTER)[0][0] == "refused"
    assert "assistance_roster" not in dock.lake.feeds("landed", str(MONTH))


def test_a_month_that_was_never_closed_is_not_standardised_by_a_door(tmp_path):
    lake = lake_in(tmp_path)
    whole_month(tmp_path / "inbox")
    receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    with (
        pytest.raises(MonthNotClosed, match="never declared complete"),
        stage_run("standardise", MONTH, lake.home),
    ):
        pytest.fail("it ran")
    assert recorded(lake, "standardise", MONTH) is None
