"""Masks, as a small table of what goes in and what comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.release.masking import MASKED, WHOLE, Mask, exposed, folded, masked_name

PAPER = Mask("paper", MASKED, MASKED, WHOLE, 6, 4, 3, 4)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("632321199001011415", "632321********1415"),
        ("63232119900101141X", "632321********141X"),
        ("632321900101141", "632321*****1141"),
        ("６３２３２１１９９００１０１１４１５", "632321********1415"),
        ("12345", "*****"),
        (None, ""),
    ],
)
def test_ids(value: str | None, shown: str) -> None:
    assert PAPER.show_id(value) == shown


def test_a_sentence_keeps_its_punctuation() -> None:
    told = "共 1,234.00 元，自 2026-08 起；证号（63232119900101141Ｘ）。"
    assert PAPER.show_text(told) == "共 1,234.00 元，自 2026-08 起；证号（632321********141X）。"


def test_phones() -> None:
    assert PAPER.show_phone("13912345678") == "139****5678"


@pytest.mark.parametrize(
    ("name", "shown"), [("张明", "张*"), ("张小明", "张*明"), ("卓玛才让", "卓**让"), ("白", "白")]
)
def test_names(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("632321199001011415", "ID"),
        ("证号632321199001011415。", "ID"),
        ("ID632321199001011415", "ID"),
        ("63232119900101141x", "ID"),
        ("632321900101141", "ID"),
        ("632321 19900101 1415", "ID"),
        ("632321-19900101-1415", "ID"),
        ("632321\u200b199001011415", "ID"),
        ("电话13912345678", "phone"),
        ("8613912345678", "phone"),
        ("632321********1415", None),
        ("139****5678", None),
        ("2026-08 至 2026-10，合计 12,345.00 元", None),
        ("632321199001011415 632321199001011423", "ID"),
        ("63232119900101141X63232119900101141X", "ID"),
        ("a632321199001011415f", "ID"),
        ("P1234567890123456", None),
        ("tel.13912345678", "phone"),
        ("139 1234 5678", "phone"),
        ("2026-08-05 2026-09-05，共 3 个月 12 天", None),
    ],
)
def test_what_a_masked_file_may_not_show(text: str, found: str | None) -> None:
    assert exposed(text, PAPER) == found


@given(st.text(), st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True), st.text())
def test_masked_text_never_exposes(before: str, number: str, after: str) -> None:
    shown = PAPER.show_text(before + number + after)
    assert number not in folded(shown)
    assert exposed(shown, PAPER) is None
