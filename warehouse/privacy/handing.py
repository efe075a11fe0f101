"""Handing out: a month's lists for the townships as sealed files, with a sheet to sign for them.

A township whose certificate stands in the folder of keys (``partners/乡镇-<name>.crt``) gets one file that only its key
opens. Any other gets its workbooks encrypted with a passphrase of its own, as Excel, WPS and LibreOffice open them.
Passphrases are given back to the door and are on no disk of ours. Nothing of a release leaves by this way that its
manifest does not name for a township.
"""

from __future__ import annotations

import io
import json
import re
import secrets
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import xlsxwriter
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format.ooxml import OOXMLFile

from warehouse import access, audit_log
from warehouse.access import Access, Item
from warehouse.errors import LakeDamaged, Misconfigured, Refused
from warehouse.lake import Lake, replacing_folder
from warehouse.months import Month
from warehouse.packages import sealing
from warehouse.packages.keys import Keys
from warehouse.packages.sealing import Suite
from warehouse.policy import Policy
from warehouse.sums import sha256

FOLDER = "handed"
# No letters and digits that look alike on paper.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUP = 5
_NAME = re.compile(r"(?:[^/]+/)*[^_/]+_(?P<place>.+?)_\d{4}-\d{2}(?:_第\d+版)?\.xlsx")
_HEADERS = ("乡镇", "文件", "行数", "加密方式", "SHA-256", "领取人", "领取日期", "口令送达方式")
_WIDTHS = (14, 46, 8, 12, 36, 14, 14, 16)
_ROW_HEIGHT = 32


@dataclass(frozen=True)
class Sealed:
    """One sealed file: for which township, what it holds, how it opens (``password`` or the suite), and its hash."""

    township: str
    file: str
    rows: int
    way: str
    sha256: str


@dataclass
class Handed:
    """What was made: where it lies, the files, the passphrase of each township that needs one, and the log's entry."""

    folder: Path
    files: list[Sealed] = field(default_factory=list)
    passphrases: dict[str, str] = field(default_factory=dict, repr=False)
    entry: Access | None = None


def hand_out(
    month: Month,
    *,
    lake: Lake,
    policy: Policy,
    by: str,
    on: date,
    townships: Sequence[str] = (),
    keys: Keys | None = None,
) -> Handed:
    """Seal the month's files of every township (or of those named) into ``HOME/handed/<month>/<turn>``.

    ``Refused`` when the month is not released, nobody is named, or a township has no list; ``LakeDamaged`` when a file
    is not the one that was released. Noted in the access log and the audit log before it stands there.
    """
    if not by.strip():
        raise Refused("lists are handed out by somebody.", next_step="say who hands them out, with --by.")
    release = lake.home / "release" / str(month)
    wanted = _files(release, policy.words("handout.audiences"))
    missing = sorted(set(townships) - set(wanted))
    if missing or not wanted:
        raise Refused(
            f"hand-out {month}: there is no list for {', '.join(missing) or 'any township'}.",
            next_step=f"publish {month} first, and name townships as its lists do.",
        )
    chosen = {place: files for place, files in wanted.items() if not townships or place in townships}
    target = _next(lake.home / FOLDER / str(month))
    handed = Handed(target)
    with replacing_folder(target) as aside:
        for place, files in sorted(chosen.items()):
            handed.files += _seal(aside, place, release, files, handed, policy, keys, on)
        items = [
            Item(f"{FOLDER}/{month}/{target.name}/{one.file}", "sealed", one.rows, 1, one.sha256)
            for one in handed.files
        ]
        handed.entry = access.note(
            lake, "export", "hand-out", items, who=access.who_acts(by), purpose="发放乡镇清单", on=on, month=month
        )  # fmt: skip
        facts = {"files": len(items), "townships": sorted(chosen), **access.anchor(handed.entry)}
        audit_log.append(
            lake, "hand_out", by=by, reason="发放乡镇清单", on=on, month=month, subject=target.name, facts=facts
        )  # fmt: skip
        _write_sheet(aside / f"交接登记_{month}_第{target.name}次.xlsx", handed, month, on)
    return handed


def unlocked(locked: Path, words: Sequence[str]) -> bytes | None:
    """A workbook that came back under its passphrase, as it is without; None where none of the words opens it."""
    for word in words:
        plain = io.BytesIO()
        with locked.open("rb") as closed:
            try:
                office = OOXMLFile(closed)
                if not office.is_encrypted():
                    return locked.read_bytes()
                office.load_key(password=word.strip(), verify_password=True)
                office.decrypt(plain)
            except InvalidKeyError:
                continue
            except (DecryptionError, FileFormatError, ParseError, OSError, ValueError, KeyError):
                return None
        return plain.getvalue()
    return None


