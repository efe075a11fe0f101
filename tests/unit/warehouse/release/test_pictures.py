"""The month in pictures: the marts' figures and no others, nobody told apart, the same bytes, readable by everybody."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from tests.unit.warehouse.release.made_up_month import (
    FAMILY,
    MONTH,
    TOWNSHIPS,
    id_of,
    make,
    policy,
    words_of,
    write_table,
)
from warehouse import colours
from warehouse.database import in_memory
from warehouse.lake import Lake
from warehouse.release import frame, listing, marts
from warehouse.release.cautions import Cautions
from warehouse.release.document import Table
from warehouse.release.guide import guide_blocks
from warehouse.release.page import write_pages
from warehouse.release.pictures import past
from warehouse.release.pictures.asked import Asked
from warehouse.release.pictures.work import held_back
from warehouse.verdicts import read_verdict

SMALL = 5


ANSWERS = [
    {"rule_id": "C01", "grade": "疑似", "township": "", "answers": 40, "held": 12, "found": 9, "refuted": 20, "unsettled": 3, "aided": 9},
    {"rule_id": "D01", "grade": "确认", "township": "", "answers": 10, "held": 9, "found": 9, "refuted": 1, "unsettled": 0, "aided": 0},
    {"rule_id": "C01", "grade": "疑似", "township": TOWNSHIPS[0], "answers": 30, "held": 10, "found": 7, "refuted": 14, "unsettled": 2, "aided": 7},
]  # fmt: skip


class Tables(HTMLParser):
    """Every table of a page by the id of the article that it stands in, as rows of text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._article, self._in_cell = "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self._article = str(dict(attributes)["id"])
            self.found[self._article] = []
        elif tag == "tr":
            self.found[self._article].append([])
        elif tag in ("td", "th"):
            self.found[self._article][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, text: str) -> None:
        if self._in_cell:
            self.found[self._article][-1][-1] += text


def made(home: Path, folder: Path, **changes: str) -> Lake:
    lake = make(home, **changes)
    open_ = [
        {"warning_id": f"W{n}", "rule_id": "C01", "person_id": f"P{n:08d}", "household_id": f"H{n}",
         "township": TOWNSHIPS[0 if n < 9 else 1], "village": "第1村" if n < 7 else "第2村", "listed_month": "2026-08", "age_months": 2,
         "state": "逾期" if n % 3 else "待答复", "is_raised": True} for n in range(12)
    ]  # fmt: skip
    rows = {"fct_yield_monthly": ANSWERS, "fct_open_item_monthly": open_}
    for mart in ("fct_yield_monthly", "fct_open_item_monthly"):
        write_table(lake, f"marts/{mart}", marts.MARTS[mart], rows[mart])
    put(lake, folder)
    return lake


def put(lake: Lake, folder: Path) -> None:
    with in_memory(lake.home) as con:
        marts.attach(con, lake, MONTH)
        listing.prepare(con)
        frame.prepare(con, lake, MONTH, policy())
        verdicts = {gate: read_verdict(lake, gate, MONTH) for gate in ("gate1", "gate2")}
        found = {gate: verdict for gate, verdict in verdicts.items() if verdict}
        write_pages(
            folder, con, lake=lake, month=MONTH, policy=policy(), verdicts=dict(found), cautions=Cautions(found)
        )  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return made(tmp_path_factory.mktemp("home"), folder), folder


def ask(lake: Lake, query: str) -> list[tuple[object, ...]]:
    con = duckdb.connect()
    for mart in (*marts.MARTS, *marts.REGISTERS):
        path = lake.partition(f"marts/{mart}", month=str(MONTH))
        con.execute(f"CREATE VIEW {mart} AS SELECT * FROM '{path}/*.parquet'")
    return con.execute(query).fetchall()


