"""Publish: the month's lists, ledgers, paper copies, page and manifest, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.database import copy_to_parquet, in_memory
from warehouse.gate_decisions import last_decision
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.release import frame, ledger, listing, marts, match_cards, quarter
from warehouse.release.cautions import Cautions
from warehouse.release.county_summary import FILE as SUMMARY
from warehouse.release.county_summary import county_summary
from warehouse.release.fill import Occasion
from warehouse.release.frame import quarter_first
from warehouse.release.frozen import freeze
from warehouse.release.issue import issue, issue_forms, issue_report
from warehouse.release.ledger import ledger_document, write_ledger
from warehouse.release.lists import list_document, write_list
from warehouse.release.manifest import Item, write_manifest
from warehouse.release.masking import Mask, mask_for
from warehouse.release.naming import WHOLE_COUNTY, distinct, place_word
from warehouse.release.page import write_pages
from warehouse.release.reissue import tidy, told_version, version_of
from warehouse.release.sealed import check_sealed
from warehouse.release.sent import keep_sent
from warehouse.release.unassessed import Unassessed
from warehouse.release.verdict_check import passed_verdicts
from warehouse.release.versions import Version


def release_folder(lake: Lake, month: Month) -> Path:
    """``HOME/release/<month>``, where a month's release stands."""
    return lake.home / "release" / str(month)


def publish(month: Month, *, lake: Lake, policy: Policy) -> Outcome:
    """Write ``HOME/release/<month>/`` from the marts; reads both verdicts first.

    ``NotReleased`` when a gate has not passed, its verdict is stale, or a masked file would show a whole
    ID or phone; then whatever stood in the release folder stays as it was. A release with other content than the
    one that stands is its next version, with a supplement; the former one is kept. Recorded as ``publish``.
    """
    verdicts = passed_verdicts(month, lake, policy)
    cautions = Cautions(verdicts)
    with in_memory(lake.home) as con, replacing_folder(release_folder(lake, month)) as folder:
        marts.attach(con, lake, month)
        listing.prepare(con)
        match_cards.prepare(con, lake, month)
        warnings = copy_to_parquet(con, listing.WARNINGS, folder / "warnings.parquet")
        items = [Item("warnings.parquet", "warnings", warnings)]
        items += _lists(folder, con, month, policy, cautions)
        summary = county_summary(con, month=month, policy=policy, cautions=cautions)
        items += issue_report(folder, summary, file=SUMMARY, month=month, policy=policy)
        ledger.prepare(con, lake, month, policy)
        items += _ledgers(folder, con, month, policy, cautions)
        frame.prepare(con, lake, month, policy)
        figures = "SELECT * FROM figures ORDER BY figure_id, township"
        items.append(
            Item("figures.parquet", "figures", copy_to_parquet(con, figures, folder / "figures.parquet"))
        )
        occasion = Occasion(month, quarter_first(month), policy, Unassessed(con, lake, month), cautions)
        items += issue_forms(folder, con, occasion)
        told = quarter.read(con, lake, month) if quarter.is_due(month, policy) else None
        if told:
            document = quarter.report(con, told, lake=lake, month=month, policy=policy, cautions=cautions)
            items += issue_report(folder, document, file=quarter.FILE, month=month, policy=policy)
        items += write_pages(
            folder, con, lake=lake, month=month, policy=policy, verdicts=dict(verdicts), cautions=cautions
        )
        here = release_folder(lake, month)
        reissue = version_of(folder, items, con, release=here, lake=lake, month=month, policy=policy)
        items += reissue.version.supplement
        write_manifest(
            folder,
            items,
            month=month,
            region=policy.region,
            verdicts=verdicts,
            cautions=cautions,
            decision=last_decision(lake, month),
            edition=reissue.version.as_dict(),
        )
        outcome = _outcome(con, month, items, reissue.version)
    keep_sent(lake, month, policy)
    tidy(lake, month, reissue)
    if told:
        # Only what left the house is reported: the release stands by now.
        with in_memory(lake.home) as con:
            freeze(con, lake, told, month)
    return record(outcome, lake)


