"""Who stands on which list: pictures of the low-income population and of lists against rosters."""

from __future__ import annotations

from warehouse.release.pictures import drawn
from warehouse.release.pictures.asked import Asked
from warehouse.release.pictures.series import change, line, more, whole
from warehouse.release.pictures.story import Cell, Numbers, Picture
from warehouse.release.pictures.told import CLASSES

_OPEN = "未覆盖"
_CAME_AND_LEFT = (
    "entered:低保", "exited:低保", "entered:特困", "exited:特困", "natural_reduction", "exits_unexplained",
    "records_open", "records_due", "referrals_open",
)  # fmt: skip


def population_trends(asked: Asked) -> Picture:
    """The low-income population by class."""
    series = {"合计": asked.over_time("population_persons")} | {
        word: asked.over_time(name) for word, name in CLASSES.items()
    }
    series = {word: values for word, values in series.items() if any(values)}
    rows = [
        (month, *(whole(values[place]) for values in series.values()))
        for place, month in enumerate(asked.months)
    ]
    return Picture(
        "population-trend",
        "低收入人口走势",
        change("低收入人口", series.get("合计", [])),
        Numbers(("月份", *series), rows[::-1]),
        (drawn.lines([line(word, values) for word, values in series.items()], asked.months, "people"),)
        if series
        else (),
        note="一个人可以同时属于几类，合计只计一次；每个小图的纵轴都从 0 起，各有各的高度；缺月是当月没有统计。",
    )


def changes(asked: Asked) -> Picture:
    """Who came and who left, as the figures say it."""
    rows: list[tuple[Cell, ...]] = []
    for name in _CAME_AND_LEFT:
        title, now = asked.title(name), asked.figure(name)
        rows.append((title, "未能统计" if now is None else now, asked.before(name)))
    came, left = (
        sum(asked.figure(f"{way}:{word}") or 0 for word in ("低保", "特困")) for way in ("entered", "exited")
    )
    known = asked.figure("entered:低保") is not None
    said = (
        f"低保、特困新增 {came:,} 人，退出 {left:,} 人。" if known else "没有上月可比，说不上谁新增、谁退出。"
    )
    return Picture("changes", "新增和退出", said, Numbers(("指标", "本月", "上月"), rows))


def coverage(asked: Asked) -> Picture:
    """Lists against rosters, a matrix for each direction."""
    found = asked.coverage()
    # Where the month before did not see both lists there is nothing to change from.
    is_first = all(by is None for *_, by in found)
    drawings: list[str] = []
    captions: list[str] = []
    said: list[str] = []
    rows: list[tuple[Cell, ...]] = []
    for way, title in (
        ("名单→救助", "乡村振兴名单上的人（行），在哪个救助名册（列）"),
        ("救助→名单", "救助名册上的人（列），在乡村振兴名单的哪一类（行）"),
    ):
        lines = [
            (_short(listed), _short(roster), count, by or 0)
            for direction, listed, roster, count, by in found
            if direction == way
        ]
        if not lines:
            continue
        down, across = _by_size(lines, 0), _by_size(lines, 1)
        cells = [(row, column, count) for row, column, count, _ in lines if count]
        drawings.append(drawn.matrix(cells, down, across, f"coverage{len(drawings)}"))
        captions.append(title)
        total = sum(count for _, _, count, _ in lines)
        apart = [(count, moved) for row, column, count, moved in lines if _OPEN in (row, column)]
        open_, by = sum(count for count, _ in apart), sum(moved for _, moved in apart)
        said.append(
            f"{title.partition('（')[0]} {total:,} 人，{open_:,} 人没有对上{'' if is_first else f'（比上月{more(by)}）'}"
        )
        rows += [
            (way, row, column, count, None if is_first else f"{moved:+,}" if moved else "0")
            for row, column, count, moved in lines
        ]
    return Picture(
        "coverage",
        "两边名单对得上吗",
        "；".join(said) + "。" if said else "没有可比的名单。",
        Numbers(("方向", "名单", "名册", "人数", "比上月"), rows),
        tuple(drawings),
        note="“未覆盖”不等于应当纳入：脱贫户和风险已消除的，本来就不都需要救助。数按人计，颜色越重人越多。",
        captions=tuple(captions),
        is_wide=True,
    )


def _by_size(lines: list[tuple[str, str, int, int]], place: int) -> list[str]:
    sizes: dict[str, int] = {}
    for line_ in lines:
        sizes[str(line_[place])] = sizes.get(str(line_[place]), 0) + line_[2]
    return sorted(sizes, key=lambda word: (-sizes[word], word))


def _short(word: str) -> str:
    return word.replace("（风险已消除）", "·已消除").replace("不适用（城市）", "城市不适用")
