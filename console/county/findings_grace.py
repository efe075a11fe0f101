"""Truth of the rules on grace: G01 to G05, told by the case's applicant.

Each function returns three masks over persons: must be raised, must not be, either can be defended.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.cases import cases, members, paid, with_payment
from console.county.draws import Bools
from console.county.readings import ENTITLEMENT_TOLERANCE, GRACE_MONTHS, STANDARD_PC_MONTH
from console.county.sight import Sight
from console.county.vital import day, last_day

Verdicts = tuple[Bools, Bools, Bools]
HALF_A_CENT = 0.006


def _by_head(sight: Sight, told: pd.DataFrame, *masks: pd.Series) -> Verdicts:
    yes, no, either = (sight.mask(told.loc[mask, "head"].to_numpy()) for mask in masks)
    return yes, no, either


def _on_dibao(sight: Sight) -> pd.DataFrame:
    told = with_payment(sight, cases(sight))
    return told[told["aid"] == "低保"]


def income_risen(sight: Sight) -> Verdicts:
    """G01; open where some of the household are not insured and it is more than one who is."""
    told = _on_dibao(sight)
    is_paid, no_grace = told["amount"].notna(), told["since"].isna()
    whole = told["insured"] >= told["household"]
    single = (told["insured"] == 1) & ~whole
    above = told["income_pc"] > STANDARD_PC_MONTH + HALF_A_CENT
    rounded = (told["income_pc"] - STANDARD_PC_MONTH).abs() <= HALF_A_CENT
    yes = is_paid & no_grace & whole & above
    either = is_paid & no_grace & ((~whole & ~single & above) | rounded)
    return _by_head(sight, told, yes, ~yes & ~either, either)


def paid_after_grace(sight: Sight) -> Verdicts:
    """G02; open in the first month after the last of the grace."""
    told = _on_dibao(sight).dropna(subset=["since"])
    is_paid = told["amount"].notna()
    return _by_head(
        sight,
        told,
        is_paid & (told["months"] > GRACE_MONTHS),
        (told["months"] < GRACE_MONTHS) | ~is_paid,
        is_paid & (told["months"] == GRACE_MONTHS),
    )


def _in_grace(told: pd.DataFrame) -> pd.DataFrame:
    return told[(told["aid"] == "低保") & (told["months"] >= 0) & (told["months"] < GRACE_MONTHS)]


def _all_gone(sight: Sight, told: pd.DataFrame, until: np.datetime64, how: str) -> pd.Series:
    """Whether ``all`` or ``any`` of the members are recorded dead before that day."""
    rows = members(sight, sight.month)
    dead = pd.Series(sight.recorded_on[rows["person"].to_numpy()] < until, index=rows["case_no"])
    found = dead.groupby(level=0).all() if how == "all" else dead.groupby(level=0).any()
    return found.reindex(told.index, fill_value=False)


def wrong_in_grace(sight: Sight) -> Verdicts:
    """G03: paid another amount (open where months before the grace tell another original), or stopped early."""
    told = _in_grace(with_payment(sight, cases(sight)))
    off = (told["amount"] - told["approved"]).abs() > ENTITLEMENT_TOLERANCE
    is_paid = told["amount"].notna()
    either = is_paid & ((told["times"] > 1) | _original_differs(sight, told))
    excepted = _all_gone(sight, told, day(sight.month), "all")
    yes, no, open_ = _by_head(
        sight, told, is_paid & off & ~either & ~excepted, ~is_paid | ~off, either | excepted
    )
    stopped, explained = _stopped(sight)
    return yes | stopped, no | explained, open_


def _original_differs(sight: Sight, told: pd.DataFrame) -> pd.Series:
    """Whether a payment of the span before the grace was not what the roster approves now."""
    differs = pd.Series(False, index=told.index)
    for month in [m for m in sight.world.months if m < sight.month]:
        before = paid(sight, month)["amount"].reindex(told.index)
        earlier = told["since"].to_numpy().astype("datetime64[M]") > np.datetime64(str(month), "M")
        differs |= earlier & ((before - told["approved"]).abs() > HALF_A_CENT)
    return differs


def _stopped(sight: Sight) -> tuple[Bools, Bools]:
    """Heads of last month's cases in grace that are gone: without a reason, and with one."""
    if sight.month <= sight.world.months[0]:
        return sight.mask(np.array([])), sight.mask(np.array([]))
    last = sight.month.previous
    told = _in_grace(cases(sight, last))
    here, now = members(sight, sight.month), paid(sight)
    told = told[~told.index.isin(here["case_no"])]
    rows = members(sight, last)
    rows = rows[rows["case_no"].isin(told.index)]
    died = sight.recorded_on[rows["person"].to_numpy()] <= last_day(sight.month)
    moved = rows["person"].isin(here["person"]).to_numpy()
    reasons = pd.Series(died | moved, index=rows["case_no"]).groupby(level=0).any()
    reason = reasons.reindex(told.index, fill_value=False) | told.index.isin(now.index)
    head = told["head"].to_numpy()
    return sight.mask(head[~reason.to_numpy()]), sight.mask(head[reason.to_numpy()])


def excepted_in_grace(sight: Sight) -> Verdicts:
    """G04: all of a case recorded dead before the month, in grace and paid; open for wrong entries."""
    told = _on_dibao(sight)
    is_paid = told["amount"].notna()
    in_grace = (told["months"] >= 0) & (told["months"] < GRACE_MONTHS)
    gone = _all_gone(sight, told, day(sight.month), "all")
    some = _all_gone(sight, told, last_day(sight.month), "any")
    wrong = pd.Series(sight.is_wrongly_recorded[told["head"].to_numpy()], index=told.index)
    return _by_head(
        sight,
        told,
        in_grace & is_paid & gone & ~wrong,
        (some & in_grace & ~gone) | (gone & ~(in_grace & is_paid)),
        in_grace & is_paid & gone & wrong,
    )


def listed_while_frozen(sight: Sight) -> Verdicts:
    """G05: the demo county's exits are not frozen, so nobody whom G01 or G02 names may be listed."""
    risen, late = income_risen(sight), paid_after_grace(sight)
    nobody = sight.mask(np.array([]))
    return nobody, risen[0] | late[0] | late[2], nobody
