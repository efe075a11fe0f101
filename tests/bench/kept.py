"""What was measured, kept as JSON under ``var/bench``: a line is written as soon as it is measured."""

import json
import statistics
from pathlib import Path

from machine import machine
from measured import ROOT, Line

FOLDER = ROOT / "var" / "bench"


class Kept:
    """The lines of one size by run and step, in the order in which they were measured."""

    def __init__(self, persons, folder=FOLDER):
        self.persons = persons
        self._path = Path(folder) / f"{persons}.json"
        self.facts = {}
        self._runs = {}
        if self._path.exists():
            held = json.loads(self._path.read_text(encoding="utf-8"))
            self.facts = held["facts"]
            self._runs = {
                run: {step: Line(**line) for step, line in lines.items()}
                for run, lines in held["runs"].items()
            }

    def forget(self):
        """Begin anew."""
        self.facts, self._runs = {}, {}
        self._path.unlink(missing_ok=True)

    def has(self, step, run=0):
        """Whether a run's step was measured."""
        return step in self._runs.get(str(run), {})

    def add(self, step, line, run=0):
        """Keep a line of a run."""
        self.facts.setdefault("machine", machine())
        self._runs.setdefault(str(run), {})[step] = line
        self.write()

    def write(self):
        """Put it onto the disk at once: a run that is killed goes on where it stood."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        held = {
            "persons": self.persons,
            "facts": self.facts,
            "runs": {
                run: {step: line.as_dict() for step, line in lines.items()}
                for run, lines in self._runs.items()
            },
        }
        aside = self._path.with_suffix(".aside")
        aside.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        aside.replace(self._path)

    def steps(self):
        """Every step that any run has, in the order measured."""
        return list(dict.fromkeys(step for lines in self._runs.values() for step in lines))

    def lines(self, step):
        """The lines of a step over the runs."""
        return [lines[step] for lines in self._runs.values() if step in lines]

    def median(self, step, field):
        """The median of a figure over the runs; None where the step was not measured."""
        found = [getattr(line, field) for line in self.lines(step)]
        return statistics.median(found) if found else None

    def spread(self, steps, field):
        """Least and most of a sum of steps over the runs that have all of them; None where none has."""
        sums = [
            sum(getattr(lines[step], field) for step in steps)
            for lines in self._runs.values()
            if steps and all(step in lines for step in steps)
        ]
        return (min(sums), statistics.median(sums), max(sums)) if sums else None

    def is_loaded(self, steps):
        """Whether other work ran beside any of these steps."""
        return any(line.is_loaded for step in steps for line in self.lines(step))

    def peak(self, steps):
        """The most memory that a process of these steps had, in MB."""
        return max((line.memory for step in steps for line in self.lines(step)), default=0)
