"""The smaller feeds: 残联, 人社, 核对中心, 12345, 乡镇 and 卫健."""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.blanks import kept
from console.county.draws import Draws
from console.county.health import CATEGORIES, is_severely_disabled
from console.county.identity import agency_numbers
from console.county.readings import LIVING_ALLOWANCE, NURSING_ALLOWANCE
from console.county.school import guardian_of
from console.county.vital import Scene, day, last_day
from warehouse.months import Month

_DAY = np.timedelta64(1, "D")
CARDED = 0.86  # of disabled people who have a card
LIVING_BEFORE, NURSING_BEFORE = 80.0, 100.0  # standards of earlier years, still paid to some
NOT_RAISED = 0.06  # of those paid are paid by the standard of before
UNDUE = 0.06  # of level 3 that is not severe draw the nursing allowance all the same
NEEDS = np.array(
    ["咨询低保申请条件", "反映家庭因病困难申请临时救助", "反映低保金未到账", "申请残疾人补贴", "反映邻居生活困难",
     "咨询特困供养", "反映孩子上学困难", "咨询医疗救助报销"], dtype=object,
)  # fmt: skip
_CHANNELS = np.array(["电话", "微信", "网站", "现场"], dtype=object)


def disability_feed(
    draws: Draws, scene: Scene, low_income: np.ndarray, addresses: np.ndarray, gone_on: np.ndarray
) -> pd.DataFrame:
    """残疾人证 in force: 18 digits of ID, category, level; some reissued (B1)."""
    n = len(scene.people)
    ids = np.arange(n)
    people = scene.people
    begun = people["disabled_on"].to_numpy().astype("datetime64[D]") + 90 * _DAY <= scene.today
    known = scene.here | (~scene.alive & ~(gone_on[:n] <= scene.today))
    person = ids[begun & known & draws.chance("card/has", ids, CARDED)]
    rows = people.iloc[person]
    category, level = rows["disability"].to_numpy(), rows["level"].to_numpy()
    code = pd.Series(category).astype(str) + pd.Series(level).astype(str)
    again = np.where(draws.chance("card/again", person, 0.06), "B1", "")
    hard = is_severely_disabled(rows)
    poor = low_income[person]
    nursed = hard & draws.chance("card/nursing", person, 0.93)
    nursed |= ~hard & (level == 3) & draws.chance("card/nursing-undue", person, UNDUE)
    old = draws.chance("card/living-before", person, NOT_RAISED)
    living = np.where(old, LIVING_BEFORE, LIVING_ALLOWANCE)
    old = draws.chance("card/nursing-before", person, NOT_RAISED)
    nursing = np.where(old, NURSING_BEFORE, NURSING_ALLOWANCE)
    guardian = np.where(
        np.isin(category, [5, 6, 7]) | (scene.age[person] < 18), guardian_of(scene, person), -1
    )
    there = np.maximum(guardian, 0)
    has = guardian >= 0
    phone = np.where(has, people["phone"].to_numpy()[there], rows["phone"].to_numpy())
    return pd.DataFrame(
        {
            "card_no": rows["id_no"].to_numpy() + code.to_numpy(dtype=object) + again.astype(object),
            "name": rows["name"].to_numpy(),
            "category": CATEGORIES[category],
            "level": pd.Series(level).astype(str).to_numpy(dtype=object),
            "guardian_name": kept(has, people["name"].to_numpy()[there]),
            "phone": phone,
            "living_allowance": np.where(poor & draws.chance("card/living", person, 0.93), living, np.nan),
            "nursing_allowance": np.where(nursed, nursing, np.nan),
            "hukou_address": addresses[person],
            "_self": person,
            "_guardian": guardian,
        }
    )


