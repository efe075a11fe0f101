"""``doudi share``, ``doudi package``, ``doudi agreement`` and ``doudi keys``: what partners get, and what becomes of it."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from pathlib import Path

from console.screen import Screen
from warehouse import policy as policies
from warehouse.audit_log import entries
from warehouse.errors import Misconfigured
from warehouse.exports import note_exports
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.packages import agreement as agreed
from warehouse.packages import keys as key_rings
from warehouse.packages.agreement import Read
from warehouse.packages.handling import (
    note_opening,
    recall,
    register_receipt,
    unpack,
    verify,
)
from warehouse.packages.keys import Keys
from warehouse.packages.ledger import approve, objection, standing_of, standings, withdraw
from warehouse.packages.sealing import Suite
from warehouse.packages.share import CERTIFICATE, packages_folder, share_by_settings
from warehouse.packages.trace import trace
from warehouse.settings import Settings, agreements_folder


def run_share(
    month: Month, settings: Settings, *, by: str, on: date, partner: str = ""
) -> tuple[Outcome, float]:
    """Share a month's packages; gives the outcome and the seconds."""
    with stage_run("share", month, settings.home, settings) as timing:
        policy = policies.load(settings.policy_dir, settings.region, month)
        lake = Lake(settings.home)
        outcome = share_by_settings(month, lake=lake, policy=policy, by=by, on=on, partner=partner)
        note_exports("share", month, settings.home, by)
    return outcome, timing.seconds


def show_agreements(month: Month, on: date, settings: Settings, screen: Screen) -> None:
    """Every agreement of the folder: with whom, until when, when the month's package is due, and how it stands."""
    lake = Lake(settings.home)
    log = entries(lake)
    shared = {one.agreement: one.package for one in standings(lake, month=month)}
    rows = []
    for read in agreed.read_folder(agreements_folder()):
        one = read.agreement
        why = objection(read, on=on, month=month, region=settings.region, log=log)
        if one is None:
            rows.append([read.file, "-", "-", "-", "-", why])
            continue
        due = one.calendar.due_on(month)
        state = why or shared.get(one.agreement) or ("overdue" if due and on > due else "to be shared")
        rows.append([one.agreement, one.partner, one.identity, str(one.expires), str(due or "-"), state])
    screen.table(
        f"Agreements for {month}, on {on}",
        ["agreement", "partner", "identity", "expires", "due", "state"],
        rows,
    )


def decide_agreement(
    name: str, settings: Settings, screen: Screen, *, by: str, reason: str, on: date, is_withdrawn: bool
) -> None:
    """Put an agreement into force in this home, or take it out."""
    lake, read = Lake(settings.home), _agreement(name)
    if is_withdrawn:
        if read.agreement is None:
            raise Misconfigured(f"{read.file}：{read.fault}。", next_step="set the file right first.")
        entry = withdraw(lake, read.agreement, by=by, reason=reason, on=on)
    else:
        entry = approve(lake, read, by=by, reason=reason, on=on)
    screen.emit({"entry": entry.mark, "agreement": name, "kind": entry.kind})
    state = "out of force" if is_withdrawn else "in force"
    screen.say(f"{name} is {state} (entry {entry.mark}).")


def make_keys(settings: Settings, screen: Screen, *, on: date, with_partners: bool) -> None:
    """Make the keys that the agreements need and the folder lacks."""
    text = os.environ.get(key_rings.VARIABLE, "").strip()
    if not text:
        raise Misconfigured(
            f"{key_rings.VARIABLE} names no folder.", next_step=f"set {key_rings.VARIABLE}, outside the home."
        )
    policy = policies.load(settings.policy_dir, settings.region, Month.of(on))
    found = [one.agreement for one in agreed.read_folder(agreements_folder()) if one.agreement]
    made = key_rings.make(
        Path(text),
        found,
        on=on,
        years=policy.count("packages.certificate_years"),
        with_partners=with_partners,
    )
    ring = Keys.at(Path(text), settings.home)
    awaited = {one.recipient.key: one.recipient for one in found if not ring.has_partner(one.recipient.key)}
    screen.emit({"made": made, "awaited": sorted(awaited)})
    screen.say("made: " + (", ".join(made) or "nothing, all are there"))
    for key, recipient in sorted(awaited.items()):
        suite = "RSA" if recipient.suite == "cms" else "SM2"
        screen.say(f"still to come from {recipient.office}: its certificate ({suite}) as partners/{key}.crt")


def show_packages(month: Month | None, on: date, settings: Settings, screen: Screen) -> None:
    """What was shared, and what became of it: receipted, waited for, overdue on a day, recalled."""
    policy = policies.load(settings.policy_dir, settings.region, Month.of(on))
    days = timedelta(days=policy.count("packages.receipt_days"))
    rows = []
    for one in standings(Lake(settings.home), month=month or ""):
        due = date.fromisoformat(one.shared_on[:10]) + days
        state = f"receipt due {due}" if on <= due else f"receipt overdue since {due}"
        if one.receipts:
            state = f"receipted {one.receipts[-1].on}"
        if one.recall:
            state = f"recalled {one.recall.on}"
        rows.append([one.package, one.month, one.shared_on, state, one.sealed_sha256[:16]])
    screen.table(f"Packages, on {on}", ["package", "month", "shared", "state", "sealed sha256"], rows)


