"""What happens to one person of a row: number and name. Pure; changes the slice's columns in place."""

from __future__ import annotations

import numpy as np

from console.county import id_dirt
from console.county.dirt_table import Dice
from console.county.hashing import Flags, Ints, Texts
from console.county.name_dirt import KINDS as NAMES
from console.county.name_dirt import ON_TOP, Beside, rare
from console.county.people import People
from console.county.slices import BROKEN_BYTE, Slice, filled, placed, spoil_cells
from warehouse.intake.contract import Person

COUNTY_WIDE = "name_rare"
CARD_ID_LENGTH = 18


def soil_person(piece: Slice, person: Person, dice: Dice, people: People, day: np.datetime64) -> None:
    """Write the dirt of one role of the rows; people are told apart by ``day``, the month's end."""
    who = piece.who.get(person.role)
    if who is None:
        return
    if person.id and person.id in piece.cells:
        cells = piece.cells[person.id]
        tails = None
        if person.id == person.agency_key:  # a card number begins with the person's own number
            tails = [cell[CARD_ID_LENGTH:] for cell in cells]
            cells[:] = [cell[:CARD_ID_LENGTH] for cell in cells]
        _soil_ids(cells, piece, person.role, who, dice, people, day)
        if tails is not None:
            cells[:] = [f"{cell}{tail}" for cell, tail in zip(cells, tails, strict=True)]
            spoil_cells(
                cells, "card_reissued", lambda text, bits: f"{text}B{1 + bits % 2}", dice, who, piece.rows
            )
    if person.name and person.name in piece.cells:
        unnamed = _soil_names(piece.cells[person.name], piece, person.role, who, dice, people, day)
        if person.role == "self":
            numbers = piece.cells[person.id] if person.id else np.full(len(piece), "", dtype=object)
            piece.lost |= unnamed & ((numbers == "") | _is_scientific(numbers))
    if person.role == "self" and person.id and person.name and dice.has("id_name_swapped"):
        names, numbers = piece.cells[person.name], piece.cells[person.id]
        swapped = dice.hits("id_name_swapped", who, piece.rows, within=(names != "") & (numbers != ""))
        names[swapped], numbers[swapped] = numbers[swapped], names[swapped]
        dice.count("id_name_swapped", int(swapped.sum()))
    if person.role == "self" and person.name and dice.has("bytes_undecodable"):
        piece.broken = spoil_cells(
            piece.cells[person.name],
            "bytes_undecodable",
            lambda name, bits: f"{str(name)[:1]}{BROKEN_BYTE}{str(name)[1:]}",
            dice,
            who,
            piece.rows,
        )


def _is_scientific(numbers: Texts) -> Flags:
    return np.array([isinstance(cell, str) and "E+" in cell for cell in numbers], dtype=bool)


def _soil_ids(
    cells: Texts, piece: Slice, role: str, who: Ints, dice: Dice, people: People, day: np.datetime64
) -> None:
    free = cells != ""
    rows = piece.rows
    if role == "self":
        newborn = people.are_newborn(who, day)
        free &= ~spoil_cells(cells, "newborn_without_id", id_dirt.missing, dice, who, rows, within=newborn)
        relatives = _relatives(piece, who, people, day)
        for kind, whose in id_dirt.BORROWED.items():
            if whose in relatives and dice.has(kind):
                struck = _borrow(cells, kind, free, relatives[whose], who, dice, people, rows)
                piece.lent[struck] = relatives[whose][struck]
                free &= ~struck
        if dice.has("id_two_in_cell"):
            beside = next(iter(relatives.values()))
            for other in relatives.values():
                beside = np.where(beside >= 0, beside, other)
            others = people.of(people.ids, np.where(beside == who, -1, beside))
            struck = dice.hits("id_two_in_cell", who, rows, within=free & (others != ""))
            for place, bits in placed(struck, dice.forms("id_two_in_cell", who)):
                cells[place] = id_dirt.two_in_cell(cells[place], others[place], bits)
            dice.count("id_two_in_cell", int(struck.sum()))
            free &= ~struck
    for kind, spoil in id_dirt.VALUES.items():
        if dice.has(kind):
            free &= ~spoil_cells(cells, kind, spoil, dice, who, rows, within=free)
    looks = np.array(
        [isinstance(cell, str) and cell != "" and "E+" not in cell for cell in cells], dtype=bool
    )
    with_x = np.array([isinstance(cell, str) and "X" in cell for cell in cells], dtype=bool)
    for kind, spoil in id_dirt.FORMS.items():
        if dice.has(kind):
            within = looks & with_x if kind in id_dirt.NEEDS_X else looks
            looks &= ~spoil_cells(cells, kind, spoil, dice, who, rows, within=within)


