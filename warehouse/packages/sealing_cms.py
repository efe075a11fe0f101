"""The suite ``cms``: RFC 5652 with RSA and AES-256, as ``openssl cms`` writes and reads it. Bytes in, bytes out."""

from __future__ import annotations

from datetime import UTC, date, datetime

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import pkcs7

_BITS = 3072
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_ENCODING = serialization.Encoding


def seal(content: bytes, certificate: bytes) -> bytes:
    """EnvelopedData (DER) for one certificate."""
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content)
    builder = builder.add_recipient(x509.load_pem_x509_certificate(certificate))
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    return builder.encrypt(_ENCODING.DER, [pkcs7.PKCS7Options.Binary])


def unseal(sealed: bytes, certificate: bytes, key: bytes) -> bytes:
    """The content of EnvelopedData."""
    return pkcs7.pkcs7_decrypt_der(sealed, x509.load_pem_x509_certificate(certificate), _rsa(key), [])


def sign(content: bytes, certificate: bytes, key: bytes) -> bytes:
    """Detached SignedData (DER). Without attributes: they would hold the time, and the same bytes are signed alike."""
    options = pkcs7.PKCS7Options
    signed = pkcs7.PKCS7SignatureBuilder().set_data(content)
    signed = signed.add_signer(x509.load_pem_x509_certificate(certificate), _rsa(key), hashes.SHA256())
    return signed.sign(_ENCODING.DER, [options.DetachedSignature, options.Binary, options.NoAttributes])


def is_signed(content: bytes, signature: bytes, certificate: bytes) -> bool:
    """Whether one of the signatures is that of the certificate's key over the content, with attributes or without.

    Ours has none; ``openssl cms -sign`` and mail programs sign attributes (the time …) that hold the content's hash.
    """
    public = x509.load_pem_x509_certificate(certificate).public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        return False
    for signer in cms.ContentInfo.load(signature)["content"]["signer_infos"]:
        method = _HASHES.get(signer["digest_algorithm"]["algorithm"].native)
        if method is None:
            continue
        try:
            signed = _signed_bytes(signer, content, method)
            public.verify(signer["signature"].native, signed, padding.PKCS1v15(), method)
        except InvalidSignature:
            continue
        return True
    return False


def _signed_bytes(signer: cms.SignerInfo, content: bytes, method: hashes.HashAlgorithm) -> bytes:
    """What the key has signed: the content, or the attributes where these hold the content's hash."""
    attributes = signer["signed_attrs"]
    if not attributes:
        return content
    digest = hashes.Hash(method)
    digest.update(content)
    told = [one["values"].native for one in attributes if one["type"].native == "message_digest"]
    if told != [[digest.finalize()]]:
        raise InvalidSignature
    return bytes(attributes.untag().dump())


def make_pair(name: str, first_day: date, last_day: date) -> tuple[bytes, bytes]:
    """A private key (PKCS #8) and its self-signed certificate, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    whom = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(whom)
        .issuer_name(whom)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_midnight(first_day))
        .not_valid_after(_midnight(last_day))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        _ENCODING.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.public_bytes(_ENCODING.PEM)


def _rsa(key: bytes) -> rsa.RSAPrivateKey:
    loaded = serialization.load_pem_private_key(key, None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError("no RSA key")
    return loaded


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
