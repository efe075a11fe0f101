"""The feeds of 医保, 教育, 残联, 人社 and the other offices: what each is asked for of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from console.county import economy as eco
from console.county import medical, offices, school, wealth
from console.county.blanks import kept
from console.county.readings import LOW_INCOME_PC_YEAR
from console.county.vital import NAT, Scene
from warehouse.months import Month

if TYPE_CHECKING:
    from console.county.world import World

LATE_USE = 0.05  # of the dead: the family goes on using the card
LATE_BILL = 0.06  # of the dead: the last bill is settled within a week
SUBSIDY_WORDS = {
    eco.DIBAO: "最低生活保障对象",
    eco.TEKUN: "特困人员",
    eco.EDGE: "低保边缘家庭成员",
    eco.SINGLE: "最低生活保障对象",
}


def _ids(scene: Scene) -> np.ndarray:
    """Everybody's ID, None for newborns not yet registered."""
    waiting = scene.people["id_from"].to_numpy().astype("datetime64[D]") > scene.today
    return kept(~waiting, scene.people["id_no"].to_numpy())


def _people_of(world: World, month: Month) -> pd.DataFrame:
    """Everybody born by the end of a month; before the span, the people of the first day."""
    return world.scene(max(month, world.months[0].previous)).people


def known_poor(world: World, people: pd.DataFrame) -> np.ndarray:
    """Who the offices take for low-income: by the household that a person was counted in, in any month."""
    homes = world.base.households
    aid, rural = homes["aid"].to_numpy(), homes["rural_class"].to_numpy()
    watched = (rural >= eco.UNSTABLE) & (
        homes["income_total"].to_numpy() < LOW_INCOME_PC_YEAR * homes["size"].to_numpy()
    )
    poor = np.isin(aid, [eco.DIBAO, eco.TEKUN, eco.EDGE]) | watched
    return np.asarray(poor[people["household"].to_numpy()])


def medical_enrolment(world: World, month: Month) -> pd.DataFrame:
    """医保参保."""
    scene, homes = world.scene(month), world.base.households
    aid, rural = homes["aid"].to_numpy(), homes["rural_class"].to_numpy()
    words = np.full(len(homes), None, dtype=object)
    # Of those admitted after the year's premium was due, some are paid for only from next year on.
    waits = world.draws.chance("medical/subsidy-waits", homes.index.to_numpy(), 0.3)
    due = np.where(waits, np.datetime64(f"{month.year}-01-31"), np.datetime64(month.first_day))
    identified = homes["identified_on"].to_numpy().astype("datetime64[D]") <= due
    words[(rural >= eco.UNSTABLE) & identified] = "防止返贫监测对象"
    admitted = homes["admitted_on"].to_numpy().astype("datetime64[D]") <= due
    for kind, word in SUBSIDY_WORDS.items():
        words[(aid == kind) & admitted] = word
    subsidy = words[scene.household]
    missed = world.draws.chance("medical/no-subsidy", np.arange(len(scene.people)), 0.02, month.year)
    subsidy = kept(~missed, subsidy)
    return medical.enrolment_feed(
        world.draws,
        scene,
        subsidy,
        world.addresses(scene),
        world.places.villages,
        world.struck_off,
        _ids(scene),
    )


def medical_settlement(world: World, month: Month) -> pd.DataFrame:
    """医保结算 of a month of the span or of the twelve before it."""
    people = _people_of(world, month)
    helped = np.isin(world.base.households["aid"].to_numpy(), [eco.DIBAO, eco.TEKUN, eco.EDGE])
    poor = helped[people["household"].to_numpy()]
    rows = medical.settlements(world.draws, people, month, poor, _uses_after_death(world, people, month))
    ids = np.asarray(people["id_no"].to_numpy(), dtype=object)
    return medical.settlement_feed(rows, people, ids)


def _uses_after_death(world: World, people: pd.DataFrame, month: Month) -> pd.DataFrame:
    """Settlements of the month under the number of somebody dead."""
    died = people["died_on"].to_numpy().astype("datetime64[D]")
    who = np.flatnonzero(~np.isnat(died))
    u = world.draws.uniform("medical/after-death", who)
    days = world.draws.whole("medical/after-days", who, 12, 150)
    soon = world.draws.whole("medical/after-soon", who, 1, 7)
    late, bill = u < LATE_USE, (u >= LATE_USE) & (u < LATE_USE + LATE_BILL)
    on = np.where(late, died[who] + days, np.where(bill, died[who] + soon, NAT))
    inside = on.astype("datetime64[M]") == np.datetime64(str(month))
    undone = world.draws.chance("medical/after-undone", who, 0.2)
    return pd.DataFrame({"person": who[inside], "settled_at": on[inside], "is_undone": undone[inside]})


def education_enrolment(world: World, month: Month) -> pd.DataFrame:
    """学籍."""
    scene = world.scene(month)
    return school.enrolment_feed(
        world.draws, scene, world.places.villages, world.addresses(scene), _ids(scene)
    )


def education_aid(world: World, month: Month) -> pd.DataFrame:
    """学生资助."""
    scene = world.scene(month)
    poor = known_poor(world, scene.people)
    return school.aid_feed(world.draws, scene, poor, world.months[0], _ids(scene))


def disability(world: World, month: Month) -> pd.DataFrame:
    """残疾人证."""
    scene = world.scene(month)
    poor = known_poor(world, scene.people)
    return offices.disability_feed(world.draws, scene, poor, world.addresses(scene), world.struck_off)


def pension(world: World, month: Month) -> pd.DataFrame:
    """养老待遇."""
    return offices.pension_feed(world.draws, world.scene(month), world.struck_off)


def unemployment(world: World, month: Month) -> pd.DataFrame:
    """失业登记."""
    return offices.unemployment_feed(world.draws, world.scene(month), world.first_day)


def _means_reports(world: World, month: Month) -> pd.DataFrame:
    """核对报告 of a month without the second looks at what the month before found."""
    scene, homes = world.scene(month), world.base.households
    on_roster = np.isin(homes["aid"].to_numpy(), [eco.DIBAO, eco.TEKUN, eco.EDGE])[scene.household]
    share = np.where(homes["need"].to_numpy() < 0.15, 0.03, 0.001)
    asks = world.draws.chance("means/asked", homes.index.to_numpy(), share, month.year, month.number)
    frame = offices.means_test_feed(world.draws, scene, on_roster, asks[scene.household], _ids(scene))
    return wealth.with_hidden_wealth(world.draws, scene, frame, on_roster)


def means_test(world: World, month: Month) -> pd.DataFrame:
    """核对报告."""
    reports = _means_reports(world, month)
    if month <= world.months[0]:
        return reports
    again = wealth.looked_again(world.draws, world.scene(month), _means_reports(world, month.previous))
    return pd.concat([reports, again], ignore_index=True)


def _tickets(world: World, month: Month, kind: str) -> pd.DataFrame:
    scene = world.scene(month)
    need = world.base.households["need"].to_numpy()
    return offices.ticket_feed(world.draws, scene, need, world.addresses(scene), kind, _ids(scene))


def hotline(world: World, month: Month) -> pd.DataFrame:
    """12345 救助工单."""
    return _tickets(world, month, "hotline")


def declaration(world: World, month: Month) -> pd.DataFrame:
    """自主申报、社会监督."""
    return _tickets(world, month, "declaration")


def family_planning(world: World, month: Month) -> pd.DataFrame:
    """计生/出生."""
    return offices.births_feed(world.draws, world.scene(month), world.first_day)
