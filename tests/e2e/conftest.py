"""One small county through Airflow, and one through the command; both are read by many tests."""

import shutil

import pytest
from e2e_county import DUE, MONTHS, PERSONS, doudi

from console.commands.demo_partners import share_made_up
from warehouse.months import Month
from warehouse.project import unit_tests_passed
from warehouse.settings import Settings


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """``doudi demo`` on a small county: its folder, with inbox, truth, home and airflow."""
    folder = tmp_path_factory.mktemp("demo")
    done = doudi("demo", "--dir", folder, "--persons", PERSONS, "--months", f"{MONTHS[0]}..{MONTHS[-1]}")
    (folder / "printed.txt").write_text(done.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def chained(demo, tmp_path_factory):
    """The same county through the command: a home of its own, all three months, the villages' answers between them."""
    home = tmp_path_factory.mktemp("chained") / "home"
    # The unit tests of the models try the project, and the other home has just seen them pass.
    unit_tests_passed(home).parent.mkdir(parents=True)
    shutil.copy(unit_tests_passed(demo / "home"), unit_tests_passed(home))
    for number, month in enumerate(MONTHS):
        doudi("run", "--month", month, "--region", "tongren", "--inbox", demo / "inbox", "--home", home)
        doudi("share", "--month", month, "--by", "王科长", "--region", "tongren", "--home", home)
        if number + 1 < len(MONTHS):
            take_in_answers(MONTHS[: number + 1], DUE[month], demo, home)
    # Other keys than the demo's: what partners are given is the same, what it is sealed with is not.
    share_made_up(
        Month.parse(MONTHS[-1]), home.parent / "keys", Settings.from_environment(home=home, region="tongren")
    )
    return home


def take_in_answers(months, on, county, home):
    """What the DAG of answers does on a day: whatever came back of any list, where the rest stands, and notices (none)."""
    for earlier in months:
        doudi("villages", "answer", "--month", earlier, "--county", county, "--home", home, "--on", on)
    doudi("absorb", "--month", months[-1], "--returned", home / "returned", "--on", on, "--home", home)
    doudi("track", "--month", months[-1], "--on", on, "--home", home)
    # Notices are asked for under the month of the day; none has come back.
    (home / "returned_notices").mkdir(exist_ok=True)
    doudi(*("notices", "absorb", "--month", on[:7], "--returned", home / "returned_notices"), "--home", home)
