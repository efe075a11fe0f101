"""Explain: from the lake to an ``Explanation`` of a person, a row or a pair, masked for its audience."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from linkage.explain.explanation import Explanation, Happening, Seen
from linkage.explain.lookup import Lookup
from linkage.explain.matched import match_of, values_of
from linkage.explain.subject import Subject, parse
from linkage.limits import Limits
from linkage.match import model_in_force
from linkage.wording import GRADES, event_word, feed_word, role_word, rule_word, sex_word, verdict_word
from warehouse.access import Act, Item, note, who_acts
from warehouse.database import in_memory
from warehouse.errors import Misconfigured
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.masking import Mask, mask_for

AUDIENCE, WHOLE_AUDIENCE = "explain", "explain_whole"
_ROWS_SHOWN = 5
_SEEN_SHOWN = 60
PURPOSE = "查看归人依据"
_WEAKEST = "下面是此人各条记载中分数最低的一条。"


def explain(
    what: str,
    month: Month,
    *,
    lake: Lake,
    policy: Policy,
    model: Path | None = None,
    whole: bool = False,
    by: str | None = None,
    on: date | None = None,
    act: Act = "read",
    purpose: str = PURPOSE,
) -> Explanation:
    """Explain a person, a row, a description or a pair (syntax: ``linkage.explain.subject``) as of a month.

    IDs and phones are masked as ``release.explain.*`` says; with ``whole`` as ``release.explain_whole.*`` says,
    and then ``by`` (who asks) is needed. Every explanation is an entry of the access log before it is given: who asked
    (``by``, else the system's account), for what, ``on`` which day or time; ``act`` is an export where it becomes a file.
    Raises ``Misconfigured`` on an unreadable subject or a missing ``by``, ``Refused`` when the month is not
    linked or does not know the subject.
    """
    subjects = parse(what)
    if whole and not (by or "").strip():
        raise Misconfigured(
            "whole numbers are shown to nobody in particular.", next_step="say who asks, with --by."
        )
    audience = WHOLE_AUDIENCE if whole else AUDIENCE
    mask = mask_for(audience, policy)
    in_force = model or model_in_force()
    with in_memory(lake.home) as con:
        lookup = Lookup(con, month, lake)
        room = _Room(lookup, mask, Limits.of(policy), in_force, policy.count("linkage_explain_alternatives"))
        made = room.pair(what, *subjects) if len(subjects) == 2 else room.one(what, subjects[0])
    looked_at = Item(what, audience, rows=len(subjects))
    note(lake, act, "explain", [looked_at], who=who_acts(by), purpose=purpose, on=on or "", month=month)
    return made


class _Room:
    """The pieces that every explanation of one run needs."""

    def __init__(self, lookup: Lookup, mask: Mask, limits: Limits, model: Path, alternatives: int) -> None:
        self.lookup, self.mask, self.limits, self.model = lookup, mask, limits, model
        self.alternatives = alternatives

    def one(self, what: str, subject: Subject) -> Explanation:
        """A person; or a row or description, with the person it belongs to."""
        if subject.person_id is not None:
            return self._person(what, subject.person_id)
        one = self.lookup.description(self.lookup.key_of(subject))
        match = match_of(
            self.lookup, one, one["person_id"], self.mask, self.limits, self.model, self.alternatives
        )
        summary = (
            f"{match.left_title}归于 {one['person_id']}（{GRADES.get(one['grade'], one['grade'])}）。"
            f"依据 {one['rule']}：{rule_word(one['rule'])}。"
        )
        return self._explanation(
            what, "这条记载是谁", summary, one["person_id"], match=match, keys=[one["profile_key"]]
        )

    def pair(self, what: str, first: Subject, second: Subject) -> Explanation:
        """A description beside a person, or beside another description."""
        if first.person_id is not None and second.person_id is None:
            first, second = second, first
        one = self.lookup.description(self.lookup.key_of(first))
        if second.person_id is not None:
            against: str | int = self.lookup.kept(second.person_id)
            self.lookup.person(str(against))
            held_as = str(against)
        else:
            against = self.lookup.key_of(second)
            held_as = str(self.lookup.description(int(against))["person_id"])
        match = match_of(self.lookup, one, against, self.mask, self.limits, self.model, self.alternatives)
        is_same = one["person_id"] == held_as
        where = f"归于同一人 {held_as}" if is_same else f"不在一人名下：{one['person_id']} 与 {held_as}"
        summary = f"两者现在{where}。" + (
            f"依据 {match.rule_id}：{match.rule_words}。" if is_same and match.rule_id else ""
        )
        keys = [one["profile_key"], *([int(against)] if isinstance(against, int) else [])]
        return self._explanation(what, "这两处是不是同一个人", summary, held_as, match=match, keys=keys)

    def _person(self, what: str, asked: str) -> Explanation:
        person_id = self.lookup.kept(asked)
        self.lookup.person(person_id)
        descriptions = self.lookup.descriptions(person_id)
        weighed = [one for one in descriptions if one["match_weight"] is not None] or [
            one for one in descriptions if one["grade"] == "review"
        ]
        match = None
        if weighed and len(descriptions) > 1:
            weakest = min(weighed, key=lambda one: (one["match_weight"] or 0.0, one["profile_key"]))
            match = match_of(
                self.lookup, weakest, person_id, self.mask, self.limits, self.model, self.alternatives
            )
        doubtful = sum(one["grade"] == "review" for one in descriptions)
        feeds = len({one["feed"] for one in descriptions})
        summary = f"共 {len(descriptions)} 种记载，来自 {feeds} 类数据；其中 {doubtful} 种待核实。"
        return self._explanation(
            what, "这个人由哪些记载组成", summary, person_id, match=match, note=_WEAKEST if match else "",
            moved_to=person_id if person_id != asked else None, asked=asked,
        )  # fmt: skip

    def _explanation(
        self,
        what: str,
        title: str,
        summary: str,
        person_id: str,
        *,
        match: Any,
        keys: list[int] | None = None,
        note: str = "",
        moved_to: str | None = None,
        asked: str | None = None,
    ) -> Explanation:
        descriptions = self.lookup.descriptions(person_id)
        # What was asked for first, then what is in doubt: a long list must not hide it.
        first = set(keys or ())
        descriptions.sort(key=lambda one: (one["profile_key"] not in first, one["grade"] != "review"))
        shown = descriptions[:_SEEN_SHOWN]
        places = self.lookup.places([one["profile_key"] for one in shown])
        ids = [person_id, *([asked] if asked and asked != person_id else [])]
        return Explanation(
            what=what,
            month=str(self.lookup.month),
            audience=self.mask.audience,
            title=title,
            summary=summary,
            person_id=person_id,
            who=self._who(person_id),
            moved_to=moved_to,
            match=match,
            match_note=note,
            seen=[self._seen(one, places.get(one["profile_key"], [])) for one in shown],
            seen_count=len(descriptions),
            events=[self._event(event, person_id) for each in ids for event in self.lookup.events(each)],
            decisions=[
                Happening(
                    when=one["on"] or "",
                    what=verdict_word(one["verdict"]),
                    other=f"{one['left']} ↔ {one['right']}",
                    why=f"{one['by'] or ''}（{one['source'] or ''}）",
                )
                for one in self.lookup.decisions(ids, [each["profile_key"] for each in descriptions])
            ],
            model=self.model.stem,
            is_whole=not self.mask.is_masked,
        )

    def _who(self, person_id: str) -> list[tuple[str, str]]:
        person = self.lookup.person(person_id)
        birth = person["birth_date"]
        told = (
            ("姓名", self.mask.show_name(person["name"])),
            ("身份证号码", self.mask.show_id(person["id_no"])),
            ("性别", sex_word(person["sex"] or "")),
            ("出生日期", birth.isoformat() if birth else ""),
            ("民族", person["ethnicity"] or ""),
            ("住处", "".join(part for part in (person["township"], person["village"]) if part)),
            ("电话", self.mask.show_phone(person["phone"])),
            ("出现", _months(person)),
        )
        return [(label, value) for label, value in told if value]

    def _seen(self, one: dict[str, Any], places: list[tuple[str, Any]]) -> Seen:
        values = values_of(one, self.mask)
        rows = [f"{month} {place}" for month, place in places]
        return Seen(
            profile_key=str(one["profile_key"]),
            source=feed_word(one["feed"]) + role_word(one["role"], one["of"]),
            months=_months(one),
            name=values["name"],
            id_no=values["id_no"],
            birth=values["birth"],
            place=values["place"],
            grade=GRADES.get(one["grade"], one["grade"]),
            rule_id=one["rule"],
            rule_words=rule_word(one["rule"]),
            match_weight=one["match_weight"],
            rows=rows[-_ROWS_SHOWN:],
            row_count=len(rows),
        )

    def _event(self, event: dict[str, Any], person_id: str) -> Happening:
        other = event["other_id"] if event["person_id"] == person_id else event["person_id"]
        count = f"（{event['profiles']} 种记载）" if event.get("profiles") else ""
        return Happening(
            when=event["month"],
            what=event_word(event["kind"]),
            other=other or "",
            why=f"{event['reason']} {rule_word(event['reason'])}{count}",
        )


def _months(one: dict[str, Any]) -> str:
    first, last = one["first_month"], one["last_month"]
    return str(first) if first == last else f"{first} 至 {last}"
