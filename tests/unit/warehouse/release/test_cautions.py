"""What the gates warned of, and what a person let go, stands on the lists it touches; and what may be published."""

from __future__ import annotations

import json
from datetime import date

import openpyxl
import pytest

from tests.unit.warehouse.release.made_up_month import MONTH, id_of, make, policy, words_of
from warehouse import gate_decisions
from warehouse.audit_log import verify
from warehouse.errors import LakeDamaged, NotReleased
from warehouse.gate_decisions import judged
from warehouse.policy import Policy
from warehouse.release.cautions import Cautions
from warehouse.release.publish import publish, release_folder
from warehouse.verdicts import (
    RuleVerdict,
    Verdict,
    fingerprint_marts,
    fingerprint_standardised,
    read_verdict,
    write_verdict,
)

ON = date(2026, 11, 22)
WHO = {"by": "张建国", "reason": "已与公安核实，导出格式变更", "on": ON}


def rule(name, severity="warn", words="有提示", **given):
    return RuleVerdict(f"E-{name}-09", name, severity, False, "why", {"measured": 0.5}, words=words, **given)


DEATH = rule("death", "stop", "死亡登记：证件号多数无效，可能截断。")
SETTLED = rule("medical_settlement", words="医保结算：行数比上月少了三成。")
FLAGS = rule("education_aid", words="教育资助：行数比上月少了三成。")
MIX = rule("fct_warning_monthly", words="预警清单：各规则占比变动过大。")


def inspect(lake, *rules):
    verdict = Verdict("gate1", str(MONTH), "held", rules, fingerprint_standardised(lake, MONTH))
    write_verdict(judged(verdict, lake), lake)
    return read_verdict(lake, "gate1", MONTH)


