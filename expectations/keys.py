"""Words that follow a key into another table or into the feed's last delivered month.

A list can be whole and well-formed and be another county's, another year's, or the right people under the wrong
numbers: only what stands beside it tells.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.phrases import BATCH, Phrase, Scene, literal, quoted_name, verdict_on, word_of


def kept_from_previous(scene: Scene, column: str, *, limit: str) -> str:
    """Of the distinct values of the last delivered month, enough are still there."""
    name = quoted_name(column)
    return verdict_on(
        "SELECT avg(CASE WHEN here.key IS NULL THEN 0 ELSE 1 END) AS measured, count(*) AS of_rows FROM"
        f" (SELECT DISTINCT {name} AS key FROM {scene.view_before(scene.table)} WHERE {name} IS NOT NULL) AS there"
        f" LEFT JOIN (SELECT DISTINCT {name} AS key FROM {BATCH}) AS here USING (key)",
        at_least=limit,
    )


def kept_together(scene: Scene, columns: Sequence[str], *, limit: str) -> str:
    """Of the values that stood together in the last delivered month, enough stand together still."""
    names = ", ".join(map(quoted_name, columns))
    known = " AND ".join(f"{quoted_name(column)} IS NOT NULL" for column in columns)
    return verdict_on(
        "SELECT avg(CASE WHEN here.key IS NULL THEN 0 ELSE 1 END) AS measured, count(*) AS of_rows FROM"
        f" (SELECT DISTINCT row({names}) AS key FROM {scene.view_before(scene.table)} WHERE {known}) AS there"
        f" LEFT JOIN (SELECT DISTINCT row({names}) AS key FROM {BATCH} WHERE {known}) AS here USING (key)",
        at_least=limit,
    )


def agrees_with(scene: Scene, key: str, column: str, table: str, *, limit: str) -> str:
    """Where a key that stands once in another table of the month is known in both, enough rows hold its value there."""
    return _agreeing(key, column, scene.view(table), limit)


def agrees_with_previous(scene: Scene, key: str, column: str, *, limit: str) -> str:
    """Where a key stood once in the last delivered month too, enough rows still hold its value of then."""
    return _agreeing(key, column, scene.view_before(scene.table), limit)


def _agreeing(key: str, column: str, there: str, limit: str) -> str:
    by, name = quoted_name(key), quoted_name(column)
    return verdict_on(
        f"SELECT avg(CASE WHEN here.{name} = there.value THEN 1 ELSE 0 END) AS measured, count(*) AS of_rows"
        f" FROM {BATCH} AS here JOIN (SELECT {by} AS key, any_value({name}) AS value FROM {there}"
        f" WHERE {by} IS NOT NULL AND {name} IS NOT NULL GROUP BY {by} HAVING count(*) = 1) AS there"
        f" ON here.{by} = there.key WHERE here.{name} IS NOT NULL",
        at_least=limit,
    )


def valid_ids_known(scene: Scene, column: str, table: str, table_column: str, *, limit: str) -> str:
    """Of the distinct valid IDs, enough are known in another table of the month (its people are people of this county)."""
    name, there = quoted_name(column), quoted_name(table_column)
    return verdict_on(
        "SELECT avg(CASE WHEN known.key IS NULL THEN 0 ELSE 1 END) AS measured, count(*) AS of_rows FROM"
        f" (SELECT DISTINCT {name} AS key FROM {BATCH} WHERE {quoted_name(column + '_kind')} = 'valid') AS asked"
        f" LEFT JOIN (SELECT DISTINCT {there} AS key FROM {scene.view(table)}) AS known USING (key)",
        at_least=limit,
    )


def money_near(
    scene: Scene, column: str, key: str, dated_by: str, table: str, table_column: str, *, limit: str
) -> str:
    """The month's money per key is typically (geometric mean) within so many times of the money that another table grants."""
    by, paid, granted = quoted_name(key), quoted_name(column), quoted_name(table_column)
    ratio = "exp(avg(ln(CAST(paid.total / granted.total AS DOUBLE))))"
    return verdict_on(
        f"SELECT greatest({ratio}, 1 / {ratio}) AS measured, count(*) AS of_rows FROM"
        f" (SELECT {by} AS key, sum({paid}) AS total FROM {BATCH} WHERE substr({quoted_name(dated_by)}, 1, 7) ="
        f" {literal(scene.month)} GROUP BY {by} HAVING sum({paid}) > 0) AS paid JOIN"
        f" (SELECT {by} AS key, sum({granted}) AS total FROM {scene.view(table)} GROUP BY {by} HAVING sum({granted}) > 0)"
        " AS granted USING (key)",
        at_most=limit,
    )


def income_shared_out(
    scene: Scene,
    column: str,
    key: str,
    parts: Sequence[str],
    without: Sequence[str],
    *,
    limit: str,
    tolerance: str,
) -> str:
    """In enough households the income lines less the expenses, over the persons listed, are the income per head."""
    by, head = quoted_name(key), quoted_name(column)
    plus = " + ".join(f"max(coalesce({quoted_name(part)}, 0))" for part in parts)
    minus = "".join(f" - max(coalesce({quoted_name(part)}, 0))" for part in without)
    return verdict_on(
        f"SELECT avg(CASE WHEN abs(income / persons - per_head) <= {tolerance} THEN 1 ELSE 0 END) AS measured,"
        f" count(*) AS of_rows FROM (SELECT {plus}{minus} AS income, count(*) AS persons, max({head}) AS per_head"
        f" FROM {BATCH} WHERE {by} IS NOT NULL GROUP BY {by}) AS household WHERE per_head IS NOT NULL",
        at_least=limit,
    )


WORDS: tuple[Phrase, ...] = (
    word_of(
        kept_from_previous,
        "at least {limit} of the last delivered month's {column} are still there",
        "上一次报送的 {column} 本月仍在的占比不低于 {limit}",
    ),
    word_of(
        kept_together,
        "at least {limit} of what stood together in {columns} stands together still",
        "上一次报送的 {columns} 组合本月仍在的占比不低于 {limit}",
    ),
    word_of(
        agrees_with,
        "in at least {limit} of rows {column} is what {table} has for the same {key}",
        "同一 {key} 的 {column} 与 {table} 一致的占比不低于 {limit}",
    ),
    word_of(
        agrees_with_previous,
        "in at least {limit} of rows {column} is what it was for the same {key} in the last delivered month",
        "同一 {key} 的 {column} 与上一次报送一致的占比不低于 {limit}",
    ),
    word_of(
        valid_ids_known,
        "at least {limit} of the valid {column} are known in {table}.{table_column}",
        "有效的 {column} 能在 {table}.{table_column} 中找到的占比不低于 {limit}",
    ),
    word_of(
        money_near,
        "{column} by {key} is typically within {limit} times of {table}.{table_column}",
        "按 {key} 的 {column} 与 {table}.{table_column} 典型相差不超过 {limit} 倍",
    ),
    word_of(
        income_shared_out,
        "in at least {limit} of households {parts} less {without}, shared out, are {column} (within {tolerance})",
        "{parts} 减 {without} 按人均分等于 {column}（误差不超过 {tolerance}）的户占比不低于 {limit}",
    ),
)
