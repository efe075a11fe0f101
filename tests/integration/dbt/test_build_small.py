"""Build: a dozen planted persons through dbt, each rule just inside and just outside."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest
from small_lake import write_dispositions, write_events

from tests.integration.dbt.planted_months import OCTOBER, SEPTEMBER, mart, planted, run
from warehouse.lake import Lake
from warehouse.transform import MARTS

LOW_ILL = ("R01", "low_ill")


ANSWERS = {"dead_one_source": "不属实", "dead_two_sources": "属实"}


EXPECTED = {
    ("D01", "dead_two_sources", "确认"),
    ("D01", "dead_one_source", "疑似"),
    ("D01", "dead_alive", "疑似"),
    ("D02", "dead_two_sources", "确认"),
    ("D02", "dead_one_source", "疑似"),
    ("D02", "dead_alive", "疑似"),
    ("D03", "dead_alive", "疑似"),
    ("C01", "rural_below", "疑似"),
    ("C03", "rural_below", "疑似"),
    ("C08", "rural_below", "疑似"),
    ("R01", "low_ill", "疑似"),
    ("R01", "placeless", "疑似"),
    ("R01", "stranger", "疑似"),
    # The bill of ``placeless`` in the household's account: more than both had in the year.
    ("R02", "rural_at_line", "疑似"),
}


def fingerprint(lake: Lake, month: str) -> dict[str, str]:
    """Each mart's file as a hash."""
    return {
        name: hashlib.sha256(
            (lake.partition(f"marts/{name}", month=month) / "part.parquet").read_bytes()
        ).hexdigest()
        for name in MARTS
    }


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, dict[str, str]]:
    """September built; one warning answered, one person's id merged; October built twice."""
    home = tmp_path_factory.mktemp("home")
    small = planted(home)
    # The checkout may have seen the project's unit tests pass: here they run all the same.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warehouse.transform.have_unit_tests_passed", lambda home: False)
        run(small.write(SEPTEMBER), SEPTEMBER)
    lake = small.write(OCTOBER)
    answered = next(
        w for w in mart(lake, "fct_warning_monthly", SEPTEMBER) if (w["rule_id"], w["person_id"]) == LOW_ILL
    )
    write_dispositions(
        lake, SEPTEMBER,
        [{"warning_id": answered["warning_id"], "rule_id": "R01", "result": "属实", "file": "f", "row": 4}]
        + [
            {"warning_id": w["warning_id"], "rule_id": "D01", "result": ANSWERS[w["person_id"]], "file": "f", "row": n}
            for n, w in enumerate(mart(lake, "fct_warning_monthly", SEPTEMBER))
            if w["rule_id"] == "D01" and w["person_id"] in ANSWERS
        ],
    )  # fmt: skip
    write_events(lake, OCTOBER, [])
    run(lake, OCTOBER)
    first = fingerprint(lake, OCTOBER)
    # What a killed run leaves: a torn warehouse aside, and no half of anything else. The rerun throws it away.
    (home / "tmp" / "aside" / "warehouse.duckdb").write_bytes(b"torn" * 4000)
    run(lake, OCTOBER)
    return lake, first


