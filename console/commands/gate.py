"""``doudi gate``: the verdicts of a month, and what people decide on them."""

from __future__ import annotations

from pathlib import Path

from console.commands.access import note_act
from console.screen import Screen
from expectations.gate import HISTORY_MONTHS
from warehouse.access import Item
from warehouse.audit_log import Entry
from warehouse.gate_decisions import standing_releases
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import load
from warehouse.settings import Settings
from warehouse.verdicts import GATES, RuleVerdict, Verdict, read_verdict

HEADERS = ("gate", "rule", "on", "severity", "result", "why", "decision")


def show_verdicts(month: Month, settings: Settings, screen: Screen) -> None:
    """Every rule that did not hold, and one line a gate that says how many did; releases with who and why."""
    lake = Lake(settings.home)
    rows: list[tuple[str, ...]] = []
    for gate in GATES:
        verdict = read_verdict(lake, gate, month)
        if verdict is None:
            rows.append((gate, "-", "-", "-", "not run", "this gate has not looked at the month", ""))
            continue
        # What holds the month comes first.
        failed = [*verdict.failed("stop"), *verdict.failed("warn")]
        waiting = {rule for entry in standing_releases(lake, month, gate) for rule in entry.facts["rules"]}
        rows += [
            (gate, rule.id, rule.table, rule.severity, _result(rule), rule.why, _decision(rule, waiting))
            for rule in failed
        ]
        unknown = len(verdict.not_assessed())
        held = f"{len(verdict.rules) - len(failed) - unknown} held, {unknown} not assessed"
        rows.append((gate, "all others", "-", "-", verdict.status, held, _next(verdict)))
    screen.table(f"Verdicts {month}", HEADERS, rows)


def explain_rule(rule_id: str, month: Month | None, settings: Settings, screen: Screen) -> None:
    """What the rule asks and why; with a month its policy lines, and what it found in that month and those before."""
    from expectations.told import explain, trend

    if month is None:
        screen.say(explain(rule_id))
        return
    policy = load(settings.policy_dir, settings.region, month)
    screen.say(explain(rule_id, policy))
    screen.say(trend(rule_id, month, Lake(settings.home), policy.count(HISTORY_MONTHS)))


def export_gates(month: Month, to: Path, settings: Settings, screen: Screen) -> None:
    """Both gates of the month as a project that Great Expectations opens; says where and how."""
    from expectations.project import export

    counts = export(
        month,
        to,
        lake=Lake(settings.home),
        policy=load(settings.policy_dir, settings.region, month),
    )
    # The project shows rows to whoever opens it.
    note_act(
        settings,
        "export",
        "gate export",
        [Item(f"gates of {month}", "")],
        by=None,
        purpose="导出关口项目",
        month=str(month),
    )
    for gate, suites in sorted(counts.items()):
        screen.say(f"{month}  {gate}: a checkpoint of {suites} suites")
    screen.say(
        f"{'':<9}open it with great_expectations.get_context(mode='file', project_root_dir='…/{to.name}')"
    )


def show_decision(entry: Entry, screen: Screen, next_step: str) -> None:
    """The entry that a decision left, and what to do now."""
    screen.emit({"entry": entry.seq, "hash": entry.hash, "kind": entry.kind, "month": entry.month})
    screen.say(f"{entry.month}  {entry.kind} {entry.subject}: entry {entry.mark} of the audit log")
    screen.say(f"{'':<9}{next_step}")


def _result(rule: RuleVerdict) -> str:
    if rule.released:
        return "released"
    return "failed, absolute" if rule.is_absolute else "failed"


def _decision(rule: RuleVerdict, waiting: set[str]) -> str:
    if rule.released:
        said = rule.released
        return f"{said.by}, {said.on}: {said.reason} (entry {said.mark})"
    # A decision that the gate has not seen yet, or that speaks of other data.
    return "released in the log: run the gate again" if rule.id in waiting else ""


def _next(verdict: Verdict) -> str:
    return "see 'doudi gate release --help'" if verdict.status == "held" else ""
