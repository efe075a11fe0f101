"""Nothing that looks like a person's number stands on a page, whatever a name in the data says."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from html import escape, unescape
from typing import Any

from warehouse.release.masking import Mask, exposed

_TEXT = re.compile(r">([^<]+)<")
# What a drawing says: its words and the names of its links.
_SAID = re.compile(r"""(>|aria-label=")([^<"]+)(?=[<"])""")


def veiled(told: Any, mask: Mask) -> Any:
    """A story, or any part of it, with every text masked; of a drawing what it says only, never its shapes."""
    if isinstance(told, str):
        if told.startswith("<svg"):
            return _SAID.sub(lambda found: found[1] + escape(mask.show_text(unescape(found[2]))), told)
        return mask.show_text(told)
    if isinstance(told, list | tuple):
        return type(told)(veiled(one, mask) for one in told)
    if is_dataclass(told) and not isinstance(told, type):
        return replace(told, **{one.name: veiled(getattr(told, one.name), mask) for one in fields(told)})
    return told


def laid_bare(page: str, mask: Mask) -> str | None:
    """``ID`` or ``phone`` when a piece of a finished page's text shows one whole, else None."""
    return next((broken for text in _TEXT.findall(page) if (broken := exposed(unescape(text), mask))), None)
