"""Words about the dock's own facts: what became of every row and file, and what the 合计 rows say."""

from __future__ import annotations

from expectations.phrases import BATCH, Phrase, Scene, literal, share, verdict_on, word_of


def quarantined_share(scene: Scene, *, limit: str) -> str:
    """Of the feed's rows that are no furniture, at most so many stand in quarantine or were set aside.

    Rows that are set aside are out of sight of every rule that looks at standardised rows: this one sees them.
    """
    return verdict_on(
        f"SELECT (sum(quarantined) + {_set_aside(scene)}) / nullif(sum(landed + quarantined), 0) AS measured,"
        f" coalesce(sum(landed + quarantined), 0) AS of_rows FROM {scene.view('row_account')}"
        f" WHERE feed = {literal(scene.table)}",
        at_most=limit,
    )


def refused_files(scene: Scene, *, limit: str) -> str:
    """At most so many of the feed's files were refused at the dock."""
    return verdict_on(
        "SELECT count(*) FILTER (WHERE status = 'refused') AS measured, count(*) AS of_rows"
        f" FROM {scene.view('ledger')} WHERE feed = {literal(scene.table)}",
        at_most=limit,
    )


def account_balances(scene: Scene, *, limit: str) -> str:
    """For enough sheets, rows in the file = landed + quarantined + furniture."""
    return share('"rows" = landed + quarantined + furniture', at_least=limit)


def nothing_lost(scene: Scene, *, limit: str) -> str:
    """Of the rows that landed from the files in force, enough were standardised or set aside, and none twice."""
    return verdict_on(
        "WITH landed AS (SELECT coalesce(sum(landed), 0) AS rows_landed FROM"
        f" {scene.view('row_account')} AS account SEMI JOIN (SELECT feed, file FROM {scene.view('ledger')}"
        f" WHERE status IN ('current', 'held')) AS in_force USING (feed, file) WHERE feed = {literal(scene.table)}),"
        f" kept AS (SELECT count(*) + {_set_aside(scene)} AS rows_kept FROM {BATCH})"
        " SELECT least(rows_kept, rows_landed) / nullif(greatest(rows_kept, rows_landed), 0)"
        " AS measured, greatest(rows_landed, rows_kept) AS of_rows FROM landed, kept",
        at_least=limit,
    )


def _set_aside(scene: Scene) -> str:
    """The feed's rows that were set aside; none in a month that was standardised before that was done."""
    if "set_aside" not in scene.views:
        return "0"
    return (
        f"(SELECT coalesce(sum(rows), 0) FROM {scene.view('set_aside')} WHERE feed = {literal(scene.table)})"
    )


def totals_agree(scene: Scene, *, limit: str) -> str:
    """At most so much of the money that the feed's 合计 rows state is missing from, or beyond, their rows."""
    return verdict_on(
        "SELECT sum(abs(coalesce(stated, 0) - coalesce(summed, 0))) / nullif(sum(abs(coalesce(stated, 0))), 0) AS measured,"
        f" (SELECT coalesce(sum(landed), 0) FROM {scene.view('row_account')} WHERE feed = {literal(scene.table)}) AS of_rows"
        f" FROM {scene.view('totals')} WHERE feed = {literal(scene.table)}",
        at_most=limit,
    )


def totals_disagreeing(scene: Scene, *, limit: str) -> str:
    """At most so many of the feed's 合计 rows are not the sum of their rows."""
    return verdict_on(
        "SELECT count(*) FILTER (NOT agrees) AS measured, count(*) AS of_rows"
        f" FROM {scene.view('totals')} WHERE feed = {literal(scene.table)}",
        at_most=limit,
    )


WORDS: tuple[Phrase, ...] = (
    word_of(quarantined_share, "at most {limit} of the rows stand in quarantine or are set aside", "隔离和未纳入的行占比不高于 {limit}"),
    word_of(refused_files, "at most {limit} files were refused", "被拒文件不超过 {limit} 个"),
    word_of(account_balances, "rows = landed + quarantined + furniture in at least {limit} of the sheets", "行数平衡的表占比不低于 {limit}"),
    word_of(nothing_lost, "at least {limit} of the landed rows are standardised or set aside, none twice", "入库行已标准化或列为未纳入的占比不低于 {limit}"),
    word_of(totals_agree, "the totals' money differs from its rows by at most {limit}", "合计金额与明细之和相差占比不高于 {limit}"),
    word_of(totals_disagreeing, "at most {limit} totals are not the sum of their rows", "与明细之和不符的合计不超过 {limit} 行"),
)  # fmt: skip
