"""The sheet 匹配卡: for every person on a list, which rows of which sources were taken for this person, how sure, and
what agrees or differs. The words come from the linkage (lake table ``link_words``); what a source wrote stands masked as
policy says (audience ``match_card``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import quoted
from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.release.masking import Mask
from warehouse.release.workbook import Book, Column

SHEET = "匹配卡"
FIRST_ROW = 3
_GRADE_AT, _RULE_AT = 5, 6
COLUMNS = (
    Column("village", "村", 10, "centre"),
    Column("name", "姓名", 11, "centre"),
    Column("source", "来源", 20),
    Column("shown", "来源里写的", 34),
    Column("rows", "数据行", 26),
    Column("grade", "把握", 10, "centre"),
    Column("rule", "凭什么认定", 40),
    Column("compared", "逐项对照", 56),
)
_TOLD = (
    "机器把下列来源的记录认作同一个人。标“待核实”的请先核对本人身份，并在清单的“人员核对”栏选一项；"
    "发现张冠李戴的，选“不是本人”，以后不再把那份记录算在他名下。点姓名可回到清单。"
)
# A month that was linked by an earlier version lacks words of codes: nobody is shown a code instead.
_NO_WORDS = "写明待县里重算"
_NO_WORDS_TOLD = f"标“{_NO_WORDS}”的：本月身份是旧版本程序对的，依据的文字说明要等县里重算本月（doudi rebuild）后才有；对上没对上不受影响。"
_EMPTY: dict[str, dict[str, str]] = {
    "profiles": {
        "profile_key": "UBIGINT", "feed": "VARCHAR", "role": "VARCHAR", "of": "VARCHAR", "name": "VARCHAR", "name_raw": "VARCHAR",
        "name_pinyin": "VARCHAR", "name_family": "VARCHAR", "id_no": "VARCHAR", "id_seen": "VARCHAR", "birth_date": "DATE",
        "birth_precision": "VARCHAR", "township": "VARCHAR", "village": "VARCHAR", "person_id": "VARCHAR", "grade": "VARCHAR",
        "rule": "VARCHAR", "last_month": "VARCHAR",
    },
    "persons": {
        "person_id": "VARCHAR", "name": "VARCHAR", "id_no": "VARCHAR", "birth_date": "DATE", "township": "VARCHAR",
        "village": "VARCHAR",
    },
    "records": {
        "file": "VARCHAR", "sheet": "VARCHAR", "row": "INTEGER", "role": "VARCHAR", "profile_key": "UBIGINT",
    },
    "pairs": {
        "left_key": "UBIGINT", "right_key": "UBIGINT", "rule": "VARCHAR", "match_weight": "DOUBLE", "evidence": "VARCHAR",
    },
    "link_words": {"kind": "VARCHAR", "key": "VARCHAR", "words": "VARCHAR", "place": "INTEGER"},
}  # fmt: skip

_MATCHES = """
CREATE OR REPLACE TABLE matches AS
WITH listed AS (
    SELECT DISTINCT township, village, household_place, person_id, name FROM listing
    UNION
    SELECT DISTINCT township, village, NULL, person_id, name FROM left_open
    WHERE (township, person_id) NOT IN (SELECT (township, person_id) FROM listing)
),
persons AS (
    SELECT township, person_id, min(village) AS village, min(household_place) AS household_place, min(name) AS name
    FROM listed WHERE person_id IS NOT NULL GROUP BY township, person_id
),
own AS (SELECT profiles.* FROM card_profiles AS profiles WHERE person_id IN (SELECT person_id FROM persons)),
seen AS (
    SELECT profile_key, count(*) AS rows, min_by(file, (file, sheet, row)) AS file, min_by(sheet, (file, sheet, row)) AS sheet,
        min_by(row, (file, sheet, row)) AS row
    FROM card_records WHERE profile_key IN (SELECT profile_key FROM own) GROUP BY profile_key
),
sides AS (
    SELECT left_key AS profile_key, rule, match_weight, evidence FROM card_pairs
    UNION ALL SELECT right_key, rule, match_weight, evidence FROM card_pairs
),
weighed AS (
    -- What decided: the pair under the description's own rule that weighed most.
    SELECT own.profile_key, max_by(sides.evidence, (coalesce(sides.match_weight, 0), sides.evidence)) AS evidence
    FROM own JOIN sides ON sides.profile_key = own.profile_key AND sides.rule = own.rule
    GROUP BY own.profile_key
),
known AS (
    SELECT persons.*, max(own.name_pinyin) FILTER (own.name = persons.name) AS name_pinyin,
        max(own.name_family) FILTER (own.name = persons.name) AS name_family
    FROM card_persons AS persons JOIN own USING (person_id) GROUP BY ALL
),
fields AS (
    SELECT profile_key, unnest(json_keys(evidence)) AS comparison, evidence FROM weighed
),
told_by_pair AS (
    SELECT fields.profile_key, fields.comparison, json_extract_string(fields.evidence, '$.' || fields.comparison) AS level
    FROM fields
),
plain AS (
    -- Where no pair was weighed: what anybody sees who lays the description beside the person as known.
    SELECT own.profile_key,
        unnest(['name', 'id', 'birth', 'place']) AS comparison,
        unnest([
            CASE WHEN own.name = known.name THEN 'equal' WHEN own.name_family = known.name_family THEN 'family'
                WHEN own.name_pinyin = known.name_pinyin THEN 'syllables' WHEN own.name IS NOT NULL THEN 'different' END,
            CASE WHEN own.id_no = known.id_no THEN 'equal' WHEN own.id_no <> known.id_no THEN 'different' END,
            CASE WHEN own.birth_date = known.birth_date THEN 'equal' WHEN own.birth_precision = 'day' AND own.birth_date <> known.birth_date
                THEN 'different' END,
            CASE WHEN own.township = known.township AND own.village = known.village THEN 'same_village'
                WHEN own.township = known.township AND coalesce(own.village, known.village) IS NOT NULL THEN 'same_township'
                WHEN own.township <> known.township THEN 'different' END
        ]) AS level
    FROM own JOIN known USING (person_id)
    WHERE own.grade <> 'new' AND own.profile_key NOT IN (SELECT profile_key FROM weighed WHERE json_exists(evidence, '$.name'))
),
compared AS (
    SELECT levels.profile_key, string_agg(concat(comparison.words, '：', level.words), '；' ORDER BY comparison.place) AS compared
    FROM (FROM told_by_pair UNION ALL FROM plain) AS levels
    JOIN card_link_words AS comparison ON comparison.kind = 'comparison' AND comparison.key = levels.comparison
    JOIN card_link_words AS level ON level.kind = 'level' AND level.key = concat(levels.comparison, '.', levels.level)
    GROUP BY levels.profile_key
),
alike AS (
    -- What reads the same stands once, however often an agency wrote it.
    SELECT own.person_id, own.feed, own.role, coalesce(own.of, '') AS of, own.name_raw, own.id_seen, own.birth_date,
        own.village AS village_told, own.grade, own.rule, compared.compared, max(own.last_month) AS last_month,
        sum(seen.rows)::BIGINT AS rows, min({'file': seen.file, 'sheet': seen.sheet, 'row': seen.row}) FILTER (seen.file IS NOT NULL) AS first
    FROM own
    LEFT JOIN seen ON seen.profile_key = own.profile_key
    LEFT JOIN compared ON compared.profile_key = own.profile_key
    GROUP BY ALL
)
SELECT persons.township, persons.village, persons.person_id, persons.name, alike.feed, coalesce(role.words, CASE alike.role WHEN 'head' THEN '（户主栏）' WHEN 'guardian' THEN '（监护人栏）' WHEN 'kin' THEN '（亲属栏）' ELSE '' END) AS role,
    alike.name_raw, alike.id_seen, alike.birth_date, alike.village_told, alike.last_month, alike.rows, alike.first.file AS file,
    nullif(alike.first.sheet, '') AS sheet, alike.first.row AS row, coalesce(grade.words,
        CASE alike.grade WHEN 'certain' THEN '已对上' WHEN 'review' THEN '待核实' WHEN 'new' THEN '首次出现' ELSE '{words_later}' END) AS grade_told,
    coalesce(rule.words, CASE WHEN alike.rule IS NOT NULL THEN '{words_later}' END) AS rule_told, alike.compared,
    row_number() OVER (
        PARTITION BY persons.township
        ORDER BY persons.village, persons.household_place NULLS LAST, persons.name, persons.person_id,
            alike.grade <> 'review', alike.last_month DESC, alike.feed, alike.role, alike.of, alike.name_raw, alike.id_seen,
            alike.birth_date, alike.village_told, alike.grade, alike.rule, alike.compared
    ) AS place
