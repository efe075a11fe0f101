"""The table (``docs/PROVINCE.md``) and the picture of everything that is kept: what a month costs, beside the floor."""

import math
from itertools import pairwise

import altair as alt
from fixed import MONTHS, PERSONS, TOOLS
from kept import FOLDER, Kept
from measured import ROOT

PAGE = ROOT / "docs" / "PROVINCE.md"
PICTURE = ROOT / "docs" / "pictures" / "province.svg"
FIRST, LAST = "receive", "publish"
# Below this many seconds a difference between two sizes is noise.
_NOISE = 1.0
_MB = 1e6
LOADED = "*"


def write():
    """Write both from every size that is kept."""
    sizes = sorted(int(path.stem) for path in FOLDER.glob("*.json") if path.stem.isdigit())
    kept = [Kept(persons) for persons in sizes if persons != PERSONS]
    kept = [one for one in kept if one.steps()]
    if not kept:
        return
    parts = [_head(kept), *map(_size, kept), _totals(kept), _growth(kept), _fixed(Kept(PERSONS))]
    PAGE.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
    PICTURE.write_text(picture(kept) + "\n", encoding="utf-8")


def stages_of(kept, month):
    """The steps of a month's chain as far as they were measured: receive to publish, without the floor."""
    steps = [step for step in kept.steps() if step.startswith(f"{month} ") and not step.endswith(" floor")]
    end = next((at for at, step in enumerate(steps) if step.endswith(f" {LAST}")), len(steps) - 1)
    return steps[: end + 1]


def is_whole(kept, month):
    """Whether a month went through to its lists: publish was measured, and nothing was refused on the way."""
    steps = stages_of(kept, month)
    held = any(line.code for step in steps for line in kept.lines(step))
    return bool(steps) and steps[-1].endswith(f" {LAST}") and not held


def _head(kept):
    facts = kept[-1].facts["machine"]
    commits = sorted({one.facts["machine"]["commit"] for one in kept})
    tools = ", ".join(f"{tool} {version}" for tool, version in facts["tools"].items())
    return f"""# What a province costs

Written by `make bench` from what it measured; `make bench PERSONS="100000 1000000 6000000" RUNS=3` repeats it. Every stage is a
process of its own. The floor reads the same delivered files by a plain DuckDB script, joins them on the exact id, sums settlements by person
and writes Parquet, and nothing else (`tests/bench/floor.py`).

**Machine.** {facts["processor"]}, {facts["cores"]} cores, {facts["memory_gb"]} GB, {facts["system"]}, Python {facts["python"]}; {tools}. Measured at
commit {", ".join(commits)}.

{LOADED} Other work ran beside it (more than a fifth of a core): its wall seconds say little and are set against nothing; its CPU
seconds are more than on a quiet machine, too, for cores and caches are shared.

![CPU seconds by people, Doudi and the floor; CPU seconds of each stage per 100,000 people](pictures/province.svg)"""


def _marked(kept, steps):
    return LOADED if kept.is_loaded(steps) else ""


def _number(value, form=",.0f"):
    return "–" if value is None else format(value, form)


def _size(kept):
    runs = max(len(kept.lines(step)) for step in kept.steps())
    lines = [
        f"## {kept.persons:,} people",
        "",
        f"{runs} run{'s' if runs > 1 else ''}; medians, and least to most of the CPU seconds."
        if runs > 1
        else "One run.",
        *([kept.facts["note"]] if "note" in kept.facts else []),
        "",
        "| step | rows | wall s | rows/s | CPU s | least–most | peak MB | written MB | spilled MB | ratio to the floor (CPU) |",
        "|" + "---|" * 10,
    ]
    for step in kept.steps():
        wall, cpu, rows = (kept.median(step, field) for field in ("wall", "cpu", "rows"))
        low, _, high = kept.spread([step], "cpu")
        floor = kept.median(f"{step.partition(' ')[0]} floor", "cpu")
        is_stage = floor and not step.endswith(" floor")
        held = next((f" (ended with {line.code})" for line in kept.lines(step) if line.code), "")
        lines.append(
            f"| {step}{held} | {_number(rows) if rows else '–'} | {_number(wall, ',.1f')}{_marked(kept, [step])} "
            f"| {_number(rows / wall if rows and wall else None)} | {_number(cpu, ',.1f')} "
            f"| {f'{low:,.1f}–{high:,.1f}' if runs > 1 else '–'} | {kept.peak([step]):,} "
            f"| {_number(kept.median(step, 'written') / _MB or None)} | {_number(kept.median(step, 'spilled') / _MB or None)} "
            f"| {_number(cpu / floor, '.1f') if is_stage else '–'} |"
        )
    return "\n".join(lines)


