"""The people of the first day: households over up to three generations, with names, numbers, phones.

A household is drawn as slots (head, spouse, five children, the head's parents, a child-in-law, three
grandchildren); which slots are filled, and how old their people are, follows from the head's age. Heads
without parents at home are joined to parents in an older household of their village, and people of one
lineage share a surname.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from console.county.draws import Bools, Draws, Floats, Ints
from console.county.identity import id_numbers, phones
from console.county.names import full_names, name_systems
from console.county.places import ETHNICITY, GROUPS, Places
from console.county.seat import here

HEAD, SPOUSE, FIRST_CHILD, FATHER, MOTHER, IN_LAW, FIRST_GRANDCHILD = 0, 1, 2, 7, 8, 9, 10
CHILDREN, GRANDCHILDREN, SLOTS = 5, 3, 13
# Numbers given from then on carry the county's new code; those with the old one stay in force on the card.
RENAMED_ON = np.datetime64("2020-07-01")
_YOUNGEST_PARENT = np.timedelta64(int(17 * 365.25), "D")
_OWN_LINEAGE = 10**9  # lines of surname of those who married in are counted from here

# Cumulative shares of 0..5 children of a woman, by nationality of the household (made up).
_MANY_CHILDREN = (0.08, 0.25, 0.58, 0.84, 0.96, 1.0)
_FEW_CHILDREN = (0.10, 0.46, 0.86, 0.97, 1.0, 1.0)


@dataclass(frozen=True)
class Base:
    """``persons`` as of the first day, ``households`` (one row each), and the id numbers used up."""

    persons: pd.DataFrame
    households: pd.DataFrame
    numbers_used: pd.Series


def make_population(draws: Draws, places: Places, persons: int, first_day: np.datetime64) -> Base:
    """So many people in households, as they are on the day before ``first_day``."""
    homes = _homes(draws, places, np.arange(persons // 2 + 400))
    filled, ages, male = _slots(draws, homes)
    sizes = filled.sum(axis=1)
    whole = int(np.searchsorted(np.cumsum(sizes), persons, side="right"))
    keep = whole + persons - int(sizes[:whole].sum())  # the last few stand alone: the count is exact
    homes, filled, ages, male = homes.iloc[:keep].copy(), filled[:keep], ages[:keep], male[:keep]
    filled[whole:, 1:] = False
    frame, number = _flattened(filled, male)
    days = np.maximum(1, np.floor(ages[filled] * 365.2425)).astype(np.int64)
    frame["birth_date"] = first_day.astype("datetime64[D]") - days.astype("timedelta64[D]")
    _elsewhere_parents(draws, homes, frame, number)
    frame["lineage"] = _lineages(homes, frame)
    _name_people(draws, places, homes, frame)
    frame["id_no"], used = id_numbers(
        draws, frame["division"].to_numpy(), frame["birth_date"].to_numpy(), frame["is_male"].to_numpy()
    )
    homes["head"] = number[:, HEAD]
    house_phone = phones(draws, "house", homes.index.to_numpy())
    house_phone[draws.chance("phone/no-house", homes.index.to_numpy(), 0.07)] = None
    homes["phone"] = house_phone
    frame["phone"] = own_phones(draws, frame, house_phone, first_day)
    return Base(frame, homes, used)


def _homes(draws: Draws, places: Places, number: Ints) -> pd.DataFrame:
    villages = places.villages
    village = draws.pick("home/village", number, villages["weight"].to_numpy())
    shares = villages[list(GROUPS)].to_numpy(dtype=float)
    heap = np.cumsum(shares, axis=1) / shares.sum(axis=1, keepdims=True)
    group = (draws.uniform("home/group", number)[:, None] >= heap[village]).sum(axis=1)
    lone = draws.chance("home/lone", number, 0.085)
    age = np.where(
        lone,
        draws.curve("home/lone-age", number, (0, 0.15, 0.4, 0.75, 1), (24, 42, 62, 76, 93)),
        draws.curve(
            "home/age", number, (0, 0.05, 0.2, 0.45, 0.7, 0.85, 0.95, 1), (19, 26, 34, 44, 54, 63, 71, 86)
        ),
    )
    return pd.DataFrame(
        {
            "village": village,
            "group": draws.whole("home/hamlet", number, 0, villages["hamlets"].to_numpy()[village]) + 1,
            "house": draws.whole("home/house", number, 1, 300),
            "ethnicity": np.minimum(group, len(GROUPS) - 1),
            "is_lone": lone,
            "head_age": age,
            "incomer": draws.chance("home/incomer", number, np.where(np.isin(group, [1, 2]), 0.3, 0.02)),
        },
        index=number,
    )


def _slots(draws: Draws, homes: pd.DataFrame) -> tuple[Bools, Floats, Bools]:
    """Which slots are filled, how old their people are, and who is male."""
    number, age = homes.index.to_numpy(), homes["head_age"].to_numpy()
    lone = homes["is_lone"].to_numpy()
    filled = np.zeros((len(homes), SLOTS), dtype=bool)
    ages = np.full((len(homes), SLOTS), -1.0)
    male = np.zeros((len(homes), SLOTS), dtype=bool)

    def at(name: str, *keys: int) -> Floats:
        return draws.uniform(f"slot/{name}", number, *keys)

    filled[:, HEAD], ages[:, HEAD] = True, age
    male[:, HEAD] = at("head-male") < np.where(lone, 0.55, 0.8)
    married = np.interp(age, (19, 24, 30, 60, 75, 90), (0.2, 0.65, 0.88, 0.85, 0.6, 0.25))
    filled[:, SPOUSE] = (at("spouse") < married) & ~lone
    gap = np.where(male[:, HEAD], -2, 2) + 2.5 * np.clip(draws.normal("slot/gap", number), -2, 2)
    ages[:, SPOUSE] = np.maximum(18.5, age + gap)
    male[:, SPOUSE] = ~male[:, HEAD]
    mother_age = np.where(male[:, HEAD], np.where(filled[:, SPOUSE], ages[:, SPOUSE], age - 2), age)
    many = np.isin(homes["ethnicity"].to_numpy(), [0, 2, 4])
    family = (at("family")[:, None] >= np.where(many[:, None], _MANY_CHILDREN, _FEW_CHILDREN)).sum(axis=1)
    family = np.where(lone | (~filled[:, SPOUSE] & (age < 27)), 0, family)
    _offspring(draws, number, family, mother_age, filled, ages, male)
    for slot, gap_ages, share in ((FATHER, (22.0, 38.0), 0.24), (MOTHER, (18.5, 35.0), 0.32)):
        older = age + gap_ages[0] + (gap_ages[1] - gap_ages[0]) * at("parent-gap", slot)
        alive = np.interp(older, (60, 75, 85, 93), (1.0, 0.8, 0.4, 0.0))
        filled[:, slot] = (at("parent", slot) < share * 1.25 * alive) & ~lone
        ages[:, slot] = older
    male[:, FATHER] = True
    heir, heir_age = male[:, FIRST_CHILD], ages[:, FIRST_CHILD]
    filled[:, IN_LAW] = filled[:, FIRST_CHILD] & (heir_age > 20.5) & (at("in-law") < 0.62)
    male[:, IN_LAW] = ~heir
    gap = np.where(heir, -2, 2) + 2 * np.clip(draws.normal("slot/gap2", number), -2, 2)
    ages[:, IN_LAW] = np.maximum(18.3, heir_age + gap)
    _grandchildren(draws, number, np.where(heir, ages[:, IN_LAW], heir_age), filled, ages, male)
    return filled, ages, male


def _offspring(
    draws: Draws, number: Ints, family: Ints, mother_age: Floats, filled: Bools, ages: Floats, male: Bools
) -> None:
    """The head's children at home: spaced births, twins, the grown gone but for an heir."""
    born_at = draws.curve("slot/first", number, (0, 0.2, 0.5, 0.8, 1), (18.3, 20.5, 23, 26.5, 36))
    for child in range(CHILDREN):
        slot = FIRST_CHILD + child
        twin = draws.chance("slot/twin", number, 0.013 if child else 0.0, child)
        gap = draws.curve("slot/spacing", number, (0, 0.3, 0.7, 1), (1.1, 2.1, 3.6, 7.5), child)
        born_at = born_at + np.where(twin, 0.0, gap if child else 0.0)
        grown = mother_age - born_at
        if child:
            stays = np.interp(grown, (18, 20, 24, 27, 45), (1.0, 0.75, 0.45, 0.14, 0.04))
        else:
            stays = np.interp(grown, (18, 24, 30, 45), (1.0, 0.8, 0.5, 0.3))
        there = draws.chance("slot/at-home", number, stays, child)
        if child:  # twins stay or go together
            there |= twin & filled[:, slot - 1]
        filled[:, slot] = there & (child < family) & (grown > 0.003) & (born_at < 46)
        ages[:, slot] = grown
        boys = np.where(grown > 20, 0.66, 0.515) if child == 0 else np.full(len(number), 0.515)
        male[:, slot] = draws.chance("slot/male", number, boys, child)


