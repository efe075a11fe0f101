"""Whose row shows somebody else's id: linkage and the warehouse say it of the same rules."""

import re

from linkage.reading import BORROWED
from warehouse.settings import REPOSITORY


def test_the_warehouse_publishes_no_id_that_linkage_holds_for_anothers():
    macro = (REPOSITORY / "dbt_project" / "macros" / "links.sql").read_text(encoding="utf-8")
    _, _, listed = macro.partition("{% macro shows_anothers_id")
    named = re.findall(r"'(L\d\d)'", listed)
    assert named
    assert set(named) == set(re.findall(r"L\d\d", BORROWED))
