"""Manifests, names and places in the inbox that came broken, and deliveries that contradict each other."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

from tests.dock_support import csv_bytes, headers, rows_of
from tests.spec.broken_deliveries.case import (
    HEAD,
    ID,
    NAME,
    Case,
    Lands,
    PassedOver,
    Then,
    both,
    death,
    death_row,
    put,
    refused,
    text,
)
from warehouse.intake.contract import contracts

SOUND = text(death()).encode("gb18030")
OTHER = text(death(18)).encode("gb18030")
SHA = hashlib.sha256(SOUND).hexdigest()
SIDE = "death.csv.manifest.json"
UNREAD = refused(f"the manifest {SIDE} cannot be read", "have it sent again")


def manifest(name: str, content: bytes | str, then: Then = UNREAD) -> Case:
    """A sound list beside a manifest."""
    said = content.encode() if isinstance(content, str) else content
    return Case(f"manifest: {name}", both(put(SOUND), put(said, SIDE)), then)


def _folder_for_a_manifest(folder: Path) -> None:
    (folder / "death.csv").write_bytes(SOUND)
    (folder / SIDE).mkdir()


def _pipe_for_a_manifest(folder: Path) -> None:
    (folder / "death.csv").write_bytes(SOUND)
    os.mkfifo(folder / SIDE)


def _link_to_nothing_for_a_manifest(folder: Path) -> None:
    (folder / "death.csv").write_bytes(SOUND)
    (folder / SIDE).symlink_to("nowhere.json")


LANDS = Lands(21)
MANIFESTS = [
    manifest("sound", json.dumps({"rows": 20, "sha256": SHA}), LANDS),
    manifest("with a mark of UTF-8", b"\xef\xbb\xbf" + json.dumps({"rows": 20, "sha256": SHA}).encode(), LANDS),
    manifest("the hash in capitals", json.dumps({"rows": 20, "sha256": SHA.upper()}), LANDS),
    manifest("rows alone", '{"rows": 20}', LANDS),
    manifest("hash alone", json.dumps({"sha256": SHA}), LANDS),
    manifest("with more than is asked", json.dumps({"rows": 20, "by": "公安", "x": [1, {"y": None}]}), LANDS),
    manifest("one row more", '{"rows": 21}', refused("holds 20 rows", "manifest says 21")),
    manifest("no rows", '{"rows": 0}', refused("holds 20 rows", "manifest says 0")),
    manifest("of another file", json.dumps({"rows": 20, "sha256": hashlib.sha256(OTHER).hexdigest()}), refused("sha256 differs")),
    manifest("fewer rows than none", '{"rows": -20}'),
    manifest("rows beyond all numbers", '{"rows": 1e999}'),
    manifest("rows of ten thousand digits", '{"rows": ' + "9" * 10_000 + "}"),
    manifest("rows as a fraction", '{"rows": 20.0}'),
    manifest("rows as a text", '{"rows": "20"}'),
    manifest("rows as true", '{"rows": true}'),
    manifest("rows as no number", '{"rows": NaN}'),
    manifest("rows as infinity", '{"rows": Infinity}'),
    manifest("rows as a list", '{"rows": [20]}'),
    manifest("hash as a number", '{"rows": 20, "sha256": 5}'),
    manifest("hash too short", '{"rows": 20, "sha256": "abc"}'),
    manifest("hash of zeros", json.dumps({"rows": 20, "sha256": "0" * 64}), refused("sha256 differs")),
    manifest("keys twice", '{"rows": 21, "rows": 20}'),
    manifest("nothing said", "{}"),
    manifest("other keys alone", '{"count": 20}'),
    manifest("a list", "[20]"),
    manifest("a number", "20"),
    manifest("empty", ""),
    manifest("cut off", '{"rows": 20, "sha'),
    manifest("no JSON", "rows=20"),
    manifest("in GB18030", '{"rows": 20, "单位": "公安"}'.encode("gb18030")),
    manifest("in UTF-16", '{"rows": 20}'.encode("utf-16")),
    manifest("nested a hundred thousand deep", "[" * 60_000 + "]" * 5_000),
    manifest("nested deep in what is not asked", '{"rows": 20, "x": ' + "[" * 30_000 + "]" * 30_000 + "}"),
    manifest("of ten megabytes", '{"rows": 20, "x": "' + "x" * 10_000_000 + '"}'),
    Case("manifest: a folder", _folder_for_a_manifest, UNREAD),
    Case("manifest: a pipe", _pipe_for_a_manifest, UNREAD),
    Case("manifest: a link to nothing", _link_to_nothing_for_a_manifest, UNREAD),
    Case("manifest: without its file", both(put(SOUND, "death_1of2.csv"), put("{}", SIDE)), (LANDS, PassedOver((f"the manifest {SIDE} came without its file",)))),
]  # fmt: skip


def beside(name: str, content: bytes = OTHER) -> Callable[[Path], object]:
    """A sound list, and another file beside it."""
    return both(put(SOUND), put(content, name))


def unknown(name: str, *words: str) -> Case:
    """A file that no feed has: it is listed, and the sound one lands."""
    return Case(f"name: {name!r}", beside(name), (LANDS, PassedOver(words)))


def taken(name: str, **more: object) -> Case:
    """A name that is odd and yet a delivery's."""
    return Case(f"name: {name!r}", put(SOUND, name), Lands(21, **more))  # type: ignore[arg-type]


