"""Who everybody truly is: number, name, sex, birth, death. Beside the files, never read by the platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from console.county.truth import person_texts

FILE = "people.parquet"
PEOPLE = pa.schema(
    [
        ("true_person", pa.string()),
        ("id_no", pa.string()),
        ("name", pa.string()),
        ("sex", pa.string()),
        ("birth_date", pa.date32()),
        ("died_on", pa.date32()),
        ("spouse", pa.string()),
    ]
)


def write_people(folder: Path, persons: Any) -> None:
    """Write ``people.parquet`` of a world's people (its frame, one row per person, in order of number)."""
    spouses = persons["spouse"].to_numpy()
    columns = {
        "true_person": person_texts(np.arange(len(persons))),
        "id_no": [None if pd.isna(one) else str(one) for one in persons["id_no"]],
        "name": [str(one) for one in persons["name"]],
        "sex": np.where(persons["is_male"].to_numpy(), "1", "2").tolist(),
        "birth_date": _days(persons["birth_date"]),
        "died_on": _days(persons["died_on"]),
        "spouse": [person_texts(np.array([one]))[0] if one >= 0 else None for one in spouses.tolist()],
    }
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns, schema=PEOPLE), folder / FILE)


def _days(series: Any) -> list[Any]:
    return [None if pd.isna(one) else pd.Timestamp(one).date() for one in series]
