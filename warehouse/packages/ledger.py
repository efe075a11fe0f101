"""Which agreements are in force, and what became of each package: told by the audit log alone.

An agreement is in force on a day when its file is right, both sides have signed it, the day lies within its time, and
a named person has put these very bytes into force in this home. A package is shared, opened (in this house), receipted
and recalled; each is an entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from warehouse.audit_log import Entry, append, entries
from warehouse.errors import Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.packages.agreement import Agreement, Read

APPROVED, WITHDRAWN = "agreement_approval", "agreement_withdrawal"
SHARED, OPENED, RECEIPTED, RECALLED = "package_share", "package_open", "package_receipt", "package_recall"
KINDS = (APPROVED, WITHDRAWN, SHARED, OPENED, RECEIPTED, RECALLED)


@dataclass(frozen=True)
class Standing:
    """What the log says of one package."""

    package: str
    agreement: str
    month: str
    number: int
    content: str
    sealed_sha256: str
    shared_on: str
    receipts: tuple[Entry, ...]
    recall: Entry | None


def objection(read: Read, *, on: date, month: Month, region: str, log: Iterable[Entry]) -> str:
    """Why nothing is shared under an agreement (a sentence); empty when it is in force for the month."""
    if read.agreement is None:
        return f"协议文件有误（{read.fault}）"
    return next(_objections(read.agreement, read.sha256, on, month, region, log), "")


def _objections(
    agreement: Agreement, sha256: str, on: date, month: Month, region: str, log: Iterable[Entry]
) -> Iterator[str]:
    if agreement.region != region:
        yield f"协议属于 {agreement.region}，不是 {region}"
    if agreement.signed is None:
        yield "协议未经双方签署"
        return
    begins = max(agreement.valid_from, agreement.signed.signed_on)
    if on < begins:
        yield f"协议自 {begins} 起生效，尚未生效"
    if on > agreement.expires:
        yield f"协议已于 {agreement.expires} 到期"
    if month.last_day < agreement.valid_from:
        yield f"{month} 的数据在协议生效（{agreement.valid_from}）之前"
    if agreement.calendar.due_on(month) is None:
        yield "协议约定本月不报送"
    decided = [one for one in log if one.kind in (APPROVED, WITHDRAWN) and one.subject == agreement.agreement]
    if not decided:
        yield "协议尚未在本系统启用（doudi agreement approve）"
    elif decided[-1].kind == WITHDRAWN:
        yield f"协议已停用（记录 {decided[-1].mark}）"
    elif decided[-1].facts.get("sha256") != sha256:
        yield "协议文件在启用之后被改动，须重新启用"


def approve(lake: Lake, read: Read, *, by: str, reason: str, on: date) -> Entry:
    """Put an agreement's very bytes into force here; ``Refused`` when it is faulty, unsigned or over."""
    agreement = read.agreement
    if agreement is None:
        raise Refused(f"{read.file}：{read.fault}。", next_step="set the file right first.")
    if agreement.signed is None or on > agreement.expires:
        what = "is not signed" if agreement.signed is None else f"expired on {agreement.expires}"
        raise Refused(
            f"the agreement {agreement.agreement} {what}.", next_step="bring a signed one that is in force."
        )
    facts = {
        "sha256": read.sha256,
        "document": agreement.signed.document,
        "expires": agreement.expires.isoformat(),
    }
    return append(lake, APPROVED, by=by, reason=reason, on=on, subject=agreement.agreement, facts=facts)


def withdraw(lake: Lake, agreement: Agreement, *, by: str, reason: str, on: date) -> Entry:
    """Take an agreement out of force; what was shared under it stands until it is recalled."""
    return append(lake, WITHDRAWN, by=by, reason=reason, on=on, subject=agreement.agreement)


def standings(lake: Lake, *, agreement: str = "", month: Month | str = "") -> list[Standing]:
    """Every package that was ever shared, in order; of one agreement or month where it is given."""
    log = entries(lake)
    found: dict[str, Standing] = {}
    for one in log:
        if one.kind != SHARED:
            continue
        about = {
            kind: tuple(each for each in log if each.kind == kind and each.subject == one.subject)
            for kind in (RECEIPTED, RECALLED)
        }
        found[one.subject] = Standing(
            package=one.subject,
            agreement=one.facts["agreement"],
            month=one.month,
            number=one.facts["number"],
            content=one.facts["content"],
            sealed_sha256=one.facts["sealed_sha256"],
            shared_on=one.on,
            receipts=about[RECEIPTED],
            recall=about[RECALLED][0] if about[RECALLED] else None,
        )
    return [
        one
        for one in found.values()
        if (not agreement or one.agreement == agreement) and (not month or one.month == str(month))
    ]


def standing_of(lake: Lake, package: str) -> Standing:
    """What the log says of a package; ``Refused`` when none of that name was shared."""
    found = next((one for one in standings(lake) if one.package == package), None)
    if found is None:
        raise Refused(f"no package '{package}' was shared.", next_step="see 'doudi package list'.")
    return found
