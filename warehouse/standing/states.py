"""Fresh, stale, behind or held: the state of every stage of every month, with the reason in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from warehouse import runs
from warehouse.flow import ORDER, READS, WRITER, WRITES
from warehouse.months import Month
from warehouse.outcomes import recorded
from warehouse.retention.expired import expired
from warehouse.standing import record
from warehouse.standing.inputs import Inputs
from warehouse.standing.words import TITLES, arrivals, closings
from warehouse.verdicts import GATES, read_verdict

Status = Literal["fresh", "stale", "behind", "held", "never"]


@dataclass(frozen=True)
class State:
    """One stage of one month.

    ``fresh``: it stands on what lies there now. ``stale``: what it read changed, or it did not end. ``behind``:
    it stands on something stale, and may have to run again. ``held``: a gate holds the month. ``never``: it has not
    run. ``reasons`` say why in words.
    """

    stage: str
    month: str
    status: Status
    reasons: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """A plain dictionary, ready for JSON."""
        return asdict(self)


def months_run(inputs: Inputs) -> list[Month]:
    """The months of the home for which any stage has ended, in order."""
    return [Month.parse(text) for text in inputs.lake.months("outcomes")]


def months_of_another_program(inputs: Inputs, months: Iterable[Month]) -> list[str]:
    """The months of which a stage ended under another text of the program than today's."""
    now = inputs.program()
    return [
        str(month)
        for month in months
        if any(
            stood.program != now
            for stage in ORDER
            if (stood := record.read(inputs.lake, stage, month)) is not None
        )
    ]


def reached(inputs: Inputs, month: Month) -> list[str]:
    """The stages of a month up to the last that ever ended, in order of the flow."""
    ran = [place for place, stage in enumerate(ORDER) if recorded(inputs.lake, stage, month)]
    return list(ORDER[: ran[-1] + 1]) if ran else []


def survey(inputs: Inputs, months: Iterable[Month]) -> list[State]:
    """The state of every stage of the months, in the order in which they would run."""
    found: list[State] = []
    wrong: dict[tuple[str, str], State] = {}
    for month in months:
        for stage in ORDER:
            state = state_of(inputs, stage, month)
            if state.status == "fresh":
                state = _behind(state, wrong)
            if state.status in ("stale", "behind", "held"):
                wrong[stage, str(month)] = state
            found.append(state)
    return found


def state_of(inputs: Inputs, stage: str, month: Month) -> State:
    """The state of one stage by what lies there now, whatever the stages before it will make of it."""
    if (str(month), stage) in runs.unfinished(inputs.settings.home):
        return State(stage, str(month), "stale", (f"{stage} of {month} was cut short",))
    stood = record.read(inputs.lake, stage, month)
    if stood is None:
        if stage not in reached(inputs, month):
            return State(stage, str(month), "never")
        why = f"{stage} of {month} did not end, or ended before it was kept what it stood on"
        if recorded(inputs.lake, stage, month) is None:
            why = (
                f"{stage} never ran for {month}, which went further: the program has it since a later version"
            )
        return State(stage, str(month), "stale", (why,))
    reasons = tuple(_why(inputs, stage, month, stood))
    if reasons:
        return State(stage, str(month), "stale", reasons)
    return _of_verdict(inputs, stage, month) if stage in GATES else State(stage, str(month), "fresh")


def _of_verdict(inputs: Inputs, stage: str, month: Month) -> State:
    verdict = read_verdict(inputs.lake, "gate1" if stage == "gate1" else "gate2", month)
    if verdict is None:
        return State(stage, str(month), "stale", (f"the verdict of {stage} on {month} is gone",))
    if verdict.status == "held":
        return State(stage, str(month), "held", (f"{stage} holds {month}",))
    return State(stage, str(month), "fresh")


