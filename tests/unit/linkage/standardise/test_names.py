"""Names as clerks write them: folded form, system, sound, family."""

from __future__ import annotations

import pytest

from linkage.standardise.lexicon import tibetan_families
from linkage.standardise.names import fold_name


@pytest.mark.parametrize(
    ("cell", "name", "guess", "pinyin", "family", "missing"),
    [
        ("扎西卓玛", "扎西卓玛", "given", "zha xi zhuo ma", "tashi drolma", False),
        ("阿不都拉．买买提", "阿不都拉·买买提", "interpunct", "a bu dou la mai mai ti", None, False),
        ("阿不都拉 买买提", "阿不都拉·买买提", "interpunct", "a bu dou la mai mai ti", None, False),
        ("张　伟", "张伟", "han", "zhang wei", None, False),
        ("張偉先生", "张伟", "han", "zhang wei", None, False),
        ("扎西（已故）", "扎西", "given", "zha xi", "tashi", False),
        ("卓玛女士", "卓玛", "given", "zhuo ma", "drolma", False),
        ("扎西之子", None, "unknown", None, None, False),
        ("李先生", "李?", "han", "li ?", None, True),
        ("王?明", "王?明", "han", "wang ? ming", None, True),
        ("王？明", "王?明", "han", "wang ? ming", None, True),
        ("王□明", "王?明", "han", "wang ? ming", None, True),
        ("王\ue123明", "王?明", "han", "wang ? ming", None, True),
        ("王(莹加王旁)明", "王?明", "han", "wang ? ming", None, True),
        ("王ming", "王?", "han", "wang ming", None, True),
        ("扎xi卓玛", "扎?卓玛", "given", "zha xi zhuo ma", "扎 ? drolma", True),
        ("Zhaxi Zhuoma", "ZHAXI ZHUOMA", "latin", "zha xi zhuo ma", None, False),
        ("马\u200b䶮", "马䶮", "han", "ma yan", None, False),
        ("单雄信", "单雄信", "han", "shan xiong xin", None, False),
        ("单增", "单增", "given", "dan zeng", "tendzin", False),
        ("拉毛吉", "拉毛吉", "given", "la mao ji", "lhamo kyi", False),
        ("欧阳震华", "欧阳震华", "han", "ou yang zhen hua", None, False),
        ("无", None, "unknown", None, None, False),
        ("??", None, "unknown", None, None, False),
    ],
)
def test_a_name_cell_is_folded(
    cell: str, name: str | None, guess: str, pinyin: str | None, family: str | None, missing: bool
) -> None:
    found = fold_name(cell)
    assert (found.name, found.guess, found.pinyin, found.family, found.missing) == (
        name,
        guess,
        pinyin,
        family,
        missing,
    )


@pytest.mark.parametrize(
    "renderings",
    [
        "次仁 泽仁 才仁 才让", "丹增 旦增 单增", "扎西 札西", "卓玛 卓么", "拉毛 拉姆", "多杰 多吉",
        "万玛 白玛 完么", "桑杰 桑吉", "次旦 才旦 才丹",
    ],
)  # fmt: skip
def test_reported_renderings_are_one_family(renderings: str) -> None:
    assert len({fold_name(name).family for name in renderings.split()}) == 1


def test_no_rendering_stands_for_two_families() -> None:
    anywhere, ending = tibetan_families()
    assert len(anywhere) > 200
    assert all(len(word) <= 3 for word in (*anywhere, *ending))
