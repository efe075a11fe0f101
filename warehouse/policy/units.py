"""What a value must look like to be of its unit. Pure.

A unit of the form ``a or b`` admits those words only; every other unit is named here with its kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from warehouse.policy.schedule import Schedule


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _any_number(value: str) -> str | None:
    return None if _number(value) is not None else "is no number"


def _amount(value: str) -> str | None:
    number = _number(value)
    return None if number is not None and number >= 0 else "is no number of 0 or more"


def _count(value: str) -> str | None:
    return None if re.fullmatch(r"\d+", value) else "is no whole number of 0 or more"


def _share(value: str) -> str | None:
    number = _number(value)
    return None if number is not None and 0 <= number <= 1 else "is no share between 0 and 1"


def _day(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "is no day (YYYY-MM-DD)"
    return None


def _month_of_year(value: str) -> str | None:
    return None if re.fullmatch(r"[1-9]|1[0-2]", value) else "is no month of the year (1 to 12)"


def _day_of_year(value: str) -> str | None:
    try:
        date.fromisoformat(f"2000-{value}")
    except ValueError:
        return "is no day of the year (MM-DD)"
    return None


def _dated_word(value: str) -> str | None:
    day, _, words = value.partition(" ")
    return _day_of_year(day) or (None if words else "says no words after its day (MM-DD words)")


def _each(kind: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Of a list: what is wrong with its words, or with the first of them that is not of the kind."""

    def misfit_of_any(value: str) -> str | None:
        return _words(value) or next(
            (f"holds '{one}', which {kind(one)}" for one in value.split(";") if kind(one)), None
        )

    return misfit_of_any


def _year(value: str) -> str | None:
    return None if re.fullmatch(r"(19|20)\d\d", value) else "is no year (YYYY)"


def _word(value: str) -> str | None:
    return "is a list, not one word" if ";" in value else None


def _words(value: str) -> str | None:
    words = value.split(";")
    if any(not word or word != word.strip() for word in words):
        return "holds an empty word, or blanks around one"
    return "names a word twice" if len(set(words)) < len(words) else None


def _rising(value: str) -> str | None:
    numbers = [_number(word) for word in value.split(";")]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or known != sorted(set(known)):
        return "is no list of rising numbers"
    return None


def _schedule(value: str) -> str | None:
    try:
        Schedule.parse(value)
    except ValueError:
        return "is no schedule (percent:months;percent:months)"
    return None


_KINDS: dict[Callable[[str], str | None], tuple[str, ...]] = {
    _any_number: ("bits",),
    _amount: (
        "yuan", "yuan/month", "yuan/year", "yuan/person/month", "yuan/person/year", "times", "ratio", "points",
        "share of before", "per thousand", "standard deviations", "warnings/person",
    ),
    _count: (
        "hours", "days", "months", "years", "persons", "households", "rows", "pairs", "names", "links", "cards",
        "descriptions", "characters", "sources", "warnings", "payments", "aids", "answers", "visits", "levels", "MB", "KB",
        "columns", "seconds",
    ),
    _share: ("share", "share of income", "share of households"),
    _day: ("day",),
    _day_of_year: ("day of year",),
    _month_of_year: ("month of year",),
    _year: ("year",),
    _word: ("word",),
    _words: ("list", "stages"),
    _rising: ("list of years", "list of bits"),
    _each(_month_of_year): ("months of year",),
    _each(_day_of_year): ("days of year",),
    _each(_dated_word): ("days of year with words",),
    _schedule: ("percent:months",),
}  # fmt: skip
_KIND_OF = {unit: kind for kind, units in _KINDS.items() for unit in units}
_CHOICES = {"flag": ("yes", "no"), "rule": ("whole", "masked", "absent")}


def is_unit(unit: str) -> bool:
    """Whether a unit is known here, or tells the words it admits."""
    return unit in _KIND_OF or bool(choices(unit))


def choices(unit: str) -> tuple[str, ...]:
    """The only words that a unit admits; none when it admits more than words can list."""
    return _CHOICES.get(unit) or (tuple(unit.split(" or ")) if " or " in unit else ())


def misfit(value: str, unit: str) -> str | None:
    """Why a value cannot be of a unit; None when it can. A value that is left open (empty) fits every unit."""
    admitted = choices(unit)
    if not value or value in admitted:
        return None
    if admitted:
        return f"is none of: {', '.join(admitted)}"
    return _KIND_OF[unit](value) if unit in _KIND_OF else None
