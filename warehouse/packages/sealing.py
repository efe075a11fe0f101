"""Sealed for one recipient and signed by us, in a form that the recipient opens without Doudi.

Three suites. ``sm``: SM2 wraps the key, SM4-CBC hides the content, as GB/T 35275 (GM/T 0010) writes it, signed with
SM2 over SM3. ``sm-gmssl``: the same under the name of the key wrap that the program GmSSL 3 writes and wants. ``cms``:
RFC 5652 with AES-256 and RSA, which ``openssl cms`` and every mail program open.

Bytes in, bytes out: no file, no clock. What is sealed twice differs (a fresh key each time), what is signed with
``cms`` twice is the same.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from warehouse.errors import Misconfigured, Refused
from warehouse.packages import sealing_cms, sealing_sm

Suite = Literal["sm", "sm-gmssl", "cms"]
SUITES: tuple[str, ...] = get_args(Suite)
# How a sealed file and a signature end.
ENDING = {"sm": ".sm.p7m", "sm-gmssl": ".sm.pem", "cms": ".p7m"}
SIGNATURE_ENDING = {"sm": ".sm2", "sm-gmssl": ".sm2", "cms": ".p7s"}
_FAULTS = (ValueError, TypeError, KeyError, IndexError, OverflowError, UnsupportedAlgorithm)


def seal(content: bytes, certificate: bytes, suite: Suite) -> bytes:
    """The content, to be opened with the private key of the recipient's certificate (PEM) only.

    That nobody changed it on its way is what the signature over its hash says, not the seal.
    """
    try:
        if suite == "cms":
            return sealing_cms.seal(content, certificate)
        return sealing_sm.seal(content, certificate, is_for_gmssl=suite == "sm-gmssl")
    except _FAULTS:
        raise _unfit("certificate of the recipient", suite) from None


def unseal(sealed: bytes, certificate: bytes, key: bytes, suite: Suite) -> bytes:
    """What was sealed, with the recipient's certificate and private key (both PEM); ``Refused`` for another's."""
    try:
        if suite == "cms":
            return sealing_cms.unseal(sealed, certificate, key)
        return sealing_sm.unseal(sealed, certificate, key)
    except (*_FAULTS, sealing_sm.WrongKey):
        raise Refused(
            "the sealed file does not open with this key: it was sealed for another, or its bytes were changed.",
            next_step="check the file's hash against its manifest, and which key the manifest names.",
        ) from None


def sign(content: bytes, certificate: bytes, key: bytes, suite: Suite) -> bytes:
    """Our signature beside the content: an SM2 signature (DER), or a detached CMS one."""
    try:
        if suite == "cms":
            return sealing_cms.sign(content, certificate, key)
        return sealing_sm.sign(content, certificate, key)
    except _FAULTS:
        raise _unfit("signing key or its certificate", suite) from None


def is_signed(content: bytes, signature: bytes, certificate: bytes, suite: Suite) -> bool:
    """Whether the holder of the certificate signed these very bytes."""
    try:
        if suite == "cms":
            return sealing_cms.is_signed(content, signature, certificate)
        return sealing_sm.is_signed(content, signature, certificate)
    except _FAULTS:
        return False


def make_pair(name: str, suite: Suite, *, first_day: date, last_day: date) -> tuple[bytes, bytes]:
    """A new private key and its self-signed certificate (both PEM), for demos, tests and partners without a PKI."""
    if suite == "cms":
        return sealing_cms.make_pair(name, first_day, last_day)
    return sealing_sm.make_pair(name, first_day, last_day)


def digests(content: bytes) -> dict[str, str]:
    """The two hashes by which a manifest names bytes."""
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(content)
    return {"sha256": hashlib.sha256(content).hexdigest(), "sm3": sm3.finalize().hex()}


def _unfit(what: str, suite: str) -> Misconfigured:
    return Misconfigured(
        f"the {what} is not one of the suite '{suite}'.",
        next_step="put a PEM file of that suite into the folder of keys, or name another suite in the agreement.",
    )
