"""Truth of the rules on what a household spends and earns: R02, R03. Told by its head.

Each function returns three masks over persons, as in ``findings_money``. Households are told apart as the files
tell them: by the number of the rural list, by the case number of the roster. Where a household has both, the
rural list's figures are those that a reader goes by.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.draws import Bools, Floats
from console.county.findings_money import Verdicts
from console.county.readings import (
    ENTITLEMENT_TOLERANCE,
    FALL_MONTHS,
    FALL_SHARE,
    GAP_MINIMUM,
    SPENDING_ANSWERED,
    SPENDING_CLASSES,
    SPENDING_MONTHS,
    STANDARD_PC_MONTH,
)
from console.county.sight import Sight
from console.county.vital import day

NEAR_SPENDING = 0.9  # of the income: spending so little below it is a near miss
UNSURE_YUAN = 1.0  # cents of rounding, over a household
SMALL_FALL = 0.08  # a fall of at least so much, and not enough, is a near miss


def _rural(sight: Sight) -> pd.DataFrame:
    """The month's rural list by household number: members, year's total, head, class of each."""
    rows = sight.rural
    first = rows.drop_duplicates("household_no").set_index("household_no")
    kept = first[["household", "income_pc_year", "class", "is_watched", "_head"]]
    return kept.assign(size=rows.groupby("household_no").size(), key="rural")


def _cases(sight: Sight) -> pd.DataFrame:
    """The month's roster by case: members of the family, yearly income per head, head, what was approved."""
    rows = sight.roster
    by_case = rows.groupby("case_no")
    first = by_case[["aid", "income_pc_month", "_head"]].first()
    listed = by_case.size()
    return first.assign(
        income_pc_year=first["income_pc_month"] * 12,
        household=sight.scene.household[first["_head"]],
        size=np.maximum(by_case["household_size"].first().astype(int), listed),
        listed=listed,
        approved=by_case["monthly_amount"].sum(min_count=1),
    )


def _gone(sight: Sight) -> Bools:
    """Dead, or recorded dead: where a list still names them, who counts and who answers may be told either way."""
    return np.asarray(sight.is_dead | ~np.isnat(sight.recorded_on))


def spending_above_income(sight: Sight) -> Verdicts:
    """R02."""
    rural, cases = _rural(sight), _cases(sight)
    homes = len(sight.world.base.households)
    at_home = sight.scene.household
    below = rural["income_pc_year"] < STANDARD_PC_MONTH * 12
    watched = rural[rural["is_watched"] & rural["class"].isin(SPENDING_CLASSES) & ~below]
    edge = cases[cases["aid"].isin(SPENDING_CLASSES)]
    answered = np.zeros(homes, dtype=bool)
    answered[at_home[sight.on(*SPENDING_ANSWERED)]] = True
    in_class = np.zeros(homes, dtype=bool)
    in_class[watched["household"]] = True
    in_class[at_home[sight.on(*SPENDING_CLASSES)]] = True
    # The rural list speaks for a household that it knows; of several numbers the poorer one.
    listed = rural[in_class[rural["household"]]]
    others = edge[~np.isin(edge["household"], rural["household"])]
    members = sight.rural[["household_no", "_self"]].rename(columns={"household_no": "number"})
    case_members = sight.roster[["case_no", "_self"]].rename(columns={"case_no": "number"})
    members = pd.concat([members, case_members.drop_duplicates()], ignore_index=True)
    found = pd.concat([listed, others]).drop_duplicates()
    by_row, by_settlement, own = _spent(sight, members, found.index)
    living = STANDARD_PC_MONTH * 12 * found["size"].to_numpy()
    income = np.round(found["income_pc_year"].to_numpy() * found["size"].to_numpy(), 2)
    total, total_too = own + by_row + living, own + by_settlement + living
    over, over_too = total > income, total_too > income
    home = found["household"].to_numpy()
    head = found["_head"].to_numpy()
    gone = _gone(sight)
    names_dead = found.index.isin(members.loc[gone[members["_self"]], "number"])
    unsure = (over != over_too) | (np.abs(total - income) < UNSURE_YUAN) | (names_dead & (over | over_too))
    # Who moved may stand in two households at once, and a household under several numbers has several heads.
    unsure |= (_mixed(sight) | _several(found, homes))[home] & (over | over_too)
    helped = answered[home]
    hit = over & ~helped & ~unsure
    near = (over & helped) | (~over & (total > NEAR_SPENDING * income))
    either = unsure & ~(helped & ~_several(found, homes)[home])
    return sight.mask(head[hit]), sight.mask(head[near]), sight.mask(head[either])


