"""Names by real frequency: given-only Tibetan names, Han, Hui, 土, 撒拉, 蒙古 and interpunct names.

The lexicon (``lexicon/names.csv``) gives each part a weight: Han surnames after published national
shares with those of the north-west raised, everything else made up in the same falling shape (Zipf).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from console.county.draws import Bools, Draws, Ints
from console.county.seat import LEXICON

Texts = np.ndarray

# Shares of the shapes of a Tibetan name: two words (扎西才让), one word (扎西).
ONE_WORD = 0.12
USUAL_SECOND = 0.40  # of two-word names end in a word usual there; the others in any first word
RARE_CHARACTER = 0.012  # of people with a Han-style name
ONE_CHARACTER_GIVEN = {"m": 0.20, "f": 0.22}


@cache
def lexicon() -> pd.DataFrame:
    """The lexicon: system, sex (m/f/b), part, text, weight."""
    return pd.read_csv(LEXICON / "names.csv", keep_default_na=False)


def _drawn(draws: Draws, purpose: str, ids: Ints, system: str, sex: str, part: str) -> Texts:
    """One part of a name for each id, by its weights in the lexicon."""
    table = lexicon()
    rows = table[(table["system"] == system) & (table["part"] == part) & table["sex"].isin([sex, "b"])]
    texts = rows["text"].to_numpy(dtype=object)
    return np.asarray(texts[draws.pick(f"name/{purpose}/{system}/{part}", ids, rows["weight"].to_numpy())])


def name_systems(draws: Draws, ids: Ints, ethnicity: Ints, lineage: Ints) -> Ints:
    """0 given-only, 1 Han-style, 2 interpunct; a lineage keeps its system (土 families have either)."""
    given = np.isin(ethnicity, [0, 5]) | ((ethnicity == 3) & draws.chance("name/tu-given", lineage, 0.55))
    system = np.where(given, 0, 1)
    system = np.where((ethnicity == 0) & draws.chance("name/tibetan-han", lineage, 0.03), 1, system)
    system = np.where(draws.chance("name/interpunct", ids, np.where(ethnicity == 0, 0.003, 0.0)), 2, system)
    return np.where(ethnicity == 6, 2, system).astype(np.int64)


def full_names(
    draws: Draws, ids: Ints, ethnicity: Ints, is_male: Bools, lineage: Ints, system: Ints
) -> Texts:
    """A full name for each person; people of one lineage share its surname where the system has one."""
    names = np.full(len(ids), "", dtype=object)
    for sex, mask in (("m", is_male), ("f", ~is_male)):
        for chosen, maker in (
            ((system == 0) & (ethnicity != 5), _tibetan),
            ((system == 0) & (ethnicity == 5), _mongol),
            (system == 2, _interpunct),
        ):
            at = np.flatnonzero(mask & chosen)
            names[at] = maker(draws, ids[at], sex)
        at = np.flatnonzero(mask & (system == 1))
        names[at] = _surnames(draws, lineage[at], ethnicity[at]) + _given(draws, ids[at], ethnicity[at], sex)
    return names


def _tibetan(draws: Draws, ids: Ints, sex: str) -> Texts:
    first = _drawn(draws, "t1", ids, "tibetan", sex, "first")
    usual = _drawn(draws, "t2", ids, "tibetan", sex, "second")
    other = _drawn(draws, "t3", ids, "tibetan", sex, "first")
    second = np.where(draws.chance("name/usual-second", ids, USUAL_SECOND), usual, other)
    alone = _drawn(draws, "t0", ids, "tibetan", sex, "single")
    single = draws.chance("name/one-word", ids, ONE_WORD) | (first == second)
    return np.where(single, alone, first + second)


def _mongol(draws: Draws, ids: Ints, sex: str) -> Texts:
    return _drawn(draws, "m", ids, "mongol", sex, "single")


def _interpunct(draws: Draws, ids: Ints, sex: str) -> Texts:
    first = _drawn(draws, "i1", ids, "interpunct", sex, "first")
    return np.asarray(first + "·" + _drawn(draws, "i2", ids, "interpunct", sex, "second"))


def _surnames(draws: Draws, lineage: Ints, ethnicity: Ints) -> Texts:
    surnames = _drawn(draws, "surname", lineage, "han", "b", "surname")
    for group, system in ((2, "hui"), (3, "tu"), (4, "sala")):
        at = np.flatnonzero(ethnicity == group)
        surnames[at] = _drawn(draws, "surname", lineage[at], system, "b", "surname")
    return surnames


def _given(draws: Draws, ids: Ints, ethnicity: Ints, sex: str) -> Texts:
    last = _drawn(draws, "h2", ids, "han", sex, "last")
    middle = _drawn(draws, "h1", ids, "han", sex, "middle")
    rare = _drawn(draws, "rare", ids, "rare", sex, "character")
    last = np.where(draws.chance("name/rare", ids, RARE_CHARACTER), rare, last)
    given = np.where(draws.chance("name/one-character", ids, ONE_CHARACTER_GIVEN[sex]), last, middle + last)
    muslim = np.isin(ethnicity, [2, 4]) & draws.chance("name/hui-given", ids, 0.75)
    at = np.flatnonzero(muslim)
    given[at] = _drawn(draws, "hui", ids[at], "hui", sex, "given")
    return np.asarray(given)
