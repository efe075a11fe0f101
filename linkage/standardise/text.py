"""Folding that every recipe begins with: widths, blanks, invisible characters, words for "nothing".

Recipes are SQL macros on a DuckDB connection (``linkage.standardise.recipes.install``): they run over
whole columns, and a test calls them with ``SELECT``. DuckDB's ``translate`` is dear, so it runs only on
the cells that hold something to translate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from warehouse.database import quoted

# Zero-width space, joiners, word joiner, byte-order mark, soft hyphen, direction marks.
INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
# Blanks that are not the ASCII one: no-break, ideographic, thin and their kin, tab, line ends.
BLANKS: Final = "\u00a0\u3000\u2002\u2003\u2007\u2009\u202f\t\r\n"
_FULL: Final = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF: Final = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))

# What clerks and exports write where there is nothing to write. Folded, lower case.
NOTHING: Final = (
    "-", "--", "---", "—", "——", "/", "\\", ".", "*", "无", "暂无", "没有", "不详", "未知", "不明", "空",
    "null", "none", "nan", "nat", "n/a", "na", "#n/a", "#value!", "#ref!", "(null)",
)  # fmt: skip


def literal(text: str) -> str:
    """A Python string as a SQL literal."""
    return f"'{quoted(text)}'"


def let(expression: str, name: str, body: str) -> str:
    """SQL that reckons an expression once and uses it by name: a macro's argument is copied at every use."""
    return f"list_transform([{expression}], lambda {name}: {body})[1]"


def lookup(expression: str, table: Mapping[str, str], *, otherwise: str | None = None) -> str:
    """SQL that looks a folded expression up in a small table; ``otherwise`` (or NULL) where it is not found.

    A map, not a CASE: DuckDB copies the operand of a CASE into every WHEN.
    """
    if not table:
        return otherwise or "NULL::VARCHAR"
    pairs = ", ".join(f"{literal(word)}: {literal(code)}" for word, code in table.items())
    found = f"(MAP {{{pairs}}})[{expression}]"
    return found if otherwise is None else f"coalesce({found}, {otherwise})"


_WORDS = ", ".join(literal(word) for word in NOTHING)

MACROS: Final[tuple[str, ...]] = (
    # Text for people: blanks at the ends and invisible characters go, everything else stays.
    f"""trimmed(x) AS nullif(trim(
        CASE WHEN regexp_matches(x, {literal(f"[{INVISIBLE}{BLANKS}]")})
        THEN translate(x, {literal(BLANKS + INVISIBLE)}, {literal(" " * len(BLANKS))})
        ELSE x END), '')""",
    # Text for machines: also full width to half width.
    f"""halfwidth(x) AS nullif(trim(
        CASE WHEN regexp_matches(x, {literal(f"[！-～{INVISIBLE}{BLANKS}]")})
        THEN translate(x, {literal(_FULL + BLANKS + INVISIBLE)}, {literal(_HALF + " " * len(BLANKS))})
        ELSE x END), '')""",
    # The same without any blank inside.
    """solid(x) AS nullif(replace(halfwidth(x), ' ', ''), '')""",
    # An agency's number: no blanks, no apostrophe that Excel wanted, capital letters.
    r"""fold_key(x) AS CASE WHEN regexp_full_match(x, '[0-9A-Z]+') THEN x
        ELSE nullif(upper(regexp_replace(solid(x), '^[''`‘’]+', '')), '') END""",
    # NULL where the cell says that there is nothing.
    f"""known(x) AS {let("x", "w", f"CASE WHEN lower(w) IN ({_WORDS}) THEN NULL ELSE w END")}""",
)
