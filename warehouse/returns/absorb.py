"""Absorb: take in the lists that villages filled in, row by row, and send back what cannot stand."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.release.list_columns import Answers
from warehouse.release.workbook import file_word
from warehouse.returns.answers import Disposition, Judged, Listed, judge
from warehouse.returns.forms import read_form
from warehouse.returns.release_record import handed_out, listed_now
from warehouse.returns.slips import write_slip
from warehouse.sums import sha256

SCHEMA = pa.schema(
    [
        ("warning_id", pa.string()),
        ("rule_id", pa.string()),
        ("person_id", pa.string()),
        ("result", pa.string()),
        ("aid", pa.string()),
        ("reason_not", pa.string()),
        ("reason_words", pa.string()),
        ("checked_by", pa.string()),
        ("checked_on", pa.date32()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
    ]
)


def absorb(month: Month, *, returned: Path, lake: Lake, policy: Policy) -> Outcome:
    """Read ``returned`` (a workbook, or a folder of them) against the month's release.

    Good rows go to ``lake/dispositions/month=…/<sha256 of the file>.parquet``, which is written once and
    never changed; a row that cannot stand goes on a slip in ``HOME/returns/<month>/``. After the good
    files are in, ``Refused`` names the files that are no list of this month. Recorded as ``absorb``.
    """
    files = _files(returned)
    if not files:
        return record(
            Outcome("absorb", str(month), "nothing", reasons=["no list has come back for this month."]), lake
        )
    listed = handed_out(month, lake)
    words = Answers.of(policy)
    by_file: dict[str, dict[str, int]] = {"answered": {}, "refused": {}, "blank": {}}
    refusals: list[str] = []
    for path in files:
        try:
            judged = _judged(path, listed, words, month)
        except Refused as error:
            refusals.append(error.what)
            continue
        name = path.relative_to(returned).as_posix() if returned.is_dir() else path.name
        _keep(path, judged.dispositions, month, lake)
        _send_back(name, judged, month, lake)
        by_file["answered"][name] = len(judged.dispositions)
        by_file["refused"][name] = judged.refused_rows
        by_file["blank"][name] = judged.blank
    answered = _answered(month, lake)
    outcome = record(
        Outcome(
            stage="absorb",
            month=str(month),
            status="held" if refusals else "done",
            counts={
                "files": len(files),
                "files_refused": len(refusals),
                "answered": sum(by_file["answered"].values()),
                "refused": sum(by_file["refused"].values()),
                "still_open": len(set(listed_now(month, lake)) - answered),
            },
            by=by_file,
            reasons=refusals,
        ),
        lake,
    )
    if refusals:
        raise Refused(
            " ".join(refusals), next_step="send these files back; the others of this delivery were taken in."
        )
    return outcome


def _files(returned: Path) -> list[Path]:
    """The workbooks to read, in order of name; Excel's lock files and hidden ones left out."""
    if returned.is_file():
        return [returned]
    return sorted(
        path for path in returned.rglob("*.xls*") if path.is_file() and not path.name.startswith(("~$", "."))
    )


def _judged(path: Path, listed: dict[str, Listed], words: Answers, month: Month) -> Judged:
    rows = read_form(path)
    if not any(row.text("warning_id") in listed for row in rows):
        raise Refused(
            f"{path.name} is on no manifest of {month}: not one of its warnings was handed out.",
            next_step="look which month the list is of and absorb it there.",
        )
    return judge(rows, listed, words, month)


def _keep(path: Path, dispositions: list[Disposition], month: Month, lake: Lake) -> None:
    """Write a file's answers once, under its hash; the same file again changes nothing."""
    target = lake.partition("dispositions", month=str(month)) / f"{sha256(path)}.parquet"
    if target.exists() or not dispositions:
        return
    rows = [{**vars(answer), "file": path.name} for answer in dispositions]
    with lake.adding(target) as aside:
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), aside, compression="zstd")


def _send_back(name: str, judged: Judged, month: Month, lake: Lake) -> None:
    """Write the form's slip, or take its last one away when nothing is wrong any more."""
    folder = lake.home / "returns" / str(month)
    slip = folder / f"{file_word(name.removesuffix(Path(name).suffix))}_退回单.xlsx"
    if judged.problems:
        folder.mkdir(parents=True, exist_ok=True)
        write_slip(slip, judged.problems, month=month, form=name)
    else:
        slip.unlink(missing_ok=True)


def _answered(month: Month, lake: Lake) -> set[str]:
    """Every warning of the month that has a disposition, from this and earlier files."""
    folder = lake.partition("dispositions", month=str(month))
    if not any(folder.glob("*.parquet")):
        return set()
    with in_memory(lake.home) as con:
        rows = con.execute(
            f"SELECT DISTINCT warning_id FROM read_parquet('{quoted(folder)}/*.parquet')"
        ).fetchall()
    return {str(row[0]) for row in rows}
