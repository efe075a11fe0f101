"""Deliveries broken at random, and what holds for whatever comes of them."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from tests.dock_support import MONTH, policy
from tests.spec.broken_deliveries.books import parts, record, roster, sheet_xml, xls, zipped
from tests.spec.broken_deliveries.case import DEATH, ID, NAME, ROSTER, death, quoted, text
from warehouse.errors import DeliveryRefused
from warehouse.intake import evidence
from warehouse.intake.csv_table import CsvTable
from warehouse.intake.decoding import encoding_of
from warehouse.intake.landing import Landing, land_file
from warehouse.intake.limits import Limits

LIMITS = Limits.of(
    policy(intake_max_reading_mb="700", intake_max_reading_seconds="10", intake_max_unpacked_mb="50")
)
_INTERESTING = [
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\x80",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b'""',
    b";",
    b"\t",
]
_MARKUP = [
    b"<c/>",
    b"<row>",
    b"</c>",
    b'r="ZZ99999"',
    b"<f>",
    b"&#0;",
    b"&lt;",
    b"<v>",
    b't="s"',
    b't="e"',
    b"<!--",
    b"99999999",
]


def broken(content: bytes, rng: random.Random, words: list[bytes] = _INTERESTING) -> bytes:
    """The content with one to five things done to it."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        content = rng.choice(_WAYS)(content, rng, words)
    return content


def _at(content: bytes, rng: random.Random) -> int:
    return rng.randrange(len(content) + 1)


def _flip(content: bytes, rng: random.Random, _: list[bytes]) -> bytes:
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]


def _insert(content: bytes, rng: random.Random, words: list[bytes]) -> bytes:
    at = _at(content, rng)
    return content[:at] + rng.choice([*words, rng.randbytes(rng.randrange(1, 9))]) + content[at:]


def _drop(content: bytes, rng: random.Random, _: list[bytes]) -> bytes:
    at = _at(content, rng)
    return content[:at] + content[at + rng.choice((1, 1, 2, 7, 60)) :]


def _cut(content: bytes, rng: random.Random, _: list[bytes]) -> bytes:
    return content[: _at(content, rng)]


def _repeat(content: bytes, rng: random.Random, _: list[bytes]) -> bytes:
    start, length = _at(content, rng), rng.randrange(1, 300)
    return content[: start + length] + content[start:]


def _swap(content: bytes, rng: random.Random, _: list[bytes]) -> bytes:
    one, two, three = sorted(_at(content, rng) for _ in range(3))
    return content[:one] + content[two:three] + content[one:two] + content[three:]


def _overwrite(content: bytes, rng: random.Random, words: list[bytes]) -> bytes:
    at, word = _at(content, rng), rng.choice([*words, bytes(8), b"\xff" * 8])
    return content[:at] + word + content[at + len(word) :]


_WAYS: list[Callable[[bytes, random.Random, list[bytes]], bytes]] = [
    _flip,
    _insert,
    _drop,
    _cut,
    _repeat,
    _swap,
    _overwrite,
]


@dataclass(frozen=True)
class Seed:
    """A sound file to break, and how."""

    file: str
    content: bytes
    is_zip: bool = False

    def broken(self, rng: random.Random) -> bytes:
        if not self.is_zip or rng.random() < 0.3:
            return broken(self.content, rng)
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
        part = rng.choice(list(members))
        members[part] = broken(bytes(members[part]), rng, [*_INTERESTING, *_MARKUP])  # type: ignore[arg-type]
        return zipped(members)


def seeds() -> dict[str, list[Seed]]:
    """What is broken, by form."""
    plain, marked = text(death(30)), quoted(death(30))
    csvs = [
        plain.encode("gb18030"),
        plain.encode("utf-8"),
        marked.encode("utf-8-sig"),
        marked.encode("gb18030"),
        plain.encode("utf-16"),
        quoted(death(30), "\t", "\r").encode("utf-8"),
        ("名单\n" + plain + "合计,30,,,,,,,\r\n").encode("gb18030"),
    ]
    formula = '<c r="J5"><f>A1</f><v>x</v></c>'
    rows = roster(6)
    rows[4][9] = formula
    merged = '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>'
    book = zipped(parts({"隆务镇": sheet_xml(rows, after=merged), "说明": sheet_xml([["填表说明"]])}))
    number = record(0x0203, b"\x04\x00\x03\x00\x00\x00" + bytes(8))
    return {
        "csv": [Seed("death.csv", content) for content in csvs],
        "xlsx": [Seed("assistance_roster.xlsx", book, is_zip=True)],
        "xls": [
            Seed("assistance_roster.xls", xls(rows, cells=number)),
            Seed("assistance_roster.xls", xls(roster(6), 5)),
        ],
        "manifest": [Seed("death.csv.manifest.json", b'{"rows": 30, "sha256": "%s"}' % (b"a" * 64))],
    }


def judge(seed: Seed, content: bytes, folder: Path) -> str:
    """Read the broken content; says what became of it, and raises ``AssertionError`` when the dock does wrong."""
    path = folder / seed.file
    path.write_bytes(content)
    if seed.file.endswith(".json"):
        try:
            evidence.manifest_of(path.with_name("death.csv"), LIMITS.manifest_bytes)
        except DeliveryRefused as refusal:
            return _told(refusal, path)
        return "read"
    contract = DEATH if seed.file.startswith("death") else ROSTER
    try:
        landing = land_file(path, folder / "part", contract, MONTH, LIMITS, is_beside=False)
    except DeliveryRefused as refusal:
        return _told(refusal, path)
    _account(landing, folder / "part")
    if landing.form == "csv":
        _count(path, landing)
    assert not any(NAME in reason or ID in reason for reason in landing.reasons)
    return "landed"


def _told(refusal: DeliveryRefused, path: Path) -> str:
    assert path.name in refusal.what, refusal.what
    assert refusal.next_step
    assert NAME not in str(refusal)
    assert ID not in str(refusal)
    return "refused"


def _account(landing: Landing, part: Path) -> None:
    for account in landing.accounts:
        assert account.rows == account.landed + account.quarantined + account.furniture
    landed = pq.read_table(part, columns=["sheet", "row"])
    assert landed.num_rows == sum(account.landed for account in landing.accounts)
    seen = [*zip(*landed.to_pydict().values(), strict=True), *((s, n) for s, n, _ in landing.quarantine)]
    assert len(set(seen)) == len(seen), "a row is taken twice"
    assert sum(landing.furniture.values()) == sum(account.furniture for account in landing.accounts)


def _count(path: Path, landing: Landing) -> None:
    """The rows of a text as Python's own reader counts them, where nothing is quoted as lines."""
    text = path.read_bytes().decode(encoding_of(path), "replace")
    delimiter = CsvTable(path, LIMITS).delimiter
    if '"' in text:
        rows = sum(1 for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    else:
        rows = sum(1 for _ in io.StringIO(text, newline=""))
    assert sum(account.rows for account in landing.accounts) == rows, "rows are lost"
