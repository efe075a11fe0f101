"""Runs stages in forked children and lets faults happen to them: no line of production code knows of it.

Started as a process of its own, which imports everything once. A line of JSON on standard input is a case:
``{"stage", "month", "home", "inbox", "returned", "fault": {...}}``; the answer is a line of JSON with the child's end.

Each place at which a stage changes the home is a *point*: opening a file to write, making, renaming, exchanging or
removing something (told by Python's audit events), and every file that DuckDB or Arrow writes. The faults:

* ``count``: none; the points are given back.
* ``kill`` at n: the process ends as by kill -9 just before point n.
* ``torn`` at n: half of what point n writes is there, then the process ends.
* ``full`` from n on: whatever needs room on the disk fails, as on a full disk.
* ``limit`` bytes: no file may grow beyond so many bytes; the system itself refuses (EFBIG), C code included.
* ``sigkill`` after seconds: a real signal from outside, wherever it finds the process.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KILLED = 137
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
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
        here, at = len(self.seen) - 1, self.fault.get("at", -1)
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
    from console.commands.stages import absorb_returns, run_stage
    from warehouse.errors import DoudiError
    from warehouse.months import Month
    from warehouse.settings import Settings

    home = os.path.realpath(case["home"])
    settings = Settings.from_environment(home=Path(home), inbox=Path(case["inbox"]), region="tongren")
    fault, month = case["fault"], Month.parse(case["month"])
    if fault["kind"] == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault["bytes"], resource.RLIM_INFINITY))
    POINTS.begin(home, fault)
    try:
        if case["stage"] == "absorb":
            absorb_returns(month, Path(case["returned"]), settings)
        elif case["stage"] == "absorb_review":
            _absorb_review(month, Path(case["returned"]), settings)
        else:
            run_stage(case["stage"], month, settings)
    except DoudiError as error:
        return {"error": type(error).__name__, "code": error.exit_code, "said": str(error)}
    except BaseException as error:  # a traceback is what must not come
        return {"error": f"TRACEBACK {type(error).__name__}", "code": -1, "said": repr(error)}
    finally:
        POINTS.is_on = False
    return {"error": "", "code": 0, "points": POINTS.seen}


def _absorb_review(month: Any, returned: Path, settings: Any) -> None:
    from console.commands.stages import Bench
    from linkage.review.absorb import absorb_review
    from warehouse.guard import stage_run

    with stage_run("absorb_review", month, settings.home):
        bench = Bench.for_month(month, settings)
        absorb_review(month, returned=[returned], lake=bench.lake, policy=bench.policy)


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
        with contextlib.suppress(OSError):
            os.write(write, json.dumps(said)[:60000].encode() if "points" not in said else b"")
        if "points" in said:
            with os.fdopen(write, "w") as pipe:
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
    import great_expectations  # noqa: F401
    import splink  # noqa: F401
    from dbt.cli.main import dbtRunner  # noqa: F401

    import console.commands.stages  # noqa: F401
    import warehouse.intake.close
    import warehouse.intake.receive
    import warehouse.release.publish
    import warehouse.returns.absorb
    import warehouse.transform  # noqa: F401

    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
