"""The structures of a message sealed with SM2, as GB/T 35275 and GM/T 0009 write them."""

from __future__ import annotations

from typing import Any, ClassVar

from asn1crypto import core, x509


class Algorithm(core.Sequence):
    """Which algorithm, and its parameters."""

    _fields: ClassVar[list[Any]] = [
        ("oid", core.ObjectIdentifier),
        ("parameters", core.Any, {"optional": True}),
    ]


class Whom(core.Sequence):
    """The certificate of a recipient, by issuer and serial number."""

    _fields: ClassVar[list[Any]] = [("issuer", x509.Name), ("serial", core.Integer)]


class Recipient(core.Sequence):
    """The content's key, wrapped for one recipient."""

    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("whom", Whom),
        ("algorithm", Algorithm),
        ("key", core.OctetString),
    ]


class Recipients(core.SetOf):
    """All recipients."""

    _child_spec = Recipient


class Content(core.Sequence):
    """The content, encrypted."""

    _fields: ClassVar[list[Any]] = [
        ("kind", core.ObjectIdentifier),
        ("algorithm", Algorithm),
        ("content", core.OctetString, {"implicit": 0}),
    ]


class Enveloped(core.Sequence):
    """EnvelopedData."""

    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("recipients", Recipients),
        ("content", Content),
    ]


class Message(core.Sequence):
    """ContentInfo: what it is, and it."""

    _fields: ClassVar[list[Any]] = [
        ("kind", core.ObjectIdentifier),
        ("content", Enveloped, {"explicit": 0}),
    ]


class Wrapped(core.Sequence):
    """SM2Cipher: the point, the hash, and the bytes."""

    _fields: ClassVar[list[Any]] = [
        ("x", core.Integer),
        ("y", core.Integer),
        ("hash", core.OctetString),
        ("cipher", core.OctetString),
    ]


class Signature(core.Sequence):
    """SM2Signature."""

    _fields: ClassVar[list[Any]] = [("r", core.Integer), ("s", core.Integer)]
