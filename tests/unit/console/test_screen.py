"""What the command shows of a stage, also of one that ends with a refusal."""

from pathlib import Path

import pytest

from console.screen import Screen
from warehouse.errors import DeliveryRefused, Refused
from warehouse.lake import Lake
from warehouse.outcomes import Outcome, record

OUTCOME = Outcome(
    "receive", "2026-08", "held", {"files": 2}, reasons=["a.png is no feed.", "death.csv is cut off."]
)


def test_a_stage_that_refuses_at_its_end_has_shown_all_that_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusal names the required files only; what else needs a person stands in the outcome."""

    def receive() -> tuple[Outcome, float]:
        record(OUTCOME, Lake(tmp_path))
        raise DeliveryRefused("receive 2026-08: death.csv is cut off.", next_step="have it sent again.")

    with pytest.raises(DeliveryRefused):
        Screen().run(receive)
    said = capsys.readouterr().out
    assert "files 2" in said
    assert all(reason in said for reason in OUTCOME.reasons)
    with pytest.raises(DeliveryRefused):
        Screen(quiet=True).run(receive)
    assert capsys.readouterr().out == ""


def test_a_stage_that_refuses_at_once_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    def receive() -> tuple[Outcome, float]:
        raise Refused("there is no folder.", next_step="make it.")

    with pytest.raises(Refused):
        Screen().run(receive)
    assert capsys.readouterr().out == ""
    assert Screen().run(lambda: (OUTCOME, 1.5)) is OUTCOME
    assert "1.5 s" in capsys.readouterr().out
