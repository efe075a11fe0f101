"""Answers: what two agree on decides, what they dispute a third decides, and what cannot stand goes back."""

from datetime import date

import duckdb
import openpyxl
import pytest

from linkage.review.answers import Answer
from linkage.review.queue import cards_file, prepare_review
from linkage.review.settle import agreement, settle
from linkage.review.terms import FIRST, SECOND, THIRD, Terms
from tests.unit.linkage.review.answered_cards import ALL, AUGUST, DIFFERENT, SAME, UNSURE, read
from tests.unit.linkage.reviewed_village import PERSONS, linked_month
from warehouse.release.sealed import texts


def test_two_who_agree_decide(lake, month):
    month.hand(FIRST, ALL)
    assert read(lake, "decisions") == [], "one answer decides nothing"
    month.hand(SECOND, ALL)
    decisions = set(read(lake, "decisions", '"left", "right", verdict'))
    settled = {
        (str(key), PERSONS["zhang"], "must_not_link") for key in month.keys["medical_settlement 张志墙"]
    }
    assert decisions == settled | {
        (str(month.keys["hotline 王建国"][0]), PERSONS["king"], "must_link"),
        (str(month.keys["death 李秀蓝"][0]), PERSONS["li"], "must_link"),
        (str(month.keys["medical_enrolment 才让"][0]), PERSONS["mother"], "must_not_link"),
    }
    labels = read(
        lake, "labels", "person_id, verdict, purpose, rule, match_weight, grade, reviewers, adjudicated"
    )
    assert (PERSONS["king"], "same", "proposal", "L11", 6.9137, "review", 2, False) in labels
    assert len(labels) == 4


def test_a_person_of_this_month_is_named_by_its_description(lake, policy, tmp_path, month):
    """Its id is made by the very link that the decision may change."""
    keys = linked_month(lake)
    prepare_review(AUGUST, lake=lake, policy=policy)
    month.hand(FIRST, {"王建国": SAME})
    month.hand(SECOND, {"王建国": SAME})
    ((left, right),) = read(lake, "decisions", '"left", "right"')
    assert (left, right) == (str(keys["hotline 王建国"][0]), str(keys["medical_enrolment 王建国"][0]))


@pytest.mark.parametrize(
    ("one", "two", "third", "state", "verdict"),
    [
        (SAME, SAME, None, "decided", "must_link"),
        (DIFFERENT, DIFFERENT, None, "decided", "must_not_link"),
        (SAME, DIFFERENT, None, "to_adjudicate", None),
        (UNSURE, UNSURE, None, "to_adjudicate", None),
        (SAME, UNSURE, None, "to_adjudicate", None),
        (SAME, DIFFERENT, DIFFERENT, "decided", "must_not_link"),
        (UNSURE, UNSURE, SAME, "decided", "must_link"),
        (SAME, DIFFERENT, UNSURE, "decided", None),
        (SAME, None, None, "answered_once", None),
        (None, None, None, "waiting", None),
    ],
)
def test_what_becomes_of_a_card(lake, month, one, two, third, state, verdict):
    for seat, said in ((FIRST, one), (SECOND, two), (THIRD, third)):
        if said:
            month.hand(seat, {"王建国": said})
    assert month.states()["king"] == state
    assert [row[0] for row in read(lake, "decisions", "verdict")] == ([verdict] if verdict else [])
    labels = read(lake, "labels", "verdict, adjudicated, reviewers")
    assert len(labels) == (state == "decided")
    if third:
        assert labels[0][1:] == (True, 3)


def test_the_third_sees_the_words_and_not_who_or_what_score(lake, policy, month):
    month.hand(FIRST, {"王建国": SAME}, who="某甲员")
    month.hand(SECOND, {"王建国": DIFFERENT}, who="某乙员")
    path = cards_file(lake, AUGUST, Terms.of(AUGUST, policy), THIRD)
    found = "\n".join(text for _, text in texts(path))
    assert f"{SAME}\n说明{SAME}" in found
    assert f"{DIFFERENT}\n说明{DIFFERENT}" in found
    for secret in ("某甲员", "某乙员", "L11", "6.91", PERSONS["king"]):
        assert secret not in found
    month.hand(THIRD, {"王建国": SAME}, who="某裁员")
    assert not path.exists(), "nothing is left to decide"


def test_the_third_is_heard_only_where_two_disagree(lake, policy, month):
    month.hand(FIRST, {"王建国": SAME})
    month.hand(SECOND, {"王建国": DIFFERENT})
    third = month.fill(THIRD, {"王建国": SAME})
    book = openpyxl.load_workbook(third)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and "-裁定-" in cell.value:
                first = cards_file(lake, AUGUST, Terms.of(AUGUST, policy), FIRST)
                other = next(r for r in openpyxl.load_workbook(first).worksheets[0].iter_rows(values_only=True)
                             if r[2] and "才让" in str(r[2]))  # fmt: skip
                cell.value = other[-1].replace("-甲-", "-裁定-")
                sheet.cell(cell.row, 3).value = other[2]
    book.save(third)
    outcome = month.absorb(third)
    assert (outcome.counts["answers"], outcome.counts["refused"]) == (0, 1)


