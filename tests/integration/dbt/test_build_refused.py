"""What a build refuses or does not assess: a feed that is missing, a failing node, a held warehouse, other policy."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from small_lake import spare_unit_tests

from tests.integration.dbt.planted_months import OCTOBER, POLICY, SEPTEMBER, mart, planted, run
from warehouse.errors import BuildFailed, HistoryMissing, Misconfigured, Unavailable
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import load
from warehouse.settings import REPOSITORY
from warehouse.transform import build


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
