"""What the notices of a month rest on, laid out in one engine: rows, what sources say of a person, and what is known beside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.database import quoted
from warehouse.errors import NotReleased
from warehouse.followed import make_followed
from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.notices.kinds import FOLDER, Catalogue
from warehouse.policy import Policy

# A surely linked row whose number is another person's: the same rules as ``linkage.reading.BORROWED`` and
# ``dbt_project/macros/links.sql``; a test holds the three together.
BORROWING = ("L15", "L17", "L18", "L23")
# Where a row says in one word how its person stands, and what a death record says beside.
_STANDING = {"medical_enrolment": "status", "education_enrolment": "state", "death": "reason"}
_DEATHS = {"death": "cancelled_on", "cremation": "died_on"}
_PLACE = 'feed, file, sheet, "row"'
_PROFILE = (
    "profile_key, feed, person_id, grade, rule, last_month, id_no, id_seen, id_kind, name, name_raw, name_family,"
    " name_missing, sex, birth_date, birth_source, birth_precision, died_on, agency_key, household_key"
)


def lay_out(
    con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, policy: Policy, kinds: Catalogue
) -> None:
    """Make ``own_row``, ``own_value``, ``said``, ``said_value``, ``owner`` and what the findings read beside them.

    ``NotReleased`` when the month was not linked and built.
    """
    _words(con, month, policy, kinds)
    _links(con, month, lake)
    _marts(con, month, lake)
    _standing(con, month, lake)
    make_followed(con, lake, month)
    _answers(con, month, lake)
    con.execute((FOLDER / "evidence.sql").read_text(encoding="utf-8"))
    _deaths_said(con)


def _words(con: duckdb.DuckDBPyConnection, month: Month, policy: Policy, kinds: Catalogue) -> None:
    """The catalogue and the policy as small tables and variables."""
    _rows(con, "spoken_as", ("feed", "grp"), [(f, g) for g, feeds in kinds.groups.items() for f in feeds])
    _rows(con, "asked_feed", ("kind", "feed"), [(k.id, feed) for k in kinds.kinds for feed in k.asks])
    village = [(k.id, word) for k in kinds.kinds if k.answers for word in _listed(policy, k.answers)]
    _rows(con, "village_word", ("kind", "word"), village)
    _rows(con, "borrowing", ("rule",), [(rule,) for rule in BORROWING])
    own_sex = [(f,) for f, c in contracts().items() if any(p.role == "self" and p.sex for p in c.persons)]
    _rows(con, "tells_sex", ("feed",), own_sex)
    for table, parameter in (
        ("gone_word", "notices.gone_words"),
        ("leaving_word", "notices.leaving_reasons"),
    ):
        _rows(con, table, ("word",), [(word,) for word in _listed(policy, parameter)])
    first = month.plus(1 - policy.count("notices.statement_months"))
    _rows(con, "last_before", ("first_month",), [(str(first),)])
    for name in (
        "other_death_days",
        "after_death_days",
        "after_leaving_days",
        "life_settlements_min",
        "settled_after_days",
    ):
        con.execute(f"SET VARIABLE {name} = {policy.count(f'notices.{name}')}")
    con.execute(f"SET VARIABLE first_day = DATE '{month.first_day}'")


def _listed(policy: Policy, parameter: str) -> tuple[str, ...]:
    return policy.words(parameter) if policy.is_configured(parameter) else ()


def _links(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``link`` and ``kin`` (crosswalk), ``record``, ``profile`` (registry): the month's own and what is known by now."""
    at = {"month": str(month)}
    crosswalk = _parquet(sorted(lake.partition("crosswalk", **at).glob("*.parquet")))
    profiles = lake.partition("registry", **at) / "profiles.parquet"
    records = [
        file for feed in lake.feeds("records", str(month)) for file in _part(lake, "records", feed=feed, **at)
    ]
    if not crosswalk or not profiles.exists() or not records:
        raise NotReleased(
            f"{month} is not linked.", next_step=f"run link for {month}, build, and notices again."
        )
    columns = f"{_PLACE}, person_id, grade"
    con.execute(f"CREATE TEMP TABLE link AS SELECT {columns} FROM {crosswalk} WHERE role = 'self'")
    con.execute(
        f"CREATE TEMP TABLE kin AS SELECT {columns} FROM {crosswalk}"
        " WHERE role = 'kin' AND feed = 'cremation' AND grade <> 'review'"
    )
    keyed = f"read_parquet([{_listed_files(records)}], hive_partitioning = true, hive_types = {{'month': VARCHAR}})"
    con.execute(f"CREATE TEMP VIEW record AS SELECT {_PLACE}, profile_key FROM {keyed} WHERE role = 'self'")
    con.execute(
        f"CREATE TEMP TABLE profile AS SELECT {_PROFILE} FROM read_parquet('{quoted(profiles)}', hive_partitioning = false)"
        " WHERE role = 'self' AND person_id IS NOT NULL"
    )


