"""The assistance roster: cases, their members, and what each is paid a month.

A case is a household's (低保, 低保边缘, 刚性支出困难), a lone person's (特困) or one ill member's (单人保).
Its members are who lives there that month, and the dead not yet struck off. A handful of people stand in
a second case: some of those are paid twice, some are not, and only the first is a finding.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county import economy as eco
from console.county.draws import Draws, Floats, Ints
from console.county.health import is_severely_disabled
from console.county.readings import GAP_MINIMUM, STANDARD_PC_MONTH, TEKUN_HOUSED, TEKUN_SCATTERED
from console.county.turns import fallen
from console.county.vital import Scene

_DAY = np.timedelta64(1, "D")
DEAD_CASES = 12_000_000  # number of a case that outlived its only member: this plus the person
DEAD_IN_GRACE = 0.7  # of the dead not struck off who had a case of their own
DIED_WITHIN_DAYS, ADMITTED_BEFORE_DEATH_DAYS = 420, 700
SINGLE_CASES = 10_000_000  # number of a second case: this plus the person
DOUBLE_SHARE = 0.014  # of people on 低保 who stand in a second case
AID_WORDS = {
    eco.DIBAO: ("城市低保", "农村低保"),
    eco.SINGLE: ("城市低保", "农村低保"),
    eco.EDGE: ("低保边缘", "低保边缘"),
    eco.RIGID: ("刚性支出困难", "刚性支出困难"),
}
BEFORE_DEATH_DAYS = 100  # where all of a case died in grace, it had begun so long before
_CAUSES = np.array(["因病", "因残", "缺劳力", "因学", "缺资金", "其他"], dtype=object)


def members(
    draws: Draws, homes: pd.DataFrame, scene: Scene, gone_on: np.ndarray, income: pd.DataFrame
) -> pd.DataFrame:
    """One row per person and case of the month, before wording.

    ``person, case, kind, household, applicant, second`` (0 the usual case, 1 a paid second one, 2 a second
    one whose payment never arrives, 3 a second one that pays nothing, 4 one whose only member died), ``income_pc, amount, admitted_on,
    grace_from``; ordered by village, case, and place in the case.
    """
    n = len(scene.people)
    ids = np.arange(n)
    today = scene.today
    home = scene.household
    kind = homes["aid"].to_numpy()
    admitted = homes["admitted_on"].to_numpy().astype("datetime64[D]")
    closed = homes["closed_on"].to_numpy().astype("datetime64[D]")
    active = (kind != eco.NONE) & (admitted <= today) & ~(closed <= today)
    died = scene.people["died_on"].to_numpy().astype("datetime64[D]")
    left = scene.people["left_on"].to_numpy().astype("datetime64[D]") <= today
    listed = (scene.alive | ~(gone_on[:n] <= today)) & ~(died < admitted[home]) & ~left
    grown = scene.age > 0.25
    inside = draws.chance("roster/inside", ids, 0.97) | (homes["head"].to_numpy()[home] == ids)
    ill = ~np.isnat(scene.people["severe_on"].to_numpy()) | (
        ~np.isnat(scene.people["disabled_on"].to_numpy()) & is_severely_disabled(scene.people)
    )
    chosen = np.full(len(homes), n, dtype=np.int64)
    np.minimum.at(chosen, home[ill], ids[ill])
    single = kind[home] == eco.SINGLE
    on = active[home] & listed & grown & np.where(single, chosen[home] == ids, inside)
    person = ids[on]
    frame = pd.DataFrame({"person": person, "case": home[person], "second": 0})
    again = _second_cases(draws, person, kind[home[person]], scene.age[person])
    forgotten = _cases_of_the_dead(draws, scene, gone_on[:n], person)
    frame = pd.concat([frame, again, forgotten], ignore_index=True)
    person = frame["person"].to_numpy()
    second = frame["second"].to_numpy()
    frame["household"] = home[person]
    own_kind = np.where(scene.age[person] >= 60, eco.TEKUN, eco.DIBAO)
    frame["kind"] = np.select(
        [second == 0, second == 3, second == 4], [kind[home[person]], eco.EDGE, eco.DIBAO], own_kind
    )
    frame["admitted_on"] = np.where(
        second == 4,
        died[person] - ADMITTED_BEFORE_DEATH_DAYS * _DAY,
        homes["admitted_on"].to_numpy()[home[person]],
    )
    frame["grace_from"] = _graces(frame, homes, scene)
    frame["place"] = np.where(homes["head"].to_numpy()[home[person]] == person, -1000.0, -scene.age[person])
    frame["village"] = scene.village[person]
    frame = frame.sort_values(["village", "case", "place", "person"], kind="stable", ignore_index=True)
    frame["applicant"] = frame.groupby("case")["person"].transform("first")
    frame["insured_size"] = frame.groupby("case")["person"].transform("size")
    size = np.bincount(home[scene.here], minlength=len(homes))
    frame["household_size"] = np.maximum(size[frame["household"]], frame["insured_size"])
    yearly = income["income_total"].to_numpy() / np.maximum(homes["size"].to_numpy(), 1)
    frame["income_pc"] = np.round(yearly[frame["household"]] / 12, 2)
    # An office that has not followed a fall of income still pays the gap of the time before it.
    behind = ~homes["fall_is_followed"].to_numpy()
    lost = np.where(behind, fallen(homes, scene.month), 0.0)[frame["household"]]
    frame["amount"] = _amounts(draws, frame, frame["income_pc"].to_numpy() / (1 - lost))
    return frame


def _graces(frame: pd.DataFrame, homes: pd.DataFrame, scene: Scene) -> np.ndarray:
    """渐退开始时间 of each row: the household's, once it has come; and where all of a case died, a while before."""
    person, home = frame["person"].to_numpy(), frame["household"].to_numpy()
    usual = np.where(frame["second"] == 0, homes["grace_from"].to_numpy()[home], eco._NAT).astype(
        "datetime64[D]"
    )
    died = scene.people["died_on"].to_numpy().astype("datetime64[D]")[person]
    case = frame["case"].to_numpy()
    first = pd.Series(died).groupby(case).transform("min").to_numpy().astype("datetime64[D]")
    is_dead = pd.Series(~scene.alive[person]).groupby(case).transform("all").to_numpy()
    gone = is_dead & frame["second"].isin([0, 4]).to_numpy() & np.isin(frame["kind"], [eco.DIBAO, eco.SINGLE])
    since = np.where(gone, first - BEFORE_DEATH_DAYS * _DAY, usual).astype("datetime64[D]")
    since[since > scene.today] = eco._NAT
    return since


