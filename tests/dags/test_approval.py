"""A held gate asks a person only where this is switched on, and the answer is written as the command line writes it."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("question", "answer", "decision")


@pytest.fixture(scope="module")
def bag():
    """The DAGs as they are parsed with ``DOUDI_APPROVAL=airflow``."""
    from airflow.dag_processing.dagbag import DagBag

    from orchestration import approval

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(approval, "is_asked", True)
        found = DagBag(dag_folder=str(ROOT / "dags"))
    assert not found.import_errors
    return found


@pytest.mark.parametrize(("dag_id", "gate"), [("link_month", "gate1"), ("build_month", "gate2")])
def test_a_person_is_asked_behind_a_gate_that_failed_and_no_other(bag, dag_id, gate):
    dag = bag.dags[dag_id]
    question, answer, decision = (dag.get_task(f"{gate}_{step}") for step in STEPS)
    assert (question.upstream_task_ids, question.trigger_rule) == ({gate}, "all_failed")
    assert answer.upstream_task_ids == {question.task_id}
    assert decision.upstream_task_ids == {answer.task_id}
    assert answer.options == ["放行", "不放行"]
    assert set(answer.params) >= {"by", "reason"}


def test_the_month_goes_on_behind_the_gate_or_the_decision(bag):
    link = bag.dags["link_month"].get_task("link")
    assert (link.upstream_task_ids, link.trigger_rule) == ({"gate1", "gate1_decision"}, "one_success")
    left = {task.task_id: [a.name for a in task.outlets] for task in bag.dags["build_month"].tasks}
    assert left["gate2"] == left["gate2_decision"] == ["built_month"]
    publish = bag.dags["publish_month"].get_task("publish")
    assert (publish.upstream_task_ids, publish.trigger_rule) == ({"publish_decision"}, "none_failed")


def test_nobody_is_asked_unless_it_is_switched_on():
    from orchestration import approval

    assert not approval.is_asked
    assert approval.or_decided("gate1", "the gate") == ["the gate"]
    assert approval.approved() == []


@pytest.fixture
def held(tmp_path, monkeypatch):
    """A month that gate 1 holds, as a task of Airflow finds it; ``held.gate`` stands in for the gate's own run."""
    from orchestration import approval, months
    from warehouse.errors import GateHeld
    from warehouse.gate_decisions import judged
    from warehouse.lake import Lake
    from warehouse.months import Month
    from warehouse.verdicts import RuleVerdict, Verdict, fingerprint_standardised, write_verdict

    lake, month = Lake(tmp_path), Month(2026, 10)
    folder = lake.partition("standardised", feed="death", month="2026-10")
    folder.mkdir(parents=True)
    (folder / "part.parquet").write_bytes(b"rows")
    context = {"params": {}, "dag_run": SimpleNamespace(partition_key="2026-10")}
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    for module in (months, approval):
        monkeypatch.setattr(module, "get_current_context", lambda: context)
    found = SimpleNamespace(
        lake=lake, rule=RuleVerdict("E-death-06", "death", "stop", False, "why", {"measured": 0.5})
    )

    def gate(*_):
        verdict = Verdict("gate1", "2026-10", "held", (found.rule,), fingerprint_standardised(lake, month))
        verdict = judged(verdict, lake)
        write_verdict(verdict, lake)
        if verdict.status == "held":
            raise GateHeld("gate1 holds 2026-10.", next_step="see.")
        return {"status": verdict.status}

    found.gate = gate
    monkeypatch.setattr(approval, "_inspect", gate)
    # What stands round a stage is tried elsewhere; here a decision is made at a bench.
    monkeypatch.setattr(months.Bench, "at", lambda _: approval._looking("gate1"))
    with pytest.raises(GateHeld):
        gate()
    return found


def answered(option, **said):
    return {
        "chosen_options": [option],
        "params_input": {"by": "张建国", "reason": "已与医保局核实，导出截断", **said},
        "responded_by_user": {"id": "7", "name": "zhangjg"},
        "responded_at": datetime(2026, 11, 22, 9, 5, 7, 123456, tzinfo=UTC),
    }


def run(bag, step, *given):
    return bag.dags["link_month"].get_task(f"gate1_{step}").python_callable(*given)


def test_the_answer_lets_the_month_go_with_name_account_reason_and_time(bag, held):
    from warehouse.audit_log import entries

    assert "E-death-06" in run(bag, "question")
    assert run(bag, "decision", answered("放行")) == {"status": "released"}
    entry = entries(held.lake)[0]
    assert (entry.kind, entry.by, entry.on) == (
        "gate_release",
        "张建国（Airflow：zhangjg）",
        "2026-11-22T09:05:07+00:00",
    )
    assert entry.reason == "已与医保局核实，导出截断"


def test_a_no_leaves_the_month_held_and_stands_in_the_log(bag, held):
    from warehouse.audit_log import entries
    from warehouse.errors import GateHeld

    with pytest.raises(GateHeld):
        run(bag, "decision", answered("不放行"))
    assert [entry.kind for entry in entries(held.lake)] == ["gate_refusal"]


@pytest.mark.parametrize("said", [{"by": ""}, {"reason": ""}, {"reason": "同意"}])
def test_an_answer_without_name_or_reason_decides_nothing(bag, held, said):
    from warehouse.audit_log import entries
    from warehouse.errors import NotReleased

    with pytest.raises(NotReleased, match="a decision wants"):
        run(bag, "decision", answered("放行", **said))
    assert entries(held.lake) == []


def test_nobody_is_asked_what_no_decision_can_release(bag, held):
    from dataclasses import replace

    from warehouse.errors import GateHeld, NotReleased

    held.rule = replace(held.rule, is_absolute=True)
    with pytest.raises(GateHeld):
        held.gate()
    with pytest.raises(NotReleased, match="absolute"):
        run(bag, "question")


def test_publishing_asks_where_policy_wants_a_word_only(bag, held, monkeypatch):
    from airflow.sdk.exceptions import AirflowSkipException

    from orchestration import approval
    from warehouse import gate_decisions

    ask = bag.dags["publish_month"].get_task("publish_question").python_callable
    with pytest.raises(AirflowSkipException):
        ask()
    asked = []
    monkeypatch.setattr(approval.decisions, "publication_question", lambda *_, **__: "是否发布")
    monkeypatch.setattr(
        approval.decisions, "decide_publication", lambda month, **given: asked.append((month, given))
    )
    assert ask() == "是否发布"
    bag.dags["publish_month"].get_task("publish_decision").python_callable(answered("不放行"))
    assert asked[0][1]["is_approved"] is False
    assert isinstance(asked[0][1]["on"], date)
    assert gate_decisions is approval.decisions
