"""Which identifiers a reader may see, and the proof that a masked file shows no more.

Pure functions. ``Mask`` is one audience's rule as policy gives it (``whole``, ``masked`` or ``absent``
for ID, phone and name); ``exposed`` looks at a piece of text and says which rule it breaks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from warehouse.errors import Misconfigured
from warehouse.policy import Policy

WHOLE, MASKED, ABSENT = "whole", "masked", "absent"
FIELDS = ("id_no", "phone", "name")

# Blanks and invisible characters that would hide a number from a pattern but not from a reader.
_GAP = r"[\s\u00a0\u200b-\u200f\u2060\ufeff-]*"
# Whatever goes on for 15 digits or more: an 18-digit number (last may be X), a 15-digit one of the first
# generation, a bank account, several of them run together.
_RUN = r"(?<![0-9])[0-9]{15,}[Xx]?(?![0-9])"
# With gaps inside only what has the form of an ID, birth date and all, or the months of a sentence would go.
_BIRTH = (r"(?:1~9|2~0)", "[0-9]", "[0-9]", r"(?:0~[1-9]|1~[0-2])", r"(?:0~[1-9]|[12]~[0-9]|3~[01])")
_GAPPED = "~".join(("[1-9]", *["[0-9]"] * 5, *_BIRTH, *["[0-9]"] * 3, "[0-9Xx]")).replace("~", _GAP)
_ID = re.compile(f"{_RUN}|(?<![0-9]){_GAPPED}(?![0-9])")
_MOBILE = re.compile(f"(?<![0-9])(?:86{_GAP})?1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}(?![0-9])")
_BETWEEN = re.compile(_GAP.replace("*", "+"))
# What people write for the X at the end.
_CROSSES = str.maketrans({"Ｘ": "X", "ｘ": "x", "×": "X", "Χ": "X"})
# Our own keys (a letter and half a hash) may by chance be nothing but digits; they are no person's number.
_OWN_KEY = re.compile(r"[A-Z][0-9a-f]{16}")


@dataclass(frozen=True)
class Mask:
    """What one audience sees of ID, phone and name, and how many characters a masked one keeps."""

    audience: str
    id_no: str
    phone: str
    name: str
    id_head: int
    id_tail: int
    phone_head: int
    phone_tail: int

    def show_id(self, value: str | None) -> str:
        """An ID as this audience may see it."""
        return _shown(self.id_no, value, self.id_head, self.id_tail)

    def show_phone(self, value: str | None) -> str:
        """A phone number as this audience may see it."""
        return _shown(self.phone, value, self.phone_head, self.phone_tail)

    def show_name(self, value: str | None) -> str:
        """A name as this audience may see it; an ID that stands in the name's place is masked too."""
        if not value or self.name == ABSENT:
            return ""
        return masked_name(value) if self.name == MASKED else self.show_text(value)

    def show_text(self, value: str | None) -> str:
        """Free text with the IDs and phones in it masked as this audience's rule says."""
        if not value:
            return ""
        if self.id_no == WHOLE and self.phone == WHOLE:
            return value
        text = folded(value)
        if self.id_no != WHOLE:
            text = _ID.sub(lambda found: keep_ends(_closed(found[0]), self.id_head, self.id_tail), text)
        if self.phone != WHOLE:
            text = _MOBILE.sub(
                lambda found: keep_ends(_closed(found[0]), self.phone_head, self.phone_tail), text
            )
        return text

    @property
    def is_masked(self) -> bool:
        """Whether a file for this audience has to be looked through before it leaves."""
        return self.id_no != WHOLE or self.phone != WHOLE


def mask_for(audience: str, policy: Policy) -> Mask:
    """The rule of an audience from ``release.<audience>.<field>``; ``Misconfigured`` on another word."""
    rules = {field: policy.text(f"release.{audience}.{field}") for field in FIELDS}
    for field, rule in rules.items():
        if rule not in (WHOLE, MASKED, ABSENT):
            raise Misconfigured(
                f"'{rule}' is no masking rule (release.{audience}.{field}).",
                next_step=f"write {WHOLE}, {MASKED} or {ABSENT} in the policy seeds.",
            )
    return Mask(
        audience=audience,
        id_no=rules["id_no"],
        phone=rules["phone"],
        name=rules["name"],
        id_head=policy.count("release.id_head"),
        id_tail=policy.count("release.id_tail"),
        phone_head=policy.count("release.phone_head"),
        phone_tail=policy.count("release.phone_tail"),
    )


def keep_ends(value: str, head: int, tail: int) -> str:
    """First ``head`` and last ``tail`` characters, a star for each between; too short: stars only."""
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[len(value) - tail :]


def masked_name(name: str) -> str:
    """``张小明`` as ``张*明``, ``张明`` as ``张*``, longer names by first and last character."""
    text = folded(name).strip()
    if len(text) <= 2:
        return text[:1] + "*" * (len(text) - 1)
    return text[0] + "*" * (len(text) - 2) + text[-1]


def folded(text: str) -> str:
    """Digits of any width or script made plain, as a reader's eye would do; nothing else changes."""
    if not _may_hide(text):
        return text
    plain = text.translate(_CROSSES)
    return plain if plain.isascii() else "".join(_digit(letter) for letter in plain)


def exposed(text: str, mask: Mask) -> str | None:
    """``ID`` or ``phone`` when the text shows one whole that this audience may not see, else None."""
    if _OWN_KEY.fullmatch(text):
        return None
    plain = folded(text)
    if mask.id_no != WHOLE and _ID.search(plain):
        return "ID"
    if mask.phone != WHOLE and _MOBILE.search(plain):
        return "phone"
    return None


def _shown(rule: str, value: str | None, head: int, tail: int) -> str:
    if not value or rule == ABSENT:
        return ""
    return value if rule == WHOLE else keep_ends(_closed(folded(value)), head, tail)


def _closed(number: str) -> str:
    """A number without the gaps inside it."""
    return _BETWEEN.sub("", number)


def _digit(letter: str) -> str:
    return str(unicodedata.digit(letter)) if not letter.isascii() and letter.isdigit() else letter


def _may_hide(text: str) -> bool:
    """Whether the text holds enough digits for any number that matters: most cells do not."""
    return sum(map(str.isdigit, text)) >= 11
