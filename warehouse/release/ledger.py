"""The 14-column ledger of R091 (附件1-3), one workbook per township, exactly in the form of the notice.

A title row, a row of two cells (填报单位, 填报时间), fourteen headers in order, a row per person, filler
rows of ideographic spaces, and the note. What the machine knows is filled in; 通过排查拟纳入救助 and
未纳入原因 are the village's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from warehouse.database import quoted
from warehouse.errors import NotReleased
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.cautions import Cautions
from warehouse.release.document import Document, Sheet, Table
from warehouse.release.listing import UNPLACED, stream
from warehouse.release.masking import Mask
from warehouse.release.workbook import Book, Column, drop_down, workbook

COLUMNS = (
    Column("place", "序号", 6, "count"),
    Column("township", "乡镇", 10, "centre"),
    Column("group", "所属村组", 14, "centre"),
    Column("name", "姓名", 12, "centre"),
    Column("id_no", "身份证号码", 21, "centre"),
    Column("household_size", "家庭人数", 8, "count"),
    Column("relation", "与户主关系", 9, "centre"),
    Column("health", "健康状况", 11, "centre"),
    Column("cause", "致贫原因", 14, "centre"),
    Column("income_pc_month", "家庭人均月纯收入（元）", 12, "money"),
    Column("aid_now", "目前享受救助类型", 11, "open", is_open=True),
    Column("phone", "联系电话", 14, "centre"),
    Column("aid_proposed", "通过排查拟纳入救助", 12, "open", is_open=True),
    Column("reason_not", "未纳入原因", 18, "open", is_open=True),
)
# Parameter of the classes, sheet, population as the title names it, population as the note names it.
POPULATIONS = (
    ("release.ledger_unlifted", "附件1 未脱贫建档立卡贫困人口", "未脱贫建档立卡贫困人口", "未脱贫的建档立卡贫困人口"),
    ("release.ledger_edge", "附件2 边缘户", "边缘户", "未脱贫的建档立卡贫困人口"),
    ("release.ledger_watched", "附件3 脱贫监测户", "脱贫监测户", "未脱贫的建档立卡贫困人口"),
    ("release.ledger_sudden", "另附 突发严重困难户（2020年无此表）", "突发严重困难户", "突发严重困难户"),
)  # fmt: skip
SIGN = "填表人：　　　　　　　　村（社区）负责人：　　　　　　　　乡镇审核：　　　　　　　　年　　月　　日"
FILLER = "\u3000"
_FORM_ROWS = 6  # the blank form's rows
_FIRST = 3
_BREADTH = int(sum(column.width for column in COLUMNS))

_NEEDED = ("rural_monitoring", "assistance_roster")
_READ = (*_NEEDED, "assistance_payment")


def prepare(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, policy: Policy) -> int:
    """Make the table ``ledger`` (a row per person of the four populations); gives its rows.

    Reads the month's rural list and roster through the crosswalk. A person whom the list holds twice
    stands once; whose risk is cleared is no longer monitored and stands nowhere.
    """
    sources = {}
    for feed in _NEEDED:
        folder = lake.partition("standardised", feed=feed, month=str(month))
        if not any(folder.glob("*.parquet")):
            raise NotReleased(
                f"the ledger needs the feed {feed} of {month}, which is not standardised.",
                next_step="receive and standardise it, then run the month again.",
            )
        sources[feed] = f"read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false)"
    crosswalk = lake.partition("crosswalk", month=str(month))
    links = f"read_parquet('{quoted(crosswalk)}/*.parquet', hive_partitioning = false)"
    classes = ", ".join(
        f"('{quoted(word)}', {number})"
        for number, (parameter, *_) in enumerate(POPULATIONS)
        for word in policy.words(parameter)
    )
    aids = ", ".join(
        f"('{quoted(word)}', {number})" for number, word in enumerate(policy.words("release.aids"))
    )
    _paid(con, lake, month)
    con.execute(f"""
    CREATE TABLE ledger AS
    WITH links AS (SELECT * FROM {links} WHERE role = 'self'),
    classes(class, population) AS (VALUES {classes}),
    aids(aid, aid_order) AS (VALUES {aids}),
    enjoyed AS (
        SELECT 'assistance_roster' AS feed, file, sheet, row, aid_type FROM {sources["assistance_roster"]}
        UNION ALL
        -- An aid that no roster tells (临时救助) is told by its payment.
        SELECT 'assistance_payment', file, sheet, row, aid_type FROM ledger_paid
        WHERE aid_type NOT IN (SELECT aid_type FROM {sources["assistance_roster"]} WHERE aid_type IS NOT NULL)
    ),
    aided AS (
        SELECT links.person_id, arg_min(aids.aid, aids.aid_order) AS aid
        FROM enjoyed
        JOIN links ON links.feed = enjoyed.feed AND links.file = enjoyed.file
            AND coalesce(links.sheet, '') = coalesce(enjoyed.sheet, '') AND links.row = enjoyed.row
        JOIN aids ON aids.aid = enjoyed.aid_type
        GROUP BY links.person_id
    ),
    listed AS (
        SELECT rural.*, classes.population, links.person_id,
               count(*) OVER (PARTITION BY rural.household_no) AS household_size,
               row_number() OVER (
                   PARTITION BY coalesce(links.person_id, rural.file || '|' || rural.sheet || '|' || rural.row)
                   ORDER BY rural.file, rural.sheet, rural.row
               ) AS mention,
               first_value(rural.village) OVER at_home AS home_village,
               first_value(rural.hamlet) OVER at_home AS home_hamlet
        FROM {sources["rural_monitoring"]} AS rural
        JOIN classes ON classes.class = rural.class
        LEFT JOIN links ON links.feed = 'rural_monitoring' AND links.file = rural.file
            AND coalesce(links.sheet, '') = coalesce(rural.sheet, '') AND links.row = rural.row
        WHERE rural.risk_cleared IS DISTINCT FROM '是'
        WINDOW at_home AS (
            PARTITION BY rural.township, rural.household_no
            ORDER BY CASE rural.relation WHEN '02' THEN 0 WHEN '01' THEN 1 ELSE 2 END,
                     rural.file, rural.sheet, rural.row
        )
    )
    SELECT coalesce(nullif(trim(listed.township), ''), '{UNPLACED}') AS township, listed.population,
           concat_ws(' ', listed.village, nullif(listed.hamlet, listed.village)) AS village_group,
           coalesce(listed.name_raw, listed.name) AS name,
           coalesce(person.id_no, listed.id_no, listed.id_no_raw) AS id_no, listed.household_size,
           coalesce(listed.relation_raw, listed.relation) AS relation, listed.health, listed.risk AS cause,
           round(listed.income_pc_year / 12, 2)::DECIMAL(18, 2) AS income_pc_month, aided.aid,
           coalesce(listed.phone, person.phone) AS phone,
           row_number() OVER (
               PARTITION BY listed.township, listed.population
               -- A household stands together where its head lives, the head first, however its rows are spelt.
               ORDER BY listed.home_village, listed.home_hamlet, listed.household_no,
                        CASE listed.relation WHEN '02' THEN 0 WHEN '01' THEN 1 ELSE 2 END,
                        listed.person_no, listed.file, listed.sheet, listed.row
           ) AS place
    FROM listed
    LEFT JOIN dim_person AS person ON person.person_id = listed.person_id
    LEFT JOIN aided ON aided.person_id = listed.person_id
    WHERE listed.mention = 1
    ORDER BY ALL
    """)
    found = con.execute("SELECT count(*) FROM ledger").fetchone()
    return int(found[0]) if found else 0


def _paid(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month) -> None:
    """Make ``ledger_paid``: the month's successful payments for the month; empty when the feed did not come."""
    folder = lake.partition("standardised", feed="assistance_payment", month=str(month))
    con.execute("CREATE TABLE ledger_paid (file VARCHAR, sheet VARCHAR, row INTEGER, aid_type VARCHAR)")
    if any(folder.glob("*.parquet")):
        con.execute(
            "INSERT INTO ledger_paid SELECT file, sheet, row, aid_type "
            f"FROM read_parquet('{quoted(folder)}/*.parquet', hive_partitioning = false) "
            "WHERE pay_status = '成功' AND pay_month = $1",
            [str(month)],
        )


