"""What a file's name says."""

from __future__ import annotations

import pytest

from warehouse.intake.contract import contracts
from warehouse.intake.naming import is_delivery, read_name

NAMES = [
    ("death.csv", "death", "death", 1, False),
    ("Death.CSV", "death", "death", 1, False),
    ("death202610.csv", "death", "death202610", 1, False),
    ("assistance_roster_隆务镇.xlsx", "assistance_roster", "assistance_roster_隆务镇", 1, False),
    ("assistance_roster_隆务镇_更正.xlsx", "assistance_roster", "assistance_roster_隆务镇", 2, False),
    ("assistance_payment_v2.csv", "assistance_payment", "assistance_payment", 2, False),
    ("assistance_payment_V3.csv", "assistance_payment", "assistance_payment", 3, False),
    ("assistance_payment_v1.csv", "assistance_payment", "assistance_payment", 1, False),
    ("assistance_payment_更正2.csv", "assistance_payment", "assistance_payment", 3, False),
    ("assistance_payment_corrected.csv", "assistance_payment", "assistance_payment", 2, False),
    ("medical_settlement_1of3.csv", "medical_settlement", "medical_settlement_1of3", 1, False),
    ("medical_settlement_history.csv", "medical_settlement", "medical_settlement_history", 1, True),
    ("medical_settlement_history_v2.csv", "medical_settlement", "medical_settlement_history", 2, True),
    ("unemployment_2026-09补报.csv", "unemployment", "unemployment_2026-09补报", 1, True),
    ("education_aid.xls", "education_aid", "education_aid", 1, False),
]


@pytest.mark.parametrize(("file", "feed", "base", "rank", "is_beside"), NAMES)
def test_a_name_tells_feed_part_and_correction(
    file: str, feed: str, base: str, rank: int, is_beside: bool
) -> None:
    name = read_name(file, contracts())
    assert name is not None
    assert (name.feed, name.base.lower(), name.rank, name.is_beside) == (feed, base, rank, is_beside)


@pytest.mark.parametrize("file", ["deaths.docx", "asistance_payment.csv", "说明.xlsx", "death"])
def test_an_unknown_name(file: str) -> None:
    assert read_name(file, contracts()) is None


@pytest.mark.parametrize("file", [".DS_Store", "~$death.xlsx", "Thumbs.db", "death.csv.manifest.json"])
def test_what_is_no_delivery(file: str) -> None:
    assert not is_delivery(file)
