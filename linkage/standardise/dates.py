"""Dates and months as agencies write them, with the precision they really have.

``date_tidy`` brings a cell to one of few shapes, ``date_value`` / ``date_precision`` / ``date_issue`` read
the shape. A date that cannot be is NULL with its reason; a blank is NULL with none. A month stands as
its first day with precision ``month``, a year likewise with ``year``.
"""

from __future__ import annotations

from typing import Final

from linkage.standardise.text import let

# Years outside are typing errors or placeholders, whatever the column: no living person was born
# before the first, no benefit runs beyond the last.
FIRST_YEAR: Final = 1880
LAST_YEAR: Final = 2100

_DAY = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_MONTH = "[0-9]{4}-[0-9]{1,2}"
_CLOCK = r"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"

_BARE = "regexp_replace(known(halfwidth(x)), '^[''`‘’]+', '')"

_CREDIBLE = f"CASE WHEN year(d) BETWEEN {FIRST_YEAR} AND {LAST_YEAR} AND d <> DATE '1900-01-01' THEN d END"

_YEAR_MONTH = "CASE WHEN date_precision(t, v) IN ('day', 'month') THEN strftime(v, '%Y-%m') END"

MACROS: Final[tuple[str, ...]] = (
    rf"""date_shape(t) AS CASE
        WHEN regexp_full_match(t, '[0-9]{{5}}\.[0-9]+') THEN left(t, 5)
        WHEN regexp_full_match(t, '[0-9]{{14}}|[0-9]{{8}}\.0|[0-9]{{8}}{_CLOCK}') THEN left(t, 8)
        ELSE nullif(rtrim(regexp_replace(regexp_replace(regexp_replace(
            replace(regexp_replace(t, '{_CLOCK}$|[ ]+[0-9]{{1,2}}时.*$', ''), ' ', ''),
            '[日号]$', ''), '[年月/.\\]', '-', 'g'), '-+', '-', 'g'), '-'), '') END""",
    # One shape: Y-M-D, Y-M, YYYYMMDD, YYYYMM, YYYY or a five-digit serial; what fits none stays odd.
    rf"""date_tidy(x) AS CASE WHEN x IS NULL OR x = '' THEN NULL
        WHEN regexp_full_match(x, '{_DAY}') THEN x
        WHEN regexp_full_match(x, '{_DAY}{_CLOCK}') THEN regexp_extract(x, '^{_DAY}')
        ELSE {let(_BARE, "t", "date_shape(t)")} END""",
    # Excel counts days from 1899-12-30 (its 1900 is wrongly a leap year) or from 1904-01-01.
    """date_of_serial(n, date_system) AS CASE WHEN date_system = '1904' THEN DATE '1904-01-01' + n
        ELSE DATE '1899-12-30' + n END""",
    """date_unchecked(t, date_system) AS CASE
        WHEN regexp_full_match(t, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}') THEN try_cast(t AS DATE)
        WHEN regexp_full_match(t, '[0-9]{8}') THEN try_cast(left(t, 4)
            || '-' || CASE WHEN substr(t, 5) = '0000' THEN '01' ELSE substr(t, 5, 2) END
            || '-' || CASE WHEN substr(t, 7) = '00' THEN '01' ELSE substr(t, 7) END AS DATE)
        WHEN regexp_full_match(t, '[0-9]{4}-[0-9]{1,2}') THEN try_cast(t || '-01' AS DATE)
        WHEN regexp_full_match(t, '[0-9]{6}') THEN try_cast(left(t, 4) || '-' || substr(t, 5) || '-01' AS DATE)
        WHEN regexp_full_match(t, '[0-9]{5}') THEN date_of_serial(CAST(t AS INTEGER), date_system)
        WHEN regexp_full_match(t, '[0-9]{4}') THEN try_cast(t || '-01-01' AS DATE) END""",
    # 1900-01-01 is what systems write for "no date"; nobody in a current file was born on it.
    f"""date_value(t, date_system) AS {let("date_unchecked(t, date_system)", "d", _CREDIBLE)}""",
    f"""date_precision(t, value) AS CASE WHEN value IS NULL THEN NULL
        WHEN regexp_full_match(t, '[0-9]{{4}}(0000)?') THEN 'year'
        WHEN regexp_full_match(t, '{_MONTH}|[0-9]{{6}}(00)?') THEN 'month'
        ELSE 'day' END""",
    f"""date_issue(t, value) AS CASE WHEN t IS NULL OR value IS NOT NULL THEN NULL
        WHEN regexp_full_match(t, '0+(-0+)*|9999-?12-?31|9+|1900-?0?1-?0?1|1900-?0?1|1900') THEN 'placeholder'
        WHEN NOT regexp_full_match(t, '{_DAY}|{_MONTH}|[0-9]{{4,6}}|[0-9]{{8}}') THEN 'unreadable'
        WHEN regexp_full_match(t, '[0-9]{{4,5}}') THEN 'out_of_range'
        WHEN try_cast(left(t, 4) AS INTEGER) NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR} THEN 'out_of_range'
        ELSE 'impossible' END""",
    # A month as YYYY-MM; a whole date gives its month, a bare year gives none.
    f"""month_text(t, date_system) AS {let("date_value(t, date_system)", "v", _YEAR_MONTH)}""",
)
