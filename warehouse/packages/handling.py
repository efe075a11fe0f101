"""What happens to a package afterwards: verified, opened, receipted, recalled. Each of the last three is an entry."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse import access
from warehouse.audit_log import Entry, append
from warehouse.errors import Misconfigured, Refused
from warehouse.lake import Lake, replacing_folder
from warehouse.packages import texts
from warehouse.packages.keys import Keys
from warehouse.packages.ledger import OPENED, RECALLED, RECEIPTED, Standing, standing_of, standings
from warehouse.packages.sealing import SIGNATURE_ENDING, Suite, digests, is_signed, sign, unseal
from warehouse.packages.share import MANIFEST, packages_folder

RECALL_NOTICE = "召回通知.txt"
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_PACKAGE = re.compile(r"\b[a-z][a-z0-9-]*-\d{4}-\d{2}-\d+\b")


@dataclass(frozen=True)
class Verified:
    """A package whose signature and hash hold. ``recall``: why it must not be used any more, where it was recalled."""

    folder: Path
    manifest: dict[str, Any]
    sealed: bytes
    recall: str = ""

    @property
    def package(self) -> str:
        """Its name."""
        return str(self.manifest["package"])


def verify(folder: Path, our_certificate: bytes, lake: Lake | None = None) -> Verified:
    """Check a package as its recipient would: our signature over the manifest, the sealed file against the manifest.

    ``Refused`` at the first that does not hold. With the lake of the house, whether it was shared and recalled.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
        manifest: dict[str, Any] = json.loads(text)
        suite: Suite = manifest["suite"]
        signature = (folder / f"{MANIFEST}{SIGNATURE_ENDING[suite]}").read_bytes()
        sealed = (folder / Path(manifest["sealed"]["file"]).name).read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(
            f"{folder.name} is no whole package: manifest, signature or sealed file is missing or cannot be read.",
            next_step="have it sent again.",
        ) from None
    if not is_signed(text, signature, our_certificate, suite):
        raise Refused(
            f"{folder.name}: the manifest does not bear the signature of this certificate.",
            next_step="do not use it; ask the sender, by another way, which certificate is theirs.",
        )
    told = manifest["sealed"]
    if digests(sealed) != {name: told[name] for name in ("sha256", "sm3")}:
        raise Refused(
            f"{folder.name}: the sealed file is not the one that was signed for.",
            next_step="have it sent again.",
        )
    recall = ""
    if lake is not None:
        known = standing_of(lake, str(manifest["package"]))
        if known.sealed_sha256 != told["sha256"]:
            raise Refused(
                f"{folder.name} is not what was shared under its name.", next_step="see the audit log."
            )
        recall = f"{known.recall.on} 召回：{known.recall.reason}" if known.recall else ""
    elif (folder / RECALL_NOTICE).exists():
        recall = f"见 {RECALL_NOTICE}"
    return Verified(folder, manifest, sealed, recall)


def unpack(verified: Verified, certificate: bytes, key: bytes, to: Path) -> list[str]:
    """Open a verified package into a new folder; gives its files. Each is held against the descriptor inside.

    ``Refused`` for another's key, a recalled package, a folder that stands already, or content that is not described.
    """
    if verified.recall:
        raise Refused(
            f"{verified.package} is recalled ({verified.recall}).", next_step="destroy it; use its successor."
        )
    if to.exists():
        raise Misconfigured(
            f"'{to.name}' is there already.", next_step="name a folder that is not there yet."
        )
    plain = unseal(verified.sealed, certificate, key, verified.manifest["suite"])
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        inside = {one.filename: archive.read(one) for one in archive.infolist()}
    described = json.loads(inside["datapackage.json"])
    told = {one["path"]: str(one["hash"]).removeprefix("sha256:") for one in described["resources"]}
    told |= {one["path"]: one["sha256"] for one in described["x-doudi"].get("enclosed", [])}
    for path, digest in told.items():
        if hashlib.sha256(inside.get(path, b"")).hexdigest() != digest:
            raise Refused(f"{path} is not what the package says.", next_step="have it sent again.")
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in inside):
        raise Refused(f"{verified.package} holds a file outside itself.", next_step="do not use it.")
    with replacing_folder(to) as folder:
        folder.chmod(0o700)
        for name, content in inside.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return sorted(inside)


