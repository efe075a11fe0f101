"""Lists that came back under their passphrase, written for absorb to read."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from console.commands.hand_out import unlock_files
from console.screen import Screen
from warehouse.errors import Misconfigured


def a_list(folder: Path, word: str) -> Path:
    folder.mkdir()
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = word
    book.save(folder / "预警清单.xlsx")
    return folder / "预警清单.xlsx"


def test_one_list_never_takes_anothers_place(tmp_path: Path) -> None:
    first, second, to = a_list(tmp_path / "a", "一"), a_list(tmp_path / "b", "二"), tmp_path / "to"
    with pytest.raises(Misconfigured, match="another of that name"):
        unlock_files([first, second], to, ["任意"], Screen(quiet=True))
    assert (to / "预警清单.xlsx").read_bytes() == first.read_bytes()
    unlock_files([first], to, ["任意"], Screen(quiet=True))  # the same again is no matter
    assert [path.name for path in to.iterdir()] == ["预警清单.xlsx"]
