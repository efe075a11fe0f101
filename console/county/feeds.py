"""Which function makes which feed, and the feeds of civil affairs, police and 乡村振兴.

Each function takes the world and a month and returns the delivery's canonical columns as the agency's
clean words, with hidden columns for the true persons.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from console.county import calls, deaths, more_feeds, payments, rural, shocks, visits, welfare
from console.county.health import health_words, labour_words
from console.county.kinship import relation_words
from console.county.places import address
from console.county.seat import here
from console.county.turns import income_of
from warehouse.months import Month

if TYPE_CHECKING:
    from console.county.world import World


AWAY = 0.07  # of households on the roster live elsewhere than registered


def roster_members(world: World, month: Month) -> pd.DataFrame:
    """Rows of the roster before wording (``welfare.members``) with words and case numbers."""
    scene, homes = world.scene(month), world.base.households
    income = income_of(world.draws, homes, month)
    frame = welfare.members(world.draws, homes, scene, world.struck_off, income)
    frame["word"] = welfare.aid_words(world.draws, frame, homes["is_rural"].to_numpy())
    frame["number"] = welfare.case_numbers(frame, world.places.villages, homes)
    return frame


def assistance_roster(world: World, month: Month) -> pd.DataFrame:
    """救助对象花名册."""
    scene, villages = world.scene(month), world.places.villages
    frame = roster_members(world, month)
    person, head = frame["person"].to_numpy(), frame["applicant"].to_numpy()
    people = scene.people.iloc[person]
    health, _ = health_words(people, scene.today)
    labour, _ = labour_words(people, scene.age[person], scene.today)
    addresses = world.addresses(scene)
    return pd.DataFrame(
        {
            "seq": (frame.groupby(villages["township"].to_numpy()[frame["village"]]).cumcount() + 1)
            .astype(str)
            .to_numpy(dtype=object),
            "county": here().name,
            "township": villages["township"].to_numpy(dtype=object)[frame["village"]],
            "village": villages["village"].to_numpy(dtype=object)[frame["village"]],
            "group": pd.Series(scene.group[person]).astype(str).to_numpy(dtype=object) + "社",
            "case_no": frame["number"],
            "aid_type": frame["word"],
            "head_name": scene.people["name"].to_numpy()[head],
            "head_id": rural.known_id(scene, head),
            "name": people["name"].to_numpy(),
            "id_no": rural.known_id(scene, person),
            "sex": np.where(people["is_male"].to_numpy(), "男", "女").astype(object),
            "ethnicity": people["ethnicity"].to_numpy(),
            "relation": relation_words(scene, person, head),
            "household_size": frame["household_size"].astype("Int64"),
            "insured_size": frame["insured_size"].astype("Int64"),
            "health": health,
            "cause": welfare.causes(world.draws, frame["household"].to_numpy()),
            "labour": labour,
            "income_pc_month": frame["income_pc"],
            "monthly_amount": frame["amount"],
            "admitted_on": frame["admitted_on"].astype("datetime64[s]"),
            "grace_from": frame["grace_from"].astype("datetime64[s]"),
            "phone": people["phone"].to_numpy(),
            "hukou_address": addresses[person],
            "residence_address": _residences(world, frame["household"].to_numpy(), addresses[person]),
            "_self": person,
            "_head": head,
        }
    )


def _residences(world: World, household: np.ndarray, at_home: np.ndarray) -> np.ndarray:
    """居住地址: as registered, but for households that live in the town or in another village."""
    villages = world.places.villages
    away = world.draws.chance("home/away", household, AWAY)
    other = world.draws.pick("home/away-to", household, villages["weight"].to_numpy())
    house = world.draws.whole("home/away-house", household, 1, 300)
    return np.where(away, address(villages, other, 1 + house % 3, house), at_home)


def _cases_paid(world: World, month: Month) -> pd.DataFrame:
    frame = roster_members(world, month)
    words, numbers = frame["word"].to_numpy(), frame["number"].to_numpy()
    alive = world.scene(month).alive
    return payments.payment_rows(world.draws, frame, words, numbers, alive, month)


def assistance_payment(world: World, month: Month) -> pd.DataFrame:
    """救助金发放明细: the month's cases, what failed and was sent again, 临时救助."""
    scene, homes = world.scene(month), world.base.households
    rows = _cases_paid(world, month)
    parts = [rows, payments.sent_again(world.draws, rows, month, later=False)]
    if month > world.months[0]:
        before = _cases_paid(world, month.previous)
        parts.append(payments.sent_again(world.draws, before, month.previous, later=True))
    codes = world.places.villages["village_code"].to_numpy(dtype=object)[homes["village"].to_numpy()]
    parts.append(payments.temporary(world.draws, homes, scene, codes, month))
    parts.append(shocks.temporary_again(world.draws, homes, scene, codes, month))
    return payments.payment_feed(scene, pd.concat(parts, ignore_index=True))


def death(world: World, month: Month) -> pd.DataFrame:
    """死亡/户籍注销."""
    return deaths.death_feed(world.scene(month), world.entries, world.hukou_no)


def cremation(world: World, month: Month) -> pd.DataFrame:
    """火化/死亡医学证明."""
    scene = world.scene(month)
    return deaths.cremation_feed(scene, world.certificates, world.addresses(scene))


def rural_monitoring(world: World, month: Month) -> pd.DataFrame:
    """脱贫户与防返贫监测对象."""
    income = income_of(world.draws, world.base.households, month)
    return rural.rural_feed(world.draws, world.base, world.places.villages, world.scene(month), income)


FEEDS: dict[str, Callable[[World, Month], pd.DataFrame]] = {
    "assistance_roster": assistance_roster,
    "assistance_payment": assistance_payment,
    "medical_enrolment": more_feeds.medical_enrolment,
    "medical_settlement": more_feeds.medical_settlement,
    "education_enrolment": shocks.education_enrolment,
    "education_aid": more_feeds.education_aid,
    "death": death,
    "rural_monitoring": rural_monitoring,
    "cremation": cremation,
    "disability": more_feeds.disability,
    "pension": more_feeds.pension,
    "unemployment": shocks.unemployment,
    "hotline": calls.hotline,
    "declaration": calls.declaration,
    "means_test": more_feeds.means_test,
    "family_planning": more_feeds.family_planning,
    "partner_flag": calls.partner_flag,
    "visit_ledger": visits.visit_ledger,
}