def test_the_figures_of_the_page_are_those_of_the_marts(pages: tuple[Lake, Path]) -> None:
    lake, folder = pages
    tables = Tables((folder / "month.html").read_text("utf-8")).found
    townships = {row[0]: row[1:] for row in tables["townships"][1:]}
    wanted = ask(
        lake,
        """SELECT township, count(*), count(DISTINCT household_id) FILTER (WHERE status = 'listed')
           FROM fct_warning_monthly GROUP BY township""",
    )
    late = dict(
        ask(lake, "SELECT township, count(*) FROM fct_open_item_monthly WHERE state = '逾期' GROUP BY ALL")
    )
    assert {name: (row[0], row[1], row[3]) for name, row in townships.items()} == {
        name: (str(warnings), str(visits), str(late.get(name, 0))) for name, warnings, visits in wanted
    }
    rules = {row[0][-3:]: row[1:] for row in tables["rules"][1:]}
    assert {rule: row[0] for rule, row in rules.items()} == {
        rule: str(count)
        for rule, count in ask(lake, "SELECT rule_id, count(*) FROM fct_warning_monthly GROUP BY ALL")
    }
    # Whatever became of a warning, listed or not: together they are all.
    assert all(int(row[0]) == sum(map(int, row[1:4])) == sum(map(int, row[4:])) for row in rules.values())
    assert tables["yields"][1:] == [
        ["在册监测未纳入救助 C01", "40", "9", "22%", "12%–38%", "12", "20", "9", "3"],
        ["死亡后仍发放 D01", "10", "9", "90%", "60%–98%", "9", "1", "0", "0"],
    ]
    assert ["低保发放金额", "4,001.00 元", "低保发放金额"] in tables["all-figures"]
    assert sum(int(row[2].replace(",", "")) for row in tables["row-account"][1:]) == 5135


def test_the_steps_of_what_was_handed_out_add_up(pages: tuple[Lake, Path]) -> None:
    page = (pages[1] / "month.html").read_text("utf-8")
    steps = dict(re.findall(r"label>(下发过|已查清|有收效|拟纳入救助)</span><strong>(\d+)<", page))
    assert steps == {"下发过": "65", "已查清": "42", "有收效": "18", "拟纳入救助": "12"}
    # 65 = 42 + 11 + 12, as the step says it and as the sentence on top does.
    assert "＝已查清 42＋随同户同人的另一条了结 11＋没有查清 12（逾期 8）" in page
    assert (
        "此前下发的 65 条预警，42 条村里已查清，11 条随同户同人的另一条了结，12 条还没有查清，其中逾期 8 条"
        in page
    )


def test_what_offices_settle_is_not_said_to_wait(pages: tuple[Lake, Path]) -> None:
    """D01, which waits, is said to be the offices' own: neither the county's page nor a township's guide lets it queue."""
    lake, _ = pages
    now = policy()
    line = replace(now.line("rules_between_offices"), value="D01")
    offices = replace(now, lines={**now.lines, line.parameter: line})
    with in_memory(lake.home) as con:
        marts.attach(con, lake, MONTH)
        listing.prepare(con)
        frame.prepare(con, lake, MONTH, offices)
        months = past.prepare(con, lake, MONTH, offices)
        asked = Asked(con, month=MONTH, months=months, place=None, county="同仁市")
        told_rows = held_back(asked, offices).numbers.rows
        blocks = guide_blocks(con, month=MONTH, township=None, policy=offices, cautions=Cautions({}))
        before = held_back(asked, now).numbers.rows
    assert {row[0] for row in told_rows} == {"部门衔接", "已答复，不再下发"}
    assert {row[0] for row in before} == {"排队等候", "已答复，不再下发"}
    table = next(block for block in blocks if isinstance(block, Table) and "未列入本表" in block.heading)
    assert {row[1].partition("：")[0] for row in table.rows if row[-1] == "D01"} == {"部门衔接"}


def test_a_number_on_a_tile_is_the_number_of_the_table(pages: tuple[Lake, Path]) -> None:
    page = (pages[1] / "month.html").read_text("utf-8")
    visits = {row[0]: row[2] for row in Tables(page).found["townships"][1:]}
    drawing = page[page.index('id="townships"' if 'id="townships"' in page else "id=townships") :]
    words = re.findall(r"<text[^>]*>([^<]+)</text>", drawing[: drawing.index("</svg>")])
    half = len(words) // 2
    assert dict(zip(words[:half], words[half:], strict=True)) == visits


def test_the_paper_says_the_sentences_of_the_page(pages: tuple[Lake, Path]) -> None:
    page = (pages[1] / "month.html").read_text("utf-8")
    paper = words_of(pages[1] / f"paper/月报_{MONTH}.pdf")
    sentences = re.findall(r"</b><span>([^<]+)</span></li>", page)
    assert len(sentences) >= 5
    assert not [one for one in sentences if "".join(one.split()) not in paper]


def test_every_page_stands_alone_and_names_no_person(pages: tuple[Lake, Path]) -> None:
    found = sorted(pages[1].rglob("*.html"))
    assert len(found) == 1 + len(TOWNSHIPS)
    for path in found:
        page = path.read_text("utf-8")
        assert "<script" not in page
        assert not re.findall(r"(?:src|href|url\()=?\"?(?:https?:)?//", page)
        assert "http" not in page.replace("http://www.w3.org/", "")
        ids = re.findall(r' id="?([^"\s>]+)', page)
        assert len(ids) == len(set(ids))
        named = [n for n in range(60) if id_of(n) in page or f"139{n:08d}" in page or f"P{n:08d}" in page]
        assert not named
        assert not [name for name in FAMILY if name in page]


