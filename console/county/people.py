"""What the dirt has to know of other people: whose number a clerk may take for whose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from console.county.hashing import Flags, Ints, Texts, draw, salt

CHILD_YEARS = 16
NEWBORN_DAYS = 365


@dataclass(frozen=True)
class People:
    """One place per true person: number, name, sex, birth, and who stands beside them (-1 nobody).

    ``psn_no`` is what 医保 calls the person at first; ``villages`` the distinct (township, village).
    """

    ids: Texts
    names: Texts
    sexes: Texts
    births: npt.NDArray[np.datetime64]
    guardians: Ints
    spouses: Ints
    psn_no: Texts
    villages: list[tuple[str, str]]

    def of(self, values: Texts, who: Ints) -> Texts:
        """The value of each person, ``""`` for nobody."""
        found = values[np.maximum(who, 0)].copy()
        found[who < 0] = ""
        return found

    def beside(self, relatives: Ints, who: Ints) -> Ints:
        """The relative of each person, -1 for nobody's."""
        return np.where(who >= 0, relatives[np.maximum(who, 0)], -1)

    def are_children(self, who: Ints, day: np.datetime64) -> Flags:
        """Who is under 16 on that day."""
        return self._younger(who, day, int(CHILD_YEARS * 365.25))

    def are_newborn(self, who: Ints, day: np.datetime64) -> Flags:
        """Who is not yet one year old on that day."""
        return self._younger(who, day, NEWBORN_DAYS)

    def _younger(self, who: Ints, day: np.datetime64, days: int) -> Flags:
        ages = (day - self.births[np.maximum(who, 0)].astype("datetime64[D]")).astype(np.int64)
        return np.asarray((who >= 0) & (ages < days))

    def donors(self, seed: int, who: Ints) -> Ints:
        """Somebody whom 医保 knew from the first for each person, always the same; -1 where it knew nobody."""
        known = np.flatnonzero(self.psn_no != "")
        if not len(known):
            return np.full(len(who), -1, dtype=np.int64)
        return np.asarray(known[draw(salt(seed, "donor"), who) % np.uint64(len(known))], dtype=np.int64)


def people_of(
    persons: pd.DataFrame, spouses: Ints, enrolment: pd.DataFrame | None, places: pd.DataFrame | None
) -> People:
    """Gather it from the world's persons, and from the first month's spouses, 医保 enrolment and a feed with
    乡镇 and 行政村: a month's files must not depend on which months come after it.
    """
    size = len(persons)
    known = np.full(size, -1, dtype=np.int64)
    known[: len(spouses)] = spouses
    births = persons["birth_date"].to_numpy(dtype="datetime64[ns]")
    mothers, fathers = (persons[side].to_numpy(dtype=np.int64) for side in ("mother", "father"))
    numbers = np.full(size, "", dtype=object)
    if enrolment is not None and "psn_no" in enrolment:
        own = enrolment["_self"].to_numpy(dtype=np.int64)
        numbers[own[own >= 0]] = enrolment["psn_no"].astype(object).to_numpy()[own >= 0]
    villages: list[tuple[str, str]] = []
    if places is not None:
        pairs = places[["township", "village"]].drop_duplicates().sort_values(["township", "village"])
        villages = list(pairs.itertuples(index=False, name=None))
    return People(
        ids=_texts(persons["id_no"]),
        names=_texts(persons["name"]),
        sexes=np.where(persons["sex"].to_numpy() == "男", "1", "2").astype(object),
        births=births,
        guardians=np.where(mothers >= 0, mothers, fathers),
        spouses=known,
        psn_no=numbers,
        villages=villages,
    )


def _texts(series: pd.Series) -> Texts:
    return series.astype(object).where(series.notna(), "").to_numpy(dtype=object)