def _relatives(piece: Slice, who: Ints, people: People, day: np.datetime64) -> dict[str, Ints]:
    guardians = people.beside(people.guardians, who)
    if "guardian" in piece.who:
        guardians = np.where(piece.who["guardian"] >= 0, piece.who["guardian"], guardians)
    relatives = {
        "spouse": people.beside(people.spouses, who),
        "guardian": np.where(people.are_children(who, day), guardians, -1),
    }
    if "head" in piece.who:
        relatives["head"] = piece.who["head"]
    return relatives


def _borrow(
    cells: Texts,
    kind: str,
    free: Flags,
    whose: Ints,
    who: Ints,
    dice: Dice,
    people: People,
    rows: Ints,
) -> Flags:
    """Another person's number in this row. A couple is exchanged as one, a case under its head as one."""
    key = {"id_head_on_case": whose, "id_couple_exchanged": np.minimum(who, whose)}.get(kind, who)
    others = people.of(people.ids, whose)
    struck = dice.hits(kind, key, rows, within=free & (whose >= 0) & (whose != who) & (others != ""))
    cells[struck] = others[struck]
    dice.count(kind, int(struck.sum()))
    return struck


def _soil_names(
    cells: Texts, piece: Slice, role: str, who: Ints, dice: Dice, people: People, day: np.datetime64
) -> Flags:
    """Write the name dirt of one role; returns whose name is of no use for linking any more."""
    rows = piece.rows
    unnamed = ~filled(cells)
    free = cells != ""
    sexes = people.of(people.sexes, who)
    relatives = _relatives(piece, who, people, day) if role == "self" else {}
    beside = people.of(people.names, relatives["guardian"]) if relatives else np.full(len(who), "", object)
    spouses = people.of(people.names, relatives["spouse"]) if relatives else beside
    if role == "self":
        newborn = people.are_newborn(who, day)
        struck = dice.hits("newborn_without_name", who, rows, within=newborn & free)
        for place, bits in placed(struck, dice.forms("newborn_without_name", who)):
            called = NAMES["name_relative_of"]("", bits, Beside(sexes[place], beside[place]))
            cells[place] = called if bits % 3 else ""
        dice.count("newborn_without_name", int(struck.sum()))
        unnamed |= struck
        free &= ~struck
    clean = cells.copy()
    struck = dice.hits(COUNTY_WIDE, who, rows, within=free)
    lost = dice.hits("name_rare_lost", who, rows, within=struck)
    for place, bits in placed(struck, dice.forms(COUNTY_WIDE, who)):
        own = rare(clean[place], bits, Beside())
        gone = "".join("?" if new != old else new for new, old in zip(own, clean[place], strict=True))
        cells[place] = gone if lost[place] else own
    dice.count(COUNTY_WIDE, int((cells != clean).sum()))
    dice.count("name_rare_lost", int((lost & (cells != clean)).sum()))
    free &= cells == clean
    number = dice.agency_number
    for kind, spoil in {**NAMES, **ON_TOP}.items():
        if not dice.has(kind):
            continue
        struck = dice.hits(kind, who, rows, within=(cells != "") & ~unnamed if kind in ON_TOP else free)
        changed = 0
        relative = spouses if kind == "name_wife_of" else beside
        for place, bits in placed(struck, dice.forms(kind, who)):
            before = cells[place]
            cells[place] = spoil(before, bits, Beside(sexes[place], relative[place], number))
            if cells[place] != before:
                changed += 1
                free[place] = False
                unnamed[place] |= kind in ("name_relative_of", "name_wife_of")
        dice.count(kind, changed)
    return unnamed
