"""Citizen ID numbers (GB 11643): fold the cell, name its kind of damage, keep what survives.

A number is never repaired here: a failing one has about ten valid one-digit repairs. ``id_no`` is given
only when form, date, division and check digit hold (or a 15-digit number was lengthened).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from linkage.standardise.text import literal

# GB 11643: weights of the first 17 digits, and the check character by the sum modulo 11.
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS: Final = "10X98765432"
# GB/T 2260, first two digits: provinces, then residence permits of Hong Kong, Macao and Taiwan people.
PROVINCES: Final = (
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37",
    "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
)  # fmt: skip
PERMITS: Final = ("81", "82", "83")
# No living person is older; a birth before it is a typing error.
_EARLIEST_BIRTH: Final = "1880-01-01"

_ONE = "(?:[0-9]{17}[0-9X]|[0-9]{15})"
_SUM = " + ".join(f"{weight} * (ascii(substr(s, {at}, 1)) - 48)" for at, weight in enumerate(WEIGHTS, 1))
_PREFIXES = ", ".join(literal(prefix) for prefix in (*PROVINCES, *PERMITS))
_PERMITS = ", ".join(literal(prefix) for prefix in PERMITS)

MACROS: Final[tuple[str, ...]] = (
    # The check character of 17 digits.
    f"""id_check(s) AS substr('{CHECKS}', 1 + CAST(({_SUM}) % 11 AS INTEGER), 1)""",
    # 18 digits of a 15-digit number: all of those were issued to people born in the 1900s.
    """id_lengthened(s) AS left(s, 6) || '19' || substr(s, 7)
        || id_check(left(s, 6) || '19' || substr(s, 7))""",
    # The birth date that an 18-character number holds, or NULL.
    """id_birth(s) AS try_cast(
        substr(s, 7, 4) || '-' || substr(s, 11, 2) || '-' || substr(s, 13, 2) AS DATE)""",
    # Does an 18-character number have a real date, a real province and an issued order number?
    f"""id_is_plausible(s, last_day) AS coalesce(left(s, 2) IN ({_PREFIXES})
        AND id_birth(s) BETWEEN DATE '{_EARLIEST_BIRTH}' AND last_day, false)""",
    # The cell in one shape: half width, capital X, no label, quote, hyphen or invisible character.
    r"""id_spaced(x) AS nullif(trim(regexp_replace(regexp_replace(regexp_replace(upper(halfwidth(x)),
        '^[''`‘’"]+|^(居民|公民)?(身份)?证(件)?(号码|号)?[:]?|["'']+$|[-‐‑–—_]', '', 'g'),
        '([0-9]{17})[×✕✖✗*ХΧ╳]', '\1X', 'g'), ' +', ' ', 'g')), '')""",
    """id_solid(x) AS nullif(replace(id_spaced(x), ' ', ''), '')""",
    # Every number in a cell that holds two or more, side by side or apart; else NULL.
    f"""id_several(spaced) AS CASE WHEN length(spaced) >= 30 THEN CASE
        WHEN regexp_full_match(spaced, '{_ONE}(?:[ /、,;|。.和及或]+{_ONE})+')
        THEN regexp_extract_all(spaced, '{_ONE}')
        WHEN regexp_full_match(replace(spaced, ' ', ''), '(?:[0-9]{{17}}[0-9X]){{2,}}')
        THEN regexp_extract_all(replace(spaced, ' ', ''), '[0-9]{{17}}[0-9X]') END END""",
    """id_canonical(s) AS CASE length(s) WHEN 15 THEN id_lengthened(s) ELSE s END""",
)


def folded_ids(source: str, last_day: date) -> str:
    """SQL: from a relation with one column ``raw`` (distinct cells, not NULL) to their folded form.

    Out: ``raw, id_no, id_kind, id_seen, id_prefix``. Numbers that end in 000 count as ``excel15`` even
    when their check digit happens to hold: a damaged number passes it once in eleven, which is as
    common as a true number of that form, and a wrong "valid" would part one person in two.
    """
    day = f"DATE '{last_day.isoformat()}'"
    return rf"""
    WITH spaced AS (SELECT raw, id_spaced(raw) AS spaced FROM {source}),
    split AS (SELECT raw, replace(spaced, ' ', '') AS seen, id_several(spaced) AS several FROM spaced),
    chosen AS (
        SELECT raw, seen,
            coalesce(len(list_distinct(list_transform(several, lambda s: id_canonical(s)))), 0) AS numbers,
            CASE WHEN several IS NULL THEN seen
                ELSE coalesce(list_filter(several, lambda s: length(s) = 18)[1], several[1]) END AS one
        FROM split
    ),
    formed AS (
        SELECT raw, seen, numbers, one,
            CASE
                WHEN regexp_full_match(one, '[0-9]{{17}}[0-9X]') THEN one
                WHEN regexp_full_match(one, '[0-9]{{15}}') THEN id_lengthened(one)
            END AS whole
        FROM chosen
    ),
    judged AS (
        SELECT raw, seen, one, whole,
            CASE
                WHEN known(seen) IS NULL OR regexp_full_match(seen, '0+')
                    OR NOT regexp_matches(seen, '[0-9*]') THEN 'missing'
                WHEN numbers > 1 THEN 'several'
                WHEN whole IS NOT NULL AND NOT id_is_plausible(whole, {day}) THEN 'invalid'
                WHEN whole IS NOT NULL AND length(one) = 15 THEN 'legacy15'
                WHEN right(whole, 3) = '000' THEN 'excel15'
                WHEN substr(whole, 15, 3) = '000' OR right(whole, 1) <> id_check(whole) THEN 'invalid'
                WHEN left(whole, 2) IN ({_PERMITS}) THEN 'permit'
                WHEN whole IS NOT NULL THEN 'valid'
                WHEN regexp_full_match(seen, '[1-9](\.[0-9]+)?E\+?1[47]') THEN 'excel_sci'
                WHEN regexp_full_match(seen, '[0-9]*[*]{{2,}}[0-9]*X?|[0-9]{{3,}}X{{3,}}[0-9]*X?') THEN 'masked'
                ELSE 'invalid'
            END AS id_kind
        FROM formed
    )
    SELECT raw,
        CASE WHEN id_kind IN ('valid', 'legacy15', 'permit') THEN whole END AS id_no,
        id_kind,
        CASE WHEN id_kind <> 'missing' THEN seen END AS id_seen,
        CASE id_kind
            WHEN 'excel15' THEN left(whole, 15)
            WHEN 'excel_sci' THEN replace(regexp_extract(seen, '^[0-9.]+'), '.', '')
            WHEN 'masked' THEN nullif(regexp_extract(seen, '^[0-9]+'), '')
        END AS id_prefix
    FROM judged
    """
