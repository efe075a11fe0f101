"""The suites ``sm`` and ``sm-gmssl``: SM2, SM3 and SM4 in the structures of GB/T 35275. Bytes in, bytes out.

SM4 and SM3 are OpenSSL's (through cryptography); only the two small steps with SM2, wrapping sixteen bytes and
signing a manifest, are done by gmalg, because cryptography has no SM2.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any

import gmalg
from asn1crypto import algos, core, keys, pem, x509
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from gmalg.errors import GMError

from warehouse.packages.sealing_asn1 import Message, Signature, Wrapped

# The identity under which SM2 signs when nobody agreed on another (GM/T 0009).
IDENTITY = b"1234567812345678"
_DATA, _ENVELOPED = "1.2.156.10197.6.1.4.2.1", "1.2.156.10197.6.1.4.2.3"
_SM4_CBC, _SM2_SM3, _CURVE = "1.2.156.10197.1.104.2", "1.2.156.10197.1.501", "1.2.156.10197.1.301"
# GM/T 0006 calls encryption with SM2 …301.3; GmSSL 3 writes and reads …301.2.
_WRAP, _WRAP_GMSSL = "1.2.156.10197.1.301.3", "1.2.156.10197.1.301.2"
_WIDTH = 32
_BLOCK = 16

keys.NamedCurve.register("sm2p256v1", _CURVE, _WIDTH)


def seal(content: bytes, certificate: bytes, *, is_for_gmssl: bool) -> bytes:
    """EnvelopedData for one SM2 certificate: DER, or the PEM that GmSSL reads."""
    key, first = secrets.token_bytes(_BLOCK), secrets.token_bytes(_BLOCK)
    padder = padding.PKCS7(8 * _BLOCK).padder()
    padded = padder.update(content) + padder.finalize()
    encryptor = Cipher(algorithms.SM4(key), modes.CBC(first)).encryptor()
    to = _certificate(certificate)
    point = _point(to)
    if not gmalg.SM2(pk=point).verify_pk(point):
        raise ValueError("no point of the curve")
    wrapped = gmalg.SM2(pk=point).encrypt(key)
    body = {
        "version": 1,
        "recipients": [
            {
                "version": 1,
                "whom": {"issuer": to.issuer, "serial": to.serial_number},
                "algorithm": {"oid": _WRAP_GMSSL if is_for_gmssl else _WRAP},
                "key": _wrapped(wrapped).dump(),
            }
        ],
        "content": {
            "kind": _DATA,
            "algorithm": {"oid": _SM4_CBC, "parameters": core.OctetString(first)},
            "content": encryptor.update(padded) + encryptor.finalize(),
        },
    }
    sealed = bytes(Message({"kind": _ENVELOPED, "content": body}).dump())
    return bytes(pem.armor("CMS", sealed)) if is_for_gmssl else sealed


class WrongKey(Exception):
    """The key does not open what was sealed."""


def unseal(sealed: bytes, certificate: bytes, key: bytes) -> bytes:
    """The content of EnvelopedData."""
    der = pem.unarmor(sealed)[2] if pem.detect(sealed) else sealed
    message = Message.load(der, strict=True)
    if message["kind"].dotted != _ENVELOPED:
        raise ValueError("no EnvelopedData of GB/T 35275")
    body = message["content"]
    serial = _certificate(certificate).serial_number
    ours = next((one for one in body["recipients"] if _serial(one) == serial), None)
    if ours is None:
        raise ValueError("sealed for another certificate")
    c = Wrapped.load(ours["key"].native)
    point = b"\x04" + c["x"].native.to_bytes(_WIDTH, "big") + c["y"].native.to_bytes(_WIDTH, "big")
    try:
        plain_key = gmalg.SM2(_private(key)).decrypt(point + c["hash"].native + c["cipher"].native)
    except GMError:
        raise WrongKey from None
    content = body["content"]
    first = content["algorithm"]["parameters"].parsed.native
    decryptor = Cipher(algorithms.SM4(plain_key), modes.CBC(first)).decryptor()
    unpadder = padding.PKCS7(8 * _BLOCK).unpadder()
    padded = decryptor.update(content["content"].native) + decryptor.finalize()
    return bytes(unpadder.update(padded) + unpadder.finalize())


def sign(content: bytes, certificate: bytes, key: bytes) -> bytes:
    """An SM2 signature (DER) over SM3, under the usual identity."""
    r, s = gmalg.SM2(_private(key), IDENTITY, _point(_certificate(certificate))).sign(content)
    return bytes(Signature({"r": int.from_bytes(r, "big"), "s": int.from_bytes(s, "big")}).dump())


def is_signed(content: bytes, signature: bytes, certificate: bytes) -> bool:
    """Whether the certificate's key signed the content."""
    pair = Signature.load(signature, strict=True)
    r, s = (pair[name].native.to_bytes(_WIDTH, "big") for name in ("r", "s"))
    return bool(gmalg.SM2(uid=IDENTITY, pk=_point(_certificate(certificate))).verify(content, r, s))


