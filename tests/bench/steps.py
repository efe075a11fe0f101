"""Where the time of ``link`` goes: seconds by step of linkage and by statement sent to DuckDB."""

import inspect
import re
import sys
import time
from collections import Counter
from contextlib import contextmanager
from functools import wraps

# What a plain model does when it predicts and clusters: the modules between the rules' ties and the identity.
_SCORING = ("candidates", "nodes", "kept", "match", "decide")
_PACKAGE = "linkage."
_MADE = re.compile(
    r"(?:CREATE OR REPLACE TEMP (?:TABLE|VIEW)|INSERT INTO|DELETE FROM|UPDATE|COPY)\s+(\w+)", re.IGNORECASE
)
_SHOWN = 10
_WORTH_TELLING = 0.05


class Steps:
    """Seconds by step (a public function of linkage, without the steps that it calls) and by statement."""

    def __init__(self):
        self.stages = Counter()
        self.statements = Counter()
        self.calls = Counter()
        self._inner = [0.0]

    def seconds_of_scoring(self):
        """Seconds in candidates, nodes, scores and decisions."""
        return sum(seconds for name, seconds in self.stages.items() if name.split(".")[0] in _SCORING)

    def told(self):
        """Lines: the costliest steps, then the costliest statements."""
        most = [(name, seconds) for name, seconds in self.stages.most_common() if seconds >= _WORTH_TELLING]
        yield "link by step: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in most)
        yield f"its {_SHOWN} costliest statements (seconds, times run):"
        for name, seconds in self.statements.most_common(_SHOWN):
            yield f"    {seconds:6.2f} s {self.calls[name]:>4}  {name}"

    def timed(self, name, function):
        """The function, its own seconds counted."""

        @wraps(function)
        def run(*given, **named):
            begun = time.perf_counter()
            self._inner.append(0.0)
            try:
                return function(*given, **named)
            finally:
                seconds = time.perf_counter() - begun
                self.stages[name] += seconds - self._inner.pop()
                self._inner[-1] += seconds

        return run


class TimedConnection:
    """A DuckDB connection that tells how long each statement took, by the function that sent it."""

    def __init__(self, inner, steps):
        self._inner, self._steps = inner, steps

    def execute(self, query, *parameters):
        """Run a statement and count its seconds."""
        begun = time.perf_counter()
        try:
            return self._inner.execute(query, *parameters)
        finally:
            sender = sys._getframe(1)
            made = _MADE.search(query)
            module = sender.f_globals["__name__"].removeprefix(_PACKAGE)
            name = f"{module}.{sender.f_code.co_name} {made.group(1) if made else ''}".strip()
            self._steps.statements[name] += time.perf_counter() - begun
            self._steps.calls[name] += 1

    def __getattr__(self, name):
        return getattr(self._inner, name)


@contextmanager
def timed_steps():
    """While it lasts, every step of linkage is timed wherever it is called from; gives the ``Steps``."""
    from linkage import match, stage

    steps = Steps()
    modules = [
        module for name, module in list(sys.modules.items()) if f"{name}.".startswith(_PACKAGE) and module
    ]
    kept = []
    for module in modules:
        for name, value in list(vars(module).items()):
            home = getattr(value, "__module__", None) or ""
            if not inspect.isfunction(value) or not home.startswith(_PACKAGE) or value is stage.link:
                continue
            # A function that runs until somebody asks for more, or that is itself a door, has no seconds of its own.
            if inspect.isgeneratorfunction(inspect.unwrap(value)):
                continue
            kept.append((module, name, value))
            setattr(module, name, steps.timed(f"{home.removeprefix(_PACKAGE)}.{value.__name__}", value))
    plain_api, plain_memory = match.DuckDBAPI, stage.in_memory

    @contextmanager
    def in_memory(home):
        with plain_memory(home) as con:
            yield TimedConnection(con, steps)

    stage.in_memory = in_memory
    # Splink takes a plain connection only: its statements count in the one step that calls it.
    match.DuckDBAPI = lambda con, *rest: plain_api(getattr(con, "_inner", con), *rest)
    try:
        yield steps
    finally:
        match.DuckDBAPI, stage.in_memory = plain_api, plain_memory
        for module, name, function in kept:
            setattr(module, name, function)