def _second_cases(draws: Draws, person: Ints, kind: Ints, age: np.ndarray) -> pd.DataFrame:
    fits = np.isin(kind, [eco.DIBAO, eco.SINGLE]) & (age > 18)
    twice = person[fits & draws.chance("roster/second", person, DOUBLE_SHARE)]
    sort = draws.pick("roster/second-kind", twice, (62, 22, 16)) + 1
    return pd.DataFrame({"person": twice, "case": SINGLE_CASES + twice, "second": sort})


def _cases_of_the_dead(draws: Draws, scene: Scene, gone_on: np.ndarray, listed: Ints) -> pd.DataFrame:
    """单人保 of people who died in their grace before the span and were not struck off (second 4)."""
    first_day = scene.people["added_on"].to_numpy().astype("datetime64[D]").min() + _DAY
    died = scene.people["died_on"].to_numpy().astype("datetime64[D]")
    recent = (died < first_day) & (died > first_day - DIED_WITHIN_DAYS * _DAY) & ~(gone_on <= scene.today)
    recent[listed] = False
    who = np.flatnonzero(recent & (scene.age > 18))
    who = who[draws.chance("roster/dead-in-grace", who, DEAD_IN_GRACE)]
    return pd.DataFrame({"person": who, "case": DEAD_CASES + who, "second": 4})


def _amounts(draws: Draws, frame: pd.DataFrame, income_pc: Floats) -> np.ndarray:
    """This person's share a month: the gap to the standard, or the fixed sum of a 特困 place.

    Of some cases the sum was fixed wrongly: by an old income, in the wrong kind of care, or off by a few fen.
    """
    gap = np.maximum(STANDARD_PC_MONTH - income_pc, GAP_MINIMUM)
    housed = is_housed(draws, frame["person"].to_numpy())
    case = frame["case"].to_numpy()
    kind = frame["kind"].to_numpy()
    in_order = frame["grace_from"].isna().to_numpy() & (frame["second"].to_numpy() == 0)
    slip = np.where(in_order, draws.pick("roster/slip", case, (86, 3, 3, 5, 3)), 0)
    swapped = in_order & draws.chance("roster/care-slip", case, 0.08)
    tekun = np.where(housed ^ swapped, TEKUN_HOUSED, TEKUN_SCATTERED)
    gap = gap + np.array((0.0, 35.0, -25.0, 0.05, -0.08))[slip]
    paid = np.select([kind == eco.TEKUN, np.isin(kind, [eco.EDGE, eco.RIGID])], [tekun, np.nan], gap)
    return np.asarray(np.round(paid, 2))


def is_housed(draws: Draws, person: Ints) -> np.ndarray:
    """特困 in an institution (集中) rather than at home (分散)."""
    return draws.chance("roster/housed", person, 0.22)


def aid_words(draws: Draws, frame: pd.DataFrame, is_rural: np.ndarray) -> np.ndarray:
    """What the roster calls the aid of each row."""
    kind = frame["kind"].to_numpy()
    rural = is_rural[frame["household"]].astype(int)
    words = np.full(len(frame), "", dtype=object)
    for number, pair in AID_WORDS.items():
        at = kind == number
        words[at] = np.array(pair, dtype=object)[rural[at]]
    at = kind == eco.TEKUN
    where = np.array(
        [["城市特困(分散)", "城市特困(集中)"], ["农村特困(分散)", "农村特困(集中)"]], dtype=object
    )
    words[at] = where[rural[at], is_housed(draws, frame["person"].to_numpy()[at]).astype(int)]
    return words


def case_numbers(frame: pd.DataFrame, villages: pd.DataFrame, homes: pd.DataFrame) -> np.ndarray:
    """救助证编号: letter of the aid, township and village of the first home, number of the case."""
    letter = np.array(["", "D", "T", "B", "G", "D"], dtype=object)[frame["kind"]]
    code = villages["village_code"].to_numpy(dtype=object)[homes["village"].to_numpy()[frame["household"]]]
    case = frame["case"].to_numpy()
    tail = np.where(case >= SINGLE_CASES, 5_000_000 + case - SINGLE_CASES, case)
    return np.asarray(letter + code + pd.Series(tail).astype(str).str.zfill(7).to_numpy(dtype=object))


def causes(draws: Draws, households: Ints) -> np.ndarray:
    """致贫原因 of each household."""
    return np.asarray(_CAUSES[draws.pick("roster/cause", households, (34, 16, 22, 12, 8, 8))])
