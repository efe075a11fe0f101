"""Absorb: take in the lists that villages filled in, row by row, and send back what cannot stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.policy import Policy
from warehouse.release.list_columns import ANSWERS, KEYS
from warehouse.returns import desk, dispositions, identity
from warehouse.returns.answers import Desk, Listed, Problem, folded_key, judge, without_new
from warehouse.returns.forms import Bounds, FilledRow, read_form
from warehouse.returns.handed_out import handed_out, published_months
from warehouse.returns.terms import Terms
from warehouse.sums import sha256

STAGE = "absorb"
# The columns of a list by which answers are read and held against their rows, on screen and on paper.
COLUMNS = {
    **{column.header: column.key for column in (*KEYS, *ANSWERS)},
    "姓名": "name", "人员": "name", "预警事项": "title",
}  # fmt: skip
_NEEDED = frozenset({"warning_id", "result", "checked_by", "checked_on"})
_OPTIONAL = frozenset(COLUMNS.values()) - _NEEDED
_FILLED_DOWN = frozenset(column.key for column in ANSWERS)
_COUNTED = ("answered", "refused", "blank", "known")
_WHOLE_FILE = (
    "整份文件没有登记：打不开，或不是下发的清单（损坏、加密、照片、网页、别的表格，或编号栏已不在）。"
    "请用 Excel、WPS 或 LibreOffice 打开下发的电子清单填写，保存为 .xlsx 后再交；纸质件由乡镇录入电子清单。"
)


def absorb(month: Month, *, returned: Path, lake: Lake, policy: Policy, on: date | None = None) -> Outcome:
    """Read ``returned`` (a file, or a folder of them) against everything that was handed out up to the month.

    The answers go to ``lake/dispositions/month=…/<sha256 of the file>.parquet``, written once and never changed; they
    may be to the month's list or to an earlier one (``list_month``). A row that cannot stand goes on a slip in
    ``HOME/returns/<month>/``. What is said about a person's identity goes to linkage (``identity``). ``on`` is the day
    on which the files came in, where the door knows it. A file that was taken in under another month is passed over.
    After the good files are in, ``Refused`` names those that are no list. Recorded as ``absorb``.
    """
    files = desk.came_back(returned, desk.WHATEVER)
    if not files:
        return desk.nothing_came(STAGE, month, "no list has", lake)
    listed, terms, bounds = handed_out(month, lake, policy), Terms.of(policy), Bounds.of(policy)
    by: dict[str, dict[str, int]] = {name: {} for name in _COUNTED}
    refusals: list[str] = []
    passed = 0
    for path in files:
        name = desk.name_within(path, returned)
        digest = sha256(path)
        if dispositions.is_elsewhere(lake, month, digest):
            passed += 1
            continue
        try:
            rows = read_form(path, COLUMNS, _OPTIONAL, bounds=bounds, filled_down=_FILLED_DOWN)
            of = _month_of(path, rows, listed, month)
            # What this very file was taken in with stands, whatever was said of it on a later list.
            own = dispositions.taken_from(lake, month, digest)
            latest = dispositions.latest(lake, but=digest)
            before = {warning: said for warning, said in latest.items() if warning not in own}
            judged = without_new(judge(rows, Desk(listed, terms, of, before, on)), own)
        except Refused as error:
            refusals.append(error.what)
            desk.send_back(name, [Problem("", 0, "整份文件", _WHOLE_FILE)], month, lake)
            continue
        dispositions.keep(path, digest, judged.dispositions, month, lake, on)
        identity.keep(path.name, digest, judged.dispositions, month, lake, policy)
        desk.send_back(name, judged.problems, month, lake)
        counted = (len(judged.dispositions), judged.refused_rows, judged.blank, judged.known)
        for word, count in zip(_COUNTED, counted, strict=True):
            by[word][name] = count
    told = identity.told(month, lake)
    return desk.recorded(_outcome(month, lake, by, told, refusals, len(files), passed), refusals, lake)


def _month_of(path: Path, rows: list[FilledRow], listed: Mapping[str, Listed], month: Month) -> Month:
    """The month whose list a file is: the one up to ``month`` to which most of its rows belong, the latest of several.

    ``Refused`` when it is none, or the list of a later month: its answers may not speak before it was made.
    """
    counted: Counter[str] = Counter()
    for row in rows:
        known = listed.get(folded_key(row.text("warning_id")))
        counted.update(known.months if known else ())
    if not counted:
        raise Refused(
            f"{path.name} is on no manifest: not one of its warnings was ever handed out.",
            next_step="look where the file comes from.",
        )
    best = max(counted, key=lambda one: (counted[one], one <= str(month), one))
    if best > str(month):
        raise Refused(
            f"{path.name} is the list of {best}, a later month than {month}.",
            next_step=f"absorb it with --month {best}.",
        )
    return Month.parse(best)


def _outcome(
    month: Month,
    lake: Lake,
    by: dict[str, dict[str, int]],
    told: Counter[str],
    refusals: list[str],
    files: int,
    passed: int,
) -> Outcome:
    reasons = list(refusals)
    for name, count in by["refused"].items():
        if count:
            reasons.append(f"{count} rows of {name} go back: see returns/{month}/.")
    if told["decided"] or told["asked"]:
        reasons.append(
            f"{told['decided']} doubtful links were decided by villages and {told['asked']} questions go onto cards: "
            f"both speak from the link of {month.next} on."
        )
    if (newest := max((month, *published_months(lake)))) > month:
        reasons.append(
            f"{newest} is out already and was made without these answers (doudi stale shows it): "
            f"a list of any month can be taken in with --month {newest}."
        )
    return Outcome(
        stage=STAGE,
        month=str(month),
        status="held" if refusals else "done",
        counts={
            "files": files,
            "files_known": passed,
            "files_refused": len(refusals),
            **{word: sum(by[word].values()) for word in _COUNTED},
            "still_open": dispositions.still_open(month, lake),
            "identity_decided": told["decided"],
            "identity_asked": told["asked"],
            "identity_unplaced": told["unplaced"],
        },
        by=by,
        reasons=reasons,
    )
