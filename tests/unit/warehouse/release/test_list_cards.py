"""A township's workbook on a handful of made-up rows: cards one click away, what is carried over, who is asked whom."""

from __future__ import annotations

import json
from datetime import date

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.wording import lines
from tests.unit.warehouse.release.made_up_month import MONTH, id_of, policy
from warehouse.lake import Lake
from warehouse.release import listing, match_cards
from warehouse.release.cautions import Cautions
from warehouse.release.county_summary import county_summary
from warehouse.release.document import Table
from warehouse.release.lists import write_list
from warehouse.release.marts import MARTS, REGISTERS
from warehouse.release.masking import mask_for

TOWNSHIP, FIRST_ROW = "甲乡", 5
SURE = {"links": {"roster": "certain"}, "rows": {"assistance_roster": 1}}
DOUBTFUL = {"links": {"roster": "certain", "ticket": "review"}}
WARNING = {
    "region": "tongren", "township": TOWNSHIP, "village": "一村", "grade": "疑似", "status": "listed", "since": "2026-10",
    "summary": "一句话", "check_hint": "入户", "policy_ref": "无参数", "priority": 5.0, "expected_yield": 0.3, "clock": "月度",
    "due_on": date(2026, 11, 30), "opened": "新", "age_months": 0,
}  # fmt: skip
WARNINGS = [
    {**WARNING, "warning_id": "sure", "rule_id": "C01", "person_id": "p1", "household_id": "h1", "evidence": SURE},
    {**WARNING, "warning_id": "urgent", "rule_id": "R04", "person_id": "p2", "household_id": "h2", "evidence": DOUBTFUL,
     "priority": 9.0, "clock": "24小时", "due_on": date(2026, 11, 1), "status_reason": "急难时限，不占名额"},
    {**WARNING, "warning_id": "carried", "rule_id": "C01", "person_id": "p3", "household_id": "h1", "evidence": DOUBTFUL,
     "opened": "结转", "age_months": 2, "due_on": date(2026, 9, 30)},
    {**WARNING, "warning_id": "waits", "rule_id": "C01", "person_id": "p4", "household_id": "h4", "status": "waiting",
     "status_reason": "本乡镇本月走访名额 2 户，本户排在候补第 1 位，已等 3 个月，下月续排", "evidence": SURE},
    {**WARNING, "warning_id": "full", "rule_id": "C01", "person_id": "p4", "household_id": "h4", "status": "waiting",
     "status_reason": "本乡镇本月走访名额 2 户，本户排在候补第 2 位，下月续排", "evidence": SURE, "opened": "结转"},
    {**WARNING, "warning_id": "given_up", "rule_id": "C01", "person_id": "p5", "household_id": "h5", "status": "silent",
     "status_reason": "已 3 次答复无法核实，转县级处理；证据变化后再下发", "evidence": SURE, "opened": "结转"},
]  # fmt: skip
ITEM = {
    "rule_id": "C01", "township": TOWNSHIP, "village": "一村", "listed_month": "2026-08", "last_listed_month": "2026-08",
    "age_months": 2, "clock": "月度", "due_on": date(2026, 9, 30), "state": "逾期", "is_raised": True, "summary": "当时的一句话",
}  # fmt: skip
ITEMS = [
    {**ITEM, "warning_id": "carried", "person_id": "p3", "household_id": "h1"},
    {**ITEM, "warning_id": "full", "person_id": "p4", "household_id": "h4"},
    {**ITEM, "warning_id": "given_up", "person_id": "p5", "household_id": "h5"},
    {**ITEM, "warning_id": "gone", "person_id": "p6", "household_id": "h6", "is_raised": False},
]
YIELD = {
    "grade": "疑似",
    "refuted": 20,
    "unsettled": 3,
    "aided": 5,
    "expected_yield": 0.32,
    "prior": 0.28,
    "basis": "话",
}
ROWS = {
    "fct_warning_monthly": WARNINGS,
    "fct_open_item_monthly": ITEMS,
    "dim_person": [
        {"person_id": f"p{n}", "name": f"卓玛{n}", "id_no": id_of(n), "township": TOWNSHIP} for n in range(1, 7)
    ],
    "dim_rule": [
        {"rule_id": "C01", "title": "监测未救助", "sentence": "原文", "plain": "大白话", "ask": "问收入", "check_hint": "入户"},
        {"rule_id": "R04", "title": "求助未办结", "sentence": "原文", "plain": "求助", "ask": "问要什么", "check_hint": "联系"},
    ],
    "fct_yield_monthly": [
        {**YIELD, "rule_id": "C01", "township": "", "answers": 37, "held": 12, "found": 5},
        {**YIELD, "rule_id": "C01", "township": TOWNSHIP, "answers": 7, "held": 2, "found": 1},
    ],
    "fct_assessment_monthly": [
        {"rule_id": "C01", "township": TOWNSHIP, "in_scope": 9, "assessed": 5, "not_assessed": 4},
        {"rule_id": "R04", "township": "申乡", "in_scope": 9, "assessed": 9, "not_assessed": 0},
    ],
    "fct_alarm_monthly": [{"alarm_id": "A", "township": TOWNSHIP, "village": "一村", "cause_rule": "C01", "warnings": 6}],
}  # fmt: skip
PROFILE = {
    "role": "self", "of": None, "name_pinyin": None, "name_family": None, "birth_date": None, "birth_precision": None,
    "township": TOWNSHIP, "village": "一村", "last_month": str(MONTH),
}  # fmt: skip
PROFILES = [
    {**PROFILE, "profile_key": 1, "feed": "assistance_roster", "person_id": "p2", "grade": "certain", "rule": "L01",
     "name": "卓玛2", "name_raw": "卓玛2", "id_no": id_of(2), "id_seen": id_of(2)},
    {**PROFILE, "profile_key": 2, "feed": "hotline", "person_id": "p2", "grade": "review", "rule": "L11",
     "name": "卓码2", "name_raw": "卓码2", "id_no": None, "id_seen": None},
    {**PROFILE, "profile_key": 3, "feed": "assistance_roster", "person_id": "p3", "grade": "certain", "rule": "L01",
     "name": "卓玛3", "name_raw": "卓玛3", "id_no": id_of(3), "id_seen": id_of(3)},
    {**PROFILE, "profile_key": 9, "feed": "death", "person_id": "stranger", "grade": "certain", "rule": "L01",
     "name": "别人", "name_raw": "别人", "id_no": None, "id_seen": None},
]  # fmt: skip


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    con, lake = duckdb.connect(), Lake(tmp_path_factory.mktemp("home"))
    for name, columns in {**MARTS, **REGISTERS}.items():
        typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        con.execute(f"CREATE TABLE {name} ({typed})")
        for row in ROWS.get(name, []):
            told = {
                key: json.dumps(value) if isinstance(value, dict) else value for key, value in row.items()
            }
            con.execute(
                f"INSERT INTO {name} ({', '.join(told)}) VALUES ({', '.join('?' * len(told))})",
                list(told.values()),
            )
    _keep(lake, "registry", "profiles", PROFILES, month=str(MONTH))
    person = {
        "person_id": "p2",
        "name": "卓玛2",
        "id_no": id_of(2),
        "birth_date": None,
        "township": TOWNSHIP,
        "village": "一村",
    }
    with lake.adding(lake.partition("registry", month=str(MONTH)) / "persons.parquet") as aside:
        pq.write_table(pa.Table.from_pylist([person]), aside)
    records = [
        {"feed": "hotline", "file": "h.csv", "sheet": "", "row": row, "role": "self", "profile_key": 2}
        for row in (8, 4)
    ]
    _keep(lake, "records", "part", records, feed="hotline", month=str(MONTH))
    evidence = '{"name": "one_character", "id": "missing", "place": "same_village"}'
    pair = {"left_key": 1, "right_key": 2, "rule": "L11", "match_weight": 1.0, "evidence": evidence}
    _keep(lake, "pairs", "pairs", [pair], month=str(MONTH.previous))
    words = [dict(zip(("kind", "key", "words", "place"), line, strict=True)) for line in lines()]
    _keep(lake, "link_words", "link_words", words, month=str(MONTH))
    listing.prepare(con)
    match_cards.prepare(con, lake, MONTH)
    return con


