"""The rules that settle most descriptions before the model is asked, in the order in which they are tried.

What an earlier rule settled, a later one builds on: an id's owner first, then whoever shares a number, a house or a
birth with somebody settled. Human decisions come as early as they can and are held to once more at the end.
"""

from __future__ import annotations

import duckdb

from linkage.births import by_house_of_birth
from linkage.companions import by_beside
from linkage.decisions import forbid, tie_decided
from linkage.evidence import by_valid_id
from linkage.limits import Limits
from linkage.mistaken_ids import by_housemate, by_slip
from linkage.numbers import by_agency_number
from linkage.scratch import drop


def settle_by_rules(con: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Make ``assigned(profile_key, node, rule, grade, match_weight, name_level)`` of ``described`` beside ``known``."""
    by_valid_id(con, limits)
    by_slip(con)
    tie_decided(con)
    by_agency_number(con)
    by_housemate(con, only_sure=True)
    by_agency_number(con)
    by_beside(con, limits)
    by_house_of_birth(con, limits)
    by_housemate(con, only_sure=False)
    forbid(con, "assigned", "profile_key", "node")
    drop(
        con,
        "claims",
        "graded",
        "bearers",
        "known_bearers",
        "everybody",
        "untied",
        "unnumbered",
        "held",
        "residents",
    )
