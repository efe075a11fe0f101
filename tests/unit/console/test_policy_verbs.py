"""The verbs of policy and rules, and that every stage works under the packs that ``--policy`` names."""

import json
import shutil
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from console import __main__ as command
from console.commands import stages
from console.commands.rules import catalogue
from warehouse.errors import Misconfigured
from warehouse.outcomes import Outcome
from warehouse.settings import REPOSITORY

PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
TWICE = "tongren,low_income_multiple,2.0,"


@pytest.fixture
def changed(tmp_path):
    """The packs of the house in another folder, where Qinghai's multiple is 2.5."""
    folder = tmp_path / "packs"
    shutil.copytree(PACKS, folder)
    pack = folder / "tongren.csv"
    text = pack.read_text(encoding="utf-8")
    assert TWICE in text
    pack.write_text(text.replace(TWICE, "tongren,low_income_multiple,2.5,"), encoding="utf-8")
    return folder


def run(*arguments):
    """What a verb puts on the screen; its error, where it ends in one, comes through."""
    done = CliRunner().invoke(command.app, [str(argument) for argument in arguments], catch_exceptions=True)
    if isinstance(done.exception, Misconfigured):
        raise done.exception
    assert done.exit_code == 0, done.exception
    return done.stdout


def rows(*arguments):
    """The rows of the tables that a verb writes as JSON."""
    tables = [json.loads(line) for line in run(*arguments, "--json").splitlines()]
    return [dict(zip(table["columns"], row, strict=True)) for table in tables for row in table["rows"]]


@pytest.mark.parametrize("stage", stages.CHAIN)
def test_every_stage_works_under_the_packs_it_is_given(stage, changed, tmp_path, monkeypatch):
    seen = {}

    def watch(month, bench):
        seen.update(
            multiple=bench.policy.text("low_income_multiple"),
            region=bench.policy.region,
            folder=bench.settings.policy_dir,
        )
        return Outcome(stage, str(month))

    monkeypatch.setitem(stages._STAGES, stage, watch)
    # What the month lacks is another question.
    monkeypatch.setattr(stages, "stage_run", lambda *_: nullcontext(SimpleNamespace(seconds=0.0)))
    for policy, multiple in ((changed, "2.5"), (PACKS, "2.0")):
        run(
            stage,
            "--month",
            "2026-10",
            "--home",
            tmp_path / "home",
            "--policy",
            policy,
            "--region",
            "tongren",
        )
        assert seen == {"multiple": multiple, "region": "tongren", "folder": policy}


def test_the_packs_of_the_house_pass_the_check():
    said = run("policy", "check")
    assert said.startswith("No fault in ")
    counted = {row["region"]: row for row in rows("policy", "check")}
    assert counted["tianjin"]["verified by a document"] > 5
    assert counted["guangdong"]["left open: no rule configured"] > 2


