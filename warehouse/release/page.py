"""The month in pictures: the bureau's page and its paper copy, and a page for each township that leaves the bureau."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.errors import NotReleased
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.cautions import Cautions
from warehouse.release.listing import UNPLACED
from warehouse.release.manifest import Item
from warehouse.release.masking import Mask, mask_for
from warehouse.release.naming import distinct, place_word
from warehouse.release.pictures import past, web
from warehouse.release.pictures.asked import Asked
from warehouse.release.pictures.county import county_story
from warehouse.release.pictures.partners import partners
from warehouse.release.pictures.print import write_pdf
from warehouse.release.pictures.story import Story
from warehouse.release.pictures.township import township_story
from warehouse.release.pictures.veil import laid_bare, veiled
from warehouse.release.unassessed import left_out
from warehouse.verdicts import Verdict

PAGE, TOWNSHIPS, REPORT = "month.html", "townships", "月报"
# Pages tell what lists say; they make no new version of a release (``versions``).
KIND = "page"


def write_pages(
    folder: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    lake: Lake,
    month: Month,
    policy: Policy,
    verdicts: dict[str, Verdict],
    cautions: Cautions,
) -> list[Item]:
    """Write ``month.html``, ``paper/月报_<month>.pdf`` and ``townships/<乡镇>.html`` from the month's marts,
    ``listing``, ``backlog`` and ``figures``. ``NotReleased`` when one of them would show a whole ID or phone.
    """
    months = past.prepare(con, lake, month, policy)
    county = policy.text("release.county_name")
    asked = Asked(con, month=month, months=months, place=None, county=county)
    mask = mask_for("paper", policy)
    named = [place.township for place in asked.townships() if place.township != UNPLACED]
    words = distinct([(name, place_word(name, policy)) for name in named])
    pages = {str(name): f"{TOWNSHIPS}/{word}.html" for name, word in words}
    whole = county_story(
        asked,
        policy=policy,
        verdicts=verdicts,
        cautions=cautions,
        not_assessed=left_out(con, None),
        partners=partners(con, lake, month),
        pages=pages,
    )
    story: Story = veiled(whole, mask)
    items = [_put(folder, Item(PAGE, KIND, 0), web.page(story), mask)]
    paper = f"paper/{REPORT}_{month}.pdf"
    write_pdf(folder / paper, story, month=month)
    items.append(Item(paper, KIND, 0, mask.audience))
    for township, path in pages.items():
        here = Asked(con, month=month, months=months, place=township, county=county)
        told: Story = veiled(township_story(here, policy=policy, not_assessed=left_out(con, township)), mask)
        items.append(_put(folder, Item(path, KIND, 0, "township"), web.page(told), mask))
    return items


def _put(folder: Path, item: Item, page: str, mask: Mask) -> Item:
    broken = laid_bare(page, mask)
    if broken:
        raise NotReleased(
            f"masking rule broken: a whole {broken} stands in {item.path}.",
            next_step="mend the figure or name that carries it; nothing of this month was published.",
        )
    (folder / item.path).parent.mkdir(parents=True, exist_ok=True)
    (folder / item.path).write_text(page, encoding="utf-8")
    return item
