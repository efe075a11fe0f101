"""The planted warnings as truth, with those set to *either answer* whose evidence the dirt took away."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import TracebackType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from console.county.truth import Truth, person_texts
from warehouse.months import Month

WRONGLY_DEAD = "D03"
ON_GRACE = ("G01", "G02", "G03", "G04", "G05", "Q02")
WARNINGS = pa.schema(
    [("month", pa.string()), ("rule_id", pa.string()), ("true_person", pa.string()), ("expected", pa.bool_())]
)


class WarningsTruth:
    """``warnings.parquet``: one row group per month."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "warnings.parquet"

    def __enter__(self) -> WarningsTruth:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._path, WARNINGS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def add(self, month: Month, planted: pd.DataFrame, truth: Truth, counts: Counter[str]) -> pd.DataFrame:
        """Note a month's planted warnings; gives them as noted.

        ``expected`` becomes null where the files leave nothing to link a person on, where a row of theirs
        cannot be decoded, and, for the rules on deaths and on grace, where the date that decides was spoilt. Whose number
        the police wrote on a husband's or wife's death may be found to be recorded dead by mistake (D03).
        """
        planted = pd.concat(
            [planted.astype({"expected": object}), _taken_for_dead(planted, truth)], ignore_index=True
        )
        people = planted["true_person"].to_numpy(dtype=np.int64)
        rules = planted["rule_id"].astype(str).tolist()
        gone = np.isin(people, sorted(truth.lost | truth.broken))
        on_death = np.array([rule.startswith("D") for rule in rules], dtype=bool)
        gone |= on_death & np.isin(people, sorted(truth.undated))
        on_grace = np.array([rule in ON_GRACE for rule in rules], dtype=bool)
        gone |= on_grace & np.isin(people, sorted(truth.ungraced))
        expected = [
            None if lost or pd.isna(value) else bool(value)
            for lost, value in zip(gone.tolist(), planted["expected"].tolist(), strict=True)
        ]
        columns = [
            pa.array([str(month)] * len(planted), pa.string()),
            pa.array(rules, pa.string()),
            pa.array(person_texts(people), pa.string()),
            pa.array(expected, pa.bool_()),
        ]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=WARNINGS))
        for rule, value in zip(rules, expected, strict=True):
            word = {True: "to raise", False: "not to raise", None: "either"}[value]
            counts[f"{rule} {word}"] += 1
        return planted.assign(expected=pd.Series(expected, dtype=object, index=planted.index))


def _taken_for_dead(planted: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    known = set(planted.loc[planted["rule_id"] == WRONGLY_DEAD, "true_person"].astype(int))
    people = sorted(truth.taken_for_dead - known)
    return pd.DataFrame(
        {
            "rule_id": pd.Series([WRONGLY_DEAD] * len(people), dtype=object),
            "true_person": pd.Series(people, dtype="int64"),
            "expected": pd.Series([None] * len(people), dtype=object),
        }
    )
