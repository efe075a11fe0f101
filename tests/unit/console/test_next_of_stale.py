"""`doudi stale` ends with what to do, and says nothing of it where nothing is to be done."""

from __future__ import annotations

import pytest

from console.commands.rebuilds import next_step


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ({"fresh", "stale", "held"}, "next: doudi rebuild "),
        ({"fresh", "behind"}, "next: doudi rebuild "),
        ({"fresh", "held"}, "next: correct what the gate names"),
        ({"fresh", "never"}, ""),
    ],
)
def test_the_last_line_names_the_verb(states: set[str], words: str) -> None:
    told = next_step(states)
    assert told.startswith(words)
    assert bool(told) is bool(words)
