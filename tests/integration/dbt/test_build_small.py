"""Build: a dozen planted persons through dbt, each rule just inside and just outside."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from small_lake import SmallLake, day, spare_unit_tests, write_dispositions, write_events

from warehouse.errors import BuildFailed, HistoryMissing, Misconfigured, Unavailable
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import load
from warehouse.settings import REPOSITORY
from warehouse.transform import MARTS, build

POLICY = REPOSITORY / "dbt_project" / "seeds" / "policy"
SEPTEMBER, OCTOBER = "2026-09", "2026-10"
REQUIRED = (
    "assistance_roster",
    "assistance_payment",
    "medical_enrolment",
    "medical_settlement",
    "education_enrolment",
    "education_aid",
    "death",
    "rural_monitoring",
)


def planted(home: Path) -> SmallLake:
    """Two months; who is raised in October stands in ``EXPECTED``."""
    small = SmallLake(home)
    for month in (SEPTEMBER, OCTOBER):
        for feed in REQUIRED:
            small.feed(feed, month)
        for person, case in (
            ("dead_two_sources", "A1"),
            ("dead_one_source", "A2"),
            ("died_this_month", "A3"),
            ("dead_alive", "A4"),
            ("low_ill", "A5"),
        ):
            small.add(
                "assistance_roster", month, person, head=person, case_no=case, aid_type="低保", relation="02",
                monthly_amount=300, township="隆务镇", village="一村",
            )  # fmt: skip
            small.add(
                "assistance_payment", month, person, case_no=case, aid_type="低保", pay_month=month, amount=300,
                bank_account=case, pay_status="成功",
            )  # fmt: skip
        small.add(
            "rural_monitoring", month, "rural_below", household_no="H1", relation="02", income_pc_year=11000,
            **{"class": "边缘易致贫户", "risk_cleared": "否", "township": "保安镇", "village": "二村"},
        )  # fmt: skip
        small.add(
            "rural_monitoring", month, "rural_at_line", household_no="H2", relation="02", income_pc_year=12000,
            **{"class": "边缘易致贫户", "risk_cleared": "否", "township": "保安镇", "village": "二村"},
        )  # fmt: skip
        small.add("education_enrolment", month, "rural_below", stage="小学", state="在籍")
        small.add(
            "rural_monitoring", month, "placeless", household_no="H2", relation="20", income_pc_year=12000,
            **{"class": "脱贫户", "risk_cleared": "否"},
        )  # fmt: skip
    # No record says where these two live; the first has a household that lives somewhere.
    small.persons["placeless"] = small.persons["stranger"] = {"township": None, "village": None}
    for person, died in (
        ("dead_two_sources", "2026-08-15"),
        ("dead_one_source", "2026-08-15"),
        ("died_this_month", "2026-10-02"),
        ("dead_alive", "2026-08-15"),
    ):
        small.add(
            "death", SEPTEMBER if died < "2026-10" else OCTOBER, person, reason="死亡", died_on=day(died),
            died_on_precision="day", cancelled_on=day("2026-10-05"),
        )  # fmt: skip
    for month in (SEPTEMBER, OCTOBER):  # a running list: the second delivery repeats the first
        small.add("cremation", month, "dead_two_sources", died_on=day("2026-08-17"), died_on_precision="day")
    for person, number, on, own in (
        ("dead_alive", "S1", "2026-09-20", 10),
        ("low_ill", "S2", "2026-09-20", 10000.01),
        ("general_ill", "S3", "2026-09-20", 26000),
        ("placeless", "S4", "2026-09-20", 26000.01),
        ("stranger", "S5", "2026-09-20", 26000.01),
    ):
        small.add(
            "medical_settlement", SEPTEMBER, person, settlement_id=number, settled_at=day(on), total=own,
            own_total=own, state="1",
        )  # fmt: skip
    return small


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


def run(lake: Lake, month: str, policy_dir: Path = POLICY) -> Any:
    """Build a month as a stage does."""
    at = Month.parse(month)
    return build(at, lake=lake, policy=load(policy_dir, "tongren", at), policy_dir=policy_dir)


def mart(lake: Lake, name: str, month: str) -> list[dict[str, Any]]:
    """A mart's rows of a month."""
    path = lake.partition(f"marts/{name}", month=month) / "part.parquet"
    with duckdb.connect() as con:
        return (
            con.execute(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)")
            .df()
            .to_dict("records")
        )


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
    """Paid on in October: whoever said 属实 hears of it; whoever said 不属实 is not asked the same again."""
    lake, _ = two_months
    status = {
        w["person_id"]: w["status"]
        for w in mart(lake, "fct_warning_monthly", OCTOBER)
        if w["rule_id"] == "D01"
    }
    assert status == {"dead_one_source": "silent", "dead_two_sources": "listed", "dead_alive": "listed"}


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


