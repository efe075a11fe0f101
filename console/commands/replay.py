"""``doudi replay``: a month under its own policy again, or under other packs, and what makes the difference."""

from __future__ import annotations

import csv
from pathlib import Path

from console.screen import Screen
from warehouse import policy as policies
from warehouse.database import in_memory, quoted
from warehouse.errors import HistoryMissing
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.replay import replayed
from warehouse.settings import REPOSITORY, Settings

CATALOGUE = REPOSITORY / "dbt_project" / "seeds" / "reference" / "rule_catalogue.csv"
BUILT = "as built"
NOT_CONFIGURED = "未配置规则"

# Per rule: the warnings of one build, how many of them the month as built has too, and what was not assessed.
_RULES = """
WITH here AS (SELECT rule_id, warning_id, coalesce(amount, 0) AS amount FROM read_parquet('{here}')),
built AS (SELECT rule_id, warning_id FROM read_parquet('{built}')),
why AS (
  SELECT rule_id, sum(not_assessed)::BIGINT AS not_assessed, mode(reason) FILTER (reason LIKE '未%') AS reason
  FROM read_parquet('{assessed}') GROUP BY rule_id)
SELECT why.rule_id, count(DISTINCT here.warning_id) AS raised,
  count(DISTINCT here.warning_id) FILTER (built.warning_id IS NULL) AS appear,
  (SELECT count(*) FROM built AS b WHERE b.rule_id = why.rule_id
   AND b.warning_id NOT IN (SELECT warning_id FROM here)) AS vanish,
  any_value(why.not_assessed) AS not_assessed, any_value(why.reason) AS reason
FROM why LEFT JOIN here USING (rule_id) LEFT JOIN built USING (warning_id)
GROUP BY why.rule_id ORDER BY why.rule_id
"""


def show_replay(month: Month, regions: tuple[str, ...], settings: Settings, screen: Screen) -> None:
    """Per rule and region: warnings, which of them are not on the month as built, which of its are gone, and
    why: the policy lines that differ from the first region's, or the reason why nothing was assessed."""
    lake = Lake(settings.home)
    built = lake.partition("marts/fct_warning_monthly", month=str(month))
    if not any(built.glob("*.parquet")):
        raise HistoryMissing(
            f"{month} was never built in this home: there is nothing to compare with.",
            next_step=f"run doudi run --month {month} first.",
        )
    packs = {
        region: policies.load(settings.policy_dir, region, month) for region in regions or (settings.region,)
    }
    rows = []
    for region, policy in packs.items():
        with replayed(month, lake=lake, policy=policy, policy_dir=settings.policy_dir) as aside:
            rows += [(region, *line) for line in _compared(aside, built, month)]
    headers = ("region", "rule", "raised", "not as built", "built, gone here", "not assessed", "why")
    screen.table(f"{month} replayed beside the month {BUILT}", headers, rows)
    first, *others = packs.values()
    differing = [line for other in others for line in _differences(first, other)]
    if differing:
        screen.table(
            f"What differs from {first.region}",
            ("region", "parameter", "rules", first.region, "value", "document", "status"),
            differing,
        )


def _compared(aside: Lake, built: Path, month: Month) -> list[tuple[object, ...]]:
    def mart(name: str) -> str:
        return quoted(aside.partition(f"marts/{name}", month=str(month)) / "*.parquet")

    with in_memory(aside.home) as con:
        found = con.execute(
            _RULES.format(
                here=mart("fct_warning_monthly"),
                built=quoted(built / "*.parquet"),
                assessed=mart("fct_assessment_monthly"),
            )
        ).fetchall()
    return [(*line[:5], line[5] or "") for line in found]


def _differences(first: Policy, other: Policy) -> list[tuple[object, ...]]:
    """The parameters of rules that two regions set differently, with the rules that ask for them."""
    asked: dict[str, list[str]] = {}
    with CATALOGUE.open(encoding="utf-8", newline="") as handle:
        for rule in csv.DictReader(handle):
            for parameter in filter(None, rule["parameters"].split(";")):
                asked.setdefault(parameter, []).append(rule["rule_id"])
    lines: list[tuple[object, ...]] = []
    for parameter, rules in sorted(asked.items()):
        mine, theirs = _value(first, parameter), _value(other, parameter)
        if mine != theirs:
            line = other.lines.get(parameter)
            said = (line.document, line.status) if line else ("", "")
            lines.append((other.region, parameter, ";".join(rules), mine, theirs, *said))
    return lines


def _value(policy: Policy, parameter: str) -> str:
    return policy.text(parameter) if policy.is_configured(parameter) else NOT_CONFIGURED
