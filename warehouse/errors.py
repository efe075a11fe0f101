"""The one small tree of errors, each family with its exit codes and its meaning for a scheduler.

A message names the file, stage, month or rule, and the next step. It never names a person: no ID,
no name, no phone. ``Refused`` means the data may not pass and a retry cannot help; ``Unavailable``
means try again later; ``Misconfigured`` means a person has to change a setting.
"""

from __future__ import annotations


class DoudiError(Exception):
    """Base of every error that Doudi raises on purpose.

    ``what`` is one sentence on what is wrong (with file, stage, month or rule), ``next_step`` one
    sentence on what to do about it. ``exit_code`` is what the ``doudi`` command ends with.
    """

    exit_code = 1

    def __init__(self, what: str, *, next_step: str) -> None:
        self.what = what
        self.next_step = next_step
        super().__init__(f"{what} Next step: {next_step}")


class Fault(DoudiError):
    """An error that nobody foresaw: its kind and our line, never its message, which may quote a cell."""

    exit_code = 40


class Refused(DoudiError):
    """The data may not pass (exit 10-19). Airflow fails the task at once."""

    exit_code = 10


class DeliveryRefused(Refused):
    """A delivered file broke its contract."""

    exit_code = 11


class MonthNotClosed(Refused):
    """A required feed is missing after its grace, or the month was never declared complete."""

    exit_code = 12


class GateHeld(Refused):
    """A stop rule of a gate failed: the month is held."""

    exit_code = 13


class HistoryMissing(Refused):
    """Identity depends on the month before, and that month is absent."""

    exit_code = 14


class BudgetExceeded(Refused):
    """More candidates or merges than the policy allows."""

    exit_code = 15


class NotReleased(Refused):
    """Publishing was refused: a gate has not passed, an approval is denied, a masking rule broke."""

    exit_code = 16


class BuildFailed(Refused):
    """A model or test of the warehouse failed: its marts are not written."""

    exit_code = 17


class LakeDamaged(Refused):
    """A file of the lake is cut off or overwritten: what stands on it would be wrong."""

    exit_code = 18


class CutShort(Refused):
    """A stage was killed between two of its tables: what stands on it waits until it has run again."""

    exit_code = 19


class Unavailable(DoudiError):
    """Something is busy or not there yet (exit 20-29). Airflow retries."""

    exit_code = 20


class Misconfigured(DoudiError):
    """A setting, contract or policy pack is wrong (exit 30-39). A person has to act."""

    exit_code = 30


class PolicyMissing(Misconfigured):
    """A policy parameter that a stage needs has no value in force for region and month."""

    exit_code = 31
