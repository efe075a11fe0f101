"""Every run of every stage leaves a row, however it ended; the board, the page and the figures are made of these."""

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.unit.warehouse.operations.held_month import MONTH, ran, rows
from warehouse.drawing import sparkline
from warehouse.errors import GateHeld, LakeDamaged, Misconfigured, Refused, Unavailable
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.operations import metrics, run_log
from warehouse.operations.board import board
from warehouse.operations.page import page

CELL = "张三 632321199001011234"


class _Stopped(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "status", "code", "kind"),
    [
        (None, "done", 0, ""),
        (GateHeld("held.", next_step="s."), "held", 13, "GateHeld"),
        (LakeDamaged("damaged.", next_step="s."), "refused", 18, "LakeDamaged"),
        (Unavailable("busy.", next_step="s."), "unavailable", 20, "Unavailable"),
        (Misconfigured("wrong.", next_step="s."), "misconfigured", 30, "Misconfigured"),
        (ValueError(CELL), "fault", 40, "Fault"),
        (_Stopped(), "stopped", 130, ""),
    ],
)
def test_a_row_for_every_way_to_end(tmp_path, error, status, code, kind):
    lake = Lake(tmp_path)
    if error is None:
        ran(lake, "close", counts={"feeds": 3})
    else:
        with pytest.raises(BaseException) as raised:
            ran(lake, "close", error=error, counts={"feeds": 3})
        assert type(raised.value).__name__ == (kind or "_Stopped")
    (run,) = run_log.read(tmp_path)
    assert (run.status, run.exit_code, run.error, run.counts) == (status, code, kind, {"feeds": 3})
    assert run.begun <= run.ended
    assert run.ended.endswith("Z")
    assert run.version and run.peak_mb > 0
    written = (tmp_path / "logs" / "runs.jsonl").read_text(encoding="utf-8")
    assert CELL not in written
    assert "张三" not in written


def test_the_row_names_the_door(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CTX_DAG_ID", "link_month")
    monkeypatch.setenv("AIRFLOW_CTX_DAG_RUN_ID", "manual__1")
    ran(Lake(tmp_path), "close")
    (run,) = run_log.read(tmp_path)
    assert (run.door, run.door_run) == ("link_month", "manual__1")


def test_a_killed_run_is_seen_when_its_stage_ran_again_and_a_half_line_is_passed_over(tmp_path):
    run_log.append(run_log.begun("build", "2026-10"), tmp_path)
    assert [run.status for run in run_log.read(tmp_path)] == ["running"]
    ran(Lake(tmp_path), "close")
    run_log.append(run_log.begun("build", "2026-10"), tmp_path)
    with (tmp_path / "logs" / run_log.FILE).open("a", encoding="utf-8") as log:
        log.write('{"run": "x", "stage": "bui')
    assert [(run.stage, run.status) for run in run_log.read(tmp_path)] == [
        ("build", "killed"),
        ("close", "done"),
        ("build", "running"),
    ]


def test_a_run_that_met_another_one_says_nothing_of_the_month(tmp_path):
    lake = Lake(tmp_path)
    ran(lake, "close")
    with (
        stage_run("receive", MONTH, tmp_path),
        pytest.raises(Unavailable),
        stage_run("close", MONTH, tmp_path),
    ):
        pytest.fail("two stages of one month at once")
    cell = board(tmp_path).months[0].cells["close"]
    assert (cell.status, cell.runs) == ("done", 2)


def test_what_cannot_be_written_fails_no_stage(tmp_path, caplog):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "metrics.prom").mkdir()
    (tmp_path / "logs" / "runs.jsonl").mkdir()
    ran(Lake(tmp_path), "close")
    assert "metrics.prom was not written" in caplog.text


def test_a_held_month_and_what_to_do_next(lake):
    month = board(lake.home).months[0]
    assert month.open_cell.stage == "gate1", (
        "close never ran, and others did: an older home, not an open step"
    )
    gate = month.cells["gate1"]
    assert (gate.status, gate.runs, gate.run.counts) == ("held", 2, {"rules": 4})
    assert (month.is_through, month.is_published) == (False, False)


