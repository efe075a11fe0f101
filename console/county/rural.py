"""The list of 乡村振兴: 脱贫户 and the households watched against falling back, one row per person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county import economy as eco
from console.county.blanks import kept
from console.county.draws import Draws
from console.county.health import health_words, labour_words
from console.county.identity import agency_numbers
from console.county.kinship import relation_words
from console.county.places import HAMLETS
from console.county.population import FIRST_CHILD, FIRST_GRANDCHILD, IN_LAW, Base
from console.county.seat import here
from console.county.vital import Scene

SPLIT_HOMES = 5_000_000  # number of a household that split off: this plus the old one's
_HAMLETS = np.array(HAMLETS, dtype=object)
_RISKS = np.array(["因病", "因残", "因学", "因灾", "务工就业不稳", "缺劳动力", "产业失败"], dtype=object)


def rural_feed(
    draws: Draws, base: Base, villages: pd.DataFrame, scene: Scene, income: pd.DataFrame
) -> pd.DataFrame:
    """The list as of the month; income per head is the household's, divided by who is on the list."""
    homes = base.households
    rural_class = homes["rural_class"].to_numpy()
    known = homes["identified_on"].to_numpy().astype("datetime64[D]") <= scene.today
    on = (rural_class != eco.OFF)[scene.household] & known[scene.household] & scene.here
    person = np.flatnonzero(on)
    home = scene.household[person]
    order = np.lexsort((person, home, scene.village[person]))
    person, home = person[order], home[order]
    people = scene.people.iloc[person]
    apart = is_split_off(homes, scene, home, person)
    key = home + np.where(apart, SPLIT_HOMES, 0)
    listed = pd.Series(key).groupby(key).transform("size").to_numpy()
    share = listed / np.bincount(home, minlength=len(homes))[home]
    head = head_of(homes, scene, key, person)
    cleared = homes["cleared_on"].to_numpy().astype("datetime64[D]")[home] <= scene.today
    watched = rural_class[home] >= eco.UNSTABLE
    figures = income.iloc[home]
    _, health = health_words(people, scene.today)
    _, labour = labour_words(people, scene.age[person], scene.today)
    number = pd.Series(key).astype(str).str.zfill(7).to_numpy(dtype=object)
    place = villages["village_code"].to_numpy(dtype=object)[homes["village"].to_numpy()[home]]
    frame = pd.DataFrame(
        {
            "household_no": place + number,
            "person_no": "P" + agency_numbers(person, 10, 3),
            "county": here().name,
            "township": villages["township"].to_numpy(dtype=object)[scene.village[person]],
            "village": villages["village"].to_numpy(dtype=object)[scene.village[person]],
            "hamlet": _HAMLETS[(scene.group[person] - 1) % len(HAMLETS)],
            "head_name": scene.people["name"].to_numpy()[head],
            "name": people["name"].to_numpy(),
            "id_no": known_id(scene, person),
            "relation": relation_words(scene, person, head),
            "sex": np.where(people["is_male"].to_numpy(), "男", "女").astype(object),
            "ethnicity": people["ethnicity"].to_numpy(),
            "health": health,
            "labour": labour,
            "class": eco.RURAL_CLASSES[rural_class[home]],
            "risk_cleared": kept(watched, np.where(cleared, "是", "否")),
            "identified_on": homes["identified_on"].to_numpy().astype("datetime64[s]")[home],
            "risk": kept(watched, _RISKS[draws.pick("rural/risk", home, (34, 12, 10, 6, 16, 14, 8))]),
        }
    )
    # Who splits off takes his share of the income along: per head it stays what it was.
    for name in (*eco.SOURCES, "expense_business"):
        frame[name] = np.round(figures[name].to_numpy() * share, 2)
    frame["income_pc_year"] = np.round(figures["income_total"].to_numpy() * share / listed, 2)
    frame["phone"] = people["phone"].to_numpy()
    frame["_self"], frame["_head"] = person, head
    return frame


def is_split_off(homes: pd.DataFrame, scene: Scene, home: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Who stands under a household number of his own by now: the grown heir with spouse and children (分户)."""
    split = homes["split_on"].to_numpy().astype("datetime64[D]")[home] <= scene.today
    slot = scene.people["slot"].to_numpy()[person]
    young = np.isin(slot, [FIRST_CHILD, IN_LAW]) | (slot >= FIRST_GRANDCHILD)
    # Only a pair sets up house, and only out of a house where the old ones stay.
    pairs = pd.Series(split & (slot == IN_LAW)).groupby(home).transform("any").to_numpy()
    stays = pd.Series(~young).groupby(home).transform("any").to_numpy()
    return np.asarray(split & young & pairs & stays)


def known_id(scene: Scene, person: np.ndarray) -> np.ndarray:
    """The ID of each person, None for a newborn not yet registered."""
    people = scene.people.iloc[person]
    waiting = people["id_from"].to_numpy().astype("datetime64[D]") > scene.today
    return kept(~waiting, people["id_no"].to_numpy())


def head_of(homes: pd.DataFrame, scene: Scene, home: np.ndarray, person: np.ndarray) -> np.ndarray:
    """The head of each row's household: the old one while there, else the oldest on the list.

    ``home`` is the household's number, that of a split one included.
    """
    base_head = homes["head"].to_numpy()[home % SPLIT_HOMES]
    rank = np.where(base_head == person, -1000.0, -scene.age[person])
    order = np.lexsort((person, rank, home))
    first = pd.Series(person[order]).groupby(home[order]).first()
    return np.asarray(first.reindex(home).to_numpy(), dtype=np.int64)