def _why(inputs: Inputs, stage: str, month: Month, stood: record.Stood) -> list[str]:
    now = inputs.of(stage, month)
    # An inbox that was put away says nothing: what was received stands.
    skipped = {"inbox"} if "inbox" not in now else set()
    # What policy deleted is no change: the month that stood on it stands.
    deleted = {f"{table}/{of}" for table, of in expired(inputs.lake)}
    changed = sorted(
        name
        for name in (now.keys() | stood.inputs.keys()) - skipped - deleted
        if now.get(name) != stood.inputs.get(name)
    )
    reasons = []
    if changed and not stood.asked:
        # What it asked then was not kept: whether lines and tables changed or only the asking, nobody can tell.
        reasons.append(
            f"{stage} of {month} ended under an earlier version of the program, which may be all that changed"
        )
    # What the program did not ask when the stage ran, or asks no more, is no change of the data.
    changed, is_upgraded = _without_what_only_the_program_asks(inputs, stage, month, stood, changed)
    if is_upgraded:
        reasons.append(
            f"the program was upgraded after {stage} of {month} and asks other tables or policy lines since"
        )
    if "inbox" in changed:
        reasons += arrivals(inputs, month)
    tables = [name for name in changed if "/" in name]
    if any(name.partition("/")[0] in WRITER for name in tables):
        reasons += closings(inputs, stage, month, stood)
    by_table: dict[str, list[str]] = {}
    for name in tables:
        table, _, of = name.partition("/")
        by_table.setdefault(table, []).append(of)
    reasons += [
        f"{TITLES.get(table, table)} of {_listed(of)} changed after {stage} of {month}"
        for table, of in by_table.items()
    ]
    reasons += [
        f"{TITLES[name]} changed after {stage} of {month}"
        for name in changed
        if "/" not in name and name in TITLES
    ]
    if stage not in GATES:
        reasons += [
            f"what {stage} of {month} left in {table} was changed or taken away"
            for table in _gone(inputs, stage, month, stood, deleted)
        ]
        reasons += [
            f"{stage} of {month} ended before the program left {table}, which the stages behind it read"
            for table in _not_left_then(inputs, stage, month, stood, deleted)
        ]
    return reasons


def _without_what_only_the_program_asks(
    inputs: Inputs, stage: str, month: Month, stood: record.Stood, changed: list[str]
) -> tuple[list[str], bool]:
    """What changed of what the stage asked then and asks now; and whether it asks something else since."""
    if not stood.asked:
        return changed, False
    then, today = stood.asked, record.asked(stage)
    other = {name for kind in ("tables", "code") for name in set(then[kind] or ()) ^ set(today[kind] or ())}
    asks_other_lines = (then["policy"], then["but_policy"]) != (today["policy"], today["but_policy"])
    # The lines that were asked then, as they stand today.
    if asks_other_lines and inputs.policy(month, *stood.policy) == stood.inputs.get("policy"):
        other.add("policy")
    kept = [name for name in changed if name.partition("/")[0] not in other]
    return kept, len(kept) < len(changed)


def changed_rules(inputs: Inputs, stage: str, month: Month, stood: record.Stood) -> list[str]:
    """Policy and what of the repository decides (names of ``Inputs.rules``) that is other than the stage stood on."""
    now = inputs.rules(stage, month)
    changed = [name for name, digest in now.items() if stood.inputs.get(name) != digest]
    return _without_what_only_the_program_asks(inputs, stage, month, stood, changed)[0]


def _gone(inputs: Inputs, stage: str, month: Month, stood: record.Stood, deleted: set[str]) -> list[str]:
    """The tables in which something else lies than the stage left; one that it did not write then does not count."""
    left = inputs.left(stage, month)
    gone = {table for table in left.keys() | stood.left.keys() if stood.left.get(table) != left.get(table)}
    if stood.asked:
        gone &= set(stood.asked["writes"] or ()) & set(WRITES.get(stage, ()))
    return sorted(table for table in gone if f"{table}/{month}" not in deleted)


def _not_left_then(
    inputs: Inputs, stage: str, month: Month, stood: record.Stood, deleted: set[str]
) -> list[str]:
    """The tables that are not there because the stage left none then, though a stage of the same month reads them today."""
    left_then = set(stood.asked.get("writes") or ()) | stood.left.keys()
    read = {table for reads in READS.values() for table, when in reads.tables.items() if when == "now"}
    wanted = (set(WRITES.get(stage, ())) & read) - left_then - inputs.left(stage, month).keys()
    return sorted(table for table in wanted if f"{table}/{month}" not in deleted)


def _behind(state: State, wrong: dict[tuple[str, str], State]) -> State:
    """A stage that reads what a stale one will write again."""
    reads = READS[state.stage].tables
    for (stage, month), other in wrong.items():
        is_now = month == state.month
        for table, when in reads.items():
            writers = GATES if table == "verdicts" else (WRITER.get(table),)
            if stage not in writers or (is_now and stage == state.stage):
                continue
            is_previous = month == str(Month.parse(state.month).previous)
            is_read = {
                "now": is_now,
                "lately": is_now or is_previous,
                "until": True,
                "before": not is_now,
                "previous": is_previous,
            }[when]
            if is_read:
                why = f"it stands on {stage} of {month}, which has to run again"
                return State(
                    state.stage, state.month, "behind", other.reasons if other.status == "behind" else (why,)
                )
    return state


def _listed(months: list[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]} ({len(months)} months)"
