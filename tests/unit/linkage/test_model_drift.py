"""Drift: what a month looks like beside what the model was trained on; and thin months, which break nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linkage.drift import measure_drift, shares_file
from linkage.frozen import freeze_frequencies, frequencies_in_force, use_frozen
from linkage.match import model_in_force
from linkage.model.definition import COMPARISONS
from linkage.stage import link
from linkage.train import train
from tests.unit.linkage.made_pairs import a_node, scored, write_nodes
from tests.unit.linkage.made_village import describe, id_number, written_month
from warehouse.errors import HistoryMissing, Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy, read_lines
from warehouse.settings import REPOSITORY

AUGUST = Month(2026, 8)
NAMES = ("扎西多杰", "才让卓玛", "王秀英", "李明", "多杰", "桑杰", "旦增", "马金云")
ON = date(2026, 8, 31)

Write = Callable[..., None]


def _two_feeds(people: int = 60, **roster: Callable[[int], Any]) -> list[dict[str, Any]]:
    """So many people in two feeds under one valid id; ``roster`` says by number what the second feed says else."""
    told = []
    for at in range(people):
        number, name = id_number(f"19{50 + at % 50}0{1 + at % 9}12", 11 + at), NAMES[at % len(NAMES)]
        shared = {"id": number, "village": f"村{at % 5}", "sex": "1", "phone": f"1370000{at:04d}"}
        told.append(describe("medical_enrolment", name, **shared))
        told.append(
            describe("assistance_roster", name, **shared | {key: of(at) for key, of in roster.items()})
        )
    return told


def _with(policy: Policy, **values: str) -> Policy:
    lines = {name: replace(policy.line(name), value=value) for name, value in values.items()}
    return replace(policy, lines={**policy.lines, **lines})


def _for_a_village(policy: Policy) -> Policy:
    """Few pairs teach, and few are judged."""
    return _with(
        policy,
        model_train_pairs_min="20",
        model_drift_steady_pairs="1",
        **{"expectations.model_drift.pairs_min": "20"},
    )


@pytest.fixture
def few(policy: Policy) -> Policy:
    return _for_a_village(policy)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the village as it is when nothing has turned."""
    folder = tmp_path_factory.mktemp("trained")
    lines = read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
    policy = Policy("*", AUGUST, {line.parameter: line for line in lines if line.region == "*"})
    written_month(Lake(folder / "home"), "2026-08", _two_feeds())
    return train(Lake(folder / "home"), AUGUST, folder / "model", policy=_for_a_village(policy), on=ON)