def test_without_a_feed_or_a_number_a_rule_is_not_assessed(tmp_path: Path) -> None:
    """No cremation ever, one number left open, one visit per township."""
    small = planted(spare_unit_tests(tmp_path / "home"))
    for month in (SEPTEMBER, OCTOBER):
        small.came.discard(("cremation", month))
        small.links[month] = [x for x in small.links[month] if x["feed"] != "cremation"]
    packs = tmp_path / "packs"
    packs.mkdir()
    for path in POLICY.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("medical_burden_line_general,26000", "medical_burden_line_general,")
        text = text.replace("list_cap_visits,80", "list_cap_visits,1")
        (packs / path.name).write_text(text, encoding="utf-8")
    run(small.write(SEPTEMBER), SEPTEMBER, packs)
    lake = small.write(OCTOBER)
    run(lake, OCTOBER, packs)
    reasons = {
        a["rule_id"]: a for a in mart(lake, "fct_assessment_monthly", OCTOBER) if a["township"] == "隆务镇"
    }
    assert reasons["R01"]["reason"] == "未配置规则：本地区没有一般人口医疗负担线的值"
    assert reasons["R01"]["assessed"] == 0 < reasons["R01"]["not_assessed"]
    assert "无火化/死亡医学证明数据（从未收到）" in reasons["D01"]["reason"]
    warnings = mart(lake, "fct_warning_monthly", OCTOBER)
    assert "R01" not in {w["rule_id"] for w in warnings}
    assert {w["grade"] for w in warnings if w["rule_id"] == "D01"} == {"疑似"}
    listed = [w for w in warnings if w["township"] == "隆务镇" and w["status"] == "listed"]
    waiting = [w for w in warnings if w["status"] == "waiting"]
    # One visit, and the whole house on it: the dead man's payments and his place on the roster.
    assert {w["household_id"] for w in listed} == {listed[0]["household_id"]}
    assert sorted(w["rule_id"] for w in listed) == ["D01", "D02"]
    assert waiting
    first = max(w["priority"] for w in listed)
    queued = [w for w in waiting if w["township"] == "隆务镇" and w["rule_id"] != "C02"]
    assert all(w["priority"] <= first for w in queued)
    assert all("本乡镇本月走访名额 1 户，本户排在候补第 " in w["status_reason"] for w in queued)


def test_a_failing_node_is_named_and_nothing_is_replaced(tmp_path: Path) -> None:
    """A grade that linkage must never write breaks the audit's accepted codes: our fault, said so."""
    small = planted(spare_unit_tests(tmp_path))
    small.links[OCTOBER][0]["grade"] = "perhaps"
    run(small.write(SEPTEMBER), SEPTEMBER)
    lake = small.write(OCTOBER)
    with pytest.raises(BuildFailed, match="accepted_values_audit_link_monthly") as failure:
        run(lake, OCTOBER)
    assert failure.value.exit_code == 17
    assert lake.months("marts/fct_warning_monthly") == [SEPTEMBER]


def test_a_month_is_not_built_over_one_that_was_linked_and_never_built(tmp_path: Path) -> None:
    """Its warnings would all say they are new, and an answer would be forgotten."""
    lake = planted(tmp_path).write(OCTOBER)
    with pytest.raises(HistoryMissing, match=SEPTEMBER):
        run(lake, OCTOBER)
    assert not lake.months("marts/fct_warning_monthly")


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


def test_a_held_warehouse_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: object, **__: object) -> None:
        raise duckdb.IOException("Could not set lock on file")

    monkeypatch.setattr(duckdb, "connect", held)
    with pytest.raises(Unavailable):
        run(Lake(tmp_path), OCTOBER)


def test_another_months_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="2026-09"):
        build(
            Month.parse(OCTOBER),
            lake=Lake(tmp_path),
            policy=load(POLICY, "tongren", Month.parse(SEPTEMBER)),
            policy_dir=POLICY,
        )


def test_every_parameter_the_rules_name_is_in_a_pack() -> None:
    """A rule that asks for a parameter no pack has would be silent for ever."""
    with duckdb.connect() as con:
        asked = con.execute(
            f"SELECT DISTINCT unnest(string_split(parameters, ';')) FROM read_csv('"
            f"{REPOSITORY / 'dbt_project' / 'seeds' / 'reference' / 'rule_catalogue.csv'}', all_varchar = true)"
        ).fetchall()
    there = load(POLICY, "tongren", Month.parse(OCTOBER)).lines
    assert {name for (name,) in asked} <= set(there)
