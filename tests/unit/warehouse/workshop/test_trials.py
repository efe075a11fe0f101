"""Settings as people write them: names, values, sweeps; what is refused and what it says."""

from __future__ import annotations

import pytest

from warehouse.errors import Misconfigured
from warehouse.policy import read_lines
from warehouse.policy.check import faults_among
from warehouse.policy.parameters import parameters
from warehouse.settings import REPOSITORY
from warehouse.workshop.dependence import parameters_of, rule_title
from warehouse.workshop.trials import parameter_named, trials_of

LINES = read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
LINE = "medical_burden_line_low_income"


def values(rule: str, *texts: str) -> list[dict[str, str]]:
    return [dict(trial.values) for trial in trials_of(texts, rule, LINES, "tongren")]


@pytest.mark.parametrize(
    ("rule", "short", "parameter"),
    [
        ("R01", "line", LINE),
        ("R01", "general_line", "medical_burden_line_general"),
        ("R01", "window", "medical_burden_window_months"),  # the rule's own before that of incomes
        ("R01", LINE, LINE),
        ("R01", "standard", "dibao_standard_month"),  # through who is low-income
        ("C03", "multiple", "low_income_multiple"),
        ("R03", "share", "income_fall_share"),
    ],
)
def test_a_parameter_by_its_short_name(rule: str, short: str, parameter: str) -> None:
    assert parameter_named(short, rule) == parameter


def test_a_sweep_is_one_trial_a_value_beside_what_is_fixed() -> None:
    assert values("R01", "line=10000,12000", "window=6") == [
        {"medical_burden_window_months": "6", LINE: "10000"},
        {"medical_burden_window_months": "6", LINE: "12000"},
    ]


def test_an_empty_value_means_no_rule_configured() -> None:
    (trial,) = trials_of(["line="], "R01", LINES, "tongren")
    assert trial.told == "低收入人口医疗负担线 未配置规则"


def test_a_schedule_brings_its_length_with_it() -> None:
    assert values("G02", "grace_schedule=100:3;50:3") == [
        {"grace_schedule": "100:3;50:3", "grace_months": "6"}
    ]


@pytest.mark.parametrize(
    ("rule", "texts", "says"),
    [
        ("R01", ["line=abc"], "低收入人口医疗负担线.*is no number"),
        ("R01", ["line=-1"], "no number of 0 or more"),
        ("R01", ["window=2.5"], "no whole number"),
        ("R03", ["share=1.2"], "no share between 0 and 1"),
        ("R01", ["line"], "sets nothing"),
        ("R01", [], "nothing is set"),
        ("R01", ["line=1", "line=2"], "set twice"),
        ("R01", ["line=1,2", "window=3,6"], "several values each"),
        ("R01", ["burden=1"], "several parameters of the name 'burden'.*medical_burden_line_general"),
        ("R01", ["colour=1"], "no parameter of the name 'colour'"),
        ("Q01", ["line=1"], "hangs on no parameter"),
        ("A01", ["count=1"], "no rule 'A01' that raises warnings"),
        ("X99", ["count=1"], "no rule 'X99'"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_a_next_step(rule: str, texts: list[str], says: str) -> None:
    with pytest.raises(Misconfigured, match=says) as refused:
        rule_title(rule)
        trials_of(texts, rule, LINES, "tongren")
    assert refused.value.next_step


def test_a_trial_is_the_whole_packs_with_other_values_and_without_fault() -> None:
    (trial,) = trials_of(["line=12000"], "R01", LINES, "tongren")
    over = trial.over(LINES, "tongren")
    assert not faults_among(over, parameters())
    assert [line.value for line in over if line.parameter == LINE and line.region == "tongren"] == ["12000"]
    assert {line for line in LINES if line.parameter != LINE} <= set(over)
    assert {line for line in over if line.region == "guangdong"} == {
        line for line in LINES if line.region == "guangdong"
    }


def test_a_rule_hangs_on_what_stands_behind_its_model() -> None:
    assert {"basic_pension_excluded", "low_income_multiple"} <= set(parameters_of("R01"))
    assert not {"priority_R01", "grace_schedule"} & set(parameters_of("R01"))
    assert parameters_of("Q01") == ()
