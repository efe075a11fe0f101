"""Money in yuan and whole numbers. A blank is unknown (NULL), never 0."""

from __future__ import annotations

from typing import Final

from linkage.standardise.text import let

MACROS: Final[tuple[str, ...]] = (
    # Without currency signs, thousands commas and the unit; brackets are the bookkeeper's minus.
    r"""money_tidy(x) AS regexp_replace(regexp_replace(regexp_replace(upper(solid(x)),
        '^[''`‘’]+|^(RMB|CNY)|[¥￥$,，]|[元圆](/[人月年户]+)?$', '', 'g'),
        '^\((.*)\)$', '-\1'), '^[−–—]', '-')""",
    """money_number(t) AS CASE
        WHEN regexp_full_match(t, '[+-]?[0-9]*[.]?[0-9]+(E[+-]?[0-9]+)?|[+-]?[0-9]+[.]')
            THEN try_cast(t AS DECIMAL(18, 2))
        WHEN regexp_full_match(t, '[+-]?[0-9]*[.]?[0-9]+[万亿]')
            THEN try_cast(try_cast(left(t, -1) AS DECIMAL(18, 6))
                * CASE right(t, 1) WHEN '万' THEN 10000 ELSE 100000000 END AS DECIMAL(18, 2)) END""",
    # Plain numbers take the short way: most cells of a payment file are plain.
    f"""fold_money(x) AS CASE WHEN x IS NULL OR x = '' THEN NULL WHEN regexp_full_match(x, '-?[0-9]+([.][0-9]+)?')
        THEN try_cast(x AS DECIMAL(18, 2)) ELSE {let("money_tidy(x)", "t", "money_number(t)")} END""",
    r"""integer_tidy(x) AS regexp_replace(regexp_replace(regexp_replace(solid(x), '^[''`‘’]+', ''),
        '([人口岁年个辆套次孩户]|周岁|年度)+$', ''), '[.]0+$', '')""",
    """integer_number(t) AS CASE
        WHEN regexp_full_match(t, '[+-]?[0-9]{1,9}') THEN try_cast(t AS INTEGER)
        WHEN regexp_full_match(t, '[零一二两三四五六七八九]')
            THEN strpos('零一二三四五六七八九', replace(t, '两', '二')) - 1
        WHEN t = '十' THEN 10 END""",
    f"""fold_integer(x) AS CASE WHEN x IS NULL OR x = '' THEN NULL WHEN regexp_full_match(x, '[0-9]{{1,9}}') THEN try_cast(x AS INTEGER)
        ELSE {let("integer_tidy(x)", "t", "integer_number(t)")} END""",
)
