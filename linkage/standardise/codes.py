"""Coded columns: sex, ethnicity and the closed lists of a contract."""

from __future__ import annotations

import unicodedata
from typing import Final

from linkage.standardise import lexicon
from linkage.standardise.text import lookup
from warehouse.intake.contract import Column


def code_sql(column: Column, cell: str) -> str:
    """SQL from a cell to the contract's code, NULL where the contract does not know the word."""
    table: dict[str, str] = {}
    for code, spellings in column.codes.items():
        for spelling in (code, *spellings):
            table.setdefault(_folded(spelling), code)
    return lookup(f"fold_code({cell})", table)


def _folded(word: str) -> str:
    """A contract's word in the shape that ``fold_code`` gives a cell."""
    return unicodedata.normalize("NFKC", word).replace(" ", "").upper()


# GB/T 2261.1: 1 male, 2 female; 0 unknown and 9 not stated are NULL here.
_SEXES: Final = {
    "1": "1", "男": "1", "男性": "1", "男孩": "1", "01": "1", "1.0": "1", "M": "1", "MALE": "1", "1男": "1", "1-男": "1",
    "2": "2", "女": "2", "女性": "2", "女孩": "2", "02": "2", "2.0": "2", "F": "2", "FEMALE": "2", "2女": "2", "2-女": "2",
}  # fmt: skip

_CODE: Final = r"regexp_replace(regexp_replace(upper(solid(x)), '^[''`‘’]+', ''), '^([0-9]+)[.]0$', '\1')"

MACROS: Final[tuple[str, ...]] = (
    # The shape in which codes are looked up; a number that Excel wrote as 1.0 is 1.
    f"fold_code(x) AS {_CODE}",
    f"fold_sex(x) AS {lookup('fold_code(x)', _SEXES)}",
    # An ethnicity by its full name; a word that is not among the 56 stays as it stands.
    f"fold_ethnicity(x) AS {lookup('known(fold_code(x))', lexicon.ethnicities(), otherwise='known(trimmed(x))')}",
    f"naming_habit(e) AS {lookup('e', lexicon.naming_habits())}",
)
