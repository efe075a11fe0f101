"""学籍 and 学生资助: who is at which school in a school year, and which students were helped.

A school year runs from 1 September; the stage follows from the age on that day. The aid list runs on from
the school year before the first month's; aid of the autumn term is paid in September, for some later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from console.county.blanks import kept
from console.county.draws import Draws, Ints
from console.county.health import years_old
from console.county.identity import agency_numbers
from console.county.vital import Scene, last_day
from warehouse.months import Month

STAGES = np.array(["学前", "小学", "初中", "高中", "中职", "高校"], dtype=object)
_START = (3.0, 6.0, 12.0, 15.0, 15.0, 18.0)
PRIVATE, PRIVATE_FEE = 0.3, 9800.0  # of students past 初中 at a school that charges so much a year (R02)
_FEE = (1800.0, 0.0, 0.0, 1200.0, 0.0, 4600.0)
AIDED = 0.90  # of low-income students in a school year; the rest are what C08 looks for
PROGRAMMES = np.array(
    ["学前教育资助", "义务教育家庭经济困难学生生活补助", "义务教育家庭经济困难学生生活补助",
     "普通高中国家助学金", "中职国家助学金", "生源地信用助学贷款"], dtype=object,
)  # fmt: skip
_AMOUNTS = (600.0, 625.0, 750.0, 1000.0, 1150.0, 4000.0)


def school_year(month: Month) -> int:
    """The calendar year in which the month's school year began."""
    return month.year if month.number >= 9 else month.year - 1


def school_year_words(year: int) -> str:
    """The school year as the agency writes it."""
    return f"{year}-{year + 1}"


@dataclass(frozen=True)
class Pupils:
    """Students of a school year: ``person``, ``stage`` (index of STAGES), ``grade`` and ``state``."""

    person: Ints
    stage: Ints
    grade: Ints
    state: np.ndarray


def pupils(draws: Draws, people: pd.DataFrame, year: int) -> Pupils:
    """Who is on the school list of a school year, were everybody alive and here."""
    ids = people.index.to_numpy()
    age = np.floor(years_old(people["birth_date"].to_numpy(), np.datetime64(f"{year}-08-31")))
    vocational = draws.chance("school/vocational", ids, 0.42)
    stage = np.select(
        [age < 6, age < 12, age < 15, (age < 18) & vocational, age < 18], [0, 1, 2, 4, 3], 5
    ).astype(np.int64)
    hard = ~np.isnat(people["disabled_on"].to_numpy()) & (people["level"].to_numpy() == 1)
    share = np.interp(
        age, (2.9, 3, 5, 6, 14, 15, 17, 18, 21, 22), (0, 0.55, 0.86, 0.996, 0.992, 0.9, 0.86, 0.32, 0.26, 0)
    )
    never = draws.chance("school/never", ids, np.where(hard, 0.3, 0.004))
    goes = draws.chance("school/goes", ids, share) & ~never
    u = draws.uniform("school/state", ids, year)
    state = np.select([u < 0.004, u < 0.012, (u < 0.0145) & (age > 10)], ["休学", "转出", "辍学"], "在籍")
    person = ids[goes & (age >= 3) & (age < 22)]
    return Pupils(
        person=person,
        stage=stage[person],
        grade=(age[person] - np.array(_START)[stage[person]]).astype(np.int64) + 1,
        state=state[person].astype(object),
    )


def student_no(person: Ints) -> np.ndarray:
    """学籍号: G and the made-up national number."""
    return np.asarray("G6323" + agency_numbers(person, 14, 11))


def enrolment_feed(
    draws: Draws, scene: Scene, villages: pd.DataFrame, addresses: np.ndarray, ids: np.ndarray
) -> pd.DataFrame:
    """The school list as of the month; the dead stay on it until the end of the month after."""
    year = school_year(scene.month)
    list_ = pupils(draws, scene.people, year)
    gone = _gone_before(scene, last_day(scene.month.previous))
    keep = ~gone[list_.person]
    person, stage = list_.person[keep], list_.stage[keep]
    people = scene.people.iloc[person]
    guardian = guardian_of(scene, person)
    there = np.maximum(guardian, 0)
    has = guardian >= 0
    dear = draws.chance("school/private", person, PRIVATE) & (stage > 2)
    fee = np.where(dear, PRIVATE_FEE, np.array(_FEE)[stage])
    frame = pd.DataFrame(
        {
            "student_no": student_no(person),
            "name": people["name"].to_numpy(),
            "id_no": ids[person],
            "sex": np.where(people["is_male"].to_numpy(), "男", "女").astype(object),
            "birth_date": people["birth_date"].to_numpy(),
            "ethnicity": people["ethnicity"].to_numpy(),
            "school": school_names(villages, scene.village[person], stage),
            "stage": STAGES[stage],
            "grade": np.char.add(list_.grade[keep].astype(str), "年级").astype(object),
            "state": list_.state[keep],
            "hukou_address": addresses[person],
            "guardian_name": kept(has, scene.people["name"].to_numpy()[there]),
            "guardian_id": kept(has, scene.people["id_no"].to_numpy()[there]),
            "guardian_phone": kept(has, scene.people["phone"].to_numpy()[there]),
            "tuition_year": np.where(stage == 0, fee, np.where(fee > 0, fee, 0.0)),
            "_self": person,
            "_guardian": guardian,
        }
    )
    return frame.sort_values(["school", "stage", "grade", "student_no"], kind="stable", ignore_index=True)


