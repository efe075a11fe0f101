"""Each mistake by itself: one clean value in, one written value out."""

from __future__ import annotations

import numpy as np
import pytest

from console.county import id_dirt, name_dirt, place_dirt
from console.county.date_dirt import STYLES, style_numbers, written
from console.county.name_dirt import Beside

NUMBER = "63232119740514152X"
NUMBERS = ("63232119740514152X", "632301201103020014", "500228198812310030", "632321200002290416")


def _repaired(number: str) -> str:
    return number[:17] + id_dirt.check_character(number[:17])


@pytest.mark.parametrize("bits", [0, 1, 7, 1234567, 2**63 + 11])
@pytest.mark.parametrize("number", [_repaired(number) for number in NUMBERS])
def test_slips_are_caught_by_the_check_digit_and_two_wrong_digits_are_not(number: str, bits: int) -> None:
    for spoil in (id_dirt.one_digit, id_dirt.adjacent_swap):
        wrong = spoil(number, bits)
        assert len(wrong) == 18 and wrong != number and not id_dirt.is_valid(wrong)
    assert sum(old != new for old, new in zip(number, id_dirt.one_digit(number, bits), strict=True)) == 1
    other = id_dirt.two_digits(number, bits)
    assert id_dirt.is_valid(other) and sum(old != new for old, new in zip(number, other, strict=True)) == 2


@pytest.mark.parametrize(
    ("kind", "bits", "expected"),
    [
        ("id_fullwidth", 0, "６３２３２１１９７４０５１４１５２Ｘ"),
        ("id_lower_x", 0, "63232119740514152x"),
        ("id_x_replaced", 0, "63232119740514152*"),
        ("id_x_replaced", 1, "63232119740514152×"),
        ("id_quote", 0, "'63232119740514152X"),
        ("id_zero_width", 1, "632321\u200b19740514152X"),
        ("id_nbsp", 1, "63232119740514152X\u00a0"),
        ("id_spaces", 1, "632321 19740514 152X"),
        ("id_spaces", 3, "63232119740514152X "),
    ],
)
def test_forms_of_a_number(kind: str, bits: int, expected: str) -> None:
    assert id_dirt.FORMS[kind](NUMBER, bits) == expected


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("id_missing", NUMBER, ""),
        ("id_legacy15", NUMBER, "632321740514152"),
        ("id_legacy15", "632301201103020014", "632301201103020014"),
        ("id_excel15", "632321197405141523", 632321197405141000),
        ("id_excel15", NUMBER, NUMBER),
        ("id_excel_scientific", "632321197405141523", "6.32321E+17"),
    ],
)
def test_damages_of_a_number(kind: str, number: str, expected: object) -> None:
    assert id_dirt.VALUES[kind](number, 1) == expected


@pytest.mark.parametrize(
    ("kind", "name", "bits", "beside", "expected"),
    [
        ("name_interpunct", "艾山·买买提", 0, Beside(), "艾山•买买提"),
        ("name_interpunct", "艾山·买买提", 6, Beside(), "艾山买买提"),
        ("name_interpunct", "扎西", 0, Beside(), "扎西"),
        ("name_relative_of", "多杰", 0, Beside(sex="1", relative="卓玛"), "卓玛之子"),
        ("name_relative_of", "多杰", 0, Beside(sex="2"), "多杰"),
        ("name_wife_of", "王英", 0, Beside(sex="2", relative="李明"), "李明之妻"),
        ("name_wife_of", "王明", 0, Beside(sex="1", relative="李英"), "王明"),
        ("name_short", "扎西卓玛", 0, Beside(), "扎西"),
        ("name_short", "王英", 0, Beside(), "王英"),
        ("name_question_mark", "马英林", 1, Beside(), "马英?"),
        ("name_private_use", "王英", 0, Beside(), "王" + chr(0xE000 + ord("英") % 0x600)),
        ("name_pinyin", "王英", 0, Beside(), "王ying"),
        ("name_described", "王莹", 0, Beside(), "王(莹加王旁)"),
        ("name_traditional", "马国华", 0, Beside(), "馬國華"),
    ],
)
def test_names(kind: str, name: str, bits: int, beside: Beside, expected: str) -> None:
    assert name_dirt.KINDS[kind](name, bits, beside) == expected


@pytest.mark.parametrize(
    ("kind", "name", "bits", "expected"),
    [
        ("name_honorific", "王英", 0, "王英女士"),
        ("name_deceased", "王英", 1, "王英（已故）"),
        ("name_spaced", "王英", 1, "王\u3000英"),
    ],
)
def test_notes_beside_names(kind: str, name: str, bits: int, expected: str) -> None:
    assert name_dirt.ON_TOP[kind](name, bits, Beside(sex="2")) == expected


def test_homophones_sound_alike_and_renderings_stay_in_their_family() -> None:
    for bits in range(8):
        heard = name_dirt.homophone("王英", bits, Beside())
        assert heard != "王英" and len(heard) == 2
        assert any(
            name_dirt._syllable(a) == name_dirt._syllable(b) for a, b in zip(heard, "王英", strict=True)
        )
    seen = {name_dirt.tibetan("次仁卓玛", 0, Beside(agency=number)) for number in range(8)}
    assert (
        seen <= {a + b for a in ("次仁", "泽仁", "才仁", "才让") for b in ("卓玛", "卓么")} and len(seen) > 2
    )


def test_rare_characters_are_outside_gbk() -> None:
    for (character,) in name_dirt.characters("rare").values():
        with pytest.raises(UnicodeEncodeError):
            character.encode("gbk")


@pytest.mark.parametrize(
    ("spoil", "text", "bits", "expected"),
    [
        (place_dirt.township, "隆务镇", 0, "隆务"),
        (place_dirt.township, "隆务镇", 3, "隆务乡"),
        (place_dirt.village, "浪加村", 1, "浪加村委会"),
        (place_dirt.village, "日塘社区", 1, "日塘居委会"),
        (place_dirt.address, "同仁市隆务镇浪加村1社", 0, "同仁县隆务镇浪加村1社"),
        (place_dirt.address_with_comma, "同仁市隆务镇浪加村1组", 1, "同仁市隆务镇浪加村,1组"),
    ],
)
def test_places(spoil: object, text: str, bits: int, expected: str) -> None:
    assert spoil(text, bits) == expected  # type: ignore[operator]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("compact", "20200531"),
        ("dash", "2020-5-31"),
        ("slash", "2020/5/31"),
        ("dot_month", "2020.5"),
        ("cn_month", "2020年5月"),
        ("cn_day", "2020年5月31日"),
        ("serial", 43982),
        ("serial_1904", 42520),
        ("zero", "00000000"),
        ("far", "99991231"),
    ],
)
def test_dates(style: str, expected: object) -> None:
    days = np.array(["2020-05-31", "NaT"], dtype="datetime64[D]")
    assert list(written(days, style_numbers([style, style]))) == [expected, ""]
    assert style in STYLES
