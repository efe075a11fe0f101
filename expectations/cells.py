"""Words about the cells of one table: what is written, what can be read of it, and whether cells of a row agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from expectations.phrases import (
    BATCH,
    Chosen,
    NotAssessable,
    Phrase,
    Scene,
    chosen,
    delivered_value,
    literal,
    one_of,
    quoted_name,
    share,
    verdict_on,
    word_of,
)


def delivered(scene: Scene) -> str:
    """The table has rows this month (its absence is seen before any query runs)."""
    return verdict_on(f"SELECT count(*) AS measured, count(*) AS of_rows FROM {BATCH}", at_least=1)


def id_valid_share(scene: Scene, column: str, *, limit: str) -> str:
    """Of the IDs that were written, enough are valid (18 digits, or 15 of the first generation)."""
    kind = quoted_name(f"{column}_kind")
    return share(f"{kind} IN ('valid', 'legacy15')", among=delivered_value(column), at_least=limit)


def readable(scene: Scene, column: str, *, limit: str) -> str:
    """Of the cells that were written, enough could be turned into a value."""
    return share(f"{quoted_name(column)} IS NOT NULL", among=delivered_value(column), at_least=limit)


def coded(scene: Scene, column: str, *, limit: str) -> str:
    """Of the cells that were written, enough hold a code that the contract knows."""
    if scene.contract is None:
        raise NotAssessable(f"{scene.table} has no contract")
    known = one_of(column, tuple(scene.contract.column(column).codes))
    return share(known, among=delivered_value(column), at_least=limit)


def date_sane(scene: Scene, column: str, *, limit: str, floor_year: str) -> str:
    """Of the dates that were written, enough are dates between the floor year and the end of the month."""
    name = quoted_name(column)
    inside = f"{name} BETWEEN make_date({floor_year}, 1, 1) AND DATE '{scene.month.last_day}'"
    return share(inside, among=delivered_value(column), at_least=limit)


def in_month(scene: Scene, column: str, *, limit: str) -> str:
    """Of the values (dates or months), enough lie in the month that the delivery is for."""
    name = quoted_name(column)
    return share(
        f"substr(CAST({name} AS VARCHAR), 1, 7) = '{scene.month}'",
        among=f"{name} IS NOT NULL",
        at_least=limit,
    )


def in_order(scene: Scene, earlier: str, later: str, *, limit: str) -> str:
    """Where both dates are known, the earlier one is not after the later one."""
    first, second = quoted_name(earlier), quoted_name(later)
    known = f"{first} IS NOT NULL AND {second} IS NOT NULL"
    return share(f"{first} <= {second}", among=known, at_least=limit)


def money_adds_up(scene: Scene, total: str, parts: Sequence[str], *, limit: str, tolerance: str) -> str:
    """Where the total is known, the parts (blank counts as nought) add up to it within the tolerance."""
    summed = " + ".join(f"coalesce({quoted_name(part)}, 0)" for part in parts)
    name = quoted_name(total)
    return share(f"abs({name} - ({summed})) <= {tolerance}", among=f"{name} IS NOT NULL", at_least=limit)


def not_negative(scene: Scene, column: str, *, limit: str) -> str:
    """Of the amounts, enough are nought or more."""
    name = quoted_name(column)
    return share(f"{name} >= 0", among=f"{name} IS NOT NULL", at_least=limit)


def like_pattern(scene: Scene, column: str, pattern: str, *, limit: str) -> str:
    """Of the values, enough match a regular expression from end to end."""
    name = quoted_name(column)
    return share(
        f"regexp_full_match({name}, {literal(pattern)})", among=f"{name} IS NOT NULL", at_least=limit
    )


def sex_agrees_with_id(scene: Scene, column: str, sex: str, *, limit: str) -> str:
    """Where ID and sex are both good, the ID's seventeenth digit says the same sex."""
    name, said = quoted_name(column), quoted_name(sex)
    among = f"{quoted_name(column + '_kind')} = 'valid' AND {said} IN ('1', '2')"
    return share(
        f"(try_cast(substr({name}, 17, 1) AS INTEGER) % 2 = 1) = ({said} = '1')", among=among, at_least=limit
    )


def birth_agrees_with_id(scene: Scene, column: str, birth: str, *, limit: str) -> str:
    """Where ID and birth date are both good, the ID holds the same birth date."""
    name, said = quoted_name(column), quoted_name(birth)
    among = f"{quoted_name(column + '_kind')} = 'valid' AND {said} IS NOT NULL"
    return share(f"substr({name}, 7, 8) = strftime({said}, '%Y%m%d')", among=among, at_least=limit)


