"""Months, errors, policy lines: the values everything stands on."""

from datetime import date

import pytest

from warehouse import errors
from warehouse.errors import Misconfigured, PolicyMissing
from warehouse.months import Month, span
from warehouse.policy import COLUMNS, load


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


def pack(folder, *lines):
    folder.mkdir(exist_ok=True)
    (folder / "a.csv").write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    return folder


HERE = "tongren,k,2.0,times,2021-01-01,2025-12-31,S0,verified,"
EVERYWHERE = "*,k,1.5,times,2020-01-01,,G3,illustrative,"


@pytest.mark.parametrize(
    ("month", "value"), [("2020-12", "1.5"), ("2021-01", "2.0"), ("2025-12", "2.0"), ("2026-01", "1.5")]
)
def test_the_regions_line_beats_the_general_one_while_it_is_in_force(tmp_path, month, value):
    assert load(pack(tmp_path / "p", EVERYWHERE, HERE), "tongren", Month.parse(month)).text("k") == value


def test_what_is_left_open_is_not_zero(tmp_path):
    policy = load(
        pack(tmp_path / "p", "tongren,job,,yuan,2020-01-01,,S2,verified,", HERE), "tongren", Month(2024, 1)
    )
    assert not policy.is_configured("job")
    assert not policy.is_configured("never heard of")
    with pytest.raises(PolicyMissing, match="left open"):
        policy.number("job")
    with pytest.raises(PolicyMissing, match="no value"):
        policy.number("never heard of")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((HERE, "tongren,k,2.1,times,2025-12-31,,S9,verified,"), "hold on"),
        (("tongren,k,2.0,times,2021-1-1,,S0,verified,",), "line 2"),
        (("tongren,k,2.0,times,2021-01-01,,S0,guessed,",), "line 2"),
        (("tongren,k,2.0,times,2021-01-01,,,verified,",), "line 2"),
        ((EVERYWHERE,), "no policy pack for region"),
    ],
)
def test_a_broken_pack_is_refused_with_its_line(tmp_path, lines, words):
    with pytest.raises(Misconfigured, match=words):
        load(pack(tmp_path / "p", *lines), "tongren", Month(2025, 12))


def test_the_reference_of_a_line_names_document_and_standing(tmp_path):
    line = load(pack(tmp_path / "p", HERE), "tongren", Month(2024, 5)).line("k")
    assert line.reference == "k@tongren:2021-01-01 (S0, verified)"