def decide(lake, what="release", **given):
    return getattr(gate_decisions, what)(MONTH, "gate1", **{**WHO, **given}, lake=lake, policy=policy())


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Gate 1 held by the register of deaths, let go by a person; three warnings beside it."""
    lake = make(tmp_path_factory.mktemp("home"), people=24)
    inspect(lake, DEATH, SETTLED, FLAGS, MIX)
    entry = decide(lake)
    assert inspect(lake, DEATH, SETTLED, FLAGS, MIX).status == "released"
    outcome = publish(MONTH, lake=lake, policy=policy())
    return lake, release_folder(lake, MONTH), entry, outcome


def told(path):
    return "\n".join(
        str(cell) for sheet in openpyxl.load_workbook(path) for row in sheet.values for cell in row if cell
    )


def test_the_header_of_a_list_names_what_touches_its_rules(released):
    _, folder, entry, _ = released
    # 隆务镇 has warnings of C01 and R01: settlements touch it, aid to students (C08) does not.
    book = openpyxl.load_workbook(folder / "lists/预警清单_隆务镇_2026-10.xlsx")
    village = next(sheet for sheet in book if sheet.title != "说明")
    header = village["A2"].value
    assert header.startswith("机器发现，仅为核查建议")
    assert "本月数据提示（" in header
    assert "死亡登记：证件号多数无效，可能截断。（经张建国于2026-11-22决定放行" in header
    assert f"审计记录 {entry.mark}" in header
    assert "医保结算：行数比上月少了三成" in header
    assert "预警清单：各规则占比变动过大" in header, "a mart touches every list"
    assert "教育资助" not in header
    assert village.row_dimensions[2].height > 30, "the whole of it can be read"


def test_the_sheet_of_words_holds_all_of_them_with_the_rules_that_read_the_feed(released):
    _, folder, _, _ = released
    sheet = openpyxl.load_workbook(folder / "lists/预警清单_全市_2026-10.xlsx")["说明"]
    lines = [row for row in sheet.values if row[3] and str(row[3]).startswith("E-")]
    assert [(row[0], row[3], row[2]) for row in lines] == [
        ("放行", "E-death-09", "C02、C04、C05、C06等 15 条"),
        ("提醒", "E-medical_settlement-09", "D03、R01、R02"),
        ("提醒", "E-education_aid-09", "C08"),
        ("提醒", "E-fct_warning_monthly-09", "全部"),
    ]


def test_forms_and_ledgers_say_it_of_their_own_feeds(released):
    _, folder, _, _ = released
    ledger = told(folder / "ledger/摸排台账_隆务镇_2026-10.xlsx")
    assert "本月数据提示：预警清单：各规则占比变动过大" in ledger
    assert "死亡登记" not in ledger, "the ledger reads no deaths"
    reduction = told(next(folder.glob("registers/自然减员*.xlsx")))
    assert "死亡登记：证件号多数无效" in reduction
    assert "医保结算" not in reduction


def test_paper_page_and_manifest_say_it_too(released):
    lake, folder, entry, outcome = released
    paper = words_of(folder / "paper/预警清单_隆务镇_2026-10.pdf")
    assert "本月数据提示" in paper
    assert entry.mark in paper.replace("\n", "")
    page = (folder / "month.html").read_text("utf-8")
    assert "1 条经决定放行" in page
    assert "已与公安核实，导出格式变更" in page
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["audit_log"] == {"seq": entry.seq, "hash": entry.hash}
    assert manifest["cautions"][0]["rule"] == "E-death-09"
    assert verify(lake).is_whole
    assert "张建国" not in json.dumps(outcome.as_dict(), ensure_ascii=False)


def test_a_second_run_changes_no_byte(released):
    lake, folder, _, _ = released
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    publish(MONTH, lake=lake, policy=policy())
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.fixture
def lake(tmp_path):
    lake = make(tmp_path, people=8)
    inspect(lake, DEATH)
    return lake


def without_publishing(lake, match, error=NotReleased, settled=None):
    with pytest.raises(error, match=match):
        publish(MONTH, lake=lake, policy=settled or policy())
    assert not release_folder(lake, MONTH).exists()


def test_a_release_that_no_entry_holds_publishes_nothing(lake):
    without_publishing(lake, "gate1 holds 2026-10: E-death-09")
    verdict = read_verdict(lake, "gate1", MONTH)
    path = lake.partition("verdicts", month=str(MONTH)) / "gate1.json"
    plain = verdict.as_dict() | {"status": "passed"}
    path.write_text(json.dumps(plain), "utf-8")
    without_publishing(lake, "gate1 holds 2026-10")
    plain["status"] = "released"
    plain["rules"][0]["released"] = {
        "seq": 1,
        "hash": "f" * 64,
        "by": "李",
        "reason": "随便",
        "on": "2026-11-22",
    }
    path.write_text(json.dumps(plain), "utf-8")
    without_publishing(lake, "rests on entry 1, which is missing", LakeDamaged)


def test_a_revoked_release_publishes_nothing(lake):
    decide(lake)
    inspect(lake, DEATH)
    decide(lake, "revoke", reason="医保局又来函更正")
    without_publishing(lake, "does not stand in the audit log, or was revoked")


def test_a_log_that_is_not_whole_publishes_nothing(lake):
    decide(lake)
    inspect(lake, DEATH)
    (lake.root / "audit_log" / "000001.json").write_text("{}", "utf-8")
    without_publishing(lake, "entry 1", LakeDamaged)


def test_a_log_that_was_tampered_with_is_told_before_data_that_changed(lake):
    decide(lake)
    inspect(lake, DEATH)
    (lake.root / "audit_log" / "000001.json").write_text("{}", "utf-8")
    (lake.partition("marts/dim_rule", month=str(MONTH)) / "more.parquet").write_bytes(b"PAR1")
    without_publishing(lake, "entry 1", LakeDamaged)


def needing_approval():
    from dataclasses import replace

    settled = policy()
    line = replace(settled.lines["release.approval_needed"], value="yes")
    return Policy(settled.region, settled.month, {**settled.lines, "release.approval_needed": line})


def test_where_policy_wants_a_word_nothing_goes_out_without_it(tmp_path):
    lake = make(tmp_path, people=8)
    strict = needing_approval()
    without_publishing(lake, "is not approved", settled=strict)
    word = {"lake": lake, "policy": strict, **WHO}
    gate_decisions.decide_publication(MONTH, is_approved=False, **word)
    without_publishing(lake, "was denied", settled=strict)
    without_publishing(lake, "was denied")
    gate_decisions.decide_publication(MONTH, is_approved=True, **word)
    assert publish(MONTH, lake=lake, policy=strict).status == "done"
    # Other marts, and the word no longer speaks of them.
    (lake.partition("marts/dim_rule", month=str(MONTH)) / "more.parquet").write_bytes(b"PAR1")
    seen = read_verdict(lake, "gate2", MONTH)
    with pytest.raises(NotReleased, match="gate2 has not looked"):
        gate_decisions.decide_publication(MONTH, is_approved=True, **word)
    write_verdict(Verdict("gate2", str(MONTH), "passed", seen.rules, fingerprint_marts(lake, MONTH)), lake)
    with pytest.raises(NotReleased, match="is not approved"):
        publish(MONTH, lake=lake, policy=strict)


def test_nothing_to_say_says_nothing():
    fine = Verdict("gate1", "2026-10", "passed", (), "f")
    cautions = Cautions({"gate1": fine})
    assert cautions.all == ()
    assert cautions.table("x").rows == []
    assert cautions.notes(["R01"], ["death"]) == []


def test_no_decision_gets_round_a_mask(tmp_path, monkeypatch):
    lake = make(tmp_path, people=8, poison=id_of(3))
    monkeypatch.setattr("warehouse.release.masking.Mask.show_text", lambda _, value: value or "")
    inspect(lake, DEATH)
    decide(lake)
    inspect(lake, DEATH)
    word = {"lake": lake, "policy": policy(), **WHO}
    gate_decisions.decide_publication(MONTH, is_approved=True, **word)
    without_publishing(lake, "masking rule broken")
