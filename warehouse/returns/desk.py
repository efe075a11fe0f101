"""What every desk that takes files back does alike: which files came, what goes back on a slip, how it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.release.workbook import file_word
from warehouse.returns.answers import Problem
from warehouse.returns.slips import RETURNED, SAID, write_slip

WORKBOOKS, WHATEVER = "*.xls*", "*"
_LEFT_OVER = ("~$", ".", "Thumbs.db")


def came_back(returned: Path, pattern: str = WORKBOOKS) -> list[Path]:
    """The files to read in ``returned`` (a file, or a folder of them), in order; what programs leave behind is not."""
    if returned.is_file():
        return [returned]
    return sorted(
        path
        for path in returned.rglob(pattern)
        if path.is_file() and not any(map(is_left_over, path.relative_to(returned).parts))
    )


def is_left_over(name: str) -> bool:
    """Whether a name is that of a lock file, a hidden file or a folder's index."""
    return name.startswith(_LEFT_OVER)


def name_within(path: Path, returned: Path) -> str:
    """How a file is called in counts and on slips: its place below the folder that came back."""
    return path.relative_to(returned).as_posix() if returned.is_dir() else path.name


def send_back(
    name: str,
    problems: list[Problem],
    month: Month,
    lake: Lake,
    *,
    ending: str = "退回单",
    title: str = RETURNED,
    said: str = SAID,
    shown: Callable[[str], str] = str,
) -> None:
    """Write a file's slip to ``HOME/returns/<month>/``, or take its last one away when nothing is wrong any more.

    ``shown`` masks the file's name for who reads the slip.
    """
    folder = lake.home / "returns" / str(month)
    slip = folder / f"{file_word(shown(name.removesuffix(Path(name).suffix)))}_{ending}.xlsx"
    if problems:
        folder.mkdir(parents=True, exist_ok=True)
        write_slip(slip, problems, month=month, form=shown(name), title=title, said=said)
    else:
        slip.unlink(missing_ok=True)


def nothing_came(stage: str, month: Month, what: str, lake: Lake) -> Outcome:
    """The outcome of a desk to which nothing came back; ``what`` as in 'no slip has'."""
    return record(Outcome(stage, str(month), "nothing", reasons=[f"{what} come back for this month."]), lake)


def recorded(
    outcome: Outcome,
    refusals: Sequence[str],
    lake: Lake,
    next_step: str = "send these files back; the others of this delivery were taken in.",
) -> Outcome:
    """Record and give the outcome; ``Refused`` when files could not be read as what they should be."""
    kept = record(outcome, lake)
    if refusals:
        raise Refused(" ".join(refusals), next_step=next_step)
    return kept
