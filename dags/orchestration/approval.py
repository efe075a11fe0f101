"""A held gate asks a person, where ``DOUDI_APPROVAL=airflow``: otherwise it fails and the command line decides.

Three tasks follow a gate that failed, and none of them runs behind one that did not: the question (fails again
where no decision can let the month go), the answer of a person (Airflow's required actions), and the decision,
which is written by the same function as ``doudi gate release`` and runs the gate again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from airflow.sdk import Asset, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from orchestration.alerts import say_what_failed
from orchestration.months import Bench, month_of
from warehouse import gate_decisions as decisions
from warehouse.guard import guarded
from warehouse.settings import Settings
from warehouse.verdicts import Gate

YES, NO = "放行", "不放行"
# Read when the DAGs are parsed, as Airflow wants its tasks: the same for every run until the next parse.
is_asked = os.environ.get("DOUDI_APPROVAL", "") == "airflow"


def or_decided(gate: Gate, inspected: Any, outlets: Sequence[Asset] = ()) -> list[Any]:
    """The tasks of which one has to succeed before the month goes on: the gate, or a decision to let it go.

    ``outlets``: what the gate leaves for the next DAG.
    """
    if not is_asked:
        return [inspected]

    @task(task_id=f"{gate}_question", trigger_rule="all_failed", on_failure_callback=None)
    def question() -> str:
        with _looking(f"{gate}_question") as bench:
            return decisions.question(bench.month, gate, lake=bench.lake)

    @task(task_id=f"{gate}_decision", outlets=list(outlets))
    def decision(answer: dict[str, Any]) -> dict[str, Any]:
        with Bench.at(gate) as bench:
            decide = decisions.release if answer["chosen_options"] == [YES] else decisions.refuse
            decide(bench.month, gate, **_said(answer), lake=bench.lake, policy=bench.policy)
            return _inspect(gate, bench)

    asked = question()
    decided = decision(_answer(gate, "关口拦下了本月，是否放行？", asked))
    inspected >> asked
    return [inspected, decided]


def approved() -> list[Any]:
    """The tasks before ``publish``: where policy wants a person's word, it is asked for first."""
    if not is_asked:
        return []

    @task(task_id="publish_question")
    def question() -> str:
        with _looking("publish_question") as bench:
            asked = decisions.publication_question(bench.month, lake=bench.lake, policy=bench.policy)
        if not asked:
            raise AirflowSkipException("the policy wants nobody's word, or it was given already")
        return asked

    @task(task_id="publish_decision")
    def decision(answer: dict[str, Any]) -> None:
        with _looking("publish_decision") as bench:
            decisions.decide_publication(
                bench.month,
                is_approved=answer["chosen_options"] == [YES],
                **_said(answer),
                lake=bench.lake,
                policy=bench.policy,
            )

    return [decision(_answer("publish", "本月清单即将发布，是否同意？", question()))]


def _answer(name: str, subject: str, asked: Any) -> Any:
    """The task that waits for a person; what it asks is what ``asked`` returned."""
    # Costs a second of parsing: only where somebody is asked.
    from airflow.providers.standard.operators.hitl import HITLOperator

    answer = HITLOperator(
        task_id=f"{name}_answer",
        subject=f"{subject} {{{{ dag_run.partition_key or params.month }}}}",
        body=f"{{{{ ti.xcom_pull(task_ids='{name}_question') }}}}",
        options=[YES, NO],
        params={
            # Empty until somebody fills them in; how much has to be said is policy, and checked with the decision.
            "by": Param("", type="string", title="决定人姓名"),
            "reason": Param("", type="string", title="理由"),
        },
        # Whoever gets the alert of a held month learns now that it waits, not when the run has ended.
        notifiers=[] if name == "publish" else [say_what_failed],  # type: ignore[list-item]
        on_failure_callback=None,
        retries=0,
    )
    asked >> answer
    return answer.output


def _inspect(gate: Gate, bench: Bench) -> dict[str, Any]:
    from expectations.gate import inspect_marts, inspect_standardised

    run = inspect_standardised if gate == "gate1" else inspect_marts
    return run(bench.month, lake=bench.lake, policy=bench.policy).as_dict()


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    """Who answered, why and when: the name as it was given, and the account that gave it."""
    user = answer.get("responded_by_user") or {}
    named = answer["params_input"]
    account = user.get("name") or user.get("id") or "?"
    return {
        "by": f"{named.get('by') or ''}（Airflow：{account}）" if named.get("by") else "",
        "reason": named.get("reason") or "",
        "on": answer["responded_at"].replace(microsecond=0),
    }


@contextmanager
def _looking(what: str) -> Iterator[Bench]:
    """A bench that runs no stage: it asks or writes down, and what fails leaves as a Doudi error."""
    month, settings = month_of(get_current_context()), Settings.from_environment()
    with guarded(f"{what} {month}", settings.home):
        yield Bench(month, settings)
