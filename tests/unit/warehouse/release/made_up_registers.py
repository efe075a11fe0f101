"""Registers and figures of the small made-up month, over the same people."""

from __future__ import annotations

from datetime import date

from warehouse.months import Month

MONTH = Month(2026, 10)
TOWNSHIPS = ("隆务镇", "保安镇", "多哇镇", "兰采乡")
CLASSES = ("最低生活保障对象", "特困人员", "最低生活保障边缘家庭成员")


def made_up_registers(persons: list[dict[str, object]]) -> dict[str, list[dict[str, object]]]:
    """The marts of registers and figures over the same people: every tenth left by death, every sixth is on record."""

    def of(number: int) -> dict[str, object]:
        person = persons[number]
        return {key: person[key] for key in ("person_id", "household_id", "township", "village")}

    count = len(persons)
    dead = [
        {
            **of(n),
            "class": CLASSES[0],
            "change": "退出",
            "category": "死亡",
            "reason": "公安死亡登记",
            "from_class": CLASSES[0],
            "effective_month": str(MONTH),
        }
        for n in range(0, count, 10)
    ]
    new = [
        {
            **of(n),
            "class": CLASSES[1],
            "change": "新增",
            "category": "新纳入",
            "reason": "因病",
            "to_class": CLASSES[1],
            "effective_month": str(MONTH),
        }
        for n in range(1, count, 12)
    ]
    records = [
        {
            **of(n),
            "head_person_id": persons[n]["person_id"],
            "reason": "收入在低保标准与认定线之间",
            "income_pc_month": 650 + n,
            "standard_month": 500,
            "line_month": 1000,
            "registered_month": "2026-08",
            "next_look_month": "2026-11",
            "risk_points": n % 50,
        }
        for n in range(0, count, 6)
    ]
    referrals = [
        {
            **of(n),
            "referral_id": f"F{n:05d}",
            "agency": "医保",
            "aid": "医疗救助",
            "reason": "医疗负担过重",
            "state": "待核实",
            "since": "2026-09",
        }
        for n in range(0, count, 8)
    ]
    tekun = [
        {
            **of(n),
            "care": "分散",
            "birth_date": date(1940, 1, 1 + n % 28),
            "health": "残疾",
            "care_need": "高龄",
            "needs_place_look": True,
            "care_agreement": "未收到",
            "service_standard": "未收到",
            "visit_record": "未收到",
            "emergency_plan": "未收到",
            "housing": "未收到",
        }
        for n in range(1, count, 3)
    ]
    payments = [
        {
            "township": t,
            "aid_type": "低保",
            "place_kind": "农村",
            "funding_level": "未区分（没有数据来源）",
            "cases": 5,
            "persons": 5,
            "approved": 1234.56,
            "approved_unknown": 1,
            "cases_paid": 4,
            "payments_paid": 4,
            "paid": 1000.25,
            "payments_failed": 1,
            "failed": 234.31,
            "payments_returned": 0,
            "returned": 0,
            "payments_unknown": 0,
        }
        for t in TOWNSHIPS
    ]
    coverage = [
        {
            "direction": "名单→救助",
            "list_class": "脱贫不稳定户",
            "roster_class": cover,
            "township": t,
            "persons": 7,
            "households": 3,
            "persons_before": 9,
            "persons_change": -2,
        }
        for t in TOWNSHIPS
        for cover in ("低保", "未覆盖")
    ]
    people = {t: [p for p in persons if p["township"] == t] for t in TOWNSHIPS}
    counted: dict[str, tuple[str, str, dict[str, float]]] = {
        "class_persons:最低生活保障对象": ("低保对象", "人", {
            t: sum(1 for n, p in enumerate(persons) if p["township"] == t and n % 3 == 0) for t in people}),
        "natural_reduction": ("自然减员", "人", {t: sum(1 for d in dead if d["township"] == t) for t in people}),
        "records_open": ("备案户", "户", {t: sum(1 for r in records if r["township"] == t) for t in people}),
        "referrals_open": ("转介中", "项", {t: sum(1 for r in referrals if r["township"] == t) for t in people}),
        "paid_amount:低保": ("低保发放金额", "元", dict.fromkeys(people, 1000.25)),
        **{f"answers_{name}": (name, "条", dict(zip(people, counts, strict=True))) for name, counts in {
            "due": (45, 20, 0, 0), "settled": (30, 12, 0, 0), "along": (6, 5, 0, 0), "open": (9, 3, 0, 0),
            "found": (12, 6, 0, 0), "aided": (6, 6, 0, 0)}.items()},
    }  # fmt: skip
    figures = [
        {
            "figure_id": name,
            "township": place,
            "title": title,
            "unit": unit,
            "definition": title,
            "value": value,
        }
        for name, (title, unit, by_place) in counted.items()
        for place, value in [*by_place.items(), ("全县", sum(by_place.values()))]
    ]
    alarms = [
        {
            "alarm_id": "A1",
            "township": TOWNSHIPS[0],
            "village": "第1村",
            "cause_rule": "R01",
            "warnings": 12,
            "households": 11,
            "since": "2026-10",
            "summary": "本月“医疗负担过重”预警 12 条",
        }
    ]
    villages = [
        {
            "township": TOWNSHIPS[0],
            "village": "第1村",
            "households_due": 9,
            "persons_due": 20,
            "households_looked": 4,
            "households_covered": 2,
            "households_open": 3,
        }
    ]
    return {
        "fct_population_change_monthly": dead + new, "fct_population_balance_monthly": [],
        "fct_report_figures_monthly": figures, "fct_coverage_monthly": coverage,
        "fct_village_coverage_monthly": villages, "fct_record_register_monthly": records,
        "fct_referral_monthly": referrals, "fct_tekun_monthly": tekun, "fct_payment_summary_monthly": payments,
        "fct_alarm_monthly": alarms,
    }  # fmt: skip
