"""A simulation against what is planted in a made-up county: what each value finds and misses. The platform never
reads the truth; whether a planted warning is a need is known only for what the county's own readings raise."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from warehouse.database import in_memory, quoted
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.workshop.simulate import Simulation

# A minted person belongs to the true person whom most of its rows speak of (ties: the smaller).
_OWNERS = """
CREATE TABLE owners AS
SELECT person_id, arg_max(true_person, (n, true_person)) AS true_person
FROM (
  SELECT linked.person_id, planted.true_person, count(*) AS n
  FROM read_parquet('{crosswalk}', hive_partitioning = true, hive_types_autocast = false) AS linked
  JOIN read_parquet('{rows}') AS planted USING (month, feed, file, sheet, "row", role)
  GROUP BY ALL)
GROUP BY person_id
"""

# Persons, not months of persons: somebody who is planted in three months is found once or missed once.
_COUNTS = """
WITH said AS (
  SELECT raised.step, owners.true_person, true AS is_raised FROM raised JOIN owners USING (person_id) GROUP BY ALL),
steps AS (SELECT unnest(range({steps})) AS step),
planted AS (
  SELECT true_person, bool_or(expected) AS is_expected, bool_and(coalesce(NOT expected, false)) AS is_near_miss
  FROM read_parquet('{warnings}') WHERE rule_id = '{rule}' AND month IN ({months}) GROUP BY ALL),
needed AS ({needs})
SELECT steps.step, count(*) FILTER (planted.is_expected),
  count(*) FILTER (planted.is_expected AND said.is_raised),
  count(*) FILTER (planted.is_expected AND said.is_raised IS NULL),
  count(*) FILTER (said.is_raised AND planted.is_near_miss),
  count(*) FILTER (needed.true_person IS NOT NULL),
  count(*) FILTER (needed.true_person IS NOT NULL AND said.is_raised)
FROM steps CROSS JOIN planted LEFT JOIN said ON said.step = steps.step AND said.true_person = planted.true_person
LEFT JOIN needed ON needed.true_person = planted.true_person
GROUP BY steps.step ORDER BY steps.step
"""
_NEEDED = """
SELECT DISTINCT true_person FROM read_parquet('{file}')
WHERE rule_id = '{rule}' AND month IN ({months}) AND is_need AND is_planted"""


@dataclass(frozen=True)
class Planted:
    """Persons of the months: planted as such (by the county's own numbers), found, missed, raised although planted
    as a near miss; of all planted those who turn out to be in need, and of these the found."""

    expected: int
    found: int
    missed: int
    near_misses_raised: int
    needs: int
    needs_found: int


def planted(found: Simulation, county: Path, lake: Lake) -> list[Planted]:
    """What the policy in force finds of the planted truth, then each trial; ``Refused`` where there is no truth."""
    truth = county / "truth"
    if not (truth / "warnings.parquet").exists():
        raise Refused(
            f"the folder {county.name} holds no planted truth.",
            next_step="point --county at what doudi county wrote.",
        )
    places = {
        "rule": quoted(found.rule),
        "months": ", ".join(f"'{month}'" for month in found.months),
        "warnings": quoted(truth / "warnings.parquet"),
        "steps": len(found.weighed) + 1,
    }
    told = truth / "needs.parquet"
    needs = (
        _NEEDED.format(file=quoted(told), **places)
        if told.exists()
        else "SELECT NULL::VARCHAR AS true_person WHERE false"
    )
    with in_memory(lake.home) as con:
        con.register("raised", found.raised)
        con.execute(
            _OWNERS.format(
                crosswalk=quoted(lake.root / "crosswalk" / "month=*" / "*.parquet"),
                rows=quoted(truth / "rows.parquet"),
            )
        )
        return [
            Planted(*counts) for _, *counts in con.execute(_COUNTS.format(needs=needs, **places)).fetchall()
        ]
