"""Who is recorded dead where and when: the police list, the medical certificates, and the clerk's slips.

Police cancel a household registration days to many months after the death; some deaths never reach them.
Now and then the applicant is entered instead of the dead spouse. People cancelled for another reason
(参军, 出国定居, 重复户口) are not dead. An agency that pays aid strikes the dead off with a lag of its own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.blanks import kept
from console.county.draws import Draws
from console.county.health import years_old
from console.county.seat import here
from console.county.vital import Scene

_DAY = np.timedelta64(1, "D")
NAT = np.datetime64("NaT", "D")
NEVER_REGISTERED = 0.05
CERTIFIED = 0.72  # deaths with a certificate or a cremation
WRONG_SPOUSE = 0.045  # of registered deaths of people with a living spouse
CLEAN_UP = (0.46, 0.24, 0.30)  # struck off from the next month's roster on, within half a year, much later


def registrations(
    draws: Draws, people: pd.DataFrame, on_aid: np.ndarray, first_day: np.datetime64
) -> pd.DataFrame:
    """Every entry of the police list, past and to come, for these people: one row per entry.

    Columns ``person`` (whom the entry names), ``dead`` (who really died, -1 nobody), ``died_on``,
    ``cancelled_on``, ``reason``. ``on_aid`` marks people of households on a roster, whose double registrations
    were looked for. Ordered by day of cancellation, then person.
    """
    died = people["died_on"].to_numpy().astype("datetime64[D]")
    at = np.flatnonzero(~np.isnat(died))
    lag = draws.curve("death/lag", at, (0, 0.55, 0.8, 0.93, 1), (2, 25, 75, 200, 520)).astype(np.int64)
    known = ~draws.chance("death/unregistered", at, NEVER_REGISTERED)
    spouse = people["first_spouse"].to_numpy()[at]
    partner_died = died[np.maximum(spouse, 0)]
    living = (spouse >= 0) & ~(partner_died <= died[at])
    wrong = living & draws.chance("death/wrong-spouse", at, WRONG_SPOUSE)
    entries = pd.DataFrame(
        {
            "person": np.where(wrong, spouse, at),
            "dead": at,
            "died_on": died[at],
            "cancelled_on": died[at] + lag * _DAY,
            "reason": "死亡",
        }
    )[known]
    whole = pd.concat([entries, _other_reasons(draws, people, on_aid, first_day)], ignore_index=True)
    return (
        whole.sort_values(["cancelled_on", "person", "reason"], kind="stable")
        .drop_duplicates(["person", "reason"])
        .reset_index(drop=True)
    )


def _other_reasons(
    draws: Draws, people: pd.DataFrame, on_aid: np.ndarray, first_day: np.datetime64
) -> pd.DataFrame:
    """Registrations cancelled while the person lives, spread over two years before and after."""
    ids = people.index.to_numpy()
    age = years_old(people["birth_date"].to_numpy(), first_day)
    soldier = people["is_male"].to_numpy() & (age > 17.5) & (age < 23)
    u = draws.uniform("death/other", ids)
    reason = np.select(
        [
            soldier & (u < 0.03),
            (u > np.where(on_aid, 0.991, 0.9985)) & (age > 3),
            (u > 0.9981) & (age > 20),
            u > 0.9978,
        ],
        ["参军", "重复户口", "出国定居", "其他"],
        "",
    )
    on = first_day + draws.whole("death/other-day", ids, -700, 700) * _DAY
    lives = ~(people["died_on"].to_numpy().astype("datetime64[D]") <= on)
    at = np.flatnonzero((reason != "") & lives)
    return pd.DataFrame(
        {"person": at, "dead": -1, "died_on": NAT, "cancelled_on": on[at], "reason": reason[at]}
    )


def certificates(draws: Draws, people: pd.DataFrame) -> pd.DataFrame:
    """Deaths with a certificate or a cremation: ``person``, ``died_on``, ``seen_on`` (when it is listed)."""
    died = people["died_on"].to_numpy().astype("datetime64[D]")
    at = np.flatnonzero(~np.isnat(died))
    at = at[draws.chance("cremation", at, CERTIFIED)]
    listed = died[at] + draws.whole("cremation/listed", at, 1, 12) * _DAY
    return pd.DataFrame({"person": at, "died_on": died[at], "seen_on": listed})


def struck_off(draws: Draws, people: pd.DataFrame, entries: pd.DataFrame) -> np.ndarray:
    """The day on which civil affairs strike each dead person off their rosters (NaT: alive)."""
    died = people["died_on"].to_numpy().astype("datetime64[D]")
    ids = people.index.to_numpy()
    heard = died + draws.whole("strike/heard", ids, 20, 200) * _DAY
    real = entries[(entries["reason"] == "死亡") & (entries["person"] == entries["dead"])]
    cancelled = np.full(len(people), NAT)
    cancelled[real["person"]] = real["cancelled_on"].to_numpy().astype("datetime64[D]")
    heard = np.where(np.isnat(cancelled), heard, cancelled)
    kind = draws.pick("strike/kind", ids, CLEAN_UP)
    next_roster = (heard.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
    lag = np.where(
        kind == 1, draws.whole("strike/later", ids, 30, 180), draws.whole("strike/late", ids, 180, 900)
    )
    return np.where(kind == 0, next_roster, heard + lag * _DAY)


def death_feed(scene: Scene, entries: pd.DataFrame, household_no: np.ndarray) -> pd.DataFrame:
    """The police list as of the month: every cancellation so far."""
    seen = entries[entries["cancelled_on"].to_numpy().astype("datetime64[D]") <= scene.today]
    seen = seen[seen["person"].to_numpy() < len(scene.people)]
    who = seen["person"].to_numpy()
    people = scene.people
    return pd.DataFrame(
        {
            "name": people["name"].to_numpy()[who],
            "id_no": people["id_no"].to_numpy()[who],
            "sex": np.where(people["is_male"].to_numpy()[who], "男", "女").astype(object),
            "birth_date": people["birth_date"].to_numpy()[who],
            "division": here().code,
            "hukou_no": household_no[scene.household[who]],
            "died_on": seen["died_on"].to_numpy(),
            "cancelled_on": seen["cancelled_on"].to_numpy(),
            "reason": seen["reason"].to_numpy(),
            "_self": who,
            "_occurred": seen["cancelled_on"].to_numpy(),
        }
    )


def cremation_feed(scene: Scene, listed: pd.DataFrame, addresses: np.ndarray) -> pd.DataFrame:
    """Certificates and cremations so far, with a relative who came for the dead."""
    seen = listed[listed["seen_on"].to_numpy().astype("datetime64[D]") <= scene.today]
    seen = seen[seen["person"].to_numpy() < len(scene.people)]
    seen = seen.sort_values(["seen_on", "person"], kind="stable")
    who = seen["person"].to_numpy()
    people = scene.people
    kin = _kin(scene, who)
    there = np.maximum(kin, 0)
    age = (seen["died_on"].to_numpy() - people["birth_date"].to_numpy()[who]).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "name": people["name"].to_numpy()[who],
            "id_no": people["id_no"].to_numpy()[who],
            "sex": np.where(people["is_male"].to_numpy()[who], "男", "女").astype(object),
            "age": pd.array((age.astype(int) / 365.2425).astype(int), dtype="Int64"),
            "died_on": seen["died_on"].to_numpy(),
            "hukou_address": addresses[who],
            "kin_name": kept(kin >= 0, people["name"].to_numpy()[there]),
            "kin_phone": kept(kin >= 0, people["phone"].to_numpy()[there]),
            "_self": who,
            "_kin": kin,
            "_occurred": seen["died_on"].to_numpy(),
        }
    )


def _kin(scene: Scene, who: np.ndarray) -> np.ndarray:
    """Spouse, else a child, else a parent of each, alive at the end of the month; -1 where none."""
    people = scene.people
    child = np.full(len(people), -1, dtype=np.int64)
    alive = np.flatnonzero(scene.alive)
    for column in ("mother", "father"):
        parent = people[column].to_numpy()[alive]
        child[parent[parent >= 0]] = alive[parent >= 0]
    found = np.full(len(who), -1, dtype=np.int64)
    for candidate in (
        scene.spouse[who],
        child[who],
        people["father"].to_numpy()[who],
        people["mother"].to_numpy()[who],
    ):
        fits = (found < 0) & (candidate >= 0) & scene.alive[np.maximum(candidate, 0)]
        found = np.where(fits, candidate, found)
    return found