def townships(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The townships that have a row in a ledger, in order."""
    return [str(row[0]) for row in con.execute("SELECT DISTINCT township FROM ledger ORDER BY 1").fetchall()]


def write_ledger(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str,
    mask: Mask,
    policy: Policy,
    cautions: Cautions,
) -> int:
    """Write one township's four sheets; gives how many persons stand in them."""
    aids = drop_down(policy.words("release.aids"), "release.aids")
    reasons = drop_down(policy.words("release.reasons_not_included"), "release.reasons_not_included")
    none = policy.text("release.aid_none")
    persons = 0
    with workbook(path, month, f"{mask.show_text(township)}{month}社会救助兜底摸排台账") as book:
        for number, (_, name, population, noted) in enumerate(POPULATIONS):
            sheet = _open(book, name, _title(policy, population))
            row = _FIRST
            for line in stream(con, _ROWS, [township, number]):
                book.line(sheet, row, COLUMNS, _values(line, mask, none))
                row += 1
            persons += row - _FIRST
            end = max(row + 1, _FIRST + _FORM_ROWS)
            for filler in range(row, end):
                for column, what in enumerate(COLUMNS):
                    sheet.write_string(filler, column, FILLER, book.looks["open" if what.is_open else "text"])
            _note(book, sheet, end, noted, none, _said(cautions, mask))
            _close(book, sheet, end, aids, reasons, none)
    return persons


def ledger_document(
    con: duckdb.DuckDBPyConnection,
    *,
    month: Month,
    township: str,
    mask: Mask,
    policy: Policy,
    cautions: Cautions,
) -> Document:
    """The four sheets as one document, for the paper copy."""
    none = policy.text("release.aid_none")
    sheets = []
    for number, (_, name, population, noted) in enumerate(POPULATIONS):
        rows = [_values(line, mask, none) for line in stream(con, _ROWS, [township, number])]
        # Paper cannot be made longer by hand: the blank form's rows stand after the last person.
        blank: list[list[object]] = [[None] * len(COLUMNS) for _ in range(1 if rows else _FORM_ROWS)]
        sheets.append(
            Sheet(
                name=name,
                title=_title(policy, population),
                annex=name.split(" ", 1)[0] if name.startswith("附件") else "",
                blocks=[Table(COLUMNS, rows + blank)],
                notes=(_noted(noted, none), *_said(cautions, mask)),
                sign=SIGN,
            )
        )
    return Document(f"{mask.show_text(township)}{month}社会救助兜底摸排台账", sheets)


def _title(policy: Policy, population: str) -> str:
    return f"{policy.text('release.county_name')}“{population}”社会救助兜底脱贫调查摸排台账"


def _noted(population: str, none: str) -> str:
    return (
        f"填表说明：1.本表对{population}逐户进行排查。2.目前享受救助类型包括低保、特困、临时救助和无，"
        f"在下拉菜单中选择。对未享受低保、特困和临时救助的对象，请在下拉菜单中选择{none}，并对应填写未纳入原因。"
    )


_ROWS = """
SELECT place, township, village_group, name, id_no, household_size, relation, health, cause, income_pc_month,
       aid, phone
FROM ledger WHERE township = $1 AND population = $2 ORDER BY place
"""


def _values(line: tuple[Any, ...], mask: Mask, none: str) -> list[object]:
    place, township, group, name, id_no, size, relation, health, cause, income, aid, phone = line
    return [
        place, mask.show_text(township), mask.show_text(group), mask.show_name(name), mask.show_id(id_no), size,
        mask.show_text(relation), mask.show_text(health), mask.show_text(cause), income, aid or none,
        mask.show_phone(phone), None, None,
    ]  # fmt: skip


def _open(book: Book, name: str, title: str) -> Any:
    sheet = book.sheet(name)
    last = len(COLUMNS) - 1
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, last, title, book.looks["title"])
    sheet.set_row(1, 20)
    sheet.merge_range(1, 0, 1, 8, "填报单位：", book.looks["form_line"])
    sheet.merge_range(1, 9, 1, last, "填报时间：", book.looks["form_line"])
    book.headers(sheet, 2, COLUMNS)
    sheet.freeze_panes(_FIRST, 4)
    return sheet


