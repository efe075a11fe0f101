"""Evidence and pictures in the words of the list, as small tables."""

from __future__ import annotations

import pytest

from warehouse.release import charts, evidence
from warehouse.release.workbook import Column, height_of


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            '{"rows":{"death":1,"assistance_payment":3,"cremation":0}}',
            "数据：死亡/户籍注销 1 行、救助金发放明细 3 行",
        ),
        ('{"files":["a.csv","b.csv","c.csv","d.csv"]}', "出处：a.csv、b.csv、c.csv 等 4 处"),
        ('{"fingerprint":"3|1|false","months_paid":3}', ""),
        ('{"说明":["甲","乙"]}', "说明：甲、乙"),
        ("not json", ""),
        (None, ""),
    ],
)
def test_evidence_says_where_it_comes_from_and_nothing_for_machines(found: str | None, words: str) -> None:
    assert evidence.told(evidence.read(found)) == words


@pytest.mark.parametrize(
    ("found", "link_grade", "words"),
    [
        ('{"links":{"death":"certain","payment":"review"}}', "certain", "疑似\n身份待核实"),
        ('{"links":{"death":"certain"}}', "review", "疑似\n身份已对上"),
        ("{}", "review", "疑似\n身份待核实"),
        ("{}", None, "疑似"),
    ],
)
def test_the_weakest_link_says_how_sure(found: str, link_grade: str | None, words: str) -> None:
    assert evidence.sureness("疑似", evidence.read(found), link_grade) == words


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (
            "a@tongren:2021-01-01 (《甲》（2021）, verified); b@*:2020-01-01 (《乙》, illustrative)",
            "《甲》（2021）；《乙》（示例值）",
        ),
        ("a@tongren:2021-01-01 (示例值, illustrative); b@*:2020-01-01 (示例值, illustrative)", "示例值"),
        ("第三条", "第三条"),
        (None, ""),
    ],
)
def test_paper_names_the_documents_of_a_policy_line(reference: str | None, words: str) -> None:
    assert evidence.policy_words(reference) == words


def test_the_same_counts_draw_the_same_bytes() -> None:
    rows = [("隆务镇", "确认", 3), ("保安镇", "提示", 1)]
    assert charts.bars(rows, charts.GRADE_COLOURS, name="x") == charts.bars(
        rows, charts.GRADE_COLOURS, name="x"
    )


def test_a_long_sentence_makes_a_high_row() -> None:
    columns = (Column("a", "a", 11),)
    heights = [height_of(columns, (text,)) for text in ("短", "一二三四五", "一二三四五六", "一\n二")]
    assert heights[0] == heights[1] < heights[2] == heights[3]