def _keep(lake: Lake, table: str, name: str, rows: list[dict[str, object]], **keys: str) -> None:
    with lake.replacing(table, **keys) as folder:
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")


@pytest.fixture(scope="module")
def book(marts: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("lists") / "list.xlsx"
    mask = mask_for("list", policy())
    ids = write_list(
        path, marts, month=MONTH, township=TOWNSHIP, mask=mask, policy=policy(), cautions=Cautions({})
    )  # fmt: skip
    assert sorted(ids) == ["carried", "full", "gone", "sure", "urgent"]
    return openpyxl.load_workbook(path)


def rows_of(sheet: object) -> dict[str, dict[str, object]]:
    """The rows of a list by warning, as header to cell."""
    headers = [cell.value for cell in sheet[4]]
    rows = [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=FIRST_ROW)]
    return {row["预警编号"].value: row for row in rows}


def test_a_row_leads_to_its_cards_and_they_lead_back(book: openpyxl.Workbook) -> None:
    rows = rows_of(book["一村"])
    rule = rows["urgent"]["预警事项"].hyperlink.location
    assert rule.startswith("'规则卡'!A")
    card = book["规则卡"][rule.removeprefix("'规则卡'!")]
    assert card.offset(0, 1).value == "求助未办结　R04"
    assert book["一村"][card.hyperlink.location.removeprefix("'一村'!")].row == rows["urgent"]["姓名"].row
    match = rows["urgent"]["把握程度"].hyperlink.location
    first = book["匹配卡"][match.removeprefix("'匹配卡'!")]
    assert first.offset(0, 1).value == "卓玛2"
    assert first.offset(0, 1).hyperlink.location == f"'一村'!A{rows['urgent']['姓名'].row}"
    assert rows["sure"]["把握程度"].hyperlink is None  # nothing was linked: no card, no dead link


