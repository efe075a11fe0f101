"""Truth of the rules on illness and school aid: D03, C08, R01.

Each function returns three masks over persons, as in ``findings_money``.
"""

from __future__ import annotations

import numpy as np

from console.county.findings_money import Verdicts
from console.county.readings import (
    AID_STAGES,
    BURDEN_GENERAL,
    BURDEN_LOW_INCOME,
    BURDEN_MONTHS,
    LIFE_AFTER_DEATH_DAYS,
)
from console.county.school import school_year, school_year_words
from console.county.sight import Sight
from console.county.vital import day

NEAR_BURDEN = 0.85  # of the line


def life_after_death(sight: Sight) -> Verdicts:
    """D03."""
    nets = sight.net_settlements
    person = nets["person"].to_numpy()
    days = (nets["day"].to_numpy() - sight.recorded_on[person]).astype("timedelta64[D]").astype(float)
    late, anew = days > LIFE_AFTER_DEATH_DAYS, nets["anew"].to_numpy()
    hit = sight.mask(person[late & ~anew])
    either = sight.mask(person[late & anew]) | sight.is_wrongly_recorded
    rows = sight.settlements
    gross = (
        (rows["day"].to_numpy() - sight.recorded_on[rows["person"]]).astype("timedelta64[D]").astype(float)
    )
    near = sight.mask(rows["person"].to_numpy()[gross > 0])
    police = sight.feed("death")
    near |= sight.mask(police.loc[police["reason"] != "死亡", "_self"].to_numpy())
    school = sight.feed("education_enrolment")
    near_school = sight.mask(school.loc[school["state"] == "在籍", "_self"].to_numpy())
    recorded = ~np.isnat(sight.recorded_on)
    hit |= near_school & (sight.recorded_on + np.timedelta64(LIFE_AFTER_DEATH_DAYS, "D") < day(sight.month))
    either |= near_school & recorded
    paid = sight.payments[sight.payments["is_paid"]]
    at = paid["_self"].to_numpy()
    after = paid["pay_month"].to_numpy().astype("datetime64[M]") > sight.recorded_on[at].astype(
        "datetime64[M]"
    )
    either |= sight.mask(at[after])
    return hit, near, either


def burdened(sight: Sight) -> Verdicts:
    """R01."""
    by_row, by_settlement, gross = sight.burden(day(sight.month.plus(1 - BURDEN_MONTHS)))
    line = np.where(sight.low_income, BURDEN_LOW_INCOME, BURDEN_GENERAL)
    over, over_too = by_row > line, by_settlement > line
    unsure = (over != over_too) | (
        sight.unsure_income & (np.maximum(by_row, by_settlement) > BURDEN_LOW_INCOME)
    )
    unsure |= (over | over_too) & (sight.is_dead | ~np.isnat(sight.recorded_on))
    near = ~over & ((np.maximum(by_row, by_settlement) > NEAR_BURDEN * line) | (gross > line))
    return over & ~unsure, near, unsure


def student_without_aid(sight: Sight) -> Verdicts:
    """C08."""
    year = school_year_words(school_year(sight.month))
    aid = sight.feed("education_aid")
    aid = aid[aid["school_year"] == year]
    known = sight.mask(aid.loc[aid["amount"].notna(), "_self"].to_numpy())
    blank = sight.mask(aid.loc[aid["amount"].isna(), "_self"].to_numpy())
    rows = sight.feed("education_enrolment")
    enrolled = sight.mask(rows["_self"].to_numpy())
    due = sight.mask(rows.loc[(rows["state"] == "在籍") & rows["stage"].isin(AID_STAGES), "_self"].to_numpy())
    without = due & ~known & ~blank
    hit = without & sight.low_income
    unsure = without & (sight.unsure_income | (sight.low_income & sight.is_dead))
    on_list = sight.mask(sight.rural["_self"].to_numpy())
    near = due & blank & sight.low_income  # unknown, not a finding
    near |= enrolled & ~due & ~known & sight.low_income  # another stage, or away from school
    near |= without & ~sight.low_income & on_list  # 脱贫户, risk cleared, or above the line
    return hit & ~unsure, near, unsure