def _spent(sight: Sight, members: pd.DataFrame, numbers: pd.Index) -> tuple[Floats, Floats, Floats]:
    """Of each household number: medical burden by row and by settlement, school fees."""
    start = day(sight.month.plus(1 - SPENDING_MONTHS))
    by_row, by_settlement, _ = sight.burden(start)
    school = sight.feed("education_enrolment")
    school = school[school["state"] == "在籍"]
    fees = np.zeros(len(sight.scene.people))
    np.maximum.at(fees, school["_self"].to_numpy(), school["tuition_year"].fillna(0).to_numpy())
    who = members["_self"].to_numpy()
    alive = ~sight.is_dead[who]
    sums = pd.DataFrame(
        {"number": members["number"], "row": by_row[who] * alive, "net": by_settlement[who] * alive,
         "fee": fees[who] * alive}
    ).groupby("number").sum().reindex(numbers)  # fmt: skip
    return sums["row"].to_numpy(), sums["net"].to_numpy(), sums["fee"].to_numpy()


def _mixed(sight: Sight) -> Bools:
    """Households with somebody who belonged to another one when the span began."""
    people = sight.scene.people
    moved = sight.scene.household != people["household"].to_numpy()
    found = np.zeros(len(sight.world.base.households), dtype=bool)
    found[sight.scene.household[moved]] = True
    found[people["household"].to_numpy()[moved]] = True
    return found


def _several(found: pd.DataFrame, homes: int) -> Bools:
    return np.bincount(found["household"].to_numpy(), minlength=homes) > 1


def income_fell(sight: Sight) -> Verdicts:
    """R03."""
    earlier = [m for m in sight.world.months if sight.month.plus(-FALL_MONTHS) <= m < sight.month]
    n = len(sight.scene.people)
    none = np.zeros(n, dtype=bool)
    if not earlier:
        return none, none.copy(), none.copy()
    rural, cases = _rural(sight), _cases(sight)
    cases = cases[cases["aid"] == "低保"]
    on_dibao = np.zeros(len(sight.world.base.households), dtype=bool)
    on_dibao[sight.scene.household[sight.on("低保")]] = True
    names_dibao = sight.rural.loc[sight.on("低保")[sight.rural["_self"]], "household_no"]
    then = _oldest([Sight(sight.world, month) for month in earlier])
    both = pd.concat([rural, cases]).join(then, how="inner")
    total_now = both["income_pc_year"] * both["size"]
    whole = total_now / (both["pc_then"] * both["size_then"])
    per_head = both["income_pc_year"] / both["pc_then"]
    fall = np.asarray(1 - np.maximum(whole, per_head), dtype=np.float64)
    is_case = both["key"].isna().to_numpy()
    behind = both["income_pc_year"] / 12
    due = np.maximum(STANDARD_PC_MONTH - behind, GAP_MINIMUM) * both["listed"]
    missing = (due - both["approved"]).to_numpy()
    followed = is_case & (missing <= ENTITLEMENT_TOLERANCE)
    spoken_for = ~is_case & both.index.isin(names_dibao)
    fallen = fall > FALL_SHARE
    gone = _gone(sight)
    head = both["_head"].to_numpy()
    rows = pd.concat(
        [sight.rural[["household_no", "_self"]].set_axis(["number", "person"], axis=1),
         sight.roster[["case_no", "_self"]].set_axis(["number", "person"], axis=1)]
    )  # fmt: skip
    names_dead = both.index.isin(rows.loc[gone[rows["person"]], "number"])
    unsure = np.abs(fall - FALL_SHARE) < 0.002
    unsure = unsure | (is_case & fallen & (np.abs(missing - ENTITLEMENT_TOLERANCE) < 0.5))
    unsure |= fallen & (gone[head] | names_dead)
    # On the list without 低保 himself while his household is on it: whether they are one is for the links to say.
    unsure |= fallen & ~is_case & ~spoken_for & on_dibao[both["household"]]
    hit = fallen & ~followed & ~spoken_for & ~unsure
    near = (fallen & (followed | spoken_for)) | (~fallen & (fall > SMALL_FALL))
    return sight.mask(head[hit]), sight.mask(head[near]), sight.mask(head[unsure])


def _oldest(sights: list[Sight]) -> pd.DataFrame:
    """The oldest figure per head and size of each number, months in order."""
    parts = []
    for sight in sights:
        rural = sight.rural.groupby("household_no").agg(
            pc_then=("income_pc_year", "first"), size_then=("_self", "size")
        )
        roster = sight.roster.groupby("case_no").agg(
            pc_then=("income_pc_month", "first"),
            size_then=("household_size", "first"),
            listed=("_self", "size"),
        )
        roster["pc_then"] *= 12
        roster["size_then"] = np.maximum(roster["size_then"].astype(int), roster.pop("listed"))
        parts += [rural, roster]
    whole = pd.concat(parts)
    return whole[~whole.index.duplicated(keep="first")]