FROM persons JOIN alike USING (person_id)
LEFT JOIN card_link_words AS rule ON rule.kind = 'rule' AND rule.key = alike.rule
LEFT JOIN card_link_words AS grade ON grade.kind = 'grade' AND grade.key = alike.grade
LEFT JOIN card_link_words AS role ON role.kind = 'role' AND role.key = concat(alike.role, '/', alike.of)
"""

# Whether any description is only proposed to be this very person's. Who has none keeps NULL.
_OWN_DOUBT = """
UPDATE {table} SET is_own_doubt = own.is_doubted
FROM (SELECT person_id, bool_or(grade = 'review') AS is_doubted FROM card_profiles GROUP BY person_id) AS own
WHERE own.person_id = {table}.person_id
"""


@dataclass(frozen=True)
class Match:
    """One line of a card: a description that was taken for the person."""

    person_id: str
    village: str
    cells: list[object]


def prepare(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> None:
    """Make ``matches`` from ``listing``, ``left_open`` and what the link left; empty where nothing was linked.

    Says in both tables whether a doubtful link is the person's own (``is_own_doubt``).
    """
    at = str(month)
    registry = lake.partition("registry", month=at)
    months = [one for one in lake.months("pairs") if one <= at]
    files = {
        "profiles": sorted(registry.glob("profiles.parquet")),
        "persons": sorted(registry.glob("persons.parquet")),
        "records": [path for feed in lake.feeds("records", at)
                    for path in sorted(lake.partition("records", feed=feed, month=at).glob("*.parquet"))],
        "pairs": [path for one in months for path in sorted(lake.partition("pairs", month=one).glob("*.parquet"))],
        "link_words": sorted(lake.partition("link_words", month=at).glob("*.parquet")),
    }  # fmt: skip
    for name, paths in files.items():
        _view(con, name, paths)
    match(con)
    for table in ("listing", "left_open"):
        con.execute(_OWN_DOUBT.format(table=table))


def match(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``matches`` of the views over what the link left."""
    con.execute(_MATCHES.replace("{words_later}", _NO_WORDS))


