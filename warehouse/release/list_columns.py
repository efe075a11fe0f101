"""The columns of the warning lists, on screen and on paper, and a warning's row in them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from warehouse.policy import Policy
from warehouse.release import evidence, policy_words
from warehouse.release.masking import Mask
from warehouse.release.workbook import Column, drop_down

_WHERE = (Column("township", "乡镇", 9, "centre"), Column("village", "村", 9, "centre"))
_PLACE = (Column("place", "序号", 5, "centre"), Column("household_place", "户次", 5, "centre"))
_SEEN = (
    Column("name", "姓名", 10, "centre"),
    Column("id_no", "身份证号码", 20, "centre"),
    Column("phone", "联系电话", 13, "centre"),
    Column("title", "预警事项", 20),
    Column("state", "下发情况", 13, "centre"),
    Column("due", "答复期限", 12, "centre"),
    Column("since", "起始时间", 10, "centre"),
    Column("amount", "金额（元）", 12, "money"),
    Column("grounds", "依据", 42),
    Column("sure", "把握程度", 17, "centre"),
    Column("proposed", "建议", 16),
    Column("check_hint", "建议核查内容", 28),
    Column("policy_ref", "政策依据", 22),
)
# On paper nobody sorts: what belongs together stands in one cell, so that A4 stays readable.
_SEEN_ON_PAPER = (
    Column("person", "人员", 20, "centre"),
    Column("matter", "预警事项", 15),
    Column("grounds_and_policy", "依据", 40),
    Column("sure", "把握程度", 11, "centre"),
    Column("proposed_and_check", "建议及核查内容", 24),
)
ANSWERS = (
    Column("identity", "人员核对", 10, "open", is_open=True),
    Column("result", "核查结果", 10, "open", is_open=True),
    Column("aid", "拟纳入救助", 10, "open", is_open=True),
    Column("reason_not", "未纳入原因", 13, "open", is_open=True),
    Column("reason_words", "原因说明", 14, "open", is_open=True),
    Column("checked_by", "核查人", 9, "open", is_open=True),
    Column("checked_on", "核查日期", 12, "open_date", is_open=True),
)
KEYS = (Column("person_id", "人员编号", 12, "key"), Column("warning_id", "预警编号", 12, "key"))

TOWNSHIP = (*_PLACE, *_SEEN, *ANSWERS, *KEYS)
COUNTY = (*_WHERE, *_PLACE, *_SEEN, *ANSWERS, *KEYS)
PAPER = (*_PLACE, *_SEEN_ON_PAPER, *ANSWERS, KEYS[1])

_EVIDENCE, _OWN_DOUBT = 11, -4

# A warning as the lists read it, in the order that ``row_of`` takes it.
QUERY = """
SELECT township, village, place, household_place, name, id_no, phone, title, since, amount, summary,
       evidence, grade, link_grade, check_hint, policy_ref, proposed, same_as, opened, age_months, clock, due_on,
       status_reason, is_own_doubt, rule_id, person_id, warning_id
FROM listing WHERE $1 IS NULL OR township = $1 ORDER BY township, village, place
"""
# What was handed out before and stands on no village's sheet this month, the most overdue first.
LEFT_OPEN = QUERY.replace("FROM listing", "FROM left_open").replace(
    "ORDER BY township, village, place", "ORDER BY township, place"
)
LEFT_OPEN_SHEET = "结转待答复"
MONTHLY = "月度"  # as int_warnings__weighed calls a clock of no hours


@dataclass(frozen=True)
class Answers:
    """The closed lists of the columns that the village fills in."""

    results: list[str]
    aids: list[str]
    aid_none: str
    reasons: list[str]
    reason_other: str
    identities: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, policy: Policy) -> Answers:
        """The lists that policy has in force."""
        return cls(
            results=drop_down(policy.words("release.results"), "release.results"),
            aids=drop_down(policy.words("release.aids"), "release.aids"),
            aid_none=policy.text("release.aid_none"),
            reasons=drop_down(policy.words("release.reasons_not_included"), "release.reasons_not_included"),
            reason_other=policy.text("release.reason_other"),
            identities=drop_down(policy.words("release.identities"), "release.identities"),
        )


def row_of(seen: tuple[Any, ...], mask: Mask, columns: tuple[Column, ...], policy: Policy) -> list[object]:
    """A warning (as ``QUERY`` gives it) in the order of the columns, as the mask lets it be seen."""
    (township, village, place, household_place, name, id_no, phone, title, since, amount, summary,
     found, grade, link_grade, check_hint, policy_ref, proposed, same_as, opened, age_months, clock, due_on,
     status_reason, is_own_doubt, _, person_id, warning_id) = seen  # fmt: skip
    proof = evidence.read(found)
    grounds = mask.show_text(_lines(summary, evidence.told(proof)))
    briefly = mask.show_text(_lines(summary, evidence.told(proof, with_files=False)))
    documents = policy_words.documents(policy_ref)
    # Eight people of one house for one cause would fill a page of A4 with the same sentence.
    again = f"同第 {same_as} 号" if same_as else ""
    state = _state(opened, age_months, due_on, status_reason, policy)
    due = _due(clock, due_on)
    shown: dict[str, object] = {
        "township": mask.show_text(township),
        "village": mask.show_text(village),
        "place": place,
        "household_place": household_place,
        "name": mask.show_name(name),
        "id_no": mask.show_id(id_no),
        "phone": mask.show_phone(phone),
        "title": title,
        "state": state,
        "due": due,
        "since": since,
        "amount": amount,
        "grounds": grounds,
        "sure": evidence.sureness(grade, proof, link_grade, is_own_doubt=is_own_doubt is not False),
        "proposed": mask.show_text(proposed),
        "check_hint": check_hint,
        "proposed_and_check": again or _lines(mask.show_text(proposed), check_hint),
        "policy_ref": documents,
        "person": _lines(mask.show_name(name), mask.show_id(id_no), mask.show_phone(phone)),
        "matter": _lines(
            title, f"{since} 起" if since else "", f"金额 {amount:,.2f} 元" if amount else "", state, due
        ),
        "grounds_and_policy": f"{again}（同户、同一事项）"
        if again
        else _lines(briefly, f"政策：{documents}" if documents else ""),
        "person_id": person_id,
        "warning_id": warning_id,
    }
    return [shown.get(column.key) for column in columns]


def asks_identity(seen: tuple[Any, ...]) -> bool:
    """Whether a link of the warning's evidence is doubtful, and the person's own: then the village is asked if it is theirs.

    Somebody else's of the household cannot be answered in this person's row.
    """
    return seen[_OWN_DOUBT] is not False and evidence.is_doubtful(evidence.read(seen[_EVIDENCE]))


def _state(
    opened: str | None, age: int | None, due_on: date | None, reason: str | None, policy: Policy
) -> str:
    """New or carried over, how long, and why it stands where it stands."""
    if opened is None:
        return ""
    aged = f"{opened}（已 {age} 个月）" if age else opened
    late = "已逾期" if opened != "新" and due_on and due_on <= policy.month.last_day else ""
    return _lines(aged, late, reason)


def _due(clock: str | None, due_on: date | None) -> str:
    """Until when, and the clock where it is one of hours."""
    hours = f"限 {clock.replace('小时', ' 小时')}" if clock and clock != MONTHLY else ""
    return _lines(hours, f"{due_on} 前" if due_on else "")


def _lines(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)
