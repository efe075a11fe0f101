"""Words that hold figures against each other: keys and sums of two tables, parts and wholes, groups and the month before.

A list that adds up to something else than the list beside it is wrong in one of the two, and nobody who reads
only one of them can see it.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.phrases import (
    BATCH,
    Chosen,
    Phrase,
    Scene,
    literal,
    one_of,
    quoted_name,
    share,
    verdict_on,
    where,
    word_of,
)


def known_in(
    scene: Scene,
    column: str,
    table: str,
    table_column: str,
    only: Chosen | None = None,
    *,
    limit: str,
) -> str:
    """Of the distinct values (of the rows that ``only`` chooses), enough stand in a column of another table."""
    name, there = quoted_name(column), quoted_name(table_column)
    return verdict_on(
        f"SELECT avg(CASE WHEN known.key IS NULL THEN 0 ELSE 1 END) AS measured, count(*) AS of_rows FROM"
        f" (SELECT DISTINCT {name} AS key FROM {BATCH}{where(only)}) AS asked LEFT JOIN"
        f" (SELECT DISTINCT {there} AS key FROM {scene.view(table)}) AS known USING (key) WHERE asked.key IS NOT NULL",
        at_least=limit,
    )


def one_for_one(scene: Scene, table: str, *, limit: str) -> str:
    """The table has as many rows as another one of the month."""
    return verdict_on(
        "SELECT least(here.n, there.n) / nullif(greatest(here.n, there.n), 0) AS measured, here.n AS of_rows"
        f" FROM (SELECT count(*) AS n FROM {BATCH}) AS here,"
        f" (SELECT count(*) AS n FROM {scene.view(table)}) AS there",
        at_least=limit,
    )


def share_of_table(scene: Scene, table: str, *, limit: str) -> str:
    """At most so many rows for each row of another table of the month."""
    return verdict_on(
        "SELECT here.n / nullif(there.n, 0) AS measured, here.n AS of_rows"
        f" FROM (SELECT count(*) AS n FROM {BATCH}) AS here,"
        f" (SELECT count(*) AS n FROM {scene.view(table)}) AS there",
        at_most=limit,
    )


def sums_agree(
    scene: Scene,
    table: str,
    columns: Sequence[str] = (),
    table_columns: Sequence[str] = (),
    table_distinct: str = "",
    only: Chosen | None = None,
    table_only: Chosen | None = None,
    by: Sequence[str] = (),
    *,
    limit: str,
) -> str:
    """The columns' sum here and the sum in another table (or this one) differ by no more than this share of the latter.

    Without columns rows are counted, with ``table_distinct`` the different values there. ``only`` and ``table_only``
    choose rows by the words of a column, ``by`` compares group by group: the worst group counts.
    """
    keys = [quoted_name(column) for column in by]
    here = _totals(BATCH, keys, _sum(columns), only)
    distinct = f"count(DISTINCT {quoted_name(table_distinct)})" if table_distinct else _sum(table_columns)
    there = _totals(scene.view(table), keys, distinct, table_only)
    met = " AND ".join(f"here.{key} IS NOT DISTINCT FROM there.{key}" for key in keys) or "true"
    return verdict_on(
        "SELECT max(abs(coalesce(here.total, 0) - coalesce(there.total, 0)) / greatest(abs(coalesce(there.total, 0)), 1))"
        " AS measured, greatest(coalesce(sum(here.n), 0), coalesce(sum(there.n), 0)) AS of_rows"
        f" FROM ({here}) AS here FULL JOIN ({there}) AS there ON {met}",
        at_most=limit,
    )


def not_above(scene: Scene, column: str, other: str, *, limit: str) -> str:
    """Where both are known, enough rows have the first value not above the second."""
    part, whole = quoted_name(column), quoted_name(other)
    return share(f"{part} <= {whole}", among=f"{part} IS NOT NULL AND {whole} IS NOT NULL", at_least=limit)


def largest_value(scene: Scene, column: str, only: Chosen | None = None, *, limit: str) -> str:
    """No value of the column, whatever its sign, is larger than this among the chosen rows."""
    name = quoted_name(column)
    return verdict_on(
        f"SELECT max(abs({name})) AS measured, count({name}) AS of_rows FROM {BATCH}{where(only)}",
        at_most=limit,
    )


def groups_against_previous(
    scene: Scene,
    columns: Sequence[str],
    weight: str = "",
    only: Chosen | None = None,
    *,
    limit: str,
    base: str,
) -> str:
    """No group's rows (or sum of ``weight``) grew or shrank by more than this factor since the month before.

    A group smaller than ``base`` counts as ``base``: two cases where there was one are no flood. A group that
    vanished or came anew counts too.
    """
    keys = [quoted_name(column) for column in columns]
    total = _sum([weight] if weight else [])
    met = " AND ".join(f"here.{key} IS NOT DISTINCT FROM there.{key}" for key in keys)
    now, then = (f"greatest(coalesce({side}.total, 0), {base})" for side in ("here", "there"))
    return verdict_on(
        f"SELECT max(greatest({now} / {then}, {then} / {now})) AS measured, coalesce(sum(there.n), 0) AS of_rows"
        f" FROM ({_totals(BATCH, keys, total, only)}) AS here"
        f" FULL JOIN ({_totals(scene.view_before(scene.table), keys, total, only)}) AS there ON {met}",
        at_most=limit,
    )


def dead_are_warned(
    scene: Scene, column: str, rules: Sequence[str], only: Chosen | None = None, *, limit: str
) -> str:
    """Of the persons whose recorded death lies before the month, enough stand in a warning of one of the rules."""
    name, first_day = quoted_name(column), f"DATE '{scene.month}-01'"
    return verdict_on(
        "SELECT avg(CASE WHEN warned.person_id IS NULL THEN 0 ELSE 1 END) AS measured, count(*) AS of_rows FROM"
        f" (SELECT DISTINCT {name} AS person_id FROM {BATCH}{where(only)}) AS listed"
        f" JOIN {scene.view('dim_person')} AS person ON listed.person_id = person.person_id AND person.died_on < {first_day}"
        f" LEFT JOIN (SELECT DISTINCT person_id FROM {scene.view('fct_warning_monthly')}"
        f" WHERE {one_of('rule_id', rules)}) AS warned ON listed.person_id = warned.person_id",
        at_least=limit,
    )


def _totals(view: str, keys: Sequence[str], total: str, only: Chosen | None) -> str:
    named = "".join(f"{key}, " for key in keys)
    grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
    return f"SELECT {named}{total} AS total, count(*) AS n FROM {view}{where(only)}{grouped}"


def _sum(columns: Sequence[str]) -> str:
    parts = " + ".join(f"coalesce(sum({quoted_name(column)}), 0)" for column in columns)
    return parts or "count(*)"


def certain_on_sources(
    scene: Scene,
    rules: Sequence[str],
    values: Sequence[str],
    table: str,
    table_column: str,
    *,
    limit: str,
) -> str:
    """Every warning of these rules with one of these grades rests on at least so many sources of the death.

    Counted twice, by what the warning itself names as evidence and by what is known of the person in ``table``
    (nobody there: none); the smaller count is what the warning rests on.
    """
    # Evidence that cannot be read names none; that it cannot be read is another rule's finding.
    readable = "CASE WHEN json_valid(evidence) THEN evidence END"
    named = f"coalesce(json_array_length({readable}, {literal('$.death_sources')}), 0)"
    known = f"coalesce(CAST(person.{quoted_name(table_column)} AS BIGINT), 0)"
    return verdict_on(
        f"SELECT min(least({named}, {known})) AS measured, count(*) AS of_rows FROM (SELECT * FROM {BATCH}"
        f" WHERE {one_of('rule_id', rules)} AND {one_of('grade', values)}) AS warning"
        f" LEFT JOIN {scene.view(table)} AS person ON person.person_id = warning.person_id",
        at_least=limit,
    )


WORDS: tuple[Phrase, ...] = (
    word_of(
        known_in,
        "at least {limit} of {column} are known in {table}.{table_column}",
        "{column} 能在 {table}.{table_column} 中找到的占比不低于 {limit}",
    ),
    word_of(
        one_for_one,
        "as many rows as {table} (ratio at least {limit})",
        "行数与 {table} 一致（比值不低于 {limit}）",
    ),
    word_of(
        share_of_table, "at most {limit} rows for each row of {table}", "行数与 {table} 之比不高于 {limit}"
    ),
    word_of(
        sums_agree,
        "the sum of {columns} ({only}, by {by}) agrees with {table} {table_columns}{table_distinct} ({table_only}) but for {limit}",
        "{columns} 合计（{only}；按 {by}）与 {table} {table_columns}{table_distinct}（{table_only}）相差不超过 {limit}",
    ),
    word_of(
        not_above,
        "at least {limit} of rows have {column} not above {other}",
        "{column} 不大于 {other} 的占比不低于 {limit}",
    ),
    word_of(
        largest_value,
        "no {column} is larger than {limit} ({only})",
        "{column} 不大于 {limit}（{only}）",
    ),
    word_of(
        groups_against_previous,
        "no group of {columns} grew or shrank more than {limit} times since the month before (below {base} it counts as {base})",
        "按 {columns} 分组，较上月增减不超过 {limit} 倍（不足 {base} 的按 {base} 计）",
    ),
    word_of(
        dead_are_warned,
        "at least {limit} of the recorded dead among {column} ({only}) stand in a warning of {rules}",
        "{column}（{only}）中登记死亡的人，有 {rules} 预警的占比不低于 {limit}",
    ),
    word_of(
        certain_on_sources,
        "every warning of {rules} graded {values} rests on at least {limit} sources of the death",
        "{rules} 中等级为 {values} 的预警，死亡信息来源不少于 {limit} 个",
    ),
)
