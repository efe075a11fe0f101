"""A home that another version of the program made: an upgrade is told as such, and the data are not blamed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from tests.dock_support import MONTH
from tests.unit.warehouse.rebuild.small_chain import LAST, MONTHS, SECOND, Home
from warehouse.flow import READS, WRITES
from warehouse.standing.inputs import Inputs
from warehouse.standing.states import months_of_another_program


@pytest.mark.parametrize(
    "before",
    [
        {"tables": {"records": "now", "profiles": "now"}},  # the registry, decisions, events are asked since
        {"policy": ("linkage_", "model_", "release.")},
        {"code": ()},
    ],
)
def test_an_upgrade_is_told_as_such_and_the_data_are_not_blamed(
    home: Home, monkeypatch: pytest.MonkeyPatch, before: dict[str, object]
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(READS, "link", replace(READS["link"], **before))
        home.run("link", MONTH)
    assert home.states()[LAST, "link"] == (
        "stale",
        f"the program was upgraded after link of {LAST} and asks other tables or policy lines since",
    )
    # What did change is told beside it.
    home.lake.write_text(home.lake.partition("decisions", month=LAST) / "a.json", "[1]")
    why = home.states()[LAST, "link"][1]
    assert ("what people decided about links" in why) == ("tables" not in before)
    assert home.rebuild()[0] == (LAST, "link")
    assert home.stale_months() == []


def test_a_table_that_another_stage_writes_since_an_upgrade_is_not_called_changed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(WRITES, "link", ("crosswalk", "registry"))
        home.run("link", MONTH)
    assert home.states()[LAST, "link"] == ("fresh", "")


def test_what_a_stage_did_not_leave_before_an_upgrade_and_another_reads_since_is_made(home: Home) -> None:
    path = home.lake.root / "standing" / f"month={LAST}" / "link.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    del plain["left"]["link_words"]
    older = {**plain, "asked": {**plain["asked"], "writes": ["crosswalk", "pairs", "registry"]}}
    shutil.rmtree(home.lake.partition("link_words", month=LAST))
    for kept in (older, {name: plain[name] for name in ("inputs", "left", "closed")}):
        home.lake.write_text(path, json.dumps(kept))
        assert home.states()[LAST, "link"] == (
            "stale",
            f"link of {LAST} ended before the program left link_words, which the stages behind it read",
        )
    assert home.rebuild()[0] == (LAST, "link")
    assert home.stale_months() == []


def test_a_stage_that_came_with_an_upgrade_and_an_older_program_are_named(home: Home) -> None:
    for table in ("standing", "outcomes"):
        (home.lake.root / table / f"month={LAST}" / "quality.json").unlink()
    assert "never ran for" in home.states()[LAST, "quality"][1]
    inputs = Inputs(home.settings)
    assert months_of_another_program(inputs, MONTHS) == []
    path = home.lake.root / "standing" / f"month={SECOND}" / "build.json"
    home.lake.write_text(path, path.read_text(encoding="utf-8").replace(inputs.program(), "0" * 64))
    assert months_of_another_program(inputs, MONTHS) == [SECOND]


def test_of_a_record_of_an_earlier_version_it_is_said_that_the_program_may_be_all(home: Home) -> None:
    path = home.lake.root / "standing" / f"month={LAST}" / "gate2.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    old = {name: plain[name] for name in ("inputs", "left", "closed")}
    home.lake.write_text(
        path, json.dumps({**old, "inputs": {**old["inputs"], "policy": "as it was asked then"}})
    )
    status, why = home.states()[LAST, "gate2"]
    assert status == "stale"
    assert why.startswith(
        f"gate2 of {LAST} ended under an earlier version of the program, which may be all that changed"
    )