def test_links_of_the_page_lead_to_pages_that_are_there(pages: tuple[Lake, Path]) -> None:
    page = (pages[1] / "month.html").read_text("utf-8")
    addresses = set(re.findall(r'href="([^"#]+)"', page))
    assert addresses == {f"townships/{name}.html" for name in TOWNSHIPS}
    assert all((pages[1] / one).is_file() for one in addresses)
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors <= set(re.findall(r' id="?([^"\s>]+)', page))


def test_a_township_page_holds_its_township_and_hides_small_numbers(pages: tuple[Lake, Path]) -> None:
    for name in TOWNSHIPS:
        page = (pages[1] / f"townships/{name}.html").read_text("utf-8")
        assert name in page
        assert not [other for other in TOWNSHIPS if other != name and other in page]
        for rows in Tables(page).found.values():
            numbers = [int(cell) for row in rows for cell in row[1:] if re.fullmatch(r"\d+", cell)]
            assert not [number for number in numbers if 0 < number < SMALL]


def test_one_hidden_village_cannot_be_worked_out(pages: tuple[Lake, Path]) -> None:
    tables = Tables((pages[1] / f"townships/{TOWNSHIPS[0]}.html").read_text("utf-8")).found
    # 第1村 has 5 late and 2 not late of 7; 第2村 1 and 1 of 2: what is small is hidden, and what would tell it.
    rows = {row[0]: row[1:] for row in tables["open"][1:]}
    for column in range(3):
        hidden = [name for name in rows if rows[name][column] == "＊"]
        assert len(hidden) != 1
    for numbers in rows.values():
        assert numbers.count("＊") != 1


def test_a_second_run_changes_no_byte(pages: tuple[Lake, Path], tmp_path: Path) -> None:
    lake, folder = pages
    put(lake, tmp_path)
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    assert len(files) == 2 + len(TOWNSHIPS)
    assert not [one for one in files if (folder / one).read_bytes() != (tmp_path / one).read_bytes()]


def test_a_name_that_is_a_number_is_masked_everywhere(tmp_path: Path) -> None:
    number = "632321199001011415"
    made(tmp_path / "home", tmp_path / "out", village=number)
    for path in (tmp_path / "out").rglob("*"):
        if path.suffix == ".pdf":
            assert number not in words_of(path)
        elif path.is_file():
            assert number not in path.read_text("utf-8")


def test_pictures_can_be_told_without_seeing_them(pages: tuple[Lake, Path]) -> None:
    page = (pages[1] / "month.html").read_text("utf-8")
    opened = re.findall(r"<svg [^>]*>(?:<title[^>]*>[^<]+</title>)?(?:<desc[^>]*>[^<]+</desc>)?", page)
    assert opened
    assert all("<title" in one and "<desc" in one and "role=" in one for one in opened)
    # Wherever there is a picture its figures stand beneath it.
    articles = page.split("<article ")[1:]
    assert all("<details>" in one and "<table>" in one for one in articles if "<svg" in one)


def test_every_colour_of_a_drawing_has_its_night(pages: tuple[Lake, Path]) -> None:
    page = (pages[1] / "month.html").read_text("utf-8")
    unseen = {"#4c78a8"}  # the link over a tile, which is not painted
    assert 'fill="#' in page
    assert colours.without_night(page) <= unseen


def test_a_month_that_was_not_built_is_a_gap(pages: tuple[Lake, Path], tmp_path: Path) -> None:
    shutil.copytree(pages[0].root / "marts", tmp_path / "lake/marts")
    lake, earlier = Lake(tmp_path), str(MONTH.plus(-2))
    for mart in ("fct_warning_monthly", "fct_report_figures_monthly"):
        shutil.copytree(
            lake.partition(f"marts/{mart}", month=str(MONTH)), lake.partition(f"marts/{mart}", month=earlier)
        )
    with in_memory(tmp_path) as con:
        marts.attach(con, lake, MONTH)
        con.execute("CREATE TABLE figures AS SELECT * FROM fct_report_figures_monthly")
        months = past.prepare(con, lake, MONTH, policy())
        asked = Asked(con, month=MONTH, months=months, place=None, county="同仁市")
        known = [value is not None for value in asked.warnings_over_time()["漏保"]]
        figures = asked.over_time("records_open")
    assert months == [earlier, str(MONTH.previous), str(MONTH)]
    assert known == [True, False, True]
    assert figures == [10.0, None, 10.0]
