"""Truth of the rules on notices and gaps of service: C09, C10, C11, C12, R04.

Each function returns three masks over persons, as in ``findings_money``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.draws import Bools
from console.county.events import delivery_events
from console.county.findings_money import Verdicts
from console.county.readings import (
    ANSWER_HOURS,
    INFANT_MONTHS,
    JOBLESS_MONTHS,
    MAIN_AIDS,
    REPEAT_AIDS,
    REPEAT_MONTHS,
    SCHOOL_AGES,
    URGENT_HOURS,
    URGENT_WORDS,
)
from console.county.school import school_year
from console.county.sight import Sight
from console.county.vital import last_day


def child_not_in_school(sight: Sight) -> Verdicts:
    """C09."""
    age = _years_complete(sight, np.datetime64(f"{school_year(sight.month)}-09-01"))
    of_age = (age >= SCHOOL_AGES[0]) & (age <= SCHOOL_AGES[1])
    rows = sight.feed("education_enrolment")
    there = sight.mask(rows.loc[rows["state"].isin(["在籍", "休学", "转出"]), "_self"].to_numpy())
    edge = ((age == SCHOOL_AGES[0] - 1) | (age == SCHOOL_AGES[1] + 1)) & sight.low_income & ~there
    homes = np.zeros(len(sight.world.base.households), dtype=bool)
    homes[sight.scene.household[sight.low_income]] = True
    missing = of_age & ~there
    hit = missing & sight.low_income & ~_gone(sight) & ~sight.unsure_income
    either = missing & (homes[sight.scene.household] | sight.unsure_income) & ~hit
    away = sight.mask(rows.loc[rows["state"].isin(["休学", "转出"]), "_self"].to_numpy())
    return hit, edge | (away & of_age & sight.low_income), either


def not_insured(sight: Sight) -> Verdicts:
    """C10."""
    rows = sight.feed("medical_enrolment")
    rows = rows[(rows["year"] == sight.month.year) & (rows["status"] == "正常")]
    insured = sight.mask(rows["_self"].to_numpy())
    helped = sight.mask(rows.loc[rows["subsidy_class"].notna(), "_self"].to_numpy())
    worker = sight.mask(rows.loc[rows["insurance_type"] == "310", "_self"].to_numpy())
    lacking = sight.low_income & ~helped & ~worker
    born = sight.scene.people["birth_date"].to_numpy().astype("datetime64[M]")
    infant = born > np.datetime64(str(sight.month), "M") - INFANT_MONTHS - 1
    open_ = infant | _gone(sight) | ~sight.scene.here | sight.unsure_income
    on_list = sight.mask(sight.rural["_self"].to_numpy())
    near = (~sight.low_income & on_list & ~insured) | (sight.low_income & worker & ~helped)
    return lacking & ~open_, near, lacking & open_


def aid_again(sight: Sight) -> Verdicts:
    """C11: approvals are counted by their number, the payments of this month and the months before it."""
    rows = sight.payments[sight.payments["aid"] == "临时救助"]
    first = np.datetime64(str(sight.month), "M") - (REPEAT_MONTHS - 1)
    rows = rows[rows["pay_month"].to_numpy().astype("datetime64[M]") >= first]
    arrived = rows[rows["is_paid"]].groupby("_self")["case_no"].nunique()
    often = sight.mask(arrived.index[arrived >= REPEAT_AIDS].to_numpy())
    once = sight.mask(rows["_self"].to_numpy()) & ~often
    covered = sight.on(*MAIN_AIDS)
    hit = often & ~covered & ~_gone(sight)
    return hit, once | (often & covered), often & ~covered & ~hit


def newly_jobless(sight: Sight) -> Verdicts:
    """C12: the latest registration speaks; in a month whose list comes late nothing can be told."""
    rows = sight.feed("unemployment").sort_values("registered_on", kind="stable")
    rows = rows.drop_duplicates("_self", keep="last")
    since = rows["registered_on"].to_numpy().astype("datetime64[M]")
    months = (np.datetime64(str(sight.month), "M") - since).astype(int)
    inside = months < JOBLESS_MONTHS
    without = (rows["insured"] == "否").to_numpy()
    person = rows["_self"].to_numpy()
    covered = sight.on(*MAIN_AIDS)
    new = sight.mask(person[inside & without])
    hit = new & ~covered & ~_gone(sight)
    near = sight.mask(person[inside & ~without]) | sight.mask(person[without & (months == JOBLESS_MONTHS)])
    near |= new & covered
    if _is_late(sight, "unemployment"):
        return np.zeros_like(hit), np.zeros_like(hit), hit | near
    return hit, near, new & ~covered & ~hit


def not_answered(sight: Sight) -> Verdicts:
    """R04: tickets by the latest word on them; a flag is open until somebody answers it."""
    tickets = pd.concat([sight.seen("hotline"), sight.seen("declaration")], ignore_index=True)
    tickets = tickets.drop_duplicates("ticket_no", keep="last")
    flags = sight.seen("partner_flag")
    flags = flags.assign(
        received_at=flags["flagged_on"],
        need=flags["flag"] + flags["note"].fillna(""),
        state="办理中",
    )
    calls = pd.concat([tickets, flags], ignore_index=True)
    # All say the day alone: the clock runs from its end.
    days = last_day(sight.month) - calls["received_at"].to_numpy().astype("datetime64[D]")
    hours = days.astype("timedelta64[D]").astype(np.int64) * 24
    urgent = calls["need"].str.contains("|".join(URGENT_WORDS)).to_numpy()
    is_open = (calls["state"] != "已办结").to_numpy()
    late = hours > np.where(urgent, URGENT_HOURS, ANSWER_HOURS)
    person = calls["_self"].to_numpy()
    return (
        sight.mask(person[is_open & late]),
        sight.mask(person[~is_open | ~late]),
        np.zeros(len(sight.scene.people), dtype=bool),
    )


def _gone(sight: Sight) -> Bools:
    """Dead, or recorded so."""
    return np.asarray(sight.is_dead | ~np.isnat(sight.recorded_on))


def _years_complete(sight: Sight, on: np.datetime64) -> np.ndarray:
    """Whole years of life completed on a day; a birthday completes one."""
    born = pd.DatetimeIndex(sight.scene.people["birth_date"])
    when = pd.Timestamp(on)
    ahead = (born.month > when.month) | ((born.month == when.month) & (born.day > when.day))
    return np.asarray(when.year - born.year - ahead.astype(int))


def _is_late(sight: Sight, feed: str) -> bool:
    """Whether the month's delivery of a feed comes with the next month's."""
    number = sight.world.months.index(sight.month) + 1
    return delivery_events().get((feed, number)) == "late"
