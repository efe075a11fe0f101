"""The floor under a month: the same delivered files read, joined on the exact id, settlements summed by person, written
as Parquet, and nothing else. No contract, no linkage, no rule, no account of rows: what a plain script would do.

    python tests/bench/floor.py INBOX/2026-08 OUT

GB18030 is transcoded as a stream (iconv where the system has it), text is read by DuckDB, workbooks by calamine.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import python_calamine

from warehouse.settings import memory_gb, threads

# What agencies call a person's own id; 残疾人证 begins with it.
IDS = ("证件号码", "身份证号码", "身份证号", "公民身份号码", "身份证件号", "领取人身份证号", "残疾人证号")
FEEDS = (
    "assistance_roster", "assistance_payment", "medical_enrolment", "medical_settlement", "education_enrolment",
    "education_aid", "death", "rural_monitoring", "cremation", "disability", "pension", "unemployment", "hotline",
    "declaration", "means_test", "family_planning", "partner_flag", "visit_ledger",
)  # fmt: skip
HEADER_WITHIN = 6
BLOCK = 16 << 20


def utf8(path, folder):
    """A text as UTF-8: itself, or what a stream through a transcoder made of it under ``folder``."""
    with path.open("rb") as stream:
        try:
            stream.readline().decode("utf-8")
            return path
        except UnicodeDecodeError:
            pass
    made = folder / path.name
    if shutil.which("iconv"):
        with made.open("wb") as out:
            subprocess.run(["iconv", "-c", "-f", "GB18030", "-t", "UTF-8", path], stdout=out, check=False)
        return made
    with path.open(encoding="gb18030", errors="replace", newline="") as stream, made.open("wb") as out:
        while block := stream.read(BLOCK):
            out.write(block.encode())
    return made


def sheets(path):
    """Every sheet of a workbook that shows an id, as an Arrow table of text under its own headers."""
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            at = next((at for at, row in enumerate(rows[:HEADER_WITHIN]) if set(IDS) & set(row)), None)
            if at is None:
                continue
            head = {str(word): place for place, word in enumerate(rows[at]) if word}
            yield pa.table(
                {word: [str(row[place]) for row in rows[at + 1 :]] for word, place in head.items()}
            )


def read_feed(con, feed, month, out, scratch):
    """Write ``out/<feed>.parquet`` of every file of a feed; give the name of the id's column, None for no file."""
    texts = sorted(month.glob(f"{feed}*.csv"))
    target = out / f"{feed}.parquet"
    if texts:
        paths = [str(utf8(path, scratch)) for path in texts]
        con.execute(
            f"""COPY (SELECT * FROM read_csv({paths}, all_varchar = true, header = true, delim = ',', quote = '"',
                union_by_name = true, null_padding = true, ignore_errors = true, strict_mode = false, parallel = true))
            TO '{target}' (FORMAT parquet)"""
        )
        for path in paths:
            if Path(path).parent == scratch:
                Path(path).unlink()
    else:
        books = [table for path in sorted(month.glob(f"{feed}*.xlsx")) for table in sheets(path)]
        if not books:
            return None
        con.register("book", pa.concat_tables(books, promote_options="default"))
        con.execute(f"COPY (SELECT * FROM book) TO '{target}' (FORMAT parquet)")
        con.unregister("book")
    columns = [name for (name, *_) in con.execute(f"DESCRIBE SELECT * FROM '{target}'").fetchall()]
    return next(word for word in IDS if word in columns)


def main():
    """Read, join, sum, write; print how many rows and persons."""
    month, out = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.rmtree(out, ignore_errors=True)
    scratch = out / "scratch"
    scratch.mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(f"SET memory_limit = '{memory_gb()}GB'")
        con.execute(f"SET threads = {threads()}")
        con.execute(f"SET temp_directory = '{scratch}'")
        con.execute("SET preserve_insertion_order = false")
        ids = {feed: read_feed(con, feed, month, out, scratch) for feed in FEEDS}
        ids = {feed: word for feed, word in ids.items() if word}
        rows = " UNION ALL ".join(
            f"SELECT '{feed}' AS feed, left(trim(\"{word}\"), 18) AS id FROM '{out / feed}.parquet'"
            for feed, word in ids.items()
        )
        counted = ", ".join(f"count(*) FILTER (feed = '{feed}') AS {feed}" for feed in ids)
        word = ids["medical_settlement"]
        con.execute(f"""
            COPY (
                SELECT * FROM (SELECT id, {counted} FROM ({rows}) WHERE id <> '' GROUP BY id)
                LEFT JOIN (
                    SELECT trim("{word}") AS id, sum(try_cast("医疗费总额" AS DECIMAL(18, 2))) AS total,
                        sum(try_cast("个人负担总金额" AS DECIMAL(18, 2))) AS own_total
                    FROM '{out / "medical_settlement.parquet"}' GROUP BY ALL) USING (id)
            ) TO '{out / "persons.parquet"}' (FORMAT parquet)""")
        told = con.execute(f"SELECT count(*), (SELECT count(*) FROM '{out}/persons.parquet') FROM ({rows})")
        print('{{"counts": {{"rows": {}, "persons": {}}}}}'.format(*told.fetchone()))
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
