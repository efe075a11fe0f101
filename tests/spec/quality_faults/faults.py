"""The planted quality faults, one row each: what is done to a good month's delivery, and what must come of it.

``outcome`` is one of: ``refused``, ``held``, ``duplicate`` (the dock's word in the ledger), or ``stop`` / ``warn``
with the rule of gate 1 that must say so. Faults of one ``wave`` go into one run of the month; they sit in different
feeds or in columns that have nothing to do with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.spec.quality_faults import spoiling as by
from tests.spec.quality_faults.spoiling import Spoil


@dataclass(frozen=True)
class Fault:
    """One planted fault. ``file`` names what is done to the files themselves instead of to their rows."""

    wave: str
    feed: str
    what: str
    outcome: Literal["refused", "held", "duplicate", "stop", "warn"]
    rule: str = ""
    spoil: Spoil | None = None
    file: str = ""


def _other_county(text: str) -> str:
    """A valid ID of a county far away, made from this one."""
    if len(text) != 18 or not text[:17].isdigit():
        return text
    body = "120101" + text[6:17]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        body
        + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
    )


_MONEY = (
    "total",
    "fully_own",
    "over_limit_own",
    "first_own",
    "basic_paid",
    "critical_paid",
    "assistance_paid",
    "own_total",
)
_LEVELS = {
    "1": "2",
    "2": "3",
    "3": "4",
    "4": "1",
    "一级": "二级",
    "二级": "三级",
    "三级": "四级",
    "四级": "一级",
}

FAULTS: tuple[Fault, ...] = (
    # What the dock itself refuses, holds or does not load twice.
    Fault("dock", "assistance_payment", "last month's payment file, byte for byte", "refused", file="last month's"),
    Fault("dock", "medical_enrolment", "last month's enrolment, byte for byte", "refused", file="last month's"),
    Fault("dock", "assistance_roster", "last month's roster, its title says when it was filled in", "refused", file="last month's"),
    Fault("dock", "medical_settlement", "settlements dated a year early", "refused", spoil=by.change("settled_at", lambda t: by.year_moved(t, -1))),
    Fault("dock", "pension", "pensions of the month before", "refused", spoil=by.change("month", lambda t: t.replace("10", "09"))),
    Fault("dock", "rural_monitoring", "half of the rural list", "held", spoil=by.only(0.5)),
    Fault("dock", "disability", "the first 40 % of the cards", "held", spoil=by.only(0.4)),
    Fault("dock", "education_enrolment", "the same file once more under another name", "duplicate", file="twice"),
    Fault("dock", "education_aid", "the whole file read in a wrong encoding and saved again", "refused", file="garbled"),
    Fault("dock", "means_test", "reports of the year before", "refused", spoil=by.change("checked_on", lambda t: by.year_moved(t, -1))),
    Fault("dock", "death", "the column 注销原因 is missing", "refused", file="without reason"),
    # Units and periods, missing parts, codes that changed places.
    Fault("1", "assistance_payment", "amounts in fen", "stop", "E-assistance_payment-15", by.times("100", "amount")),
    Fault("1", "medical_enrolment", "employees and residents swapped", "stop", "E-medical_enrolment-15", by.recoded("insurance_type", {"310": "390", "390": "310", "职工": "居民", "居民": "职工", "职工医保": "居民医保", "居民医保": "职工医保"})),
    Fault("1", "assistance_roster", "a township is missing", "stop", "E-assistance_roster-21", by.without_largest("township", rank=2)),
    Fault("1", "assistance_roster", "a 合计 that is not the sum", "stop", "E-assistance_roster-19", file="wrong total"),
    Fault("1", "assistance_roster", "IDs cut off after 14 characters", "stop", "E-assistance_roster-06", by.change("id_no", by.truncated)),
    Fault("1", "medical_settlement", "all money in 万元", "stop", "E-medical_settlement-15", by.times("0.0001", *_MONEY)),
    Fault("1", "pension", "pensions with the decimal point lost", "stop", "E-pension-07", by.times("100", "basic_pension")),
    Fault("1", "rural_monitoring", "人均纯收入 by month instead of by year", "stop", "E-rural_monitoring-22", by.change("income_pc_year", lambda t: by.multiplied(t, by.Decimal(1) / 12))),
    Fault("1", "disability", "levels shifted by one", "stop", "E-disability-06", by.recoded("level", _LEVELS)),
    Fault("1", "education_enrolment", "the guardian's ID on every child", "stop", "E-education_enrolment-16", by.copied("id_no", "guardian_id")),
    Fault("1", "education_enrolment", "the largest school is missing", "stop", "E-education_enrolment-20", by.without_largest("school")),
    Fault("1", "education_aid", "the decimal point lost", "stop", "E-education_aid-12", by.times("100", "amount")),
    Fault("1", "death", "every cancelled registration a death", "stop", "E-death-14", by.put("reason", "死亡")),
    Fault("1", "cremation", "days of death a year early", "warn", "E-cremation-07", by.change("died_on", lambda t: by.year_moved(t, -1))),
    # Doubled parts, other people, numbers given out anew.
    Fault("2", "assistance_payment", "case numbers of another county", "stop", "E-assistance_payment-09", by.numbered_anew("case_no", prefix="TJ")),
    Fault("2", "assistance_payment", "payments as negative amounts", "stop", "E-assistance_payment-17", by.times("-1", "amount")),
    Fault("2", "medical_enrolment", "IDs slipped by a row against the personal numbers", "stop", "E-medical_enrolment-19", by.slipped("id_no")),
    Fault("2", "medical_enrolment", "nobody suspended or ended", "warn", "E-medical_enrolment-17", by.put("status", "正常")),
    Fault("2", "medical_enrolment", "one village's people four times", "warn", "E-medical_enrolment-22", by.repeated_group("village", 4)),
    Fault("2", "medical_enrolment", "phones all the same", "warn", "E-medical_enrolment-27", by.put("phone", "13909730001")),
    Fault("2", "assistance_roster", "the same rows in two sheets", "stop", "E-assistance_roster-26", file="two sheets"),
    Fault("2", "assistance_roster", "case numbers given out anew", "stop", "E-assistance_roster-16", by.numbered_anew("case_no")),
    Fault("2", "assistance_roster", "the head's ID on every member", "stop", "E-assistance_roster-28", by.copied("id_no", "head_id")),
    Fault("2", "medical_settlement", "no reversal among the bills", "warn", "E-medical_settlement-14", by.put("state", "1")),
    Fault("2", "medical_settlement", "bills under strangers' numbers", "stop", "E-medical_settlement-17", by.slipped("psn_no")),
    Fault("2", "pension", "IDs as a spreadsheet shows large numbers", "warn", "E-pension-04", by.change("id_no", by.scientific)),
    Fault("2", "rural_monitoring", "households numbered anew", "stop", "E-rural_monitoring-12", by.numbered_anew("household_no")),
    Fault("2", "rural_monitoring", "another county's people", "stop", "E-rural_monitoring-27", by.change("id_no", _other_county)),
    Fault("2", "rural_monitoring", "one township's rows three times", "warn", "E-rural_monitoring-17", by.repeated_group("township", 3, rank=3)),
    Fault("2", "rural_monitoring", "sexes turned round", "warn", "E-rural_monitoring-25", by.recoded("sex", {"男": "女", "女": "男", "1": "2", "2": "1"})),
    Fault("2", "disability", "the allowance columns empty", "warn", "E-disability-09", by.both(by.put("living_allowance", ""), by.put("nursing_allowance", ""))),
    Fault("2", "education_enrolment", "last month's list saved again", "stop", "E-education_enrolment-27", file="last month's rows"),
    Fault("2", "education_aid", "student numbers slipped by a row", "stop", "E-education_aid-14", by.slipped("student_no")),
    Fault("2", "education_aid", "half of the names with question marks", "stop", "E-education_aid-17", by.change("name", lambda t: "?" + t[1:], share=0.5)),
    Fault("2", "death", "every death twice", "stop", "E-death-13", by.repeated()),
    Fault("2", "death", "days of death a year early", "stop", "E-death-16", by.change("died_on", lambda t: by.year_moved(t, -1))),
    Fault("2", "cremation", "the kin's sex instead of the deceased's", "warn", "E-cremation-09", by.recoded("sex", {"男": "女", "女": "男", "1": "2", "2": "1"})),
    # Columns, dates, defaults, encodings.
    Fault("3", "assistance_payment", "every payment successful", "warn", "E-assistance_payment-20", by.put("pay_status", "成功")),
    Fault("3", "assistance_payment", "every payment twice, with a blank more", "stop", "E-assistance_payment-14", by.both(by.repeated(), by.change("name", lambda t: t + " ", share=0.5))),
    Fault("3", "medical_enrolment", "every birth on 1900-01-01", "stop", "E-medical_enrolment-25", by.put("birth_date", "1900-01-01")),
    Fault("3", "medical_enrolment", "enrolment of the year before", "stop", "E-medical_enrolment-18", by.change("year", lambda t: by.year_moved(t, -1))),
    Fault("3", "assistance_roster", "name and village swapped", "stop", "E-assistance_roster-24", by.swapped("name", "village")),
    Fault("3", "assistance_roster", "one phone on every row", "warn", "E-assistance_roster-14", by.put("phone", "13909730001")),
    Fault("3", "assistance_roster", "the relations left out", "warn", "E-assistance_roster-17", by.put("relation", "")),
    Fault("3", "medical_settlement", "parts that do not make the total", "stop", "E-medical_settlement-05", by.change("own_total", lambda t: by.multiplied(t, by.Decimal("1.5")))),
    Fault("3", "medical_settlement", "kinds of care in a code nobody knows", "warn", "E-medical_settlement-13", by.put("care_type", "X9")),
    Fault("3", "pension", "the other county's pensioners", "warn", "E-pension-10", by.change("id_no", _other_county)),
    Fault("3", "rural_monitoring", "wages, business and transfers left out", "warn", "E-rural_monitoring-14", by.both(*(by.put(c, "") for c in ("income_wage", "income_business", "income_transfer")))),
    Fault("3", "education_enrolment", "sexes turned round", "warn", "E-education_enrolment-17", by.recoded("sex", {"男": "女", "女": "男", "1": "2", "2": "1"})),
    Fault("3", "education_enrolment", "a state nobody has heard of", "stop", "E-education_enrolment-08", by.put("state", "A01", share=0.5)),
    Fault("3", "education_enrolment", "names in a wrong encoding", "stop", "E-education_enrolment-26", by.change("name", by.garbled)),
    Fault("3", "education_enrolment", "births a year late", "warn", "E-education_enrolment-18", by.change("birth_date", lambda t: by.year_moved(t, 1))),
    Fault("3", "education_aid", "programmes under new names", "warn", "E-education_aid-13", by.change("programme", lambda t: "2026版" + t)),
    Fault("3", "means_test", "a third of the reports from the summer", "warn", "E-means_test-05", by.put("checked_on", "2026-06-15", share=0.34)),
    Fault("3", "death", "deaths in the future", "stop", "E-death-07", by.change("died_on", lambda t: by.year_moved(t, 2))),
    Fault("3", "death", "half of the names with question marks", "stop", "E-death-18", by.change("name", lambda t: "?" + t[1:], share=0.5)),
)  # fmt: skip


WAVES = tuple(dict.fromkeys(fault.wave for fault in FAULTS if fault.wave != "dock"))
