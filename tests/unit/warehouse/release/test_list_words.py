"""Evidence and pictures in the words of the list, as small tables."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from tests.unit.warehouse.release.made_up_month import policy
from warehouse.months import Month
from warehouse.policy import Policy, load
from warehouse.policy.parameters import parameters
from warehouse.release import evidence, policy_words
from warehouse.release.workbook import Column, height_of
from warehouse.settings import REPOSITORY


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            '{"rows":{"death":1,"assistance_payment":3,"cremation":0}}',
            "数据：死亡/户籍注销 1 行、救助金发放明细 3 行",
        ),
        ('{"files":["a.csv","b.csv","c.csv","d.csv"]}', "出处：a.csv、b.csv、c.csv 等 4 处"),
        (
            '{"files":["death/death.csv","death/death.csv","cremation/c.csv"]}',
            "出处：死亡/户籍注销（death.csv）、火化/死亡医学证明（c.csv）",
        ),
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
            "《甲》（2021）；《乙》，示例值",
        ),
        (
            "a@tongren:2021-01-01 (示例值, illustrative); b@*:2020-01-01 (示例值, illustrative)",
            "标准为示例值，尚无文件规定",
        ),
        (
            "a@*:2020-01-01 (示例值, illustrative); b@tongren:2021-01-01 (《甲》（2021）, verified)",
            "《甲》（2021）；其余标准为示例值",
        ),
        ("第三条", "第三条"),
        ("无参数", ""),
        (None, ""),
    ],
)
def test_paper_names_the_documents_of_a_policy_line(reference: str | None, words: str) -> None:
    assert policy_words.documents(reference) == words


def test_a_policy_line_is_told_with_its_value_and_its_document() -> None:
    policy = load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", Month(2026, 10))
    standard, multiple = policy.line("dibao_standard_month"), policy.line("low_income_multiple")
    said = policy_words.told(f"{standard.reference}; {multiple.reference}", policy).split("\n")
    assert said[0] == f"低保标准 {standard.value} 元/人·月，2021-01-01 起（示例值）"
    assert said[1].startswith(f"低收入线为低保标准的 {multiple.value} 倍，2021-01-01 起（同仁市民政局《")
    # A line that is no longer in force is named without a value: today's figure was not the one that decided.
    older = standard.reference.replace("2021-01-01", "2019-01-01")
    assert policy_words.told(older, policy) == "低保标准，2019-01-01 起（示例值）"
    assert policy_words.told("无参数", policy) == policy_words.COMPARED


def test_every_parameter_of_a_rule_has_words() -> None:
    reference = REPOSITORY / "dbt_project" / "seeds" / "reference" / "rule_catalogue.csv"
    with reference.open(encoding="utf-8", newline="") as file:
        asked = {name for rule in csv.DictReader(file) for name in rule["parameters"].split(";") if name}
    untitled = {name for name in asked if parameters()[name].title == name}
    assert untitled == set()


def test_a_long_sentence_makes_a_high_row() -> None:
    columns = (Column("a", "a", 11),)
    heights = [height_of(columns, (text,)) for text in ("短", "一二三四五", "一二三四五六", "一\n二")]
    assert heights[0] == heights[1] < heights[2] == heights[3]


def changed(**values: str) -> Policy:
    now = policy()
    return replace(
        now,
        lines={**now.lines, **{name: replace(now.line(name), value=value) for name, value in values.items()}},
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"list_cap_visits": "80", "list_cap_households_per_visit": "50"},
         "每个乡镇每月走访名额 80 户，名单上的户每 50 户给一个名额，两样取多的；"),
        ({"list_cap_visits": "80", "list_cap_households_per_visit": ""}, "每个乡镇每月走访名额 80 户；"),
        ({"list_cap_visits": "", "list_cap_households_per_visit": ""}, ""),
    ],
)  # fmt: skip
def test_the_cap_is_told_as_policy_sets_it(values: dict[str, str], words: str) -> None:
    assert policy_words.cap_told(changed(**values)) == words


def test_what_counts_as_worth_the_walk_is_what_policy_says() -> None:
    now = changed(rules_found_by_aid="C01;R01")
    assert policy_words.what_counts(now) == (
        "“有收效”是查到了要办的事：查困难的规则要属实并拟纳入救助才算（规则卡上写着），其余规则属实或部分属实就算。"
    )
    assert policy_words.counts_when("C01", now) == "属实并拟纳入救助的算有收效"
    assert policy_words.counts_when("D01", now) == "属实或部分属实的算有收效"
