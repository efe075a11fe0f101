"""Does a delivery belong to its month, and does it agree with its manifest? Pure functions over what was seen."""

from __future__ import annotations

import errno
import json
import re
import stat
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import DeliveryRefused
from warehouse.intake.naming import SIDE_FILE, shown_name
from warehouse.intake.words import fold, words
from warehouse.months import Month

_MONTH = re.compile(r"^(\d{4})(?:[-/.年](\d{1,2})(?!\d)|(0[1-9]|1[0-2]))")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?")
_SERIAL = re.compile(r"^\d{5}(?:\.\d+)?$")
_DIGEST = re.compile(r"^[0-9a-fA-F]{64}$")
_SERIAL_DAY_0 = {"1904": date(1904, 1, 1)}
# As many characters of a date as are needed to see its month: few distinct values, whatever the row count.
_SEEN = 7


def months_of(column: pa.Array, date_system: str) -> Counter[Month | None]:
    """How many values of a date column lie in which month; None counts the filled ones that show no month."""
    found: Counter[Month | None] = Counter()
    trimmed = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(column), 0, _SEEN)
    for pair in pc.value_counts(trimmed).to_pylist():
        if pair["values"]:
            found[month_of(pair["values"], date_system)] += pair["counts"]
    return found


def month_of(text: str, date_system: str = "") -> Month | None:
    """The month that a date's first characters show: 2026-10…, 202610…, 2026年10月, or a spreadsheet serial."""
    folded = fold(text)
    matched = _MONTH.match(folded)
    if matched:
        number = int(matched[2] or matched[3])
        return Month(int(matched[1]), number) if 1 <= number <= 12 else None
    if _SERIAL.match(folded):
        return Month.of(
            _SERIAL_DAY_0.get(date_system, date(1899, 12, 30)) + timedelta(days=int(float(folded)))
        )
    return None


def refuse_other_month(file: str, month: Month, found: Counter[Month | None], share: Decimal) -> None:
    """Refuse a file of whose dated rows fewer than ``share`` lie in its month."""
    dated = sum(count for seen, count in found.items() if seen is not None)
    if dated == 0 or Decimal(found[month]) / dated >= share:
        return
    usual = max((seen for seen in found if seen is not None), key=lambda seen: (found[seen], seen))
    raise DeliveryRefused(
        f"{file} is another month's file: most of its rows are of {usual}, not of {month}.",
        next_step=f"put it into the folder {usual}, and have {month}'s file sent.",
    )


def refuse_other_filling(file: str, sheet: str, month: Month, titles: Iterable[str], days_after: int) -> None:
    """Refuse a sheet whose title says that it was filled in before the month or long after it."""
    for title in titles:
        filled = filled_in(title)
        if filled is None:
            continue
        first, last = filled
        if last < month.first_day or first > month.last_day + timedelta(days=days_after):
            raise DeliveryRefused(
                f"{file}, sheet '{shown_name(sheet)}', is another month's file: it was filled in in {Month.of(first)}, "
                f"not for {month}.",
                next_step=f"put it into the folder of its own month, and have {month}'s file sent.",
            )


def filled_in(title: str) -> tuple[date, date] | None:
    """The day (or the month's first and last day) behind 填报时间 in a title cell."""
    folded = fold(title)
    for word in words().filled_in:
        _, found, rest = folded.partition(word)
        matched = _DAY.match(rest) if found else None
        if matched is None:
            continue
        try:
            month = Month.of(date(int(matched[1]), int(matched[2]), 1))
            if matched[3] is None:
                return month.first_day, month.last_day
            day = date(month.year, month.number, int(matched[3]))
        except ValueError:
            continue
        return day, day
    return None


def manifest_of(path: Path, limit_bytes: int) -> dict[str, object] | None:
    """The side file ``<file>.manifest.json``; None where there is none. Refuses one that cannot be read."""
    side = path.with_name(path.name + SIDE_FILE)
    try:
        state = side.stat()
    except FileNotFoundError:
        if side.is_symlink():
            raise _no_manifest(side) from None
        return None
    except OSError as error:
        # A name so long that its side file could not be written has none.
        if error.errno == errno.ENAMETOOLONG:
            return None
        raise _no_manifest(side) from error
    if not stat.S_ISREG(state.st_mode) or state.st_size > limit_bytes:
        raise _no_manifest(side)
    try:
        plain = json.loads(
            side.read_text(encoding="utf-8-sig"), object_pairs_hook=_each_once, parse_constant=_no_number
        )
    except (ValueError, OSError, RecursionError) as error:
        raise _no_manifest(side) from error
    if not isinstance(plain, dict) or not (_is_count(plain.get("rows")) and _is_digest(plain.get("sha256"))):
        raise _no_manifest(side)
    if plain.get("rows") is None and plain.get("sha256") is None:
        raise _no_manifest(side)
    return plain


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_number(word: str) -> None:
    raise ValueError(word)


def _is_count(rows: object) -> bool:
    # True is a whole number to Python, and to nobody else.
    return rows is None or (isinstance(rows, int) and not isinstance(rows, bool) and rows >= 0)


def _is_digest(sha256: object) -> bool:
    return sha256 is None or (isinstance(sha256, str) and _DIGEST.match(sha256) is not None)


def _no_manifest(side: Path) -> DeliveryRefused:
    return DeliveryRefused(
        f"the manifest {side.name} cannot be read.",
        next_step='it holds {"rows": N, "sha256": "…"}, each once, or one of the two: have it sent again.',
    )


def refuse_other_digest(file: str, manifest: dict[str, object] | None, sha256: str) -> None:
    """Refuse a file whose bytes are not those of its manifest."""
    wanted = manifest.get("sha256") if manifest else None
    if isinstance(wanted, str) and wanted.lower() != sha256:
        raise DeliveryRefused(
            f"{file} is not the file of its manifest: the sha256 differs.",
            next_step="it was changed or cut off on its way: have file and manifest sent again.",
        )


def refuse_other_count(file: str, manifest: dict[str, object] | None, rows: int) -> None:
    """Refuse a file that holds another number of rows than its manifest says."""
    wanted = manifest.get("rows") if manifest else None
    if isinstance(wanted, int) and wanted != rows:
        raise DeliveryRefused(
            f"{file} holds {rows} rows of data, its manifest says {wanted}.",
            next_step="it is cut off or not the file that was meant: have file and manifest sent again.",
        )