def test_each_rule_raises_whom_it_must_and_nobody_else(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, _ = two_months
    found = {(w["rule_id"], w["person_id"], w["grade"]) for w in mart(lake, "fct_warning_monthly", OCTOBER)}
    assert found == EXPECTED


def test_a_rerun_and_a_run_after_a_kill_give_the_same_bytes(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, first = two_months
    assert fingerprint(lake, OCTOBER) == first


def test_a_warning_keeps_its_id_and_its_first_month(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, _ = two_months
    before = {w["warning_id"]: w for w in mart(lake, "fct_warning_monthly", SEPTEMBER)}
    now = {w["warning_id"]: w for w in mart(lake, "fct_warning_monthly", OCTOBER)}
    assert set(before) <= set(now)
    assert {now[i]["since"] for i in before} == {SEPTEMBER}


def test_an_answered_warning_is_silent_with_its_reason(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, _ = two_months
    status = {(w["rule_id"], w["person_id"]): w for w in mart(lake, "fct_warning_monthly", OCTOBER)}
    assert status[LOW_ILL]["status"] == "silent"
    assert SEPTEMBER in status[LOW_ILL]["status_reason"]
    assert status["C01", "rural_below"]["status"] == "listed"


def test_one_more_month_is_news_to_who_found_it_true_only(two_months: tuple[Lake, dict[str, str]]) -> None:
    """Paid on in October: whoever said 属实 hears of it; whoever said 不属实 is asked the same once more, as a second look."""
    lake, _ = two_months
    found = [w for w in mart(lake, "fct_warning_monthly", OCTOBER) if w["rule_id"] == "D01"]
    assert {
        w["person_id"]: (w["status"], json.loads(w["evidence"]).get("second_look_of")) for w in found
    } == {
        "dead_one_source": ("listed", str(SEPTEMBER)),
        "dead_two_sources": ("listed", None),
        "dead_alive": ("listed", None),
    }


def test_money_months_and_place_stand_in_the_warning(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, _ = two_months
    [found] = [
        w
        for w in mart(lake, "fct_warning_monthly", OCTOBER)
        if (w["rule_id"], w["person_id"]) == ("D01", "dead_two_sources")
    ]
    assert float(found["amount"]) == 600.0
    assert "2 个月" in found["summary"]
    assert (found["township"], found["village"]) == ("隆务镇", "一村")
    assert found["household_id"]
    evidence = json.loads(found["evidence"])
    assert evidence["rows"] == {"death": 1, "cremation": 1, "assistance_payment": 2}
    assert evidence["links"] == {"death": "certain", "payment": "certain"}
    assert "death_sources_to_confirm@*" in found["policy_ref"]


def test_a_rule_that_cannot_speak_says_why(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, _ = two_months
    # A person without any settlement is out of R01's scope; the township has its row all the same.
    rows = {(a["rule_id"], a["township"]): a for a in mart(lake, "fct_assessment_monthly", OCTOBER)}
    assert rows["R01", "保安镇"]["in_scope"] == 0
    assert rows["D02", "隆务镇"]["in_scope"] == 5


def test_person_and_population_marts(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, _ = two_months
    people = {p["person_id"]: p for p in mart(lake, "dim_person", OCTOBER)}
    assert people["dead_two_sources"]["death_sources"] == 2
    assert people["rural_below"]["is_low_income"]
    assert not people["rural_at_line"]["is_low_income"]
    classes = {(p["person_id"], p["class"]) for p in mart(lake, "fct_population_monthly", OCTOBER)}
    assert ("low_ill", "最低生活保障对象") in classes
    assert ("rural_below", "防止返贫监测对象") in classes


def test_the_policy_lines_are_those_that_decided(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, _ = two_months
    named = {
        (w["rule_id"], w["person_id"]): {line.split("@")[0] for line in w["policy_ref"].split("; ")}
        for w in mart(lake, "fct_warning_monthly", OCTOBER)
    }
    # On a roster: the line for low-income people, not the general one and not the income line.
    assert named[LOW_ILL] == {"medical_burden_line_low_income", "medical_burden_window_months"}
    assert named["R01", "stranger"] == {"medical_burden_line_general", "medical_burden_window_months"}
    # Low-income by the rural list's income alone: the income line decided too.
    assert {"dibao_standard_month", "low_income_multiple", "school_aid_stages"} <= named["C08", "rural_below"]


def test_who_has_no_township_takes_that_of_the_household(two_months: tuple[Lake, dict[str, str]]) -> None:
    lake, _ = two_months
    ill = {w["person_id"]: w for w in mart(lake, "fct_warning_monthly", OCTOBER) if w["rule_id"] == "R01"}
    assert (ill["placeless"]["township"], ill["placeless"]["village"]) == ("隆务镇", "一村")
    assert pd.isna(ill["stranger"]["township"])
    # Counted under the word that the lists use, not lost.
    [unplaced] = [
        a
        for a in mart(lake, "fct_assessment_monthly", OCTOBER)
        if (a["rule_id"], a["township"]) == ("R01", "未写明乡镇")
    ]
    assert unplaced["in_scope"] == 1