def _lists(
    folder: Path, con: duckdb.DuckDBPyConnection, month: Month, policy: Policy, cautions: Cautions
) -> list[Item]:
    """Every township's list and its paper copy, and the county's list."""
    places: list[tuple[str | None, str]] = [
        (name, place_word(name, policy)) for name in listing.townships(con)
    ]
    places.append((None, WHOLE_COUNTY))
    items, paper = [], mask_for("paper", policy)
    for township, word in distinct(places):
        kinds = [("list" if township else "county_list", f"lists/预警清单_{word}_{month}.xlsx")]
        if township:
            kinds.append(("paper", f"paper/预警清单_{word}_{month}_纸质.xlsx"))
        for audience, path in kinds:
            mask = mask_for(audience, policy)
            ids = write_list(
                folder / path,
                con,
                month=month,
                township=township,
                mask=mask,
                policy=policy,
                cautions=cautions,
                is_paper=audience == "paper",
            )
            items.append(_sealed(folder, Item(path, "list", len(ids), audience, ids), mask))
        if township:
            document = list_document(
                con, month=month, township=township, mask=paper, policy=policy, cautions=cautions
            )
            pdf = f"paper/预警清单_{word}_{month}.pdf"
            items.append(issue(folder, pdf, document, kind="list", mask=paper, month=month))
    return items


def _ledgers(
    folder: Path, con: duckdb.DuckDBPyConnection, month: Month, policy: Policy, cautions: Cautions
) -> list[Item]:
    """Every township's ledger and its paper copy."""
    items, paper = [], mask_for("paper", policy)
    places: list[tuple[str | None, str]] = [
        (name, place_word(name, policy)) for name in ledger.townships(con)
    ]
    for township, word in distinct(places):
        for audience, path in (
            ("ledger", f"ledger/摸排台账_{word}_{month}.xlsx"),
            ("paper", f"paper/摸排台账_{word}_{month}_纸质.xlsx"),
        ):
            mask = mask_for(audience, policy)
            persons = write_ledger(
                folder / path,
                con,
                month=month,
                township=str(township),
                mask=mask,
                policy=policy,
                cautions=cautions,
            )
            items.append(_sealed(folder, Item(path, "ledger", persons, audience), mask))
        document = ledger_document(
            con, month=month, township=str(township), mask=paper, policy=policy, cautions=cautions
        )
        pdf = f"paper/摸排台账_{word}_{month}.pdf"
        items.append(issue(folder, pdf, document, kind="ledger", mask=paper, month=month))
    return items


def _sealed(folder: Path, item: Item, mask: Mask) -> Item:
    check_sealed(folder / item.path, mask, shown_as=item.path)
    return item


def _outcome(con: duckdb.DuckDBPyConnection, month: Month, items: list[Item], version: Version) -> Outcome:
    by_status = dict(con.execute("SELECT status, count(*) FROM fct_warning_monthly GROUP BY ALL").fetchall())
    by_rule = dict(con.execute("SELECT rule_id, count(*) FROM fct_warning_monthly GROUP BY ALL").fetchall())
    by_township = dict(con.execute("SELECT township, count(*) FROM listing GROUP BY ALL").fetchall())
    held = con.execute(
        "SELECT status, reason, sum(warnings)::BIGINT FROM backlog GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return Outcome(
        stage="publish",
        month=str(month),
        counts={
            "warnings": sum(by_status.values()),
            "listed": by_status.get("listed", 0),
            "waiting": by_status.get("waiting", 0),
            "silent": by_status.get("silent", 0),
            "files": len(items) + 1,
            "version": version.number,
            "ledger_persons": sum(i.rows for i in items if i.kind == "ledger" and i.audience == "ledger"),
        },
        by={"warnings_by_rule": by_rule, "listed_by_township": by_township},
        reasons=[
            *told_version(version),
            *(f"{status}: {count} ({reason})" for status, reason, count in held),
        ],
    )
