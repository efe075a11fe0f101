"""One slice of a feed, clean in, as the agency writes it out. Pure; works on columns, row by row alike."""

from __future__ import annotations

from datetime import date

import numpy as np

from console.county import date_dirt, place_dirt
from console.county.dirt_table import Dice
from console.county.hashing import Ints, draw, salt, text_keys
from console.county.layouts import Layout
from console.county.people import People
from console.county.repeats import second_number
from console.county.slices import Slice, placed, spoil_cells
from console.county.soil_person import soil_person
from warehouse.intake.contract import Contract

DECIDING_DATES = ("died_on", "grace_from")  # without them a planted warning cannot be found


def soil(
    piece: Slice,
    *,
    contract: Contract,
    layout: Layout,
    dice: Dice,
    people: People,
    today: date,
    is_1904: bool = False,
) -> None:
    """Write the dirt of ``dice`` into ``piece``, in place; ``is_1904`` where the workbook counts days so."""
    size = len(piece)
    piece.lost, piece.broken, piece.undated = (np.zeros(size, dtype=bool) for _ in range(3))
    piece.lent = np.full(size, -1, dtype=np.int64)
    clerks = text_keys(piece.cells["township"]) if "township" in piece.cells else np.zeros(size, np.int64)
    for kind, (columns, spoil) in place_dirt.KINDS.items():
        for column in columns:
            if column in piece.cells and dice.has(kind):
                spoil_cells(piece.cells[column], kind, spoil, dice, piece.who["self"], piece.rows)
    for person in contract.persons:
        soil_person(piece, person, dice, people, np.datetime64(today))
    _numbers(piece, contract, dice, people)
    _phones(piece, contract, dice, clerks)
    _dates(piece, contract, layout, dice, clerks, is_1904)
    _amounts(piece, contract, layout, dice)


def move_households(piece: Slice, dice: Dice, people: People) -> None:
    """Households that moved and stand in this agency's files where they lived before; first of all dirt."""
    if not {"township", "village"} <= piece.cells.keys() or not dice.has("moved_household"):
        return
    who = piece.who["self"]
    homes = np.where(piece.who["head"] >= 0, piece.who["head"], who) if "head" in piece.who else who
    places = np.flatnonzero(dice.hits("moved_household", homes, piece.rows))
    for place, bits in zip(
        places.tolist(), dice.forms("moved_household", homes[places]).tolist(), strict=True
    ):
        piece.cells["township"][place], piece.cells["village"][place] = people.villages[
            bits % len(people.villages)
        ]
    dice.count("moved_household", len(places))


def _numbers(piece: Slice, contract: Contract, dice: Dice, people: People) -> None:
    """医保's own numbers: settlements under a person's second number, a number given to somebody else."""
    if "psn_no" not in piece.cells:
        return
    who, numbers = piece.who["self"], piece.cells["psn_no"]
    if not contract.one_row_per_person:
        half = draw(salt(dice.seed, "second number"), who, piece.rows) % np.uint64(2) == 0
        struck = dice.hits("psn_no_second", who, piece.rows, within=half & (numbers != ""))
        numbers[struck] = [second_number(number) for number in numbers[struck]]
        dice.count("psn_no_second", int(struck.sum()))
    donors = people.of(people.psn_no, people.donors(dice.seed, np.maximum(who, 0)))
    struck = dice.hits("psn_no_reused", who, piece.rows, within=donors != "")
    numbers[struck] = donors[struck]
    dice.count("psn_no_reused", int(struck.sum()))


def _phones(piece: Slice, contract: Contract, dice: Dice, clerks: Ints) -> None:
    if not dice.has("cadre_phone"):
        return
    for column in contract.of_kind("phone"):
        if column.name in piece.cells:
            cadres = (
                clerks if clerks.any() else text_keys(piece.cells.get("village", piece.cells[column.name]))
            )
            struck = dice.hits("cadre_phone", cadres, piece.rows)
            piece.cells[column.name][struck] = [
                f"139{bits % 10**8:08d}" for _, bits in placed(struck, dice.forms("cadre_phone", cadres))
            ]
            dice.count("cadre_phone", int(struck.sum()))


def _dates(piece: Slice, contract: Contract, layout: Layout, dice: Dice, clerks: Ints, is_1904: bool) -> None:
    who = piece.who["self"]
    for number, column in enumerate(contract.of_kind("date")):
        if column.name not in piece.cells:
            continue
        # Each date of a row goes wrong by itself: the mistake hangs on person and column.
        dated = np.where(who >= 0, who * 16 + number, -1)
        names = [layout.date, *layout.clerk_dates]
        choice = (clerks % max(len(layout.clerk_dates), 1)) + 1 if layout.clerk_dates else np.zeros_like(who)
        styles = date_dirt.style_numbers(names)[choice]
        days = piece.cells[column.name].astype("datetime64[ns]")
        plain = ~np.isnat(days)
        for kind, others in date_dirt.KINDS.items():
            # The date that shows a delivery's month comes from a machine: its form may slip, its value not.
            if not dice.has(kind) or (
                column.name == contract.month_evidence and kind in ("date_month_only", *date_dirt.IMPOSSIBLE)
            ):
                continue
            struck = dice.hits(kind, dated, piece.rows, within=plain)
            bits = dice.forms(kind, dated)
            styles = np.where(
                struck, date_dirt.style_numbers(list(others))[bits % np.uint64(len(others))], styles
            )
            plain &= ~struck
            if kind in date_dirt.IMPOSSIBLE and column.name in DECIDING_DATES:
                piece.undated |= struck
            dice.count(kind, int(struck.sum()))
        if is_1904:
            serial, shifted = date_dirt.style_numbers(["serial", "serial_1904"])
            styles = np.where(styles == serial, shifted, styles)
        piece.cells[column.name] = date_dirt.written(days, styles)


def _amounts(piece: Slice, contract: Contract, layout: Layout, dice: Dice) -> None:
    who = piece.who["self"]
    for column in contract.of_kind("money"):
        if column.name in piece.cells and layout.form == "csv":
            cells = piece.cells[column.name]
            cells[:] = ["" if cell == "" else f"{cell:.2f}" for cell in cells]
            if dice.has("money_thousands"):
                spoil_cells(
                    cells, "money_thousands", lambda text, bits: f"{float(text):,.2f}", dice, who, piece.rows
                )
    for column in contract.of_kind("month"):
        if column.name in piece.cells:
            piece.cells[column.name] = np.array(
                [_month(str(cell), layout.month) for cell in piece.cells[column.name]], dtype=object
            )


def _month(text: str, style: str) -> str:
    if style == "iso" or len(text) < 7:
        return text
    return text[:4] + text[5:7] if style == "compact" else f"{text[:4]}年{int(text[5:7])}月"