def _longest() -> str:
    return "death_" + "x" * 245 + ".csv"


def _link_outside(folder: Path) -> None:
    (folder.parent.parent / "elsewhere.csv").write_bytes(SOUND)
    (folder / "death.csv").symlink_to(folder.parent.parent / "elsewhere.csv")


def _link_inside(folder: Path) -> None:
    (folder / "death.csv").write_bytes(SOUND)
    (folder / "death_2.csv").symlink_to("death.csv")


def _link_round(folder: Path) -> None:
    (folder / "death.csv").write_bytes(SOUND)
    (folder / "death_2.csv").symlink_to("death_2.csv")


def _link_to_a_device(folder: Path) -> None:
    (folder / "death.csv").write_bytes(SOUND)
    (folder / "death_2.csv").symlink_to("/dev/zero")


def _pipe(folder: Path) -> None:
    (folder / "death.csv").write_bytes(SOUND)
    os.mkfifo(folder / "death_2.csv")


def _folder(folder: Path) -> None:
    (folder / "death.csv").write_bytes(SOUND)
    (folder / "death_2.csv").mkdir()


def _growing(folder: Path) -> None:
    """A file that is still being written while it is read."""
    path = folder / "death.csv"
    path.write_bytes(text(death(200_000)).encode("gb18030"))

    def write() -> None:
        with path.open("ab") as handle:
            for _ in range(400):
                handle.write(b"x")
                handle.flush()
                pause.wait(0.005)

    pause = threading.Event()
    threading.Thread(target=write, daemon=True).start()


NAMES = [
    taken("DEATH.CSV"),
    taken("death_😀.csv"),
    taken("death_" + "e\u0301" + ".csv"),
    taken("death_;rm -rf $HOME.csv"),
    taken("death_..csv"),
    taken("death_=cmd.csv"),
    taken("death_con.csv"),
    taken("death_%00%2e%2e.csv"),
    taken("death_\u200b隐.csv"),
    taken(_longest()),
    Case("name: a bare end", beside(".csv"), LANDS),
    unknown("nul.csv", "nul.csv is no feed"),
    Case("name: it begins with dots", beside("..death.csv"), LANDS),
    unknown("død.csv", "is no feed that the dock knows"),
    unknown("death.docx", "death.docx is not of a form"),
    unknown("readme.txt", "readme.txt is no feed"),
    Case("name: a trailing dot", beside("death_2.csv."), (LANDS, refused("not of a form", file="death_2.csv."))),
    Case("name: a trailing blank", beside("death_2.csv "), (LANDS, refused("not of a form", file="death_2.csv "))),
    Case("name: a list as text", beside("death_2.txt"), (LANDS, refused("not of a form", file="death_2.txt"))),
    Case("name: a list in an archive", beside("death_2.csv.gz"), (LANDS, refused("not of a form", file="death_2.csv.gz"))),
    Case("name: half uploaded", beside("death_2.csv.tmp"), (LANDS, refused("not of a form", file="death_2.csv.tmp"))),
    Case("name: a line break", beside("death_2\n.csv"), (LANDS, refused("line breaks", file="death_2?.csv"))),
    Case("name: a tab and a bell", beside("death_\t\a.csv"), (LANDS, refused("line breaks", file="death_??.csv"))),
    Case("name: the direction of writing turned", beside("death_\u202evsc.exe.csv"), (LANDS, refused("direction", file="death_?vsc.exe.csv"))),
    Case("name: bytes that are no UTF-8", beside(os.fsdecode(b"death_\xff\xfe.csv")), (LANDS, refused("no UTF-8", "unzip", file="death_??.csv"))),
    Case("name: the number of a person", beside(f"death_{ID}.csv"), (LANDS, refused("identity number", file="death_?.csv"))),
    Case("name: the same but for case", both(put(SOUND, "death_a.csv"), put(OTHER, "death_A.csv")), (refused("claim to be the same file", file="death_a.csv"), refused("claim to be the same file", file="death_A.csv"))),
    Case("name: composed in two ways", both(put(SOUND, "death_é.csv"), put(OTHER, "death_e\u0301.csv")), refused("claim to be the same file", file="death_é.csv")),
    Case("name: half and full width", both(put(SOUND, "death_1.csv"), put(OTHER, "death_１.csv")), refused("claim to be the same file", file="death_１.csv")),
    Case("name: the same in two forms", both(put(SOUND), put(OTHER, "death.xls")), refused("claim to be the same file", "death.xls")),
    Case("place: a link out of the inbox", _link_outside, refused("link to a place outside")),
    Case("place: a link inside the folder", _link_inside, (LANDS, PassedOver(("the same bytes",)))),
    Case("place: a link to itself", _link_round, (LANDS, PassedOver(("death_2.csv is no file",)))),
    Case("place: a link to a device", _link_to_a_device, (LANDS, PassedOver(("pipe or a device",)))),
    Case("place: a pipe", _pipe, (LANDS, PassedOver(("death_2.csv is no file but a pipe",)))),
    Case("place: a folder named like a file", _folder, (LANDS, PassedOver(("the folder death_2.csv",)))),
    Case("place: a file that is still being written", _growing, refused("changed while it was read", "all files have arrived"), is_steady=False),
    Case("place: larger than the limit", put(SOUND), refused("intake_max_file_mb"), {"intake_max_file_mb": "0"}),
]  # fmt: skip