def test_a_rule_card_tells_what_walking_was_worth(book: openpyxl.Workbook) -> None:
    told = {row[0]: row[1] for row in book["规则卡"].iter_rows(min_row=3, max_row=10, values_only=True)}
    assert told["说的是什么"] == "大白话"
    assert told["入户问什么"] == "问收入"
    assert (
        told["以往核查"]
        == "全县核查 37 次，5 次有收效（属实 12 次，拟纳入救助 5 次）；另有 3 条无法核实；其中本乡镇 7 次，1 次有收效；"
        "属实并拟纳入救助的算有收效。"
    )


def test_a_match_card_tells_rows_and_fields_in_words_and_no_whole_number(book: openpyxl.Workbook) -> None:
    doubtful, certain, *_ = [
        [cell or "" for cell in row] for row in book["匹配卡"].iter_rows(min_row=4, values_only=True)
    ]
    assert doubtful[4:6] == ["h.csv 第 4 行 等 2 行", "待核实"]
    assert doubtful[7] == "姓名：只差一个字；住处：同村（社区）"
    assert certain[7] == "姓名：相同；身份证号码：相同；住处：同村（社区）"
    assert "********" in certain[3]
    assert not any(id_of(n) in str(cell) for n in range(9) for cell in (*doubtful, *certain))


