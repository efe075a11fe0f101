"""What pictures say and how they are drawn, figure by figure."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import duckdb
import pytest

from tests.unit.warehouse.release.made_up_month import (
    MONTH,
)
from warehouse import colours
from warehouse.audit_log import append
from warehouse.database import in_memory
from warehouse.lake import Lake
from warehouse.packages.ledger import SHARED
from warehouse.release.pictures import drawn, told
from warehouse.release.pictures.asked import Answers, Place
from warehouse.release.pictures.partners import partners
from warehouse.release.pictures.places import placed
from warehouse.release.pictures.work import interval


def _light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scale", [colours.WORK, colours.LATE, colours.YIELD])
def test_words_on_tiles_can_be_read_by_day_and_by_night(scale: tuple[str, ...]) -> None:
    for level, tile in enumerate(scale):
        word = colours.word_on(scale, level)
        assert _contrast(word, tile) >= 4.5, (tile, word)
        assert _contrast(colours.NIGHT[word], colours.NIGHT[tile]) >= 4.5, ("night", tile, word)


def test_every_drawing_is_a_chart_that_altair_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(drawn, "draw", lambda spec, name: seen.append(spec) or "")
    drawn.tiles([drawn.Tile("甲乡", 0, 0, 3, "3", "a.html")], colours.WORK, "a")
    drawn.lines([drawn.Line("低保", [1, None], "–")], ["2026-09", "2026-10"], "b")
    drawn.intervals([drawn.Interval("C01", 0.3, 0.2, 0.4, "3/10")], "c", whole=0.3)
    drawn.bars([("C01", "确认", 3)], colours.GRADES, "d", is_share=True)
    drawn.matrix([("脱贫户", "低保", 3)], ["脱贫户"], ["低保"], "e")
    for spec in seen:
        alt.Chart.from_dict({key: value for key, value in spec.items() if key != "config"})
    assert len(seen) == 5


def _place(name: str, late: int = 0, visits: int = 0) -> Place:
    return Place(name, 0, visits, late, late, 0, 0)


@pytest.mark.parametrize(
    ("headline", "kind", "words"),
    [
        (told.population("全市", MONTH, 120, 100, [("低保", 60, 50), ("特困", 9, 10)]), "change",
         "10月底，全市低收入人口 120 人，比上月多 20 人；其中低保多 10 人，特困少 1 人。"),
        (told.population("全市", MONTH, 100, 100, []), "calm", "10月底，全市低收入人口 100 人，与上月一样多。"),
        (told.population("全市", MONTH, 100, None, []), "change", "10月底，全市低收入人口 100 人；没有上月数字可比。"),
        (told.population("全市", MONTH, None, 100, []), "doubt",
         "全市本月低收入人口未能统计：所需的名册或名单没有收到，不等于没有变化。"),
        (told.late(Answers(), 0, []), "calm", "此前没有下发过清单，没有要答复的预警。"),
        (told.late(Answers(due=50, settled=30, open=20), 0, []), "answer",
         "此前下发的 50 条预警，30 条村里已查清，20 条还没有查清，都没有到期。"),
        (told.late(Answers(due=66, settled=14, along=2, open=50), 8, [_place("甲乡", 2), _place("乙乡", 6), _place("丙乡")]), "late",
         "此前下发的 66 条预警，14 条村里已查清，2 条随同户同人的另一条了结，50 条还没有查清，其中逾期 8 条（答复无法核实的也算没有查清），"
         "最多的是乙乡 6 条、甲乡 2 条。"),
        (told.late(Answers(due=50, settled=50), 0, []), "calm", "此前下发的 50 条预警，50 条村里已查清，没有还要去查的。"),
        (told.lists(0, 0, 0, 0, 0, []), "calm", "本月没有预警。"),
        (told.lists(9, 5, 4, 1, 3, [_place("甲乡", visits=1), _place("乙乡", visits=3)]), "task",
         "本月产生预警 9 条，列入清单 5 条，要走访 4 户，乙乡最多（3 户）；3 条排队等候；1 条已有答复、证据没有变化，不再下发。"),
        (told.lists(9, 5, 4, 1, 3, [], offices=2), "task",
         "本月产生预警 9 条，列入清单 5 条，要走访 4 户；1 条排队等候；2 条由部门之间衔接，不派村走访；1 条已有答复、证据没有变化，不再下发。"),
        (told.found(Answers(settled=200, found=1)), "answer", "村里查清的 200 条里，1 条有收效（不到 1%），查到了要办的事，其中 0 条拟纳入救助。"),
    ],
)  # fmt: skip
def test_a_headline_says_what_the_figures_say(headline: told.Headline, kind: str, words: str) -> None:
    assert (headline.kind, headline.text) == (kind, words)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278), (1, 1, 0.207, 1.0)]
)
def test_an_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    assert interval(part, whole, 1.96) == pytest.approx((low, high), abs=0.001)


def test_a_township_without_a_place_stands_below_the_others() -> None:
    assert placed(["隆务镇", "多哇镇", "新设乡"], "tongren") == {
        "隆务镇": (1, 2),
        "多哇镇": (2, 4),
        "新设乡": (0, 5),
    }
    assert placed(["乙", "甲", "丙", "丁"], "elsewhere") == {
        "丁": (0, 0),
        "丙": (1, 0),
        "乙": (2, 0),
        "甲": (0, 1),
    }


def test_notices_and_packages_of_the_months_before_are_told_and_no_later_ones(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lines = [
        ("公安", "notice", "死亡登记/已送达", 3),
        ("公安", "notice", "死亡登记/下期数据已更正", 1),
        ("公安", "rows", "", 90),
    ]
    values = ", ".join(f"('f', '{a}', '{b}', '{c}', {n})" for a, b, c, n in lines)
    for month in (str(MONTH.previous), str(MONTH)):
        with lake.replacing("source_figures", month=month) as folder:
            duckdb.execute(
                f"COPY (SELECT * FROM (VALUES {values}) AS t (feed, agency, figure, part, value)) "
                f"TO '{folder}/part.parquet' (FORMAT parquet)"
            )
    facts = {"agreement": "insurance-subsidy", "number": 1, "content": "c", "sealed_sha256": "s"}
    for month in (MONTH.previous, MONTH):
        append(
            lake,
            SHARED,
            by="科长",
            reason="按协议共享",
            on=MONTH.last_day,
            month=month,
            subject=f"p-{month}",
            facts=facts,
        )
    with in_memory(tmp_path) as con:
        notices, packages = partners(con, lake, MONTH)
    assert notices.told == f"到 {MONTH.previous}，提出 4 项，了结 1 项（25%）。"
    assert notices.numbers.rows == [("公安", 3, 1)]
    assert packages.numbers.rows == [(str(MONTH.previous), "同仁市医疗保障局", "资助参保", 1, "没有回执")]
    with in_memory(tmp_path) as con:
        assert partners(con, Lake(tmp_path / "none"), MONTH) == ()
