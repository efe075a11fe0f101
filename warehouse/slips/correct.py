"""Take in the slips that agencies filled in: corrected cells are kept and laid over the landed ones from now on."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.database import in_memory
from warehouse.errors import Refused
from warehouse.intake import ledger
from warehouse.intake.contract import contracts
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.policy import Policy
from warehouse.release.masking import mask_for
from warehouse.returns import desk
from warehouse.returns.forms import Bounds, FilledRow, read_form
from warehouse.slips.answers import Asked, Judged, judge
from warehouse.slips.lines import open_lines
from warehouse.slips.tables import correction_files, turn_of
from warehouse.slips.wording import HEADERS
from warehouse.sums import sha256

STAGE = "correct"
# What agencies wrote on slips, one file per slip (``<turn>-<sha256>.parquet``, never rewritten); a later turn beats
# an earlier one. ``sha256`` is that of the delivered file: other bytes under its name are not corrected by it.
SCHEMA = pa.schema(
    [
        ("turn", pa.int32()),
        ("finding_id", pa.string()),
        ("feed", pa.string()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
        ("column", pa.string()),
        ("rule", pa.string()),
        ("value", pa.string()),
        ("slip", pa.string()),
        ("slip_row", pa.int32()),
    ]
)


def correct(month: Month, *, returned: Path, lake: Lake, policy: Policy) -> Outcome:
    """Read ``returned`` (a slip, or a folder of them) against the month's findings.

    A correction that stands goes to ``lake/corrections/month=…/<turn>-<sha256 of the slip>.parquet``, written once; the
    next ``standardise`` lays it over the landed cell, which stays as delivered, and looks at the row anew. One that
    cannot stand goes on a slip in ``HOME/returns/<month>/``. ``Refused`` at the end names files that are no slip.
    """
    files = desk.came_back(returned)
    if not files:
        return desk.nothing_came(STAGE, month, "no slip has", lake)
    mask, bounds = mask_for("slip", policy), Bounds.of(policy)
    taken = {path.stem.split("-", 1)[1] for path in correction_files(lake, month)}
    by: dict[str, dict[str, int]] = {"corrected": {}, "refused": {}, "blank": {}}
    known, refusals = 0, []
    with in_memory(lake.home) as con:
        asked = _asked(con, month, lake, policy)
        for path in files:
            digest = sha256(path)
            if digest in taken:
                known += 1
                continue
            try:
                rows = _rows(path, asked, bounds)
            except Refused as error:
                refusals.append(error.what)
                continue
            judged = judge(rows, asked, mask.show_text)
            _keep(path, digest, judged, month, lake)
            name = desk.name_within(path, returned)
            desk.send_back(name, judged.problems, month, lake, ending="未采纳", title="更正未采纳清单", said=_SAID,
                           shown=mask.show_text)  # fmt: skip
            taken.add(digest)
            by["corrected"][name] = len(judged.corrections)
            by["refused"][name] = len(judged.problems)
            by["blank"][name] = judged.blank
    corrected = sum(by["corrected"].values())
    reasons = [*refusals]
    if corrected:
        reasons.append(
            f"{corrected} cell(s) were corrected. Next step: run standardise for {month} and the stages after it "
            f"(doudi stale names them, doudi rebuild runs them)."
        )
    return desk.recorded(
        Outcome(
            STAGE,
            str(month),
            status="held" if refusals else "done",
            counts={
                "slips": len(files),
                "slips_known": known,
                "slips_refused": len(refusals),
                "corrected": corrected,
                "refused": sum(by["refused"].values()),
            },
            by=by,
            reasons=reasons,
        ),
        refusals,
        lake,
    )


def _asked(con: duckdb.DuckDBPyConnection, month: Month, lake: Lake, policy: Policy) -> dict[str, Asked]:
    """Every line of the month's slips that speaks of a cell, by its id."""
    shas = {(e.feed, e.file): e.sha256 for e in ledger.read(lake, month) if e.is_landed}
    linked = "slips.propose_from_links"
    shown = policy.words(linked) if policy.is_configured(linked) else ()
    found: dict[str, Asked] = {}
    for feed, contract in contracts().items():
        open_lines(con, contract, month, lake, with_links=contract.agency in shown)
        rows = con.execute(
            'SELECT line_id, file, sheet, "row", "column", rule, proposed FROM slip_line WHERE "column" <> \'\''
        ).fetchall()
        for line_id, file, sheet, row, column, rule, proposed in rows:
            header = contract.column(column).headers[0]
            sha = shas.get((feed, file), "")
            found[line_id] = Asked(feed, file, sha, sheet, row, column, header, rule, proposed)
    return found


def _rows(path: Path, asked: dict[str, Asked], bounds: Bounds) -> list[FilledRow]:
    """The rows of a slip; ``Refused`` when it is none, or not one of its lines is asked any more."""
    rows = read_form(path, HEADERS, bounds=bounds)
    ids = {row.text("line_id") for row in rows}
    if not ids & set(asked):
        raise Refused(
            f"{path.name} is no slip of this month: not one of its lines is on the newest slips.",
            next_step="look which month the slip is of; a slip made before its file was sent again has no use.",
        )
    return rows


def _keep(path: Path, digest: str, judged: Judged, month: Month, lake: Lake) -> None:
    if not judged.corrections:
        return
    past = correction_files(lake, month)
    turn = 1 + max((turn_of(one) for one in past), default=-1)
    folder = lake.partition("corrections", month=str(month))
    rows = [
        {
            "turn": turn,
            "finding_id": one.finding_id,
            **{name: getattr(one.asked, name) for name in ("feed", "file", "sha256", "sheet", "row", "column", "rule")},
            "value": one.value,
            "slip": path.name,
            "slip_row": one.slip_row,
        }
        for one in judged.corrections
    ]  # fmt: skip
    with lake.adding(folder / f"{turn:04d}-{digest}.parquet") as aside:
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), aside, compression="zstd")


_SAID = "下列各行的更正没有采纳，请按说明改正后重新交回；未列出的更正已登记。"
