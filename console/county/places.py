"""Townships, villages, hamlets and issuing counties of the made-up 同仁市, or of another county of the province.

The eleven townships of 同仁市 are real, with the nationality mix of each made up after published shares; another
county has as many, with the same mixes, under names that are MADE UP. Their 9-digit codes and every village name and 12-digit code below them are MADE UP: no village of this county
stands on a map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from console.county.draws import Draws
from console.county.seat import LEXICON, here

GROUPS = ("tibetan", "han", "hui", "tu", "sala", "mongol", "uyghur")
ETHNICITY = ("藏族", "汉族", "回族", "土族", "撒拉族", "蒙古族", "维吾尔族")
HAMLETS = ("上庄", "下庄", "河沿", "台子", "沟口", "阳坡", "阴坡", "新村")

# 同仁 has 72 villages for about 100,000 people; a bigger made-up county has more villages, not bigger ones.
VILLAGES = 75
PEOPLE_PER_VILLAGE = 900

# What names the province's townships, whatever the seed; and prefecture digits that no prefecture has.
PROVINCE_NAMES = 63
FIRST_MADE_UP = 50


@dataclass(frozen=True)
class Places:
    """``villages``: one row per village with its township, codes, kind, hamlets and nationality mix.

    ``issuers``: counties that issued the people's cards, with weights for those who came from elsewhere.
    """

    villages: pd.DataFrame
    issuers: pd.DataFrame


def make_places(draws: Draws, persons: int) -> Places:
    """The county's map for so many people."""
    townships = _townships()
    wanted = max(VILLAGES, persons // PEOPLE_PER_VILLAGE)
    # Town communities are several times as big as herding villages, so 隆务镇 has fewer per head.
    shares = townships["weight"] * np.where(townships["kind"] == "urban", 0.45, 1.0)
    counts = np.maximum(3, np.round((wanted * shares / shares.sum()).to_numpy())).astype(np.int64)
    village_township = np.repeat(np.arange(len(townships)), counts)
    number = np.arange(len(village_township))
    within = number - np.repeat(np.cumsum(counts) - counts, counts)
    villages = townships.iloc[village_township].reset_index(drop=True)
    villages["township_index"] = village_township
    villages["village"] = np.char.add(
        _village_names(draws, len(villages)), np.where(villages["kind"] == "urban", "社区", "村").astype(str)
    )
    villages["village_code"] = villages["code"] + (within + 200).astype(str)
    villages["weight"] = (
        villages["weight"] / counts[village_township] * np.exp(0.45 * draws.normal("village/weight", number))
    )
    villages["hamlets"] = draws.whole("village/hamlets", number, 3, 7)
    return Places(villages, _issuers())


def _townships() -> pd.DataFrame:
    """同仁市's own; elsewhere the same under made-up names that no other county has, in a code range of the county."""
    townships = pd.read_csv(LEXICON / "townships.csv", dtype={"code": str})
    seat = here()
    if not seat.place:
        return townships
    # Without repetition over the whole province, so that a township's name still names one township.
    names = _village_names(Draws(PROVINCE_NAMES), (seat.place + 1) * len(townships), has_pairs=False)
    own = names[seat.place * len(townships) :]
    townships["township"] = np.char.add(own, townships["township"].str[-1].to_numpy(dtype=str))
    townships["code"] = seat.code + townships["code"].str[-3:]
    return townships


def _issuers() -> pd.DataFrame:
    """Where those who came from elsewhere got their cards. In a province no two counties share a police station of
    elsewhere (its code is then made up, the province's digits kept): two of them would give one number twice."""
    issuers = pd.read_csv(LEXICON / "issuers.csv", dtype={"division": str})
    seat = here()
    if seat.place:
        number = pd.Series(np.arange(len(issuers)) + 1).astype(str).str.zfill(2).to_numpy(dtype=str)
        issuers["division"] = issuers["division"].str[:2] + str(FIRST_MADE_UP + seat.place) + number
    return issuers


def _village_names(draws: Draws, count: int, *, has_pairs: bool = True) -> np.ndarray:
    """So many different made-up names of two or three syllables, in an order that the seed decides."""
    table = pd.read_csv(LEXICON / "village_syllables.csv")
    first, second, last = (
        table.loc[table["position"] == position, "text"].to_numpy(dtype=str)
        for position in ("first", "second", "last")
    )
    pairs = np.char.add(first[:, None], last[None, :]).ravel()
    triples = np.char.add(
        np.char.add(first[:, None], second[None, :]).ravel()[:, None], last[None, :]
    ).ravel()
    pairs = pairs[np.argsort(draws.uniform("village/pair", np.arange(len(pairs))))]
    triples = triples[np.argsort(draws.uniform("village/triple", np.arange(len(triples))))]
    first_of_all = pairs[: max(count // 2, 1)] if has_pairs else pairs[:0]
    names = pd.unique(pd.Series(np.concatenate([first_of_all, triples, pairs])))
    return np.asarray(names[:count], dtype=str)


def address(villages: pd.DataFrame, village: np.ndarray, group: np.ndarray, house: np.ndarray) -> np.ndarray:
    """The written address of each: county, township, village, group and house number."""
    heads = (here().name + villages["township"] + villages["village"]).to_numpy(dtype=object)
    groups = np.array([f"{number}社" for number in range(100)], dtype=object)
    numbers = np.array([f"{number}号" for number in range(1000)], dtype=object)
    return np.asarray(heads[village] + groups[group] + numbers[house])