def pension_feed(draws: Draws, scene: Scene, gone_on: np.ndarray) -> pd.DataFrame:
    """养老待遇 of the month: from 60, with the dead not yet struck off."""
    n = len(scene.people)
    ids = np.arange(n)
    listed = scene.here | (~scene.alive & ~(gone_on[:n] - 10 * _DAY <= scene.today))
    on = listed & (scene.age >= 60.1) & draws.chance("pension/has", ids, 0.94)
    person = ids[on]
    rows = scene.people.iloc[person]
    worker = draws.chance("pension/worker", person, 0.09)
    basic = np.where(worker, 1450.0 + 900 * draws.uniform("pension/basic", person), 220.0)
    own = np.where(worker, 160.0, 22.0) + 120 * draws.uniform("pension/own", person)
    return pd.DataFrame(
        {
            "name": rows["name"].to_numpy(),
            "id_no": rows["id_no"].to_numpy(),
            "insurance": np.where(worker, "城镇职工基本养老保险", "城乡居民基本养老保险").astype(object),
            "month": str(scene.month),
            "basic_pension": np.round(basic, 2),
            "account_pension": np.round(own, 2),
            "_self": person,
            "_occurred": day(scene.month, 10).astype("datetime64[s]"),
        }
    )


def unemployment_feed(draws: Draws, scene: Scene, first_day: np.datetime64) -> pd.DataFrame:
    """失业登记 of the two years before the first month and since."""
    n = len(scene.people)
    ids = np.arange(n)
    on = first_day + draws.whole("jobless/day", ids, -700, 800) * _DAY
    died = scene.people["died_on"].to_numpy().astype("datetime64[D]") <= on
    fits = (scene.age > 18) & (scene.age < 60) & ~died & (on <= scene.today)
    person = ids[fits & draws.chance("jobless/has", ids, 0.025)]
    person = person[np.lexsort((person, on[person]))]
    rows = scene.people.iloc[person]
    return pd.DataFrame(
        {
            "name": rows["name"].to_numpy(),
            "id_no": rows["id_no"].to_numpy(),
            "registered_on": on[person].astype("datetime64[s]"),
            "insured": np.where(draws.chance("jobless/insured", person, 0.4), "是", "否").astype(object),
            "migrant": np.where(draws.chance("jobless/migrant", person, 0.55), "是", "否").astype(object),
            "_self": person,
            "_occurred": on[person].astype("datetime64[s]"),
        }
    )


def means_test_feed(
    draws: Draws, scene: Scene, on_roster: np.ndarray, asked: np.ndarray, ids: np.ndarray
) -> pd.DataFrame:
    """核对报告 of the month: a tenth of those on a roster by turns, and who asked for help."""
    n = len(scene.people)
    number = np.arange(n)
    turn = draws.whole("means/turn", number, 0, 10) == scene.month.number % 10
    person = number[scene.here & (scene.age >= 16) & ((on_roster & turn) | asked)]
    rows = scene.people.iloc[person]
    keys = (scene.month.year,)
    rich = draws.chance("means/rich", person, 0.04, *keys)
    deposits = np.round(
        np.where(rich, 90_000.0, 1500.0) * np.exp(0.8 * draws.normal("means/deposits", person, *keys)), 2
    )
    length = scene.month.last_day.day
    on = day(scene.month) + draws.whole("means/day", person, 0, length, *keys, scene.month.number) * _DAY
    cars = (rich & draws.chance("means/car", person, 0.8)).astype(np.int64)
    return pd.DataFrame(
        {
            "id_no": ids[person],
            "name": rows["name"].to_numpy(),
            "checked_on": on.astype("datetime64[s]"),
            "vehicles": pd.array(cars, dtype="Int64"),
            "houses": pd.array(1 + (rich & draws.chance("means/house", person, 0.5)), dtype="Int64"),
            "deposits": deposits,
            "business": np.where(rich & draws.chance("means/firm", person, 0.3), "有", "无").astype(object),
            "housing_fund": np.where(rich & draws.chance("means/fund", person, 0.2), 820.0, 0.0),
            "verdict": np.where(rich, "疑似超标", "未见异常").astype(object),
            "_self": person,
            "_occurred": on.astype("datetime64[s]"),
        }
    )


