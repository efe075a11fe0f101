"""Every kind of dirt that feeds.md lists, and what is owed to it, as tables of cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from linkage.standardise import ids
from linkage.standardise.recipes import install


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        install(made)
        yield made


def checked(body: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(ids.WEIGHTS, body, strict=True))
    return body + ids.CHECKS[total % 11]


# Made-up numbers: a division, a birth date and an order number with the check digit of GB 11643.
WHOLE = checked("63232119720814152")
WITH_X = next(n for n in (checked(f"63232119720814{order:03d}") for order in range(1, 99)) if n.endswith("X"))
OTHER = checked("63230119991102005")
OLD = WHOLE[:6] + WHOLE[8:17]
PERMIT = checked("83000019720814152")
WRONG_CHECK = WHOLE[:17] + ("1" if WHOLE[17] != "1" else "2")
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
ISSUED_000 = next(
    n
    for n in (checked(f"6323011990{month:02d}{day:02d}{order}00") for month in range(1, 13) for day in range(1, 29) for order in range(1, 10))
    if n.endswith("000")
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "id_no", "kind", "prefix"),
    [
        (WHOLE, WHOLE, "valid", None),
        (WITH_X, WITH_X, "valid", None),
        (WITH_X.lower(), WITH_X, "valid", None),
        (WITH_X[:17] + "×", WITH_X, "valid", None),
        (WITH_X[:17] + "*", WITH_X, "valid", None),
        (WITH_X[:17] + "＊", WITH_X, "valid", None),
        (WITH_X[:17] + "х", WITH_X, "valid", None),
        (WHOLE.translate(FULL_WIDTH), WHOLE, "valid", None),
        ("'" + WHOLE, WHOLE, "valid", None),
        (WHOLE[:9] + "\u200b" + WHOLE[9:], WHOLE, "valid", None),
        ("\u00a0" + WHOLE + "\u3000", WHOLE, "valid", None),
        (f"{WHOLE[:6]} {WHOLE[6:14]} {WHOLE[14:]}", WHOLE, "valid", None),
        (f"{WHOLE[:6]}-{WHOLE[6:14]}-{WHOLE[14:]}", WHOLE, "valid", None),
        (f"身份证号：{WHOLE}", WHOLE, "valid", None),
        (f"{WHOLE}/{OLD}", WHOLE, "valid", None),
        (WHOLE + WHOLE, WHOLE, "valid", None),
        (OLD, WHOLE, "legacy15", None),
        (PERMIT, PERMIT, "permit", None),
        (WRONG_CHECK, None, "invalid", None),
        (checked("63232119720231152"), None, "invalid", None),
        (checked("99232119720814152"), None, "invalid", None),
        (checked("63232120990814152"), None, "invalid", None),
        (WHOLE[:17], None, "invalid", None),
        (WHOLE[:15] + "000", None, "excel15", WHOLE[:15]),
        (ISSUED_000, None, "excel15", ISSUED_000[:15]),
        ("6.32321E+17", None, "excel_sci", "632321"),
        ("6.32e+17", None, "excel_sci", "632"),
        ("6.32321197208141E+17", None, "excel_sci", "632321197208141"),
        ("632321********1415", None, "masked", "632321"),
        ("632321XXXXXXXX1415", None, "masked", "632321"),
        (f"{WHOLE}、{OTHER}", None, "several", None),
        (f"{WHOLE} {OTHER}", None, "several", None),
        (WHOLE + OTHER, None, "several", None),
        ("", None, "missing", None),
        ("　", None, "missing", None),
        ("无", None, "missing", None),
        ("000000000000000000", None, "missing", None),
    ],
)
def test_an_id_cell_is_folded_and_its_damage_named(
    con: duckdb.DuckDBPyConnection, cell: str, id_no: str | None, kind: str, prefix: str | None
) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE one_cell AS SELECT $1::VARCHAR AS raw", [cell])
    query = ids.folded_ids("one_cell", date(2026, 8, 31))
    assert con.execute(f"SELECT id_no, id_kind, id_prefix FROM ({query})").fetchone() == (id_no, kind, prefix)


@pytest.mark.parametrize(
    ("cell", "system", "value", "precision", "issue"),
    [
        ("20200531", "", date(2020, 5, 31), "day", None),
        ("2020-5-31", "", date(2020, 5, 31), "day", None),
        ("2020/5/31", "", date(2020, 5, 31), "day", None),
        ("２０２０．５．３１", "", date(2020, 5, 31), "day", None),
        ("2020年5月31日", "", date(2020, 5, 31), "day", None),
        ("2026-08-03 10:22:11", "", date(2026, 8, 3), "day", None),
        ("2026-08-03T10:22:11", "", date(2026, 8, 3), "day", None),
        ("2020/5/31 0:00", "", date(2020, 5, 31), "day", None),
        ("20260803102211", "", date(2026, 8, 3), "day", None),
        ("43982", "1900", date(2020, 5, 31), "day", None),
        ("43982.0", "1900", date(2020, 5, 31), "day", None),
        ("42520", "1904", date(2020, 5, 31), "day", None),
        ("2020.5", "", date(2020, 5, 1), "month", None),
        ("2020年5月", "", date(2020, 5, 1), "month", None),
        ("202005", "", date(2020, 5, 1), "month", None),
        ("20200500", "", date(2020, 5, 1), "month", None),
        ("2020", "", date(2020, 1, 1), "year", None),
        ("20200000", "", date(2020, 1, 1), "year", None),
        ("00000000", "", None, None, "placeholder"),
        ("99991231", "", None, None, "placeholder"),
        ("1900-01-01", "", None, None, "placeholder"),
        ("2020-02-30", "", None, None, "impossible"),
        ("20201331", "", None, None, "impossible"),
        ("1720-02-03", "", None, None, "out_of_range"),
        ("90000", "1900", None, None, "out_of_range"),
        ("去年冬天", "", None, None, "unreadable"),
        ("", "", None, None, None),
        ("-", "", None, None, None),
    ],
)
def test_a_date_keeps_its_precision_or_says_why_not(
    con: duckdb.DuckDBPyConnection, cell: str, system: str, value: date | None, precision: str, issue: str
) -> None:
    found = con.execute(
        """SELECT v, date_precision(t, v), date_issue(t, v) FROM (
            SELECT t, date_value(t, $2) AS v FROM (SELECT date_tidy($1) AS t))""",
        [cell, system],
    ).fetchone()
    assert found == (value, precision, issue)


CELLS = [
    ("fold_money", "1,234.50", Decimal("1234.50")),
    ("fold_money", "￥１２３．４元", Decimal("123.40")),
    ("fold_money", "1.2万元", Decimal("12000.00")),
    ("fold_money", "-35.00", Decimal("-35.00")),
    ("fold_money", "(35.00)", Decimal("-35.00")),
    ("fold_money", "0", Decimal("0.00")),
    ("fold_money", "", None),
    ("fold_money", "-", None),
    ("fold_money", "详见附件", None),
    ("fold_integer", "3人", 3),
    ("fold_integer", "3.0", 3),
    ("fold_integer", "三", 3),
    ("fold_integer", "", None),
    ("fold_phone", "'139 1234-5678", "13912345678"),
    ("fold_phone", "+86 13912345678", "13912345678"),
    ("fold_phone", "13912345678/13987654321", "13912345678"),
    ("fold_phone", "0973-8722123", "09738722123"),
    ("fold_phone", "1391234", None),
    ("fold_phone", "1.39E+10", None),
    ("fold_phone", "无", None),
    ("fold_sex", "男性", "1"),
    ("fold_sex", "２", "2"),
    ("fold_sex", "9", None),
    ("fold_ethnicity", "藏", "藏族"),
    ("fold_ethnicity", "04", "藏族"),
    ("fold_ethnicity", "回 族", "回族"),
    ("fold_relation", "户主", "02"),
    ("fold_relation", "本人（户主）", "01"),
    ("fold_relation", "户主之长子", "22"),
    ("fold_relation", "之妻", "12"),
    ("fold_relation", "儿媳", "38"),
    ("fold_relation", "外孙女", "44"),
    ("fold_relation", "1", "01"),
    ("fold_relation", "31", "31"),
    ("fold_relation", "干亲家", None),
    ("fold_township", "青海省黄南藏族自治州同仁市隆务镇", "隆务镇"),
    ("fold_township", "同仁县保安", "保安镇"),
    ("fold_township", "保安乡", "保安镇"),
    ("fold_township", "保安乡镇", "保安镇"),
    ("fold_township", "兰采乡人民政府", "兰采乡"),
    ("fold_township", "某某街道办事处", "某某街道"),
    ("fold_village", "吾屯村村民委员会", "吾屯村"),
    ("fold_village", "吾屯村委员会", "吾屯村"),
    ("fold_village", "吾屯行政村", "吾屯村"),
    ("fold_village", "吾屯", "吾屯村"),
    ("fold_village", "同仁市隆务镇吾屯村三社", "吾屯村"),
    ("fold_village", "吾屯村 上庄", "吾屯村"),
    ("fold_village", "隆务社区　三组", "隆务社区"),
    ("fold_village", "吾 屯 村", "吾屯村"),
    ("fold_village", "上 村", "上村"),
    ("fold_village", "曲日村委员会", "曲日村"),
    ("fold_village", "曲日村民委员会", "曲日村"),
    ("fold_village", "阳坡村牧委会", "阳坡村"),
    ("fold_village", "上居村", "上居村"),
    ("fold_village", "吾屯村居委会", "吾屯村"),
    ("fold_village", "隆务社区居委会", "隆务社区"),
    ("fold_village", "隆务社区委员会", "隆务社区"),
    ("fold_village", "隆务社区居民委员会", "隆务社区"),
    ("fold_village", "隆务居委会", "隆务社区"),
    ("address_home", "同仁市隆务镇吾屯村3社12号", "隆务镇吾屯村3-12"),
    ("address_home", "青海省黄南州隆务镇吾屯村3组, 12号", "隆务镇吾屯村3-12"),
    ("address_home", "隆务镇吾屯村12号", "隆务镇吾屯村-12"),
    ("address_home", "隆务镇吾屯村3社", None),
    ("address_home", "吾屯村3社12号", None),
    ("fold_village", "", None),
    ("address_township", "青海省黄南州同仁县保安乡城内村12号", "保安镇"),
    ("address_township", "青海省同仁市", None),
    ("address_village", "青海省黄南州同仁县保安镇，城内村12号", "城内村"),
    ("address_village", "同仁市隆务镇夏琼中路12号", None),
    ("fold_division", "632321", "632301"),
    ("fold_division", "632301101203", "632301"),
    ("fold_division", "500228", "500155"),
    ("fold_division", "青海省黄南藏族自治州同仁县隆务镇", "632301"),
    ("fold_division", "不详", None),
    ("fold_key", "'ab 12３", "AB123"),
    ("trimmed", "\u3000因病\u200b致贫 ", "因病致贫"),
]


@pytest.mark.parametrize(("recipe", "cell", "value"), CELLS)
def test_a_cell_is_folded(con: duckdb.DuckDBPyConnection, recipe: str, cell: str, value: object) -> None:
    assert con.execute(f"SELECT {recipe}($1)", [cell]).fetchone() == (value,)


@pytest.mark.parametrize(("cell", "month"), [
    ("2026-08", "2026-08"), ("202608", "2026-08"), ("2026年8月", "2026-08"), ("2026.8", "2026-08"),
    ("2026-08-01 00:00:00", "2026-08"), ("2026", None), ("2026-13", None),
])  # fmt: skip
def test_a_month_is_read_from_every_form(
    con: duckdb.DuckDBPyConnection, cell: str, month: str | None
) -> None:
    assert con.execute("SELECT month_text(date_tidy($1), '')", [cell]).fetchone() == (month,)


@pytest.mark.parametrize(
    "written",
    ["曲日", "曲日村", "曲日村委员会", "曲日村村民委员会", "隆务社区委员会", "隆务居委会", "上居", "新居村"],
)
def test_a_folded_village_stays_what_it_is(con: duckdb.DuckDBPyConnection, written: str) -> None:
    query = "SELECT fold_village(?)"
    (once,) = con.execute(query, [written]).fetchone() or (None,)
    # Asked anew: a macro within itself is written out many times over, and takes half a minute to bind.
    assert con.execute(query, [once]).fetchone() == (once,)
