"""Relation to the head of the household: GB/T 4761 codes from words and numbers."""

from __future__ import annotations

from typing import Final

from linkage.standardise import lexicon
from linkage.standardise.codes import case

_TABLE = lexicon.relations()

MACROS: Final[tuple[str, ...]] = (
    # 户主之长子, 与户主之长子, 01-本人, 之妻: the word that is left is looked up.
    r"""relation_tidy(x) AS regexp_replace(regexp_replace(known(fold_code(x)),
        '^[0-9]{1,2}[-.:、]([^0-9])', '\1'), '^(与)?户主的?之|^(与)?户主的(.)', '\3')""",
    f"relation_word(t) AS {case('t', _TABLE)}",
    r"""fold_relation(x) AS coalesce(relation_word(relation_tidy(x)),
        relation_word(regexp_replace(relation_tidy(x), '\(.*\)$', '')),
        relation_word(regexp_replace(relation_tidy(x), '^之', '')))""",
)
