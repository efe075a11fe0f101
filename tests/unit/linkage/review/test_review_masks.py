"""A card shows no more than its readers may see, wherever a number stands; and a piece of an ID is no phone."""

import pytest

from linkage.records import PROFILES
from linkage.review.card_words import Field, fields_of
from linkage.review.form import Card
from linkage.review.sides import Side
from linkage.review.terms import FIRST, Terms
from linkage.review.workbook import write_cards
from warehouse.errors import NotReleased
from warehouse.months import Month
from warehouse.release.masking import mask_for

AUGUST = Month(2026, 8)
PHONE = "13912345678"


def side(**told):
    return Side([{**dict.fromkeys(PROFILES), "feed": "pension", "role": "self", "first_month": "2026-08",
                  "last_month": "2026-08", **told}])  # fmt: skip


def written(tmp_path, policy, fields):
    path = tmp_path / "cards.xlsx"
    card = Card("C" + PHONE + "abcde", "隆务镇", fields)
    mask = mask_for("review", policy)
    write_cards(path, [card], seat=FIRST, month=AUGUST, terms=Terms.of(AUGUST, policy), mask=mask)
    return path


@pytest.mark.parametrize("column", ["id_seen", "phone", "name", "agency_key"])
def test_a_phone_is_masked_wherever_it_stands(policy, column):
    left = side(**{column: f"psn_no:{PHONE}" if column == "agency_key" else PHONE})
    fields = fields_of(left, side(name="王建国"), is_turned=False, mask=mask_for("review", policy))
    shown = " ".join(field.first for field in fields.values())
    assert PHONE not in shown
    assert "139****5678" in shown


def test_the_differing_piece_of_an_id_is_no_phone(tmp_path, policy):
    """The runs of a cell are looked at together: 632321|13912345678|X is one number."""
    mask = mask_for("review", policy)
    fields = fields_of(
        side(id_no=f"632321{PHONE}X"), side(id_no="632321" + "0" * 11 + "X"), is_turned=False, mask=mask
    )
    assert fields["id_no"].difference == "differs"
    assert written(tmp_path, policy, fields).exists()


def test_what_slips_through_is_not_written(tmp_path, policy):
    mask = mask_for("review", policy)
    fields = fields_of(side(name="王建国"), side(name="王建国"), is_turned=False, mask=mask)
    fields["home"] = Field("home", f"隆务镇 {PHONE}", "", "one_missing")
    with pytest.raises(NotReleased) as refused:
        written(tmp_path, policy, fields)
    assert PHONE not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
