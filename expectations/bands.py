"""Words for gate 2 that hold a mart against its own months: what is usual is all that the months before showed.

Groups (a rule, a township, a class, a feed) are compared with the largest and the smallest that they were in the
months before, not with last month alone: a figure that is high every September is usual, one that falls to nought for
the first time is not. Months that gate 2 holds are no measure. Besides: what every warning must carry.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.phrases import (
    BATCH,
    Chosen,
    NotAssessable,
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

# What a rule that rests on no parameter names.
WITHOUT = "无参数"
# Eighteen digits of an ID, eleven of a mobile phone: what no figure about a month has in it.
_PERSONAL = "(^|[^0-9])([1-9][0-9]{{16}}[0-9Xx]|1[3-9][0-9]{{9}})($|[^0-9])"


def groups_in_history(
    scene: Scene,
    columns: Sequence[str],
    weight: str = "",
    only: Chosen | None = None,
    *,
    limit: str,
    base: str,
) -> str:
    """No group's rows (or sum of ``weight``) lie beyond what the months before showed by more than this factor.

    A group smaller than ``base`` counts as ``base``; one that a month did not have was nought there.
    """
    keys = ", ".join(map(quoted_name, columns))
    total = f"coalesce(sum({quoted_name(weight)}), 0)" if weight else "count(*)"
    met = " AND ".join(f"here.{quoted_name(c)} IS NOT DISTINCT FROM there.{quoted_name(c)}" for c in columns)
    now = f"greatest(coalesce(here.total, 0), {base})"
    most, least = f"greatest(coalesce(there.most, 0), {base})", f"greatest(coalesce(there.least, 0), {base})"
    return verdict_on(
        f"SELECT max(greatest({now} / {most}, {least} / {now}, 1)) AS measured,"
        f" CAST(coalesce(sum(here.n), 0) AS BIGINT) AS of_rows"
        f" FROM (SELECT {keys}, {total} AS total, count(*) AS n FROM {BATCH}{where(only)} GROUP BY {keys}) AS here"
        f" FULL JOIN (SELECT {keys}, max(total) AS most, CASE WHEN count(*) < {len(scene.past)} THEN 0 ELSE min(total) END"
        f" AS least FROM (SELECT month, {keys}, {total} AS total FROM {_past(scene)}{where(only)} GROUP BY ALL)"
        f" GROUP BY {keys}) AS there ON {met}",
        at_most=limit,
    )


def rates_in_history(
    scene: Scene,
    by: Sequence[str],
    column: str,
    values: Sequence[str],
    weight: str,
    only: Chosen | None = None,
    *,
    limit: str,
    base: str,
) -> str:
    """No group's share of these values fell by more than this below the lowest of the months before.

    Groups of fewer than ``base`` tell no share, neither now nor then.
    """
    keys = ", ".join(map(quoted_name, by))
    rate = _rate(column, values, weight)
    enough = f"HAVING sum({quoted_name(weight)}) >= {base}"
    return verdict_on(
        "SELECT greatest(max(there.lowest - here.rate), 0) AS measured, CAST(coalesce(sum(here.n), 0) AS BIGINT) AS of_rows"
        f" FROM (SELECT {keys}, {rate} AS rate, sum({quoted_name(weight)}) AS n FROM {BATCH}{where(only)}"
        f" GROUP BY {keys} {enough}) AS here"
        f" JOIN (SELECT {keys}, min(rate) AS lowest FROM (SELECT month, {keys}, {rate} AS rate FROM {_past(scene)}{where(only)}"
        f" GROUP BY ALL {enough}) GROUP BY {keys}) AS there USING ({keys})",
        at_most=limit,
    )


def rates_reached(
    scene: Scene,
    by: Sequence[str],
    column: str,
    values: Sequence[str],
    weight: str,
    only: Chosen | None = None,
    *,
    limit: str,
    base: str,
) -> str:
    """Every group of at least ``base`` has so large a share of these values."""
    keys = ", ".join(map(quoted_name, by))
    return verdict_on(
        "SELECT min(rate) AS measured, CAST(coalesce(sum(n), 0) AS BIGINT) AS of_rows FROM"
        f" (SELECT {_rate(column, values, weight)} AS rate, sum({quoted_name(weight)}) AS n FROM {BATCH}{where(only)}"
        f" GROUP BY {keys} HAVING sum({quoted_name(weight)}) >= {base})",
        at_least=limit,
    )


def json_filled(scene: Scene, column: str, keys: Sequence[str], *, limit: str) -> str:
    """In enough rows the column's JSON has something under each of these keys."""
    name = quoted_name(column)
    # Half a JSON raises where it is looked into.
    readable = f"CASE WHEN json_valid({name}) THEN {name} END"
    filled = " AND ".join(
        f"coalesce(json_extract_string({readable}, '$.{key}'), '') NOT IN ('', '[]', chr(123) || chr(125), 'null')"
        for key in keys
    )
    return share(filled, at_least=limit)


