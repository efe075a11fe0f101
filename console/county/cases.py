"""The cases of 低保 and 特困 as a month's files show them: the ground on which the truth about money stands."""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.readings import GAP_MINIMUM, STANDARD_PC_MONTH, TEKUN_HOUSED, TEKUN_SCATTERED
from console.county.sight import Sight, aid_class
from warehouse.months import Month


def cases(sight: Sight, month: Month | None = None) -> pd.DataFrame:
    """One row per case of 低保 or 特困 on a month's roster (this one's where none is given).

    ``case_no`` (index), ``head, aid, insured, household, income_pc, approved, computed, since`` (the month in
    which grace began), ``months`` of grace gone by at the sight's month (NaN without a grace).
    """
    frame = sight.world.feed("assistance_roster", month or sight.month)
    frame = frame.assign(aid=aid_class(frame["aid_type"]))
    frame = frame[frame["aid"].isin(["低保", "特困"])]
    housed = frame["aid_type"].str.contains("集中")
    frame["computed"] = np.where(
        frame["aid"] == "特困",
        np.where(housed, TEKUN_HOUSED, TEKUN_SCATTERED),
        np.maximum(STANDARD_PC_MONTH - frame["income_pc_month"], GAP_MINIMUM),
    )
    told = frame.groupby("case_no", sort=True).agg(
        head=("_head", "first"),
        aid=("aid", "first"),
        insured=("insured_size", "first"),
        household=("household_size", "first"),
        income_pc=("income_pc_month", "first"),
        approved=("monthly_amount", "sum"),
        computed=("computed", "sum"),
        since=("grace_from", "min"),
    )
    now = np.datetime64(str(sight.month), "M")
    since = told["since"].to_numpy().astype("datetime64[M]")
    gone = (now - since).astype("timedelta64[M]").astype(float)
    return told.assign(since=since.astype("datetime64[s]"), months=np.where(np.isnat(since), np.nan, gone))


def paid(sight: Sight, month: Month | None = None) -> pd.DataFrame:
    """What arrived for a month by case: ``amount, times``; 临时救助 apart."""
    rows = sight.payments
    rows = rows[
        rows["is_paid"] & (rows["aid"] != "临时救助") & (rows["pay_month"] == str(month or sight.month))
    ]
    return rows.groupby("case_no").agg(amount=("amount", "sum"), times=("amount", "size"))


def with_payment(sight: Sight, told: pd.DataFrame) -> pd.DataFrame:
    """The cases with this month's ``amount`` (NaN: nothing arrived) and ``times``."""
    return told.join(paid(sight), how="left").fillna({"times": 0})


def members(sight: Sight, month: Month) -> pd.DataFrame:
    """``case_no`` and ``person`` of a month's 低保 and 特困."""
    frame = sight.world.feed("assistance_roster", month)
    frame = frame[aid_class(frame["aid_type"]).isin(["低保", "特困"])]
    return frame[["case_no", "_self"]].rename(columns={"_self": "person"}).drop_duplicates()
