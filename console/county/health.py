"""Illness and disability of each person, and what labour is left: attributes with a day they begin."""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.draws import Draws, Floats, Ints

CATEGORIES = np.array(["", "视力", "听力", "言语", "肢体", "智力", "精神", "多重"], dtype=object)
NEVER = np.datetime64("NaT", "D")
_DAY = np.timedelta64(1, "D")


def years_old(birth: np.ndarray, on: np.datetime64) -> Floats:
    """Age in years on a day (negative before birth)."""
    return np.asarray((on - birth.astype("datetime64[D]")).astype(np.float64) / 365.2425)


def add_health(draws: Draws, frame: pd.DataFrame, first_day: np.datetime64) -> None:
    """Add the days from which a person is chronically ill, severely ill or disabled (NaT: never).

    ``diagnosed_on`` is a severe illness that the county's hospitals bill little for; ``hardship`` plants it.

    Six years to either side of the first day: five sixths of the ill are ill when the span begins, and
    some fall ill in each month after it.
    """
    ids = frame.index.to_numpy()
    age = years_old(frame["birth_date"].to_numpy(), first_day)

    def onset(purpose: str, share: Floats, before: int, after: int) -> np.ndarray:
        days = draws.whole(f"health/{purpose}-day", ids, -before, after)
        begins = np.maximum(
            first_day + days * _DAY, frame["birth_date"].to_numpy().astype("datetime64[D]") + 20 * _DAY
        )
        return np.where(draws.chance(f"health/{purpose}", ids, share), begins, NEVER)

    frame["severe_on"] = onset(
        "severe", np.interp(age, (0, 20, 40, 55, 70, 90), (0.002, 0.003, 0.009, 0.022, 0.04, 0.05)), 1800, 400
    )
    frame["chronic_on"] = onset(
        "chronic", np.interp(age, (0, 30, 50, 65, 80), (0.004, 0.03, 0.14, 0.3, 0.4)), 5000, 900
    )
    frame["disabled_on"] = onset(
        "disabled", np.interp(age, (0, 20, 50, 65, 85), (0.01, 0.014, 0.035, 0.07, 0.13)), 6000, 500
    )
    frame["diagnosed_on"] = NEVER
    frame["disability"] = draws.pick("health/category", ids, (0, 12, 10, 2, 54, 8, 8, 6))
    frame["level"] = draws.pick("health/level", ids, (0, 13, 18, 34, 35))


def is_severely_disabled(frame: pd.DataFrame) -> np.ndarray:
    """Level 1 or 2, and level 3 for 智力 and 精神."""
    level, category = frame["level"].to_numpy(), frame["disability"].to_numpy()
    return np.asarray((level <= 2) | ((level == 3) & np.isin(category, [5, 6])))


def health_words(frame: pd.DataFrame, on: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
    """What the roster (健康/患病/重病/残疾/重残) and the rural list call a person's health on a day."""
    severe = _since(frame, "severe_on", on) | _since(frame, "diagnosed_on", on)
    chronic = _since(frame, "chronic_on", on)
    disabled = _since(frame, "disabled_on", on)
    hard = disabled & is_severely_disabled(frame)
    roster = np.select([hard, severe, disabled, chronic], ["重残", "重病", "残疾", "患病"], "健康")
    rural = np.select([severe, disabled, chronic], ["患有大病", "残疾", "长期慢性病"], "健康")
    return roster.astype(object), rural.astype(object)


def labour_words(frame: pd.DataFrame, age: Floats, on: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
    """劳动能力 of the roster and 劳动技能 of the rural list on a day."""
    hard = _since(frame, "disabled_on", on) & is_severely_disabled(frame)
    weak = _since(frame, "disabled_on", on) | _since(frame, "severe_on", on)
    weak |= _since(frame, "diagnosed_on", on)
    outside = (age < 16) | (age >= 65)
    roster = np.select([hard & ~outside, outside, weak], ["完全丧失", "无", "部分丧失"], "有")
    rural = np.select([hard, outside, weak], ["丧失劳动力", "无劳动力", "弱劳动力或半劳动力"], "普通劳动力")
    return roster.astype(object), rural.astype(object)


def _since(frame: pd.DataFrame, column: str, on: np.datetime64) -> np.ndarray:
    return np.asarray(frame[column].to_numpy().astype("datetime64[D]") <= on)


def working(age: Floats, ill: np.ndarray) -> Ints:
    """1 for who can earn."""
    return np.asarray((age >= 18) & (age < 62) & ~ill, dtype=np.int64)
