"""Words that compare a month with the month before, or with what the match model was trained on.

Did the delivery change its shape? The first month has nothing to compare with: these words are then not
assessed, and the verdict says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.phrases import BATCH, Phrase, Scene, literal, quoted_name, verdict_on, word_of
from warehouse.months import Month


def rows_against_previous(scene: Scene, dated_by: str = "", *, fall: str, rise: str) -> str:
    """Rows of this month over rows of the month before: not below 1 - fall, not above 1 + rise.

    With ``dated_by`` only rows count whose date lies in their own month: a first delivery that brings a
    year of history beside it is then no measure for the months that follow.
    """

    def rows(view: str, month: Month) -> str:
        dated = (
            f" WHERE substr(CAST({quoted_name(dated_by)} AS VARCHAR), 1, 7) = '{month}'" if dated_by else ""
        )
        return f"SELECT count(*) AS n FROM {view}{dated}"

    return verdict_on(
        # Taken out of last month's rows: a list that fell to ten rows is a large list that fell.
        "SELECT here.n / nullif(there.n, 0) AS measured, there.n AS of_rows"
        f" FROM ({rows(BATCH, scene.month)}) AS here,"
        f" ({rows(scene.view_before(scene.table), scene.month.previous)}) AS there",
        at_least=f"1 - {fall}",
        at_most=f"1 + {rise}",
    )


def fill_rate_against_previous(scene: Scene, columns: Sequence[str], *, limit: str) -> str:
    """The largest fall of any column's fill rate since the month before."""
    here = ", ".join(f"count({quoted_name(c)}) / nullif(count(*), 0) AS f{i}" for i, c in enumerate(columns))
    falls = ", ".join(f"there.f{i} - here.f{i}" for i in range(len(columns)))
    return verdict_on(
        f"SELECT greatest({falls}, 0) AS measured, here.n AS of_rows"
        f" FROM (SELECT count(*) AS n, {here} FROM {BATCH}) AS here,"
        f" (SELECT {here} FROM {scene.view_before(scene.table)}) AS there",
        at_most=limit,
    )


def mix_against_previous(scene: Scene, column: str, *, limit: str) -> str:
    """How much of the table changed its value of the column: half the sum of the shares' differences."""
    name = quoted_name(column)

    def shares(view: str) -> str:
        return f"SELECT {name} AS value, count(*) / sum(count(*)) OVER () AS part, count(*) AS n FROM {view} GROUP BY ALL"

    return verdict_on(
        "SELECT sum(abs(coalesce(here.part, 0) - coalesce(there.part, 0))) / 2 AS measured,"
        " coalesce(sum(here.n), 0) AS of_rows"
        f" FROM ({shares(BATCH)}) AS here FULL JOIN ({shares(scene.view_before(scene.table))}) AS there"
        " ON here.value IS NOT DISTINCT FROM there.value",
        at_most=limit,
    )


def shares_as_trained(scene: Scene, comparison: str, kind: str, *, limit: str, pairs: str) -> str:
    """No level of a comparison of the match model has moved by more bits than this from where it was trained.

    ``kind`` is the kind of pair (one_person, two_persons); a comparison that spoke of fewer than ``pairs`` pairs is
    not assessed. Which level it was stands in ``model_drift`` (``doudi drift``).
    """
    return verdict_on(
        f"SELECT max(abs(bits_moved)) AS measured, coalesce(max(pairs), 0) AS of_rows FROM {BATCH}"
        f" WHERE comparison = {literal(comparison)} AND kind = {literal(kind)} AND pairs >= {pairs}",
        at_most=limit,
    )


WORDS: tuple[Phrase, ...] = (
    word_of(
        rows_against_previous,
        "rows neither fell by more than {fall} nor rose by more than {rise} since the month before",
        "行数较上月降幅不超过 {fall}、增幅不超过 {rise}",
    ),
    word_of(
        fill_rate_against_previous,
        "no fill rate of {columns} fell by more than {limit} since the month before",
        "{columns} 填写率较上月降幅不超过 {limit}",
    ),
    word_of(
        mix_against_previous,
        "the mix of {column} moved by at most {limit} since the month before",
        "{column} 构成较上月变动不超过 {limit}",
    ),
    word_of(
        shares_as_trained,
        "no level of {comparison} moved by more than {limit} bits from where the match model was trained (pairs of {kind})",
        "比对模型“{comparison}”各档占比（{kind}）较训练时偏移不超过 {limit} 比特",
    ),
)