def _view(con: duckdb.DuckDBPyConnection, name: str, paths: list[Path]) -> None:
    columns = _EMPTY[name]
    if paths:
        listed = ", ".join(f"'{quoted(path)}'" for path in paths)
        chosen = ", ".join(f'"{column}"' for column in columns)
        source = (
            f"SELECT {chosen} FROM read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
        )
    else:
        chosen = ", ".join(f'NULL::{kind} AS "{column}"' for column, kind in columns.items())
        source = f"SELECT {chosen} WHERE false"
    con.execute(f"CREATE OR REPLACE VIEW card_{name} AS {source}")


def matches(con: duckdb.DuckDBPyConnection, township: str, mask: Mask, month: Month) -> list[Match]:
    """The lines of a township's cards in order; a person's name stands on the first of theirs."""
    rows = con.execute(
        "SELECT * EXCLUDE (township, place) FROM matches WHERE township = ? ORDER BY place", [township]
    ).fetchall()
    found: list[Match] = []
    for (village, person, name, feed, role, name_raw, id_seen, birth, village_told, last_month, count, file, sheet,
         row, grade, rule, compared) in rows:  # fmt: skip
        is_first = not found or found[-1].person_id != person
        found.append(Match(person, village, [
            village if is_first else "", mask.show_name(name) if is_first else "", _source(feed, role),
            _shown(mask, name_raw, id_seen, birth, village_told), _rows(count, mask.show_text(file), mask.show_text(sheet), row, last_month, month),
            grade, rule, mask.show_text(compared) or "",
        ]))  # fmt: skip
    return found


def places_of(found: list[Match]) -> dict[str, int]:
    """The row (from 0) in which each person's card begins."""
    places: dict[str, int] = {}
    for row, match in enumerate(found, start=FIRST_ROW):
        places.setdefault(match.person_id, row)
    return places


def write_matches(book: Book, sheet: Any, found: list[Match], *, title: str, back: dict[str, str]) -> None:
    """Write the cards; ``back`` says where in the lists the person's first row stands."""
    last = len(COLUMNS) - 1
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
    sheet.set_row(1, 34)
    lacks = any(_NO_WORDS in (match.cells[_GRADE_AT], match.cells[_RULE_AT]) for match in found)
    sheet.merge_range(1, 0, 1, last, _TOLD + (_NO_WORDS_TOLD if lacks else ""), book.looks["plain"])
    book.headers(sheet, FIRST_ROW - 1, COLUMNS)
    sheet.freeze_panes(FIRST_ROW, 2)
    for row, match in enumerate(found, start=FIRST_ROW):
        book.line(sheet, row, COLUMNS, match.cells)
        if match.cells[1] and match.person_id in back:
            sheet.write_url(row, 1, back[match.person_id], book.looks["link"], string=str(match.cells[1]))
    if not found:
        sheet.write_string(FIRST_ROW, 0, "本月没有可以列出的关联记录。")
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})


def _source(feed: str, role: str) -> str:
    contract = contracts().get(feed)
    return (contract.title if contract else feed) + role


def _shown(mask: Mask, name: str | None, id_no: str | None, birth: date | None, village: str | None) -> str:
    told = (
        mask.show_name(name),
        f"证件 {mask.show_id(id_no)}" if mask.show_id(id_no) else "没有证件号码",
        f"{birth} 生" if birth and not id_no else "",
        mask.show_text(village),
    )
    return "，".join(part for part in told if part)


def _rows(
    count: int | None, file: str | None, sheet: str | None, row: int | None, last: str | None, month: Month
) -> str:
    if not count:
        return f"以前月份的数据（最近 {last}）" if last and last != str(month) else ""
    more = f" 等 {count} 行" if count > 1 else ""
    return f"{file}{f'［{sheet}］' if sheet else ''} 第 {row} 行{more}"
