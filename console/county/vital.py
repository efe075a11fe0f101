"""Births, deaths, marriages and moves, month after month, and the county as it stands in a month.

What happens in month m depends on the seed and on the months before, never on the months after. Newborns
are added at the end of the people, month by month, so a person's number is the same in every span.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from console.county.draws import Bools, Draws, Floats, Ints
from console.county.health import add_health, years_old
from console.county.identity import id_numbers
from console.county.names import full_names
from console.county.places import Places
from console.county.population import Base, own_phones
from console.county.seat import here
from warehouse.months import Month

PAST_MONTHS = 24  # deaths are known so far back before the first month
_DAY = np.timedelta64(1, "D")
NAT = np.datetime64("NaT", "D")
_AGES = (0, 1, 5, 30, 45, 55, 65, 75, 85, 95, 110)
_YEARLY_DEATHS = (0.006, 0.0008, 0.0004, 0.0010, 0.0028, 0.006, 0.014, 0.035, 0.09, 0.22, 0.6)


def day(month: Month, number: int = 1) -> np.datetime64:
    """A day of a month as numpy has it."""
    return np.datetime64(f"{month}-{number:02d}")


def last_day(month: Month) -> np.datetime64:
    """The last day of a month."""
    return np.datetime64(month.last_day)


@dataclass(frozen=True)
class Scene:
    """The county at the end of a month: everybody born until then, one entry per person.

    ``alive``, ``here`` (alive and not moved out of the county), ``household``, ``village`` and ``group``
    (where that household lives), ``spouse`` and ``age`` as of the last day.
    """

    month: Month
    today: np.datetime64
    people: pd.DataFrame
    alive: Bools
    here: Bools
    household: Ints
    village: Ints
    group: Ints
    house: Ints
    spouse: Ints
    age: Floats


@dataclass(frozen=True)
class Chronicle:
    """All people of the span with their days of birth and death, and who moved where and when."""

    people: pd.DataFrame
    moves: pd.DataFrame  # person, household, spouse (-1 none), on
    home_moves: pd.DataFrame  # household, village, group, on

    def scene(self, homes: pd.DataFrame, month: Month) -> Scene:
        """The county at the end of that month."""
        today = last_day(month)
        people = self.people
        born = int(np.searchsorted(people["added_on"].to_numpy().astype("datetime64[D]"), today, "right"))
        people = people.iloc[:born]
        household = people["household"].to_numpy().copy()
        spouse = people["first_spouse"].to_numpy().copy()
        moved = self.moves[self.moves["on"].to_numpy().astype("datetime64[D]") <= today]
        household[moved["person"]] = moved["household"]
        wed = moved[moved["spouse"] >= 0]
        spouse[wed["person"]], spouse[wed["spouse"]] = wed["spouse"], wed["person"]
        village, group = homes["village"].to_numpy().copy(), homes["group"].to_numpy().copy()
        shifted = self.home_moves[self.home_moves["on"].to_numpy().astype("datetime64[D]") <= today]
        village[shifted["household"]], group[shifted["household"]] = shifted["village"], shifted["group"]
        alive = ~(people["died_on"].to_numpy().astype("datetime64[D]") <= today)
        here = alive & ~(people["left_on"].to_numpy().astype("datetime64[D]") <= today)
        return Scene(
            month=month,
            today=today,
            people=people,
            alive=alive,
            here=here,
            household=household,
            village=village[household],
            group=group[household],
            house=homes["house"].to_numpy()[household],
            spouse=spouse,
            age=years_old(people["birth_date"].to_numpy(), today),
        )


def chronicle(draws: Draws, places: Places, base: Base, frail: Ints, months: list[Month]) -> Chronicle:
    """Live through the months. ``frail`` marks households whose people die earlier (0, 1)."""
    first = day(months[0])
    people = base.persons.copy()
    people["added_on"] = first - _DAY
    people["first_spouse"] = people["spouse"]
    people["left_on"] = NAT
    people["died_on"] = _past_deaths(draws, people, frail, first)
    moves: list[pd.DataFrame] = []
    home_moves: list[pd.DataFrame] = []
    used = base.numbers_used
    for month in _walk(months[0], months[-1]):
        so_far = Chronicle(people, _joined(moves, _MOVES), _joined(home_moves, _HOME_MOVES))
        scene = so_far.scene(base.households, month.previous)
        people = people.copy()
        _deaths(draws, people, scene, frail, month)
        _leavers(draws, people, scene, month)
        moves.append(_weddings(draws, people, scene, month))
        home_moves.append(_home_moves(draws, places, base.households, month))
        born, used = _births(draws, base, people, scene, month, used, first)
        people = pd.concat([people, born], ignore_index=True)
    return Chronicle(people, _joined(moves, _MOVES), _joined(home_moves, _HOME_MOVES))


_MOVES = {"person": np.int64, "household": np.int64, "spouse": np.int64, "on": "datetime64[s]"}
_HOME_MOVES = {"household": np.int64, "village": np.int64, "group": np.int64, "on": "datetime64[s]"}


def _joined(parts: list[pd.DataFrame], columns: dict[str, object]) -> pd.DataFrame:
    empty = pd.DataFrame({name: np.array([], dtype=kind) for name, kind in columns.items()})  # type: ignore[call-overload]
    return pd.concat([empty, *parts], ignore_index=True) if parts else empty


def _walk(first: Month, last: Month) -> list[Month]:
    found = [first]
    while found[-1] < last:
        found.append(found[-1].next)
    return found


def _hazard(people: pd.DataFrame, frail: Ints, household: Ints, on: np.datetime64) -> Floats:
    """The yearly chance of death, higher for the poor and much higher for the severely ill."""
    rate = np.interp(years_old(people["birth_date"].to_numpy(), on), _AGES, _YEARLY_DEATHS)
    severe = people["severe_on"].to_numpy().astype("datetime64[D]") <= on
    return np.asarray(np.minimum(rate * (1 + 0.9 * frail[household]) * (1 + 3.0 * severe), 0.8))


def _past_deaths(draws: Draws, people: pd.DataFrame, frail: Ints, first: np.datetime64) -> np.ndarray:
    ids = people.index.to_numpy()
    span = PAST_MONTHS * 30
    rate = _hazard(people, frail, people["household"].to_numpy(), first) * PAST_MONTHS / 12
    on = first - draws.whole("death/past-day", ids, 1, span) * _DAY
    dies = draws.chance("death/past", ids, rate) & (
        people["birth_date"].to_numpy().astype("datetime64[D]") < on - 40 * _DAY
    )
    # Nobody's mother died before the birth, nor father before the pregnancy.
    birth = people["birth_date"].to_numpy().astype("datetime64[D]")
    earliest = np.full(len(people), np.datetime64("0001-01-01", "D"))
    for column, before in (("mother", 0), ("father", 270)):
        parent = people[column].to_numpy()
        known = parent >= 0
        np.maximum.at(earliest, parent[known], birth[known] - before * _DAY)
    return np.where(dies & (on > earliest), on, NAT)


def _in_month(draws: Draws, purpose: str, ids: Ints, month: Month) -> np.ndarray:
    length = month.last_day.day
    return np.asarray(day(month) + draws.whole(purpose, ids, 0, length, month.year, month.number) * _DAY)


def _deaths(draws: Draws, people: pd.DataFrame, scene: Scene, frail: Ints, month: Month) -> None:
    ids = scene.people.index.to_numpy()
    rate = _hazard(scene.people, frail, scene.household, scene.today) / 12
    dies = ids[scene.here & draws.chance("death", ids, rate, month.year, month.number)]
    values = people["died_on"].to_numpy().astype("datetime64[D]")
    values[dies] = _in_month(draws, "death/day", dies, month)
    people["died_on"] = values


def _leavers(draws: Draws, people: pd.DataFrame, scene: Scene, month: Month) -> None:
    ids = scene.people.index.to_numpy()
    rate = np.where((scene.age > 18) & (scene.age < 45) & (scene.spouse < 0), 0.0012, 0.00008)
    leaves = scene.here & draws.chance("leave", ids, rate, month.year, month.number)
    at = ids[leaves & np.isnat(people["died_on"].to_numpy()[: len(ids)])]
    values = people["left_on"].to_numpy().astype("datetime64[D]")
    values[at] = _in_month(draws, "leave/day", at, month)
    people["left_on"] = values


def _weddings(draws: Draws, people: pd.DataFrame, scene: Scene, month: Month) -> pd.DataFrame:
    """Brides and grooms of one nationality, paired; the bride moves to the groom's household."""
    n = len(scene.people)
    ids = np.arange(n)
    stays = np.isnat(people["died_on"].to_numpy()[:n]) & np.isnat(people["left_on"].to_numpy()[:n])
    free = scene.here & stays & (scene.spouse < 0) & (scene.age > 20) & (scene.age < 36)
    free &= draws.chance("wed", ids, 0.012, month.year, month.number)
    male = scene.people["is_male"].to_numpy()
    kind = np.where(np.isin(scene.people["people"].to_numpy(), [2, 4]), 1, 0)
    sides = []
    for sex in (False, True):
        at = ids[free & (male == sex)]
        frame = pd.DataFrame({"person": at, "kind": kind[at]})
        sides.append(frame.assign(place=frame.groupby("kind").cumcount()))
    pairs = sides[0].merge(sides[1], on=["kind", "place"], suffixes=("", "_groom"))
    bride, groom = pairs["person"].to_numpy(), pairs["person_groom"].to_numpy()
    apart = scene.household[bride] != scene.household[groom]
    bride, groom = bride[apart], groom[apart]
    return pd.DataFrame(
        {
            "person": bride,
            "household": scene.household[groom],
            "spouse": groom,
            "on": _in_month(draws, "wed/day", bride, month).astype("datetime64[s]"),
        }
    )


