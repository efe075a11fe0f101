"""The day that somebody wrote, in whatever shape. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_SERIAL = re.compile(r"^\d{5}$")
_SERIAL_ZERO = date(1899, 12, 30)
_TIME = re.compile(r"[T ]?\d{1,2}[:时]\d{1,2}([:分]\d{1,2}(\.\d+)?)?[分秒]?$")
_WEEKDAY = re.compile(r"\(?(星期|周)[一二三四五六日天]\)?$")
_BETWEEN = r"[-/.,、\\_]|年|月"
_WHOLE = re.compile(rf"^(\d{{4}}|\d{{2}})(?:{_BETWEEN})(\d{{1,2}})(?:{_BETWEEN})(\d{{1,2}})[日号]?$")
_RUN = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
# No point between: 11.10 that was typed as a number has become 11.1.
_WITHOUT_YEAR = re.compile(r"^(\d{1,2})[-/月](\d{1,2})[日号]?$")
_DIGITS = dict(zip("〇零○一二三四五六七八九", "000123456789", strict=True))
_CHINESE = re.compile(r"[〇零○一二三四五六七八九十廿]+")


def day_of(value: str | date, *, since: date | None = None) -> date | None:
    """The day; None when it is none, or could be several.

    Read are ``2026-11-05``, ``2026/11/5``, ``2026.11.5``, ``20261105``, ``2026年11月5日``, ``26.11.5``,
    ``二〇二六年十一月五日``, a time or weekday behind them, and a spreadsheet's serial number. With ``since`` also
    ``11月5日`` or ``11/5``: the first such day from ``since`` on.
    """
    if isinstance(value, date):
        return value
    text = "".join(unicodedata.normalize("NFKC", value).split(" ")) if not _has_time(value) else value
    text = unicodedata.normalize("NFKC", text).strip()
    text = _WEEKDAY.sub("", _TIME.sub("", text)).strip()
    text = _CHINESE.sub(lambda found: _number(found[0]), text)
    text = "".join(text.split())
    if _SERIAL.match(text):
        return _SERIAL_ZERO + timedelta(days=int(text))
    if found := _RUN.match(text) or _WHOLE.match(text):
        year = int(found[1]) + (2000 if len(found[1]) < len("2026") else 0)
        return _day(year, int(found[2]), int(found[3]))
    if since is not None and (found := _WITHOUT_YEAR.match(text)):
        days = (_day(year, int(found[1]), int(found[2])) for year in (since.year, since.year + 1))
        return next((day for day in days if day is not None and day >= since), None)
    return None


def _has_time(text: str) -> bool:
    return ":" in text or "：" in text


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(written: str) -> str:
    """二〇二六 as 2026, 十一 as 11, 二十五 and 廿五 as 25."""
    if "十" not in written and "廿" not in written:
        return "".join(_DIGITS[letter] for letter in written)
    tens, _, ones = written.replace("廿", "二十").partition("十")
    return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}"