def _grandchildren(
    draws: Draws, number: Ints, mother_age: Floats, filled: Bools, ages: Floats, male: Bools
) -> None:
    born_at = draws.curve("slot/first2", number, (0, 0.3, 0.7, 1), (18.2, 20.5, 23.5, 31))
    for child in range(GRANDCHILDREN):
        slot = FIRST_GRANDCHILD + child
        twin = draws.chance("slot/twin2", number, 0.013 if child else 0.0, child)
        gap = draws.curve("slot/spacing2", number, (0, 0.3, 0.7, 1), (1.1, 2.1, 3.6, 7.0), child)
        born_at = born_at + np.where(twin, 0.0, gap if child else 0.0)
        ages[:, slot] = mother_age - born_at
        wanted = draws.chance("slot/grandchild", number, (0.9, 0.65, 0.3)[child], child)
        filled[:, slot] = filled[:, IN_LAW] & (ages[:, slot] > 0.003) & wanted
        male[:, slot] = draws.chance("slot/male2", number, 0.515, child)


def _flattened(filled: Bools, male: Bools) -> tuple[pd.DataFrame, Ints]:
    """One row per person, and the person's number in each slot (-1 where nobody is)."""
    household, slot = np.nonzero(filled)
    number = np.full(filled.shape, -1, dtype=np.int64)
    number[household, slot] = np.arange(len(slot))
    father, mother, spouse = (np.full(len(slot), -1, dtype=np.int64) for _ in range(3))
    children = (slot >= FIRST_CHILD) & (slot < FIRST_CHILD + CHILDREN)
    for slots, pair in (
        (children, (HEAD, SPOUSE)),
        (slot >= FIRST_GRANDCHILD, (FIRST_CHILD, IN_LAW)),
        (slot == HEAD, (FATHER, MOTHER)),
    ):
        rows = household[slots]
        for who in pair:
            person, is_father = number[rows, who], male[rows, who]
            father[slots] = np.where(is_father & (person >= 0), person, father[slots])
            mother[slots] = np.where(~is_father & (person >= 0), person, mother[slots])
    for one, other in ((HEAD, SPOUSE), (FIRST_CHILD, IN_LAW), (FATHER, MOTHER)):
        rows = np.flatnonzero(filled[:, one] & filled[:, other])
        spouse[number[rows, one]], spouse[number[rows, other]] = number[rows, other], number[rows, one]
    frame = pd.DataFrame(
        {
            "household": household.astype(np.int64),
            "slot": slot,
            "is_male": male[household, slot],
            "father": father,
            "mother": mother,
            "spouse": spouse,
        }
    )
    return frame, number


