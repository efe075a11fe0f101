"""Truth of the rules on hardship that nobody answers: C02, C04, C05, C06, C07, C13.

Each function returns three masks over persons, as in ``findings_money``. Who is dead, or recorded dead while
alive, may be raised or not: the lists differ on when they hear of a death.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.draws import Bools, Ints
from console.county.findings_money import Verdicts
from console.county.readings import (
    EXTRA_CATEGORIES,
    EXTRA_LEVEL,
    HELPLESS_HEALTH,
    HELPLESS_LABOUR,
    INSTITUTION_AGE,
    LABOUR_AGE,
    LIVING_ALLOWANCE,
    LOST_LABOUR,
    MAIN_AIDS,
    NURSING_ALLOWANCE,
    SEVERE_ILLNESS,
    SEVERE_LEVELS,
    STABLE_PC_MONTH,
)
from console.county.sight import Sight

NEAR = 1.15  # a stable income so little above the line is a near miss
CENT = 0.005


def _gone(sight: Sight) -> Bools:
    """Dead, or recorded so by anybody."""
    return np.asarray(sight.is_dead | ~np.isnat(sight.recorded_on))


def _years(sight: Sight) -> Ints:
    """Everybody's whole years of age on the last day of the month."""
    born = pd.DatetimeIndex(sight.scene.people["birth_date"])
    today = pd.Timestamp(sight.scene.today)
    number = np.asarray(born.year * 10_000 + born.month * 100 + born.day, dtype=np.int64)
    return np.asarray((today.year * 10_000 + today.month * 100 + today.day - number) // 10_000)


def _severe_cards(sight: Sight) -> tuple[pd.DataFrame, np.ndarray]:
    """The month's cards, and which of them are severe."""
    cards = sight.feed("disability")
    level = cards["level"].astype(int)
    extra = (level == EXTRA_LEVEL) & cards["category"].isin(EXTRA_CATEGORIES)
    return cards, np.asarray(level.isin(SEVERE_LEVELS) | extra)


def off_the_list(sight: Sight) -> Verdicts:
    """C02, told by the case's applicant."""
    rows = sight.roster[sight.roster["aid"].isin(MAIN_AIDS)]
    listed = sight.mask(sight.rural["_self"].to_numpy())
    homes = np.zeros(len(sight.world.base.households), dtype=bool)
    homes[sight.scene.household[listed]] = True
    person = rows["_self"].to_numpy()
    cases = (
        rows.assign(
            is_listed=listed[person] | homes[sight.scene.household[person]],
            is_gone=_gone(sight)[person],
            is_rural=rows["aid_type"].str.contains("农村"),
        )
        .groupby("case_no")
        .agg(
            head=("_head", "first"),
            is_listed=("is_listed", "max"),
            is_gone=("is_gone", "min"),
            is_rural=("is_rural", "max"),
        )
    )
    head = cases["head"].to_numpy()
    off = ~cases["is_listed"].to_numpy(dtype=bool)
    rural, gone = cases["is_rural"].to_numpy(dtype=bool), cases["is_gone"].to_numpy(dtype=bool)
    return (
        sight.mask(head[rural & off & ~gone]),
        sight.mask(head[(rural & ~off) | (~rural & off)]),
        sight.mask(head[rural & off & gone]),
    )


def severely_ill(sight: Sight) -> Verdicts:
    """C04."""
    rows = pd.concat([sight.rural[["_self", "health"]], sight.roster[["_self", "health"]]])
    ill = sight.mask(rows.loc[rows["health"].isin(SEVERE_ILLNESS), "_self"].to_numpy())
    chronic = sight.mask(rows.loc[rows["health"] == "长期慢性病", "_self"].to_numpy())
    return _uncovered(sight, ill, near=chronic)


def severely_disabled(sight: Sight) -> Verdicts:
    """C05."""
    cards, hard = _severe_cards(sight)
    person = cards["_self"].to_numpy()
    return _uncovered(sight, sight.mask(person[hard]), near=sight.mask(person[~hard]))


def _uncovered(sight: Sight, hard: Bools, near: Bools) -> Verdicts:
    """Low-income people with this hardship who are on neither 低保 nor 特困."""
    covered = sight.on(*MAIN_AIDS)
    hit = hard & sight.low_income & ~covered
    unsure = (hard & ~covered & sight.unsure_income) | (hit & _gone(sight))
    return hit & ~unsure, (near & sight.low_income & ~covered) | (hard & covered), unsure


def without_labour(sight: Sight) -> Verdicts:
    """C06."""
    rows = sight.rural
    person = rows["_self"].to_numpy()
    size = rows.groupby("household_no")["_self"].transform("size").to_numpy()
    stable = (rows["income_wage"] + rows["income_business"] - rows["expense_business"]).to_numpy()
    line = STABLE_PC_MONTH * 12 * size
    lost = rows["labour"].isin(LOST_LABOUR).to_numpy()
    grown = _years(sight)[person] >= LABOUR_AGE
    covered, gone = sight.on(*MAIN_AIDS)[person], _gone(sight)[person]
    poor = stable < line - CENT
    hit = lost & grown & ~covered & poor
    near = (lost & ~covered & poor & ~grown) | (~lost & grown & ~covered & poor)
    near |= lost & grown & ((covered & poor) | (~covered & ~poor & (stable < NEAR * line)))
    unsure = (hit & gone) | (lost & grown & ~covered & (np.abs(stable - line) <= CENT))
    return sight.mask(person[hit & ~unsure]), sight.mask(person[near]), sight.mask(person[unsure])


def allowances(sight: Sight) -> Verdicts:
    """C07: either allowance."""
    cards, hard = _severe_cards(sight)
    person = cards["_self"].to_numpy()
    gone, unsure = _gone(sight)[person], sight.unsure_income[person]

    def wrong(column: str, due: np.ndarray, standard: float) -> np.ndarray:
        paid = cards[column].fillna(0.0).to_numpy()
        return np.asarray((due & (np.abs(paid - standard) > CENT)) | (~due & (paid > 0)))

    living = wrong("living_allowance", sight.low_income[person], LIVING_ALLOWANCE)
    nursing = wrong("nursing_allowance", hard, NURSING_ALLOWANCE)
    hit = (nursing | (living & ~unsure)) & ~gone
    either = (living | nursing) & gone | (unsure & ~nursing)
    return sight.mask(person[hit]), sight.mask(person[~living & ~nursing]), sight.mask(person[either])


def needs_a_place(sight: Sight) -> Verdicts:
    """C13."""
    rows = sight.roster[sight.roster["aid"] == "特困"]
    person = rows["_self"].to_numpy()
    cards, hard = _severe_cards(sight)
    reason = (_years(sight) >= INSTITUTION_AGE) | sight.mask(cards["_self"].to_numpy()[hard])
    frail = rows["health"].isin(HELPLESS_HEALTH) | rows["labour"].isin(HELPLESS_LABOUR)
    needy = reason[person] | frail.to_numpy()
    at_home = rows["aid_type"].str.contains("分散").to_numpy()
    gone = _gone(sight)[person]
    return (
        sight.mask(person[needy & at_home & ~gone]),
        sight.mask(person[needy != at_home]),
        sight.mask(person[needy & at_home & gone]),
    )
