"""docs/PRIVACY.md names what is there: every module, test and verb that it rests on, and every audience of policy."""

import re

import pytest

from warehouse.privacy.places import places
from warehouse.settings import REPOSITORY

TEXT = (REPOSITORY / "docs" / "PRIVACY.md").read_text(encoding="utf-8")
PROPERTIES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.partition("## Who may see what")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| property")
]


@pytest.mark.parametrize("row", PROPERTIES, ids=lambda row: row[0][:40])
def test_a_property_has_its_module_and_its_test(row):
    _, carried, held = row
    named = re.findall(r"`([^`]+)`", carried)
    tests = re.findall(r"`([^`]+)`", held)
    assert named
    assert tests
    beside = REPOSITORY
    for name in named:
        path = _place(name, beside)
        assert path.exists(), name
        beside = path
    beside = REPOSITORY
    for test in tests:
        file, _, function = test.partition("::")
        path = _place(file, beside)
        assert path.exists(), test
        assert not function or f"def {function}(" in path.read_text(encoding="utf-8"), test
        beside = path


def _place(name, before):
    """A path as the page writes it: whole, a file beside the one named before, or (empty) that one again."""
    if not name:
        return before
    return REPOSITORY / name if "/" in name else before.parent / name


def test_every_folder_of_a_home_has_a_line_in_the_table_of_places():
    tops = {place.place.split("/")[1] for place in places() if place.place.startswith("home/")}
    from warehouse.backup import NEEDED_FOLDERS

    assert set(NEEDED_FOLDERS) <= {top.removesuffix("_*") for top in tops} | {
        "returned_slips",
        "returned_notices",
    }


def test_the_page_links_to_the_table_of_places():
    assert "(generated/places.md)" in TEXT
