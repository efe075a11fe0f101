"""Hashes instead of chance, and the table of mistakes."""

from __future__ import annotations

import numpy as np

from console.county import date_dirt, id_dirt, name_dirt, place_dirt
from console.county.dirt_table import Dice, Mistake, read_dirt
from console.county.hashing import draw, salt, share, splitmix64
from warehouse.intake.contract import contracts

WHO = np.arange(20_000, dtype=np.int64)
ELSEWHERE = {
    "moved_household",
    "cadre_phone",
    "newborn_without_id",
    "newborn_without_name",
    "id_two_in_cell",
    "id_name_swapped",
    "name_rare",
    "name_rare_lost",
    "psn_no_second",
    "psn_no_reused",
    "card_reissued",
    "event_repeated",
    "bytes_undecodable",
    "money_thousands",
}
KNOWN = (
    ELSEWHERE
    | id_dirt.VALUES.keys()
    | id_dirt.FORMS.keys()
    | id_dirt.BORROWED.keys()
    | name_dirt.KINDS.keys()
    | name_dirt.ON_TOP.keys()
    | place_dirt.KINDS.keys()
    | date_dirt.KINDS.keys()
)


def _dice(month: str, *mistakes: Mistake, agency: str = "民政", feed: str = "assistance_roster") -> Dice:
    return Dice(1, agency, feed, month, list(mistakes))


def test_splitmix64_is_the_published_one() -> None:
    assert int(splitmix64(np.zeros(1, dtype=np.uint64))[0]) == 0xE220A8397B1DCDAF


def test_draws_are_even_and_hang_on_every_key() -> None:
    bits = draw(salt("a", 1), WHO)
    assert abs(share(bits).mean() - 0.5) < 0.01
    assert (bits != draw(salt("a", 2), WHO)).all()
    assert (bits != draw(salt("a", 1), WHO, WHO)).all()
    assert (bits == draw(salt("a", 1), WHO)).all()


def test_persistent_mistakes_stay_and_fresh_ones_change() -> None:
    stays = Mistake("民政", "*", "id_missing", "persistent", 0.1, "")
    changes = Mistake("民政", "*", "id_missing", "fresh", 0.1, "")
    for mistake, is_same in ((stays, True), (changes, False)):
        august = _dice("2026-08", mistake).hits("id_missing", WHO, WHO)
        september = _dice("2026-09", mistake).hits("id_missing", WHO, WHO + 17)
        assert abs(august.mean() - 0.1) < 0.01
        assert bool((august == september).all()) is is_same


def test_an_agencys_mistake_is_the_same_in_its_other_feeds_and_not_in_another_agency() -> None:
    mistakes = [Mistake(agency, "*", "id_missing", "persistent", 0.1, "") for agency in ("民政", "医保")]
    roster = _dice("2026-08", *mistakes).hits("id_missing", WHO, WHO)
    payment = _dice("2026-08", *mistakes, feed="assistance_payment").hits("id_missing", WHO, WHO)
    other = _dice("2026-08", *mistakes, agency="医保").hits("id_missing", WHO, WHO)
    assert (roster == payment).all() and (roster != other).any()


def test_the_closest_row_of_the_table_counts_and_nobody_is_never_struck() -> None:
    wide = Mistake("民政", "*", "id_missing", "fresh", 0.5, "")
    close = Mistake("民政", "assistance_roster", "id_missing", "fresh", 0.0, "")
    assert not _dice("2026-08", close, wide).has("id_missing")
    assert not _dice("2026-08", wide).hits("id_missing", np.full(100, -1), np.arange(100)).any()


def test_the_table_and_the_code_know_the_same_kinds() -> None:
    table = read_dirt()
    assert {mistake.kind for mistake in table} == KNOWN
    feeds = {"*", *contracts()}
    agencies = {"*", *(contract.agency.split("/")[0] for contract in contracts().values())}
    for mistake in table:
        assert mistake.feed in feeds and mistake.agency in agencies
        assert mistake.persistence in ("persistent", "fresh") and 0 <= mistake.rate < 1
    keys = [(one.agency, one.feed, one.kind, one.persistence) for one in table]
    assert len(keys) == len(set(keys))


def test_health_insurance_is_cleaner_than_the_villages_rosters() -> None:
    slips = ("id_one_digit", "id_adjacent_swap", "id_fullwidth", "id_quote", "id_excel15", "id_missing")
    rates = {
        agency: sum(
            one.rate for one in read_dirt() if one.agency == agency and one.feed == "*" and one.kind in slips
        )
        for agency in ("民政", "医保")
    }
    assert rates["医保"] < rates["民政"] / 2
