"""Paper: rare characters, headers and page counts, and no whole number on any of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.unit.warehouse.release.made_up_month import (
    MONTH,
    policy,
    words_of,
)
from warehouse.errors import NotReleased
from warehouse.release.document import Document, Sheet, Table
from warehouse.release.masking import mask_for
from warehouse.release.paper import BOX, write_paper
from warehouse.release.workbook import Column


def paper_of(path: Path, *rows: list[object], audience: str = "paper") -> str:
    columns = (Column("name", "姓名", 12), Column("id_no", "号码", 20), Column("amount", "金额", 12, "money"))
    sheet = Sheet("甲", "名单", [Table(columns, list(rows))], sign="填表人：")
    mask = mask_for(audience, policy())
    write_paper(path, Document("名单", [sheet]), month=MONTH, mask=mask, shown_as="名单.pdf")
    return words_of(path)


def test_rare_characters_print_and_one_the_fonts_lack_is_a_box_and_is_told(tmp_path: Path) -> None:
    known = paper_of(tmp_path / "a.pdf", ["张䶮㼆", "1", 1])
    assert "张䶮㼆" in known
    assert BOX not in known
    lost = paper_of(tmp_path / "b.pdf", ["བཀྲ", "2", 2], ["𠀀", "3", 3])
    assert lost.count(BOX) > 3
    assert "个生僻字不在打印字库中" in lost


def test_paper_repeats_its_header_counts_its_pages_and_has_room_for_the_seal(tmp_path: Path) -> None:
    words = paper_of(tmp_path / "a.pdf", *[[f"甲{n}", "号", n] for n in range(120)])
    pages = PdfReader(tmp_path / "a.pdf").pages
    assert len(pages) > 2
    assert words.count("姓名") == len(pages)
    assert f"第2页/共{len(pages)}页" in words
    assert "（盖章）" in words
    assert {round(float(side)) for side in pages[0].mediabox[2:]} == {842, 595}


def test_paper_that_would_show_a_whole_number_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(NotReleased, match="masking rule") as caught:
        paper_of(tmp_path / "a.pdf", ["甲", "632321199001011415", 1])
    assert "632321199001011415" not in str(caught.value)
    assert not (tmp_path / "a.pdf").exists()
    assert "632321199001011415" in paper_of(
        tmp_path / "b.pdf", ["甲", "632321199001011415", 1], audience="register"
    )
