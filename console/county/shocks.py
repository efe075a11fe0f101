"""What befalls people and is planted: works that close, aid that has to come again, children kept from school."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from console.county import economy as eco
from console.county import more_feeds
from console.county.draws import Draws, Ints
from console.county.payments import accounts
from console.county.vital import Scene
from warehouse.months import Month

if TYPE_CHECKING:
    from console.county.world import World

_DAY = np.timedelta64(1, "D")
NEWLY_JOBLESS = 0.006  # of working age, over eight months around the first
CLOSED_SHARE = 0.65  # of a village's people of working age lose their work when its works close
RETURNS, RETURNS_ON_AID = 0.010, 0.05  # households that are given 临时救助 again and again
OUT_OF_SCHOOL = (0.10, 0.05, 0.05, 0.05)  # of children of poor households: 无学籍, 辍学, 休学, 转出


def closed_village(world: World) -> int:
    """The village whose works close in the second month: one of the three with most people outside the town."""
    villages, homes = world.places.villages, world.base.households
    people = np.bincount(homes["village"], weights=homes["size"], minlength=len(villages))
    people[villages["kind"].to_numpy() == "urban"] = -1
    largest = np.argsort(-people, kind="stable")[:3]
    return int(largest[world.draws.whole("works/village", np.array([0]), 0, len(largest))[0]])


def unemployment(world: World, month: Month) -> pd.DataFrame:
    """失业登记: the running list, and after it those who lost their work of late."""
    scene, draws, first = world.scene(month), world.draws, world.first_day
    rows = more_feeds.unemployment(world, month)
    ids = np.arange(len(scene.people))
    grown = (scene.age > 18) & (scene.age < 60)
    home = world.base.households["village"].to_numpy()[scene.people["household"].to_numpy()]
    works = grown & (home == closed_village(world)) & draws.chance("works/lost", ids, CLOSED_SHARE)
    alone = grown & ~works & draws.chance("jobless/new", ids, NEWLY_JOBLESS)
    on = (
        first
        + np.where(
            works, draws.whole("works/day", ids, 36, 46), draws.whole("jobless/new-day", ids, -120, 120)
        )
        * _DAY
    )
    died = scene.people["died_on"].to_numpy().astype("datetime64[D]") <= on
    left = scene.people["left_on"].to_numpy().astype("datetime64[D]") <= on
    person = ids[(works | alone) & ~died & ~left & (on <= scene.today)]
    person = person[np.lexsort((person, on[person]))]
    insured = draws.pick("jobless/new-insured", person, (70, 22, 8))
    people = scene.people.iloc[person]
    new = pd.DataFrame(
        {
            "name": people["name"].to_numpy(),
            "id_no": people["id_no"].to_numpy(),
            "registered_on": on[person].astype("datetime64[s]"),
            "insured": np.array(["否", "是", None], dtype=object)[insured],
            "migrant": np.where(draws.chance("jobless/new-migrant", person, 0.55), "是", "否").astype(object),
            "_self": person,
            "_occurred": on[person].astype("datetime64[s]"),
        }
    )
    return pd.concat([rows, new], ignore_index=True)


def education_enrolment(world: World, month: Month) -> pd.DataFrame:
    """学籍, without children of poor households who are kept from school, and with those who left it."""
    rows = more_feeds.education_enrolment(world, month)
    scene, who = world.scene(month), rows["_self"].to_numpy()
    poor = more_feeds.known_poor(world, scene.people)[who]
    child = (scene.age[who] > 6.5) & (scene.age[who] < 16) & rows["state"].eq("在籍").to_numpy()
    what = world.draws.pick("school/kept-from", who, (*OUT_OF_SCHOOL, 1 - sum(OUT_OF_SCHOOL)))
    touched = poor & child
    words = np.array(["", "辍学", "休学", "转出", "在籍"], dtype=object)
    rows["state"] = np.where(touched, words[what], rows["state"].to_numpy(dtype=object))
    return rows[rows["state"] != ""].reset_index(drop=True)


def temporary_again(
    draws: Draws, homes: pd.DataFrame, scene: Scene, number_of: Ints, month: Month
) -> pd.DataFrame:
    """临时救助 that comes again: rows as ``payments.temporary`` has them, some failed, some one approval in stages."""
    number, keys = homes.index.to_numpy(), (month.year, month.number)
    aided = np.isin(homes["aid"].to_numpy(), [eco.DIBAO, eco.TEKUN])
    returns = draws.chance("aid/returns", number, np.where(aided, RETURNS_ON_AID, RETURNS))
    at = number[returns & draws.chance("aid/returns-month", number, 0.7, *keys)]
    head = homes["head"].to_numpy()[at]
    at, head = at[scene.here[head]], head[scene.here[head]]
    staged = draws.chance("aid/staged", at, 0.2)
    failed = draws.chance("aid/failed", at, 0.15, *keys)
    half = f"{month.year}{1 + (month.number > 6)}0"
    serial = pd.Series(5_000_000 + at).astype(str).to_numpy(dtype=object)
    case = np.where(staged, "J" + half, "L" + str(month).replace("-", "")) + number_of[at] + serial
    return pd.DataFrame(
        {
            "case": -20_000_000 - at,
            "person": head,
            "number": case,
            "word": "临时救助",
            "amount": draws.whole("aid/returns-sum", at, 2, 9, *keys) * 300.0,
            "account": accounts(draws, head, 3),
            "status": np.where(failed, "失败", "成功").astype(object),
            "hopeless": True,
            "pay_month": str(month),
            "step": 0,
        }
    )