def test_answers_are_never_rewritten_and_a_rerun_changes_no_byte(lake, month):
    paths = [month.fill(FIRST, ALL), month.fill(SECOND, ALL | {"王建国": DIFFERENT})]
    month.absorb(*paths)
    files = sorted(
        path
        for path in lake.root.rglob("*.parquet")
        if path.parts[-3] in ("review_answers", "decisions", "labels")
    )
    before = [path.read_bytes() for path in files]
    assert len([path for path in files if "review_answers" in path.parts]) == 2, "a file a workbook"
    month.absorb(*paths)
    assert [path.read_bytes() for path in files] == before
    again = sorted(
        path
        for path in lake.root.rglob("*.parquet")
        if path.parts[-3] in ("review_answers", "decisions", "labels")
    )
    assert again == files


def test_cards_that_were_answered_stay_when_the_month_is_prepared_again(lake, policy, month):
    month.hand(FIRST, {"王建国": SAME})
    before = set(read(lake, "review_cards", "card_id"))
    con = duckdb.connect()
    review = f"{lake.root}/review/month=2026-08/review.parquet"
    con.execute(f"COPY (SELECT * FROM '{review}' WHERE rule = 'L13') TO '{review}.new' (FORMAT parquet)")
    con.close()
    (lake.root / "review/month=2026-08/review.parquet.new").rename(review)
    prepare_review(AUGUST, lake=lake, policy=policy)
    after = {(card, person) for card, person in read(lake, "review_cards", "card_id, person_id")}
    assert {person for _, person in after} == {PERSONS["li"], PERSONS["king"]}
    assert {(card,) for card, _ in after} <= before
    month.hand(SECOND, {"王建国": SAME})
    assert month.states()["king"] == "decided"


def test_overdue_is_told_only_against_a_day(lake, policy, month):
    terms = Terms.of(AUGUST, policy)
    month.hand(FIRST, {"王建国": SAME, "李秀蓝": SAME})
    month.hand(SECOND, {"李秀蓝": DIFFERENT})
    assert set(month.states().values()) == {"waiting", "answered_once", "to_adjudicate"}
    assert month.states(on=terms.due)["king"] == "answered_once", "the last day still counts"
    late = month.states(on=date.fromordinal(terms.due.toordinal() + 1))
    assert (late["king"], late["mother"], late["li"]) == ("overdue", "overdue", "to_adjudicate")
    assert set(month.states(on=date(2027, 1, 1)).values()) == {"overdue"}
    assert read(lake, "decisions") == [], "an overdue card stays a proposal"


def test_the_score_is_shown_only_when_all_is_answered(lake, month):
    result = lake.home / "review" / "2026-08" / "核对结果_2026-08.xlsx"
    month.hand(FIRST, ALL)
    month.hand(SECOND, ALL | {"王建国": DIFFERENT})
    assert not result.exists()
    month.hand(THIRD, {"王建国": DIFFERENT})
    found = "\n".join(text for _, text in texts(result))
    assert "L11" in found
    assert "6.91" in found
    assert "王建国" not in found, "the result names nobody"
    ((cards, both, agreed),) = read(
        lake, "review_results", "cards, answered_by_two, agreed", "cards DESC LIMIT 1"
    )
    assert (cards, both, agreed) == (4, 4, 3)


def test_whoever_has_seen_the_scores_is_not_heard(lake, policy, month):
    month.hand(FIRST, {"王建国": SAME})
    month.absorb(on=date(2027, 1, 1))
    assert (lake.home / "review" / "2026-08" / "核对结果_2026-08.xlsx").exists()
    outcome = month.hand(SECOND, {"王建国": SAME})
    assert (outcome.counts["answers"], outcome.counts["refused"]) == (0, 1)
    assert prepare_review(AUGUST, lake=lake, policy=policy).status == "nothing"


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        ([("same", "same")] * 5 + [("different", "different")] * 5, 1.0),
        ([("same", "same"), ("same", "different"), ("different", "same"), ("different", "different")], 0.0),
        # 20 of 25, 15 of 25: the book's example (Cohen: .7 observed, .5 by chance)
        ([("same", "same")] * 20 + [("same", "different")] * 5 + [("different", "same")] * 10
         + [("different", "different")] * 15, 0.4),
        ([("same", "same")] * 3, None),
        ([], None),
    ],
)  # fmt: skip
def test_agreement_beyond_chance(pairs, kappa):
    given = {}
    for number, (one, two) in enumerate(pairs):
        for seat, verdict in ((FIRST, one), (SECOND, two)):
            card = f"C{number:016d}"
            given[(card, seat)] = Answer(card, seat, verdict, "", "", seat, date(2026, 9, 1), "f", "s", 1)
    ids = {card for card, _ in given}
    found = agreement(settle(ids, given, due=date(2026, 9, 20), due_third=date(2026, 9, 30)))
    assert found.both == len(pairs)
    assert found.kappa == (None if kappa is None else pytest.approx(kappa))
