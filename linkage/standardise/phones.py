"""Telephone numbers: 11-digit mobiles and landlines as digits; anything else is NULL (raw is kept)."""

from __future__ import annotations

from typing import Final

from linkage.standardise.text import let

MACROS: Final[tuple[str, ...]] = (
    r"""phone_tidy(x) AS regexp_replace(regexp_replace(regexp_replace(solid(x),
        '^[''`‘’]+|[-‐–—()·.]', '', 'g'), '^(电话|手机|联系电话)?:?(\+?0{0,2}86)?(1[3-9][0-9]{9})', '\3'), '^:', '')""",
    # The first of several numbers; a mobile begins with 13-19, a landline with 0 or a local 2-8.
    """phone_number(t) AS coalesce(
        nullif(regexp_extract(t, '^(1[3-9][0-9]{9})([^0-9].*)?$', 1), ''),
        nullif(regexp_extract(t, '^(0[1-9][0-9]{8,10}|[2-8][0-9]{6,7})([^0-9].*)?$', 1), ''))""",
    f"""fold_phone(x) AS CASE WHEN x IS NULL OR x = '' THEN NULL WHEN regexp_full_match(x, '1[3-9][0-9]{{9}}') THEN x
        ELSE {let("phone_tidy(x)", "t", "phone_number(t)")} END""",
)
