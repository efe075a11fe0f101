"""Relation to the head of the household: GB/T 4761 codes from words and numbers."""

from __future__ import annotations

from typing import Final

from linkage.standardise import lexicon
from linkage.standardise.text import lookup

_TABLE = lexicon.relations()

MACROS: Final[tuple[str, ...]] = (
    # 户主之长子, 与户主之长子, 01-本人, 之妻: the word that is left is looked up.
    r"""relation_tidy(x) AS regexp_replace(regexp_replace(known(fold_code(x)),
        '^[0-9]{1,2}[-.:、]([^0-9])', '\1'), '^(与)?户主的?之|^(与)?户主的(.)', '\3')""",
    f"relation_word(t) AS {lookup('t', _TABLE)}",
    # Looked up outside any lambda: there DuckDB would build the table anew for every row.
    "fold_relation(x) AS relation_word(regexp_replace(relation_tidy(x), '^之|[(].*[)]$', '', 'g'))",
)
