"""When reports are due, as the region's policy gives it. Pure: the month is an argument."""

from __future__ import annotations

from datetime import date

from warehouse.months import Month
from warehouse.policy import Policy


def quarter_due(month: Month, policy: Policy) -> date | None:
    """The day by which the report of the month's quarter is due, None where policy sets none."""
    last = 3 * ((month.number + 2) // 3)
    days = [_day(month.year, word) for word in policy.words("forms.quarter_report_due")]
    return next((day for day in days if last - 2 <= day.month <= last), None)


def due_after(month: Month, policy: Policy) -> list[tuple[date, str]]:
    """What is due within a year from the month's first day, the earliest first."""
    items: list[tuple[date, str]] = []
    for year in (month.year, month.year + 1):
        to = "、".join(policy.words("forms.quarter_report_to"))
        items += [
            (_day(year, word), f"季度工作情况报告报{to}") for word in policy.words("forms.quarter_report_due")
        ]
        if policy.is_configured("forms.calendar"):
            for entry in policy.words("forms.calendar"):
                day, _, what = entry.partition(" ")
                items.append((_day(year, day), what))
    end = month.plus(12).first_day
    return sorted(item for item in items if month.first_day <= item[0] < end)


def _day(year: int, word: str) -> date:
    number, day = (int(part) for part in word.split("-"))
    return date(year, number, day)
