"""Townships, villages, hamlets and issuing counties of the made-up 同仁市.

The eleven townships are real, with the nationality mix of each made up after published shares. Their
9-digit codes and every village name and 12-digit code below them are MADE UP: no village of this county
stands on a map.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from console.county.draws import Draws

LEXICON = Path(__file__).parent / "lexicon"
COUNTY_CODE = "632301"
COUNTY = "同仁市"
GROUPS = ("tibetan", "han", "hui", "tu", "sala", "mongol", "uyghur")
ETHNICITY = ("藏族", "汉族", "回族", "土族", "撒拉族", "蒙古族", "维吾尔族")
HAMLETS = ("上庄", "下庄", "河沿", "台子", "沟口", "阳坡", "阴坡", "新村")

# 同仁 has 72 villages for about 100,000 people; a bigger made-up county has more villages, not bigger ones.
VILLAGES = 75
PEOPLE_PER_VILLAGE = 900


@dataclass(frozen=True)
class Places:
    """``villages``: one row per village with its township, codes, kind, hamlets and nationality mix.

    ``issuers``: counties that issued the people's cards, with weights for those who came from elsewhere.
    """

    villages: pd.DataFrame
    issuers: pd.DataFrame


def make_places(draws: Draws, persons: int) -> Places:
    """The county's map for so many people."""
    townships = pd.read_csv(LEXICON / "townships.csv", dtype={"code": str})
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
    issuers = pd.read_csv(LEXICON / "issuers.csv", dtype={"division": str})
    return Places(villages, issuers)


def _village_names(draws: Draws, count: int) -> np.ndarray:
    """So many different made-up names, in an order that the seed decides."""
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
    names = pd.unique(pd.Series(np.concatenate([pairs[: max(count // 2, 1)], triples, pairs])))
    return np.asarray(names[:count], dtype=str)


def address(villages: pd.DataFrame, village: np.ndarray, group: np.ndarray, house: np.ndarray) -> np.ndarray:
    """The written address of each: county, township, village, group and house number."""
    heads = (COUNTY + villages["township"] + villages["village"]).to_numpy(dtype=object)
    groups = np.array([f"{number}社" for number in range(100)], dtype=object)
    numbers = np.array([f"{number}号" for number in range(1000)], dtype=object)
    return np.asarray(heads[village] + groups[group] + numbers[house])
