"""What each household lives on, and on which list its need puts it.

Need is a rank among the county's households; the class follows from it with chance on top (somebody poor
is on no list, somebody on a list is no longer poor), and the income follows from the class. Nobody's
income changes because a rule looks at it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.draws import Draws, Floats, Ints
from console.county.health import is_severely_disabled, working, years_old
from console.county.population import Base
from console.county.readings import LOW_INCOME_PC_MONTH, STANDARD_PC_MONTH

NONE, DIBAO, TEKUN, EDGE, RIGID, SINGLE = range(6)  # SINGLE: one member alone is on 低保 (单人保)
OFF, LIFTED, UNSTABLE, FRAGILE, SUDDEN = range(5)
# The end of 低保: income has risen and nobody noticed; is just short of it; grace is overdue, runs, is cut short.
SOUND, RISEN, EDGED, OVERDUE, RUNNING, CUT = range(6)
_LEAK_SHARES = (71, 6, 5, 5, 8, 5)
RURAL_CLASSES = np.array(["", "脱贫户", "脱贫不稳定户", "边缘易致贫户", "突发严重困难户"], dtype=object)
_DAY = np.timedelta64(1, "D")
_NAT = np.datetime64("NaT", "D")
SOURCES = ("income_wage", "income_business", "income_property", "income_transfer")
_EXPENSE_SHARE = 0.28  # of what a household's business turns over


def add_economy(
    draws: Draws, base: Base, kind: np.ndarray, persons: pd.DataFrame, first_day: np.datetime64
) -> None:
    """Add to the households: need, classes, days of admission and clearing, and income of the base year.

    ``kind`` says which villages are urban; ``persons`` carries the health columns.
    """
    homes = base.households
    number = homes.index.to_numpy()
    home = persons["household"].to_numpy()
    age = years_old(persons["birth_date"].to_numpy(), first_day)
    severe = ~np.isnat(persons["severe_on"].to_numpy())
    disabled = ~np.isnat(persons["disabled_on"].to_numpy())
    hard = disabled & is_severely_disabled(persons)

    def count(mask: np.ndarray) -> Ints:
        return np.bincount(home[mask], minlength=len(homes))

    size = count(np.ones(len(persons), dtype=bool))
    workers = np.bincount(home, weights=working(age, severe | hard), minlength=len(homes))
    burden = (
        0.9 * np.minimum(count(severe), 2)
        + 0.9 * np.minimum(count(hard), 2)
        + 0.35 * count(disabled)
        + 1.2 * (workers == 0)
        + 0.25 * np.maximum(size - workers - 2, 0)
    )
    need = draws.normal("economy/need", number) + burden
    rank = np.argsort(np.argsort(-need, kind="stable"), kind="stable") / len(homes)
    homes["size"], homes["need"] = size, rank
    urban = (kind == "urban")[homes["village"].to_numpy()]
    homes["is_rural"] = ~urban | draws.chance("economy/rural-in-town", number, 0.35)
    homes["aid"] = _aid(draws, homes, rank, count(severe) > 0, count(hard) > 0)
    homes["rural_class"] = _rural_class(draws, homes, rank)
    _days(draws, homes, first_day)
    _income(draws, homes, workers)


def _aid(draws: Draws, homes: pd.DataFrame, rank: Floats, severe: np.ndarray, hard: np.ndarray) -> Ints:
    number = homes.index.to_numpy()
    u = draws.uniform("economy/aid", number)
    elder = homes["is_lone"].to_numpy() & (homes["head_age"].to_numpy() >= 60)
    ill = severe | hard
    return np.select(
        [
            elder & (u < 0.42),
            (rank < 0.105) & (u < 0.80),
            ill & (rank < 0.32) & (u < 0.06),
            ill & (rank < 0.40) & (u < 0.12),
            (rank < 0.20) & (u < 0.07),
            severe & (u < 0.17),
        ],
        [TEKUN, DIBAO, SINGLE, EDGE, EDGE, RIGID],
        NONE,
    ).astype(np.int64)


def _rural_class(draws: Draws, homes: pd.DataFrame, rank: Floats) -> Ints:
    number = homes.index.to_numpy()
    u = draws.uniform("economy/rural", number)
    watched = draws.pick("economy/watched", number, (38, 40, 22)) + UNSTABLE
    is_rural = homes["is_rural"].to_numpy() & ~(homes["is_lone"].to_numpy() & (rank > 0.3))
    chosen = np.select(
        [(rank < 0.18) & (u < 0.15), (rank < 0.35) & (u < 0.42), u < 0.035], [watched, LIFTED, LIFTED], OFF
    )
    return np.where(is_rural, chosen, OFF).astype(np.int64)


def _days(draws: Draws, homes: pd.DataFrame, first_day: np.datetime64) -> None:
    """Days of admission, grace, end; of identification and clearing. Some lie in the months to come."""
    number = homes.index.to_numpy()

    def around(purpose: str, before: int, after: int) -> np.ndarray:
        return np.asarray(first_day + draws.whole(f"economy/{purpose}", number, -before, after) * _DAY)

    homes["leak"] = _leaks(draws, homes)
    homes["admitted_on"] = around("admitted", 3200, 120)
    homes["identified_on"] = np.where(
        homes["rural_class"].to_numpy() == LIFTED,
        np.datetime64("2014-06-01") + draws.whole("economy/lifted", number, 0, 1500) * _DAY,
        np.maximum(around("identified", 1700, 100), np.datetime64("2021-02-01")),
    )
    cleared = draws.chance("economy/cleared", number, 0.55)
    days = draws.whole("economy/cleared-after", number, 180, 1500)
    homes["cleared_on"] = np.where(cleared, homes["identified_on"].to_numpy() + days * _DAY, _NAT)
    # Grace: income has risen above the standard. A few are still paid long after it has run out (G02).
    on_income = np.isin(homes["aid"].to_numpy(), [DIBAO, SINGLE])
    graced = on_income & draws.chance("economy/graced", number, 0.06)
    homes["grace_from"] = np.where(graced, around("grace", 560, 200), _NAT)
    ends = homes["grace_from"].to_numpy().astype("datetime64[D]") + 365 * _DAY
    forgotten = draws.chance("economy/forgotten", number, 0.35)
    closed = np.where(draws.chance("economy/closed", number, 0.02), around("closed", 30, 360), _NAT)
    homes["closed_on"] = np.where(graced & ~forgotten, ends, closed)
    _planted_graces(draws, homes, first_day)


def _leaks(draws: Draws, homes: pd.DataFrame) -> Ints:
    """What goes wrong at the end of a household's 低保 (0 nothing), for G01 to G03 and their near misses."""
    number = homes.index.to_numpy()
    leak = draws.pick("economy/leak", number, _LEAK_SHARES)
    return np.where(homes["aid"].to_numpy() == DIBAO, leak, SOUND).astype(np.int64)


