"""The dock's first stage: take in what the agencies put into the inbox, file by file, by their contracts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from warehouse.errors import DeliveryRefused, Refused
from warehouse.intake import ledger, shelf
from warehouse.intake.contract import Contract, contracts
from warehouse.intake.feed_delivery import FeedDelivery, Received
from warehouse.intake.inbox import look
from warehouse.intake.landing import Landing
from warehouse.intake.ledger import Entry
from warehouse.intake.limits import Limits, fall_share
from warehouse.intake.reopened import what_reopened
from warehouse.intake.withdrawal import part, take_back, withdrawals
from warehouse.lake import Lake, drop
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.policy import Policy
from warehouse.progress import progress

_MB = 1_000_000


def receive(month: Month, *, inbox: Path, lake: Lake, policy: Policy) -> Outcome:
    """Land a month's files from ``inbox/<month>/`` and write down what became of every row of every file.

    Writes ``landed``, ``quarantine``, ``row_account``, ``ledger`` and ``HOME/quarantine/<month>/``. Every sound
    file lands; ``DeliveryRefused`` is raised at the end when a file of a required feed was refused, and at
    once when there is nothing to receive. The outcome is ``held`` when something needs a person.
    """
    feeds = contracts()
    limits = Limits.of(policy)
    found = look(inbox, month, feeds, limits)
    withdrawn = withdrawals(inbox / str(month))
    known = ledger.read(lake, month)
    landed = ledger.landed_before(lake, month)
    done: dict[str, Received] = {}
    with progress(f"receive {month}", sum(each.bytes for each in found.sent), "MB", per=_MB):
        for feed, contract in feeds.items():
            of_feed, back = part([each for each in found.sent if each.name.feed == feed], withdrawn)
            before = [entry for entry in known if entry.feed == feed]
            if of_feed or before or back:
                delivery = FeedDelivery(contract, month, lake, limits, known=before, landed=landed)
                done[feed] = delivery.receive(of_feed)
                take_back(done[feed], back, withdrawn)
                _hold_a_fall(done[feed], contract, month, lake, policy)
    _drop_strays(lake, month, set(done))
    landings = {feed: received.landings for feed, received in done.items()}
    _refuse_unaccounted(landings)
    shelf.write(lake, month, landings)
    entries = [entry for received in done.values() for entry in received.entries] + found.unknown
    reasons = [*found.loose, *(entry.reason for entry in found.unknown)]
    reasons += [reason for received in done.values() for reason in received.reasons]
    ledger.write(lake, month, entries)
    reasons += _late(lake, month)
    stopped = [e for e in entries if e.status == "refused" and e.feed in feeds and feeds[e.feed].required]
    is_held = bool(stopped) or any(entry.status == "held" for entry in entries)
    outcome = record(_outcome(month, entries, landings, reasons, is_held=is_held), lake)
    if stopped:
        raise DeliveryRefused(
            f"receive {month}: {len(stopped)} file(s) of required feeds were refused (the sound ones landed): "
            + " | ".join(entry.reason for entry in stopped),
            next_step="put the mended files into the inbox and run receive again.",
        )
    return outcome


def _hold_a_fall(received: Received, contract: Contract, month: Month, lake: Lake, policy: Policy) -> None:
    """Hold a feed whose rows fell against the last month that has it by more than the policy allows."""
    share = fall_share(policy, contract.feed, is_stock=contract.delivery == "stock")
    before = ledger.rows_before(lake, month, contract.feed)
    rows = ledger.rows_of(received.entries)
    if share is None or before is None or not received.landings or rows >= before[1] * (1 - share):
        return
    reason = (
        f"{contract.feed} fell from {before[1]} rows in {before[0]} to {rows}. Next step: have the agency send the "
        f"whole delivery, or accept the fall for this month with a dated line "
        f"intake_max_fall_share.{contract.feed} in the policy, then run receive again."
    )
    received.entries[:] = [
        entry.now("held", reason) if entry.is_landed else entry for entry in received.entries
    ]
    received.reasons.append(reason)


def _drop_strays(lake: Lake, month: Month, feeds: set[str]) -> None:
    """Take off the shelf what a run that was killed left there for a feed that the month no longer has."""
    for feed in lake.feeds("landed", str(month)):
        if feed not in feeds:
            drop(lake.partition("landed", feed=feed, month=str(month)))


def _refuse_unaccounted(landings: dict[str, dict[str, Landing]]) -> None:
    """The promise of the dock: every row of a file is landed, set aside or furniture."""
    for of_feed in landings.values():
        for file, landing in of_feed.items():
            for account in landing.accounts:
                if account.rows != account.landed + account.quarantined + account.furniture:
                    raise Refused(
                        f"{file}, sheet '{account.sheet}': its {account.rows} rows are not all accounted for.",
                        next_step="this is a fault of the platform: keep the file and report it.",
                    )


def _late(lake: Lake, month: Month) -> list[str]:
    """A sentence when the month was closed with other files than stand on the shelf now."""
    said = what_reopened(lake, month)
    return (
        [
            f"{said}. Next step: run doudi rebuild: it will close and build {month} again, and the months after it."
        ]
        if said
        else []
    )


def _outcome(
    month: Month,
    entries: list[Entry],
    landings: dict[str, dict[str, Landing]],
    reasons: list[str],
    *,
    is_held: bool,
) -> Outcome:
    by: dict[str, Counter[str]] = {}
    for feed, of_feed in landings.items():
        for landing in of_feed.values():
            by.setdefault("furniture", Counter()).update(landing.furniture)
            by.setdefault("quarantine", Counter()).update(reason for _, _, reason in landing.quarantine)
            by.setdefault("encoding", Counter())[landing.encoding or landing.form] += 1
            by.setdefault("landed", Counter())[feed] += sum(account.landed for account in landing.accounts)
            by.setdefault("quarantined", Counter())[feed] += sum(a.quarantined for a in landing.accounts)
            by.setdefault("extra_columns", Counter())[feed] += landing.extra_columns
    accounts = [a for of_feed in landings.values() for landing in of_feed.values() for a in landing.accounts]
    counts = {
        f"files_{status}": n for status, n in sorted(Counter(entry.status for entry in entries).items())
    }
    counts |= {
        "files": len(entries),
        "rows": sum(a.rows for a in accounts),
        "landed": sum(a.landed for a in accounts),
        "quarantined": sum(a.quarantined for a in accounts),
        "furniture": sum(a.furniture for a in accounts),
    }
    tables = {name: {key: n for key, n in table.items() if n} for name, table in by.items()}
    return Outcome("receive", str(month), "held" if is_held else "done", counts, tables, reasons)
