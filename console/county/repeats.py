"""Rows that come more often than the people and events behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.dirt_table import Dice
from warehouse.intake.contract import Contract


def second_number(number: str) -> str:
    """The other number that 医保 gave the same person, after a move from another system."""
    return "9" + number[1:]


def with_repeats(frame: pd.DataFrame, contract: Contract, dice: Dice) -> pd.DataFrame:
    """The feed with people who are enrolled under two numbers, and events that stand twice in one list."""
    who = frame["_self"].to_numpy(dtype=np.int64)
    rows = np.arange(len(frame), dtype=np.int64)
    if "psn_no" in frame and contract.one_row_per_person and dice.has("psn_no_second"):
        again = frame[dice.hits("psn_no_second", who, rows)].copy()
        again["psn_no"] = [second_number(str(number)) for number in again["psn_no"]]
        if "status" in again:
            again["status"] = "终止"
        dice.count("psn_no_second", len(again))
        frame = pd.concat([frame, again], ignore_index=True)
    elif contract.delivery == "running" and dice.has("event_repeated"):
        again = frame[dice.hits("event_repeated", who, rows)]
        dice.count("event_repeated", len(again))
        frame = pd.concat([frame, again], ignore_index=True)
    return frame


def mistaken(frame: pd.DataFrame) -> pd.DataFrame:
    """A payment file as it was first sent: the last rows are missing and every fiftieth amount is wrong."""
    first = frame.iloc[: max(len(frame) - max(len(frame) // 30, 1), 1)].copy()
    wrong = np.arange(len(first)) % 50 == 7
    first["amount"] = np.where(wrong, first["amount"] * 10, first["amount"])
    return first
