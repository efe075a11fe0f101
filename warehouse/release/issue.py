"""Issue the forms and registers: each as a workbook, and as a paper copy where it goes on paper."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.document import Document
from warehouse.release.fill import Occasion, filled, places_of, rows_of
from warehouse.release.form import Form, forms
from warehouse.release.form_workbook import write_workbook
from warehouse.release.manifest import Item
from warehouse.release.masking import Mask, mask_for
from warehouse.release.naming import WHOLE_COUNTY, distinct, place_word
from warehouse.release.paper import write_paper
from warehouse.release.sealed import check_sealed


def issue_forms(folder: Path, con: duckdb.DuckDBPyConnection, occasion: Occasion) -> list[Item]:
    """Write every form of the month into ``folder``; a quarterly one in the months that policy names only."""
    is_quarter = str(occasion.month.number) in occasion.policy.words("forms.quarter_months")
    return [
        item
        for form in forms().values()
        if is_quarter or not form.quarterly
        for item in issue_form(folder, con, form, occasion)
    ]


def issue_form(
    folder: Path, con: duckdb.DuckDBPyConnection, form: Form, occasion: Occasion, *, when: str = ""
) -> list[Item]:
    """Write one form for everybody who gets it; ``when`` ends the files' names (the month where not given)."""
    policy, rows, items = occasion.policy, rows_of(con, form), []
    for copy in form.copies:
        places = (
            distinct([(place, place_word(place, policy)) for place in places_of(rows)])
            if copy.per == "township"
            else [(None, WHOLE_COUNTY)]
        )
        for place, word in places:
            stem = f"{form.file}_{word}_{when or occasion.month}"
            outputs = [(copy.audience, f"{form.folder}/{stem}.xlsx")]
            if copy.paper:
                outputs.append(("paper", f"paper/{stem}.pdf"))
            for audience, path in outputs:
                mask = mask_for(audience, policy)
                document = filled(form, copy, rows, place=place, mask=mask, occasion=occasion)
                items.append(issue(folder, path, document, kind=form.id, mask=mask, month=occasion.month))
    return items


def issue_report(folder: Path, document: Document, *, file: str, month: Month, policy: Policy) -> list[Item]:
    """Write a report of the county as a workbook and on paper."""
    stem = f"{file}_{WHOLE_COUNTY}_{month}"
    return [
        issue(
            folder, f"reports/{stem}.xlsx", document, kind=file, mask=mask_for("report", policy), month=month
        ),
        issue(folder, f"paper/{stem}.pdf", document, kind=file, mask=mask_for("paper", policy), month=month),
    ]


def issue(folder: Path, path: str, document: Document, *, kind: str, mask: Mask, month: Month) -> Item:
    """Write one document under its path below the release folder (``.xlsx`` or ``.pdf``); gives its line."""
    if path.endswith(".pdf"):
        write_paper(folder / path, document, month=month, mask=mask, shown_as=path)
    else:
        write_workbook(folder / path, document, month=month)
        check_sealed(folder / path, mask, shown_as=path)
    return Item(path, kind, document.rows, mask.audience)
