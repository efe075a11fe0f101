"""Runs stages in forked children and lets faults happen to them: no line of production code knows of it.

Started as a process of its own, which imports everything once. A line of JSON on standard input is a case:
``{"stage", "month", "home", "inbox", "returned", "made", "fault": {...}}``; the answer is a line of JSON with the child's end.

Each place at which a stage changes the home is a *point*: opening a file to write, making, renaming, exchanging or
removing something (told by Python's audit events), and every file that DuckDB or Arrow writes. The faults:

* ``count``: none; the points are given back.
* ``kill`` at n (or ``where``: at a point of that name): the process ends as by kill -9 just before point n.
* ``torn`` at n: half of what point n writes is there, then the process ends.
* ``full`` from n on: whatever needs room on the disk fails, as on a full disk.
* ``limit`` bytes: no file may grow beyond so many bytes; the system itself refuses (EFBIG), C code included.
* ``sigkill`` after seconds: a real signal from outside, wherever it finds the process.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

KILLED = 137
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# What stages import, so that no child does.
_IMPORTED = (
    "altair", "dbt.cli.main", "dbt.adapters.duckdb.connections", "duckdb_sqlalchemy", "great_expectations", "narwhals",
    "opencc", "prometheus_client", "pypinyin", "splink", "sqlglot",
    "expectations.gate", "linkage.drift", "linkage.quality.stage", "linkage.review.absorb", "linkage.review.queue",
    "linkage.stage", "linkage.standardise.stage", "warehouse.gate_decisions", "warehouse.intake.close",
    "warehouse.intake.receive", "warehouse.operations.board", "warehouse.operations.page", "warehouse.release.publish",
    "warehouse.returns.absorb", "warehouse.slips.correct", "warehouse.slips.stage", "warehouse.transform",
    "console.commands.stages",
)  # fmt: skip
# Locks and the operator's logs are no results.
_UNWATCHED = ("tmp/locks", "logs", "docs/operations", "metrics")


class Points:
    """Counts the changes of a home and lets the fault of the case happen at its point."""

    def __init__(self) -> None:
        self.home = ""
        self.fault: dict[str, Any] = {}
        self.seen: list[str] = []
        self.is_on = False

    def begin(self, home: str, fault: dict[str, Any]) -> None:
        self.home, self.fault, self.is_on = home, fault, True

    def reach(self, what: str, path: object, *, needs_room: bool) -> bool:
        """A change is about to happen; True when it is to be torn (the caller leaves a half and ends)."""
        place = self._place(path)
        if not place:
            return False
        self.seen.append(f"{what} {place}")
        here = len(self.seen) - 1
        if self.fault.get("where") == self.seen[-1]:
            self.fault.setdefault("at", here)
        at = self.fault.get("at", sys.maxsize)
        kind = self.fault["kind"]
        if kind == "kill" and here == at:
            os._exit(KILLED)
        if kind == "torn" and here == at:
            if needs_room and what != "mkdir":
                return True
            os._exit(KILLED)
        if kind == "full" and here >= at and needs_room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path) if path else None)
        return False

    def _place(self, path: object) -> str:
        if not self.is_on or not isinstance(path, str | bytes | os.PathLike):
            return ""
        absolute = os.path.normpath(Path.cwd() / os.fsdecode(path))
        if not absolute.startswith(self.home + os.sep):
            return ""
        place = os.path.relpath(absolute, self.home)
        return "" if place.startswith(_UNWATCHED) else place


POINTS = Points()


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not POINTS.is_on:
        return
    if event == "open":
        path, mode, flags = arguments
        is_writing = bool((flags or 0) & _WRITES) if isinstance(flags, int) else False
        is_writing = is_writing or (isinstance(mode, str) and any(letter in mode for letter in "wax+"))
        if is_writing and POINTS.reach("open", path, needs_room=True):
            POINTS.is_on = False
            Path(os.fsdecode(path)).write_bytes(b"PAR1 half")
            os._exit(KILLED)
    elif event == "os.mkdir":
        POINTS.reach("mkdir", arguments[0], needs_room=True)
    elif event == "os.rename":
        POINTS.reach("rename", arguments[1], needs_room=False)
    elif event in ("os.remove", "os.rmdir"):
        POINTS.reach("remove", arguments[0], needs_room=False)


def _watch_writers() -> None:
    """What DuckDB and Arrow write in C tells Python nothing: their doors are wrapped before a stage imports them."""
    import pyarrow.parquet

    import warehouse.database
    import warehouse.swap

    def writing(write: Callable[..., Any], place_of: Callable[..., Any], what: str) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            path = place_of(*arguments, **named)
            if POINTS.reach(what, path, needs_room=True):
                POINTS.is_on = False
                write(*arguments, **named)
                os.truncate(path, Path(path).stat().st_size // 2)
                os._exit(KILLED)
            return write(*arguments, **named)

        return wrapped

    database, parquet = warehouse.database, pyarrow.parquet
    database.copy_to_parquet = writing(database.copy_to_parquet, lambda con, query, path: path, "copy")
    parquet.write_table = writing(parquet.write_table, lambda table, where, **_: where, "arrow")
    exchange = warehouse.swap.exchange

    def watched_exchange(one: Path, other: Path) -> bool:
        POINTS.reach("exchange", other, needs_room=False)
        return bool(exchange(one, other))

    warehouse.swap.exchange = watched_exchange


def _run(case: dict[str, Any]) -> dict[str, Any]:
    """The child: runs the stage and says how it ended."""
    from warehouse.errors import DoudiError
    from warehouse.settings import Settings

    home = os.path.realpath(case["home"])
    settings = Settings.from_environment(home=Path(home), inbox=Path(case["inbox"]), region="tongren")
    fault = case["fault"]
    if case["made"]:
        _stand_in_for_dbt()
    if fault["kind"] == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault["bytes"], resource.RLIM_INFINITY))
    POINTS.begin(home, fault)
    try:
        _work(case, settings)
    except DoudiError as error:
        return {
            "error": type(error).__name__,
            "code": error.exit_code,
            "said": str(error),
            "points": POINTS.seen,
        }
    except BaseException as error:  # a traceback is what must not come
        return {"error": f"TRACEBACK {type(error).__name__}", "code": -1, "said": repr(error)}
    finally:
        POINTS.is_on = False
    return {"error": "", "code": 0, "points": POINTS.seen}


def _work(case: dict[str, Any], settings: Any) -> None:
    """Enter the stage by the command's own door."""
    from console.commands.stages import Bench, absorb_returns, run_stage, take_in_slips
    from linkage.review.absorb import absorb_review
    from warehouse.gate_decisions import release
    from warehouse.guard import guarded, stage_run
    from warehouse.months import Month

    month, returned = Month.parse(case["month"]), Path(case["returned"])
    if case["stage"] == "absorb":
        absorb_returns(month, returned, settings)
    elif case["stage"] == "correct":
        take_in_slips(month, returned, settings)
    elif case["stage"] == "absorb_review":
        with stage_run("absorb_review", month, settings.home):
            bench = Bench.for_month(month, settings)
            absorb_review(month, returned=[returned], lake=bench.lake, policy=bench.policy)
    elif case["stage"] == "gate_release":
        with guarded("gate release", settings.home):
            bench = Bench.for_month(month, settings)
            who = {"by": "张建国", "reason": "已与乡镇核实", "on": date(2026, 11, 22)}
            release(month, "gate2", lake=bench.lake, policy=bench.policy, **who)
    else:
        run_stage(case["stage"], month, settings)


