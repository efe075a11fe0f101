"""A held month goes on by a named person's decision, for these bytes and these numbers, and past no absolute rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from tests.unit.warehouse.release.made_up_month import policy
from warehouse import audit_log, gate_decisions
from warehouse.errors import HistoryMissing, LakeDamaged, NotReleased
from warehouse.gate_decisions import judged
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.verdicts import (
    RuleVerdict,
    Verdict,
    fingerprint_marts,
    fingerprint_standardised,
    read_verdict,
    write_verdict,
)

OCTOBER = Month(2026, 10)
ON = date(2026, 11, 22)
GOOD = {"by": "张建国", "reason": "已与医保局核实，导出格式变更", "on": ON}
FAILED = RuleVerdict("E-death-06", "death", "stop", False, "why", {"measured": 0.5, "limit": 0.9})
OTHER = RuleVerdict("E-pension-03", "pension", "stop", False, "why", {"measured": 1 / 3, "limit": 0.9})
ABSOLUTE = RuleVerdict("E-death-02", "death", "stop", False, "why", {"measured": 0.9}, is_absolute=True)
FINE = RuleVerdict("E-death-01", "death", "stop", True, "why")
WARNS = RuleVerdict("E-death-09", "death", "warn", False, "why")


@pytest.fixture
def home(tmp_path):
    """A month whose gate 1 fails by ``rules``: ``home.inspect(*rules)`` is the gate, run again."""
    lake = Lake(tmp_path)
    for folder in (
        lake.partition("standardised", feed="death", month="2026-10"),
        lake.partition("marts/dim_person", month="2026-10"),
    ):
        folder.mkdir(parents=True)
        (folder / "part-0.parquet").write_bytes(b"rows")

    def inspect(*rules, gate="gate1"):
        seen = fingerprint_standardised if gate == "gate1" else fingerprint_marts
        verdict = judged(Verdict(gate, "2026-10", "held", rules, seen(lake, OCTOBER)), lake)
        write_verdict(verdict, lake)
        return read_verdict(lake, gate, OCTOBER)

    def decide(what="release", gate="gate1", **given):
        return getattr(gate_decisions, what)(OCTOBER, gate, **{**GOOD, **given}, lake=lake, policy=policy())

    return SimpleNamespace(lake=lake, inspect=inspect, decide=decide)


def spoil(home):
    (home.lake.partition("standardised", feed="death", month="2026-10") / "part-0.parquet").write_bytes(
        b"other"
    )


def test_held_released_and_held_again_when_it_is_revoked(home):
    assert home.inspect(FINE, FAILED, WARNS).status == "held"
    entry = home.decide()
    assert read_verdict(home.lake, "gate1", OCTOBER).status == "held", "a decision alone changes no verdict"
    seen = home.inspect(FINE, FAILED, WARNS)
    assert seen.status == "released"
    assert [rule.id for rule in seen.released()] == ["E-death-06"]
    said = seen.released()[0].released
    assert (said.by, said.reason, said.on) == (GOOD["by"], GOOD["reason"], "2026-11-22")
    assert (said.seq, said.hash) == (entry.seq, entry.hash)
    home.decide("revoke", reason="医保局又来函更正")
    assert home.inspect(FINE, FAILED, WARNS).status == "held"
    assert [one.kind for one in audit_log.entries(home.lake)] == ["gate_release", "gate_revocation"]


def test_a_clean_month_asks_no_log(home):
    (home.lake.root / "audit_log").mkdir()
    (home.lake.root / "audit_log" / "000001.json").write_text("{", "utf-8")
    assert home.inspect(FINE, WARNS).status == "passed"


@pytest.mark.parametrize(
    ("rules", "given", "said"),
    [
        ((FINE, FAILED), {"by": ""}, "wants the name"),
        ((FINE, FAILED), {"by": "张"}, "wants the name"),
        ((FINE, FAILED), {"reason": ""}, "wants a reason"),
        ((FINE, FAILED), {"reason": "同 意 了"}, "wants a reason"),
        ((FINE, FAILED), {"rules": ["E-death-01"]}, "does not hold 2026-10 by E-death-01"),
        ((FINE, FAILED, WARNS), {"rules": ["E-death-09"]}, "does not hold 2026-10 by E-death-09"),
        ((FINE, FAILED), {"rules": ["E-nothing-99"]}, "does not hold 2026-10 by E-nothing-99"),
        ((FAILED, ABSOLUTE), {}, "E-death-02 holds 2026-10 at gate1 and is absolute"),
        ((FAILED, ABSOLUTE), {"rules": ["E-death-02"]}, "absolute"),
        ((FINE, WARNS), {}, "does not hold 2026-10: its verdict is passed"),
        ((FINE, FAILED), {"gate": "gate2"}, "gate2 has not looked at 2026-10"),
        ((FINE, FAILED), {"gate": "gate3"}, "no gate 'gate3'"),
    ],
)
def test_what_cannot_be_released_is_refused_and_leaves_no_entry(home, rules, given, said):
    home.inspect(*rules)
    with pytest.raises(NotReleased, match=said):
        home.decide(**given)
    assert audit_log.entries(home.lake) == []


def test_a_verdict_on_other_bytes_cannot_be_released(home):
    home.inspect(FAILED)
    spoil(home)
    with pytest.raises(NotReleased, match="stale"):
        home.decide()


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ((FAILED,), "released"),
        ((replace(FAILED, observed={"measured": 0.5 + 1e-13, "limit": 0.9}),), "released"),
        ((replace(FAILED, observed={"measured": 0.49, "limit": 0.9}),), "held"),
        ((replace(FAILED, observed={"measured": 0.5, "limit": 0.8}),), "held"),
        ((replace(FAILED, is_absolute=True),), "held"),
        ((FAILED, OTHER), "held"),
        ((OTHER,), "held"),
    ],
    ids=[
        "the same",
        "the last digit",
        "another number",
        "another limit",
        "absolute by now",
        "one more rule",
        "another",
    ],
)
def test_a_release_holds_for_what_was_seen_only(home, now, status):
    home.inspect(FAILED)
    home.decide()
    seen = home.inspect(*now)
    assert seen.status == status
    assert not any(rule.released and rule.is_absolute for rule in seen.rules)


def test_other_bytes_are_held_again_though_the_numbers_are_the_same(home):
    home.inspect(FAILED)
    home.decide()
    spoil(home)
    assert home.inspect(FAILED).status == "held"


def test_rule_by_rule_the_month_goes_on_when_all_are_released(home):
    home.inspect(FAILED, OTHER, ABSOLUTE)
    home.decide(rules=["E-death-06"])
    assert home.inspect(FAILED, OTHER).status == "held"
    home.decide(rules=["E-pension-03"], by="李卫东")
    seen = home.inspect(FAILED, OTHER)
    assert seen.status == "released"
    assert [rule.released.by for rule in seen.rules] == ["张建国", "李卫东"]
    assert home.inspect(FAILED, OTHER, ABSOLUTE).status == "held"


def test_a_refusal_ends_the_releases_before_it(home):
    home.inspect(FAILED)
    home.decide()
    home.decide("refuse", reason="数据确有问题，退回重报")
    assert home.inspect(FAILED).status == "held"
    with pytest.raises(NotReleased, match="no release of gate1 stands"):
        home.decide("revoke")


def test_a_log_that_was_tampered_with_releases_nothing(home):
    home.inspect(FAILED)
    home.decide()
    path = home.lake.root / "audit_log" / "000001.json"
    path.write_text(path.read_text("utf-8").replace("0.5", "0.6"), "utf-8")
    with pytest.raises(LakeDamaged, match="entry 1 was changed"):
        home.inspect(FAILED)


def test_the_question_names_rules_and_numbers_and_is_not_asked_in_vain(home):
    home.inspect(FAILED, WARNS)
    asked = gate_decisions.question(OCTOBER, "gate1", lake=home.lake)
    assert "E-death-06" in asked
    assert "0.5" in asked
    assert "E-death-09" not in asked
    home.inspect(FAILED, ABSOLUTE)
    with pytest.raises(NotReleased, match="absolute"):
        gate_decisions.question(OCTOBER, "gate1", lake=home.lake)


def test_no_decision_gets_round_a_month_that_is_missing(home):
    """Identity stands on the month before: that refusal is no gate's rule, and asks no log."""
    from linkage.stage import link

    (home.lake.partition("registry", month="2026-08")).mkdir(parents=True)
    home.inspect(FAILED)
    home.decide()
    assert home.inspect(FAILED).status == "released"
    with pytest.raises(HistoryMissing, match=r"2026-09.*2026-08"):
        link(OCTOBER, lake=home.lake, policy=policy())


def test_each_gate_wants_a_decision_of_its_own(home):
    home.inspect(FAILED)
    home.inspect(FAILED, gate="gate2")
    home.decide(gate="gate2")
    assert home.inspect(FAILED, gate="gate2").status == "released"
    assert home.inspect(FAILED).status == "held"
    home.decide()
    home.decide("revoke", gate="gate2", reason="集市须重新核对")
    assert home.inspect(FAILED, gate="gate2").status == "held"
    assert home.inspect(FAILED).status == "released"
