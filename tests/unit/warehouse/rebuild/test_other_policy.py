"""Policy, suites and what people entered since a month was run: who is woken by it, and what is not published."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest

from tests.dock_support import MONTH
from tests.unit.warehouse.rebuild.small_chain import LAST, SECOND, Home
from warehouse.errors import LakeDamaged, NotReleased
from warehouse.rebuild import planned
from warehouse.settings import Settings
from warehouse.standing.inputs import Inputs


@pytest.mark.parametrize(
    ("table", "month", "stages"),
    [
        ("decisions", LAST, {"link", "quality", "prepare_review", "build", "gate2", "publish", "notices"}),
        ("dispositions", SECOND, {"build", "gate2", "publish", "notices"}),
    ],
)
def test_what_people_entered_wakes_the_stages_that_read_it(
    home: Home, table: str, month: str, stages: set[str]
) -> None:
    home.lake.write_text(home.lake.partition(table, month=month) / "a.json", "[1]")
    assert set(home.rebuild()) == {(LAST, stage) for stage in stages}


def test_a_policy_line_that_begins_after_the_month_changes_nothing_for_it(home: Home) -> None:
    packs = home.folder / "packs"
    shutil.copytree(home.settings.policy_dir, packs)
    settings = Settings(home.settings.home, home.settings.inbox, "tongren", packs, 1, 1.0)
    path = packs / "intake.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("*,intake_max_fall_share,"))
    cells = lines[place].split(",")
    ends, begins = f"{LAST}-15", f"{LAST}-16"
    lines[place] = ",".join([*cells[:5], ends, *cells[6:]])
    lines.insert(place + 1, ",".join([*cells[:2], "0.4", cells[3], begins, *cells[5:]]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    stale = {(one.month, one.stage) for one in planned(settings) if one.status == "stale"}
    assert (LAST, "receive") in stale
    assert {month for month, _ in stale} == {LAST}
    assert (LAST, "build") not in stale


def with_line(home: Home, file: str, parameter: str, old: str, new: str) -> None:
    """The home's packs from now on: a copy in which one line has another value."""
    packs = home.folder / "packs"
    if not packs.exists():
        shutil.copytree(home.settings.policy_dir, packs)
    path = packs / file
    told = path.read_text(encoding="utf-8")
    assert f"{parameter},{old}," in told
    path.write_text(told.replace(f"{parameter},{old},", f"{parameter},{new},"), encoding="utf-8")
    home.settings = replace(home.settings, policy_dir=packs)


@pytest.mark.parametrize(
    ("file", "parameter", "old", "new", "stages"),
    [
        ("expectations.csv", "expectations.history_months", "6", "7", "gate1, gate2"),
        ("tongren.csv", "medical_burden_line_low_income", "10000", "12000", "gate1, build, gate2"),
    ],
)
def test_what_was_judged_by_other_policy_is_not_published(
    home: Home, file: str, parameter: str, old: str, new: str, stages: str
) -> None:
    with_line(home, file, parameter, old, new)
    with pytest.raises(
        NotReleased, match=re.escape(f"policy lines of the month (after {stages}) changed")
    ) as error:
        home.run("publish", MONTH)
    assert f"doudi rebuild --from {LAST} --to {LAST}" in error.value.next_step
    home.rebuild()
    home.run("publish", MONTH)
    with_line(home, "release.csv", "release.answer_days", "30", "31")
    assert "gate2" not in {stage for _, stage in home.rebuild()}, (
        "how a list looks is no reason to judge it again"
    )


def test_what_was_judged_by_other_suites_is_not_published(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Inputs.rules
    monkeypatch.setattr(
        Inputs, "rules", lambda self, stage, month: {**rules(self, stage, month), "suites": "other"}
    )
    with pytest.raises(NotReleased, match=r"the rules of the gates \(after gate1, gate2\) changed"):
        home.run("publish", MONTH)


def test_a_log_that_is_not_whole_is_told_before_policy_that_changed(home: Home) -> None:
    with_line(home, "tongren.csv", "medical_burden_line_low_income", "10000", "12000")
    home.lake.write_text(home.lake.root / "audit_log" / "000001.json", "{}")
    with pytest.raises(LakeDamaged, match="entry 1"):
        home.run("publish", MONTH)
