"""The form of a card workbook: its columns, what a card is, and the key that comes back with an answer. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from linkage.review.card_words import Field
from warehouse.release.workbook import Column

HEADER_ROW: Final = 5  # counted from 0
_CHECK = 6  # letters of the check behind a card's number

ANSWER: Final = Column("answer", "判断", 12, "open", is_open=True)
NAME: Final = Column("name", "姓名", 16)
SEEN: Final = (
    Column("place_no", "序号", 5, "centre"),
    ANSWER,
    NAME,
    Column("id_no", "身份证号码", 25),
    Column("birth", "出生日期", 23),
    Column("person", "性别、民族", 11),
    Column("place", "乡镇、村", 21),
    Column("home", "住址", 25),
    Column("phone", "电话", 18),
    Column("relation", "与户主关系", 12),
    Column("numbers", "各单位编号", 29),
    Column("beside", "同户、同行的人", 24),
    Column("sources", "记载来源", 24),
    Column("months", "出现月份", 20),
)
BEFORE: Final = (
    Column("first_said", "甲的答复", 17),
    Column("second_said", "乙的答复", 17),
)
BESIDE_ANSWER: Final = (
    Column("reason", "理由", 17, "open", is_open=True),
    Column("words", "说明", 20, "open", is_open=True),
    Column("answered_by", "核对人", 9, "open", is_open=True),
    Column("answered_on", "核对日期", 12, "open_date", is_open=True),
)
ANSWER_COLUMNS: Final = (ANSWER, *BESIDE_ANSWER)
KEY: Final = Column("key", "卡号", 27, "key")
HEADERS: Final = {column.header: column.key for column in (KEY, NAME, *ANSWER_COLUMNS)}


@dataclass(frozen=True)
class Card:
    """A card as it is written: its number, its fields in words, and (for a third person) what two have said."""

    card_id: str
    township: str
    fields: dict[str, Field]
    said: tuple[str, str] = ("", "")


def key_text(card_id: str, seat: str, name_cell: str) -> str:
    """What stands in the key cell: card, seat, and a check over the names beside it."""
    return f"{card_id}-{seat}-{check_of(name_cell)}"


def check_of(name_cell: str) -> str:
    """A few letters that change when a key is moved to another card's names."""
    plain = "".join(unicodedata.normalize("NFKC", name_cell).split())
    return hashlib.sha256(plain.encode()).hexdigest()[:_CHECK]


def order_for(seat: str, cards: Iterable[Card]) -> list[Card]:
    """By township, and within it shuffled: for each seat another order, and always the same one."""
    return sorted(
        cards,
        key=lambda card: (card.township, hashlib.sha256(f"{seat}|{card.card_id}".encode()).hexdigest()),
    )
