"""An agreement that is not wholly right shares nothing, and says why."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.unit.warehouse.packages.made_up_packages import AGREEMENTS, BY, MONTH, ON
from warehouse.audit_log import entries
from warehouse.database import in_memory
from warehouse.errors import Misconfigured, Refused
from warehouse.lake import Lake
from warehouse.packages.agreement import read_folder, read_text
from warehouse.packages.composing import columns_of, condition_of, tables_of
from warehouse.packages.ledger import approve, objection, withdraw
from warehouse.packages.rows import Rows, read_rows
from warehouse.packages.views import shut_in

RIGHT = (AGREEMENTS / "rural-change.yml").read_text(encoding="utf-8")


def of(*changes: tuple[str, str]):
    text = RIGHT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_text("rural-change.yml", text.encode())


def told(read, lake, *, on=ON, month=MONTH, region="tongren") -> str:
    return objection(read, on=on, month=month, region=region, log=entries(lake))


@pytest.mark.parametrize(
    ("why", "changes", "words"),
    [
        ("unknown key", [("purpose:", "also_share: everything\npurpose:")], "also_share：不认识的键"),
        ("unknown key below", [("  suite: sm", "  suite: sm\n  copy_to: all")], "recipient.copy_to：不认识的键"),
        ("key twice", [("identity: pseudonym", "identity: pseudonym\nidentity: whole")], "YAML"),
        ("nothing shared", [("    columns: [township, word, persons]", "    columns: []")], "columns"),
        ("column twice", [("[township, word, persons]", "[township, township, persons]")], "写了两次"),
        ("unknown suite", [("suite: sm", "suite: rot13")], "suite"),
        ("names without need", [("identity: pseudonym", "identity: whole")], "pseudonyms"),
        ("pseudonyms under another's key", [("key: xczx, epoch", "key: yb, epoch")], "partner_key"),
        ("small numbers to strangers", [("    columns: [township", "    small_numbers: shown\n    columns: [township")], "small_numbers"),
        ("over before it begins", [("expires: 2027-01-09", "expires: 2025-01-09")], "expires"),
        ("a purpose is missing", [("purpose: ", "#")], "purpose：缺少"),
    ],
)  # fmt: skip
def test_faulty_file_is_told_and_shares_nothing(why, changes, words, tmp_path) -> None:
    read = of(*changes)
    assert read.agreement is None
    assert words in read.fault
    assert "协议文件有误" in told(read, Lake(tmp_path))
    with pytest.raises(Refused):
        approve(Lake(tmp_path), read, by=BY, reason="协议已签", on=ON)


def test_in_force_only_within_its_time_signed_and_as_approved(tmp_path) -> None:
    lake, read = Lake(tmp_path), of()
    assert "尚未在本系统启用" in told(read, lake)
    approve(lake, read, by=BY, reason="协议已签", on=ON)
    assert told(read, lake) == ""
    assert "尚未生效" in told(read, lake, on=date(2026, 1, 9))
    assert "已于 2027-01-09 到期" in told(read, lake, on=date(2027, 1, 10))
    assert "之前" in told(read, lake, month=MONTH.plus(-12))
    assert "不是 liangping" in told(read, lake, region="liangping")
    signed = RIGHT[RIGHT.index("signed:") : RIGHT.index("valid_from")]
    assert "未经双方签署" in told(of((signed, "")), lake)
    changed = of(("[township, word, persons]", "[township, word, persons]\n# 改"))
    assert "被改动" in told(changed, lake)
    assert "约定本月不报送" in told(of(("tables:", "calendar: {months: [3]}\ntables:")), lake)
    withdraw(lake, read.agreement, by=BY, reason="协议终止", on=ON)
    assert "已停用" in told(read, lake)


def test_due_day_is_in_the_month_after() -> None:
    upload = next(one.agreement for one in read_folder(AGREEMENTS) if one.file == "platform-upload.yml")
    assert upload.calendar.due_on(MONTH.plus(-1)) == date(2026, 10, 20)
    assert upload.calendar.due_on(MONTH) is None


@pytest.mark.parametrize(
    ("where", "is_right"),
    [
        ("persons > 3 AND (word IN ('低保', '特困') OR NOT township = '隆务镇')", True),
        ("word IS NOT NULL", True),
        ("word = (SELECT id_no FROM dim_person LIMIT 1)", False),
        ("EXISTS (SELECT 1 FROM dim_person)", False),
        ("length(word) > 2", False),
        ("id_no LIKE '63%'", False),
        ("subject = 'P1'", False),
        ("asked.word = '低保'", False),
        ("true; DROP TABLE dim_person", False),
    ],
)
def test_condition_compares_unpersonal_columns_with_values(where, is_right) -> None:
    read = of(("    rows: monitored-counts\n", f'    rows: monitored-counts\n    where: "{where}"\n'))
    rows, _ = read_rows("monitored-counts")
    if is_right:
        assert condition_of(read.agreement, read.agreement.tables[0], rows)
        return
    with pytest.raises(Misconfigured):
        condition_of(read.agreement, read.agreement.tables[0], rows)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("name", "能认出本人"),
        ("id_no", "能认出本人"),
        ("salary", "不是取数口径"),
    ],
)
def test_columns_beyond_the_identity_are_refused(columns, words) -> None:
    read = of(("rows: household-income", "rows: population-records"))
    cut = read.agreement.tables[1].model_copy(update={"columns": (columns,)})
    with pytest.raises(Misconfigured, match=words):
        columns_of(read.agreement, cut, read_rows("population-records")[0])


def test_the_connection_of_a_query_is_shut_in(tmp_path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "beside.csv").write_text("a\n1\n", encoding="utf-8")
    with in_memory(tmp_path / "home") as con:
        read = f"SELECT * FROM read_csv('{tmp_path}/beside.csv')"
        assert con.execute(read).fetchall() == [(1,)]
        shut_in(con, Lake(tmp_path / "home"))
        for statement in (
            read,
            f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(statement)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM dim_person; SELECT 1",
        "COPY dim_person TO 'x.csv'",
        "SELECT * FROM information_schema.tables",
        "SELECT getenv('DOUDI_KEYS')",
        "SELECT * FROM query('SELECT 1')",
    ],
)
def test_a_query_reads_tables_of_the_month_only(sql) -> None:
    rows = Rows(
        rows="x", title="x", shape="records", columns=({"name": "a", "title": "甲", "kind": "count"},)
    )
    with pytest.raises(Misconfigured):
        tables_of(rows, sql)