def note_opening(lake: Lake, package: str, *, by: str, reason: str, on: date) -> Entry:
    """Note that somebody in this house opens a package, before it is opened."""
    known = standing_of(lake, package)
    seen = access.note(
        lake, "read", "package open", [access.Item(package, "partner", files=1, content=known.sealed_sha256)],
        who=access.who_acts(by), purpose=reason, on=on, month=known.month,
    )  # fmt: skip
    facts = {"sealed_sha256": known.sealed_sha256, **access.anchor(seen)}
    return append(lake, OPENED, by=by, reason=reason, on=on, month=known.month, subject=package, facts=facts)


def register_receipt(
    lake: Lake,
    package: str,
    receipt: bytes,
    file: str,
    *,
    by: str,
    reason: str,
    on: date,
    signature: bytes | None = None,
    certificate: bytes | None = None,
    suite: Suite = "cms",
) -> Entry:
    """Register what the recipient sent back: when, and its hash; with a signature, that it is the recipient's.

    ``Refused`` for a recalled package, a receipt that names another package or another sealed file, one that is
    registered already, or a signature that is not the recipient's.
    """
    known = standing_of(lake, package)
    if known.recall:
        raise Refused(
            f"{package} was recalled on {known.recall.on}: no receipt is taken any more.",
            next_step=f"ask for the receipt of {known.recall.facts.get('successor') or 'its successor'}.",
        )
    digest = hashlib.sha256(receipt).hexdigest()
    if any(one.facts["sha256"] == digest for one in known.receipts):
        raise Refused(f"{file} is registered already for {package}.", next_step="nothing: it stands.")
    _refuse_other(receipt, known, file)
    if signature is not None and not is_signed(receipt, signature, certificate or b"", suite):
        raise Refused(
            f"the signature of {file} is not the recipient's.", next_step="have the receipt signed again."
        )
    facts = {"file": file, "sha256": digest, "is_signed": signature is not None}
    return append(
        lake, RECEIPTED, by=by, reason=reason, on=on, month=known.month, subject=package, facts=facts
    )


def recall(lake: Lake, keys: Keys, package: str, *, by: str, reason: str, on: date) -> tuple[Entry, Path]:
    """Recall a package: the entry, and a signed notice beside it that names what comes instead.

    ``Refused`` when it was recalled before. Nothing of the package is deleted: it is evidence.
    """
    known = standing_of(lake, package)
    folder = packages_folder(lake, known.month) / package
    if known.recall and (folder / RECALL_NOTICE).exists():
        raise Refused(
            f"{package} was recalled already (entry {known.recall.mark}).", next_step="nothing: it stands."
        )
    manifest = json.loads((folder / MANIFEST).read_bytes())
    suite: Suite = manifest["suite"]
    key, certificate = keys.ours(suite)
    # A run that was killed behind its entry ends what it began.
    entry = known.recall or append(
        lake, RECALLED, by=by, reason=reason, on=on, month=known.month, subject=package,
        facts={"successor": _successor(lake, known)},
    )  # fmt: skip
    notice = texts.recall_notice(
        package, manifest["recipient"], on=entry.on, reason=entry.reason, successor=entry.facts["successor"],
        sealed_sha256=known.sealed_sha256,
    )  # fmt: skip
    signed = sign(notice, certificate, key, suite)
    for name, content in (
        (f"{RECALL_NOTICE}{SIGNATURE_ENDING[suite]}", signed),
        (RECALL_NOTICE, notice),
    ):
        with lake.adding(folder / name) as aside:
            aside.write_bytes(content)
    return entry, folder / RECALL_NOTICE


def _successor(lake: Lake, known: Standing) -> str:
    """What comes instead: the later package that stands already, else the name that the next one will have."""
    latest = standings(lake, agreement=known.agreement, month=known.month)[-1]
    if latest.package != known.package:
        return latest.package
    return f"{known.agreement}-{known.month}-{known.number + 1}"


def _refuse_other(receipt: bytes, known: Standing, file: str) -> None:
    """A receipt that can be read as text and names packages or files names this one. A scan says nothing."""
    try:
        text = receipt.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    packages, sums = set(_PACKAGE.findall(text)), set(_HASH.findall(text))
    if (packages and known.package not in packages) or (sums and known.sealed_sha256 not in sums):
        raise Refused(
            f"{file} is the receipt of another package or of another file.",
            next_step="register it under the package it names, or have it written again.",
        )
