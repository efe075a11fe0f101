"""What a source may see of a value: of two that differ little only the characters that differ. Pure."""

from __future__ import annotations

from warehouse.notices.wording import SEXES
from warehouse.release.masking import MASKED, Mask


def shown_pair(
    field: str, stated: str | None, proposed: str | None, mask: Mask, most: int
) -> tuple[str, str]:
    """What stands in the row and what the others say, as the notice shows them; the second is empty where none is told.

    A masked name that hides the wrong character would be no question: of names of one length, and of numbers that
    differ in ``most`` digits at most, the places that differ stay open and all others are hidden.
    """
    here, there = stated or "", proposed or ""
    if field == "name" and mask.name == MASKED:
        if there and len(here) == len(there):
            return _differing(here, there)
        return mask.show_name(here), mask.show_name(there)
    if field == "name":
        return mask.show_name(here), mask.show_name(there)
    if field == "id_no":
        return _numbers(here, there, mask, most)
    if field == "sex":
        return SEXES.get(here, here), SEXES.get(there, there)
    return mask.show_text(here), mask.show_text(there)


def _numbers(here: str, there: str, mask: Mask, most: int) -> tuple[str, str]:
    shown = mask.show_id(here), mask.show_id(there)
    if mask.id_no != MASKED or not there or len(here) != len(there):
        return shown
    places = [place for place, (a, b) in enumerate(zip(here, there, strict=True)) if a != b]
    if not places or len(places) > most:
        return shown
    return tuple(  # type: ignore[return-value]
        "".join(
            sign if place in places or masked != "*" else "*"
            for place, (sign, masked) in enumerate(zip(number, hidden, strict=True))
        )
        for number, hidden in zip((here, there), shown, strict=True)
    )


def _differing(here: str, there: str) -> tuple[str, str]:
    pairs = list(zip(here, there, strict=True))
    return (
        "".join(a if a != b else "*" for a, b in pairs),
        "".join(b if a != b else "*" for a, b in pairs),
    )
