"""What keeps a release back: a gate that has not passed, a column or a name that escapes its mask."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.warehouse.release.made_up_month import (
    MONTH,
    give_verdicts,
    make,
    policy,
    words_of,
)
from warehouse.errors import NotReleased
from warehouse.release.publish import publish, release_folder
from warehouse.release.sealed import texts


def test_an_id_inside_a_sentence_is_masked_on_paper(tmp_path: Path) -> None:
    hidden = (
        "见 632321199001011415 的记录",
        "号码６３２３２１１９９００１０１１４１５",
        "632321 1990 0101 1415",
        "账号6222020200012345678",
    )
    lake = make(tmp_path, people=12, poison="；".join(hidden))
    publish(MONTH, lake=lake, policy=policy())
    folder = release_folder(lake, MONTH)
    whole = "\n".join(piece for path in (folder / "lists").iterdir() for _, piece in texts(path))
    assert hidden[0] in whole
    for path in (folder / "paper").iterdir():
        text = words_of(path)
        assert not [words for words in hidden if words in text]


def test_an_id_in_the_place_of_a_village_or_township_shows_nowhere_on_paper(tmp_path: Path) -> None:
    lake = make(tmp_path, people=12, village="632321199001011415")
    publish(MONTH, lake=lake, policy=policy())
    for path in (release_folder(lake, MONTH) / "paper").iterdir():
        assert "632321199001011415" not in path.name
        assert "632321199001011415" not in words_of(path)


def test_a_column_that_escapes_its_mask_publishes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = make(tmp_path, people=12, poison="632321199001011415")
    monkeypatch.setattr("warehouse.release.masking.Mask.show_text", lambda _, value: value or "")
    with pytest.raises(NotReleased, match="masking rule") as caught:
        publish(MONTH, lake=lake, policy=policy())
    assert "632321199001011415" not in str(caught.value)
    assert not release_folder(lake, MONTH).exists()


@pytest.mark.parametrize("gate", ["gate1", "gate2"])
def test_a_held_gate_publishes_nothing(tmp_path: Path, gate: str) -> None:
    lake = make(tmp_path, people=8)
    give_verdicts(lake, **{gate: "held"})
    with pytest.raises(NotReleased, match=gate):
        publish(MONTH, lake=lake, policy=policy())
    assert not release_folder(lake, MONTH).exists()


@pytest.mark.parametrize("gate", ["gate1", "gate2"])
def test_a_missing_verdict_publishes_nothing(tmp_path: Path, gate: str) -> None:
    lake = make(tmp_path, people=8)
    (lake.partition("verdicts", month=str(MONTH)) / f"{gate}.json").unlink()
    with pytest.raises(NotReleased, match=gate):
        publish(MONTH, lake=lake, policy=policy())