def _planted_graces(draws: Draws, homes: pd.DataFrame, first_day: np.datetime64) -> None:
    """Graces that ran out unnoticed, that run now, and that end before their time in the months to come."""
    number, leak = homes.index.to_numpy(), homes["leak"].to_numpy()
    grace = homes["grace_from"].to_numpy().astype("datetime64[D]")
    closed = homes["closed_on"].to_numpy().astype("datetime64[D]")
    free = np.isnat(grace)
    overdue = first_day - draws.whole("economy/overdue", number, 400, 560) * _DAY
    running = first_day - draws.whole("economy/running", number, 10, 230) * _DAY
    cut = first_day + draws.whole("economy/cut", number, 31, 124) * _DAY
    homes["grace_from"] = np.select(
        [free & (leak == OVERDUE), free & np.isin(leak, [RUNNING, CUT])], [overdue, running], grace
    )
    homes["closed_on"] = np.select(
        [free & np.isin(leak, [OVERDUE, RUNNING]), free & (leak == CUT)],
        [np.full(len(homes), _NAT), cut],
        closed,
    )
    # Nobody is in grace before being admitted.
    early = ~np.isnat(homes["grace_from"].to_numpy()) & free & np.isin(leak, [OVERDUE, RUNNING, CUT])
    admitted = homes["admitted_on"].to_numpy().astype("datetime64[D]")
    latest = homes["grace_from"].to_numpy().astype("datetime64[D]") - 400 * _DAY
    homes["admitted_on"] = np.where(early, np.minimum(admitted, latest), admitted)


def _income(draws: Draws, homes: pd.DataFrame, workers: np.ndarray) -> None:
    """Yearly income of the base year, by source, so that the head's share is what the class asks for."""
    number = homes.index.to_numpy()
    aid, rural = homes["aid"].to_numpy(), homes["rural_class"].to_numpy()
    u = draws.uniform("income/level", number)
    line, standard = LOW_INCOME_PC_MONTH, STANDARD_PC_MONTH
    usual = 1750 * np.exp(0.42 * draws.normal("income/usual", number))
    lifted = np.maximum(1560 * np.exp(0.27 * draws.normal("income/lifted", number)), line * 1.001)
    near = line * (1.002 + 0.06 * draws.uniform("income/near", number))
    below = line * (0.42 + 0.57 * draws.uniform("income/below", number))
    case = draws.uniform("income/case", number)
    watched = np.select([case < 0.5, case < 0.68], [below, near], 1.06 * line + 700 * u)
    lifted = np.select([case < 0.022, case < 0.06], [line * (0.7 + 0.29 * u), near], lifted)
    per_head = np.select(
        [
            aid == TEKUN,
            aid == DIBAO,
            aid == EDGE,
            aid == SINGLE,
            aid == RIGID,
            rural >= UNSTABLE,
            rural == LIFTED,
        ],
        [
            standard * (0.1 + 0.8 * u),
            standard * (0.2 + 0.79 * u),
            standard * (1.02 + 0.96 * u),
            standard * (1.05 + 0.9 * u),
            line * (0.8 + 0.9 * u),
            watched,
            lifted,
        ],
        usual,
    )
    graced = ~np.isnat(homes["grace_from"].to_numpy())
    per_head = np.where(graced, standard * (1.04 + 0.5 * u), per_head)
    leak = homes["leak"].to_numpy()
    per_head = np.where((leak == RISEN) & ~graced, standard * (1.08 + 0.6 * u), per_head)
    per_head = np.where((leak == EDGED) & ~graced, standard * (0.93 + 0.05 * u), per_head)
    total = np.round(per_head * 12 * homes["size"].to_numpy())
    wage = np.where(workers > 0, 0.25 + 0.45 * draws.uniform("income/wage", number), 0.0)
    transfer = np.where(workers > 0, 0.08, 0.62) + 0.12 * draws.uniform("income/transfer", number)
    own = np.where(draws.chance("income/has-property", number, 0.3), 0.04, 0.0)
    homes["income_wage"] = np.round(total * wage)
    homes["income_transfer"] = np.round(total * transfer)
    homes["income_property"] = np.round(total * own)
    net = total - homes["income_wage"] - homes["income_transfer"] - homes["income_property"]
    homes["income_business"] = np.round(net / (1 - _EXPENSE_SHARE))
    homes["expense_business"] = homes["income_business"] - net
    homes["income_total"] = total
