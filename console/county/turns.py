"""What turns in a household's life over the first months: its income breaks down, the young pair sets up house.

Draws of their own purposes, so that nothing else of the world moves.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county import economy as eco
from console.county.draws import Draws, Floats
from console.county.readings import LOW_INCOME_PC_MONTH, STANDARD_PC_MONTH
from warehouse.months import Month

_DAY = np.timedelta64(1, "D")
_NAT = np.datetime64("NaT", "D")
FALLS, DEEP, FOLLOWED, SPLITS, THIN = 0.15, 0.5, 0.3, 0.4, 0.9
SOONEST, LATEST = 31, 92  # days after the first day: the first month shows what was before


def add_turns(draws: Draws, homes: pd.DataFrame, first_day: np.datetime64) -> None:
    """Add to the households: the share of income they lose and from when (R03), and when they split; and who
    lives on little more than the standard, so that a bill or a school fee decides (R02).

    Half of the falls are of a third and more, half of less. Of those on 低保 some offices follow the fall with
    what they pay, and some do not (R020).
    """
    number = homes.index.to_numpy()

    def someday(purpose: str, happens: np.ndarray) -> np.ndarray:
        return np.where(happens, first_day + draws.whole(purpose, number, SOONEST, LATEST) * _DAY, _NAT)

    aid, rural = homes["aid"].to_numpy(), homes["rural_class"].to_numpy()
    stated = (rural != eco.OFF) | np.isin(aid, [eco.DIBAO, eco.EDGE])
    per_head = homes["income_total"].to_numpy() / np.maximum(homes["size"].to_numpy(), 1) / 12
    # The end of 低保 is another story: in grace, or about to be, income stays what it is.
    ending = ~np.isnat(homes["grace_from"].to_numpy().astype("datetime64[D]"))
    ending |= (aid == eco.DIBAO) & (per_head > 0.9 * STANDARD_PC_MONTH)
    falls = stated & ~ending & draws.chance("income/falls", number, FALLS)
    u = draws.uniform("income/falls-share", number)
    share = np.where(draws.chance("income/falls-deep", number, DEEP), 0.34 + 0.28 * u, 0.10 + 0.185 * u)
    homes["fall_share"] = np.where(falls, share, 0.0)
    homes["fell_on"] = someday("income/falls-day", falls)
    homes["fall_is_followed"] = draws.chance("income/falls-followed", number, FOLLOWED)
    tight = np.isin(aid, [eco.EDGE]) | ((rural >= eco.UNSTABLE) & (aid == eco.NONE))
    tight &= ~falls & (per_head > 1.16 * STANDARD_PC_MONTH) & (per_head < 2 * STANDARD_PC_MONTH)
    tight &= draws.chance("income/thin", number, THIN)
    left = STANDARD_PC_MONTH * (1.004 + 0.08 * draws.uniform("income/thin-share", number))
    homes["thin_share"] = np.where(tight, 1 - left / per_head, 0.0)
    # 分户 of a household out of poverty, on no aid, well above the line: a new number and no need.
    lifted = (rural == eco.LIFTED) & (aid == eco.NONE) & ~falls
    splits = lifted & (per_head > 1.15 * LOW_INCOME_PC_MONTH) & draws.chance("rural/splits", number, SPLITS)
    homes["split_on"] = someday("rural/split-day", splits)


def fallen(homes: pd.DataFrame, month: Month) -> Floats:
    """The share of its income that each household has lost by the end of a month."""
    by_then = homes["fell_on"].to_numpy().astype("datetime64[D]") <= np.datetime64(month.last_day)
    return np.where(by_then, homes["fall_share"].to_numpy(), 0.0)


def income_of(draws: Draws, homes: pd.DataFrame, month: Month) -> pd.DataFrame:
    """Each household's yearly income by source as it is stated in a month.

    It is last year's: the base year's, moved by a few per cent; less for who lives on little, and for whom it
    broke down since.
    """
    number = homes.index.to_numpy()
    factor = np.exp(0.03 * draws.normal("income/year", number, month.year - 1))
    factor = factor * (1 - homes["thin_share"].to_numpy()) * (1 - fallen(homes, month))
    parts = pd.DataFrame(
        {name: np.round(homes[name].to_numpy() * factor, 2) for name in (*eco.SOURCES, "expense_business")},
        index=homes.index,
    )
    parts["income_total"] = (parts[list(eco.SOURCES)].sum(axis=1) - parts["expense_business"]).round(2)
    return parts
