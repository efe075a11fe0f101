"""How far a long stage is: on a terminal, in a log, and nothing where it is short."""

from __future__ import annotations

import io
import logging

import pytest

from warehouse import progress as telling
from warehouse.progress import counted, progress, step


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds, as a test sets them."""
    seconds = [0.0]
    monkeypatch.setattr(telling.time, "monotonic", lambda: seconds[0])
    return seconds


def test_a_terminal_shows_rows_and_the_time_left_and_is_left_clean(clock: list[float]) -> None:
    screen = Terminal()
    with progress("standardise 2026-08", 4_000_000, stream=screen):
        for seconds in (0.1, 100.0):
            clock[0] = seconds
            step(500_000)
        assert (
            screen.getvalue() == "\r\x1b[Kstandardise 2026-08: 1,000,000 of 4,000,000 rows, about 5 min left"
        )
    assert screen.getvalue().endswith("left\r\x1b[K")


def test_a_log_has_a_line_a_minute(clock: list[float], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with progress("receive 2026-08", 200_000_000, "MB", per=1_000_000, stream=io.StringIO()):
        for seconds in range(0, 130, 10):
            clock[0] = float(seconds)
            step(10_000_000)
    assert caplog.messages == [
        "receive 2026-08: 70 of 200 MB, about 2 min left",
        "receive 2026-08: 130 of 200 MB, about 65 s left",
    ]


def test_a_piece_counts_once_however_often_it_is_read(clock: list[float]) -> None:
    with progress("receive", 100, stream=io.StringIO()) as told:
        with counted(40):
            step(30)
            step(30)
        with counted(60):
            pass
        assert told.done == 100


def test_without_a_block_around_nothing_is_told() -> None:
    step(5)
    with counted(5):
        step(1)