def _drift(lake: Lake) -> dict[tuple[str, str, str], dict[str, Any]]:
    with duckdb.connect() as con:
        found = con.execute(
            f"FROM read_parquet('{lake.root}/model_drift/month=2026-08/*.parquet', hive_partitioning = false)"
        )
        names = [column[0] for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {(row["comparison"], row["level"], row["kind"]): row for row in rows}


def test_the_month_of_training_has_not_drifted(
    lake: Lake, few: Policy, write_month: Write, trained: Path
) -> None:
    write_month(lake, "2026-08", _two_feeds())
    outcome = measure_drift(AUGUST, lake=lake, policy=few, model=trained)
    assert outcome.counts["shares_moved"] == 0 and outcome.counts["shares_judged"] > 10
    moved = {row["bits_moved"] for row in _drift(lake).values() if row["bits_moved"] is not None}
    assert max(map(abs, moved)) < 1e-3
    assert shares_file(trained).exists()


@pytest.mark.parametrize(
    ("changed", "comparison", "level"),
    [
        ({"sex": lambda at: "21"[at % 2]}, "sex", "different"),
        ({"phone": lambda at: f"1380000{at:04d}"}, "phone", "different"),
        ({"village": lambda at: f"另村{at % 5}"}, "place", "different"),
    ],
)
def test_a_feed_that_turned_is_seen_in_its_own_evidence(
    changed: dict[str, Any],
    comparison: str,
    level: str,
    lake: Lake,
    few: Policy,
    write_month: Write,
    trained: Path,
) -> None:
    write_month(lake, "2026-08", _two_feeds(**changed))
    outcome = measure_drift(AUGUST, lake=lake, policy=few, model=trained)
    row = _drift(lake)[comparison, level, "one_person"]
    assert row["bits_moved"] > 1 and row["seen"] > row["expected"] and row["pairs"] >= 20
    assert any(reason.startswith(f"{comparison} '{level}', one person") for reason in outcome.reasons)
    untouched = {"name", "sex", "phone"} - {comparison}
    assert all(
        abs(one["bits_moved"] or 0) < 1 for (name, _, _), one in _drift(lake).items() if name in untouched
    )


def test_a_second_measurement_changes_no_byte(lake: Lake, few: Policy, write_month: Write) -> None:
    write_month(lake, "2026-08", _two_feeds())
    written = []
    for _ in range(2):
        measure_drift(AUGUST, lake=lake, policy=few)
        written.append(next(lake.partition("model_drift", month="2026-08").glob("*.parquet")).read_bytes())
    assert written[0] == written[1]


def test_a_model_without_shares_is_held_against_its_own_learnt_levels(
    lake: Lake, few: Policy, write_month: Write, judged: Path
) -> None:
    write_month(lake, "2026-08", _two_feeds())
    measure_drift(AUGUST, lake=lake, policy=few, model=judged)
    drift = _drift(lake)
    assert drift["phone", "same", "one_person"]["expected"] == pytest.approx(0.60)
    assert drift["id", "equal", "one_person"]["expected"] is None


NOBODY: list[dict[str, Any]] = []
THIN = {
    "nothing came": NOBODY,
    "one row": [describe("death", "王秀英", id=id_number("19600112", 11))],
    "one feed": [one for one in _two_feeds(20) if one["feed"] == "death" or one["feed"] == "medical_enrolment"],
    "no ids": [describe(feed, name) for feed in ("death", "pension") for name in NAMES],
    "no names": [describe(feed, None, id=id_number("19600112", at)) for feed in ("death", "pension") for at in range(11, 21)],
    "nothing but ids and names": [
        describe(feed, NAMES[at % 8], id=id_number("19600112", at), birth_date=None, birth_precision=None, birth_source=None)
        for feed in ("death", "pension") for at in range(11, 31)
    ],
    "nothing at all in the rows": [describe("death", None), describe("pension", None)],
}  # fmt: skip


@pytest.mark.parametrize("thin", THIN, ids=list(THIN))
def test_a_thin_month_is_measured_and_breaks_nothing(
    thin: str, lake: Lake, policy: Policy, write_month: Write
) -> None:
    write_month(lake, "2026-08", [dict(one) for one in THIN[thin]])
    outcome = measure_drift(AUGUST, lake=lake, policy=policy)
    if thin != "nothing but ids and names":
        assert outcome.counts["shares_judged"] == 0
    levels = sum(len(comparison.levels) for comparison in COMPARISONS)
    assert len(_drift(lake)) == 2 * levels


@pytest.mark.parametrize(
    ("thin", "lacks"),
    [
        ("nothing came", "no descriptions of persons"),
        ("one row", "a second feed; people who are described more than once under a valid id"),
        ("one feed", "a second feed"),
        ("no ids", "a valid id on any row"),
        ("no names", "a name on any row"),
        ("nothing at all in the rows", "a valid id on any row; a name on any row"),
    ],
)
def test_training_on_a_thin_month_names_what_it_lacks(
    thin: str, lacks: str, lake: Lake, policy: Policy, write_month: Write, tmp_path: Path
) -> None:
    write_month(lake, "2026-08", [dict(one) for one in THIN[thin]])
    with pytest.raises(Refused, match=lacks):
        train(lake, AUGUST, tmp_path / "model", policy=policy, on=ON)
    assert not (tmp_path / "model").exists()


def test_what_a_month_does_not_show_keeps_its_judged_weight(
    lake: Lake, policy: Policy, write_month: Write, tmp_path: Path
) -> None:
    write_month(lake, "2026-08", [dict(one) for one in THIN["nothing but ids and names"]])
    model = train(lake, AUGUST, tmp_path / "model", policy=_with(policy, model_train_pairs_min="20"), on=ON)
    card = model.with_suffix(".card.md").read_text(encoding="utf-8")
    assert "| phone | same | 0.6 | 0.0003 | +11.0 | judged |" in card
    assert all(
        level["m_probability"] > 0 and level["u_probability"] > 0
        for comparison in json.loads(model.read_text(encoding="utf-8"))["comparisons"]
        for level in comparison["comparison_levels"][1:]
    )


@pytest.mark.parametrize(
    ("nodes", "pairs"),
    [
        ([], []),
        ([a_node("a")], []),
        ([{**a_node("a", name=None, birth=None, birth_precision=None, sex=None), "phones": []} for _ in "ab"], [("a", "a")]),
    ],
    ids=["no nodes", "no pairs", "all columns empty"],
)  # fmt: skip
def test_scoring_a_thin_month_breaks_nothing(
    nodes: list[dict[str, Any]], pairs: list[tuple[str, str]]
) -> None:
    with duckdb.connect() as con:
        write_nodes(con, nodes)
        assert scored(con, model_in_force(), pairs) == [] or pairs


def test_the_card_says_data_parameters_weights_and_change_and_needs_no_network(
    lake: Lake, few: Policy, write_month: Write, tmp_path: Path, trained: Path
) -> None:
    write_month(lake, "2026-08", _two_feeds(phone=lambda at: f"1380000{at % 40:04d}"))
    second = train(lake, AUGUST, tmp_path / "model", policy=few, on=date(2026, 9, 30), previous=trained)
    card = second.with_suffix(".card.md").read_text(encoding="utf-8")
    page = second.with_suffix(".card.html").read_text(encoding="utf-8")
    for heading in (
        "## Data",
        "## Parameters",
        "## Weights",
        f"## Against the model {trained.stem}",
        "## Measured",
    ):
        assert heading in card
    assert "| assistance_roster | 60 | 60 |" in card
    assert "| policy: model_train_pairs_min | 20 pairs" in card and "| library: splink |" in card
    assert page.count("<svg") == 3
    assert "http" not in page.replace("http://www.w3.org/", "") and "<script" not in page
    for text in (card, page, shares_file(second).read_text(encoding="utf-8")):
        assert not any(name in text for name in NAMES)


def test_names_are_frozen_for_the_months_after_their_day(
    lake: Lake, policy: Policy, write_month: Write, judged: Path
) -> None:
    write_month(lake, "2026-08", _two_feeds(16))
    with pytest.raises(HistoryMissing, match="no registry"):
        freeze_frequencies(lake, AUGUST, on=ON, policy=policy)
    link(AUGUST, lake=lake, policy=policy, model=judged)
    frozen = freeze_frequencies(lake, AUGUST, on=date(2026, 9, 15), policy=policy)
    assert frequencies_in_force(lake, AUGUST) is None
    assert frequencies_in_force(lake, Month(2026, 9)) == frozen
    with duckdb.connect() as con:
        use_frozen(con, frozen)
        found = dict(con.execute("SELECT name_term, tf_name_term FROM old_frequencies").fetchall())
    added = policy.count("model_frequency_people_added")
    assert found["王秀英"] == pytest.approx(2 / (16 + added))
    assert len(found) == len(NAMES)