def _totals(kept):
    lines = [
        "## Receive to publish, beside the floor",
        "",
        "| people | month | wall s | CPU s | least–most | floor: wall s | floor: CPU s | ratio wall | ratio CPU "
        "| largest process MB | inbox MB | home MB | home to inbox |",
        "|" + "---|" * 13,
    ]
    for one in kept:
        seen = 0
        for month in MONTHS:
            steps, floor = stages_of(one, month), f"{month} floor"
            if not steps:
                continue
            wall, cpu = one.spread(steps, "wall"), one.spread(steps, "cpu")
            if wall is None:
                continue
            of_floor = [one.median(floor, field) for field in ("wall", "cpu")]
            seen += one.facts["inbox_bytes"][month]
            home = one.facts.get("home_bytes", {}).get(month)
            told = month if is_whole(one, month) else f"{month}, as far as {steps[-1].partition(' ')[2]}"
            lines.append(
                f"| {one.persons:,} | {told} | {wall[1]:,.0f}{_marked(one, steps)} | {cpu[1]:,.0f} | {cpu[0]:,.0f}–{cpu[2]:,.0f} "
                f"| {_number(of_floor[0], ',.1f')}{_marked(one, [floor])} | {_number(of_floor[1], ',.1f')} "
                f"| {_number(None if one.is_loaded([*steps, floor]) else wall[1] / of_floor[0], '.1f')} | {_number(cpu[1] / of_floor[1], '.1f')} | {one.peak(steps):,} "
                f"| {seen / _MB:,.0f} | {_number(home / _MB if home else None)} | {_number(home / seen if home else None, '.1f')} |"
            )
    lines += ["", "Inbox and home count all months so far."]
    for one in kept:
        pair = [one.spread(stages_of(one, month), "cpu") for month in MONTHS]
        if all(pair) and all(is_whole(one, month) for month in MONTHS):
            lines.append(
                f"At {one.persons:,} the second month took {pair[1][1] / pair[0][1]:.2f} of the first's CPU seconds."
            )
    return "\n".join(lines)


def _growth(kept):
    if len(kept) < 2:
        return ""
    pairs = list(pairwise(kept))
    heads = "".join(f" {less.persons:,} to {more.persons:,}: wall | CPU | memory |" for less, more in pairs)
    lines = [
        "## How it grows",
        "",
        "The exponent e in cost = c · people^e from one size to the next; – where there is less than a second, or nothing to compare.",
        "",
        f"| step |{heads}",
        "|---|" + "---|" * (3 * len(pairs)),
    ]
    steps = list(dict.fromkeys(step for one in kept for step in one.steps()))
    for step in steps:
        cells = [
            "–"
            if field == "wall" and (less.is_loaded([step]) or more.is_loaded([step]))
            else exponent(less.median(step, field), more.median(step, field), more.persons / less.persons)
            for less, more in pairs
            for field in ("wall", "cpu", "memory")
        ]
        lines.append(f"| {step} | {' | '.join(cells)} |")
    for month in MONTHS:
        cells = []
        for less, more in pairs:
            both = [step for step in stages_of(less, month) if step in stages_of(more, month)]
            for field in ("wall", "cpu"):
                sums = [one.spread(both, field) for one in (less, more)]
                cells.append(
                    exponent(sums[0][1], sums[1][1], more.persons / less.persons) if all(sums) else "–"
                )
            cells.append(exponent(less.peak(both), more.peak(both), more.persons / less.persons))
        lines.append(f"| **{month}, the stages that both have** | {' | '.join(cells)} |")
    return "\n".join(lines)