def _files(release: Path, audiences: Sequence[str]) -> dict[str, list[Mapping[str, object]]]:
    """Township to the files that the manifest names for it."""
    try:
        listed = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        return {}
    found: dict[str, list[Mapping[str, object]]] = {}
    for one in listed:
        named = _NAME.fullmatch(str(one["path"]))
        if named and one["audience"] in audiences:
            found.setdefault(named["place"], []).append(one)
    return {place: files for place, files in found.items() if any(one["kind"] == "list" for one in files)}


def _seal(
    aside: Path,
    place: str,
    release: Path,
    files: Sequence[Mapping[str, object]],
    handed: Handed,
    policy: Policy,
    keys: Keys | None,
    on: date,
) -> list[Sealed]:
    for one in files:
        if sha256(release / str(one["path"])) != one["sha256"]:
            raise LakeDamaged(
                f"release/{release.name}/{one['path']} is not the file that was released.",
                next_step=f"run publish for {release.name} again, and find out who changed it.",
            )
    folder = aside / place
    folder.mkdir()
    certificate = _certificate(place, keys, on)
    if certificate is not None:
        return [_for_key(folder, place, release, files, certificate)]
    passphrase = handed.passphrases.setdefault(
        place, _passphrase(policy.count("handout.passphrase_characters"))
    )
    sealed = []
    for one in files:
        path = folder / Path(str(one["path"])).name
        with (release / str(one["path"])).open("rb") as plain, path.open("wb") as closed:
            OOXMLFile(plain).encrypt(passphrase, closed)
        sealed.append(Sealed(place, f"{place}/{path.name}", int(str(one["rows"])), "password", sha256(path)))
    return sealed


def _for_key(
    folder: Path, place: str, release: Path, files: Sequence[Mapping[str, object]], certificate: bytes
) -> Sealed:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as outer:
        for one in files:
            # The day of a member is no fact of the file: a fixed one.
            member = zipfile.ZipInfo(Path(str(one["path"])).name, (1980, 1, 1, 0, 0, 0))
            outer.writestr(member, (release / str(one["path"])).read_bytes(), zipfile.ZIP_DEFLATED)
    suite = _suite(certificate)
    path = folder / f"{place}_{release.name}.zip{sealing.ENDING[suite]}"
    path.write_bytes(sealing.seal(packed.getvalue(), certificate, suite))
    rows = sum(int(str(one["rows"])) for one in files)
    return Sealed(place, f"{place}/{path.name}", rows, suite, sha256(path))


def _certificate(place: str, keys: Keys | None, on: date) -> bytes | None:
    name = f"乡镇-{place}"
    if keys is None or not (keys.folder / "partners" / f"{name}.crt").is_file():
        return None
    return keys.partner(name, on)


def _suite(certificate: bytes) -> Suite:
    try:
        is_rsa = isinstance(x509.load_pem_x509_certificate(certificate).public_key(), RSAPublicKey)
    except Exception:  # a curve that the library does not know: SM2
        is_rsa = False
    return "cms" if is_rsa else "sm"


def _passphrase(length: int) -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(length))
    return "-".join(letters[at : at + _GROUP] for at in range(0, length, _GROUP))


def _next(folder: Path) -> Path:
    turns = [int(path.name) for path in folder.glob("[0-9]*") if path.name.isdigit()]
    return folder / str(max(turns, default=0) + 1)


def _write_sheet(path: Path, handed: Handed, month: Month, on: date) -> None:
    """The sheet that is signed when the files change hands; the passphrase goes another way."""
    mark = handed.entry.mark if handed.entry else ""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("交接登记")
        bold, wrap = (
            book.add_format({"bold": True, "border": 1}),
            book.add_format({"border": 1, "text_wrap": True}),
        )
        sheet.write(
            0,
            0,
            f"{month} 清单交接登记（{on}，发放记录 {mark}）",
            book.add_format({"bold": True, "size": 14}),
        )
        sheet.write(1, 0, "文件已加密。口令请用电话或当面告知，不与文件放在一起，不写在本表上。")
        for column, (header, width) in enumerate(zip(_HEADERS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write(3, column, header, bold)
        for row, one in enumerate(handed.files, start=4):
            way = "口令" if one.way == "password" else f"证书（{one.way}）"
            sheet.set_row(row, _ROW_HEIGHT)  # two lines of a hash, and room for a name by hand
            for column, cell in enumerate(
                (one.township, Path(one.file).name, one.rows, way, one.sha256, "", "", "")
            ):
                sheet.write(row, column, cell, wrap)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)


def refuse_beside(passphrases: Path, handed_to: Path) -> None:
    """``Misconfigured`` when the file of passphrases would lie with what they open."""
    if passphrases.absolute().is_relative_to(handed_to.absolute()):
        raise Misconfigured(
            "the passphrases would lie beside the files that they open.",
            next_step="name a place outside the home, best another disk, or leave --passphrases out and write them down.",
        )
    if passphrases.exists():
        raise Misconfigured(
            f"{passphrases.name} is there already.", next_step="give the file a name of its own."
        )
