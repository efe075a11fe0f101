"""What is sealed opens with the recipient's key, in other programs too, and with no other key."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from warehouse.errors import Misconfigured, Refused
from warehouse.packages.sealing import SUITES, is_signed, make_pair, seal, sign, unseal

CONTENT = "给合作单位的名单\n".encode() * 500
DAYS = {"first_day": date(2026, 1, 1), "last_day": date(2030, 1, 1)}


@pytest.fixture(scope="module")
def pairs() -> dict[str, tuple[bytes, bytes]]:
    made = {suite: make_pair("接收单位", suite, **DAYS) for suite in ("sm", "cms")}
    return {**made, "sm-gmssl": made["sm"]}


def run(*words: str | Path, given: bytes = b"") -> bytes:
    return subprocess.run([*map(str, words)], check=True, input=given, capture_output=True).stdout


@pytest.mark.parametrize("suite", SUITES)
def test_only_the_recipient_opens(suite, pairs) -> None:
    key, certificate = pairs[suite]
    sealed = seal(CONTENT, certificate, suite)
    assert unseal(sealed, certificate, key, suite) == CONTENT
    assert "名单".encode() not in sealed
    other_key, other = make_pair("别的单位", suite, **DAYS)
    for wrong in ((other, other_key), (certificate, other_key)):
        with pytest.raises(Refused):
            unseal(sealed, *wrong, suite)


@pytest.mark.parametrize("suite", SUITES)
def test_signature_is_of_these_bytes_and_this_key(suite, pairs) -> None:
    key, certificate = pairs[suite]
    signature = sign(CONTENT, certificate, key, suite)
    assert is_signed(CONTENT, signature, certificate, suite)
    assert not is_signed(CONTENT + b" ", signature, certificate, suite)
    assert not is_signed(CONTENT, signature, make_pair("别的单位", suite, **DAYS)[1], suite)
    assert not is_signed(CONTENT, b"no signature", certificate, suite)


def test_key_of_another_suite_is_told(pairs) -> None:
    with pytest.raises(Misconfigured, match="suite 'cms'"):
        seal(CONTENT, pairs["sm"][1], "cms")


def test_openssl_opens_and_verifies_cms(pairs, tmp_path) -> None:
    key, certificate = pairs["cms"]
    for name, content in {
        "k": key, "c": certificate, "sealed": seal(CONTENT, certificate, "cms"),
        "signature": sign(CONTENT, certificate, key, "cms"), "content": CONTENT,
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
    opened = run("openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", tmp_path / "sealed",
                 "-recip", tmp_path / "c", "-inkey", tmp_path / "k")  # fmt: skip
    assert opened == CONTENT
    verified = run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "signature",
                   "-content", tmp_path / "content", "-CAfile", tmp_path / "c", "-purpose", "any")  # fmt: skip
    assert verified == CONTENT


@pytest.mark.parametrize("how", [[], ["-noattr"], ["-md", "sha512"]])
def test_what_a_partner_signs_with_openssl_is_known(how, pairs, tmp_path) -> None:
    key, certificate = pairs["cms"]
    for name, content in {"k": key, "c": certificate, "content": CONTENT}.items():
        (tmp_path / name).write_bytes(content)
    signature = run("openssl", "cms", "-sign", "-binary", "-outform", "DER", "-signer", tmp_path / "c", "-inkey",
                    tmp_path / "k", "-in", tmp_path / "content", *how)  # fmt: skip
    assert is_signed(CONTENT, signature, certificate, "cms")
    assert not is_signed(CONTENT + b" ", signature, certificate, "cms")
    assert not is_signed(CONTENT, signature, make_pair("别的单位", "cms", **DAYS)[1], "cms")


def test_openssl_verifies_sm2_and_opens_the_parts_of_gb_t_35275(pairs, tmp_path) -> None:
    key, certificate = pairs["sm"]
    for name, content in {"k": key, "c": certificate, "sealed": seal(CONTENT, certificate, "sm"), "content": CONTENT,
                          "signature": sign(CONTENT, certificate, key, "sm")}.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
    who = "distid:1234567812345678"
    run("openssl", "verify", "-CAfile", tmp_path / "c", "-vfyopt", who, tmp_path / "c")
    (tmp_path / "p").write_bytes(run("openssl", "x509", "-in", tmp_path / "c", "-pubkey", "-noout"))
    told = run("openssl", "dgst", "-sm3", "-verify", tmp_path / "p", "-sigopt", who, "-signature",
               tmp_path / "signature", tmp_path / "content")  # fmt: skip
    assert b"Verified OK" in told
    # The structure as OpenSSL parses it: the wrapped key, the first block, and the content.
    parts = run("openssl", "asn1parse", "-inform", "DER", "-in", tmp_path / "sealed").decode()
    wrapped, first = re.findall(r"OCTET STRING\s+\[HEX DUMP\]:([0-9A-F]+)", parts)
    at, head, length = re.findall(r"^\s*(\d+):d=4\s+hl=(\d+) l=\s*(\d+) prim: cont \[ 0 \]", parts, re.M)[0]
    plain_key = run("openssl", "pkeyutl", "-decrypt", "-inkey", tmp_path / "k", given=bytes.fromhex(wrapped))
    begins = int(at) + int(head)
    hidden = (tmp_path / "sealed").read_bytes()[begins : begins + int(length)]
    assert (
        run("openssl", "enc", "-d", "-sm4-cbc", "-K", plain_key.hex(), "-iv", first, given=hidden) == CONTENT
    )


def test_gmssl_opens_what_is_sealed_for_it(tmp_path) -> None:
    gmssl = os.environ.get("DOUDI_GMSSL") or shutil.which("gmssl")
    if not gmssl:
        pytest.skip("no gmssl on this machine: name the program with DOUDI_GMSSL")
    key, certificate = tmp_path / "k", tmp_path / "c"
    run(gmssl, "sm2keygen", "-pass", "1234", "-out", key, "-pubout", tmp_path / "p")
    run(gmssl, "certgen", "-C", "CN", "-ST", "Qinghai", "-L", "Tongren", "-O", "YB", "-OU", "DY", "-CN", "yb",
        "-key_usage", "dataEncipherment", "-days", "3650", "-key", key, "-pass", "1234", "-out", certificate)  # fmt: skip
    (tmp_path / "sealed").write_bytes(seal(CONTENT, certificate.read_bytes(), "sm-gmssl"))
    run(gmssl, "cmsdecrypt", "-key", key, "-pass", "1234", "-cert", certificate, "-in", tmp_path / "sealed",
        "-out", tmp_path / "opened")  # fmt: skip
    assert (tmp_path / "opened").read_bytes() == CONTENT