def verify_package(place: str, certificate: Path | None, settings: Settings, screen: Screen) -> None:
    """Check signature and hashes of a package, and whether it was recalled."""
    found = verify(*_where(place, certificate, settings))
    screen.emit({"package": found.package, "recall": found.recall})
    screen.say(f"{found.package}: signed, whole, for {found.manifest['recipient']}")
    if found.recall:
        screen.say(f"RECALLED: {found.recall}")


def open_package(
    place: str,
    key: Path,
    certificate: Path,
    ours: Path | None,
    to: Path,
    settings: Settings,
    screen: Screen,
    *,
    by: str | None,
    reason: str | None,
    on: date,
) -> None:
    """Open a package with the recipient's key; in the house that shared it, a named person and an entry first."""
    folder, our_certificate, lake = _where(place, ours, settings)
    found = verify(folder, our_certificate, lake)
    if lake is not None:
        if not by or not reason:
            raise Misconfigured(
                "who opens a package in the house that shared it is noted.",
                next_step="give --by and --reason.",
            )
        note_opening(lake, found.package, by=by, reason=reason, on=on)
    files = unpack(found, certificate.read_bytes(), key.read_bytes(), to)
    screen.emit({"package": found.package, "files": files})
    screen.say(f"{found.package}: {len(files)} files in {to.name}")


def take_receipt(
    package: str,
    file: Path,
    signature: Path | None,
    settings: Settings,
    screen: Screen,
    *,
    by: str,
    reason: str,
    on: date,
) -> None:
    """Register the receipt that a recipient sent back."""
    lake = Lake(settings.home)
    certificate: bytes = b""
    suite: Suite = "cms"
    if signature is not None:
        known = standing_of(lake, package)
        recipient = _agreement(known.agreement).agreement
        if recipient is None:
            raise Misconfigured(f"the agreement {known.agreement} cannot be read.", next_step="set it right.")
        certificate, suite = _ring(settings).partner(recipient.recipient.key, on), recipient.recipient.suite
    entry = register_receipt(
        lake, package, file.read_bytes(), file.name, by=by, reason=reason, on=on,
        signature=signature.read_bytes() if signature else None, certificate=certificate, suite=suite,
    )  # fmt: skip
    screen.emit({"entry": entry.mark, "package": package})
    screen.say(f"receipt of {package} registered (entry {entry.mark}).")


def recall_package(
    package: str, settings: Settings, screen: Screen, *, by: str, reason: str, on: date
) -> None:
    """Recall a package and write the notice."""
    lake = Lake(settings.home)
    entry, notice = recall(lake, _ring(settings), package, by=by, reason=reason, on=on)
    note_exports("share", Month.parse(entry.month), settings.home, by)
    screen.emit({"entry": entry.mark, "package": package, "successor": entry.facts["successor"]})
    screen.say(
        f"{package} is recalled (entry {entry.mark}); send {notice.name}. Successor: {entry.facts['successor']}"
    )


def trace_file(file: Path, settings: Settings, screen: Screen) -> None:
    """Say for whom a leaked file was made."""
    found = trace(file, Lake(settings.home), _ring(settings).marks())
    rows = [
        [
            one.package,
            one.table,
            one.by_number,
            one.by_content,
            "-" if one.rising is None else f"{one.rising:.0%}",
            "mark" if one.is_marked else "content only",
        ]
        for one in found
    ]
    if not rows:
        screen.emit({"table": f"{file.name} may come from", "columns": [], "rows": []})
        screen.say(f"no package knows a row of {file.name}.")
        return
    screen.table(
        f"{file.name} may come from", ["package", "table", "by number", "by content", "order", "by"], rows
    )


def _agreement(name: str) -> Read:
    for one in agreed.read_folder(agreements_folder()):
        if name in (one.file, one.file.removesuffix(".yml"), one.agreement and one.agreement.agreement):
            return one
    raise Misconfigured(f"there is no agreement '{name}'.", next_step="see 'doudi agreement list'.")


def _ring(settings: Settings) -> Keys:
    keys = Keys.from_environment(settings.home)
    if keys is None:
        raise Misconfigured(
            f"{key_rings.VARIABLE} names no folder of keys.",
            next_step="set it to the folder that 'doudi keys make' made, outside the home.",
        )
    return keys


def _where(place: str, certificate: Path | None, settings: Settings) -> tuple[Path, bytes, Lake | None]:
    """The folder of a package (a path, or a name that was shared here), our certificate, the lake where it is ours."""
    lake = Lake(settings.home)
    known = {one.package: one for one in standings(lake)} if lake.root.is_dir() else {}
    folder = Path(place)
    name = folder.name
    if not folder.is_dir() and name in known:
        folder = packages_folder(lake, known[name].month) / name
    if not folder.is_dir():
        raise Misconfigured(
            f"there is no package '{name}'.", next_step="name its folder, or see 'doudi package list'."
        )
    # The certificate beside the package proves nothing to a stranger: it came with it.
    if certificate is None and name not in known:
        raise Misconfigured(
            "whose signature is it to be?",
            next_step=f"give --signer, the sender's certificate as it was handed over, not the {CERTIFICATE} beside.",
        )
    text = certificate.read_bytes() if certificate else _ours_of(folder, settings)
    return folder, text, lake if name in known else None


def _ours_of(folder: Path, settings: Settings) -> bytes:
    suite = json.loads((folder / "manifest.json").read_bytes())["suite"]
    return _ring(settings).our_certificate(suite)
