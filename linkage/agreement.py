"""How far two names, ids and birth dates agree, as DuckDB macros over characters.

DuckDB's own string distances count bytes, and a hanzi has three: they never fire for Chinese slips. These
count characters, give the same answer on every engine that has lists, and treat ``?`` (a character that the
agency could not write) as fitting any.
"""

from __future__ import annotations

import duckdb

# The levels of name agreement, best first. The first four say "the same name, written otherwise"; the next
# two say "perhaps", and need something beside the name.
EQUAL, FAMILY, PINYIN, WILDCARD, ONE_CHARACTER, SHORTENED, DIFFERENT = 6, 5, 4, 3, 2, 1, 0

# ``%`` characters apart between names of equal length; a missing character is never a difference.
CHARACTERS_APART = (
    "len(list_filter(list_zip(string_split({a}, ''), string_split({b}, '')), "
    "lambda x: x[1] <> x[2] AND x[1] <> '?' AND x[2] <> '?'))"
)

_MACROS = f"""
CREATE OR REPLACE TEMP MACRO characters_apart(a, b) AS {CHARACTERS_APART.format(a="a", b="b")};

CREATE OR REPLACE TEMP MACRO is_part_of(a, b) AS
    length(a) >= 2 AND length(b) > length(a) AND NOT starts_with(b, '※')
    AND (starts_with(b, a) OR ends_with(b, a));

-- One syllable apart, of three or more: the same name by another pen (仁青加措, 仁钦佳措).
CREATE OR REPLACE TEMP MACRO syllable_apart(a, b) AS
    CASE WHEN length(a) - length(replace(a, ' ', '')) >= 2 AND NOT contains(a, '?') AND NOT contains(b, '?')
            AND length(a) - length(replace(a, ' ', '')) = length(b) - length(replace(b, ' ', ''))
        THEN len(list_filter(list_zip(string_split(a, ' '), string_split(b, ' ')), lambda x: x[1] <> x[2])) = 1
        ELSE FALSE END;

CREATE OR REPLACE TEMP MACRO name_level(a, family_a, pinyin_a, b, family_b, pinyin_b) AS
    CASE
        WHEN a = b THEN {EQUAL}
        WHEN family_a = family_b THEN {FAMILY}
        WHEN pinyin_a = pinyin_b AND NOT contains(pinyin_a, '?') THEN {PINYIN}
        WHEN (contains(a, '?') OR contains(b, '?')) AND length(a) = length(b)
            AND characters_apart(a, b) = 0 THEN {WILDCARD}
        WHEN length(a) = length(b) AND length(a) >= 2 AND characters_apart(a, b) = 1 THEN {ONE_CHARACTER}
        WHEN syllable_apart(pinyin_a, pinyin_b) THEN {ONE_CHARACTER}
        WHEN is_part_of(a, b) OR is_part_of(b, a) THEN {SHORTENED}
        WHEN starts_with(family_a, family_b || ' ') OR starts_with(family_b, family_a || ' ') THEN {SHORTENED}
        ELSE {DIFFERENT}
    END;

CREATE OR REPLACE TEMP MACRO id_sex(id_no) AS
    CASE WHEN TRY_CAST(substr(id_no, 17, 1) AS INTEGER) % 2 = 1 THEN '1' ELSE '2' END;

CREATE OR REPLACE TEMP MACRO id_birth(id_no) AS TRY_STRPTIME(substr(id_no, 7, 8), '%Y%m%d')::DATE;

-- A slip changes the year or the day of a date, seldom both: then they speak of two persons.
CREATE OR REPLACE TEMP MACRO births_far(a, b) AS
    coalesce(abs(year(a) - year(b)) > 1 AND strftime(a, '%m%d') <> strftime(b, '%m%d'), FALSE);
"""


def define_agreement(con: duckdb.DuckDBPyConnection) -> None:
    """Define the macros on a connection (they live as long as it does)."""
    con.execute(_MACROS)
