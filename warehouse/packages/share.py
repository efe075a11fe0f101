"""The stage that gives partners what they may have: one sealed package for each agreement in force, or the reason why
there is none."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.audit_log import Entry, append, entries
from warehouse.errors import DoudiError, Misconfigured, NotReleased, Refused
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.outcomes import Outcome, record
from warehouse.packages import texts
from warehouse.packages.agreement import Agreement, Read, read_folder
from warehouse.packages.keys import Keys
from warehouse.packages.ledger import KINDS, SHARED, Standing, objection, standings
from warehouse.packages.making import Draft, Secrets, drafted, zipped
from warehouse.packages.sealing import ENDING, SIGNATURE_ENDING, digests, seal, sign
from warehouse.policy import Policy
from warehouse.release.verdict_check import passed_verdicts
from warehouse.settings import agreements_folder

MARKS = "package_marks"
MANIFEST = "manifest.json"
CERTIFICATE = "签名证书.crt"
_REASON = "按协议共享"


@dataclass(frozen=True)
class Shared:
    """What became of one agreement this month: ``made`` (new), ``kept`` (it stands already), or neither, and why."""

    agreement: str
    state: str
    words: str
    package: str = ""
    rows: int = 0
    hidden: int = 0


def packages_folder(lake: Lake, month: Month | str) -> Path:
    """``HOME/packages/<month>``, with a folder for each package."""
    return lake.home / "packages" / str(month)


def share(
    month: Month,
    *,
    lake: Lake,
    policy: Policy,
    agreements: Sequence[Read],
    keys: Keys | None,
    on: date,
    by: str,
    partner: str = "",
    beside: Path | None = None,
) -> Outcome:
    """Write ``HOME/packages/<month>/<package>/`` for every agreement in force; gives the outcome ``share``.

    A package whose content is what was shared last is kept: no byte changes, no entry is made. An agreement that is
    faulty, unsigned, not yet or no longer valid, or not in force here shares nothing and is told with its reason.
    ``NotReleased`` after all others are done, when a package was kept back because it showed what was not agreed.
    ``partner``: only this partner_key or agreement. ``by``, ``on``: who lets it go out, and when (no clock here).
    """
    wanted = [one for one in agreements if not partner or _is_of(one, partner)]
    if partner and not wanted:
        raise Misconfigured(f"there is no agreement of '{partner}'.", next_step="see 'doudi agreement list'.")
    passed_verdicts(month, lake, policy)
    # What a run that was killed left in the clear.
    for left in (lake.home / "tmp").glob(f"package-*-{month}"):
        shutil.rmtree(left, ignore_errors=True)
    done: list[Shared] = []
    broken: list[DoudiError] = []
    log = entries(lake)
    _refuse_backdated(on, log)
    for read in wanted:
        name = read.agreement.agreement if read.agreement else read.file
        why = objection(read, on=on, month=month, region=policy.region, log=log)
        if not why and keys is None:
            why = "没有密钥（DOUDI_KEYS）"
        if why or keys is None or read.agreement is None:
            done.append(Shared(name, "not_shared", why))
            continue
        try:
            _refuse_shared_key(read.agreement, agreements, keys)
            done.append(_one(read, read.agreement, month, lake, policy, keys, on=on, by=by, beside=beside))
        except (NotReleased, Misconfigured) as error:
            broken.append(error)
            done.append(Shared(name, "kept_back", error.what))
    outcome = record(_outcome(month, done), lake)
    if broken:
        raise type(broken[0])(broken[0].what, next_step=broken[0].next_step)
    return outcome


def share_by_settings(
    month: Month, *, lake: Lake, policy: Policy, by: str, on: date, partner: str = ""
) -> Outcome:
    """``share`` with the agreements and keys that the environment names (``DOUDI_AGREEMENTS``, ``DOUDI_KEYS``)."""
    folder = agreements_folder()
    return share(
        month, lake=lake, policy=policy, agreements=read_folder(folder), keys=Keys.from_environment(lake.home),
        on=on, by=by, partner=partner, beside=folder,
    )  # fmt: skip


def _one(
    read: Read,
    agreement: Agreement,
    month: Month,
    lake: Lake,
    policy: Policy,
    keys: Keys,
    *,
    on: date,
    by: str,
    beside: Path | None,
) -> Shared:
    known = standings(lake, agreement=agreement.agreement, month=month)
    secrets = Secrets(keys.partner(agreement.recipient.key, on), keys.pseudonyms(agreement), keys.marks())
    with drafted(read, month, lake=lake, policy=policy, secrets=secrets, beside=beside) as draft:
        name, hidden = agreement.agreement, sum(one.hidden for one in draft.tables)
        same = next((one for one in reversed(known) if one.content == draft.content), None)
        if same and same.recall:
            words = f"内容与已召回的 {same.package} 相同，未再给出；先更正数据或协议"
            return Shared(name, "not_shared", words)
        latest = known[-1] if known else None
        if same and same is latest and (packages_folder(lake, month) / same.package / MANIFEST).is_file():
            return Shared(name, "kept", f"{same.package} 内容未变", same.package, draft.rows, hidden)
        number = latest.number + 1 if latest else 1
        package = f"{name}-{month}-{number}"
        manifest = _write(draft, package, number, latest, lake, keys, secrets, read, on)
    facts = {
        "agreement": name,
        "agreement_sha256": read.sha256,
        "number": number,
        "content": draft.content,
        "recipient_key": agreement.recipient.key,
        "sealed_sha256": manifest["sealed"]["sha256"],
        "rows": {one.name: one.rows for one in draft.tables},
    }
    append(lake, SHARED, by=by, reason=_REASON, on=on, month=month, subject=package, facts=facts)
    return Shared(name, "made", f"{package} → {agreement.recipient.office}", package, draft.rows, hidden)


def _write(
    draft: Draft,
    package: str,
    number: int,
    latest: Standing | None,
    lake: Lake,
    keys: Keys,
    secrets: Secrets,
    read: Read,
    on: date,
) -> dict[str, Any]:
    """Seal, sign and put in place; gives the manifest. The entry of the log comes last: a kill before it leaves a
    folder that the next run makes anew."""
    agreement, month = draft.agreement, draft.month
    suite = agreement.recipient.suite
    due_on = agreement.calendar.due_on(month)
    terms = {
        "package": package,
        "agreement": agreement.agreement,
        "document": agreement.signed.document if agreement.signed else "",
        "recipient": agreement.recipient.office,
        "purpose": agreement.purpose,
        "legal_basis": agreement.legal_basis,
        "keep_until": agreement.keep_until,
        "month": str(month),
        "identity": agreement.identity,
        "pseudonym_epoch": agreement.pseudonyms.epoch if agreement.pseudonyms else None,
        "pseudonym_method": agreement.pseudonyms.method if agreement.pseudonyms else None,
        "mark": texts.visible_mark(agreement, month),
        "due_on": due_on.isoformat() if due_on else None,
    }
    sealed = seal(zipped(draft, package, terms), secrets.certificate, suite)
    file = f"{package}.zip{ENDING[suite]}"
    key, certificate = keys.ours(suite)
    manifest = {
        **terms,
        "number": number,
        "supersedes": latest.package if latest else None,
        "agreement_sha256": read.sha256,
        "shared_on": on.isoformat(),
        "suite": suite,
        "recipient_key": agreement.recipient.key,
        "recipient_certificate_sha256": hashlib.sha256(secrets.certificate).hexdigest(),
        "signed_by_certificate_sha256": hashlib.sha256(certificate).hexdigest(),
        "sealed": {"file": file, "bytes": len(sealed), **digests(sealed)},
        "tables": [{"name": one.name, "title": one.resource["title"]} for one in draft.tables],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
    marks = lake.partition(MARKS, month=str(month)) / f"{package}.parquet"
    with lake.adding(marks) as aside:
        draft.remember(package, aside)
    with replacing_folder(packages_folder(lake, month) / package) as folder:
        (folder / file).write_bytes(sealed)
        (folder / MANIFEST).write_bytes(text)
        (folder / f"{MANIFEST}{SIGNATURE_ENDING[suite]}").write_bytes(sign(text, certificate, key, suite))
        (folder / CERTIFICATE).write_bytes(certificate)
        (folder / "开封说明.txt").write_bytes(texts.beside(agreement, package, file, due_on))
    return manifest


def _refuse_backdated(on: date, log: Sequence[Entry]) -> None:
    """A day before what the log already knows would let an agreement share that is over by now."""
    last = max((one for one in log if one.kind in KINDS), key=lambda one: one.on, default=None)
    if last and on.isoformat() < last.on[:10]:
        raise Refused(
            f"the day {on} lies before entry {last.mark} of {last.on}.", next_step="share with today's date."
        )


def _refuse_shared_key(agreement: Agreement, agreements: Sequence[Read], keys: Keys) -> None:
    """No two partners' pseudonyms under one key: their packages could be joined by them."""
    ours = keys.pseudonyms(agreement)
    if ours is None:
        return
    for other in (one.agreement for one in agreements):
        if other is None or other.pseudonyms is None or other.partner == agreement.partner:
            continue
        if other.partner_key == agreement.partner_key:
            raise Misconfigured(
                f"{agreement.agreement} and {other.agreement} call two partners '{agreement.partner_key}'.",
                next_step="give one of them a partner_key, and with it a key, of its own.",
            )
        try:
            theirs = keys.pseudonyms(other)
        except Misconfigured:
            continue
        if theirs == ours:
            raise Misconfigured(
                f"the pseudonyms of {agreement.partner_key} and {other.partner_key} have one key.",
                next_step="give one of them a key of its own (a new epoch, then 'doudi keys make').",
            )


def _is_of(read: Read, partner: str) -> bool:
    agreement = read.agreement
    return agreement is not None and partner in (agreement.partner_key, agreement.agreement)


def _outcome(month: Month, done: Sequence[Shared]) -> Outcome:
    def of(state: str) -> int:
        return sum(one.state == state for one in done)

    standing = [one for one in done if one.package]
    return Outcome(
        stage="share",
        month=str(month),
        status="done" if standing else "nothing",
        counts={
            "agreements": len(done),
            "made": of("made"),
            "kept": of("kept"),
            "not_shared": of("not_shared"),
            "kept_back": of("kept_back"),
            "rows": sum(one.rows for one in standing),
            "hidden_cells": sum(one.hidden for one in standing),
        },
        by={"rows": {one.agreement: one.rows for one in standing}},
        reasons=[f"{one.agreement}：{one.words}" for one in done if one.state != "kept"],
    )
