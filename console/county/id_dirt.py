"""What happens to ID numbers on their way through agencies. Pure: one number in, one written cell out.

Kinds that change what the number says (``VALUES``) exclude each other; a kind that only changes how it
looks (``FORMS``) may come on top. Kinds that need a second person (a guardian's number on a child's row)
are in ``borrowed``.
"""

from __future__ import annotations

from collections.abc import Callable

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
_FULL = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

Spoil = Callable[[str, int], "str | int"]


def check_character(body: str) -> str:
    """The check character that GB 11643 gives 17 digits."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def is_valid(number: str) -> bool:
    """Whether the check character of an 18-character number holds."""
    return len(number) == 18 and number[:17].isdigit() and check_character(number[:17]) == number[17]


def one_digit(number: str, bits: int) -> str:
    """One digit mistyped: the check digit always catches it."""
    # Slips gather in the last digits and in the birth date, not in the county code all rows begin with.
    place = 6 + bits % 11
    digit = (int(number[place]) + 1 + (bits >> 8) % 9) % 10
    return number[:place] + str(digit) + number[place + 1 :]


def adjacent_swap(number: str, bits: int) -> str:
    """Two neighbouring digits exchanged: the check digit always catches it."""
    for step in range(10):
        place = 6 + (bits + step) % 10
        if number[place] != number[place + 1]:
            return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return one_digit(number, bits)


def two_digits(number: str, bits: int) -> str:
    """Two digits wrong in such a way that the number stays valid: nothing but another file can show it."""
    first = 13 + bits % 3
    for step in range(81):
        changed = list(number)
        changed[first] = str((int(number[first]) + 1 + (bits // 3 + step) % 9) % 10)
        changed[16] = str((int(number[16]) + 2 * (1 + (step // 9) % 4)) % 10)  # even step: the sex stays
        text = "".join(changed)
        if is_valid(text) and text != number:
            return text
    return one_digit(number, bits)


def legacy15(number: str, bits: int) -> str:
    """The 15-digit number of before 1999; who is born later never had one."""
    del bits
    return number[:6] + number[8:17] if number[6:8] == "19" else number


def excel15(number: str, bits: int) -> str | int:
    """A number that a spreadsheet took for a quantity: 15 digits survive, the rest is zero."""
    del bits
    return number if number.endswith("X") else int(number[:15] + "000")


def excel_scientific(number: str, bits: int) -> str:
    """The same after saving as text: 6.32321E+17, or 6.32E+17 where the column was narrow."""
    return f"{float(number[:17] + '0'):.{5 if bits % 4 else 2}E}"


def missing(number: str, bits: int) -> str:
    """Left out."""
    del number, bits
    return ""


def full_width(number: str, bits: int) -> str:
    """Typed with a Chinese input method."""
    del bits
    return number.translate(_FULL)


def lower_x(number: str, bits: int) -> str:
    """x for X."""
    del bits
    return number.replace("X", "x")


def x_replaced(number: str, bits: int) -> str:
    """A multiplication sign or a star for X."""
    return number.replace("X", "×" if bits % 2 else "*")


def quoted(number: str, bits: int) -> str:
    """The apostrophe that keeps a spreadsheet from damaging the number."""
    del bits
    return "'" + number


def zero_width(number: str, bits: int) -> str:
    """A zero-width space, pasted along from a web page."""
    place = (0, 6, len(number))[bits % 3]
    return number[:place] + "\u200b" + number[place:]


def no_break_space(number: str, bits: int) -> str:
    """A no-break space at one end."""
    return number + "\u00a0" if bits % 2 else "\u00a0" + number


def spaced(number: str, bits: int) -> str:
    """Blanks inside for the eye, or one left at the end."""
    return f"{number[:6]} {number[6:14]} {number[14:]}" if bits % 3 else number + " "


def two_in_cell(number: str, other: str, bits: int) -> str:
    """The row's number and a relative's in one cell."""
    return number + ("、", "/", " ", "；")[bits % 4] + other


VALUES: dict[str, Spoil] = {
    "id_missing": missing,
    "id_excel15": excel15,
    "id_excel_scientific": excel_scientific,
    "id_legacy15": legacy15,
    "id_one_digit": one_digit,
    "id_adjacent_swap": adjacent_swap,
    "id_two_digits_valid": two_digits,
}
FORMS: dict[str, Spoil] = {
    "id_lower_x": lower_x,
    "id_x_replaced": x_replaced,
    "id_fullwidth": full_width,
    "id_quote": quoted,
    "id_zero_width": zero_width,
    "id_nbsp": no_break_space,
    "id_spaces": spaced,
}
NEEDS_X = frozenset({"id_lower_x", "id_x_replaced"})
# In order: the first that strikes counts. Each says whose number stands in the row.
BORROWED: dict[str, str] = {
    "id_head_on_case": "head",
    "id_head_on_row": "head",
    "id_guardian_on_child": "guardian",
    "id_couple_exchanged": "spouse",
}