def test_the_page_tells_months_rules_and_runs_and_calls_nowhere(lake):
    ran(lake, "close")
    shown = (lake.home / "docs" / "operations" / "index.html").read_text(encoding="utf-8")
    assert shown == page(board(lake.home), lake.home), "written after every stage"
    for words in ("2026-10 办到“一道关口”：关口拦下", "死亡数据过少。", "ask for a new extract.", "2 次",
                  "数据质量关口未通过", "doudi gate1 --month 2026-10"):  # fmt: skip
        assert words in shown, words
    for outside in ("http:", "https:", "<script", "src="):
        assert outside not in shown.replace("http://www.w3.org/2000/svg", ""), outside
    assert shown.index("各月进度") < shown.index("最近运行"), "months apart from the runs by the clock"


def test_words_of_a_reason_are_words_on_the_page(tmp_path):
    with pytest.raises(Refused):
        ran(Lake(tmp_path), "close", error=Refused("<b>x</b> & y", next_step="<i>"))
    shown = page(board(tmp_path), tmp_path)
    assert "&lt;b&gt;x&lt;/b&gt; &amp; y" in shown
    assert "<b>x</b>" not in shown


def test_an_empty_home_has_a_page_too(tmp_path):
    assert "还没有办理过任何月份" in page(board(tmp_path), tmp_path)


def test_the_figures_read_back(lake):
    rows(
        lake,
        "marts/fct_warning_monthly",
        rule_id=["D01", "D01", "C01"],
        status=["listed", "listed", "silent"],
    )
    metrics.write_metrics(lake.home)
    text = (lake.home / "logs" / "metrics.prom").read_text(encoding="utf-8")
    assert text == metrics.text(lake.home)
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }

    def value(name, **labels):
        return found[name, *sorted({"month": "2026-10", **labels}.items())]

    assert value("doudi_rows", feed="pension", what="landed") == 11
    assert value("doudi_rows", feed="death", what="set_aside") == 1
    assert value("doudi_warnings", rule="D01", status="listed") == 2
    assert value("doudi_stage_last_status", stage="gate1", status="held") == 1
    assert value("doudi_stage_last_status", stage="gate1", status="done") == 0
    assert value("doudi_gate_rules", gate="gate1", result="stopped") == 1
    assert value("doudi_gate_rules", gate="gate1", result="not_assessed") == 1
    assert value("doudi_month_published") == 0
    assert found["doudi_runs", ("stage", "gate1"), ("status", "held")] == 2


def test_as_many_months_of_figures_as_are_asked_for(tmp_path, monkeypatch):
    lake = Lake(tmp_path)
    for month in ("2026-08", "2026-09", "2026-10"):
        ran(lake, "close", Month.parse(month))
    monkeypatch.setenv("DOUDI_METRICS_MONTHS", "2")
    text = metrics.text(tmp_path)
    assert 'month="2026-10"' in text
    assert 'month="2026-09"' in text
    assert "2026-08" not in text


def test_every_metric_says_what_it_is_and_no_unit_is_lost(lake):
    for family in text_string_to_metric_families(metrics.text(lake.home)):
        assert family.name.startswith("doudi_")
        assert family.documentation.endswith("."), family.name
        assert family.type == "gauge"


def test_the_rules_of_the_example_ask_for_metrics_that_there_are(lake):
    import re

    import yaml

    from warehouse.settings import REPOSITORY

    groups = yaml.safe_load((REPOSITORY / "docker" / "prometheus" / "doudi.rules.yml").read_text("utf-8"))
    there = {family.name for family in text_string_to_metric_families(metrics.text(lake.home))}
    rules = [rule for group in groups["groups"] for rule in group["rules"]]
    assert rules
    for rule in rules:
        assert set(re.findall(r"doudi_\w+", rule["expr"])) <= there, rule["alert"]
        assert rule["annotations"]["summary"]


@pytest.mark.parametrize(
    ("values", "points"),
    [([1, 2, 3], 3), ([None, 2, 3], 2), ([0, 0], 2), ([5], 0), ([None], None), ([], None)],
)
def test_a_line_has_a_point_for_every_month_that_is_known(values, points):
    drawn = sparkline(values, title="行数")
    if points is None:
        assert drawn == ""
        return
    line = drawn.partition('<polyline points="')[2].partition('"')[0]
    assert len(line.split()) == points


def test_a_row_is_plain_json_for_whoever_reads_it(lake):
    lines = (lake.home / "logs" / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["stage"] for line in lines} == {"receive", "standardise", "gate1"}
