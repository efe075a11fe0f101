"""The folder of keys (``DOUDI_KEYS``): ours, the partners' certificates, pseudonym keys by epoch, the key of marks.

``ours/<sm|cms>.key`` and ``.crt`` · ``partners/<key id>.crt`` · ``pseudonyms/<key>.<epoch>.key`` · ``marks.key``, and
for demos and tests only ``partners/<key id>.key``. It stands outside the home, so that no backup and no copy of the
home carries a key, and is readable by its owner only.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from asn1crypto import pem, x509

from warehouse.errors import Misconfigured
from warehouse.packages.agreement import Agreement
from warehouse.packages.sealing import Suite, make_pair

VARIABLE = "DOUDI_KEYS"
_SECRET_BYTES = 32
_OTHERS = 0o077


@dataclass(frozen=True)
class Keys:
    """The keys of a folder; each is read when it is asked for."""

    folder: Path

    @classmethod
    def from_environment(cls, home: Path) -> Keys | None:
        """The keys of ``DOUDI_KEYS``; None where it is not set. ``Misconfigured`` when the folder is no safe place."""
        text = os.environ.get(VARIABLE, "").strip()
        return cls.at(Path(text), home) if text else None

    @classmethod
    def at(cls, folder: Path, home: Path) -> Keys:
        """The keys of a folder, which is no part of the home and open to nobody else."""
        folder = folder.absolute()
        if not folder.is_dir():
            raise Misconfigured(
                f"{VARIABLE} names '{folder.name}', which is no folder.", next_step="run 'doudi keys make'."
            )
        if folder.is_relative_to(home.absolute()):
            raise Misconfigured(
                "the keys lie inside the home: every backup would carry them.",
                next_step="move them to a folder of their own.",
            )
        if folder.stat().st_mode & _OTHERS:
            raise Misconfigured(
                f"others may read the folder of keys '{folder.name}'.", next_step=f"chmod 700 {folder.name}"
            )
        return cls(folder)

    def ours(self, suite: Suite) -> tuple[bytes, bytes]:
        """Our private key and certificate of a suite."""
        base = self.folder / "ours" / _family(suite)
        return self._secret(base.with_suffix(".key")), self._read(base.with_suffix(".crt"))

    def our_certificate(self, suite: Suite) -> bytes:
        """Our certificate of a suite, which partners check signatures with."""
        return self._read(self.folder / "ours" / f"{_family(suite)}.crt")

    def partner(self, key: str, on: date) -> bytes:
        """A partner's certificate; ``Misconfigured`` when it is not there or holds no more (or not yet) on the day."""
        certificate = self._read(self.folder / "partners" / f"{key}.crt")
        first, last = _validity(certificate)
        if not first <= on <= last:
            raise Misconfigured(
                f"the certificate {key} is good from {first} to {last}, not on {on}.",
                next_step="ask the partner for its new certificate and name it in the agreement.",
            )
        return certificate

    def has_partner(self, key: str) -> bool:
        """Whether a partner's certificate is there."""
        return (self.folder / "partners" / f"{key}.crt").is_file()

    def partner_secret(self, key: str) -> bytes:
        """A partner's private key: only where this folder is the partner's own, or a demo's."""
        return self._secret(self.folder / "partners" / f"{key}.key")

    def pseudonyms(self, agreement: Agreement) -> bytes | None:
        """The key behind an agreement's pseudonyms; None where it has none."""
        if agreement.pseudonyms is None:
            return None
        name = f"{agreement.pseudonyms.key}.{agreement.pseudonyms.epoch}.key"
        return self._hex(self.folder / "pseudonyms" / name)

    def marks(self) -> bytes:
        """The key behind record numbers and the order of rows."""
        return self._hex(self.folder / "marks.key")

    def _hex(self, path: Path) -> bytes:
        try:
            key = bytes.fromhex(self._secret(path).decode("ascii").strip())
        except ValueError:
            key = b""
        if len(key) < _SECRET_BYTES:
            raise Misconfigured(
                f"{path.name} is no key of {_SECRET_BYTES} bytes.",
                next_step="run 'doudi keys make' for a new one.",
            )
        return key

    def _secret(self, path: Path) -> bytes:
        text = self._read(path)
        if path.stat().st_mode & _OTHERS:
            raise Misconfigured(f"others may read the key {path.name}.", next_step=f"chmod 600 {path.name}")
        return text

    def _read(self, path: Path) -> bytes:
        if not path.is_file():
            raise Misconfigured(
                f"the folder of keys has no {path.relative_to(self.folder)}.",
                next_step="run 'doudi keys make', or put the partner's certificate there.",
            )
        return path.read_bytes()


def make(
    folder: Path, agreements: Iterable[Agreement], *, on: date, years: int, with_partners: bool = False
) -> list[str]:
    """Make what the agreements need and the folder lacks; gives the names that were made. Nothing is overwritten.

    ``with_partners`` makes key pairs for the partners too, whose private keys no real home should hold.
    """
    made: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    last = on.replace(year=on.year + years, day=min(on.day, 28))
    wanted = list(agreements)
    families: set[Suite] = {_family(one.recipient.suite) for one in wanted} | {"sm"}
    for suite in sorted(families):
        _pair(folder, f"ours/{suite}", "县（市、区）民政局", suite, (on, last), made)
    _random(folder, "marks.key", made)
    for one in wanted:
        if one.pseudonyms:
            _random(folder, f"pseudonyms/{one.pseudonyms.key}.{one.pseudonyms.epoch}.key", made)
        if with_partners:
            name = f"partners/{one.recipient.key}"
            _pair(folder, name, one.recipient.office, _family(one.recipient.suite), (on, last), made)
    return made


def _pair(folder: Path, name: str, whom: str, suite: Suite, days: tuple[date, date], made: list[str]) -> None:
    path = folder / f"{name}.crt"
    if path.exists():
        return
    key, certificate = make_pair(whom, suite, first_day=days[0], last_day=days[1])
    _write(folder / f"{name}.key", key)
    _write(path, certificate)
    made.append(name)


def _random(folder: Path, name: str, made: list[str]) -> None:
    if not (folder / name).exists():
        _write(folder / name, secrets.token_hex(_SECRET_BYTES).encode() + b"\n")
        made.append(name)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)


def _family(suite: Suite) -> Suite:
    return "cms" if suite == "cms" else "sm"


def _validity(certificate: bytes) -> tuple[date, date]:
    try:
        body = x509.Certificate.load(pem.unarmor(certificate)[2])["tbs_certificate"]["validity"]
        return body["not_before"].native.date(), body["not_after"].native.date()
    except (ValueError, TypeError, KeyError):
        raise Misconfigured(
            "a partner's certificate cannot be read.", next_step="put its PEM file there."
        ) from None