def _elsewhere_parents(draws: Draws, homes: pd.DataFrame, frame: pd.DataFrame, number: Ints) -> None:
    """Join heads without parents at home to an older household of their village and nationality."""
    order = np.lexsort((homes["ethnicity"], homes["village"]))
    key = (homes["village"].to_numpy() * len(GROUPS) + homes["ethnicity"].to_numpy())[order]
    start, end = np.searchsorted(key, key, side="left"), np.searchsorted(key, key, side="right")
    age = homes["head_age"].to_numpy()
    parent_home = np.full(len(homes), -1, dtype=np.int64)
    needs = (number[:, FATHER] < 0) & (number[:, MOTHER] < 0)
    for attempt in range(4):
        chosen = order[draws.whole("kin/home", order, start, end, attempt)]
        gap = age[chosen] - age[order]
        fits = (gap > 20) & (gap < 37) & needs[order] & (parent_home[order] < 0)
        parent_home[order[fits]] = chosen[fits]
    homes["parent_home"] = parent_home
    at = np.flatnonzero(parent_home >= 0)
    is_male = frame["is_male"].to_numpy()
    birth = frame["birth_date"].to_numpy().astype("datetime64[D]")
    for column, sex in (("father", True), ("mother", False)):
        values = frame[column].to_numpy().copy()
        for who in (HEAD, SPOUSE):
            person = number[parent_home[at], who]
            older = birth[number[at, HEAD]] - birth[np.maximum(person, 0)]
            right = (person >= 0) & (is_male[person] == sex) & (older > _YOUNGEST_PARENT)
            values[number[at[right], HEAD]] = person[right]
        frame[column] = values


