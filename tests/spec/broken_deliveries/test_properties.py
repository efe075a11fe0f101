"""Good tables written in every way that agencies write them land exactly; whatever is then broken is not lost unseen."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.dock_support import MONTH, headers
from tests.spec.broken_deliveries.books import book
from tests.spec.broken_deliveries.mutate import LIMITS, judge, seeds
from warehouse.intake.contract import Contract, contracts
from warehouse.intake.landing import Landing, land_file

# Far outside ASCII, inside and outside GBK, what CSV is made of, what spreadsheets change.
SIGNS = "aZ09 ,;\t\"'|\n·．，“〇甲乙䶮㼆𠀀ཀ０Ａ\u200b\u3000\u00a0\ue000=+-@#%\\/"
CELL = st.text(st.sampled_from(SIGNS), max_size=6)
FILLED = st.text(st.sampled_from("甲乙䶮𠀀aZ09·,\"'=@"), min_size=1, max_size=6)
FEEDS = [contracts()[feed] for feed in ("death", "disability", "hotline", "medical_enrolment")]
OPEN = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(
        Phase.explicit,
        Phase.generate,
    ),  # shrinking a whole table takes minutes: broken rows are read as they are
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Table = tuple[Contract, list[list[str]]]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    contract = draw(st.sampled_from(FEEDS))
    columns = [FILLED if column.required else CELL for column in contract.columns]
    # Dates of the month where the contract looks for them, so that the file is this month's.
    cells = [
        st.just("2026-10-03") if column.name == contract.month_evidence else said
        for column, said in zip(contract.columns, columns, strict=True)
    ]
    return contract, draw(st.lists(st.tuples(*cells).map(list), min_size=1, max_size=12))


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, object]:
    return {
        "encoding": draw(st.sampled_from(["gb18030", "utf-8", "utf-8-sig", "utf-16"])),
        "line_end": draw(st.sampled_from(["\n", "\r\n", "\r"])),
        "delimiter": draw(st.sampled_from([",", "\t", ";", "|"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "trailing": draw(st.sampled_from([0, 0, 1, 3])),
        "titles": draw(st.integers(0, 3)),
        "fillers": draw(st.integers(0, 3)),
        "total": draw(st.booleans()),
        "has_last_end": draw(st.booleans()),
    }


def written(contract: Contract, rows: list[list[str]], how: dict[str, object]) -> bytes:
    width = len(contract.columns)
    top = [["某市名单", *[""] * (width - 1)]] * int(str(how["titles"]))
    below = [[""] * width] * int(str(how["fillers"])) + (
        [["合计", *[""] * (width - 1)]] if how["total"] else []
    )
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=str(how["delimiter"]),
        lineterminator=str(how["line_end"]),
        # Where CR ends the lines, Python's writer leaves a cell with LF bare.
        quoting=csv.QUOTE_ALL if how["line_end"] == "\r" else int(str(how["quoting"])),
    )
    writer.writerows(
        [*row, *[""] * int(str(how["trailing"]))] for row in [*top, headers(contract), *rows, *below]
    )
    text = out.getvalue()
    return (text if how["has_last_end"] else text.removesuffix(str(how["line_end"]))).encode(
        str(how["encoding"])
    )


def land(path: Path, contract: Contract) -> tuple[Landing, list[dict[str, object]]]:
    landing = land_file(path, path.with_name("part"), contract, MONTH, LIMITS, is_beside=False)
    return landing, pq.read_table(path.with_name("part")).to_pylist()


@given(table=tables(), how=dialects())
@OPEN
def test_a_sound_table_lands_exactly_however_it_is_written(
    tmp_path: Path, table: Table, how: dict[str, object]
) -> None:
    contract, rows = table
    path = tmp_path / f"{contract.feed}.csv"
    path.write_bytes(written(contract, rows, how))
    landing, landed = land(path, contract)
    names = [column.name for column in contract.columns]
    assert [[row[name] for name in names] for row in landed] == rows
    first = int(str(how["titles"])) + 2
    assert [row["row"] for row in landed] == list(range(first, first + len(rows)))
    furniture = first - 1 + int(str(how["fillers"])) + bool(how["total"])
    assert [vars(account) for account in landing.accounts] == [
        {
            "sheet": "",
            "rows": len(rows) + furniture,
            "landed": len(rows),
            "quarantined": 0,
            "furniture": furniture,
        }
    ]


@given(rows=st.lists(st.tuples(*[FILLED] * 26).map(list), min_size=1, max_size=8), titles=st.integers(0, 3))
@settings(OPEN, max_examples=12)
def test_a_sound_workbook_lands_exactly(tmp_path: Path, rows: list[list[str]], titles: int) -> None:
    contract = contracts()["assistance_roster"]
    path = tmp_path / "assistance_roster.xlsx"
    path.write_bytes(book([*[["名单"]] * titles, headers(contract), *rows]))
    landing, landed = land(path, contract)
    assert [[row[column.name] for column in contract.columns] for row in landed] == rows
    assert landing.accounts[0].rows == len(rows) + titles + 1


@pytest.mark.parametrize(("form", "count"), [("csv", 200), ("manifest", 150), ("xlsx", 20), ("xls", 12)])
def test_whatever_is_broken_is_refused_or_accounted_for(tmp_path: Path, form: str, count: int) -> None:
    """The same rounds every time; `make fuzz` goes on from other seeds. Read twice, each says the same."""
    rng = random.Random(form)
    for number in range(count):
        seed = rng.choice(seeds()[form])
        content = seed.broken(rng)
        became = judge(seed, content, tmp_path)
        if number % 10 == 0:
            assert judge(seed, content, tmp_path) == became


FOUND = sorted((Path(__file__).parent / "found").glob("*"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_fell_once_stands(tmp_path: Path, path: Path) -> None:
    """Files that the fuzzer once made fall: ``<what it was>.<the delivery's name>``."""
    name = path.name.split(".", 1)[1]
    seed = next(seed for of in seeds().values() for seed in of if seed.file == name)
    judge(seed, path.read_bytes(), tmp_path)
