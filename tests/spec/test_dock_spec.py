"""What the dock owes to a delivery, as tables: bad inputs and their messages, versions, the month's end."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.dock_support import (
    MONTH,
    lake_in,
    policy,
    whole_month,
    write_csv,
)
from tests.spec.dock_looks import landed
from warehouse.errors import DeliveryRefused, MonthNotClosed
from warehouse.intake import ledger
from warehouse.intake.account import row_account
from warehouse.intake.close import close
from warehouse.intake.receive import receive
from warehouse.lake import Lake


def status_of(lake: Lake) -> dict[str, str]:
    return {f"{entry.file}@{entry.version}": entry.status for entry in ledger.read(lake, MONTH)}


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_sound_month_lands_whole_and_closes(tmp_path: Path) -> None:
    whole_month(tmp_path / "inbox")
    lake = lake_in(tmp_path)
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert outcome.status == "done"
    assert outcome.reasons == []
    roster = landed(lake, "assistance_roster")
    assert len(roster) == 25
    assert roster[0]["row"] == 4
    assert roster[0]["date_system"] == "1900"
    assert roster[20]["sheet"] == "年都乎乡"
    accounts = {
        account.sheet: account for account in row_account(lake, MONTH) if account.feed == "assistance_roster"
    }
    assert (accounts["隆务镇"].rows, accounts["隆务镇"].landed, accounts["隆务镇"].furniture) == (26, 20, 6)
    assert accounts["空"].rows == 0
    assert all(account.holds for account in row_account(lake, MONTH))
    assert outcome.by["furniture"] == {"title": 4, "header": 9, "filler": 4, "total": 2}
    assert close(MONTH, lake=lake, policy=policy()).status == "done"


def test_a_second_run_changes_no_byte(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    write_csv(folder, "assistance_payment", 18, name="assistance_payment_v2.csv")
    (folder / "copy.csv").write_bytes(b"x")
    lake = lake_in(tmp_path)
    for stage in range(2):
        receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
        close(MONTH, lake=lake, policy=policy())
        if stage == 0:
            first = tree(lake.home)
    assert tree(lake.home) == first


def test_an_unknown_file_is_listed_and_stops_nothing(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    (folder / "asistance_payment.csv").write_bytes(b"x")
    (folder / "death.docx").write_bytes(b"x")
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake_in(tmp_path), policy=policy())
    assert outcome.counts["files_refused"] == 2
    assert any("asistance_payment.csv is no feed" in reason for reason in outcome.reasons)
    assert any("death.docx is not of a form" in reason for reason in outcome.reasons)


def test_the_same_bytes_are_loaded_once(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    (folder / "death_副本.csv").write_bytes((folder / "death.csv").read_bytes())
    lake = lake_in(tmp_path)
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert len(landed(lake, "death")) == 20
    assert status_of(lake)["death_副本.csv@1"] == "duplicate"
    assert any("death_副本.csv" in reason for reason in outcome.reasons)


@pytest.mark.parametrize("name", ["death_v2.csv", "death_更正.csv", "death_corrected.csv"])
def test_a_correction_replaces_what_it_corrects(tmp_path: Path, name: str) -> None:
    folder = whole_month(tmp_path / "inbox")
    write_csv(folder, "death", 18, name=name)
    lake = lake_in(tmp_path)
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert {row["file"] for row in landed(lake, "death")} == {name}
    assert status_of(lake)["death.csv@1"] == "superseded"
    assert status_of(lake)[f"{name}@2"] == "current"
    assert f"{name} replaces death.csv: 20 rows before, 18 after." in outcome.reasons


def test_a_correction_of_the_whole_delivery_replaces_its_parts(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    (folder / "medical_settlement.csv").unlink()
    write_csv(folder, "medical_settlement", 6, name="medical_settlement_1of2.csv")
    write_csv(folder, "medical_settlement", 7, name="medical_settlement_2of2.csv")
    write_csv(folder, "medical_settlement", 3, name="medical_settlement_history.csv")
    write_csv(folder, "medical_settlement", 14, name="medical_settlement_v2.csv")
    lake = lake_in(tmp_path)
    receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    files = {row["file"] for row in landed(lake, "medical_settlement")}
    assert files == {"medical_settlement_v2.csv", "medical_settlement_history.csv"}


def test_a_refused_correction_leaves_the_original(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    (folder / "death_v2.csv").write_bytes(b"\x00\x01\x02" * 99)
    lake = lake_in(tmp_path)
    with pytest.raises(DeliveryRefused, match=r"death_v2\.csv"):
        receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert len(landed(lake, "death")) == 20


@pytest.mark.parametrize("is_sound", [True, False])
def test_a_file_sent_again_under_its_name(tmp_path: Path, is_sound: bool) -> None:
    folder = whole_month(tmp_path / "inbox")
    lake = lake_in(tmp_path)
    receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    if is_sound:
        write_csv(folder, "death", 25)
        outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
        assert any(
            "version 2 with 25 rows replaces version 1 with 20" in reason for reason in outcome.reasons
        )
        assert (len(landed(lake, "death")), status_of(lake)["death.csv@1"]) == (25, "superseded")
        return
    (folder / "death.csv").write_bytes(b"\x00\x01" * 500)
    for _ in range(2):
        with pytest.raises(DeliveryRefused):
            receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
        assert (len(landed(lake, "death")), status_of(lake)["death.csv@1"]) == (20, "current")
        assert status_of(lake)["death.csv@2"] == "refused"
    assert all(account.holds for account in row_account(lake, MONTH))
    assert sum(account.landed for account in row_account(lake, MONTH) if account.feed == "death") == 20


def test_a_file_taken_out_of_the_inbox_leaves_the_shelf(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    write_csv(folder, "hotline")
    lake = lake_in(tmp_path)
    receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    (folder / "hotline.csv").unlink()
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert landed(lake, "hotline") == []
    once = tree(lake.home)
    receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert tree(lake.home) == once
    assert any("hotline.csv is no longer in the inbox" in reason for reason in outcome.reasons)


def test_a_late_file_says_that_the_month_must_be_closed_again(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    lake = lake_in(tmp_path)
    receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    close(MONTH, lake=lake, policy=policy())
    write_csv(folder, "hotline")
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert any(
        "came late: hotline.csv" in reason and "close and build" in reason for reason in outcome.reasons
    )


def test_last_months_file_under_this_months_name(tmp_path: Path) -> None:
    lake = lake_in(tmp_path)
    earlier = MONTH.previous
    stock = write_csv(tmp_path / "inbox" / str(earlier), "medical_enrolment")
    write_csv(tmp_path / "inbox" / str(earlier), "death")
    receive(earlier, inbox=tmp_path / "inbox", lake=lake, policy=policy(earlier))
    folder = whole_month(tmp_path / "inbox")
    (folder / stock.name).write_bytes(stock.read_bytes())
    with pytest.raises(DeliveryRefused, match=f"same bytes were landed for {earlier}") as refusal:
        receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    # A running list may come unchanged.
    assert "death" not in str(refusal.value)


def test_an_optional_list_that_stood_still_is_taken_and_asked_about(tmp_path: Path) -> None:
    lake = lake_in(tmp_path)
    earlier = MONTH.previous
    cards = write_csv(tmp_path / "inbox" / str(earlier), "disability")
    receive(earlier, inbox=tmp_path / "inbox", lake=lake, policy=policy(earlier))
    folder = whole_month(tmp_path / "inbox")
    (folder / cards.name).write_bytes(cards.read_bytes())
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert any(f"{cards.name} holds the same bytes as in {earlier}" in reason for reason in outcome.reasons)
    assert lake.months("landed", feed="disability") == [str(earlier), str(MONTH)]


@pytest.mark.parametrize(("accepted", "status"), [("", "held"), ("0.9", "done")])
def test_a_stock_that_falls_is_held_until_a_dated_line_accepts_it(
    tmp_path: Path, accepted: str, status: str
) -> None:
    lake = lake_in(tmp_path)
    earlier = MONTH.previous
    write_csv(tmp_path / "inbox" / str(earlier), "medical_enrolment", 60)
    receive(earlier, inbox=tmp_path / "inbox", lake=lake, policy=policy(earlier))
    whole_month(tmp_path / "inbox")
    changed = {"intake_max_fall_share.medical_enrolment": accepted} if accepted else {}
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy(**changed))
    assert outcome.status == status
    if status == "held":
        assert any("fell from 60 rows in 2026-09 to 20" in reason for reason in outcome.reasons)
        with pytest.raises(MonthNotClosed, match="medical_enrolment"):
            close(MONTH, lake=lake, policy=policy())
    else:
        close(MONTH, lake=lake, policy=policy())


def test_close_names_missing_feeds_and_their_grace(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    (folder / "death.csv").unlink()
    lake = lake_in(tmp_path)
    with pytest.raises(MonthNotClosed, match="nothing was received"):
        close(MONTH, lake=lake, policy=policy())
    receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    with pytest.raises(MonthNotClosed, match=r"death \(死亡/户籍注销, 公安\).*2026-11-10"):
        close(MONTH, lake=lake, policy=policy())


def test_history_beside_the_month_is_not_another_months_file(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    history = write_csv(folder, "medical_settlement", 40, name="medical_settlement_history.csv")
    history.write_bytes(history.read_bytes().replace(b"2026-10-12", b"2026-03-12"))
    lake = lake_in(tmp_path)
    receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert len(landed(lake, "medical_settlement")) == 60


def test_no_message_holds_a_persons_value(tmp_path: Path) -> None:
    folder = whole_month(tmp_path / "inbox")
    path = folder / "death.csv"
    path.write_bytes(path.read_bytes() + "张三丰,63230119900101123X,,,\r\n".encode("gb18030"))
    outcome = receive(MONTH, inbox=tmp_path / "inbox", lake=lake_in(tmp_path), policy=policy())
    copy = (tmp_path / "home" / "quarantine" / str(MONTH) / "death.csv").read_text(encoding="utf-8-sig")
    assert copy.splitlines()[1].startswith("death.csv,,22,")
    for text in (copy, json.dumps(outcome.as_dict(), ensure_ascii=False)):
        assert "张三丰" not in text
        assert "63230119900101123" not in text


@pytest.mark.parametrize("stops_at", ["shelf.write", "ledger.write", "record"])
def test_a_run_that_died_and_ran_again_is_as_if_it_never_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops_at: str
) -> None:
    folder = whole_month(tmp_path / "inbox")
    write_csv(folder, "assistance_payment", 18, name="assistance_payment_v2.csv")
    whole, died = Lake(tmp_path / "whole"), Lake(tmp_path / "died")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    # First a month with other files stands there, so that the second run has something to replace.
    for lake in (whole, died):
        receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    write_csv(folder, "death", 25)
    (folder / "assistance_roster.xlsx").write_bytes(b"PK\x03\x04 broken")
    with monkeypatch.context() as patch:
        patch.setattr(f"warehouse.intake.receive.{stops_at}", die)
        with pytest.raises(KeyboardInterrupt):
            receive(MONTH, inbox=tmp_path / "inbox", lake=died, policy=policy())
    for lake in (whole, died):
        with pytest.raises(DeliveryRefused):
            receive(MONTH, inbox=tmp_path / "inbox", lake=lake, policy=policy())
    assert tree(died.home) == tree(whole.home)