def value_share(
    scene: Scene,
    column: str,
    values: Sequence[str],
    only: Mapping[str, Sequence[str]] | None = None,
    *,
    limit: str,
) -> str:
    """At most so many rows (of those that ``only`` chooses) hold one of these values."""
    return share(f"coalesce({one_of(column, values)}, false)", among=chosen(only), at_most=limit)


def value_share_reached(scene: Scene, column: str, values: Sequence[str], *, limit: str) -> str:
    """At least so many rows hold one of these values."""
    return share(f"coalesce({one_of(column, values)}, false)", at_least=limit)


def most_common_share(scene: Scene, column: str, *, limit: str, spared: str = "1") -> str:
    """No single value is repeated in too many of the filled cells (a default, a cadre's phone, one ID for all).

    The first ``spared`` times a value stands are no repetition, so a short list measures nought.
    """
    name = quoted_name(column)
    return verdict_on(
        f"SELECT greatest(max(times) - {spared}, 0) / sum(times) AS measured, coalesce(sum(times), 0) AS of_rows FROM"
        f" (SELECT count(*) AS times FROM {BATCH} WHERE {name} IS NOT NULL GROUP BY {name}) AS counted",
        at_most=limit,
    )


def largest_group(scene: Scene, columns: Sequence[str], *, limit: str) -> str:
    """No key stands on more rows than this (people wrongly poured into one)."""
    names = ", ".join(map(quoted_name, columns))
    return verdict_on(
        f"SELECT max(times) AS measured, count(*) AS of_rows FROM"
        f" (SELECT count(*) AS times FROM {BATCH} GROUP BY {names}) AS counted",
        at_most=limit,
    )


def repeated_share(scene: Scene, columns: Sequence[str], *, limit: str) -> str:
    """At most so many rows are a second, third … row of the same key (keys with a blank part left out).

    Keys are counted by their 64-bit hashes: among ten million different keys two share one in one file of 400,000.
    """
    names = ", ".join(map(quoted_name, columns))
    known = " AND ".join(f"{quoted_name(column)} IS NOT NULL" for column in columns)
    return verdict_on(
        f"SELECT 1 - count(*) / nullif(sum(times), 0) AS measured, coalesce(sum(times), 0) AS of_rows FROM"
        f" (SELECT count(*) AS times FROM {BATCH} WHERE {known} GROUP BY hash({names})) AS counted",
        at_most=limit,
    )


def filled_where(
    scene: Scene, column: str, other: str | Sequence[str], values: Sequence[str], *, limit: str
) -> str:
    """Where the other column (all of several) holds one of these values, the column is filled in."""
    others = [other] if isinstance(other, str) else other
    among = " AND ".join(one_of(one, values) for one in others)
    return share(_filled(column), among=among, at_least=limit)


def filled_where_positive(scene: Scene, column: str, other: str, *, limit: str) -> str:
    """Where the other column is above nought, the column is filled in."""
    return share(_filled(column), among=f"{quoted_name(other)} > 0", at_least=limit)


def _filled(column: str) -> str:
    return f"coalesce(trim(CAST({quoted_name(column)} AS VARCHAR)), '') <> ''"


def json_readable(scene: Scene, column: str, *, limit: str) -> str:
    """Enough rows hold readable JSON."""
    return share(f"coalesce(json_valid({quoted_name(column)}), false)", at_least=limit)


def contains_share(scene: Scene, column: str, pattern: str, *, limit: str) -> str:
    """At most so many of the values hold a part that matches a regular expression (signs of a wrong encoding)."""
    name = quoted_name(column)
    return share(f"regexp_matches({name}, {literal(pattern)})", among=f"{name} IS NOT NULL", at_most=limit)


def same_in_row(scene: Scene, column: str, other: str, without: Chosen | None = None, *, limit: str) -> str:
    """At most so many rows hold one value in both columns (rows of ``without`` may: a head is his own head)."""
    first, second = quoted_name(column), quoted_name(other)
    known = f"{first} IS NOT NULL AND {second} IS NOT NULL"
    spared = "".join(
        f" AND NOT coalesce({one_of(name, values)}, false)" for name, values in (without or {}).items()
    )
    return share(f"{first} = {second}", among=known + spared, at_most=limit)


def in_year(scene: Scene, column: str, *, limit: str) -> str:
    """Of the years, enough are the month's."""
    name = quoted_name(column)
    return share(f"{name} = {scene.month.year}", among=f"{name} IS NOT NULL", at_least=limit)


