"""``doudi check``, ``backup`` and ``restore``: what they show."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

from console.commands.access import now
from console.screen import Screen
from warehouse.access import Item, note, who_acts
from warehouse.backup import What
from warehouse.backup import backup as write_backup
from warehouse.checking import check
from warehouse.errors import CutShort, LakeDamaged, Misconfigured
from warehouse.lake import Lake
from warehouse.restore import restore
from warehouse.sums import sha256


def show_check(home: Path, screen: Screen) -> None:
    """Every finding with its next step; ``LakeDamaged`` or ``CutShort`` when something must be done."""
    if not (home / "lake").is_dir():
        raise Misconfigured("there is no home to check.", next_step="name it with --home (DOUDI_HOME).")
    found = check(home)
    if found.findings:
        screen.table(
            "Check", ("kind", "what", "next step"), [(f.kind, f.what, f.next_step) for f in found.findings]
        )
    screen.emit({"files": found.files, "unrecorded": found.unrecorded, "findings": len(found.findings)})
    screen.say(
        f"{found.files:,} files are held against a sum; of {found.unrecorded:,} nobody noted one "
        "(written by an older Doudi, or by hand)."
    )
    open_ones = [finding for finding in found.findings if finding.kind != "leftover"]
    if not open_ones:
        return
    is_cut_short = all(finding.kind == "unfinished" for finding in open_ones)
    raise (CutShort if is_cut_short else LakeDamaged)(
        f"check: {len(open_ones)} finding(s); the first: {open_ones[0].what}.",
        next_step=open_ones[0].next_step,
    )


def make_backup(home: Path, to: Path, what: What, screen: Screen, *, by: str | None = None) -> None:
    """Write the archive and say what it holds and its hash, for the register of backups; an entry of the access log."""
    held = write_backup(home, to, what)
    digest = sha256(to)
    item = Item(f"backup:{what}", "archive", files=len(held.members), content=digest)
    note(Lake(home), "export", "backup", [item], who=who_acts(by), purpose="备份", on=now())
    screen.emit(
        {
            "archive": to.name,
            "what": held.what,
            "files": len(held.members),
            "bytes": held.bytes,
            "sha256": digest,
        }
    )
    months = f"{held.months[0]} to {held.months[-1]}" if held.months else "no month"
    screen.say(
        f"{to.name}: {held.what}, {len(held.members):,} files, {held.bytes / 1e6:,.1f} MB ({to.stat().st_size / 1e6:,.1f} MB "
        f"packed), {months}; read back and verified."
    )
    screen.say(f"sha256 {digest}")
    screen.say("It holds personal data: keep it encrypted, where only those may come who may see the home.")


def restore_home(
    home: Path, archive: Path, *, by: str | None, reason: str, on: datetime, replace: bool, screen: Screen
) -> None:
    """Restore and say what stands there now and what to do next."""
    done = restore(home, archive, by=by or _user(), reason=reason, on=on, replace=replace)
    held = done.contents
    screen.emit(
        {"archive": archive.name, "what": held.what, "files": len(held.members), "sha256": done.sha256,
         "logged": not done.unlogged}
    )  # fmt: skip
    screen.say(
        f"{archive.name}: {held.what}, {len(held.members):,} files, every one verified; the home is restored."
    )
    if done.unlogged:
        screen.say(done.unlogged)
    if held.what == "needed":
        months = ", ".join(held.months)
        screen.say(f"Next step: run the months again in order, from the same inbox: {months}.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