def references_known(scene: Scene, column: str, only: Chosen | None = None, *, limit: str) -> str:
    """Enough of the policy lines that rows name (``parameter@region:date``) are of a parameter in force."""
    if not scene.parameters:
        raise NotAssessable("no policy to look the lines up in")
    name = quoted_name(column)
    known = one_of("parameter", scene.parameters)
    return verdict_on(
        f"SELECT avg(CASE WHEN {known} THEN 1 ELSE 0 END) AS measured, count(*) AS of_rows FROM"
        f" (SELECT DISTINCT split_part(trim(unnest(string_split({name}, '; '))), '@', 1) AS parameter"
        f" FROM {BATCH}{where(only)}) AS named WHERE parameter NOT IN ('', {literal(WITHOUT)})",
        at_least=limit,
    )


def free_of_personal_numbers(scene: Scene, columns: Sequence[str], *, limit: str) -> str:
    """In enough rows no text of the columns holds what looks like an ID or a mobile phone."""
    seen = " OR ".join(
        f"coalesce(regexp_matches(CAST({quoted_name(column)} AS VARCHAR), '{_PERSONAL}'), false)"
        for column in columns
    )
    return share(f"NOT ({seen})", at_least=limit)


def sure_dead_are_warned(
    scene: Scene,
    column: str,
    rules: Sequence[str],
    only: Chosen | None = None,
    *,
    limit: str,
    sources: str,
) -> str:
    """Of the persons whom so many sources call dead since before the month, enough stand in a warning of the rules."""
    name = quoted_name(column)
    return verdict_on(
        "SELECT avg(CASE WHEN warned.person_id IS NULL THEN 0 ELSE 1 END) AS measured, count(*) AS of_rows FROM"
        f" (SELECT DISTINCT {name} AS person_id FROM {BATCH}{where(only)}) AS listed"
        f" JOIN {scene.view('dim_person')} AS person ON listed.person_id = person.person_id"
        f" AND person.died_on < DATE '{scene.month}-01' AND person.death_sources >= {sources}"
        f" LEFT JOIN (SELECT DISTINCT person_id FROM {scene.view('fct_warning_monthly')}"
        f" WHERE {one_of('rule_id', rules)}) AS warned ON listed.person_id = warned.person_id",
        at_least=limit,
    )


def _rate(column: str, values: Sequence[str], weight: str) -> str:
    name = quoted_name(weight)
    return f"coalesce(sum({name}) FILTER ({one_of(column, values)}), 0) / nullif(sum({name}), 0)"


def _past(scene: Scene) -> str:
    if not scene.past:
        raise NotAssessable(f"no earlier month of {scene.table} to compare with")
    return scene.view(f"{scene.table}__past")


WORDS: tuple[Phrase, ...] = (
    word_of(
        groups_in_history,
        "no group of {columns} lies more than {limit} times beyond its months before (below {base} it counts as {base})",
        "按 {columns} 分组，超出以往各月最高或最低不超过 {limit} 倍（不足 {base} 的按 {base} 计）",
    ),
    word_of(
        rates_in_history,
        "no {by} ({only}) has its share of {column} = {values} more than {limit} below its lowest before (from {base} on)",
        "按 {by} 分组（{only}），{column} 为 {values} 的占比较以往最低降幅不超过 {limit}（{base} 条起）",
    ),
    word_of(
        rates_reached,
        "every {by} ({only}) has at least {limit} of {column} = {values} (from {base} on)",
        "按 {by} 分组（{only}），{column} 为 {values} 的占比均不低于 {limit}（{base} 条起）",
    ),
    word_of(
        json_filled,
        "at least {limit} of {column} hold {keys}",
        "{column} 中写明 {keys} 的占比不低于 {limit}",
    ),
    word_of(
        references_known,
        "at least {limit} of the policy lines in {column} are of a parameter in force",
        "{column} 所引政策参数有效的占比不低于 {limit}",
    ),
    word_of(
        free_of_personal_numbers,
        "at least {limit} of rows have no ID or phone in {columns}",
        "{columns} 中没有身份证号、手机号的占比不低于 {limit}",
    ),
    word_of(
        sure_dead_are_warned,
        "at least {limit} of those whom {sources} sources call dead among {column} ({only}) stand in a warning of {rules}",
        "{column}（{only}）中有 {sources} 个来源登记死亡的人，有 {rules} 预警的占比不低于 {limit}",
    ),
)
