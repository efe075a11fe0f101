"""The DAGs load, are thin, hand the month on from one to the next, and fail or retry as the errors say."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = {
    "receive_extracts": ["receive"],
    "close_month": ["receive", "close"],
    "link_month": ["standardise", "slips", "gate1", "link", "quality", "prepare_review"],
    "build_month": ["build", "gate2"],
    "publish_month": ["publish", "notices", "share"],
    "absorb_returns": ["absorb", "track", "months_of_slips", "correct", "absorb_notices"],
    "rebuild_months": ["rebuild"],
}
# Its stages are entered one by one, each by the guard of its own (orchestration.rebuilding).
ENTERS_STAGES_ITSELF = ("rebuild",)
# Names the months that others work in; looks at names of folders and opens nothing.
NAMES_MONTHS = ("months_of_slips",)


@pytest.fixture(scope="module")
def bag(tmp_path_factory):
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(ROOT / "dags"))
    assert bag.dags, "the bag is empty: no DAG was loaded"
    return bag


def test_every_dag_loads(bag):
    assert not bag.import_errors
    assert set(bag.dags) == set(EXPECTED)


@pytest.mark.parametrize("dag_id", EXPECTED)
def test_tasks_are_the_stages_in_order(bag, dag_id):
    dag = bag.dags[dag_id]
    assert [task.task_id for task in dag.topological_sort()] == EXPECTED[dag_id]
    assert dag.max_active_runs == 1, "identity of a month stands on the month before"
    assert dag.catchup is False


def test_the_month_is_handed_on_by_assets(bag):
    def waits_for(dag_id):
        return bag.dags[dag_id].timetable.asset_condition.name

    def leaves(dag_id):
        return [asset.name for task in bag.dags[dag_id].tasks for asset in task.outlets]

    assert waits_for("link_month") == leaves("close_month")[0] == "closed_month"
    assert waits_for("build_month") == leaves("link_month")[0] == "linked_month"
    assert waits_for("publish_month") == leaves("build_month")[0] == "built_month"
    assert leaves("publish_month") == ["published_month"]


@pytest.mark.parametrize("dag_id", [one for one in EXPECTED if one.endswith("_month")])
def test_the_month_is_handed_on_by_the_last_task(bag, dag_id):
    """One run at a time works in a month: what is left behind earlier would wake the next DAG too soon."""
    leaving = [task.task_id for task in bag.dags[dag_id].topological_sort() if task.outlets]
    assert leaving == EXPECTED[dag_id][-1:]


def test_parsing_loads_no_heavy_library():
    import subprocess
    import sys

    code = (
        "import sys; sys.path[:0]=['dags','.']; import close_month, link_month, build_month, publish_month, "
        "receive_extracts, absorb_returns, rebuild_months; "
        "print([m for m in ('splink','dbt','great_expectations','pandas','duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_task_bodies_are_thin():
    for path in (ROOT / "dags").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                getattr(mark, "id", getattr(getattr(mark, "func", None), "id", "")) == "task"
                for mark in node.decorator_list
            ):
                assert len(node.body) <= 5, f"{path.name}: {node.name}"


@pytest.mark.parametrize(
    ("param", "key", "month"),
    [
        (None, "2026-10", "2026-10"),
        ("2026-09", None, "2026-09"),
        ("2026-09", "2026-10", "2026-09"),
        (None, "2026-10-17", "2026-10"),
    ],
)
def test_month_of_a_run(param, key, month):
    from orchestration.months import month_of

    context = {"params": {"month": param}, "dag_run": SimpleNamespace(partition_key=key)}
    assert str(month_of(context)) == month


def test_a_run_without_a_month_is_refused():
    from orchestration.months import month_of
    from warehouse.errors import Misconfigured

    with pytest.raises(Misconfigured, match="not a month"):
        month_of({"params": {}, "dag_run": SimpleNamespace(partition_key=None)})


@pytest.mark.parametrize(
    ("error", "action"),
    [
        ("GateHeld", "FAIL"),
        ("DeliveryRefused", "FAIL"),
        ("PolicyMissing", "FAIL"),
        ("Fault", "FAIL"),
        ("Unavailable", "RETRY"),
    ],
)
def test_retries_follow_the_errors(error, action):
    from orchestration.policies import retry_policy
    from warehouse import errors

    raised = getattr(errors, error)("what.", next_step="step.")
    assert retry_policy.evaluate(raised, 1, 2).action.name == action


def test_one_roll_up_message_names_month_reason_and_next_step(tmp_path, monkeypatch):
    import json

    from orchestration import alerts
    from warehouse.errors import GateHeld

    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    run = SimpleNamespace(run_id="r1", dag_id="link_month", partition_key="2026-10", conf={})
    ours = GateHeld("gate 1 holds 2026-10: rule E-death-03.", next_step="ask the police for a new extract.")
    engine = ValueError("could not convert 张三 632321199001011234")
    alerts.note_failure({"exception": ours, "dag_run": run, "ti": SimpleNamespace(task_id="gate1")})
    alerts.note_failure({"exception": engine, "dag_run": run, "ti": SimpleNamespace(task_id="link")})
    alerts.say_what_failed({"dag_run": run})
    written = (tmp_path / "logs/alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(written) == 1
    alert = json.loads(written[0])
    assert alert["month"] == "2026-10"
    assert alert["dag"] == "link_month"
    assert alert["failed"][0] == "gate1: gate 1 holds 2026-10: rule E-death-03."
    assert "张三" not in written[0]
    assert "632321" not in written[0]


def test_every_task_works_on_a_guarded_bench():
    """``with Bench.at("<task>")``: the guard of the command's door is that of Airflow's door, too."""
    seen = []
    # Questions at a gate look, and write nothing of a stage.
    for path in sorted(one for one in (ROOT / "dags").rglob("*.py") if one.name != "approval.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                getattr(mark, "id", getattr(getattr(mark, "func", None), "id", "")) == "task"
                for mark in node.decorator_list
            ):
                seen.append(node.name)
                if node.name in (*ENTERS_STAGES_ITSELF, *NAMES_MONTHS):
                    continue
                opened = [ast.unparse(n.items[0].context_expr) for n in node.body if isinstance(n, ast.With)]
                assert len(opened) == 1, f"{path.name}: {node.name}"
                assert opened[0].startswith(f"Bench.at('{node.name}'"), f"{path.name}: {node.name}"
                assert isinstance(node.body[-1], ast.With), f"{path.name}: {node.name} goes on outside"
    assert sorted(seen) == sorted(task for tasks in EXPECTED.values() for task in tasks)


def test_what_airflow_logs_of_a_failed_task_quotes_no_cell(tmp_path, monkeypatch):
    import sys

    import duckdb
    from structlog.tracebacks import ExceptionDictTransformer

    from orchestration import months

    cell = "632321199001011234"
    run = SimpleNamespace(partition_key="2026-10")
    monkeypatch.setattr(months, "get_current_context", lambda: {"params": {}, "dag_run": run})
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    try:
        with months.Bench.at("receive"):
            duckdb.sql(f"SELECT CAST('{cell}' AS INTEGER)").fetchall()
    except Exception:
        logged = str(ExceptionDictTransformer(use_rich=False, show_locals=False)(sys.exc_info()))
    assert "receive 2026-10: ConversionException" in logged
    assert cell not in logged


@pytest.mark.parametrize(("day", "begins"), [("", None), ("2999-01-01", 2999)])
def test_the_clock_begins_when_it_is_told_to(day, begins, monkeypatch):
    import importlib

    from orchestration import policies

    monkeypatch.setenv("DOUDI_SCHEDULE_FROM", day)
    start = importlib.reload(policies).clocked["start_date"]
    assert (start.year if start else None) == begins
    assert "start_date" not in policies.monthly, "what follows on an asset waits for no clock"


def test_a_month_that_went_out_is_told_once_with_its_counts(tmp_path, monkeypatch):
    import json

    from orchestration import alerts
    from warehouse.lake import Lake
    from warehouse.outcomes import Outcome, record

    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    monkeypatch.delenv("DOUDI_SMTP_HOST", raising=False)
    record(Outcome("publish", "2026-10", counts={"listed": 27}), Lake(tmp_path))
    run = SimpleNamespace(run_id="r1", dag_id="publish_month", partition_key="2026-10", conf={})
    alerts.say_what_went_out({"dag_run": run})
    (line,) = (tmp_path / "logs/alerts.jsonl").read_text(encoding="utf-8").splitlines()
    alert = json.loads(line)
    assert (alert["kind"], alert["dag"], alert["counts"]) == ("published", "publish_month", {"listed": 27})


def test_only_the_dag_that_publishes_tells_that_a_month_went_out(bag):
    told = {dag_id for dag_id, dag in bag.dags.items() if dag.has_on_success_callback}
    assert told == {"publish_month"}
    assert all(dag.has_on_failure_callback for dag in bag.dags.values())


def test_a_rebuild_by_airflow_knows_every_stage_of_the_chain():
    from orchestration.rebuilding import _stage
    from warehouse.flow import READS

    assert all(callable(_stage(stage)) for stage in READS)


def test_a_rebuild_by_airflow_runs_what_is_stale_and_says_what_ran(tmp_path):
    import dataclasses

    from orchestration.rebuilding import rebuild_between
    from warehouse.lake import Lake
    from warehouse.outcomes import Outcome, record
    from warehouse.settings import Settings

    settings = dataclasses.replace(
        Settings.from_environment(home=tmp_path / "home", inbox=tmp_path / "inbox"), region="tongren"
    )
    assert rebuild_between(None, None, settings) == {}
    record(Outcome("receive", "2026-10"), Lake(settings.home))
    (tmp_path / "inbox" / "2026-10").mkdir(parents=True)
    (tmp_path / "inbox" / "2026-10" / "hotline.csv").write_text(
        "工单号,受理时间\n1,2026-10-02\n", encoding="utf-8"
    )
    assert rebuild_between("2026-10", "2026-10", settings) == {"2026-10": ["receive"]}
    assert rebuild_between(None, None, settings) == {}