def make_pair(name: str, first_day: date, last_day: date) -> tuple[bytes, bytes]:
    """A private key (PKCS #8) and its self-signed certificate, PEM."""
    private, public = gmalg.SM2().generate_keypair()
    curve = {"algorithm": "ec", "parameters": keys.ECDomainParameters(name="named", value=_CURVE)}
    whom = x509.Name.build({"common_name": name})
    algorithm = algos.SignedDigestAlgorithm({"algorithm": _SM2_SM3})
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(120) | 1 << 119,
            "signature": algorithm,
            "issuer": whom,
            "validity": {
                "not_before": x509.Time({"utc_time": _midnight(first_day)}),
                "not_after": x509.Time({"utc_time": _midnight(last_day)}),
            },
            "subject": whom,
            "subject_public_key_info": {
                "algorithm": curve,
                "public_key": keys.ECPointBitString(public),
            },
        }
    )
    r, s = gmalg.SM2(private, IDENTITY, public).sign(body.dump())
    signature = Signature({"r": int.from_bytes(r, "big"), "s": int.from_bytes(s, "big")}).dump()
    made = x509.Certificate(
        {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": signature}
    )
    inner = keys.ECPrivateKey(
        {
            "version": "ecPrivkeyVer1",
            "private_key": int.from_bytes(private, "big"),
            "public_key": keys.ECPointBitString(public),
        }
    )
    inner["private_key"].set_encoded_width(_WIDTH)
    whole = keys.PrivateKeyInfo({"version": 0, "private_key_algorithm": curve, "private_key": inner})
    return pem.armor("PRIVATE KEY", whole.dump()), pem.armor("CERTIFICATE", made.dump())


def _certificate(text: bytes) -> x509.Certificate:
    kind, _, der = pem.unarmor(text)
    if kind != "CERTIFICATE":
        raise ValueError("no certificate")
    return x509.Certificate.load(der, strict=True)


def _point(certificate: x509.Certificate) -> bytes:
    described = certificate["tbs_certificate"]["subject_public_key_info"]
    if described["algorithm"]["parameters"].chosen.dotted != _CURVE:
        raise ValueError("no SM2 certificate")
    return bytes(described["public_key"].native)


def _private(text: bytes) -> bytes:
    kind, _, der = pem.unarmor(text)
    if kind != "PRIVATE KEY":
        raise ValueError("no PKCS #8 key in the clear")
    described = keys.PrivateKeyInfo.load(der, strict=True)
    if described["private_key_algorithm"]["parameters"].chosen.dotted != _CURVE:
        raise ValueError("no SM2 key")
    number: int = described["private_key"].parsed["private_key"].native
    return number.to_bytes(_WIDTH, "big")


def _wrapped(raw: bytes) -> Wrapped:
    """gmalg's point | hash | cipher, in the structure of GM/T 0009."""
    x, y = raw[1 : 1 + _WIDTH], raw[1 + _WIDTH : 1 + 2 * _WIDTH]
    rest = raw[1 + 2 * _WIDTH :]
    return Wrapped(
        {
            "x": int.from_bytes(x, "big"),
            "y": int.from_bytes(y, "big"),
            "hash": rest[:_WIDTH],
            "cipher": rest[_WIDTH:],
        }
    )


def _serial(recipient: Any) -> int:
    return int(recipient["whom"]["serial"].native)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
