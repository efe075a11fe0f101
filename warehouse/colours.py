"""The colours of pictures: by day as they are drawn, by night as the page's style turns them.

A drawing carries the colours of the day only, so that page and paper hold the same picture; the style of the page
finds a colour by its value. Every scale runs from faint to strong by day and by night, so that the words on a tile
stay readable in both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PAINTED = re.compile(r'(?:fill|stroke)="(#[0-9A-Fa-f]{3,8})"')

INK, SOFT, LINE, BLANK, ON_STRONG = "#1D2939", "#5B6675", "#E4E7EC", "#F2F4F7", "#FFFFFF"
RED, AMBER, BLUE, GREEN, GREY = "#B42318", "#D17A0F", "#3A71AE", "#2E7D5B", "#98A2B3"
PALE_BLUE, PALE_GREY = "#9DBFE2", "#CBD5E1"

# Five steps from faint to strong: how much work, what is late, what it yields.
WORK = ("#E6EFF8", "#BBD3EB", "#86B2DD", "#366CA8", "#1F4E79")
LATE = ("#FCECE9", "#F6C9C2", "#EBA096", "#B9402F", "#8F1D14")
YIELD = ("#E4F3EB", "#B9E0CC", "#84C7A7", "#2F7C5A", "#1B5A40")

GRADES: Mapping[str, str] = {"确认": RED, "疑似": AMBER, "提示": BLUE}
LINKS: Mapping[str, str] = {"已对上": GREEN, "待核实": AMBER, "仅此一处": GREY}
WEIGHED: Mapping[str, str] = {"已对上": GREEN, "待核实": AMBER, "没有连上": GREY}
CLOCKS: Mapping[str, str] = {"已办结": GREEN, "没到时限": PALE_BLUE, "超时": RED}

# By night: what stands on the left is shown as what stands on the right.
NIGHT: Mapping[str, str] = {
    INK: "#E6EAF0", SOFT: "#A3AFBF", LINE: "#2B3645", BLANK: "#202A37", ON_STRONG: "#0B1420",
    RED: "#F0766B", AMBER: "#F0AE55", BLUE: "#86B0E2", GREEN: "#5DBB90", GREY: "#7D899A",
    PALE_BLUE: "#4A6F99", PALE_GREY: "#475467",
    "#E6EFF8": "#1B2B3D", "#BBD3EB": "#24415F", "#86B2DD": "#2F5985", "#366CA8": "#7FB2E8", "#1F4E79": "#B5D5F7",
    "#FCECE9": "#34201E", "#F6C9C2": "#552A25", "#EBA096": "#7A362E", "#B9402F": "#F0897C", "#8F1D14": "#FFBBB2",
    # the charts of linkage quality and of the workshop, what the charting library takes of its own among them
    "#667085": "#A3AFBF", "#E08A1E": "#F0AE55", "#9AA5B1": "#7D899A", "#7A5AF8": "#A996FB",
    "#000": "#E6EAF0", "#888": "#7D899A", "#ddd": "#2B3645",
    "#E4F3EB": "#16302A", "#B9E0CC": "#1C4536", "#84C7A7": "#256048", "#2F7C5A": "#66C79B", "#1B5A40": "#AAE8CB",
}  # fmt: skip


def word_on(scale: tuple[str, ...], level: int) -> str:
    """The colour of words on a step of a scale: dark on the faint ones, light on the strong ones."""
    return ON_STRONG if level >= len(scale) - 2 else INK


def level_of(value: float, most: float, steps: int) -> int:
    """The step (from 0) of a value on a scale whose last step holds ``most``."""
    if most <= 0 or value <= 0:
        return 0
    return min(steps - 1, int(value / most * steps - 1e-9))


def night_style() -> str:
    """The style that turns drawings by night."""
    turned = "".join(
        f'svg [fill="{day}"]{{fill:{night}}}svg [stroke="{day}"]{{stroke:{night}}}'
        for day, night in NIGHT.items()
    )
    return f"@media screen and (prefers-color-scheme:dark){{{turned}}}"


def without_night(page: str) -> set[str]:
    """The colours of a page's drawings that nothing turns by night."""
    return set(_PAINTED.findall(page)) - set(NIGHT)
