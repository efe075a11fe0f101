"""How a number over the months is written and told. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.release.pictures.drawn import Line


def line(title: str, values: Sequence[float | None]) -> Line:
    """A count over the months."""
    last = values[-1] if values else None
    return Line(title, values, "–" if last is None else f"{last:,.0f}")


def percent(title: str, values: Sequence[float | None]) -> Line:
    """A share over the months."""
    last = values[-1] if values else None
    return Line(title, values, "–" if last is None else f"{last:.0%}")


def change(word: str, values: Sequence[float | None], *, unit: str = "人", is_share: bool = False) -> str:
    """The last month beside the one before and the first that is known, as a sentence."""
    known = [value for value in values if value is not None]
    if not values or values[-1] is None or not known:
        return f"{word}本月没有数字。"
    last = values[-1]
    said = f"{word} {last:.0%}" if is_share else f"{word} {last:,.0f} {unit}"
    if len(values) > 1 and values[-2] is not None:
        by = last - values[-2]
        if is_share:
            points = round(100 * by)
            said += (
                f"，比上月{'高' if points > 0 else '低'} {abs(points)} 个百分点" if points else "，与上月持平"
            )
        else:
            said += f"，比上月{'多' if by > 0 else '少'} {abs(by):,.0f} {unit}" if by else "，与上月一样多"
    return said + "。"


def more(by: int) -> str:
    """A change of persons in words."""
    return f"多 {by:,} 人" if by > 0 else f"少 {-by:,} 人" if by < 0 else "没有变化"


def whole(value: float | None) -> int | None:
    """A count of a trend for a table."""
    return None if value is None else int(value)


def part(value: float | None) -> str | None:
    """A share of a trend for a table."""
    return None if value is None else f"{value:.0%}"