def _marts(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``person`` and ``warning`` of the month."""
    for name, mart, columns in (
        ("person", "dim_person", "person_id, household_id"),
        ("warning", "fct_warning_monthly", "warning_id, rule_id, person_id, evidence"),
    ):
        files = _part(lake, f"marts/{mart}", month=str(month))
        if not files:
            raise NotReleased(
                f"the mart {mart} of {month} is missing.", next_step=f"build {month}, then run notices again."
            )
        con.execute(f"CREATE TEMP VIEW {name} AS SELECT {columns} FROM {_parquet(files)}")


def _standing(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``standing_word`` (a row's own word for how its person stands) and ``death_row`` (its days)."""
    words, deaths = [], []
    for feed in (*_STANDING, "cremation"):
        files = _part(lake, "standardised", feed=feed, month=str(month))
        if not files:
            continue
        place = f"'{feed}' AS feed, file, sheet, \"row\""
        word = _STANDING.get(feed)
        if word:
            words.append(f"SELECT {place}, {word} AS word FROM {_parquet(files)} WHERE {word} IS NOT NULL")
        if feed in _DEATHS:
            deaths.append(f"SELECT {place}, died_on, {_DEATHS[feed]} AS cancelled_on FROM {_parquet(files)}")
    none = "SELECT '' AS feed, '' AS file, '' AS sheet, 0 AS \"row\""
    told = " UNION ALL ".join(words) or f"{none}, '' AS word WHERE false"
    con.execute(f"CREATE TEMP TABLE standing_word AS {told}")
    days = (
        " UNION ALL ".join(deaths) or f"{none}, NULL::DATE AS died_on, NULL::DATE AS cancelled_on WHERE false"
    )
    con.execute(f"CREATE TEMP TABLE death_row AS {days}")
    bills = _part(lake, "standardised", feed="medical_settlement", month=str(month))
    kept = (
        f'SELECT file, sheet, "row", settled_at AS settled_on, state, total FROM {_parquet(bills)}'
        if bills
        else "SELECT '' AS file, '' AS sheet, 0 AS \"row\", NULL::DATE AS settled_on, '' AS state, 0.0 AS total WHERE false"
    )
    con.execute(f"CREATE TEMP VIEW bill AS {kept}")


def _answers(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake) -> None:
    """``disposition`` (villages' answers to earlier months' lists), ``origin`` (what a warning rested on)."""
    before = [one for one in lake.months("dispositions") if one < str(month)]
    files = [file for one in before for file in _part(lake, "dispositions", month=one)]
    columns = 'warning_id, person_id, result, reason_not, checked_on, file, "row"'
    if not files:
        con.execute(
            "CREATE TEMP TABLE disposition AS SELECT '' AS warning_id, '' AS person_id, '' AS result,"
            " '' AS reason_not, NULL::DATE AS checked_on, '' AS file, 0 AS \"row\" WHERE false"
        )
        con.execute("CREATE TEMP TABLE origin AS SELECT '' AS warning_id, '' AS file WHERE false")
        return
    con.execute(
        f"CREATE TEMP TABLE disposition AS SELECT {columns} FROM {_parquet(files, by_name=True)}"
        f" WHERE warning_id IS NOT NULL AND checked_on <= DATE '{month.last_day}'"
    )
    listed = [file for one in before for file in _part(lake, "marts/fct_warning_monthly", month=one)]
    con.execute(
        "CREATE TEMP TABLE origin AS SELECT DISTINCT warning_id, unnest(from_json(evidence -> '$.files', '[\"VARCHAR\"]'))"
        f" AS file FROM {_parquet(listed, by_name=True)} SEMI JOIN disposition USING (warning_id)"
    )


def _deaths_said(con: duckdb.DuckDBPyConnection) -> None:
    """``death_said``: who is dead by whose word: police and certificates of any month, and villages."""
    con.execute("""
        CREATE TEMP TABLE death_said AS
        SELECT profile.person_id, spoken_as.grp, max(profile.died_on) AS died_on
        FROM profile INNER JOIN spoken_as USING (feed)
        WHERE profile.feed IN ('death', 'cremation') AND profile.grade <> 'review' AND profile.died_on IS NOT NULL
        GROUP BY ALL
        UNION ALL
        SELECT coalesce(followed.person_id, disposition.person_id), '村级', NULL::DATE -- the village tells no day
        FROM disposition
        INNER JOIN village_word ON village_word.kind = 'N14'
            AND village_word.word IN (disposition.result, disposition.reason_not)
        LEFT JOIN followed ON followed.old_id = disposition.person_id
        GROUP BY ALL
    """)


def _rows(
    con: duckdb.DuckDBPyConnection, name: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> None:
    con.execute(f"CREATE TEMP TABLE {name} ({', '.join(f'{column} VARCHAR' for column in columns)})")
    if rows:
        marks = ", ".join([f"({', '.join('?' * len(columns))})"] * len(rows))
        con.execute(f"INSERT INTO {name} VALUES {marks}", [cell for row in rows for cell in row])


def _part(lake: Lake, table: str, **keys: str) -> list[Path]:
    return sorted(lake.partition(table, **keys).glob("*.parquet"))


def _listed_files(files: list[Path]) -> str:
    return ", ".join(f"'{quoted(file)}'" for file in files)


def _parquet(files: list[Path], *, by_name: bool = False) -> str:
    if not files:
        return ""
    union = ", union_by_name = true" if by_name else ""
    return f"read_parquet([{_listed_files(files)}], hive_partitioning = false{union})"
