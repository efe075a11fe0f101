"""A delivery that its agency takes back: ``<file>.withdrawn.json`` beside it, ``{"by": …, "reason": …}``.

The file may stay in the inbox or be taken out; its rows leave the shelf, and the ledger says by whom and why.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from warehouse.errors import DeliveryRefused
from warehouse.intake.feed_delivery import Received
from warehouse.intake.inbox import Sent
from warehouse.intake.ledger import Entry
from warehouse.intake.naming import WITHDRAWAL


def withdrawals(folder: Path) -> dict[str, str]:
    """File name to what the ledger says of its withdrawal; empty words where the side file names nobody or no reason."""
    return {
        path.name.removesuffix(WITHDRAWAL): _words(path)
        for path in sorted(folder.glob(f"*{WITHDRAWAL}"))
        if path.is_file() and not path.name.startswith((".", "~"))
    }


def part(sent: list[Sent], withdrawn: dict[str, str]) -> tuple[list[Sent], list[Sent]]:
    """The files that still count, and those that are withdrawn. One that is withdrawn without a name or a reason is
    refused: it is loaded no more, and keeps its month open."""
    counting, back = [], []
    for one in sent:
        words = withdrawn.get(one.name.file)
        if words is None:
            counting.append(one)
        elif words:
            back.append(one)
        else:
            counting.append(replace(one, refusal=_unsaid(one.name.file)))
    return counting, back


def take_back(received: Received, back: list[Sent], withdrawn: dict[str, str]) -> None:
    """Give the last version of each withdrawn file its status in the ledger, whether it lies in the inbox or not."""
    known = {one.name.file: one for one in back}
    for file, words in withdrawn.items():
        of_file = [entry for entry in received.entries if entry.file == file]
        if not words or (not of_file and file not in known):
            continue
        last = max(of_file, key=lambda entry: entry.version, default=None)
        sent = known.get(file)
        if sent and (last is None or last.sha256 != sent.sha256):
            last = next((entry for entry in of_file if entry.sha256 == sent.sha256), None) or Entry(
                sent.name.feed, file, sent.sha256, last.version + 1 if last else 1, "withdrawn"
            )
        if last is None or last.is_landed:
            continue
        received.entries[:] = [entry for entry in received.entries if entry != last]
        received.entries.append(last.now("withdrawn", words))
        # Of a file that is taken back it is not said that it is missing.
        received.reasons[:] = [
            said for said in received.reasons if not said.startswith(f"{file} is no longer")
        ]
        rows = f"its {last.rows} rows are not on the shelf" if last.form else "it was not loaded"
        received.reasons.append(f"{file} was withdrawn: {rows}.")


def _words(path: Path) -> str:
    try:
        plain = json.loads(path.read_text(encoding="utf-8-sig"))
        by, reason = (" ".join(str(plain[name] or "").split()) for name in ("by", "reason"))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return f"withdrawn by {by}: {reason}" if by and reason else ""


def _unsaid(file: str) -> DeliveryRefused:
    return DeliveryRefused(
        f"{file} was withdrawn by a side file that names nobody or no reason: it was not loaded.",
        next_step=f'write {file}{WITHDRAWAL} as {{"by": "…", "reason": "…"}}, or take that side file away.',
    )
