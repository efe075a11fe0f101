"""``doudi hand-out`` and ``unlock``: sealed files for the townships with passphrases shown once, and what comes back sealed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from console.commands.stages import Bench
from console.screen import Screen
from warehouse.errors import Misconfigured, Refused
from warehouse.locks import alone
from warehouse.months import Month
from warehouse.packages.keys import Keys
from warehouse.privacy.handing import hand_out, refuse_beside, unlocked
from warehouse.settings import Settings

_WAYS = {"password": "口令", "cms": "证书（RSA）", "sm": "证书（国密）"}


def hand_out_lists(
    month: Month,
    settings: Settings,
    screen: Screen,
    *,
    by: str,
    townships: Sequence[str],
    passphrases: Path | None,
    on: date,
) -> None:
    """Make the files, say what they are, and tell each township's passphrase once, on the screen or in a file apart."""
    if passphrases is not None:
        refuse_beside(passphrases, settings.home)
    bench = Bench.for_month(month, settings)
    with alone("hand-out", month, settings.home):
        handed = hand_out(
            month,
            lake=bench.lake,
            policy=bench.policy,
            by=by,
            on=on,
            townships=townships,
            keys=Keys.from_environment(settings.home),
        )
    rows = [(one.file, one.rows, _WAYS.get(one.way, one.way), one.sha256[:16]) for one in handed.files]
    screen.table(f"{month} 第{handed.folder.name}次发放", ("文件", "行数", "加密", "SHA-256 前16位"), rows)
    mark = handed.entry.mark if handed.entry else ""
    screen.say(f"在 {handed.folder.relative_to(settings.home)}；交接登记表同在；访问记录 {mark}。")
    if passphrases is not None:
        _write_apart(passphrases, handed.passphrases)
        screen.say(f"口令写在 {passphrases.name}，只有本用户可读；送达后请删除。")
        return
    told = sorted(handed.passphrases.items())
    if told:
        screen.table("口令（只显示这一次；另行告知，不与文件同放）", ("乡镇", "口令"), told)


def unlock_files(files: Sequence[Path], to: Path, words: Sequence[str], screen: Screen) -> None:
    """Write the workbooks that came back under a passphrase into ``to`` without it, for absorb to read.

    ``Misconfigured`` where one of them would take another's place there: each may hold answers of its own.
    """
    to.mkdir(parents=True, exist_ok=True)
    closed = []
    for path in files:
        plain = unlocked(path, words)
        if plain is None:
            closed.append(path.name)
            continue
        if (to / path.name).exists() and (to / path.name).read_bytes() != plain:
            raise Misconfigured(
                f"{path.name} would be written over another of that name.",
                next_step="open it into a folder of its own.",
            )
        aside = to / f".aside-{path.name}"
        aside.write_bytes(plain)
        aside.replace(to / path.name)
    screen.emit({"unlocked": len(files) - len(closed), "still_locked": closed})
    screen.say(f"已解开 {len(files) - len(closed)} 个，可以回收（doudi absorb）。")
    if closed:
        raise Refused(
            f"unlock: {', '.join(closed)} opens with none of the passphrases.",
            next_step="ask the township which passphrase the file was saved with.",
        )


def _write_apart(path: Path, passphrases: Mapping[str, str]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{township}\t{word}\n" for township, word in sorted(passphrases.items()))
