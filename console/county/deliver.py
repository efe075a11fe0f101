"""One feed of one month, written into the month's folder as its agency would send it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from console.county.dirt_table import Dice
from console.county.layouts import Layout, header
from console.county.people import People
from console.county.slices import Slice, part_of, slice_of
from console.county.soil import move_households, soil
from console.county.text_file import TextFile
from console.county.truth import Truth
from console.county.workbook import Workbook
from warehouse.intake.contract import Contract
from warehouse.sums import sha256

ROWS_AT_ONCE = 100_000
ROWS_PER_SHEET = 500_000
AGAIN = "_重复报送"


@dataclass(frozen=True)
class Delivery:
    """What is the same for all files of a delivery: where it goes, whose it is, and when it is sent.

    ``written`` gathers the rows of data of each file, by name.
    """

    folder: Path
    month: str
    sent_on: date
    contract: Contract
    layout: Layout
    dice: Dice
    people: People
    truth: Truth
    is_copy: bool = False
    is_sent_twice: bool = False
    written: dict[str, int] = field(default_factory=dict)

    def write(self, frame: pd.DataFrame, stem: str) -> int:
        """Write a clean frame; ``stem`` is the file name without parts, township and ending. Returns the files."""
        if self.layout.form == "csv":
            files = self._texts(frame, stem)
        elif self.layout.files_by is None:
            files = self._workbooks(frame, stem)
        else:
            parts = frame.groupby(self.layout.files_by, sort=False)
            files = (one for name, part in parts for one in self._workbooks(part, f"{stem}_{name}"))
        return sum(self._side_files(path, rows) for path, rows in files)

    def _soil(self, piece: Slice, *, is_1904: bool = False) -> None:
        soil(
            piece,
            contract=self.contract,
            layout=self.layout,
            dice=self.dice,
            people=self.people,
            today=self.sent_on,
            is_1904=is_1904,
        )

    def _note(self, piece: Slice, path: Path, sheet: str, rows: np.ndarray) -> None:
        self.truth.add(
            piece,
            self.contract,
            month=self.month,
            file=path.name,
            sheet=sheet,
            rows=rows,
            is_copy=self.is_copy,
            copied_as=_again(path).name if self.is_sent_twice else None,
        )

    def _texts(self, frame: pd.DataFrame, stem: str) -> Iterator[tuple[Path, int]]:
        parts = self.layout.parts if len(frame) > self.layout.split_over else 1
        columns = [column for column in self.contract.columns if column.name in frame]
        ends = [len(frame) * (part + 1) // parts for part in range(parts)]
        start = 0
        for part, end in enumerate(ends):
            name = f"{stem}_{part + 1}of{parts}.csv" if parts > 1 else f"{stem}.csv"
            path = self.folder / name
            with TextFile(path, [header(column) for column in columns], self.layout, self.dice.seed) as text:
                for first in range(start, end, ROWS_AT_ONCE):
                    piece = slice_of(frame.iloc[first : min(first + ROWS_AT_ONCE, end)], self.contract, first)
                    move_households(piece, self.dice, self.people)
                    self._soil(piece)
                    rows = text.add([piece.cells[column.name] for column in columns])
                    self._note(piece, path, "", rows)
            start = end
            yield path, text.rows

    def _workbooks(self, frame: pd.DataFrame, stem: str) -> Iterator[tuple[Path, int]]:
        whole = slice_of(frame, self.contract, 0)
        move_households(whole, self.dice, self.people)
        divided = self.layout.divided_by
        if divided is None:
            steps = range(0, max(len(whole), 1), ROWS_PER_SHEET)
            sheets = {
                "Sheet1" if not step else f"续表{step // ROWS_PER_SHEET}": np.arange(
                    step, min(step + ROWS_PER_SHEET, len(whole))
                )
                for step in steps
            }
        else:
            # A column of the contract, or one of the world's own that no cell shows.
            keys = whole.cells[divided] if divided in whole.cells else frame[divided].to_numpy(dtype=object)
            names = list(dict.fromkeys(keys.tolist()))
            sheets = {name: np.flatnonzero(keys == name) for name in names}
        own = [name for name in sheets if name in self.layout.own_files]
        together = [name for name in sheets if name not in own]
        if together:
            yield self._workbook(whole, f"{stem}.xlsx", together, sheets, 0)
        for name in own:
            yield self._workbook(whole, f"{stem}_{name}.xlsx", [name], sheets, self.layout.own_file_header)

    def _workbook(
        self, whole: Slice, name: str, chosen: list[str], sheets: dict[str, np.ndarray], header_choice: int
    ) -> tuple[Path, int]:
        path = self.folder / name
        columns = [column for column in self.contract.columns if column.name in whole.cells]
        is_1904 = all(sheet in self.layout.date_1904 for sheet in chosen)
        with Workbook(
            path,
            self.layout,
            seed=self.dice.seed,
            written_on=self.sent_on,
            header_choice=header_choice,
            is_1904=is_1904,
        ) as book:
            for sheet in chosen:
                piece = part_of(whole, sheets[sheet])
                self._soil(piece, is_1904=is_1904)
                total = self.contract.total_row if self.layout.total else None
                rows = book.add(sheet, columns, [piece.cells[column.name] for column in columns], total=total)
                self._note(piece, path, sheet, rows)
        return path, book.rows

    def _side_files(self, path: Path, rows: int) -> int:
        """The manifest, and the same file once more where it was sent twice; returns how many files."""
        self.written[path.name] = rows
        if self.layout.manifest:
            write_manifest(path, rows, sha256(path))
        if not self.is_sent_twice:
            return 1
        self.written[_again(path).name] = rows
        shutil.copyfile(path, _again(path))
        if self.layout.manifest:
            shutil.copyfile(manifest_of(path), manifest_of(_again(path)))
        return 2


def _again(path: Path) -> Path:
    return path.with_name(path.stem + AGAIN + path.suffix)


def manifest_of(path: Path) -> Path:
    """Where a file's manifest stands."""
    return path.with_name(path.name + ".manifest.json")


def write_manifest(path: Path, rows: int, digest: str) -> None:
    """What a file's agency says of it: rows of data and SHA-256."""
    manifest_of(path).write_text(json.dumps({"rows": rows, "sha256": digest}) + "\n", encoding="utf-8")