def _said(cautions: Cautions, mask: Mask) -> list[str]:
    return [mask.show_text(note) for note in cautions.notes((), _READ)]


def _note(book: Book, sheet: Any, row: int, population: str, none: str, said: list[str]) -> None:
    text = _noted(population, none)
    sheet.set_row(row, 34)
    sheet.merge_range(row, 0, row, len(COLUMNS) - 1, text, book.looks["plain"])
    for words in said:
        row = book.prose(sheet, row + 1, words, across=len(COLUMNS), width=_BREADTH) - 1


def _close(book: Book, sheet: Any, end: int, aids: list[str], reasons: list[str], none: str) -> None:
    """Drop-downs over data and filler rows; a reason that is still owed shows red."""
    for column in (10, 12):
        sheet.data_validation(
            _FIRST, column, end - 1, column,
            {"validate": "list", "source": aids, "error_message": "只能填写下拉菜单中的词。"},
        )  # fmt: skip
    sheet.data_validation(
        _FIRST, 13, end - 1, 13,
        {"validate": "list", "source": reasons, "error_type": "information",
         "error_message": "菜单外的原因也可填写，请写明。"},
    )  # fmt: skip
    # A filler's ideographic space is no word; TRIM leaves it, in Excel and in LibreOffice.
    now, proposed, reason = (f'TRIM(SUBSTITUTE(${letter}{_FIRST + 1},"{FILLER}",""))' for letter in "KMN")
    owed = f'=AND({now}="{none}",OR(LEN({proposed})=0,{proposed}="{none}"),LEN({reason})=0)'
    sheet.conditional_format(
        _FIRST, 13, end - 1, 13, {"type": "formula", "criteria": owed, "format": book.looks["missing"]}
    )
