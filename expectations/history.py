"""Words that compare a feed with its own history: several delivered months, as their shapes tell them (``shapes``).

What is usual is the median of the months before; where the same month of the year before is known, a figure that
is as it was then is usual too, for school years and heating allowances come in seasons. A feed without an earlier
month is not assessed, and one month alone is a thin measure: the verdict says how many there were.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.phrases import NotAssessable, Phrase, Scene, literal, verdict_on, word_of

# Which measure of the shape a word reads (of the columns that its rules name).
MEASURES = {
    "mix_in_history": "word",
    "values_known": "word",
    "values_kept": "word",
    "groups_kept": "word",
    "groups_not_grown": "word",
    "amount_in_history": "amount",
    "days_in_history": "day",
}


# From a month to the same month of the next year: a list of children is a year younger then.
_DAYS_OF_YEAR = 365


def rows_in_history(scene: Scene, *, fall: str, rise: str, least: str) -> str:
    """Rows over what is usual: not below 1 - fall, not above 1 + rise. Usually fewer than ``least`` rows jump as they like."""
    return _verdict(
        f"WITH {_compared(scene, 'rows')} SELECT {_nearest('greatest(here, 0.5) / typical', 'greatest(here, 0.5) / nullif(season, 0)')}"
        f" AS measured, CAST(typical AS BIGINT) AS of_rows FROM compared WHERE typical >= {least}",
        at_least=f"1 - {fall}",
        at_most=f"1 + {rise}",
    )


def filled_in_history(scene: Scene, columns: Sequence[str], *, limit: str) -> str:
    """The largest fall of any column's fill rate against what is usual."""
    return _verdict(
        f"WITH {_compared(scene, 'filled', columns)} SELECT greatest(max(typical - here), 0) AS measured,"
        f" max(here_rows) AS of_rows FROM compared",
        at_most=limit,
    )


def mix_in_history(scene: Scene, column: str, *, limit: str, least: str) -> str:
    """How much of the table holds other values of the column than usual: half the sum of the shares' differences.

    Fewer than ``least`` rows tell no shares.
    """
    return _verdict(
        f"WITH {_compared(scene, 'word', [column])} SELECT least(sum(abs(here - mean)) / 2,"
        " CASE WHEN count(season) > 0 THEN sum(abs(here - coalesce(season, 0))) / 2 END) AS measured,"
        f" CAST(coalesce(sum(here_rows), 0) AS BIGINT) AS of_rows FROM compared"
        f" HAVING sum(here_rows) >= {least} AND count(typical) > 0",
        at_most=limit,
    )


def values_known(scene: Scene, column: str, *, limit: str, least: str) -> str:
    """Of the filled cells, enough hold a value that the history knows."""
    return _verdict(
        f"WITH {_compared(scene, 'word', [column])} SELECT sum(here) FILTER (typical IS NOT NULL OR season IS NOT NULL)"
        " / nullif(sum(here), 0) AS measured, CAST(coalesce(sum(here_rows), 0) AS BIGINT) AS of_rows"
        f" FROM compared HAVING sum(here_rows) >= {least} AND count(typical) > 0",
        at_least=limit,
    )


def values_kept(scene: Scene, column: str, *, limit: str) -> str:
    """No value of every month before that should stand on more than ``limit`` rows stands on none."""
    return _verdict(
        f"WITH {_compared(scene, 'word', [column])} SELECT max(CASE WHEN here_rows = 0 AND months = {len(scene.past)}"
        " THEN mean * total ELSE 0 END) AS measured, CAST(max(total) AS BIGINT) AS of_rows"
        f" FROM (SELECT *, sum(here_rows) OVER () AS total FROM compared)",
        at_most=limit,
    )


