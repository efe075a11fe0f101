"""医保: who is insured this year and who pays for it, and what treatment cost whom.

A settlement's total is always what the basic fund, the critical-illness fund, medical assistance and the
person paid together. Some are reversed, in the three ways of real files: a second row with state 0, the
same with negative money, or a negative row of its own; most reversed ones are settled anew.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.blanks import kept
from console.county.draws import Draws, Ints
from console.county.identity import agency_numbers
from console.county.vital import Scene, day
from warehouse.months import Month

_DAY = np.timedelta64(1, "D")
INSURED = 0.972
PREMIUM = {2025: 400.0, 2026: 400.0, 2027: 420.0}  # own share of the residents' premium, yuan a year
REVERSED = 0.022
CARE = np.array(["普通门诊", "门诊慢特病", "住院"], dtype=object)
_CENTS = 2


def psn_no(person: Ints) -> np.ndarray:
    """人员编号 of each person."""
    return np.asarray("6323" + agency_numbers(person, 12, 7))


def enrolment_feed(
    draws: Draws,
    scene: Scene,
    subsidy: np.ndarray,
    addresses: np.ndarray,
    villages: pd.DataFrame,
    gone_on: np.ndarray,
    ids: np.ndarray,
) -> pd.DataFrame:
    """参保: everybody insured this year, and for a while those who died or left.

    ``subsidy`` is the class under which the premium is paid for a person (None: own premium); ``gone_on``
    when an agency hears of a death; ``ids`` the ID of each person or None.
    """
    n = len(scene.people)
    number = np.arange(n)
    year = scene.month.year
    age = scene.age
    died = scene.people["died_on"].to_numpy().astype("datetime64[D]")
    left = scene.people["left_on"].to_numpy().astype("datetime64[D]")
    heard = gone_on[:n] <= scene.today
    since = (scene.today - np.where(np.isnat(died), left, died)).astype("timedelta64[D]").astype(float)
    recent = ~(since > 300)
    is_subsidised = pd.notna(subsidy)
    worker = draws.chance("medical/worker", number, np.interp(age, (21, 25, 58, 62), (0, 0.09, 0.09, 0.06)))
    joins = draws.chance("medical/insured", number, np.where(is_subsidised, 0.988, INSURED), year)
    on = recent & (joins | worker) & (age > 0.05)
    status = np.select(
        [heard & ~scene.alive, ~np.isnat(left) & (left <= scene.today)], ["终止", "暂停"], "正常"
    ).astype(object)
    person = np.flatnonzero(on)
    people = scene.people.iloc[person]
    is_worker = worker[person]
    premium = PREMIUM.get(year, PREMIUM[2027])
    is_free = subsidy[person] == "特困人员"
    own = np.select([is_worker, is_free, is_subsidised[person]], [np.nan, 0.0, premium * 0.4], premium)
    return pd.DataFrame(
        {
            "psn_no": psn_no(person),
            "name": people["name"].to_numpy(),
            "id_type": "居民身份证",
            "id_no": ids[person],
            "sex": np.where(people["is_male"].to_numpy(), "男", "女").astype(object),
            "birth_date": people["birth_date"].to_numpy(),
            "ethnicity": people["ethnicity"].to_numpy(),
            "insurance_type": np.where(is_worker, "310", "390").astype(object),
            "status": status[person],
            "hukou_address": addresses[person],
            "village": villages["village"].to_numpy(dtype=object)[scene.village[person]],
            "phone": people["phone"].to_numpy(),
            "subsidy_class": kept(~is_worker, subsidy[person]),
            "year": pd.array(np.full(len(person), year), dtype="Int64"),
            "own_premium": np.round(own, _CENTS),
            "_self": person,
        }
    )


def settlements(
    draws: Draws, people: pd.DataFrame, month: Month, poor: np.ndarray, late: pd.DataFrame
) -> pd.DataFrame:
    """Settlements of a month, reversals of this and the last month's among them, in order of time.

    ``poor``: who gets medical assistance; ``late``: settlements under the number of the dead (``person``,
    ``settled_at``, ``is_undone``: reversed within the month).
    """
    fresh = _settled(draws, people, month, poor)
    if len(late):
        ill = _ill(people, day(month))
        used = _priced(draws, late["person"].to_numpy(), late["settled_at"].to_numpy(), 0, month, poor, ill)
        used["settlement_id"] = used["settlement_id"].str[:7] + "7" + used["settlement_id"].str[8:]
        used["is_undone"] = late["is_undone"].to_numpy()
        fresh = pd.concat([fresh, used], ignore_index=True)
    before = _settled(draws, people, month.previous, poor)
    rows = pd.concat(
        [fresh, _reversals(draws, fresh, month, late=False), _reversals(draws, before, month, late=True)],
        ignore_index=True,
    )
    order = ["settled_at", "settlement_id", "state"]
    return rows.sort_values(order, kind="stable", ignore_index=True)


def _settled(draws: Draws, people: pd.DataFrame, month: Month, poor: np.ndarray) -> pd.DataFrame:
    ids = people.index.to_numpy()
    keys = (month.year, month.number)
    start = day(month)
    length = month.last_day.day
    birth = people["birth_date"].to_numpy().astype("datetime64[D]")
    age = (start - birth).astype(float) / 365.2425
    severe = _ill(people, start)
    chronic = people["chronic_on"].to_numpy().astype("datetime64[D]") <= start
    died = people["died_on"].to_numpy().astype("datetime64[D]")
    left = people["left_on"].to_numpy().astype("datetime64[D]")
    dying = (died >= start) & (died < start + length * _DAY)
    ward = np.interp(age, (0, 1, 5, 40, 65, 85), (0.02, 0.015, 0.006, 0.007, 0.016, 0.024)) + 0.09 * severe
    rates = {
        2: np.minimum(ward + 0.45 * dying, 0.9),
        1: 0.30 * severe + 0.11 * chronic,
        0: np.interp(age, (0, 5, 20, 50, 80), (0.07, 0.06, 0.03, 0.06, 0.09)),
    }
    parts = []
    for care, rate in rates.items():
        at = ids[draws.chance(f"medical/visit{care}", ids, rate, *keys) & (age > 0)]
        on = start + draws.whole(f"medical/day{care}", at, 0, length, *keys) * _DAY
        lives = ~(on > died[at]) & ~(on > left[at])
        parts.append(_priced(draws, at[lives], on[lives], care, month, poor, severe))
    return pd.concat(parts, ignore_index=True)


def _ill(people: pd.DataFrame, on: np.datetime64) -> np.ndarray:
    return np.asarray(people["severe_on"].to_numpy().astype("datetime64[D]") <= on)


def _priced(
    draws: Draws,
    person: Ints,
    on: np.ndarray,
    care: int,
    month: Month,
    poor: np.ndarray,
    severe: np.ndarray,
) -> pd.DataFrame:
    """What a visit costs and who pays: parts rounded to cents, and their sum the total."""
    keys = (care, month.year, month.number)
    middle, spread = ((95.0, 0.7), (420.0, 0.8), (6200.0, 0.95))[care]
    heavy = severe[person] & (care == 2)
    middle_of = np.where(heavy, middle * 2.1, middle)
    total = np.round(middle_of * np.exp(spread * draws.normal("medical/cost", person, *keys)), _CENTS)
    share = np.where(heavy, 0.42, 0.16) * draws.uniform("medical/own", person, *keys) ** 2
    fully_own = np.round(total * share, _CENTS)
    over = np.round(total * 0.03 * draws.uniform("medical/over", person, *keys), _CENTS)
    first = np.round(total * 0.05 * draws.uniform("medical/first", person, *keys), _CENTS)
    covered = np.maximum(total - fully_own - over - first - (500.0 if care == 2 else 0.0), 0)
    basic = np.round(covered * (0.5, 0.6, 0.70)[care], _CENTS)
    rest = total - basic - fully_own
    critical = np.round(np.where(care == 2, np.maximum(rest - 9000.0, 0) * 0.6, 0.0), _CENTS)
    left_over = np.maximum(total - basic - critical - fully_own - over, 0)
    helped = poor[person] & (care > 0)
    assistance = np.round(np.where(helped, left_over * 0.5, 0.0), _CENTS)
    seconds = draws.whole("medical/second", person, 8 * 3600, 18 * 3600, *keys).astype("timedelta64[s]")
    serial = agency_numbers(person, 9, 40 + care)
    return pd.DataFrame(
        {
            "settlement_id": f"S{month.year}{month.number:02d}{care}" + serial,
            "person": person,
            "settled_at": on.astype("datetime64[s]") + seconds,
            "care_type": CARE[care],
            "total": total,
            "fully_own": fully_own,
            "over_limit_own": over,
            "first_own": first,
            "basic_paid": basic,
            "critical_paid": critical,
            "assistance_paid": assistance,
            "own_total": np.round(total - basic - critical - assistance, _CENTS),
            "state": "1",
            "is_undone": False,
        }
    )


MONEY = (
    "total", "fully_own", "over_limit_own", "first_own",
    "basic_paid", "critical_paid", "assistance_paid", "own_total",
)  # fmt: skip


def _reversals(draws: Draws, rows: pd.DataFrame, month: Month, *, late: bool) -> pd.DataFrame:
    """Reversals of these settlements that fall into the month, and what was settled anew after them."""
    key = pd.util.hash_array(rows["settlement_id"].to_numpy(dtype=object)).astype(np.int64)
    hits = draws.chance("reversal", key, np.where(rows["care_type"] == "住院", REVERSED * 2.5, REVERSED))
    hits |= rows["is_undone"].to_numpy(dtype=bool)
    after = draws.whole("reversal/days", key, 1, 26)
    when = rows["settled_at"].to_numpy() + after.astype("timedelta64[D]")
    next_month = when.astype("datetime64[M]") != rows["settled_at"].to_numpy().astype("datetime64[M]")
    chosen = hits & (next_month == late)
    gone = rows[chosen].copy()
    kind = draws.pick("reversal/kind", key[chosen], (50, 25, 25))
    gone["settled_at"] = when[chosen]
    gone["state"] = np.where(kind == 2, "1", "0").astype(object)
    gone.loc[kind == 2, "settlement_id"] = gone["settlement_id"] + "F"
    sign = np.where(kind == 0, 1.0, -1.0)
    anew = chosen & draws.chance("reversal/again", key, 0.6) & ~rows["is_undone"].to_numpy(dtype=bool)
    again = rows[anew].copy()
    for name in MONEY:
        gone[name] = gone[name] * sign
    again["settled_at"] = when[anew] + np.timedelta64(600, "s")
    again["settlement_id"] = again["settlement_id"] + "N"
    both: pd.DataFrame = pd.concat([gone, again], ignore_index=True)
    return both


def settlement_feed(rows: pd.DataFrame, people: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    """The delivery from its rows."""
    who = rows["person"].to_numpy()
    frame = pd.DataFrame(
        {
            "settlement_id": rows["settlement_id"],
            "psn_no": psn_no(who),
            "name": people["name"].to_numpy()[who],
            "id_no": ids[who],
            "settled_at": rows["settled_at"].astype("datetime64[s]"),
            "care_type": rows["care_type"],
        }
    )
    for name in MONEY:
        frame[name] = rows[name].astype(float).round(_CENTS)
    frame["state"] = rows["state"]
    frame["_self"], frame["_occurred"] = who, frame["settled_at"]
    return frame
