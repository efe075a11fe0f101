"""Hardship that no aid answers: illness and disability among poor households without 低保, and among 特困.

Planted after need and classes are drawn, so that no household's class or income follows from it: these are
the people whom the rules on single-person cases and on places in an institution exist for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county import economy as eco
from console.county.draws import Draws
from console.county.health import years_old

GROWN_YEARS = 20.0
DIAGNOSED = (
    0.13  # of grown members of poor households without 低保: severely ill, treated outside or not at all
)
CARDED_LATE = 0.2  # of the same: disabled, most of them severely
CARDED_TEKUN = 0.25  # of 特困
LEVELS = (0, 24, 36, 40)  # level 1, 2, 3
_DAY = np.timedelta64(1, "D")


def add_unmet(draws: Draws, persons: pd.DataFrame, homes: pd.DataFrame, first_day: np.datetime64) -> None:
    """Set ``diagnosed_on``, ``disabled_on`` and ``level`` of the chosen; everybody else stays as drawn."""
    ids = persons.index.to_numpy()
    aid = homes["aid"].to_numpy()
    waiting = (aid == eco.EDGE) | ((aid == eco.NONE) & (homes["rural_class"].to_numpy() >= eco.UNSTABLE))
    home = persons["household"].to_numpy()
    grown = years_old(persons["birth_date"].to_numpy(), first_day) >= GROWN_YEARS
    open_, alone = waiting[home] & grown, (aid == eco.TEKUN)[home] & grown

    healthy = np.isnat(persons["severe_on"].to_numpy())
    ill = open_ & healthy & draws.chance("hardship/diagnosed", ids, DIAGNOSED)
    diagnosed = persons["diagnosed_on"].to_numpy().astype("datetime64[D]")
    since = first_day + draws.whole("hardship/diagnosed-day", ids, -1500, 60) * _DAY
    persons["diagnosed_on"] = np.where(ill, since, diagnosed)

    disabled = persons["disabled_on"].to_numpy().astype("datetime64[D]")
    share = np.select([open_, alone], [CARDED_LATE, CARDED_TEKUN], 0.0)
    late = np.isnat(disabled) & draws.chance("hardship/disabled", ids, share)
    since = first_day - draws.whole("hardship/disabled-day", ids, 200, 3000) * _DAY
    persons["disabled_on"] = np.where(late, since, disabled)
    persons["level"] = np.where(late, draws.pick("hardship/level", ids, LEVELS), persons["level"].to_numpy())