def test_a_month_linked_before_an_upgrade_shows_no_code_on_its_cards(
    marts: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("old") / "list.xlsx"
    marts.execute("BEGIN")
    try:
        marts.execute(
            "CREATE OR REPLACE VIEW card_link_words AS SELECT '' AS kind, '' AS key, '' AS words, 0 AS place WHERE false"
        )
        match_cards.match(marts)
        write_list(path, marts, month=MONTH, township=TOWNSHIP, mask=mask_for("list", policy()), policy=policy(), cautions=Cautions({}))  # fmt: skip
    finally:
        marts.execute("ROLLBACK")
    page = openpyxl.load_workbook(path)["匹配卡"]
    rows = [[cell or "" for cell in row] for row in page.iter_rows(min_row=4, values_only=True)]
    assert [row[5:7] for row in rows[:2]] == [["待核实", "写明待县里重算"], ["已对上", "写明待县里重算"]]
    assert "旧版本" in str(page["A2"].value)


def test_who_is_who_is_asked_only_where_a_link_is_doubtful(book: openpyxl.Workbook) -> None:
    rows = rows_of(book["一村"])
    locked = {key: row["人员核对"].protection.locked for key, row in rows.items()}
    assert locked == {"sure": True, "carried": True, "urgent": False}
    # The doubt is about somebody else of the house: nobody can answer it in this person's row.
    assert rows["carried"]["把握程度"].value == "疑似，同户有人身份待核实"


def test_a_row_tells_its_clock_and_its_age(book: openpyxl.Workbook) -> None:
    rows = rows_of(book["一村"])
    told = {key: (row["下发情况"].value, row["答复期限"].value) for key, row in rows.items()}
    assert told == {
        "urgent": ("新\n急难时限，不占名额", "限 24 小时\n2026-11-01 前"),
        "sure": ("新", "2026-11-30 前"),
        "carried": ("结转（已 2 个月）\n已逾期", "2026-09-30 前"),
    }


def test_what_was_handed_out_and_is_on_no_villages_sheet_is_still_asked(book: openpyxl.Workbook) -> None:
    rows = rows_of(book["结转待答复"])
    assert set(rows) == {"gone", "full"}
    assert rows["gone"]["下发情况"].value.endswith("本月数据里已不再出现，原来下发的仍请答复")
    assert rows["gone"]["依据"].value == "〔一村〕当时的一句话"
    assert not rows["gone"]["核查结果"].protection.locked
    menus = {
        next(iter(rule.sqref.ranges)).min_col for rule in book["结转待答复"].data_validations.dataValidation
    }
    assert rows["gone"]["核查结果"].column in menus


def test_the_guide_counts_who_waits_without_telling_one_house(book: openpyxl.Workbook) -> None:
    cells = [cell for row in book["说明"].iter_rows(values_only=True) for cell in row if cell is not None]
    waits = "排队等候：本乡镇本月走访名额 2 户，下月续排"
    assert cells.count(waits) == 1
    # The matter in words before it, how many after it, the rule's id last.
    at = cells.index(waits)
    assert cells[at - 1 : at + 3] == ["监测未救助", waits, 2, "C01"]
    # Only rules that the list needs are explained on it.
    heading = cells.index("一、本表用到的规则")
    assert cells[heading + 5 : heading + 13 : 4] == ["监测未救助", "求助未办结"]


def test_the_countys_summary_adds_up(marts: duckdb.DuckDBPyConnection) -> None:
    document = county_summary(marts, month=MONTH, policy=policy(), cautions=Cautions({}))
    table = document.sheets[0].blocks[0]
    assert isinstance(table, Table)
    row = dict(zip([column.header for column in table.columns], table.rows[0], strict=True))
    assert row == {
        "乡镇": TOWNSHIP, "本月走访户数": 2, "列入条数": 3, "其中结转": 1, "候补户数": 1, "候补条数": 2, "部门衔接": 0,
        "已答复不再发": 0, "转县级处理": 1, "结转不在本月表": 2, "逾期未答复": 3, "累计答复": 7, "其中有收效": 1, "报警村数": 1,
        "未评估对象": 4,
    }  # fmt: skip
    pairs = document.sheets[2].blocks[0]
    assert isinstance(pairs, Table)
    # A rule that has nothing to tell of a township takes no line, and no paper.
    assert [(line[0], line[-1]) for line in pairs.rows] == [(TOWNSHIP, "C01"), (TOWNSHIP, "R04")]
    assert all(any(line[2:-1]) for line in pairs.rows)
