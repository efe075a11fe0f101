"""What a rule of a gate is, in words: what it asks, why, by which policy lines, and what it measured month by month."""

from __future__ import annotations

from pathlib import Path

from expectations.suite import FOLDER, Rule, find
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.verdicts import GATES, RuleVerdict, read_verdict

_RESULTS = {True: "passed 通过", False: "failed 未通过", None: "not assessed 未评估"}
_BAR = 24


def explain(rule_id: str, policy: Policy | None = None, *, folder: Path = FOLDER) -> str:
    """What a rule asks, why, how hard it is, and the policy lines its numbers come from."""
    suite, rule = find(rule_id, folder)
    values = {
        name: policy.lines[parameter].value
        for name, parameter in rule.policy.items()
        if policy and parameter in policy.lines
    }
    named = {**rule.policy, **rule.args, **values}
    lines = [
        f"{rule.id} ({suite.table} {suite.title}, {rule.severity})",
        rule.phrase.sentence(named),
        rule.phrase.sentence(named, chinese=True),
        f"Why: {rule.why}",
        rule.words,
        "If it fails: " + _consequence(rule),
        "未通过时：" + _consequence_in_chinese(rule),
    ]
    if rule.expectation:
        # The sentence of its class names no column.
        lines.insert(
            2, f"Asked as: {rule.expectation}({', '.join(f'{k}={v}' for k, v in sorted(named.items()))})"
        )
    for argument, parameter in sorted(rule.policy.items()):
        line = policy.lines.get(parameter) if policy else None
        value = f" = {line.value or 'no rule configured'}, {line.reference}" if line else ""
        lines.append(f"Policy: {argument} is {parameter}{value}")
    return "\n".join(lines)


def trend(rule_id: str, month: Month, lake: Lake, months: int) -> str:
    """What the rule found in the month and the ``months`` before it, a line each, with a bar for the measure.

    It reads the verdicts that the gates left; nothing is asked again.
    """
    window = [month.plus(-back) for back in range(months, -1, -1)]
    found = [(each, _verdict(rule_id, each, lake)) for each in window]
    known = [(each, rule) for each, rule in found if rule is not None]
    if not known:
        return f"No gate has asked {rule_id} in {window[0]}..{month}. 这些月份没有检查过该规则。"
    highest = max((rule.observed.get("measured", 0.0) for _, rule in known), default=0.0) or 1.0
    return "\n".join(
        ["Month by month 逐月：", *(_line(each, rule, highest, each == month) for each, rule in known)]
    )


def _line(month: Month, rule: RuleVerdict, highest: float, is_asked: bool) -> str:
    mark = "→" if is_asked else " "
    result = _RESULTS[rule.success] + (f" ({rule.severity})" if rule.success is False else "")
    if "measured" not in rule.observed:
        return f"{mark} {month}  {'':<{_BAR}}  {result}: {rule.reason}"
    measured = rule.observed["measured"]
    bar = "█" * round(_BAR * max(measured, 0.0) / highest)
    numbers = ", ".join(f"{name} {number:g}" for name, number in rule.observed.items())
    reason = f"; {rule.reason}" if rule.reason else ""
    return f"{mark} {month}  {bar:<{_BAR}}  {numbers}  {result}{reason}"


def _verdict(rule_id: str, month: Month, lake: Lake) -> RuleVerdict | None:
    for gate in GATES:
        verdict = read_verdict(lake, gate, month)
        for rule in verdict.rules if verdict else ():
            if rule.id == rule_id:
                return rule
    return None


def _consequence(rule: Rule) -> str:
    if rule.severity == "warn":
        return "the outcome says so, and the lists that it touches. Look at its table first, then send the lists."
    return "the month is held" + (
        ", and no decision releases it: mend the delivery and run the month again."
        if rule.absolute
        else " until a mended delivery comes or a named person lets it go (doudi gate release)."
    )


def _consequence_in_chinese(rule: Rule) -> str:
    if rule.severity == "warn":
        return "只作提醒，写在所涉名单上；请先核对该表再下发。"
    return "本月暂停，" + (
        "任何决定都不能放行：请补正数据后重跑。"
        if rule.absolute
        else "请来源单位补正后重跑，或由负责人写明理由放行。"
    )
