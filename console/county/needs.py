"""What is found on the doorstep: which planted findings are a real need, and what the others turn out to be.

A planted warning says that the records look as if somebody needed help, or were paid who should not be. Whether it
is so is drawn once for each subject and cause, at the rate in ``needs.csv`` (illustrative, the source named where one
is known) times how well the township's offices keep their lists. Rules that ask the same question of the same subject
(``cause``) get the same answer. A need stays a need, month after month, until it ends by itself (``ends_share`` a month).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from console.county.draws import Draws, Floats, Ints
from console.county.seat import here
from console.county.truth import person_texts
from warehouse.months import Month

TABLE = Path(__file__).with_name("needs.csv")
HOUSEHOLD: Final = "household"
CHANGED: Final = "已变化"
# Where lists are kept well a finding is a need more often: the rate of a rule is moved so much, either way.
TOWNSHIP_SWING: Final = 0.35
# Who is found to be dead is not found to be alive: the two are one draw, seen from either end.
DEATH, NOT_DEATH = "death", "not death"
NEEDS = pa.schema(
    [
        ("month", pa.string()),
        ("rule_id", pa.string()),
        ("true_person", pa.string()),
        ("cause", pa.string()),
        ("subject", pa.string()),
        ("household", pa.string()),
        ("township", pa.string()),
        ("is_need", pa.bool_()),
        ("result", pa.string()),
        ("aid", pa.string()),
        ("reason", pa.string()),
        ("is_planted", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Doorstep:
    """What the doorstep says of a rule's findings: a line of ``needs.csv``."""

    rule_id: str
    cause: str
    drawn_for: str
    need_share: float
    ends_share: float
    ends_when_gone: bool
    aids: Mapping[str, float]
    result_when_not: str
    reasons: Mapping[str, float]
    source: str


@lru_cache(maxsize=1)
def doorsteps() -> dict[str, Doorstep]:
    """The table, by rule. A rule that is not there is nothing that villages are asked about."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            line["rule_id"]: Doorstep(
                line["rule_id"],
                line["cause"],
                line["drawn_for"],
                float(line["need_share"]),
                float(line["ends_share"]),
                line["ends_when_gone"] == "yes",
                _weights(line["aids"]),
                line["result_when_not"],
                _weights(line["reasons"]),
                line["source"],
            )
            for line in csv.DictReader(lines)
        }


def _weights(text: str) -> dict[str, float]:
    pairs = (part.rpartition(":") for part in text.split(";") if part)
    return {word: float(weight) for word, _, weight in pairs}


def household_texts(households: Ints) -> list[str]:
    """True households as they stand in the truth: H0000123."""
    return [f"H{one:07d}" for one in (households + here().first).tolist()]


@dataclass(frozen=True)
class Homes:
    """Where everybody lives at the end of a month: household, and the name of its township."""

    household: Ints
    township: np.ndarray


class NeedsTruth:
    """``needs.parquet``: one row a month for each planted warning that is or may be raised (``is_planted``: must be).

    ``subject`` is the person or, where a cause is the whole house's, the household (H…) that it was drawn for.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._path = folder / "needs.parquet"
        self._draws = Draws(seed)
        self._begun: dict[tuple[str, int], tuple[int, float]] = {}

    def __enter__(self) -> NeedsTruth:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._path, NEEDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def add(self, month: Month, planted: pd.DataFrame, homes: Homes) -> int:
        """Note a month's planted warnings (``rule_id, true_person, expected``); gives how many are needs.

        A need that began in an earlier month of the span may have ended; before the first month nothing is known.
        """
        asked = planted[[expected is not False for expected in planted["expected"].tolist()]]
        parts = [
            self._found(month, doorsteps()[str(rule)], rows, homes)
            for rule, rows in asked.groupby("rule_id")
            if rule in doorsteps()
        ]
        if parts:
            self._writer.write_table(pa.Table.from_pandas(pd.concat(parts), NEEDS, preserve_index=False))
        return int(sum(part["is_need"].sum() for part in parts))

    def _found(self, month: Month, rule: Doorstep, rows: pd.DataFrame, homes: Homes) -> pd.DataFrame:
        people = rows["true_person"].to_numpy(dtype=np.int64)
        of_house = rule.drawn_for == HOUSEHOLD
        drawn_for = homes.household[people] if of_house else people
        township = homes.township[people]
        is_of_death = rule.cause in (DEATH, NOT_DEATH)
        age, kept_well = self._first_seen(month, rule, drawn_for, township)
        rate = rule.need_share * (1.0 if is_of_death else kept_well)
        drawn = self._draws.uniform(f"need/{DEATH if is_of_death else rule.cause}", drawn_for)
        was_need = (1.0 - drawn if rule.cause == NOT_DEATH else drawn) < rate
        ends = self._draws.uniform(f"need/ends/{rule.cause}", drawn_for)
        has_ended = was_need & (ends > (1.0 - rule.ends_share) ** age)
        is_need = was_need & ~has_ended
        result = np.where(is_need, "属实", np.where(has_ended, CHANGED, rule.result_when_not))
        return pd.DataFrame(
            {
                "month": str(month),
                "rule_id": rule.rule_id,
                "true_person": person_texts(people),
                "cause": rule.cause,
                "subject": household_texts(drawn_for) if of_house else person_texts(people),
                "household": household_texts(homes.household[people]),
                "township": township,
                "is_need": is_need,
                "result": result,
                "aid": np.where(is_need, self._words(f"aid/{rule.cause}", rule.aids, drawn_for), ""),
                "reason": np.where(is_need, "", self._words(f"reason/{rule.cause}", rule.reasons, drawn_for)),
                "is_planted": [expected is True for expected in rows["expected"].tolist()],
            }
        )

    def _first_seen(
        self, month: Month, rule: Doorstep, drawn_for: Ints, township: np.ndarray
    ) -> tuple[Floats, Floats]:
        """How many months ago each subject was first asked about, and how well its township's lists were kept then."""
        names, at = np.unique(township.astype(str), return_inverse=True)
        swings = [self._draws.uniform(f"need/township/{name}", [0])[0] for name in names]
        kept_well = (1.0 + TOWNSHIP_SWING * (2.0 * np.array(swings) - 1.0))[at]
        now = month.year * 12 + month.number
        seen = [
            self._begun.setdefault((rule.cause, int(one)), (now, float(well)))
            for one, well in zip(drawn_for, kept_well, strict=True)
        ]
        return np.array([now - begun for begun, _ in seen]), np.array([well for _, well in seen])

    def _words(self, purpose: str, weights: Mapping[str, float], ids: Ints) -> np.ndarray:
        """One of the words for each id, as likely as its weight; blank where there are none."""
        if not weights:
            return np.full(len(ids), "", dtype=object)
        picked = self._draws.pick(f"need/{purpose}", ids, list(weights.values()))
        return np.array(list(weights), dtype=object)[picked]