def _stand_in_for_dbt() -> None:
    """Marts of two rows without dbt, for what build itself does before and after: dbt takes twenty seconds."""
    import duckdb

    from warehouse import transform

    def made(database: Path, month: object, region: str, home: Path) -> dict[str, int]:
        with duckdb.connect(str(database)) as con:
            con.execute("CREATE SCHEMA marts")
            for mart, order in transform.MARTS.items():
                names = dict.fromkeys([*order.split(", "), "rule_id", "status", "month"])
                values = ", ".join(f"n || '{name}{month}' AS {name}" for name in names)
                con.execute(f"CREATE TABLE marts.{mart} AS SELECT {values} FROM range(2) AS t(n)")
        return {"dbt_models": len(transform.MARTS)}

    transform._run_dbt = made  # type: ignore[assignment]


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        said = _run(case)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        with contextlib.suppress(OSError), os.fdopen(write, "w") as pipe:
            json.dump(said, pipe)
        os._exit(0)
    os.close(write)
    begun = time.monotonic()
    if case["fault"]["kind"] == "sigkill":
        time.sleep(case["fault"]["seconds"])
        os.kill(child, signal.SIGKILL)
    with os.fdopen(read, encoding="utf-8") as pipe:
        text = pipe.read()
    _, status, used = os.wait4(child, 0)
    ended = {"exit": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - begun}
    ended["cpu"] = used.ru_utime + used.ru_stime
    return {**ended, **(json.loads(text) if text else {"error": "KILLED", "code": KILLED, "said": ""})}


def main() -> None:
    """Import everything that a stage imports, then answer case after case."""
    _watch_writers()
    sys.addaudithook(_audit)
    for name in _IMPORTED:
        importlib.import_module(name)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
