"""What means tests find of households on aid beyond chance: hidden wealth, and a second look that clears it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.draws import Bools, Draws
from console.county.vital import Scene, day

HIDDEN = 0.13  # of households on a roster own what they did not tell
LOOKED_AGAIN = 0.4  # of those found a month ago are tested again, and it was somebody else's
EXCEEDS, CLEAN = "疑似超标", "未见异常"
_DAY = np.timedelta64(1, "D")


def with_hidden_wealth(draws: Draws, scene: Scene, frame: pd.DataFrame, on_roster: Bools) -> pd.DataFrame:
    """The month's reports, with those of households that hide something turned (``on_roster`` by person)."""
    who = frame["_self"].to_numpy()
    hides = on_roster[who] & draws.chance("means/hidden", scene.household[who], HIDDEN)
    told = frame.copy()
    told.loc[hides, "verdict"] = EXCEEDS
    told.loc[hides, "deposits"] = (told.loc[hides, "deposits"] + 86_000.0).round(2)
    return told


def looked_again(draws: Draws, scene: Scene, before: pd.DataFrame) -> pd.DataFrame:
    """Clean reports of this month on some of those whom last month's reports (``before``) found out."""
    found = before[(before["verdict"] == EXCEEDS) & scene.here[before["_self"].to_numpy()]]
    keys = (scene.month.year, scene.month.number)
    again: pd.DataFrame = found[
        draws.chance("means/again", found["_self"].to_numpy(), LOOKED_AGAIN, *keys)
    ].copy()
    who = again["_self"].to_numpy()
    on = day(scene.month) + draws.whole("means/again-day", who, 0, scene.month.last_day.day, *keys) * _DAY
    again["checked_on"] = again["_occurred"] = on.astype("datetime64[s]")
    again["verdict"], again["vehicles"], again["business"] = CLEAN, 0, "无"
    again["deposits"] = (again["deposits"] / 60).round(2)
    return again
