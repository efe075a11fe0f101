"""What listeners to lineage are told: tables, columns, rows and rules; never a value; and no stage waits for them."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest

from tests.unit.warehouse.operations.held_month import MONTH, ran
from warehouse.errors import Fault, GateHeld, Refused
from warehouse.lake import Lake
from warehouse.operations import run_log
from warehouse.operations.watch import tell_models, watched


@pytest.fixture
def heard(tmp_path, monkeypatch):
    """Events as a listener's file holds them, checked against the client's own classes' required fields."""
    file = tmp_path / "lineage" / "events.jsonl"
    monkeypatch.setenv("DOUDI_LINEAGE", str(file))

    def read():
        events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for event in events:
            assert event["schemaURL"].startswith("https://openlineage.io/spec/")
            assert {"eventTime", "eventType", "run", "job", "producer", "inputs", "outputs"} <= set(event)
        return events

    return read


def names(datasets):
    return [dataset["name"] for dataset in datasets]


def test_a_stage_tells_what_it_read_and_left(tmp_path, heard):
    lake = Lake(tmp_path)
    with lake.replacing("landed", feed="death", month=str(MONTH)) as folder:
        _parquet(folder, name=["张三", "李四"])
    left = lake.replacing("standardised", feed="death", month=str(MONTH))
    with watched("standardise", MONTH, tmp_path), left as folder:
        _parquet(folder, name=["张三", "李四"], row=[2, 3])
    start, complete = heard()
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert start["job"] == {**start["job"], "namespace": "doudi", "name": "standardise"}
    assert names(complete["inputs"]) == ["lake.landed.death"]
    (left,) = complete["outputs"]
    assert left["name"] == "lake.standardised.death"
    assert left["outputFacets"]["outputStatistics"]["rowCount"] == 2
    columns = [(one["name"], one["type"]) for one in left["facets"]["schema"]["fields"]]
    assert columns == [("name", "string"), ("row", "int64")]
    assert complete["run"]["facets"]["nominalTime"]["nominalStartTime"] == "2026-10-01T00:00:00Z"
    assert "张三" not in json.dumps([start, complete], ensure_ascii=False)


def test_a_held_gate_tells_its_findings_and_what_it_said(lake, heard):
    with pytest.raises(GateHeld):
        ran(lake, "gate1", error=GateHeld("held: E-death-01.", next_step="ask."))
    _, failed = heard()
    assert failed["eventType"] == "FAIL"
    assert failed["outputs"] == []
    assert failed["run"]["facets"]["errorMessage"]["message"] == "held: E-death-01. Next step: ask."
    (death,) = [one for one in failed["inputs"] if one["name"] == "lake.standardised.death"]
    found = {
        one["assertion"]: one["success"]
        for one in death["inputFacets"]["dataQualityAssertions"]["assertions"]
    }
    assert found == {"E-death-01": False, "E-death-02": False}


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ValueError("张三 632321199001011234"), "FAIL"),
        (Refused("no.", next_step="s."), "FAIL"),
        (KeyboardInterrupt(), "ABORT"),
    ],
)
def test_how_a_run_ended_and_nothing_of_a_foreign_message(tmp_path, heard, error, state):
    with pytest.raises((ValueError, Fault, Refused, KeyboardInterrupt)):
        ran(Lake(tmp_path), "close", error=error)
    events = heard()
    assert events[-1]["eventType"] == state
    assert "632321" not in json.dumps(events, ensure_ascii=False)


def test_a_stage_is_a_part_of_the_task_that_ran_it(tmp_path, heard, monkeypatch):
    key = "01a20204-f47c-7d31-a330-3055685266d5"
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", f"doudi/link_month.link/{key}")
    ran(Lake(tmp_path), "link")
    for event in heard():
        parent = event["run"]["facets"]["parent"]
        assert (parent["job"]["name"], parent["run"]["runId"]) == ("link_month.link", key)