def exponent(less, more, times):
    """The exponent by which ``less`` grew to ``more`` over ``times`` as many people; a dash where it is noise."""
    if less is None or more is None or min(less, more) < _NOISE:
        return "–"
    return f"{math.log(more / less) / math.log(times):.2f}"


def _fixed(kept):
    if not kept.steps():
        return ""
    lines = [
        "## What is paid before the first row",
        "",
        "A county of 1,000 through `doudi run` in one process, beside an empty run of the tools themselves: imports, dbt over the "
        "whole project with nothing in its sources (no unit tests), two checkpoints of Great Expectations over nothing. Commit "
        f"{kept.facts['machine']['commit']}.",
        "",
        "| what | wall s | CPU s | least–most | peak MB |",
        "|---|---|---|---|---|",
    ]
    named = {f"{month} run": f"`doudi run` of 1,000 people, {month}" for month in MONTHS}
    for step in [*TOOLS, *named]:
        if kept.lines(step):
            low, middle, high = kept.spread([step], "cpu")
            lines.append(
                f"| {named.get(step, step)} | {kept.median(step, 'wall'):,.1f}{_marked(kept, [step])} | {middle:,.1f} "
                f"| {low:,.1f}–{high:,.1f} | {kept.peak([step]):,} |"
            )
    return "\n".join(lines)


def picture(kept):
    """Left: CPU seconds of a first month by people, Doudi and the floor. Right: each stage per 100,000 people."""
    from warehouse.release.charts import svg

    month = MONTHS[0]
    totals, bars = [], []
    for one in kept:
        steps = stages_of(one, month)
        floor, cpu = one.median(f"{month} floor", "cpu"), one.spread(steps, "cpu")
        if cpu and is_whole(one, month):
            totals.append({"people": one.persons, "what": "receive to publish", "seconds": cpu[1]})
        if floor:
            totals.append({"people": one.persons, "what": "the floor", "seconds": floor})
            totals.append({"people": one.persons, "what": "four times the floor", "seconds": 4 * floor})
        bars += [
            {
                "people": f"{one.persons:,}",
                "order": one.persons,
                "stage": step.partition(" ")[2],
                "seconds": one.median(step, "cpu") / one.persons * 100_000,
            }
            for step in steps
        ]
    colour = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(
            domain=["receive to publish", "four times the floor", "the floor"],
            range=["#1F4E79", "#E08A1E", "#2E7D5B"],
        ),
        legend=alt.Legend(orient="top"),
    )
    lines = (
        alt.Chart(alt.Data(values=totals))
        .mark_line(point=alt.OverlayMarkDef(size=60))
        .encode(
            x=alt.X(
                "people:Q",
                title="people",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="~s", tickCount=5),
            ),
            y=alt.Y("seconds:Q", title="CPU seconds of a first month", scale=alt.Scale(type="log")),
            color=colour,
        )
        .properties(width=300, height=300)
    )
    stages = list(dict.fromkeys(bar["stage"] for bar in bars))
    sizes = list(dict.fromkeys(bar["people"] for bar in bars))
    beside = (
        alt.Chart(alt.Data(values=bars))
        .mark_bar()
        .encode(
            y=alt.Y("stage:N", sort=stages, title=None),
            yOffset=alt.YOffset("people:N", sort=sizes),
            x=alt.X("seconds:Q", title="CPU seconds per 100,000 people"),
            color=alt.Color(
                "people:N",
                sort=sizes,
                title="people",
                scale=alt.Scale(
                    domain=sizes, range=["#B7CCE0", "#6C9BC4", "#1F4E79", "#0B2540"][-len(sizes) :]
                ),
                legend=alt.Legend(orient="top"),
            ),
        )
        .properties(width=320, height=300)
    )
    return svg((lines | beside).resolve_scale(color="independent"), "province")
