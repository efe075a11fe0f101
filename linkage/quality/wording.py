"""The page's words: what feeds, groups, measures and grades are called to the people who read it."""

from __future__ import annotations

from warehouse.intake.contract import contracts

GROUP_TITLES = {
    "feed": "按来源",
    "township": "按乡镇",
    "age_band": "按年龄段",
    "name_system": "按姓名类型",
    "sex": "按性别",
}
GRADES = {"certain": "已对上", "review": "待核实", "below": "未连的最近者"}
_NAMES = {
    "han": "汉姓名",
    "given": "有名无姓（藏族等）",
    "interpunct": "间隔号姓名",
    "latin": "拉丁字母",
}
_CHARACTERISTICS = {
    "shows_id": {"yes": "有完整证件号", "no": "无完整证件号"},
    "bears_name": {"yes": "有姓名", "no": "无姓名"},
    "tells_birth_date": {"yes": "有出生日期", "no": "无出生日期"},
}


def word_of(by: str, value: str) -> str:
    """A group's value in words: a feed's title, 男/女, 7–15 岁, a kind of name."""
    if value == "unknown":
        return "不详"
    if by == "feed":
        titles = {feed: contract.title for feed, contract in contracts().items()}
        return titles.get(value, value)
    if by == "sex":
        return {"1": "男", "2": "女"}.get(value, value)
    if by == "age_band":
        return f"{value.replace('-', '–')} 岁" if "-" in value else f"{value.removesuffix('+')} 岁及以上"
    if by == "name_system":
        return _NAMES.get(value, value)
    return _CHARACTERISTICS.get(by, {}).get(value, value)


def percent(rate: float) -> str:
    """A share to two telling digits: 0.023%, 1.1%, 12%."""
    hundredths = rate * 100
    if hundredths == 0:
        return "0"
    if hundredths >= 10:
        return f"{hundredths:.0f}%"
    digits = 1 if hundredths >= 1 else 2 if hundredths >= 0.1 else 3
    return f"{hundredths:.{digits}f}%"


def per_thousand(rate: float) -> str:
    """A rate as 每千条约 … 条 or 每万条约 … 条, whichever gives a number one can picture."""
    if rate * 1000 >= 1:
        return f"每一千条约 {rate * 1000:.0f} 条"
    return f"每一万条约 {rate * 10000:.1g} 条" if rate * 10000 < 1 else f"每一万条约 {rate * 10000:.0f} 条"