def groups_kept(scene: Scene, column: str, *, limit: str, least: str) -> str:
    """The largest fall of any group (township, village, school) that usually has at least ``least`` rows."""
    return _verdict(
        f"WITH {_compared(scene, 'word', [column])} SELECT max(greatest(1 - here_rows / typical_rows, 0)) AS measured,"
        f" CAST(sum(typical_rows) AS BIGINT) AS of_rows FROM compared"
        f" WHERE typical_rows >= {least} AND months * 2 >= {len(scene.past)}",
        at_most=limit,
    )


def groups_not_grown(scene: Scene, column: str, *, limit: str, least: str) -> str:
    """The largest rise of any group over what is usual, as a share of it (below ``least`` rows it counts as ``least``)."""
    return _verdict(
        f"WITH {_compared(scene, 'word', [column])} SELECT greatest(max(here_rows / greatest(coalesce(typical_rows, 0),"
        f" coalesce(season_rows, 0), {least}) - 1), 0) AS measured, CAST(coalesce(sum(here_rows), 0) AS BIGINT) AS of_rows"
        f" FROM compared HAVING count(typical) > 0",
        at_most=limit,
    )


def amount_in_history(scene: Scene, column: str, *, limit: str, least: str) -> str:
    """The typical amount (geometric mean of those above nought) is neither so many times the usual nor so small a part."""
    now = "greatest(here, 0.01)"
    return _verdict(
        f"WITH {_compared(scene, 'amount', [column])} SELECT least({_times(now, 'typical')}, {_times(now, 'season')}) AS measured,"
        f" CAST(greatest(here_rows, typical_rows) AS BIGINT) AS of_rows FROM compared"
        f" WHERE typical_rows >= {least}",
        at_most=limit,
    )


def days_in_history(scene: Scene, column: str, *, limit: str, least: str) -> str:
    """The typical date lies no more days from the usual one, nor from its usual distance to the month's end."""
    return _verdict(
        f"WITH {_compared(scene, 'day', [column])} SELECT least(abs(here - typical), abs(here - moved),"
        f" abs(here - season - {_DAYS_OF_YEAR})) AS measured,"
        f" here_rows AS of_rows FROM compared WHERE here_rows >= {least} AND typical IS NOT NULL",
        at_most=limit,
    )


def not_the_same_again(scene: Scene, *, limit: str, least: str) -> str:
    """At most ``limit`` (0 or 1) of this month's content is cell by cell that of the last delivered month."""
    last = literal(scene.past[-1]) if scene.past else "''"
    return _verdict(
        "SELECT CASE WHEN here.number = there.number THEN 1 ELSE 0 END AS measured, here.of_rows AS of_rows"
        f" FROM {scene.view(f'{scene.table}__shape')} AS here, {_history(scene)} AS there"
        " WHERE here.measure = 'content' AND there.measure = 'content'"
        f" AND there.month = {last} AND here.of_rows >= {least}",
        at_most=limit,
    )


def _verdict(query: str, *, at_least: object = None, at_most: object = None) -> str:
    """A verdict on a query that gives no row where too little is known: nothing is measured then."""
    one_row = (
        f"SELECT max(measured) AS measured, coalesce(max(of_rows), 0) AS of_rows FROM ({query}) AS asked"
    )
    return verdict_on(one_row, at_least=at_least, at_most=at_most)


def _history(scene: Scene) -> str:
    if not scene.past:
        raise NotAssessable(f"no earlier month of {scene.table} to compare with")
    return scene.view(f"{scene.table}__history")