def _node(unique_id, above=(), columns=(), **more):
    kind, _, rest = unique_id.partition(".")
    return SimpleNamespace(
        unique_id=unique_id,
        name=rest.split(".")[1],
        resource_type=SimpleNamespace(value=kind),
        depends_on=SimpleNamespace(nodes=list(above)),
        columns={one: SimpleNamespace(name=one, data_type=None) for one in columns},
        config=SimpleNamespace(severity="ERROR"),
        **more,
    )


def _result(node, status):
    return SimpleNamespace(
        node=node, status=status, timing=[], message="could not cast 张三 632321199001011234"
    )


def test_each_model_of_the_warehouse_is_a_part_of_the_build(tmp_path, heard):
    sources = ("source.doudi.lake.death", "source.doudi.lake.crosswalk", "model.doudi.int_persons")
    results = [
        _result(_node("model.doudi.dim_person", sources, ("person_id",)), "success"),
        _result(_node("model.doudi.fct_warning_monthly", ("model.doudi.dim_person",)), "error"),
        _result(_node("test.doudi.unique.abc", ("model.doudi.dim_person",), column_name="person_id"), "fail"),
        _result(_node("unit_test.doudi.x"), "pass"),
    ]
    with watched("build", MONTH, tmp_path):
        tell_models(results)
    events = heard()
    told = [(event["job"]["name"], event["eventType"]) for event in events]
    assert told == [
        ("build", "START"), ("build.dim_person", "START"), ("build.dim_person", "COMPLETE"),
        ("build.fct_warning_monthly", "START"), ("build.fct_warning_monthly", "FAIL"), ("build", "COMPLETE"),
    ]  # fmt: skip
    person = events[2]
    assert person["run"]["facets"]["parent"]["run"]["runId"] == events[0]["run"]["runId"]
    assert names(person["inputs"]) == ["lake.standardised.death", "lake.crosswalk", "warehouse.int_persons"]
    (left,) = person["outputs"]
    assert left["name"] == "lake.marts.dim_person" == names(events[4]["inputs"])[0]
    (asserted,) = left["facets"]["dataQualityAssertions"]["assertions"]
    assert (asserted["column"], asserted["success"]) == ("person_id", False)
    assert "632321" not in json.dumps(events)


def test_a_server_gets_events_with_the_key(tmp_path, monkeypatch):
    got = []

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, self.headers["Authorization"]))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("DOUDI_LINEAGE", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("DOUDI_LINEAGE_KEY", "geheim")
    ran(Lake(tmp_path), "close")
    server.shutdown()
    server.server_close()
    assert got == [("/api/v1/lineage", "Bearer geheim")] * 2


def test_a_listener_that_does_not_answer_is_told_once_and_fails_nothing(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("warehouse.operations.lineage._SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv("DOUDI_LINEAGE", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        ran(Lake(tmp_path), "close")
        ran(Lake(tmp_path), "close")
    assert [run.status for run in run_log.read(tmp_path)] == ["done", "done"]
    assert caplog.text.count("the lineage event was not written") == 1


def _parquet(folder, **columns):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), folder / "part.parquet")


@pytest.mark.parametrize(
    ("node", "table"),
    [
        ("source.doudi.lake.death", "lake.standardised.death"),
        ("source.doudi.lake.crosswalk", "lake.crosswalk"),
        ("source.doudi.lake.registry_persons", "lake.registry"),
        ("source.doudi.lake.records", "lake.records"),
        ("source.doudi.lake.records_before", "lake.marts.fct_record_register_monthly"),
        ("source.doudi.lake.warnings_past", "lake.marts.fct_warning_monthly"),
        ("model.doudi.fct_warning_monthly", "lake.marts.fct_warning_monthly"),
        ("model.doudi.int_persons", "warehouse.int_persons"),
        ("seed.doudi.rule_catalogue", "warehouse.rule_catalogue"),
    ],
)
def test_what_the_warehouse_calls_a_table_is_told_by_the_name_of_who_left_it(node, table):
    from warehouse.operations.lineage_models import dataset_of

    assert dataset_of(node) == table
