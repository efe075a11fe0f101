"""What was paid in a month: a row per paying case, failures sent again, double payments, 临时救助."""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county import economy as eco
from console.county.draws import Bools, Draws, Floats
from console.county.readings import GRACE_MONTHS
from console.county.vital import Scene, day
from warehouse.months import Month

FAILED, RETURNED = 0.016, 0.006
SENT_AGAIN_AT_ONCE, SENT_AGAIN_LATER = 0.55, 0.30
TWICE = 0.006  # cases that are paid into two accounts, month after month
ONCE_TWICE = 0.0008  # and some by a slip, one month
GRACE_WRONG = 0.35  # of cases in grace that are paid half while the whole is due
_WRONG_SHARES = (91, 2, 2, 3, 2)  # paid as approved; too little; too much; off by less than anybody would ask
_WRONG_BY = (0.0, -45.0, 60.0, 0.4, -0.6)
TEMPORARY = 0.0022  # households with 临时救助 in a month
_BANKS = (621799, 621700, 622848, 623059)


def payment_rows(
    draws: Draws,
    frame: pd.DataFrame,
    words: np.ndarray,
    numbers: np.ndarray,
    alive: np.ndarray,
    month: Month,
) -> pd.DataFrame:
    """The month's payments of the roster's cases: person, case, number, word, amount, account, status.

    ``pay_month`` is the month; rows are in order of the roster. Failures are not yet sent again.
    """
    rows = frame.assign(word=words, number=numbers)
    sums = rows.groupby("case", sort=False)["amount"].sum(min_count=1)
    firsts = rows.drop_duplicates("case").set_index("case")
    firsts["amount"] = sums.reindex(firsts.index).round(2)
    paid = firsts[~firsts["kind"].isin([eco.EDGE, eco.RIGID])].reset_index()
    case = paid["case"].to_numpy()
    keys = (month.year, month.number)
    u = draws.uniform("pay/status", case, *keys)
    status = np.select([u < FAILED, u < FAILED + RETURNED], ["失败", "退回"], "成功").astype(object)
    # Who died and is still paid: some accounts are already closed, so nothing is overpaid.
    closed = ~alive[paid["applicant"].to_numpy()] & draws.chance("pay/closed", case, 0.22)
    status = np.where((paid["second"].to_numpy() == 2) | closed, "失败", status)
    result = pd.DataFrame(
        {
            "case": case,
            "person": paid["applicant"].to_numpy(),
            "number": paid["number"].to_numpy(),
            "word": paid["word"].to_numpy(),
            "amount": paid["amount"].to_numpy(),
            "account": accounts(draws, case, 0),
            "status": status,
            "hopeless": (paid["second"].to_numpy() == 2) | closed,
            "pay_month": str(month),
            "step": 0,
        }
    )
    twice = draws.chance("pay/twice", case, TWICE) | draws.chance("pay/slip", case, ONCE_TWICE, *keys)
    result["amount"] = _as_paid(draws, paid, twice, month)
    again = result[twice & (status == "成功")].copy()
    again["account"], again["step"] = accounts(draws, again["case"].to_numpy(), 1), 1
    whole: pd.DataFrame = pd.concat([result, again], ignore_index=True)
    return whole


def _as_paid(draws: Draws, paid: pd.DataFrame, twice: Bools, month: Month) -> Floats:
    """What is sent out: the approved sum; of some another one, and of some in grace half of it too early."""
    case, amount = paid["case"].to_numpy(), paid["amount"].to_numpy()
    since = paid["grace_from"].to_numpy().astype("datetime64[M]")
    months = (np.datetime64(str(month), "M") - since).astype(int)
    in_grace = ~np.isnat(since) & (months >= 0) & (months < GRACE_MONTHS)
    halved = in_grace & draws.chance("pay/halved", case, GRACE_WRONG)
    slip = np.where(in_grace | twice | (paid["second"] != 0), 0, draws.pick("pay/wrong", case, _WRONG_SHARES))
    sent = np.where(halved & ~twice, amount / 2, amount + np.array(_WRONG_BY)[slip])
    return np.asarray(np.round(np.maximum(sent, 5.0), 2))


def accounts(draws: Draws, ids: np.ndarray, which: int) -> np.ndarray:
    """A bank account for each id."""
    bank = np.array(_BANKS, dtype=np.int64)[draws.pick("pay/bank", ids, (5, 2, 2, 1), which)]
    tail = draws.whole("pay/account", ids, 0, 10**12, which)
    return np.asarray((bank * 10**12 + tail).astype(str).astype(object))


def sent_again(draws: Draws, rows: pd.DataFrame, month: Month, later: bool) -> pd.DataFrame:
    """Failures of that month that are paid in a second attempt, at once or (``later``) a month after."""
    failed = rows[(rows["status"] != "成功") & ~rows["hopeless"]]
    u = draws.uniform("pay/again", failed["case"].to_numpy(), month.year, month.number)
    at_once = u < SENT_AGAIN_AT_ONCE
    chosen = (~at_once & (u < SENT_AGAIN_AT_ONCE + SENT_AGAIN_LATER)) if later else at_once
    again = failed[chosen].copy()
    again["status"], again["step"] = "成功", 2
    again["account"] = accounts(draws, again["case"].to_numpy(), 2)
    return again


def temporary(
    draws: Draws, homes: pd.DataFrame, scene: Scene, number_of: np.ndarray, month: Month
) -> pd.DataFrame:
    """临时救助 of the month: one payment to the head of a household in sudden need, on top or alone."""
    number = homes.index.to_numpy()
    need = homes["need"].to_numpy()
    share = np.where(need < 0.12, TEMPORARY * 5, TEMPORARY * 0.5)
    at = number[draws.chance("pay/temporary", number, share, month.year, month.number)]
    head = homes["head"].to_numpy()[at]
    at, head = at[scene.here[head]], head[scene.here[head]]
    steps = draws.whole("pay/temporary-sum", at, 2, 17, month.year, month.number)
    serial = pd.Series(at).astype(str).str.zfill(7).to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "case": -1 - at,
            "person": head,
            "number": "L" + str(month).replace("-", "") + number_of[at] + serial,
            "word": "临时救助",
            "amount": steps * 300.0,
            "account": accounts(draws, head, 3),
            "status": "成功",
            "hopeless": False,
            "pay_month": str(month),
            "step": 0,
        }
    )


def payment_feed(scene: Scene, rows: pd.DataFrame) -> pd.DataFrame:
    """The delivery from its rows, with the collector as the row's person."""
    rows = rows.sort_values(["pay_month", "number", "step"], kind="stable", ignore_index=True)
    who = rows["person"].to_numpy()
    return pd.DataFrame(
        {
            "pay_month": rows["pay_month"],
            "case_no": rows["number"],
            "aid_type": rows["word"],
            "name": scene.people["name"].to_numpy()[who],
            "id_no": scene.people["id_no"].to_numpy()[who],
            "amount": rows["amount"].round(2),
            "bank_account": rows["account"],
            "pay_status": rows["status"],
            "_self": who,
            "_occurred": (day(scene.month, 15)).astype("datetime64[s]"),
        }
    )
