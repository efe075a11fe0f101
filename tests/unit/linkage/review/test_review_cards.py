"""The cards: which pairs are asked about, in which order, and that a card tells nothing of what the machine thought."""

import re
from dataclasses import replace
from datetime import date

import duckdb
import openpyxl
import pytest

from linkage.review.answers import Answer
from linkage.review.queue import cards_file, prepare_review
from linkage.review.settle import decisions_of, label_of, settle
from linkage.review.terms import FIRST, SECOND, Terms
from tests.unit.linkage.reviewed_village import (
    KING_ID,
    PERSONS,
    WEIGHTS,
    linked_month,
    sampled,
)
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release.masking import exposed, mask_for
from warehouse.release.sealed import texts

AUGUST = Month(2026, 8)


def cards(lake: Lake) -> list[dict]:
    con = duckdb.connect()
    found = (
        con.execute(f"FROM '{lake.root}/review_cards/month=2026-08/*.parquet' ORDER BY card_id")
        .arrow()
        .read_all()
    )
    con.close()
    return found.to_pylist()


def changed(policy, **values):
    lines = dict(policy.lines)
    for parameter, value in values.items():
        lines[parameter] = replace(lines[parameter], value=value)
    return replace(policy, lines=lines)


def rows_of(lake, policy, seat):
    sheet = openpyxl.load_workbook(cards_file(lake, AUGUST, Terms.of(AUGUST, policy), seat)).worksheets[0]
    header = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "序号")
    words = [cell.value for cell in sheet[header]]
    return [
        dict(zip(words, (cell.value for cell in row), strict=True))
        for row in sheet.iter_rows(min_row=header + 1)
    ]


def test_who_is_asked_about(lake, policy):
    keys = linked_month(lake)
    outcome = prepare_review(AUGUST, lake=lake, policy=policy)
    asked = {(card["left_key"], card["person_id"]) for card in cards(lake)}
    assert asked == {
        (keys["hotline 王建国"][0], PERSONS["king"]),
        (keys["death 李秀蓝"][0], PERSONS["li"]),
        # whose number the row shows; of the person apart there is no second description
        (keys["medical_enrolment 才让"][0], PERSONS["mother"]),
        (min(keys["medical_settlement 张志墙"]), PERSONS["zhang"]),
    }
    assert outcome.counts["alone"] == 2, "a description beside nobody is no question"


def test_one_question_for_descriptions_of_one_name_and_number(lake, policy):
    keys = linked_month(lake)
    prepare_review(AUGUST, lake=lake, policy=policy)
    (card,) = [card for card in cards(lake) if card["person_id"] == PERSONS["zhang"]]
    assert {card["left_key"], *card["also_keys"]} == set(keys["medical_settlement 张志墙"])


def test_nobody_in_doubt_speaks_for_a_person(lake, policy):
    keys = linked_month(lake)
    prepare_review(AUGUST, lake=lake, policy=policy)
    by_person = {card["person_id"]: card["right_key"] for card in cards(lake)}
    assert by_person[PERSONS["king"]] == keys["medical_enrolment 王建国"][0]
    assert by_person[PERSONS["mother"]] == keys["medical_enrolment 卓玛措"][0], (
        "the one with the most to compare"
    )


def test_a_card_is_blind(lake, policy):
    """No score, no rule, no person id, no purpose or stratum, no word of a proposal in any part of any file."""
    keys = linked_month(lake)
    sampled(lake, keys["pension 卓玛措"][0], keys["medical_enrolment 卓玛措"][0], PERSONS["mother"])
    prepare_review(AUGUST, lake=lake, policy=policy)
    assert {card["purpose"] for card in cards(lake)} == {"proposal", "sample"}
    weights = [f"{weight:.{digits}f}" for weight in WEIGHTS.values() for digits in (1, 2, 4)]
    secret = re.compile(
        r"\bL\d\d\b|P[0-9a-f]{16}|proposal|sample|review|certain|stratum|提议|抽样|匹配分|比特|规则"
    )
    for seat in (FIRST, SECOND):
        for part, text in texts(cards_file(lake, AUGUST, Terms.of(AUGUST, policy), seat)):
            assert not secret.search(text), f"{part}: {text}"
            assert not any(weight in text for weight in weights), f"{part}: {text}"
    (card,) = [card for card in cards(lake) if card["purpose"] == "sample"]
    keyed = {row["卡号"].partition("-")[0] for row in rows_of(lake, policy, FIRST)}
    assert card["card_id"] in keyed, "the sample stands among the others"


def test_either_side_may_have_been_looking(lake, policy):
    """Which of the two stands above is drawn by the pair, not by who was looking for whom."""
    linked_month(lake)
    turned = []
    for number in range(1, 9):
        month = Month(2027, number)
        linked_month(lake, str(month))
        prepare_review(month, lake=lake, policy=policy)
        con = duckdb.connect()
        turned += con.execute(
            f"SELECT is_turned FROM '{lake.root}/review_cards/month={month}/*.parquet'"
        ).fetchall()
        con.close()
    share = sum(is_turned for (is_turned,) in turned) / len(turned)
    assert len(turned) == 32
    assert 0.25 < share < 0.75


def test_both_get_the_same_cards_in_another_order(lake, policy):
    keys = linked_month(lake)
    sampled(lake, keys["pension 卓玛措"][0], keys["medical_enrolment 卓玛措"][0], PERSONS["mother"])
    prepare_review(AUGUST, lake=lake, policy=policy)
    first, second = (
        [row["卡号"].partition("-")[0] for row in rows_of(lake, policy, seat)] for seat in (FIRST, SECOND)
    )
    assert sorted(first) == sorted(second)
    assert first != second


