"""The closed words of a list, read once from the policy, and what is asked of an answer. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.list_columns import ANSWERS, Answers
from warehouse.returns.forms import FilledRow

TITLES: Final = {column.key: column.header for column in ANSWERS}
# Who and when are often filled in for the whole sheet at once, before anybody has gone.
_BESIDE: Final = ("checked_by", "checked_on")
_MARKS: Final = "。.，,；;、！!：:“”\"'‘’「」【】[]()√✓ "


@dataclass(frozen=True)
class Words:
    """The words of a drop-down, found again when somebody added a blank, a full stop or wrote them wide."""

    words: Mapping[str, str]

    @classmethod
    def of_list(cls, words: Sequence[str]) -> Words:
        """From the words as policy gives them."""
        return cls({_bare(word): word for word in words})

    def of(self, said: str) -> str | None:
        """The word that was meant; None when it is none of them."""
        return self.words.get(_bare(said))


@dataclass(frozen=True)
class Terms:
    """The words of every closed column, and which of them ask for more or contradict each other; whether a second look wants
    another person than the first."""

    results: Words
    aids: Words
    aid_none: str
    reasons: Words
    reason_other: str
    identities: Words
    denied: frozenset[str]
    holding: frozenset[str]
    second_look_by_another: bool

    @classmethod
    def of(cls, policy: Policy) -> Terms:
        """Read them; ``PolicyMissing`` names one that is not there."""
        lists = Answers.of(policy)
        return cls(
            results=Words.of_list(lists.results),
            aids=Words.of_list(lists.aids),
            aid_none=lists.aid_none,
            reasons=Words.of_list(lists.reasons),
            reason_other=lists.reason_other,
            identities=Words.of_list(policy.words("release.identities")),
            denied=frozenset(policy.words("returns.identities_denied")),
            holding=frozenset(policy.words("answers_that_hold")),
            second_look_by_another=policy.text("second_look_by_another") == "yes",
        )

    def says_nothing(self, row: FilledRow) -> bool:
        """Whether nothing is answered: at the most who and when."""
        said = (key for key in TITLES if key not in _BESIDE)
        return not any(row.text(key) or key in row.unread or key in row.clashes for key in said)

    def problems(
        self, row: FilledRow, day: date | None, month: Month, on: date | None
    ) -> Iterator[tuple[str, str]]:
        """Column and sentence of everything for which an answer cannot stand."""
        if row.unread or row.clashes:
            for key in sorted(row.unread):
                yield TITLES.get(key, key), "单元格里是没有结果的公式或错误值，请直接填写文字。"
            for key in sorted(row.clashes):
                yield TITLES.get(key, key), "同名的栏目有两列，内容不一致，请只留一列。"
            return
        yield from self._of_words(row)
        if not row.text("checked_by"):
            yield TITLES["checked_by"], "没有填写核查人。"
        if day is None:
            yield TITLES["checked_on"], "没有填写，或不是一个日期（例：2026-11-05）。"
        elif day < month.first_day:
            yield TITLES["checked_on"], "早于清单所属月份。"
        elif on is not None and day > on:
            yield TITLES["checked_on"], "晚于交回的日子。"

    def _of_words(self, row: FilledRow) -> Iterator[tuple[str, str]]:
        """What is wrong with the words, or between them."""
        closed = (("result", self.results), ("aid", self.aids), ("reason_not", self.reasons),
                  ("identity", self.identities))  # fmt: skip
        for key, words in closed:
            if row.text(key) and words.of(row.text(key)) is None:
                other = "，其他情况请写入原因说明" if key == "reason_not" else ""
                yield TITLES[key], f"不是下拉菜单中的词，请从菜单中选一个{other}。"
        result, aid = self.results.of(row.text("result")), self.aids.of(row.text("aid"))
        if not row.text("result"):
            yield TITLES["result"], "没有填写核查结果。"
        if aid == self.aid_none and not row.text("reason_not"):
            yield TITLES["reason_not"], f"拟纳入救助选“{self.aid_none}”的必须填写未纳入原因。"
        if self.reasons.of(row.text("reason_not")) == self.reason_other and not row.text("reason_words"):
            yield TITLES["reason_words"], f"未纳入原因选“{self.reason_other}”的必须写明。"
        identity = self.identities.of(row.text("identity"))
        if identity in self.denied and result in self.holding:
            yield (
                TITLES["identity"],
                f"人员核对选“{identity}”，核查结果却是“{result}”，两者矛盾，请核实后改正。",
            )


def _bare(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).split()).strip(_MARKS)
