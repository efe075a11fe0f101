"""What the forms count and say: 附件4's 补差, what was not assessed in the county, a household that is told once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse.release.made_up_month import MONTH, policy
from warehouse.lake import Lake
from warehouse.release import frame, listing, quarter
from warehouse.release.form import forms
from warehouse.release.guide import left_out_table
from warehouse.release.list_columns import PAPER, QUERY, TOWNSHIP, row_of
from warehouse.release.marts import MARTS, REGISTERS
from warehouse.release.masking import mask_for
from warehouse.release.unassessed import Unassessed

Row = dict[str, object]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        for name, columns in {**MARTS, **REGISTERS}.items():
            typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            con.execute(f"CREATE TABLE {name} ({typed})")
        yield con


def put(con: duckdb.DuckDBPyConnection, table: str, *rows: Row) -> None:
    for row in rows:
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        con.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


def warning(number: int, rule: str, household: str, amount: float, proposed: str, **more: object) -> Row:
    return {"warning_id": f"W{number}", "rule_id": rule, "person_id": f"P{number}", "household_id": household,
            "township": "隆务镇", "village": "甲村", "status": "listed", "amount": amount, "proposed": proposed, **more}  # fmt: skip


def test_annex_4_adds_up_monthly_differences_and_each_household_once(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(
        con, "fct_warning_monthly",
        warning(1, "Q02", "H1", 70.0, "核对收入和人数，属实的调减补差"),
        warning(2, "R03", "H2", 474.52, "拟调增补差"),
        warning(3, "Q02", "H2", 474.52, "核对收入和人数，属实的调增补差"),  # the same difference, found twice
        warning(4, "R03", "H3", 69903.18, "拟重新核对家庭经济状况"),  # a year's income lost: no 补差
        warning(5, "Q02", "H4", 120.0, "核对发放明细，属实的补发差额"),  # a wrong payment: no 补差
        warning(6, "R03", "H5", 50.0, "拟调增补差", status="waiting"),
        warning(7, "C04", "H6", 0.0, "拟按单人户纳入低保"),  # one person out of a household
        warning(8, "C01", "H6", 0.0, "拟按低保评估"),
        warning(9, "C01", "H6", 0.0, "拟按低保评估"),
        warning(10, "C02", "H7", 0.0, "拟请乡村振兴部门核实纳入监测"),
    )  # fmt: skip
    monkeypatch.setattr(frame, "_RURAL", "CREATE TABLE rural_homes AS SELECT '' AS household_id, '' AS hamlet, '' AS file, '' AS sheet, 0 AS row")  # fmt: skip
    frame.prepare(con, Lake(tmp_path), MONTH, policy())
    found = dict(con.execute("SELECT figure_id, value FROM figures WHERE township = '全县'").fetchall())
    assert found["annex4_to_adjust"] == Decimal("544.52")
    assert found["annex4_to_adjust_households"] == 2
    assert found["annex4_to_include"] == 1
    assert "annex4_to_complete" not in found or found["annex4_to_complete"] == 0


def test_a_countys_form_says_once_per_rule_what_was_not_assessed(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    put(
        con,
        "dim_rule",
        {"rule_id": "Q02", "title": "实发与应发不符"},
        {"rule_id": "R03", "title": "收入大幅下降"},
    )
    put(
        con, "fct_assessment_monthly",
        {"rule_id": "Q02", "township": "隆务镇", "not_assessed": 3, "reason": "未评估：同月发放多笔，见 Q01 2 个；名单上的成员均登记死亡 1 个"},
        {"rule_id": "Q02", "township": "保安镇", "not_assessed": 1, "reason": "未评估：同月发放多笔，见 Q01 1 个"},
        {"rule_id": "R03", "township": "保安镇", "not_assessed": 5, "reason": "本月无救助对象花名册数据"},
        {"rule_id": "R03", "township": "多哇镇", "not_assessed": 2, "reason": "本月无救助对象花名册数据"},
    )  # fmt: skip
    reasons = "同月发放多笔，见 Q01（3 个）；名单上的成员均登记死亡（1 个）"
    assert left_out_table(con, None).rows == [
        ["实发与应发不符", reasons, 4, "Q02"],
        ["收入大幅下降", "本月无救助对象花名册数据", 7, "R03"],
    ]
    gaps = Unassessed(con, Lake(tmp_path), MONTH)
    assert gaps.told(["Q02", "R03"], [], None) == [
        f"未评估（不等于没有问题）：实发与应发不符，4 个对象：{reasons}。",
        "未评估（不等于没有问题）：收入大幅下降，7 个对象：本月无救助对象花名册数据。",
    ]
    assert gaps.told(["Q02", "R03"], [], "多哇镇") == [
        "未评估（不等于没有问题）：收入大幅下降，2 个对象：本月无救助对象花名册数据。"
    ]


def test_paper_says_the_same_of_a_household_once_and_the_workbook_in_every_row(
    con: duckdb.DuckDBPyConnection,
) -> None:
    same = {"summary": "全户 3 人均不在救助花名册", "evidence": "{}", "priority": 1.0}
    put(
        con, "fct_warning_monthly",
        warning(1, "C01", "H1", 0.0, "拟按低保评估", **same), warning(2, "C01", "H1", 0.0, "拟按低保评估", **same),
        warning(3, "C03", "H1", 0.0, "拟按低保评估", **same), warning(4, "C01", "H2", 0.0, "拟按低保评估", **same),
    )  # fmt: skip
    listing.prepare(con)
    now = policy()
    seen = con.execute(QUERY, ["隆务镇"]).fetchall()

    def column(columns: tuple, key: str) -> list[object]:
        at = [one.key for one in columns].index(key)
        return [row_of(one, mask_for("paper", now), columns, now)[at] for one in seen]

    # Another cause or another household is told in full.
    told = column(PAPER, "grounds_and_policy")
    assert told.count("同第 1 号（同户、同一事项）") == 1
    assert told.count(same["summary"]) == 3
    assert column(PAPER, "proposed_and_check").count("同第 1 号") == 1
    assert column(TOWNSHIP, "grounds") == [same["summary"]] * 4


def test_a_blank_amount_is_a_gap_only_where_money_is_paid(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE form_words AS SELECT 'forms.aids_with_amounts' AS parameter, '低保' AS word")
    common = {"township": "隆务镇", "place_kind": "农村", "funding_level": "未区分", "approved_unknown": 7}
    put(
        con, "fct_payment_summary_monthly", {"aid_type": "低保", **common}, {"aid_type": "低保边缘", **common}
    )
    found = con.execute(
        f"SELECT aid_type, unknown FROM ({forms()['payments'].query}) WHERE township = '隆务镇'"
    )
    assert dict(found.fetchall()) == {"低保": 7, "低保边缘": None}


def test_the_quarters_figures_stand_by_subject() -> None:
    told = ["alarms", "其他", "class_persons:特困人员", "cases:低保", "population_persons", "answers_given"]
    ordered = sorted(told, key=lambda one: (quarter._place_of(one), one))
    assert ordered == [
        "population_persons",
        "class_persons:特困人员",
        "cases:低保",
        "alarms",
        "answers_given",
        "其他",
    ]
