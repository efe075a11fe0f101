"""The page of places: what may lie where outside the lake, for whom and why, and how long what is kept."""

from __future__ import annotations

from console.pages.markdown import page, table
from warehouse.privacy.looking import KINDS
from warehouse.privacy.places import places
from warehouse.retention.kinds import kinds

_WORDS = {"yes": "可有", "no": "不得有", "store": "数据本身"}
_TITLES = {"id": "证件号", "phone": "电话", "account": "银行账号", "name_village": "姓名+村"}


def places_page() -> str:
    """``places.md``."""
    rows = [
        (
            f"`{place.place}`",
            place.title,
            *(_WORDS[place.allows[kind]] for kind in KINDS),
            place.who,
            place.why,
        )
        for place in places()
    ]
    headers = ("所在", "名称", *(_TITLES[kind] for kind in KINDS), "谁看", "为何")
    kept = [
        (kind.title, "、".join(f"`{place}`" for place in kind.places), kind.holds, f"`{kind.parameter}`") for kind in kinds()
    ]  # fmt: skip
    told = (
        "The first line that fits a file speaks for it; a file that fits none fails the search (`doudi leaks`, "
        "`tests/e2e/test_leaks.py`). Numbers are whole numbers: what is masked is none."
    )
    return page(
        "What may lie where, and how long it is kept",
        "`warehouse/privacy/places.csv`, `warehouse/retention/kinds.csv`",
        [told, "", *table(headers, rows), "", *table(("种类", "所在", "内容", "保存期（政策参数）"), kept)],
    )