def card_agrees(scene: Scene, column: str, category: str, level: str, *, limit: str) -> str:
    """Where a disability card's number holds category and level, enough rows say the same in their columns."""
    name, said = quoted_name(column), quoted_name(category)
    if scene.contract is None:
        raise NotAssessable(f"{scene.table} has no contract")
    digits = {
        spelling: code for code, words in scene.contract.column(category).codes.items() for spelling in words
    }
    cases = " ".join(f"WHEN {literal(digit)} THEN {literal(code)}" for digit, code in digits.items())
    return share(
        f"CASE substr({name}, 19, 1) {cases} END = {said} AND substr({name}, 20, 1) = {quoted_name(level)}",
        among=f"regexp_matches({name}, '^[0-9Xx]{{{{18}}}}[1-7][1-4]') AND {said} IS NOT NULL",
        at_least=limit,
    )


WORDS: tuple[Phrase, ...] = (
    word_of(delivered, "the table is there and has rows", "本月有数据"),
    word_of(id_valid_share, "at least {limit} of the written {column} are valid IDs", "{column} 有效身份证号占比不低于 {limit}"),
    word_of(readable, "at least {limit} of the written {column} can be read", "{column} 可识别占比不低于 {limit}"),
    word_of(coded, "at least {limit} of the written {column} are known codes", "{column} 代码可识别占比不低于 {limit}"),
    word_of(date_sane, "at least {limit} of the written {column} lie between {floor_year} and the end of the month", "{column} 介于 {floor_year} 年与本月末之间的占比不低于 {limit}"),
    word_of(in_month, "at least {limit} of {column} lie in the month", "{column} 属于本月的占比不低于 {limit}"),
    word_of(in_order, "at least {limit} of rows have {earlier} not after {later}", "{earlier} 不晚于 {later} 的占比不低于 {limit}"),
    word_of(money_adds_up, "in at least {limit} of rows {parts} add up to {total} within {tolerance}", "{parts} 之和等于 {total}（误差不超过 {tolerance}）的占比不低于 {limit}"),
    word_of(not_negative, "at least {limit} of {column} are nought or more", "{column} 不为负的占比不低于 {limit}"),
    word_of(like_pattern, "at least {limit} of {column} have the form {pattern}", "{column} 符合格式 {pattern} 的占比不低于 {limit}"),
    word_of(sex_agrees_with_id, "at least {limit} of valid {column} agree with {sex}", "{column} 与 {sex} 一致的占比不低于 {limit}"),
    word_of(birth_agrees_with_id, "at least {limit} of valid {column} agree with {birth}", "{column} 与 {birth} 一致的占比不低于 {limit}"),
    word_of(value_share, "at most {limit} of rows have {column} = {values}", "{column} 为 {values} 的占比不高于 {limit}"),
    word_of(value_share_reached, "at least {limit} of rows have {column} = {values}", "{column} 为 {values} 的占比不低于 {limit}"),
    word_of(most_common_share, "no single {column} is repeated in more than {limit} of the filled cells", "{column} 同一取值重复占比不高于 {limit}"),
    word_of(largest_group, "no {columns} stands on more than {limit} rows", "同一 {columns} 不超过 {limit} 行"),
    word_of(repeated_share, "at most {limit} of rows repeat the same {columns}", "{columns} 重复行占比不高于 {limit}"),
    word_of(filled_where, "{column} is filled in at least {limit} of rows where {other} = {values}", "{other} 为 {values} 时 {column} 填写率不低于 {limit}"),
    word_of(filled_where_positive, "{column} is filled in at least {limit} of rows where {other} is above nought", "{other} 大于零时 {column} 填写率不低于 {limit}"),
    word_of(json_readable, "at least {limit} of {column} are readable JSON", "{column} 为可读 JSON 的占比不低于 {limit}"),
    word_of(contains_share, "at most {limit} of {column} hold {pattern}", "{column} 含乱码或缺字（{pattern}）的占比不高于 {limit}"),
    word_of(same_in_row, "at most {limit} of rows hold one value in {column} and {other} (without {without})", "{column} 与 {other} 相同的行占比不高于 {limit}（不计 {without}）"),
    word_of(in_year, "at least {limit} of {column} are the month's year", "{column} 为本年度的占比不低于 {limit}"),
    word_of(card_agrees, "in at least {limit} of rows {column} holds the same {category} and {level}", "{column} 所含类别、等级与 {category}、{level} 一致的占比不低于 {limit}"),
)  # fmt: skip
