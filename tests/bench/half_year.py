"""A half year of a made-up county: lists go out, villages answer as people do, and the next month's lists know it.

    make half-year                                      30,000 people, 2026-05 to 2026-10
    make half-year PERSONS=2000 SEED=5                  a smaller one
    python tests/bench/half_year.py --folder DIR        into a folder of one's own; --again measures it anew

Each month is run from receive to publish, its lists are answered by the day on which they are due (late ones of earlier
months come in, too), absorbed, and what the return slips refused is sent again a week later. Printed are, by month, what
was raised, listed, visited, answered and found, and the same rules without memory and ordering over the same months;
then what became of the planted needs, and of every warning that was ever sent. See ``console/county/measure_visits.py``
for what is counted.
"""

import argparse
import shutil
import sys
import time
from datetime import timedelta
from pathlib import Path

from console.commands.stages import CHAIN, Bench, absorb_returns, run_stage, track_answers
from console.commands.villages import due_day
from console.county.measure_visits import caps_of, measure_visits
from console.county.villages import answer_lists
from console.county.write import write_county
from console.screen import Screen
from warehouse.database import in_memory
from warehouse.errors import Refused
from warehouse.months import Month, span
from warehouse.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
MONTHS = "2026-05..2026-10"
REGION = "tongren"
STILL_SENT = 3  # lists so many months old may still come in
A_WEEK = timedelta(days=7)
LATE_ONES_ARE_IN = timedelta(days=62)  # after the last list was due


def live_through(county: Path, settings: Settings, months: list[Month], stages=CHAIN, say=print) -> None:
    """Run, answer and absorb every month; at the end wait for the late ones."""
    for number, month in enumerate(months):
        begun = time.perf_counter()
        for stage in stages:
            run_stage(stage, month, settings)
        ran = time.perf_counter() - begun
        due = due_day(month, Bench.for_month(month, settings))
        sent_lately = months[max(0, number - STILL_SENT + 1) : number + 1]
        for on in (due, due + A_WEEK):
            answer(county, settings, sent_lately, on)
        say(f"{month}  run {ran:.0f} s, answered and absorbed {time.perf_counter() - begun - ran:.0f} s")
    last = due_day(months[-1], Bench.for_month(months[-1], settings)) + LATE_ONES_ARE_IN
    answer(county, settings, months[-STILL_SENT:], last)
    track_answers(months[-1], last, settings)


def answer(county: Path, settings: Settings, months: list[Month], on) -> None:
    """What has come back of these months' lists by a day is absorbed under the last of them, as the DAG does on the clock.

    A file that is refused whole is sent again later.
    """
    for month in months:
        bench = Bench.for_month(month, settings)
        answer_lists(month, lake=bench.lake, policy=bench.policy, county=county, on=on)
    try:
        absorb_returns(months[-1], settings.home / "returned", settings, on=on)
    except Refused:
        return


def measured(county: Path, settings: Settings, months: list[Month]):
    """The months and the fates of the needs, at the cap that policy sets."""
    bench = Bench.for_month(months[-1], settings)
    return measure_visits(
        months,
        lake=bench.lake,
        truth=county / "truth",
        between_offices=bench.policy.words("rules_between_offices"),
        caps=caps_of(bench.lake, months[-1], bench.policy),
    )


def show(county: Path, settings: Settings, months: list[Month], screen: Screen) -> None:
    """Print what the half year came to."""
    lines, recall = measured(county, settings, months)
    screen.table(
        "Visits and what they found, beside the same rules without memory and ordering",
        ("month", "raised", "listed", "visits", "answered", "needs found", "visits with a find", "yield %",
         "plain visits", "plain needs", "plain yield %", "times", "plain yield %, found again counts"),
        [
            (x.month, x.warnings, x.listed, x.visits, x.answered, x.found, x.hits, round(100 * x.yield_per_visit, 1),
             x.plain_visits, x.plain_found, round(100 * x.plain_yield, 1),
             round(x.yield_per_visit / x.plain_yield, 1) if x.plain_yield else "–", round(100 * x.plain_yield_again, 1))
            for x in lines
        ],
    )  # fmt: skip
    screen.table(
        "Planted needs of the half year",
        ("planted", "raised", "listed", "found", "recall %", "found without memory and ordering", "recall %"),
        [(recall.planted, recall.raised, recall.listed, recall.found, round(100 * recall.share, 1), recall.plain_found,
          round(100 * recall.plain_found / max(recall.planted, 1), 1))],
    )  # fmt: skip
    screen.table(
        "Every warning that was ever sent, when the late answers are in",
        ("first listed", "sent", "answered by a visit", "settled along", "taken back", "waiting", "overdue, reminded",
         "open ends"),
        tracked(settings, months[-1]),
    )  # fmt: skip
    screen.table(
        "Needs that were not found", ("rules, and how far they came", "needs"), list(recall.missed_by.items())
    )


def tracked(settings: Settings, month: Month) -> list[tuple[object, ...]]:
    """How the rounds of warnings stand by the month of their first list; an overdue one wants a reminder."""
    reminded = {
        path.stem.split("_")[1] for path in (settings.home / "tracking" / str(month)).glob("催办单_*")
    }
    with in_memory(settings.home) as con:
        return con.execute(
            """
            SELECT listed_month, count(*), count(*) FILTER (ended_by = '核查'), count(*) FILTER (ended_by = '随同事项了结'),
                count(*) FILTER (ended_by = '撤回'), count(*) FILTER (state = '待答复'),
                count(*) FILTER (state = '逾期' AND list_contains($reminded, township)),
                count(*) FILTER (state NOT IN ('已答复', '待答复') AND NOT list_contains($reminded, township))
            FROM read_parquet($tracking) GROUP BY 1 ORDER BY 1""",
            {
                "reminded": sorted(reminded),
                "tracking": str(settings.home / "lake" / "tracking" / f"month={month}" / "*.parquet"),
            },
        ).fetchall()


def main() -> None:
    """Make the county, live through its months, print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--persons", type=int, default=30_000)
    asked.add_argument("--seed", type=int, default=5)
    asked.add_argument("--months", default=MONTHS)
    asked.add_argument("--folder", type=Path, default=ROOT / "var" / "half_year")
    asked.add_argument("--policy", type=Path, help="another folder of policy packs")
    asked.add_argument("--again", action="store_true", help="measure what lies there, run nothing")
    given = asked.parse_args()
    folder, months, screen = given.folder.absolute(), span(given.months), Screen()
    settings = Settings.from_environment(
        home=folder / "home", inbox=folder / "inbox", region=REGION, policy_dir=given.policy
    )
    if not given.again:
        shutil.rmtree(folder, ignore_errors=True)
        write_county(folder, seed=given.seed, persons=given.persons, months=months, report=lambda text: None)
        live_through(folder, settings, months, say=screen.say)
    show(folder, settings, months, screen)


if __name__ == "__main__":
    sys.exit(main())
