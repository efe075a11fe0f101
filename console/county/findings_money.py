"""Truth of the rules on rosters and payments: D01, D02, Q01, Q02, M01, C01, C03.

Each function takes what the files show and returns three masks over persons: must be raised, must not be
(a near miss), either answer can be defended. Where masks overlap, must beats either beats must not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.cases import cases, members, with_payment
from console.county.draws import Bools
from console.county.readings import (
    ALL_AIDS,
    ENTITLEMENT_TOLERANCE,
    GRACE_MONTHS,
    LOW_INCOME_PC_YEAR,
    MEANS_TEST_MONTHS,
    STANDARD_PC_MONTH,
)
from console.county.sight import Sight
from console.county.vital import day

Verdicts = tuple[Bools, Bools, Bools]
ROUNDED = 0.3  # yuan within which rounding by head or by household decides
NEAR = 1.08  # an income so little above the line is a near miss


def _other_reason(sight: Sight) -> Bools:
    """Cancelled by the police while alive, and not recorded dead anywhere."""
    police = sight.feed("death")
    other = sight.mask(police.loc[police["reason"] != "死亡", "_self"].to_numpy())
    return np.asarray(other & np.isnat(sight.recorded_on))


def paid_after_death(sight: Sight) -> Verdicts:
    """D01."""
    rows = sight.payments
    person = rows["_self"].to_numpy()
    died = sight.recorded_on[person]
    month = rows["pay_month"].to_numpy().astype("datetime64[M]")
    after = month > died.astype("datetime64[M]")
    in_month = month == died.astype("datetime64[M]")
    paid = rows["is_paid"].to_numpy()
    hit = sight.mask(person[after & paid])
    near = sight.mask(person[(after & ~paid) | in_month]) | (_other_reason(sight) & sight.mask(person[paid]))
    return hit & ~sight.is_wrongly_recorded, near, hit & sight.is_wrongly_recorded


def on_roster_after_death(sight: Sight) -> Verdicts:
    """D02."""
    listed = sight.mask(sight.roster["_self"].to_numpy())
    before = sight.recorded_on < day(sight.month)
    in_month = sight.recorded_on >= day(sight.month)
    near = listed & (in_month | _other_reason(sight))
    hit = listed & before
    return hit & ~sight.is_wrongly_recorded, near, hit & sight.is_wrongly_recorded


def paid_twice(sight: Sight) -> Verdicts:
    """Q01."""
    rows = sight.payments[sight.payments["aid"] != "临时救助"]
    good = rows[rows["is_paid"]]
    now = good[good["pay_month"] == str(sight.month)]
    members = sight.roster[["case_no", "_self"]].drop_duplicates()
    counted = members.groupby("_self")["case_no"].size()
    several = members[members["_self"].isin(counted.index[counted > 1])]

    def both(paid: pd.DataFrame) -> np.ndarray:
        hits = several[several["case_no"].isin(paid["case_no"])].groupby("_self")["case_no"].nunique()
        return np.asarray(hits.index[hits > 1], dtype=np.int64)

    def doubled(paid: pd.DataFrame) -> pd.DataFrame:
        counts = paid.groupby(["case_no", "pay_month"]).agg(
            accounts=("bank_account", "nunique"), who=("_self", "first")
        )
        return counts[counts["accounts"] > 1].reset_index()

    today, ever = doubled(now), doubled(good)
    hit = sight.mask(both(now)) | sight.mask(today["who"].to_numpy())
    either = sight.mask(ever["who"].to_numpy())
    either |= sight.mask(members.loc[members["case_no"].isin(ever["case_no"]), "_self"].to_numpy())
    for _, earlier in good.groupby("pay_month"):
        either |= sight.mask(both(earlier))
    temporary = sight.payments[sight.payments["aid"] == "临时救助"]
    failed = rows[~rows["is_paid"]]
    near = sight.mask(several["_self"].to_numpy())
    near |= sight.mask(temporary["_self"].to_numpy()) & sight.mask(now["_self"].to_numpy())
    near |= sight.mask(failed["_self"].to_numpy())
    return hit, near, either


def paid_is_not_due(sight: Sight) -> Verdicts:
    """Q02, told by the applicant; open near the tolerance, for cases paid twice, and above the standard."""
    told = with_payment(sight, cases(sight)).dropna(subset=["amount"])
    in_grace = (told["months"] >= 0) & (told["months"] < GRACE_MONTHS)
    wrong_paid = (told["amount"] - told["approved"]).abs()
    wrong_sum = (told["approved"] - told["computed"]).abs()
    # A whole household above the standard is asked about by G01; how much it should get is another question.
    whole = (told["aid"] == "低保") & (told["insured"] >= told["household"])
    wrong_sum = wrong_sum.mask(whole & (told["income_pc"] > STANDARD_PC_MONTH), 0.0)
    worst = pd.concat([wrong_paid, wrong_sum], axis=1).max(axis=1)
    twice = told["times"] > 1
    head = told["head"].to_numpy()

    def heads(mask: pd.Series) -> Bools:
        return sight.mask(head[mask.to_numpy()])

    return (
        heads(~in_grace & ~twice & (worst > ENTITLEMENT_TOLERANCE + ROUNDED)),
        heads(in_grace | (~twice & (worst < ENTITLEMENT_TOLERANCE - ROUNDED))),
        heads(~in_grace & (twice | ((worst - ENTITLEMENT_TOLERANCE).abs() <= ROUNDED))),
    )


def verdict_on_paid(sight: Sight) -> Verdicts:
    """M01, told by the applicant; open where the one found out is of the household and not of the case."""
    tests = sight.seen("means_test")
    tests = tests.assign(rich=tests["verdict"] == "疑似超标", on=tests["checked_on"].to_numpy())
    # The latest report speaks; of two on one day the graver.
    tests = tests.sort_values(["on", "rich"], kind="stable").drop_duplicates("_self", keep="last")
    first = day(sight.month.plus(1 - MEANS_TEST_MONTHS))
    rich = tests[tests["rich"]]
    recent = rich["on"].to_numpy().astype("datetime64[D]") >= first
    found, stale = (
        sight.mask(rich.loc[recent, "_self"].to_numpy()),
        sight.mask(rich.loc[~recent, "_self"].to_numpy()),
    )
    clean = sight.mask(tests.loc[~tests["rich"], "_self"].to_numpy())
    told = with_payment(sight, cases(sight))
    rows = members(sight, sight.month).assign(
        head=lambda each: told["head"].reindex(each["case_no"]).to_numpy()
    )
    is_paid = rows["case_no"].isin(told.index[told["amount"].notna()]).to_numpy()
    who, head = rows["person"].to_numpy(), rows["head"].to_numpy()
    homes = np.zeros(len(sight.world.base.households), dtype=bool)
    homes[sight.scene.household[found]] = True
    return (
        sight.mask(head[is_paid & found[who]]),
        sight.mask(head[~is_paid & found[who]]) | sight.mask(head[(stale | clean)[who]]),
        sight.mask(head[is_paid & homes[sight.scene.household[who]]]),
    )


def _only_the_dead(sight: Sight) -> np.ndarray:
    """Households whose only names on a roster are of dead people."""
    on = sight.on(*ALL_AIDS)
    living = np.zeros(len(sight.world.base.households), dtype=bool)
    living[sight.scene.household[on & ~sight.is_dead]] = True
    return np.asarray(sight.helped_homes & ~living)


def watched_without_aid(sight: Sight) -> Verdicts:
    """C01: each person on the list."""
    rows = sight.rural
    person, home = rows["_self"].to_numpy(), rows["household"].to_numpy()
    income = rows["income_pc_year"].to_numpy()
    poor, watched = income < LOW_INCOME_PC_YEAR, rows["is_watched"].to_numpy()
    helped = sight.helped_homes[home]
    either = (
        watched
        & (sight.unsure_income[person] | _only_the_dead(sight)[home])
        & (income < NEAR * LOW_INCOME_PC_YEAR)
    )
    hit = watched & poor & ~helped & ~either
    near = (poor & ~hit) | (watched & ~helped & (income < NEAR * LOW_INCOME_PC_YEAR))
    return sight.mask(person[hit]), sight.mask(person[near]), sight.mask(person[either])


def poor_not_assessed(sight: Sight) -> Verdicts:
    """C03: households, told by their head."""
    rows = sight.rural.drop_duplicates("household")
    head, home = rows["_head"].to_numpy(), rows["household"].to_numpy()
    income = rows["income_pc_year"].to_numpy()
    poor, helped = income < LOW_INCOME_PC_YEAR, sight.helped_homes[home]
    either = (np.abs(income - LOW_INCOME_PC_YEAR) < 0.13) | (poor & _only_the_dead(sight)[home])
    hit = poor & ~helped & ~either
    near = (poor & helped) | (~poor & ~helped & (income < NEAR * LOW_INCOME_PC_YEAR))
    return sight.mask(head[hit]), sight.mask(head[near]), sight.mask(head[either])
