"""A month with its cards handed out."""

import shutil

import openpyxl
import pytest

from linkage.review.absorb import absorb_review
from linkage.review.queue import cards_file, prepare_review
from linkage.review.status import review_status
from linkage.review.terms import Terms
from tests.unit.linkage.review.answered_cards import AUGUST, read
from tests.unit.linkage.reviewed_village import PERSONS, answers, filled, linked_month
from warehouse.lake import Lake
from warehouse.policy import Policy, read_lines
from warehouse.settings import REPOSITORY


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A month whose cards are out, made once: the home and the keys of its descriptions."""
    lines = read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
    policy = Policy("*", AUGUST, {line.parameter: line for line in lines if line.region == "*"})
    lake = Lake(tmp_path_factory.mktemp("prepared") / "home")
    keys = linked_month(lake, known_since="2026-07")
    prepare_review(AUGUST, lake=lake, policy=policy)
    return lake.home, keys


@pytest.fixture
def month(lake, policy, tmp_path, prepared):
    """A copy of the prepared month; ``hand(seat, said)`` hands in a filled workbook."""
    home, keys = prepared
    shutil.copytree(home, lake.home)

    class Handed:
        def __init__(self):
            self.keys = keys

        def fill(self, seat, said, *, who=None, name=None, form=None):
            source = cards_file(lake, AUGUST, Terms.of(AUGUST, policy), seat)
            target = filled(source, tmp_path / "filled", form or answers(said), who=who or f"核对员{seat}")
            return target.rename(target.with_name(name)) if name else target

        def absorb(self, *paths, on=None):
            return absorb_review(AUGUST, returned=paths, lake=lake, policy=policy, on=on)

        def hand(self, seat, said, **more):
            return self.absorb(self.fill(seat, said, **more))

        def states(self, on=None):
            found = review_status(AUGUST, lake=lake, policy=policy, on=on)
            rows = dict(read(lake, "review_cards", "card_id, person_id"))
            return {next(n for n, p in PERSONS.items() if p == rows[one.card_id]): one.state for one in found}

        def slip(self):
            found = []
            for path in sorted((lake.home / "returns" / "2026-08").glob("*_退回单.xlsx")):
                sheet = openpyxl.load_workbook(path).active
                found += [(row[2], row[3]) for row in sheet.iter_rows(min_row=4, values_only=True)]
            return found

    return Handed()
