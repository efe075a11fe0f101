"""The planted truth beside the files: which row is which person. Never read by the platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from console.county.hashing import Ints
from console.county.seat import here
from console.county.slices import Slice
from console.county.soil_person import CARD_ID_LENGTH
from warehouse.intake.contract import Contract

ROWS = pa.schema(
    [
        ("month", pa.string()),
        ("feed", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
        ("role", pa.string()),
        ("true_person", pa.string()),
    ]
)
DEATH = "death"
ROSTER = "assistance_roster"
AS_WRITTEN = ROWS.append(pa.field("id_as_written", pa.string()))


def person_texts(people: Ints) -> list[str]:
    """True persons as they stand in the truth: T0000123."""
    return [f"T{one:07d}" for one in (people + here().first).tolist()]


@dataclass
class Truth:
    """``rows.parquet`` (deliveries in force), ``copies.parquet`` (sent twice, or replaced by a corrected
    file of the same month) and ``ids_as_written.parquet`` (rows in force with the ID cell's text), row
    group by row group as the files are written.

    ``lost``, ``broken``, ``undated`` (of death) and ``ungraced`` gather the people whose planted warnings the
    dirt took away, ``taken_for_dead`` those whose number stands on somebody else's death.
    """

    folder: Path
    person_rows: int = 0
    lost: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    undated: set[int] = field(default_factory=set)
    ungraced: set[int] = field(default_factory=set)
    taken_for_dead: set[int] = field(default_factory=set)

    def __enter__(self) -> Truth:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._rows = pq.ParquetWriter(self.folder / "rows.parquet", ROWS)
        self._copies = pq.ParquetWriter(self.folder / "copies.parquet", ROWS)
        self._written = pq.ParquetWriter(self.folder / "ids_as_written.parquet", AS_WRITTEN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in (self._rows, self._copies, self._written):
            writer.close()

    def add(
        self,
        piece: Slice,
        contract: Contract,
        *,
        month: str,
        file: str,
        sheet: str,
        rows: Ints,
        is_copy: bool,
        copied_as: str | None = None,
    ) -> None:
        """Note every role of the written rows that has a name or a number; ``copied_as`` is a second file."""
        for person in contract.persons:
            who = piece.who.get(person.role)
            if who is None:
                continue
            empty = np.full(len(piece), "", dtype=object)
            numbers = piece.cells.get(person.id, empty) if person.id else empty
            names = piece.cells.get(person.name, empty) if person.name else empty
            places = np.flatnonzero(((numbers != "") | (names != "")) & (who >= 0))
            if not len(places):
                continue
            width = CARD_ID_LENGTH if person.id and person.id == person.agency_key else None
            columns = [
                *(pa.array([text] * len(places)) for text in (month, contract.feed, file, sheet)),
                pa.array(rows[places], pa.int32()),
                pa.array([person.role] * len(places)),
                pa.array(person_texts(who[places])),
            ]
            table = pa.Table.from_arrays(columns, schema=ROWS)
            if is_copy:
                self._copies.write_table(table)
                continue
            self._rows.write_table(table)
            # A card's first 18 characters are the number: the exact join is given what favours it.
            ids = pa.array([str(number)[:width] for number in numbers[places]])
            self._written.write_table(pa.Table.from_arrays([*columns, ids], schema=AS_WRITTEN))
            self.person_rows += len(places)
            if copied_as:
                self._copies.write_table(
                    table.set_column(2, ROWS.field("file"), pa.array([copied_as] * len(places)))
                )
        if not is_copy:
            own = piece.who["self"]
            self.lost.update(own[piece.lost].tolist())
            undated = self.ungraced if contract.feed == ROSTER else self.undated
            undated.update(own[piece.undated].tolist())
            if contract.feed == DEATH:
                self.taken_for_dead.update(piece.lent[piece.lent >= 0].tolist())
            for who in piece.who.values():
                self.broken.update(who[piece.broken].tolist())