def school_names(villages: pd.DataFrame, village: Ints, stage: Ints) -> np.ndarray:
    """The school of each: kindergarten and primary of the township or village, the rest of the town."""
    township = villages["township"].to_numpy(dtype=object)[village]
    own = villages["village"].to_numpy(dtype=object)[village]
    return np.select(
        [stage == 0, stage == 1, stage == 2, stage == 3, stage == 4],
        [
            own + "幼儿园",
            township + "中心完小",
            township + "寄宿制初级中学",
            "黄南州民族高级中学",
            "黄南州职业技术学校",
        ],
        "青海省高校",
    ).astype(object)


def guardian_of(scene: Scene, person: Ints) -> Ints:
    """Father or mother alive, else the oldest grown-up of the household; -1 where nobody is."""
    father = scene.people["father"].to_numpy()[person]
    mother = scene.people["mother"].to_numpy()[person]
    grown = np.flatnonzero(scene.here & (scene.age >= 18))
    order = grown[np.lexsort((grown, -scene.age[grown], scene.household[grown]))]
    oldest = pd.Series(order).groupby(scene.household[order]).first()
    other = oldest.reindex(scene.household[person]).fillna(-1).to_numpy().astype(np.int64)
    found = np.where(other == person, -1, other)
    for parent in (mother, father):
        lives = (parent >= 0) & scene.here[np.maximum(parent, 0)]
        found = np.where(lives, parent, found)
    return found.astype(np.int64)


def _gone_before(scene: Scene, on: np.datetime64) -> np.ndarray:
    died = scene.people["died_on"].to_numpy().astype("datetime64[D]") <= on
    left = scene.people["left_on"].to_numpy().astype("datetime64[D]") <= on
    return np.asarray(died | left)


def aid_feed(
    draws: Draws, scene: Scene, low_income: np.ndarray, first: Month, ids: np.ndarray
) -> pd.DataFrame:
    """The aid list so far: of the school year before the first month's to this month's.

    ``low_income`` says who was known to the school as low-income (by person, without regard to the month).
    """
    parts = []
    for year in range(school_year(first) - 1, school_year(scene.month) + 1):
        list_ = pupils(draws, scene.people, year)
        poor = low_income[list_.person]
        others = draws.chance("aid/other", list_.person, 0.05)
        chance = np.where(poor, AIDED, others) * np.isin(list_.state, ["在籍", "休学"])
        helped = draws.chance("aid/year", list_.person, chance, year)
        for term, (name, opens) in enumerate((("秋季", f"{year}-09-10"), ("春季", f"{year + 1}-03-15"))):
            person, stage = list_.person[helped], list_.stage[helped]
            # Nearly all is paid in the term's first month, a little one and two months later.
            later = draws.curve("aid/later", person, (0, 0.93, 1), (0, 20, 75), year, term).astype(np.int64)
            paid = np.datetime64(opens) + later.astype("timedelta64[D]")
            again = draws.chance("aid/term", person, 0.96 if term else 1.0, year, term)
            died = scene.people["died_on"].to_numpy().astype("datetime64[D]")[person]
            seen = (paid <= scene.today) & again & ~(died <= paid)
            amount = np.array(_AMOUNTS)[stage]
            blank = draws.chance("aid/blank", person, 0.03, year)
            parts.append(
                pd.DataFrame(
                    {
                        "school_year": school_year_words(year),
                        "term": name,
                        "person": person[seen],
                        "programme": PROGRAMMES[stage[seen]],
                        "amount": np.where(blank, np.nan, amount)[seen],
                        "paid_on": np.where(blank, np.datetime64("NaT"), paid)[seen].astype("datetime64[s]"),
                        "_occurred": paid[seen].astype("datetime64[s]"),
                    }
                )
            )
    rows = pd.concat(parts, ignore_index=True)
    who = rows["person"].to_numpy()
    rows.insert(2, "student_no", student_no(who))
    rows.insert(3, "name", scene.people["name"].to_numpy()[who])
    rows.insert(4, "id_no", ids[who])
    rows["_self"] = who
    return rows.drop(columns="person").sort_values(
        ["school_year", "_occurred", "student_no"], kind="stable", ignore_index=True
    )