def ticket_feed(
    draws: Draws, scene: Scene, need: np.ndarray, addresses: np.ndarray, kind: str, ids: np.ndarray
) -> pd.DataFrame:
    """工单 of the month (``kind`` hotline or declaration): the needy call more; many give no ID."""
    month: Month = scene.month
    n = len(scene.people)
    number = np.arange(n)
    keys = (month.year, month.number)
    share = np.where(need[scene.household] < 0.12, 0.010, 0.0025) * (0.6 if kind == "declaration" else 1.0)
    grown = scene.here & (scene.age >= 18) & (scene.age < 80)
    person = number[grown & draws.chance(f"{kind}/calls", number, share, *keys)]
    rows = scene.people.iloc[person]
    on = day(month) + draws.whole(f"{kind}/day", person, 0, month.last_day.day, *keys) * _DAY
    took = draws.whole(f"{kind}/took", person, 1, 20, *keys)
    closed = on + took * _DAY
    done = closed <= last_day(month)
    letter = "Z" if kind == "declaration" else "R"
    gives = draws.chance(f"{kind}/gives-id", person, 0.9 if kind == "declaration" else 0.35)
    frame = pd.DataFrame(
        {
            "ticket_no": f"{letter}{month.year}{month.number:02d}" + agency_numbers(person, 8, 21),
            "received_at": on.astype("datetime64[s]"),
            "name": rows["name"].to_numpy(),
            "id_no": kept(gives, ids[person]),
            "phone": rows["phone"].to_numpy(),
            "address": addresses[person],
            "channel": _CHANNELS[draws.pick(f"{kind}/channel", person, (60, 25, 8, 7))],
            "need": NEEDS[draws.pick(f"{kind}/need", person, (24, 22, 8, 10, 10, 6, 8, 12))],
            "state": np.where(done, "已办结", "办理中").astype(object),
            "closed_at": np.where(done, closed, np.datetime64("NaT")).astype("datetime64[s]"),
            "_self": person,
            "_occurred": on.astype("datetime64[s]"),
        }
    )
    return frame.sort_values(["received_at", "ticket_no"], kind="stable", ignore_index=True)


def births_feed(draws: Draws, scene: Scene, first_day: np.datetime64) -> pd.DataFrame:
    """计生/出生 since two years before the first month; some newborns have no name or ID yet."""
    people = scene.people
    birth = people["birth_date"].to_numpy().astype("datetime64[D]")
    mother = people["mother"].to_numpy()
    person = np.flatnonzero((birth > first_day - 730 * _DAY) & (mother >= 0))
    person = person[np.lexsort((person, birth[person]))]
    rows = people.iloc[person]
    theirs = mother[person]
    waiting = rows["id_from"].to_numpy().astype("datetime64[D]") > scene.today
    nameless = waiting & draws.chance("births/nameless", person, 0.5)
    after = np.where(rows["is_male"].to_numpy(), "之子", "之女").astype(object)
    siblings = pd.DataFrame({"mother": mother, "birth": birth, "person": np.arange(len(people))})
    siblings = siblings[siblings["mother"] >= 0].sort_values(["mother", "birth", "person"], kind="stable")
    parity = siblings.groupby("mother").cumcount().set_axis(siblings["person"]) + 1
    mothers = people["name"].to_numpy()[theirs]
    return pd.DataFrame(
        {
            "name": np.where(nameless, mothers + after, rows["name"].to_numpy()),
            "id_no": kept(~waiting, rows["id_no"].to_numpy()),
            "birth_date": rows["birth_date"].to_numpy(),
            "mother_name": mothers,
            "mother_id": people["id_no"].to_numpy()[theirs],
            "parity": pd.array(parity.reindex(person).to_numpy(), dtype="Int64"),
            "_self": person,
            "_kin": theirs,
            "_occurred": rows["birth_date"].to_numpy(),
        }
    )
