"""The made-up county 同仁市: people with planted truth, and what each agency would deliver of them.

``make_world`` lives through the months; ``World.feed`` is an agency's clean delivery of a month, with the
true person of every role in hidden columns (``_self``, ``_head``, ``_guardian``, ``_kin``, and
``_occurred`` where rows are events); ``World.warnings`` is what a platform that sees nothing but the
deliveries up to that month ought to find. Everything follows from the seed; month m is the same whatever
months are asked for after it.
"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import pandas as pd

from console.county import deaths, feeds
from console.county.draws import Draws
from console.county.economy import DIBAO, SINGLE, TEKUN, add_economy
from console.county.findings import warnings
from console.county.hardship import add_unmet
from console.county.health import add_health
from console.county.identity import phones_on_file
from console.county.needs import Homes
from console.county.places import Places, address, make_places
from console.county.population import Base, make_population
from console.county.seat import here
from console.county.turns import add_turns
from console.county.vital import Chronicle, Scene, chronicle, day
from warehouse.errors import Misconfigured
from warehouse.months import Month

HISTORY_MONTHS = 12
OLD_PHONES = ("assistance_roster", "medical_enrolment", "rural_monitoring")
HIDDEN = ("_self", "_head", "_guardian", "_kin")


class World:
    """The county over its months. See the module's docstring; feeds are made when asked for."""

    def __init__(self, draws: Draws, places: Places, base: Base, story: Chronicle, months: list[Month]):
        self.draws, self.places, self.base, self.story, self.months = draws, places, base, story, months
        self.first_day = day(months[0])
        self.entries = deaths.registrations(draws, story.people, self._on_aid(), self.first_day)
        self.certificates = deaths.certificates(draws, story.people)
        self.struck_off = deaths.struck_off(draws, story.people, self.entries)
        number = pd.Series(base.households.index + here().first).astype(str).str.zfill(8)
        self.hukou_no = ("H" + number).to_numpy(dtype=object)
        self._scene = lru_cache(maxsize=3)(self._make_scene)
        self._feed = lru_cache(maxsize=24)(self._make_feed)
        self._history = lru_cache(maxsize=1)(self._make_history)
        self._warnings = lru_cache(maxsize=3)(partial(warnings, self))

    @property
    def seed(self) -> int:
        """The seed that everything follows from."""
        return self.draws.seed

    @property
    def feeds(self) -> list[str]:
        """The feeds that the county's agencies deliver, required ones first."""
        return list(feeds.FEEDS)

    @property
    def persons(self) -> pd.DataFrame:
        """Everybody ever seen in the span, by true person number, as at the end of the last month."""
        scene = self.scene(self.months[-1])
        people = scene.people.copy()
        villages = self.places.villages.iloc[scene.village]
        people["sex"] = np.where(people["is_male"], "男", "女").astype(object)
        people["household"] = scene.household
        people["spouse"] = scene.spouse
        people["township"] = villages["township"].to_numpy(dtype=object)
        people["village"] = villages["village"].to_numpy(dtype=object)
        people["village_code"] = villages["village_code"].to_numpy(dtype=object)
        people["group"] = scene.group
        people["address"] = self.addresses(scene)
        people["head"] = self.base.households["head"].to_numpy()[scene.household]
        first_home = scene.people["household"].to_numpy()
        first_village = self.base.households["village"].to_numpy()[first_home]
        people["moved"] = (scene.household != first_home) | (scene.village != first_village)
        people["division"] = people["division"].astype(str)
        people.index.name = "person"
        return people.drop(columns=["people", "system", "first_spouse", "added_on"])

    def scene(self, month: Month) -> Scene:
        """The county at the end of a month."""
        return self._scene(month)

    def homes(self, month: Month) -> Homes:
        """Where everybody lives at the end of a month."""
        scene = self.scene(month)
        townships = self.places.villages["township"].to_numpy(dtype=object)
        return Homes(scene.household, townships[scene.village])

    def addresses(self, scene: Scene) -> np.ndarray:
        """Everybody's address at the end of a month."""
        return address(self.places.villages, scene.village, scene.group, scene.house)

    def feed(self, feed: str, month: Month) -> pd.DataFrame:
        """The clean delivery of a feed for a month of the span."""
        if feed not in feeds.FEEDS or month not in self.months:
            raise Misconfigured(
                f"the county has no feed '{feed}' in {month}.", next_step="ask for a feed and month it has."
            )
        return self._feed(feed, month).copy()

    def history(self, feed: str) -> pd.DataFrame:
        """What a feed brings beside its first month: the twelve months before, for medical_settlement."""
        if feed != "medical_settlement":
            return self._feed(feed, self.months[0]).iloc[:0].copy()
        return self._history().copy()

    def warnings(self, month: Month) -> pd.DataFrame:
        """The planted truth of a month: rule_id, true_person, expected (True, False or None)."""
        return self._warnings(month).copy()

    def _on_aid(self) -> np.ndarray:
        aid = self.base.households["aid"].to_numpy()
        return np.isin(aid[self.story.people["household"].to_numpy()], [TEKUN, DIBAO, SINGLE])

    def _make_scene(self, month: Month) -> Scene:
        return self.story.scene(self.base.households, month)

    def _make_history(self) -> pd.DataFrame:
        before = [self.months[0].plus(-ago) for ago in range(HISTORY_MONTHS, 0, -1)]
        return pd.concat([self._make_feed("medical_settlement", m) for m in before], ignore_index=True)

    def _make_feed(self, feed: str, month: Month) -> pd.DataFrame:
        made = feeds.FEEDS[feed](self, month)
        if feed in OLD_PHONES:
            who = made["_self"].to_numpy()
            made["phone"] = phones_on_file(self.draws, feed, who, made["phone"].to_numpy(dtype=object))
        for column in HIDDEN:
            made[column] = made[column].astype(np.int64) if column in made else np.int64(-1)
        return made.reset_index(drop=True)


def make_world(*, seed: int, persons: int, months: list[Month]) -> World:
    """The county of a seed with so many people on the first day of the first month, lived to the last."""
    if persons < 200 or not months:
        raise Misconfigured(
            "a county needs at least 200 people and one month.", next_step="ask for more people."
        )
    draws = Draws(seed)
    first_day = day(months[0])
    places = make_places(draws, persons)
    base = make_population(draws, places, persons, first_day)
    base.persons["id_from"] = base.persons["birth_date"] + np.timedelta64(60, "D")
    add_health(draws, base.persons, first_day)
    add_economy(draws, base, places.villages["kind"].to_numpy(dtype=str), base.persons, first_day)
    add_turns(draws, base.households, first_day)
    add_unmet(draws, base.persons, base.households, first_day)
    frail = np.isin(base.households["aid"].to_numpy(), [TEKUN, DIBAO, SINGLE]).astype(np.int64)
    return World(draws, places, base, chronicle(draws, places, base, frail, months), months)