def _lineages(homes: pd.DataFrame, frame: pd.DataFrame) -> Ints:
    """The number of each person's line of surname: the home's root, or an own one for who married in."""
    root = np.where(homes["parent_home"] >= 0, homes["parent_home"], np.arange(len(homes)))
    for _ in range(6):
        root = root[root]
    married_in = np.isin(frame["slot"].to_numpy(), [SPOUSE, MOTHER, IN_LAW])
    own = root[frame["household"].to_numpy()]
    return np.where(married_in, _OWN_LINEAGE + np.arange(len(frame)), own).astype(np.int64)


def _name_people(draws: Draws, places: Places, homes: pd.DataFrame, frame: pd.DataFrame) -> None:
    """Nationality, names and county of issue."""
    ids, home, slot = frame.index.to_numpy(), frame["household"].to_numpy(), frame["slot"].to_numpy()
    in_married = np.isin(slot, [SPOUSE, IN_LAW])
    other = draws.pick("home/other-group", ids, (60, 18, 8, 11, 1.5, 1.5))
    ethnicity = homes["ethnicity"].to_numpy()[home]
    ethnicity = np.where(in_married & draws.chance("home/mixed", ids, 0.06), other, ethnicity)
    lineage, is_male = frame["lineage"].to_numpy(), frame["is_male"].to_numpy()
    system = name_systems(draws, ids, ethnicity, lineage)
    frame["people"] = ethnicity
    frame["ethnicity"] = np.array(ETHNICITY, dtype=object)[ethnicity]
    frame["system"] = system
    frame["name_system"] = np.array(["given", "han", "interpunct"], dtype=object)[system]
    frame["name"] = full_names(draws, ids, ethnicity, is_male, lineage, system)
    issuers = places.issuers
    near = issuers["weight"] * np.where(issuers["incomer"] == "near", 1.0, 0.15)
    far = issuers["weight"] * np.where(issuers["incomer"] == "far", 1.0, 0.3)
    codes = issuers["division"].astype(np.int64).to_numpy()
    born_here = np.where(frame["birth_date"].to_numpy() >= RENAMED_ON, int(here().code), int(here().old_code))
    from_far = codes[draws.pick("issuer/far", ids, far)]
    from_near = codes[draws.pick("issuer/near", ids, near)]
    married_in = in_married & draws.chance("issuer/married-in", ids, 0.14)
    division = np.where(married_in, from_near, born_here)
    frame["division"] = np.where(homes["incomer"].to_numpy()[home], from_far, division)


def own_phones(draws: Draws, frame: pd.DataFrame, house_phone: np.ndarray, on: np.datetime64) -> np.ndarray:
    """Each person's phone: an own one, the house's, or none."""
    ids = frame.index.to_numpy()
    years = (on - frame["birth_date"].to_numpy().astype("datetime64[D]")).astype(float) / 365.2425
    owns = np.interp(years, (13, 18, 45, 60, 80), (0, 0.7, 0.65, 0.4, 0.1))
    own = phones(draws, "own", ids)
    return np.where(draws.chance("phone/own", ids, owns), own, house_phone[frame["household"].to_numpy()])
