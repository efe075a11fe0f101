"""What the deliveries show up to a month, by true person: the ground that the planted truth stands on.

Perfect sight of imperfect files: every row is joined to its true person, and nothing is known that no
delivery up to the month says (a death that nobody registered is not seen, a wrong entry is).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from console.county.draws import Bools, Floats
from console.county.readings import ALL_AIDS, LOW_INCOME_AIDS, LOW_INCOME_PC_YEAR, MONITORED
from console.county.vital import Scene
from warehouse.months import Month

if TYPE_CHECKING:
    from console.county.world import World

NAT = np.datetime64("NaT", "D")
ROUNDING_YUAN = 0.13  # an income this near to the line may fall on either side once divided and rounded


def aid_class(words: pd.Series) -> pd.Series:
    """低保, 特困, 低保边缘, 刚性支出困难 or 临时救助 of the agency's words."""
    plain = words.astype(str)
    found = np.select(
        [
            plain.str.contains("特困"),
            plain.str.contains("边缘"),
            plain.str.contains("刚性"),
            plain.str.contains("临时"),
        ],
        ["特困", "低保边缘", "刚性支出困难", "临时救助"],
        "低保",
    )
    return pd.Series(found, index=words.index)


@dataclass(frozen=True)
class Sight:
    """A world as the files of the months up to ``month`` show it. Arrays have one entry per person born."""

    world: World
    month: Month

    @cached_property
    def scene(self) -> Scene:
        """The true county at the end of the month."""
        return self.world.scene(self.month)

    def feed(self, feed: str) -> pd.DataFrame:
        """A feed's delivery of the month."""
        return self.world.feed(feed, self.month)

    def seen(self, feed: str) -> pd.DataFrame:
        """A feed's deliveries of the span up to the month, one under the other."""
        months = [month for month in self.world.months if month <= self.month]
        return pd.concat([self.world.feed(feed, month) for month in months], ignore_index=True)

    def mask(self, persons: np.ndarray) -> Bools:
        """True for each of these persons."""
        found = np.zeros(len(self.scene.people), dtype=bool)
        found[np.asarray(persons, dtype=np.int64)] = True
        return found

    @cached_property
    def roster(self) -> pd.DataFrame:
        """The month's roster with its ``aid`` class."""
        frame = self.feed("assistance_roster")
        return frame.assign(aid=aid_class(frame["aid_type"]))

    @cached_property
    def rural(self) -> pd.DataFrame:
        """The month's rural list with ``is_watched`` (monitored, risk not cleared)."""
        frame = self.feed("rural_monitoring")
        watched = frame["class"].isin(MONITORED) & (frame["risk_cleared"] != "是")
        return frame.assign(is_watched=watched, household=self.scene.household[frame["_self"]])

    @cached_property
    def payments(self) -> pd.DataFrame:
        """Payments delivered so far with their ``aid`` class and ``is_paid``."""
        frame = self.seen("assistance_payment")
        return frame.assign(aid=aid_class(frame["aid_type"]), is_paid=frame["pay_status"] == "成功")

    def on(self, *aids: str) -> Bools:
        """Who is on the month's roster with one of these classes."""
        return self.mask(self.roster.loc[self.roster["aid"].isin(aids), "_self"].to_numpy())

    @cached_property
    def helped_homes(self) -> Bools:
        """Households with anybody on any roster."""
        found = np.zeros(len(self.world.base.households), dtype=bool)
        found[self.scene.household[self.on(*ALL_AIDS)]] = True
        return found

    @cached_property
    def low_income(self) -> Bools:
        """Who is a low-income person this month (Exact readings)."""
        rows = self.rural
        poor = rows["is_watched"] & (rows["income_pc_year"] < LOW_INCOME_PC_YEAR)
        return self.on(*LOW_INCOME_AIDS) | self.mask(rows.loc[poor, "_self"].to_numpy())

    @cached_property
    def unsure_income(self) -> Bools:
        """Who stands so near the line that rounding decides."""
        near = (self.rural["income_pc_year"] - LOW_INCOME_PC_YEAR).abs() < ROUNDING_YUAN
        return self.mask(self.rural.loc[near, "_self"].to_numpy())

    @cached_property
    def recorded_on(self) -> np.ndarray:
        """The day of death that police or a certificate give each person (the earlier; NaT: none)."""
        police = self.feed("death")
        police = police[police["reason"] == "死亡"]
        both = pd.concat([police[["_self", "died_on"]], self.feed("cremation")[["_self", "died_on"]]])
        first = both.groupby("_self")["died_on"].min()
        found = np.full(len(self.scene.people), NAT)
        found[first.index.to_numpy()] = first.to_numpy().astype("datetime64[D]")
        return found

    @cached_property
    def is_wrongly_recorded(self) -> Bools:
        """Recorded dead, and alive on that day."""
        died = self.scene.people["died_on"].to_numpy().astype("datetime64[D]")
        return np.asarray(~np.isnat(self.recorded_on) & ~(died <= self.recorded_on))

    @cached_property
    def is_dead(self) -> Bools:
        """Truly dead by the end of the month."""
        return ~self.scene.alive

    @cached_property
    def settlements(self) -> pd.DataFrame:
        """Settlements seen so far, history included: ``day``, signed ``own`` and the ``root`` they net with."""
        frame = pd.concat([self.world.history("medical_settlement"), self.seen("medical_settlement")])
        sign = np.where(frame["state"] == "0", -1.0, 1.0)
        own = np.where(frame["state"] == "0", -frame["own_total"].abs(), frame["own_total"])
        undoes = (frame["state"] == "0") | (frame["total"] < 0)
        return pd.DataFrame(
            {
                "person": frame["_self"].to_numpy(),
                "day": frame["settled_at"].to_numpy().astype("datetime64[D]"),
                "own": own,
                "total": np.where(frame["state"] == "0", -frame["total"].abs(), frame["total"] * sign),
                "undoes": undoes.to_numpy(),
                "anew": frame["settlement_id"].str.endswith("N").to_numpy(),
                "root": frame["settlement_id"].str.rstrip("F").to_numpy(),
            }
        )

    @cached_property
    def net_settlements(self) -> pd.DataFrame:
        """One row per settlement that stands after reversals: person, day, own, anew."""
        rows = self.settlements
        net = rows.groupby("root")[["own", "total"]].sum()
        kept = rows[~rows["undoes"]].drop_duplicates("root").set_index("root")
        kept = kept[["person", "day", "anew"]].join(net)
        return kept[kept["total"] > 0.005].reset_index(drop=True)

    def burden(self, first_day: np.datetime64) -> tuple[Floats, ...]:
        """Own money of each person from that day on: rows summed, standing settlements summed, gross."""
        n = len(self.scene.people)
        rows = self.settlements[self.settlements["day"] >= first_day]
        nets = self.net_settlements[self.net_settlements["day"] >= first_day]
        gross = rows[~rows["undoes"]]
        return tuple(
            np.round(np.bincount(frame["person"], weights=frame["own"], minlength=n), 2).astype(np.float64)
            for frame in (rows, nets, gross)
        )
