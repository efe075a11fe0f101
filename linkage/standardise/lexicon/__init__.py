"""Word lists as data, and their reader.

``surnames`` and ``ethnicities`` (naming habit) tell how a name is built; ``variants`` folds characters that
OpenCC leaves; ``honorifics`` are words about a name that are not the name; ``tibetan_families`` joins the
Chinese renderings of one Tibetan name unit. That last list is from reports and usage, not verified:
it may raise a candidate, it proves nothing.
"""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

from warehouse.errors import Misconfigured

FOLDER = Path(__file__).parent


@cache
def lines(name: str) -> tuple[dict[str, str], ...]:
    """The lines of ``<name>.csv``, in file order."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def words(text: str) -> list[str]:
    """A cell that lists words with ``;``."""
    return [word.strip() for word in text.split(";") if word.strip()]


@cache
def surnames() -> dict[str, str]:
    """Han surname to its reading as a surname (empty where the usual reading holds)."""
    return {line["surname"]: line["reading"] for line in lines("surnames")}


@cache
def ethnicities() -> dict[str, str]:
    """Every way to write an ethnicity (name, short name, GB/T 3304 number) to its name."""
    found: dict[str, str] = {}
    for line in lines("ethnicities"):
        for word in (line["code"], line["ethnicity"], *words(line["aliases"])):
            found[word] = line["ethnicity"]
    return found


@cache
def naming_habits() -> dict[str, str]:
    """Ethnicity to how names are usually built: han, given, interpunct or unknown."""
    return {line["ethnicity"]: line["naming"] for line in lines("ethnicities")}


@cache
def relations() -> dict[str, str]:
    """Every way to write a relation to the head (word or number) to its GB/T 4761 code."""
    found: dict[str, str] = {}
    for line in lines("relations"):
        for word in (line["code"], line["code"].lstrip("0"), *words(line["words"])):
            found.setdefault(word, line["code"])
    return found


@cache
def divisions() -> tuple[dict[str, str], dict[str, str]]:
    """Two tables of counties: name to the number in force, and any number to the number in force."""
    by_name = {line["name"]: line["in_force"] for line in lines("divisions")}
    by_code = {line["code"]: line["in_force"] for line in lines("divisions")}
    return by_name, by_code


@cache
def townships() -> dict[str, str]:
    """Township without its kind word (隆务) to its name (隆务镇); a stem that two townships share is left out."""
    stems = [(line["township"].rstrip("镇乡"), line["township"]) for line in lines("townships")]
    counts = Counter(stem for stem, _ in stems)
    return {stem: name for stem, name in stems if counts[stem] == 1}


@cache
def variants() -> dict[str, str]:
    """Variant character to the plain one, beyond what traditional-to-simplified covers."""
    return {line["variant"]: line["plain"] for line in lines("variants")}


@cache
def honorifics(place: str) -> tuple[str, ...]:
    """Words that stand at a ``place`` (start, end, end_after_blank, relative) of a name, longest first."""
    found = [line["term"] for line in lines("honorifics") if line["place"] == place]
    return tuple(sorted(found, key=lambda term: (-len(term), term)))


@cache
def tibetan_families() -> tuple[dict[str, str], dict[str, str]]:
    """Renderings of Tibetan name units to their family: those for any place, those for the end only."""
    anywhere: dict[str, str] = {}
    ending: dict[str, str] = {}
    for line in lines("tibetan_families"):
        table = anywhere if line["position"] == "any" else ending
        for rendering in words(line["renderings"]):
            if table.setdefault(rendering, line["family"]) != line["family"]:
                raise Misconfigured(
                    f"tibetan_families.csv gives one rendering to '{table[rendering]}' and '{line['family']}'.",
                    next_step="leave it in one family.",
                )
    return anywhere, ending
