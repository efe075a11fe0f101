"""How trials are weighed: small tables of raised warnings, answers and lists."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.workshop.simulate import Place, weigh

AUGUST, SEPTEMBER, OCTOBER = "2026-08", "2026-09", "2026-10"


def places(
    raised: list[tuple[int, str, str]],
    *,
    given: list[dict[str, Any]] = [],  # noqa: B006 - read only
    listed: list[tuple[str, str, str, bool]] = [],  # noqa: B006 - read only
    evidence: dict[str, str] = {},  # noqa: B006 - read only
) -> list[Place]:
    """``raised``: step, month, warning (its own household); ``listed``: month, household, status, whether of this rule."""
    with duckdb.connect() as con:
        con.execute("""
            CREATE TABLE raised (step INTEGER, month VARCHAR, warning_id VARCHAR, person_id VARCHAR, household VARCHAR,
              township VARCHAR, village VARCHAR, grade VARCHAR, amount DOUBLE, fingerprint VARCHAR, standing VARCHAR,
              summary VARCHAR);
            CREATE TABLE trials AS SELECT 1 AS step;
            CREATE TABLE given (warning_id VARCHAR, answered_month VARCHAR, is_settling BOOLEAN, is_holding BOOLEAN,
              is_refuting BOOLEAN, is_aided BOOLEAN, fingerprint VARCHAR, standing VARCHAR);
            CREATE TABLE listed (month VARCHAR, warning_id VARCHAR, household VARCHAR, status VARCHAR, is_own BOOLEAN,
              township VARCHAR)""")
        for step, month, warning in raised:
            con.execute(
                "INSERT INTO raised VALUES (?, ?, ?, ?, ?, '甲乡', '', '疑似', 1, ?, 'same', '')",
                [step, month, warning, warning, warning, evidence.get(month, "e")],
            )
        for one in given:
            con.execute(
                "INSERT INTO given VALUES ($warning, $month, $settles, $holds, $refutes, false, $seen, 'same')",
                {"settles": True, "holds": False, "refutes": False, "seen": "e", **one},
            )
        con.execute("CREATE TABLE settled AS FROM given WHERE is_settling")
        for month, household, status, is_own in listed:
            con.execute(
                "INSERT INTO listed VALUES (?, '', ?, ?, ?, '甲乡')", [month, household, status, is_own]
            )
        return weigh(con)


def summed(found: list[Place], *names: str) -> tuple[int, ...]:
    return tuple(sum(place.counts[name] for place in found) for name in names)


def test_who_is_on_the_list_for_another_rule_is_visited_anyway() -> None:
    found = places(
        [(0, OCTOBER, "goes"), (0, OCTOBER, "goes_alone"), (1, OCTOBER, "comes")],
        listed=[(OCTOBER, "goes", "listed", False), (OCTOBER, "goes_alone", "listed", True),
                (OCTOBER, "comes", "silent", False)],
    )  # fmt: skip
    assert summed(found, "visits_fewer", "fewer_shared", "visits_more", "more_shared") == (2, 1, 1, 0)


def test_a_further_visit_waits_where_the_list_is_full() -> None:
    of_all = [(1, OCTOBER, "a"), (1, SEPTEMBER, "b")]
    found = places(of_all, listed=[(OCTOBER, "z", "waiting", False)])
    assert summed(found, "visits_more", "more_waiting") == (2, 1)


def test_the_same_evidence_is_walked_for_once() -> None:
    twice = [(0, SEPTEMBER, "a"), (0, OCTOBER, "a")]
    assert summed(places(twice), "visits_before") == (1,)
    assert summed(places(twice, evidence={OCTOBER: "other"}), "visits_before") == (2,)


def test_what_was_answered_before_the_months_is_not_walked_for_again() -> None:
    raised = [(0, SEPTEMBER, "a")]
    cases = [
        ({"month": AUGUST, "holds": True}, 0),
        ({"month": AUGUST, "holds": True, "seen": "other"}, 1),
        ({"month": AUGUST, "refutes": True, "seen": "other"}, 0),  # refuted: what it stands on is the same
        ({"month": AUGUST, "settles": False}, 1),
        ({"month": SEPTEMBER, "holds": True}, 1),  # the answer to the list itself
    ]
    for answer, visits in cases:
        found = places(raised, given=[{"warning": "a", **answer}])
        assert summed(found, "visits_before") == (visits,), answer


def test_what_was_found_of_those_that_go_and_come() -> None:
    gone = ["held", "refuted", "changed", "unclear", "never"]
    found = places(
        [(0, SEPTEMBER, one) for one in gone]
        + [(1, SEPTEMBER, "found_before"), (0, SEPTEMBER, "late"), (1, OCTOBER, "late")],
        given=[
            {"warning": "held", "month": SEPTEMBER, "holds": True},
            {"warning": "refuted", "month": SEPTEMBER, "refutes": True},
            {"warning": "changed", "month": SEPTEMBER},
            {"warning": "unclear", "month": SEPTEMBER, "settles": False},
            {"warning": "found_before", "month": AUGUST, "holds": True, "seen": "other"},
            {"warning": "late", "month": SEPTEMBER, "holds": True},
        ],
    )
    names = ("gone", "missed", "spared", "gone_other", "gone_unknown", "new", "found", "later", "held_later")
    assert summed(found, *names) == (5, 1, 1, 1, 2, 1, 1, 1, 1)
