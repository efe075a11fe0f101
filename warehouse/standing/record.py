"""What a stage stood on when it ended: ``lake/standing/month=…/<stage>.json``, digests and no values.

It is written after the stage has ended, with the digests of what was there before it began: a run that was
killed leaves the old record, which no longer fits what lies there, or fits it in every byte. No clock: the same
content gives the same record, and what was changed and changed back is fresh again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.flow import READS, WRITES
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.standing.inputs import Inputs

_TABLE = "standing"
_DELIVERIES = "deliveries"


@dataclass(frozen=True)
class Stood:
    """``inputs`` and ``left`` by name (see ``Inputs``); ``closed``: month to the digest of what it was closed with.

    ``asked``: what the program of that time asked of the lake and the policy (``Asked``); ``program``: its digest. Empty
    where it was not kept yet.
    """

    inputs: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    asked: dict[str, list[str] | None] = field(default_factory=dict)
    program: str = ""

    @property
    def policy(self) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
        """The beginnings of the parameters that were asked (None: all), and of those that were not."""
        prefixes = self.asked.get("policy")
        return (None if prefixes is None else tuple(prefixes)), tuple(self.asked.get("but_policy") or ())


def asked(stage: str) -> dict[str, list[str] | None]:
    """What the program asks for a stage today: tables read and written, and which policy lines."""
    reads = READS[stage]
    return {
        "tables": sorted(reads.tables),
        "code": sorted(reads.code),
        "writes": sorted(WRITES.get(stage, ())),
        "policy": None if reads.policy is None else sorted(reads.policy),
        "but_policy": sorted(reads.but_policy),
    }


def ended(inputs: Inputs, stage: str, month: Month, read: dict[str, str]) -> None:
    """A stage has ended on what it read: write it down, with the deliveries that the months were closed with."""
    inputs.forget()
    closed = {}
    # What a receive stood on lies before the month is closed.
    months = {name.partition("/")[2] for name in read} | ({str(month)} if stage != "receive" else set())
    for of_month, text in inputs.closed(month).items():
        if of_month not in months:
            continue
        digest = hashlib.sha256(text.encode()).hexdigest()
        closed[of_month] = digest
        path = inputs.lake.root / _TABLE / _DELIVERIES / f"{digest}.json"
        if not path.exists():
            inputs.lake.write_text(path, text)
    plain = {
        "inputs": read,
        "left": inputs.left(stage, month),
        "closed": closed,
        "asked": asked(stage),
        "program": inputs.program(),
    }
    text = json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    inputs.lake.write_text(_path(inputs.lake, stage, month), text)
    inputs.digests.keep()


def read(lake: Lake, stage: str, month: Month) -> Stood | None:
    """What the stage stood on when it last ended; None when it did not end, or before this was kept."""
    path = _path(lake, stage, month)
    if not path.is_file():
        return None
    return Stood(**json.loads(path.read_text(encoding="utf-8")))


def deliveries(lake: Lake, digest: str) -> dict[str, dict[str, str]]:
    """The files of a closed month by its digest: feed to file to hash; empty when nobody kept it."""
    path = lake.root / _TABLE / _DELIVERIES / f"{digest}.json"
    return files_in(path.read_text(encoding="utf-8")) if path.is_file() else {}


def files_in(closed: str) -> dict[str, dict[str, str]]:
    """The text of a ``closed.json`` as feed to file to hash."""
    feeds = json.loads(closed)["feeds"]
    return {feed: {one["file"]: one["sha256"] for one in files} for feed, files in feeds.items()}


def _path(lake: Lake, stage: str, month: Month) -> Path:
    return lake.partition(_TABLE, month=str(month)) / f"{stage}.json"
