"""The search for leaks finds a value wherever and however it was written, and lets lie what may lie there."""

import csv
import gzip
import io
import sqlite3
import tarfile
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from warehouse.privacy import places as table
from warehouse.privacy.containers import documents
from warehouse.privacy.leaks import UNKNOWN, leaks
from warehouse.privacy.looking import Looking
from warehouse.privacy.wanted import Wanted

ID, FIRST_ID, PHONE, ACCOUNT = "63232119900101123X", "632321900101123", "13800138000", "6217001234567890123"
NAME, VILLAGE = "卓玛才让", "热日社区"
EVERYTHING = f"{ID} {PHONE} {NAME} {VILLAGE}"


@pytest.fixture(scope="module")
def looking():
    wanted = Wanted(phones={PHONE}, accounts={ACCOUNT})
    wanted.add_ids([ID])
    wanted.add_names([(NAME, VILLAGE), ("郭加", "麻沙玛村"), ("索南", "麻沙玛村")])
    return Looking(wanted)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"id={ID.lower()},", {"id"}),
        (f"第一代 {FIRST_ID}", {"id"}),
        ("号码６３２３２１１９９００１０１１２３Ｘ", {"id"}),
        ("632321 1990 0101 123X", {"id"}),
        (f"9{ID}{PHONE}", {"id", "phone"}),
        (f"电话+86{PHONE}。", {"phone"}),
        ("138 0013 8000", {"phone"}),
        (f"卡号{ACCOUNT}", {"account"}),
        (f"{VILLAGE}的{NAME}家", {"name_village"}),
        (f"{NAME},男,{'，' * 200}{VILLAGE}", {"name_village"}),
        # What is masked, no number of anybody here, or a name without its village, is none.
        ("632321********123X 138****8000", set()),
        (f"1{PHONE} {PHONE}7 0.{ACCOUNT}5", set()),
        (f"{NAME}住麻沙玛村", set()),
        # A village whose name begins with somebody's name is a village.
        ("郭加村与麻沙玛村各一户", {"name_village"}),
    ],
)
def test_what_counts_as_a_value(looking, text, kinds):
    assert set(looking.hits(text)) == kinds


def test_a_name_inside_the_name_of_a_village_is_the_village():
    wanted = Wanted()
    wanted.add_names([("郭加", "麻沙玛村"), ("王敏", "郭加村")])
    assert not Looking(wanted).hits("郭加村 3 户，麻沙玛村 2 户")


def in_json(path):
    path.write_text("".join(f"\\u{ord(c):04x}" if ord(c) > 127 else c for c in f'{{"x": "{EVERYTHING}"}}'))


def in_gb18030(path):
    path.write_bytes(f"姓名,村\n{EVERYTHING}".encode("gb18030"))


def in_gzip(path):
    path.write_bytes(gzip.compress(EVERYTHING.encode()))


def in_workbook_tab(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(VILLAGE)
        sheet.write_rich_string("A1", book.add_format({"bold": True}), NAME[:2], NAME[2:])
        sheet.write_number("B1", 13800138000)
        sheet.write_comment("C1", ID)


def in_packed_workbook(path):
    inner = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append([NAME, VILLAGE, ID, PHONE])
    book.save(inner)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as outer:
        outer.writestr("list.xlsx", inner.getvalue())


def in_tar_zst(path):
    with (
        path.open("wb") as raw,
        pa.CompressedOutputStream(pa.PythonFile(raw, "w"), "zstd") as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        member = tarfile.TarInfo("a.txt")
        member.size = len(EVERYTHING.encode())
        tar.addfile(member, io.BytesIO(EVERYTHING.encode()))


def in_database(path):
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE xcom (value TEXT)")
        con.execute("INSERT INTO xcom VALUES (?)", [EVERYTHING])
    con.close()


def in_deleted_rows(path):
    in_database(path)
    with sqlite3.connect(path) as con:
        con.execute("PRAGMA secure_delete = OFF")
        con.execute("DELETE FROM xcom")
    con.close()


def in_parquet(path):
    pq.write_table(pa.table({"name": [NAME], "village": [VILLAGE], "id": [ID], "phone": [PHONE]}), path)


WAYS = [in_json, in_gb18030, in_gzip, in_workbook_tab, in_packed_workbook, in_tar_zst, in_database, in_deleted_rows, in_parquet]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_value_is_found_however_it_is_packed(looking, tmp_path, way):
    path = tmp_path / "file"
    way(path)
    found = set()
    for document in documents(path):
        found |= set(looking.hits(document.text))
        assert ID not in document.part
    assert found == {"id", "phone", "name_village"}


def test_what_is_encrypted_shows_nothing_and_says_so(looking, tmp_path):
    plain, path = tmp_path / "plain.xlsx", tmp_path / "sealed.xlsx"
    in_workbook_tab(plain)
    with plain.open("rb") as source, path.open("wb") as target:
        OOXMLFile(source).encrypt("pass", target)
    read = list(documents(path))
    assert any(document.is_sealed for document in read)
    assert not any(looking.hits(document.text) for document in read)


def test_places_let_lie_what_may_lie_there_and_nothing_else(tmp_path, looking):
    home = tmp_path / "home"
    for name, text in {
        "release/2026-08/lists/预警清单_隆务镇_2026-08.csv": EVERYTHING,
        "release/2026-08/lists/预警清单_全市_2026-08.csv": f"{NAME} {VILLAGE}",
        "logs/runs.jsonl": "12 rows",
        "lake/landed/x.parquet": EVERYTHING,
    }.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert not [place for place, found in leaks(home, looking.wanted).items() if found.is_leak]

    (home / "logs" / "runs.jsonl").write_text(f"row of {PHONE}", encoding="utf-8")
    (home / "release" / "2026-08" / "lists" / "预警清单_全市_2026-08.csv").write_text(ID)
    (home / "surprise").mkdir()
    (home / "surprise" / f"{NAME}.txt").write_text("nothing", encoding="utf-8")
    broken = {
        place: found
        for place, found in leaks(home, looking.wanted, texts={"run": ID}).items()
        if found.is_leak
    }
    assert {place: dict(found.breaches) for place, found in broken.items()} == {
        "home/logs/**": {"phone": 1},
        "home/release/*/lists/预警清单_全市_*": {"id": 1},
        UNKNOWN: {},
        "beside/printed/**": {"id": 1},
    }
    assert not any(NAME in shown for found in broken.values() for shown in found.breached)


def test_every_place_of_the_table_speaks_for_something_of_its_own():
    """A line that an earlier one hides would promise what nobody holds to."""
    for index, place in enumerate(table.places()):
        name = place.place.replace("**", "x/y/z.q").replace("*", "x")
        spoken = table.place_of(name)
        assert spoken is not None
        assert table.places().index(spoken) <= index
        assert spoken.allows == place.allows or spoken is place, place.place
    with table.FILE.open(encoding="utf-8", newline="") as lines:
        assert all(row["title"] and row["who"] and row["why"] for row in csv.DictReader(lines))