def _compared(scene: Scene, measure: str, columns: Sequence[str] = ()) -> str:
    """Common table ``compared``: per value this month's figure (``here``, ``here_rows``), the history's ``typical``
    (median), ``mean`` (a value that was absent counts as nought), ``moved`` (median of days counted from the month's
    end), ``months`` in which it stood, and ``season``, the figure of the same month of the year before."""
    season = literal(scene.month.plus(-12))
    inside = f"month IN ({', '.join(literal(month) for month in scene.past)})" if scene.past else "false"
    named = f' AND "column" IN ({", ".join(map(literal, columns))})' if columns else ""
    end = f"DATE '{scene.month.last_day}'"
    moved = f"number + datediff('day', last_day(CAST(month || '-01' AS DATE)), {end})"
    return (
        f'usual AS (SELECT "column", value, median(number) FILTER ({inside}) AS typical,'
        f" sum(number) FILTER ({inside}) / {max(len(scene.past), 1)} AS mean, median(of_rows) FILTER ({inside}) AS typical_rows,"
        f" median({moved}) FILTER ({inside}) AS moved, count(*) FILTER ({inside}) AS months,"
        f" max(number) FILTER (month = {season}) AS season, max(of_rows) FILTER (month = {season}) AS season_rows"
        f" FROM {_history(scene)} WHERE measure = {literal(measure)}{named} GROUP BY ALL),"
        f" compared AS (SELECT coalesce(now.number, 0) AS here, coalesce(now.of_rows, 0) AS here_rows, usual.typical,"
        " coalesce(usual.mean, 0) AS mean, usual.typical_rows, usual.moved, coalesce(usual.months, 0) AS months,"
        " usual.season, usual.season_rows"
        f" FROM (FROM {scene.view(f'{scene.table}__shape')} WHERE measure = {literal(measure)}{named}) AS now"
        ' FULL JOIN usual ON now."column" = usual."column" AND now.value = usual.value)'
    )


def _nearest(first: str, second: str) -> str:
    """Of two ratios the one nearer to one; the second may be NULL."""
    return f"CASE WHEN abs(ln({second})) < abs(ln({first})) THEN {second} ELSE {first} END"


def _times(here: str, there: str) -> str:
    return f"greatest({here} / nullif({there}, 0), {there} / {here})"


WORDS: tuple[Phrase, ...] = (
    word_of(
        rows_in_history,
        "rows neither fell by more than {fall} nor rose by more than {rise} against the feed's history (from {least} rows on)",
        "行数较以往各月降幅不超过 {fall}、增幅不超过 {rise}（以往 {least} 行起）",
    ),
    word_of(
        filled_in_history,
        "no fill rate of {columns} fell by more than {limit} against the feed's history",
        "{columns} 填写率较以往各月降幅不超过 {limit}",
    ),
    word_of(
        mix_in_history,
        "the mix of {column} moved by at most {limit} against the feed's history (from {least} rows on)",
        "{column} 构成较以往各月变动不超过 {limit}（{least} 行起）",
    ),
    word_of(
        values_known,
        "at least {limit} of {column} are values of the feed's history (from {least} rows on)",
        "{column} 以往出现过的取值占比不低于 {limit}（{least} 行起）",
    ),
    word_of(
        values_kept,
        "no usual value of {column} that should stand on more than {limit} rows is gone",
        "{column} 以往常见、应有 {limit} 行以上的取值没有消失",
    ),
    word_of(
        groups_kept,
        "no {column} of usually {least} rows or more fell by more than {limit} against the feed's history",
        "每个 {column}（以往 {least} 行以上）较以往降幅不超过 {limit}",
    ),
    word_of(
        groups_not_grown,
        "no {column} rose by more than {limit} against the feed's history (below {least} rows it counts as {least})",
        "每个 {column} 较以往增幅不超过 {limit}（不足 {least} 行的按 {least} 计）",
    ),
    word_of(
        amount_in_history,
        "the typical {column} is within {limit} times of the feed's history (from {least} amounts on)",
        "{column} 的典型金额与以往各月相差不超过 {limit} 倍（{least} 笔起）",
    ),
    word_of(
        days_in_history,
        "the typical {column} lies within {limit} days of the feed's history (from {least} dates on)",
        "{column} 的典型日期与以往各月相差不超过 {limit} 天（{least} 行起）",
    ),
    word_of(
        not_the_same_again,
        "the rows are not all the same as in the last delivered month (at most {limit}, from {least} rows on)",
        "内容不与上一次报送完全相同（不超过 {limit}，{least} 行起）",
    ),
)
