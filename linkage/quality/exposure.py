"""Who is exposed to which kind of error: counts of chances by source, stratum and group."""

from __future__ import annotations

from collections import defaultdict

import duckdb

from linkage.quality.reading import GROUPS
from linkage.quality.sample import BELOW, CERTAIN

FALSE, MISSED = "false_links", "missed_links"
EVERYTHING = ("all", "all")

Group = tuple[str, str]
# (measure, source, stratum) to the chances of each group.
Exposures = dict[tuple[str, str, str], dict[Group, float]]

# Sums are taken of decimals: a sum of floats depends on the order in which threads meet, and so would the bytes.
# Each source of error: the measure, its strata, and the descriptions that are chances of it with their number.
_SOURCES = f"""
    -- joined without their own valid id: as often wrong as the hidden ones
    SELECT '{FALSE}' AS measure, 'hidden' AS source, stratum, profile_key, 1.0 AS chances
    FROM linked WHERE grade = 'certain' AND basis = 'rest'
    UNION ALL
    -- persons without any id: a stranger among them may have been taken for somebody
    SELECT '{FALSE}', 'phantom', 'all', profile_key, 1.0 FROM linked WHERE grade <> 'review' AND is_loose
    UNION ALL
    SELECT '{FALSE}', 'borrowed', 'all', profile_key, 1.0 FROM linked WHERE grade = 'certain' AND basis = 'id'
    UNION ALL
    SELECT '{FALSE}', 'impossible', 'all', profile_key, 1.0 FROM linked
    WHERE grade = 'certain' AND basis = 'id' AND profile_key IN (SELECT profile_key FROM suspicious)
    UNION ALL
    -- persons without any id: one of them may be somebody who is held elsewhere; whoever
    -- comes near nobody (far) stands on no card, and only the controls speak of it
    SELECT '{MISSED}', CASE WHEN person_id IN (SELECT person_id FROM neighbours) THEN 'near' ELSE 'far' END,
        stratum, profile_key, 1.0
    FROM linked WHERE grade <> 'review' AND is_loose
    UNION ALL
    SELECT '{MISSED}', 'doubles', 'found', profile_key, 1.0 FROM linked
    WHERE grade <> 'review' AND person_id IN (SELECT person_id FROM doubles WHERE traits OR shared)
    UNION ALL
    -- a double that nobody found is a person of whom few descriptions tell
    SELECT '{MISSED}', 'doubles', 'unseen', profile_key, CAST(1.0 / size AS DECIMAL(18, 6)) FROM linked JOIN people USING (person_id)
    WHERE grade <> 'review' AND NOT is_loose
        AND person_id NOT IN (SELECT person_id FROM doubles WHERE traits OR shared)
    UNION ALL
    SELECT '{FALSE}', 'cards', stratum, left_key, counts_for FROM frame WHERE grade = '{CERTAIN}'
    UNION ALL
    SELECT '{MISSED}', 'cards', stratum, left_key, counts_for FROM frame WHERE grade = '{BELOW}'
    UNION ALL
    SELECT '{FALSE}', 'cases', 'all', profile_key, 1.0 FROM linked WHERE grade = 'certain'
    UNION ALL
    SELECT '{MISSED}', 'cases', 'all', profile_key, 1.0 FROM linked WHERE grade <> 'review'
    UNION ALL
    SELECT 'undecided', 'cases', 'all', profile_key, 1.0 FROM linked
    UNION ALL
    SELECT 'undecided', 'held', 'all', profile_key, 1.0 FROM linked WHERE grade = 'review'
"""


def count_exposures(con: duckdb.DuckDBPyConnection) -> Exposures:
    """Count the chances of every source by group. Reads ``linked``, ``people``, ``frame``, ``neighbours``,
    ``doubles`` and ``suspicious``. ``cases`` are what a rate is a share of."""
    columns = ", ".join(f"chanced.{group}" for group in GROUPS)
    sets = ", ".join(f"(measure, source, stratum, {group})" for group in GROUPS)
    value = " ".join(f"WHEN grouping({group}) = 0 THEN {group}" for group in GROUPS)
    by = " ".join(f"WHEN grouping({group}) = 0 THEN '{group}'" for group in GROUPS)
    rows = con.execute(
        f"""
        WITH sources AS ({_SOURCES}),
        chanced AS (
            SELECT sources.measure, sources.source, sources.stratum, sources.chances, {", ".join(f"linked.{g}" for g in GROUPS)}
            FROM sources JOIN linked USING (profile_key)
        )
        SELECT measure, source, stratum, CASE {by} ELSE 'all' END, CASE {value} ELSE 'all' END, sum(chances)
        FROM (SELECT measure, source, stratum, chances, {columns} FROM chanced)
        GROUP BY GROUPING SETS ((measure, source, stratum), {sets})
        ORDER BY ALL""".replace("chanced.", "")
    ).fetchall()
    exposures: Exposures = defaultdict(dict)
    for measure, source, stratum, by_, value_, chances in rows:
        exposures[(measure, source, stratum)][(by_, value_)] = float(chances)
    return dict(exposures)


def groups_of(exposures: Exposures, measure: str) -> list[Group]:
    """The groups that have cases of a measure, the whole first."""
    found = exposures.get((measure, "cases", "all"), {})
    return sorted(found, key=lambda group: (group != EVERYTHING, group))