def _home_moves(draws: Draws, places: Places, homes: pd.DataFrame, month: Month) -> pd.DataFrame:
    number = homes.index.to_numpy()
    at = number[draws.chance("home/moves", number, 0.0007, month.year, month.number)]
    weights = places.villages["weight"].to_numpy()
    village = draws.pick("home/moves-to", at, weights, month.year, month.number)
    hamlets = places.villages["hamlets"].to_numpy()[village]
    return pd.DataFrame(
        {
            "household": at,
            "village": village,
            "group": draws.whole("home/moves-group", at, 0, hamlets, month.year, month.number) + 1,
            "on": _in_month(draws, "home/moves-day", at, month).astype("datetime64[s]"),
        }
    )


def _births(
    draws: Draws,
    base: Base,
    people: pd.DataFrame,
    scene: Scene,
    month: Month,
    used: pd.Series,
    first: np.datetime64,
) -> tuple[pd.DataFrame, pd.Series]:
    ids = scene.people.index.to_numpy()
    fertile = scene.here & ~scene.people["is_male"].to_numpy() & (scene.spouse >= 0)
    rate = np.interp(scene.age, (18, 22, 27, 33, 40, 45), (0.05, 0.17, 0.17, 0.09, 0.02, 0))
    fertile &= draws.chance("birth", ids, rate / 12 * (scene.age < 45), month.year, month.number)
    fertile &= np.isnat(people["died_on"].to_numpy()[: len(ids)])
    mother = ids[fertile]
    twins = draws.chance("birth/twins", mother, 0.013, month.year, month.number)
    mother = np.repeat(mother, 1 + twins)
    born_on = _in_month(draws, "birth/day", mother, month)
    number = np.arange(len(people), len(people) + len(mother))
    parent = scene.people.iloc[mother]
    father = scene.spouse[mother]
    group = parent["people"].to_numpy()
    is_male = draws.chance("birth/male", number, 0.515)
    lineage = np.where(father >= 0, people["lineage"].to_numpy()[father], parent["lineage"].to_numpy())
    system = people["system"].to_numpy()[np.where(father >= 0, father, mother)]
    division = np.full(len(mother), int(here().code), dtype=np.int64)
    id_no, used = id_numbers(draws, division, born_on, is_male, used)
    born = pd.DataFrame(
        {
            "household": scene.household[mother],
            "slot": 99,
            "is_male": is_male,
            "father": father,
            "mother": mother,
            "spouse": -1,
            "birth_date": born_on.astype("datetime64[s]"),
            "lineage": lineage,
            "people": group,
            "ethnicity": parent["ethnicity"].to_numpy(),
            "system": system,
            "name_system": np.array(["given", "han", "interpunct"], dtype=object)[system],
            "name": full_names(draws, number, group, is_male, lineage, system),
            "division": division,
            "id_no": id_no,
        },
        index=number,
    )
    born["phone"] = own_phones(draws, born, base.households["phone"].to_numpy(), first)
    add_health(draws, born, first)
    # A newborn is entered with an ID between a week and four months after the birth.
    born["id_from"] = born_on + draws.whole("birth/registered", number, 5, 120) * _DAY
    born["added_on"] = last_day(month)
    born["first_spouse"], born["left_on"], born["died_on"] = -1, NAT, NAT
    return born, used
