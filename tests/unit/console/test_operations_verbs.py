"""The verbs of whoever runs the platform, at the command line."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from console.__main__ import app
from console.commands.operations import told_by_mail
from warehouse.errors import Refused
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.operations import alerts
from warehouse.outcomes import Outcome, record
from warehouse.settings import Settings

MONTH = Month.parse("2026-10")


@pytest.fixture(autouse=True)
def no_mail(monkeypatch):
    for name in ("SMTP_HOST", "MAIL_OPERATORS", "MAIL_OFFICE"):
        monkeypatch.delenv(f"DOUDI_{name}", raising=False)


@pytest.fixture
def home(tmp_path):
    with stage_run("receive", MONTH, tmp_path):
        record(Outcome("receive", str(MONTH), counts={"rows": 5}), Lake(tmp_path))
    with pytest.raises(Refused), stage_run("close", MONTH, tmp_path):
        raise Refused("no pension came.", next_step="ask for it.")
    return tmp_path


def called(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_status_shows_months_what_is_next_and_the_last_runs(home):
    (home / "docs" / "operations" / "index.html").unlink()
    shown = called("status", "--home", home, "--json")
    tables = {one["table"]: one for one in map(json.loads, shown.stdout.splitlines())}
    (month,) = tables["Months"]["rows"]
    assert dict(zip(tables["Months"]["columns"], month, strict=True))["close"] == "refused"
    assert tables["Open next"]["rows"] == [["2026-10", "close", "refused", "ask for it."]]
    assert [row[2:4] for row in tables["Last runs (UTC)"]["rows"]] == [
        ["close", "refused"],
        ["receive", "done"],
    ]
    assert (home / "docs" / "operations" / "index.html").exists()


def test_status_of_nothing_is_refused(tmp_path):
    assert isinstance(called("status", "--home", tmp_path).exception, Refused)


def test_metrics_are_printed(home):
    assert (
        'doudi_stage_last_status{month="2026-10",stage="close",status="refused"} 1.0'
        in called("metrics", "--home", home).stdout
    )


def test_a_run_that_nobody_watches_leaves_one_alert(home):
    settings = Settings.from_environment(home=home)
    with pytest.raises(Refused), told_by_mail("2026-10", settings), stage_run("close", MONTH, home):
        raise Refused("no pension came.", next_step="ask for it.")
    with told_by_mail("2026-10", settings):
        pass
    failed, out = map(json.loads, (home / "logs" / alerts.FILE).read_text(encoding="utf-8").splitlines())
    assert (failed["kind"], failed["failed"], failed["next_step"]) == (
        "refused",
        ["close: no pension came."],
        "ask for it.",
    )
    assert (out["kind"], out["dag"]) == ("published", "doudi run")


@pytest.mark.parametrize("verb", ["send", "try"])
def test_mail_that_is_not_set_up_says_so(tmp_path, verb, monkeypatch):
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path))
    done = called("mail", verb)
    assert type(done.exception).__name__ == "Misconfigured"
    assert "DOUDI_SMTP_HOST" in done.exception.next_step


def test_a_mail_to_try_goes_to_everybody(monkeypatch):
    from console.commands import operations

    sent = []
    monkeypatch.setattr(operations, "send", lambda letter, mail, to: sent.append(to) or len(to))
    for name, value in {
        "SMTP_HOST": "x", "SMTP_FROM": "a@b.cn", "MAIL_OPERATORS": "c@d.cn", "MAIL_OFFICE": "e@f.cn",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"DOUDI_{name}", value)
    assert "2 of 2" in called("mail", "try").stdout
    assert sent == [["c@d.cn", "e@f.cn"]]


def test_the_verbs_of_a_stage_wait_for_no_lineage_or_metrics_library():
    code = "import sys, console.__main__; print([m for m in ('openlineage', 'prometheus_client') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