@pytest.mark.parametrize(
    ("cap", "kept"),
    [
        (1, {"mother"}),  # the sample: without it no error could be estimated
        (2, {"mother", "li"}),  # then whoever may be taken for dead
    ],
)
def test_the_sample_and_the_urgent_come_first(lake, policy, cap, kept):
    keys = linked_month(lake)
    sampled(lake, keys["pension 卓玛措"][0], keys["medical_enrolment 卓玛措"][0], PERSONS["mother"])
    outcome = prepare_review(AUGUST, lake=lake, policy=changed(policy, linkage_review_cards=str(cap)))
    assert {card["person_id"] for card in cards(lake)} == {PERSONS[name] for name in kept}
    assert outcome.counts["left_for_later"] == 5 - cap


def test_differences_are_marked_and_masks_are_kept(lake, policy):
    linked_month(lake)
    prepare_review(AUGUST, lake=lake, policy=policy)
    plain = "".join(text for _, text in texts(cards_file(lake, AUGUST, Terms.of(AUGUST, policy), FIRST)))
    assert KING_ID in plain, "two who compare numbers digit by digit see them whole"
    masked = changed(policy, **{"release.review.id_no": "masked"})
    prepare_review(AUGUST, lake=lake, policy=masked)
    mask = mask_for("review", masked)
    found = [text for _, text in texts(cards_file(lake, AUGUST, Terms.of(AUGUST, masked), FIRST))]
    assert not any(exposed(text, mask) for text in found)
    assert any("632321********" in text for text in found)
    assert any(text in {"兰", "蓝"} for text in found), "the character that differs is a run of its own"


def test_a_second_run_changes_no_byte(lake, policy):
    linked_month(lake)
    prepare_review(AUGUST, lake=lake, policy=policy)
    files = sorted(
        [*(lake.home / "review").rglob("*.xlsx"), *(lake.root / "review_cards").rglob("*.parquet")]
    )
    before = [path.read_bytes() for path in files]
    assert len(files) == 3
    prepare_review(AUGUST, lake=lake, policy=policy)
    assert [path.read_bytes() for path in files] == before


def test_a_month_that_is_not_linked_is_refused(lake, policy):
    with pytest.raises(Refused, match="not linked"):
        prepare_review(AUGUST, lake=lake, policy=policy)


def test_a_month_without_doubts_has_empty_workbooks(lake, policy):
    linked_month(lake)
    con = duckdb.connect()
    review = f"{lake.root}/review/month=2026-08/review.parquet"
    con.execute(f"COPY (SELECT * FROM '{review}' WHERE FALSE) TO '{review}.new' (FORMAT parquet)")
    con.close()
    (lake.root / "review/month=2026-08/review.parquet.new").rename(review)
    outcome = prepare_review(AUGUST, lake=lake, policy=policy)
    assert outcome.counts["cards"] == 0
    assert rows_of(lake, policy, FIRST) == []


def test_two_known_persons_are_compared_as_persons(lake, policy):
    """A flag that two persons look like one: its description speaks for a person, and is not itself in doubt."""
    keys = linked_month(lake, known_since="2026-07")
    con = duckdb.connect()
    review = f"{lake.root}/review/month=2026-08/review.parquet"
    con.execute(f"""
        COPY (SELECT * REPLACE ('{PERSONS["zhang"]}' AS proposed_person_id, 'L41' AS rule,
            {keys["medical_enrolment 王建国"][0]}::UBIGINT AS profile_key) FROM '{review}' WHERE rule = 'L11')
        TO '{review}.new' (FORMAT parquet)""")
    con.close()
    (lake.root / "review/month=2026-08/review.parquet.new").rename(review)
    prepare_review(AUGUST, lake=lake, policy=policy)
    (card,) = cards(lake)
    assert (card["left_person"], card["person_id"], card["was_known"]) == (
        PERSONS["king"],
        PERSONS["zhang"],
        True,
    )
    answer = Answer(card["card_id"], FIRST, "same", "", "", "某", date(2026, 9, 1), "f", "s", 1)
    given = {(card["card_id"], FIRST): answer, (card["card_id"], SECOND): replace(answer, seat=SECOND)}
    (settled,) = settle([card["card_id"]], given, due=date(2026, 9, 20), due_third=date(2026, 9, 30))
    (decision,) = decisions_of(card, settled)
    assert (decision["left"], decision["right"]) == (PERSONS["king"], PERSONS["zhang"])
    (decision,) = decisions_of(card | {"was_known": False}, settled)
    assert (decision["left"], decision["right"]) == (str(card["left_key"]), str(card["right_key"]))


@pytest.mark.parametrize(("verdict", "decided"), [("same", 0), ("different", 1)])
def test_a_sampled_link_that_is_confirmed_is_no_news(lake, policy, verdict, decided):
    keys = linked_month(lake, known_since="2026-07")
    sampled(lake, keys["pension 卓玛措"][0], keys["medical_enrolment 卓玛措"][0], PERSONS["mother"])
    prepare_review(AUGUST, lake=lake, policy=policy)
    (card,) = [card for card in cards(lake) if card["purpose"] == "sample"]
    answer = Answer(card["card_id"], FIRST, verdict, "", "", "某", date(2026, 9, 1), "f", "s", 1)
    given = {(card["card_id"], FIRST): answer, (card["card_id"], SECOND): replace(answer, seat=SECOND)}
    (settled,) = settle([card["card_id"]], given, due=date(2026, 9, 20), due_third=date(2026, 9, 30))
    assert len(decisions_of(card, settled)) == decided
    assert label_of(card, settled)["verdict"] == verdict