PAYMENT = contracts()["assistance_payment"]
PAID = csv_bytes([headers(PAYMENT), *rows_of(PAYMENT, 20)])


def paid(name: str, make: Callable[[Path], object], then: Then) -> Case:
    return Case(f"payments: {name}", make, then)


def no_payment(*words: str, file: str) -> Then:
    return refused(*words, file=file, feed="assistance_payment")


MANY = text([HEAD, *([f"{NAME}{n}", *death_row(n)[1:]] for n in range(2, 22))]).encode("gb18030")
LOGIC = [
    Case("delivery: the same file twice", both(put(SOUND), put(SOUND, "death_副本.csv")), (LANDS, PassedOver(("it was not loaded twice",)))),
    Case("delivery: the same file as its own correction", both(put(SOUND), put(SOUND, "death_v2.csv")), (LANDS, PassedOver(("the same bytes as death.csv",)))),
    Case("delivery: a correction and nothing else", put(SOUND, "death_v2.csv"), LANDS),
    Case("delivery: a correction of a part that is not there", both(put(SOUND), put(OTHER, "death_隆务镇_v2.csv")), (LANDS, refused("corrects a file that is not there", file="death_隆务镇_v2.csv"))),
    Case("delivery: two corrections of one rank", both(put(SOUND), put(OTHER, "death_v2.csv"), put(MANY, "death_更正.csv")), (LANDS, refused("claim to be the same file", file="death_v2.csv"), refused("claim to be the same file", file="death_更正.csv"))),
    Case("delivery: a correction of a correction", both(put(OTHER), put(MANY, "death_v2.csv"), put(SOUND, "death_v3.csv")), (LANDS, PassedOver(("death_v3.csv replaces death_v2.csv",)))),
    Case("delivery: a correction of rank a thousand million", both(put(OTHER), put(SOUND, "death_v1000000000000.csv")), LANDS),
    Case("delivery: a broken correction", both(put(SOUND), put(b"\0\1" * 99, "death_v2.csv")), (LANDS, refused("binary", file="death_v2.csv"))),
    Case("delivery: an empty correction", both(put(SOUND), put(b"", "death_更正.csv")), (LANDS, refused("is empty", file="death_更正.csv"))),
    Case("delivery: a correction with a header alone", both(put(OTHER), put(text([HEAD]), "death_v2.csv")), (Lands(1), PassedOver(("18 rows before, 0 after", "no row of data")))),
    Case("delivery: parts of which one is broken", both(put(SOUND, "death_1of2.csv"), put(SOUND[:-30], "death_2of2.csv")), (LANDS, refused("cut off", file="death_2of2.csv"))),
    paid("another month's", put(PAID.replace(b"202610", b"202609"), "assistance_payment.csv"), no_payment("another month", "2026-09", file="assistance_payment.csv")),
    paid("of a month that never was", put(PAID.replace(b"202610", b"202613"), "assistance_payment.csv"), Lands(21, feed="assistance_payment", keeps_keys=False)),
    paid("under the name of deaths", put(PAID, "death.csv"), refused("no header row of death")),
    paid("deaths under the name of payments", put(SOUND, "assistance_payment.csv"), no_payment("no header row of assistance_payment", file="assistance_payment.csv")),
    paid("late, in their month's name", put(PAID.replace(b"202610", b"202609"), "assistance_payment_2026-09补报.csv"), Lands(21, feed="assistance_payment", keeps_keys=False)),
]  # fmt: skip

INBOX_CASES = [*MANIFESTS, *NAMES, *LOGIC]
