"""Months and errors: the values everything stands on."""

from datetime import date

import pytest

from warehouse import errors
from warehouse.errors import Misconfigured
from warehouse.months import Month, span


@pytest.mark.parametrize(
    ("text", "previous", "following", "last"),
    [
        ("2026-10", "2026-09", "2026-11", date(2026, 10, 31)),
        ("2026-01", "2025-12", "2026-02", date(2026, 1, 31)),
        ("2026-12", "2026-11", "2027-01", date(2026, 12, 31)),
        ("2028-02", "2028-01", "2028-03", date(2028, 2, 29)),
    ],
)
def test_a_month_knows_its_neighbours(text, previous, following, last):
    month = Month.parse(text)
    assert (str(month), str(month.previous), str(month.next)) == (text, previous, following)
    assert month.last_day == last


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-1", "26-10", "2026/10", "", "2026-10-01", "二〇二六-10"]
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(Misconfigured, match="not a month"):
        Month.parse(text)


def test_a_span_of_months():
    assert [str(month) for month in span("2025-11..2026-02")] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [str(month) for month in span("2026-02")] == ["2026-02"]
    with pytest.raises(Misconfigured, match="ends before"):
        span("2026-02..2026-01")


def test_exit_codes_stay_in_their_families():
    families = {
        errors.Refused: range(10, 20),
        errors.Unavailable: range(20, 30),
        errors.Misconfigured: range(30, 40),
    }
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.DoudiError)
    ]
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(codes), "two errors share an exit code"
    for kind in kinds:
        for family, codes_of_family in families.items():
            if issubclass(kind, family):
                assert kind.exit_code in codes_of_family, kind
