"""What a form rests on and did not get, in words: feeds that did not come, subjects that were not assessed and why."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import duckdb

from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month

# A township's reasons stand in one text, each with its count. Taken apart, they add up to one sentence per rule,
# or a county's form would say the same of every township without naming it.
_REASONS = r"""
WITH told AS (
    SELECT assessment.rule_id, coalesce(rule.title, assessment.rule_id) AS title, assessment.not_assessed,
        -- Rules begin their reasons with the same word.
        regexp_replace(coalesce(nullif(trim(assessment.reason), ''), '未写明原因'), '^未评估：', '') AS reason
    FROM fct_assessment_monthly AS assessment LEFT JOIN dim_rule AS rule ON rule.rule_id = assessment.rule_id
    WHERE (assessment.not_assessed > 0 OR nullif(trim(assessment.reason), '') IS NOT NULL)
      AND ($1 IS NULL OR assessment.township = $1 OR nullif(trim(assessment.township), '') IS NULL)
),
parts AS (SELECT rule_id, unnest(string_split(reason, '；')) AS part FROM told),
counted AS (
    SELECT rule_id, regexp_replace(part, ' [0-9]+ 个$', '') AS words,
        sum(nullif(regexp_extract(part, ' ([0-9]+) 个$', 1), '')::BIGINT) AS subjects
    FROM parts GROUP BY ALL
),
reasons AS (
    SELECT rule_id, string_agg(words || coalesce('（' || subjects || ' 个）', ''), '；' ORDER BY subjects DESC, words) AS reason
    FROM counted GROUP BY ALL
)
SELECT told.rule_id, told.title, any_value(reasons.reason), sum(told.not_assessed)::BIGINT
FROM told JOIN reasons ON reasons.rule_id = told.rule_id
GROUP BY told.rule_id, told.title ORDER BY told.rule_id
"""


# What each connection was asked before: its marts are those of one month and do not change, and every form, list and
# paper of a place asks the same.
_told: WeakKeyDictionary[duckdb.DuckDBPyConnection, dict[str | None, list[tuple[str, str, str, int]]]] = (
    WeakKeyDictionary()
)


def left_out(con: duckdb.DuckDBPyConnection, place: str | None) -> list[tuple[str, str, str, int]]:
    """Per rule its title, why subjects were not assessed (or only thinly), and how many were not at all.

    ``place``: a township; None: the county.
    """
    told = _told.setdefault(con, {})
    if place not in told:
        told[place] = con.execute(_REASONS, [place]).fetchall()
    return told[place]


class Unassessed:
    """The month's gaps, asked by every form."""

    def __init__(self, con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> None:
        self._con = con
        self._lake = lake
        self._month = month

    def told(self, rules: Sequence[str], feeds: Sequence[str], place: str | None) -> list[str]:
        """A sentence per feed that did not come this month, and per rule how many were not assessed, and why."""
        said = [self._feed(feed) for feed in feeds]
        said += [
            f"未评估（不等于没有问题）：{title}，{count} 个对象：{reason}。"
            for rule, title, reason, count in left_out(self._con, place)
            if count and rule in rules
        ]
        return [sentence for sentence in said if sentence]

    def months_missing(self, since: Month) -> list[str]:
        """The months from ``since`` to the month for which nothing was built, so that nobody can say who came or went."""
        built = self._lake.months("marts/fct_population_change_monthly")
        wanted, month = [], since
        while month <= self._month:
            wanted.append(str(month))
            month = month.next
        return [one for one in wanted if one not in built]

    def _feed(self, feed: str) -> str:
        months = [
            month for month in self._lake.months("standardised", feed=feed) if month <= str(self._month)
        ]
        if months and months[-1] == str(self._month):
            return ""
        contract = contracts().get(feed)
        title = contract.title if contract else feed
        last = f"最近一次为 {months[-1]}" if months else "从未收到"
        return f"未评估（不等于没有变化）：本月没有收到{title}（{last}），与它有关的内容未能核对。"