def test_a_pack_with_faults_is_told_all_of_them_and_ends_as_misconfigured(changed, capsys):
    (changed / "more.csv").write_text(
        (changed / "common.csv").read_text(encoding="utf-8").split("\n", 1)[0]
        + "\ntongren,low_income_multiple,2,times,2024-01-01,,S9,verified,\n*,grace_weeks,2,weeks,2024-01-01,,S9,verified,\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(command.app, ["policy", "check", "--policy", str(changed), "--json"])
    table = json.loads(done.stdout.splitlines()[0])
    assert [row[:3] for row in table["rows"]] == [
        ["more.csv", 2, "low_income_multiple"],
        ["more.csv", 3, "grace_weeks"],
    ]
    assert isinstance(done.exception, Misconfigured)
    assert done.exception.exit_code == 30
    assert "2 faults" in str(done.exception)


def test_show_tells_value_unit_document_and_standing_group_by_group():
    said = run("policy", "show", "--month", "2020-06", "--region", "tianjin")
    assert "渐退与退出 · tianjin 2020-06" in said
    assert "前3个月100%，后3个月50%" in said
    assert "质量门 ·" not in said
    assert "质量门 ·" in run("policy", "show", "--month", "2020-06", "--region", "tianjin", "--all")


def test_show_as_json_tells_every_line_with_its_note():
    shown = run("policy", "show", "--month", "2020-06", "--region", "tianjin", "--json").splitlines()
    found = {line["parameter"]: line for line in map(json.loads, shown)}
    event = found["event_job_deduction_month"]
    assert (event["value"], event["told"], event["status"]) == ("500", "500 元", "verified")
    assert (event["group"], event["document"]) == ("收入核算", "津民发〔2020〕19号")
    assert "止日" in event["note"]  # the value is the notice's, its last day is not
    assert found["expectations.sex_agrees_min"]["group"] == "质量门"
    assert found["dibao_standard_urban_month"]["value"] is None


def test_two_regions_differ_in_what_their_notices_say():
    found = {
        row["parameter"]: row
        for row in rows(
            "policy", "diff", "--month", "2026-10", "--region", "tongren", "--to-region", "tianjin"
        )
    }
    grace = found["grace_schedule"]
    assert grace["tongren 2026-10"] == "12个月，按原额100%"
    assert grace["tianjin 2026-10"] == "前3个月100%，后3个月50%"
    assert grace["since, by which document"] == "2020-05-14 津民发〔2020〕19号"
    assert found["job_cost_deduction_cap"]["tianjin 2026-10"] == "未配置规则"
    assert "harm_D01" not in found


def test_two_months_differ_by_what_ended_between_them():
    found = rows("policy", "diff", "--month", "2025-12", "--region", "tongren", "--to-month", "2026-01")
    assert [row["parameter"] for row in found] == ["basic_pension_excluded"]
    assert found[0]["tongren 2026-01"] == "未配置规则"
    assert found[0]["since, by which document"].startswith("ended 2025-12-31 同仁市民政局")


def test_two_folders_differ_by_the_edited_line(changed):
    found = rows("policy", "diff", "--month", "2026-10", "--region", "tongren", "--to-policy", changed)
    assert [row["parameter"] for row in found] == ["low_income_multiple"]
    assert found[0]["tongren 2026-10 packs"] == "2.5 倍"


def test_the_same_policy_is_said_to_be_the_same():
    assert "the same values" in run("policy", "diff", "--month", "2026-10", "--to-month", "2026-10")


def told(region, *more):
    lines = run("rules", "--month", "2026-10", "--region", region, "--json", *more).splitlines()
    return {rule.get("rule_id", rule.get("group")): rule for rule in map(json.loads, lines)}


def test_every_rule_is_told_with_the_values_in_force(changed):
    found = told("tongren")
    assert list(found) == [*(rule.rule_id for rule in catalogue()), "收入核算"]
    multiple = {
        region: next(p for p in told(region)["C03"]["parameters"] if p["parameter"] == "low_income_multiple")
        for region in ("tongren", "liangping")
    }
    assert (multiple["tongren"]["value"], multiple["tongren"]["status"]) == ("2.0", "verified")
    assert (multiple["liangping"]["value"], multiple["liangping"]["status"]) == ("1.5", "illustrative")
    under = next(
        p
        for p in told("tongren", "--policy", changed)["C03"]["parameters"]
        if p["parameter"] == "low_income_multiple"
    )
    assert under["told"] == "2.5 倍"


def test_a_rule_that_lacks_a_value_says_so_and_never_nought():
    rules = {name: rule for name, rule in told("guangdong").items() if name != "收入核算"}
    silent = {name: rule for name, rule in rules.items() if rule["state"] == "no rule configured"}
    asked = {
        name: rule for name, rule in rules.items() if any(p["value"] is None for p in rule["parameters"])
    }
    assert silent.keys() == asked.keys() != set()
    for rule in silent.values():
        assert any(p["told"] == "未配置规则" for p in rule["parameters"])
    screen = run("rules", "--month", "2026-10", "--region", "guangdong")
    assert "未配置规则" in screen
    assert f"{len(silent)} say nothing" in screen


def test_nought_is_a_value_and_no_gap():
    assert all(
        rule["state"] == "ready"
        for name, rule in told("tongren").items()
        if name in {"D01", "C01", "C03", "R01"}
    )


def test_the_deductions_behind_every_income_are_told_beside_the_rules():
    counted = {
        region: {p["parameter"]: p["told"] for p in told(region)["收入核算"]["parameters"]}
        for region in ("tongren", "tianjin")
    }
    assert counted["tongren"]["job_cost_deduction_cap"] == "30%"
    assert counted["tongren"]["first_job_deduction_month"] == "未配置规则"
    assert counted["tianjin"]["first_job_deduction_month"] == "600 元"
    assert counted["tianjin"]["event_job_deduction_month"] == "未配置规则"  # in 2026 the event is over
