"""One feed's delivery of a month: its files, which of them count, and the landed partition made from them.

Which file counts: the highest correction that is sound beats the original of the same name; a correction
that bears the feed's bare name, where no original does, beats the whole delivery. A file sent again under
its own name with other bytes beats what stood there, unless it is refused: then what stood there stays.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.errors import DeliveryRefused, DoudiError
from warehouse.intake import evidence, shelf
from warehouse.intake.contract import Contract
from warehouse.intake.inbox import Sent, numbered
from warehouse.intake.landing import Landing, land_file
from warehouse.intake.ledger import Entry, Status
from warehouse.intake.limits import Limits
from warehouse.lake import Lake, drop
from warehouse.months import Month
from warehouse.small_tables import first_row

_GONE = "taken out of the inbox"


@dataclass
class Received:
    """What receiving one feed gave: ledger entries, the landings behind those that count, sentences."""

    entries: list[Entry] = field(default_factory=list)
    landings: dict[str, Landing] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


class FeedDelivery:
    """Receives one feed's files for one month into ``landed/feed=…/month=…``."""

    def __init__(
        self,
        contract: Contract,
        month: Month,
        lake: Lake,
        limits: Limits,
        *,
        known: list[Entry],
        landed: dict[tuple[str, str], str],
    ) -> None:
        """``known``: the feed's entries in this month's ledger so far; ``landed``: (feed, hash) to the
        earlier month in which those bytes landed."""
        self.contract, self.month, self.lake, self.limits = contract, month, lake, limits
        self.known, self.landed = known, landed
        self.done = Received()
        self._tried: dict[str, Landing | DeliveryRefused] = {}
        self._versions: dict[str, int] = {}

    def receive(self, sent: Iterable[Sent]) -> Received:
        """Land the files that count and replace the feed's partition."""
        files = self._without_duplicates(sorted(sent, key=lambda s: (s.name.rank, s.name.file)))
        self._versions = numbered(files, self.known)
        with self.lake.replacing("landed", feed=self.contract.feed, month=str(self.month)) as folder:
            self._choose(files, folder)
            for number, file in enumerate(sorted(self.done.landings)):
                _aside(folder, file).rename(folder / f"part-{number}.parquet")
            for leftover in folder.glob("aside-*"):
                leftover.unlink()
        if not self.done.landings:
            drop(self._partition())
        self._remember()
        return self.done

    def _without_duplicates(self, files: list[Sent]) -> list[Sent]:
        first: dict[str, Sent] = {}
        for sent in files:
            if not sent.sha256:
                first[f"unread {sent.name.file}"] = sent
                continue
            same = first.setdefault(sent.sha256, sent)
            if same is not sent:
                what = f"the same bytes as {same.name.file}"
                self.done.entries.append(
                    Entry(self.contract.feed, sent.name.file, sent.sha256, 1, "duplicate", what)
                )
                self.done.reasons.append(f"{sent.name.file} holds {what}: it was not loaded twice.")
        return list(first.values())

    def _choose(self, files: list[Sent], folder: Path) -> None:
        """Decide file by file what counts, whole-delivery corrections first."""
        bases = {sent.name.base for sent in files if not sent.name.is_correction}
        rest = list(files)
        if self.contract.feed not in bases:
            whole = [sent for sent in files if sent.name.is_correction and sent.name.is_whole_delivery]
            for sent in reversed(whole):
                rest.remove(sent)
                if self._stands(sent, folder):
                    beaten = [other for other in rest if not other.name.is_beside]
                    for other in beaten:
                        self._supersede(other, sent, folder)
                        rest.remove(other)
                    break
        groups: dict[str, list[Sent]] = {}
        for sent in rest:
            groups.setdefault(sent.name.base, []).append(sent)
        for base, group in sorted(groups.items()):
            is_lost = base not in bases and self.contract.feed in bases
            self._choose_one(group, folder, is_lost=is_lost)

    def _choose_one(self, group: list[Sent], folder: Path, *, is_lost: bool) -> None:
        """Of the versions of one file the highest sound rank counts (all files of that rank)."""
        winner: Sent | None = None
        for rank in sorted({sent.name.rank for sent in group}, reverse=True):
            level = [sent for sent in group if sent.name.rank == rank]
            if winner is not None:
                for sent in level:
                    self._supersede(sent, winner, folder)
                continue
            if is_lost:
                for sent in level:
                    self._tried[sent.name.file] = DeliveryRefused(
                        f"{sent.name.file} corrects a file that is not there.",
                        next_step=f"name it after the file it corrects, or {self.contract.feed} with the "
                        "correction word when it replaces the whole delivery.",
                    )
            self._refuse_rivals(level)
            sound = [sent for sent in level if self._stands(sent, folder)]
            winner = sound[0] if sound else None

    def _refuse_rivals(self, level: list[Sent]) -> None:
        """Refuse files that all claim to be the same one; what stands on the shelf already goes on standing."""
        standing = {(entry.file, entry.sha256) for entry in self.known if entry.is_landed}
        stays = [sent for sent in level if (sent.name.file, sent.sha256) in standing]
        rivals = level if len(stays) != 1 else [sent for sent in level if sent is not stays[0]]
        if len(level) > 1:
            for sent in rivals:
                others = ", ".join(other.name.file for other in level if other is not sent)
                self._tried.setdefault(
                    sent.name.file,
                    DeliveryRefused(
                        f"{sent.name.file} and {others} claim to be the same file: which of them counts cannot be told.",
                        next_step="take the wrong one out of the inbox, or give each part a name of its own.",
                    ),
                )

    def _stands(self, sent: Sent, folder: Path) -> bool:
        """Land a file and write it down as current, or as refused; True when it is sound."""
        tried = self._try(sent, folder)
        if isinstance(tried, DeliveryRefused):
            self._enter(sent, "refused", str(tried))
            self.done.reasons.append(str(tried))
            before = self._before(sent)
            if before is not None:
                self._keep(before, folder)
            return False
        self.done.landings[sent.name.file] = tried
        self._enter(sent, "current", "", tried)
        self.done.reasons += tried.reasons
        replaced = self._replaced(sent)
        if replaced is not None:
            self.done.reasons.append(
                f"{sent.name.file} was sent again: version {self._versions[sent.name.file]} with {tried.rows} rows "
                f"replaces version {replaced.version} with {replaced.rows}."
            )
        return True

    def _supersede(self, sent: Sent, winner: Sent, folder: Path) -> None:
        """Write down a file that a correction replaces, with the rows before and after."""
        tried = self._try(sent, folder)
        after = self.done.landings[winner.name.file].rows
        if isinstance(tried, DeliveryRefused):
            self._enter(sent, "superseded", f"replaced by {winner.name.file}; {tried}")
            return
        self._enter(sent, "superseded", f"replaced by {winner.name.file}", tried)
        self.done.reasons.append(
            f"{winner.name.file} replaces {sent.name.file}: {tried.rows} rows before, {after} after."
        )

    def _try(self, sent: Sent, folder: Path) -> Landing | DeliveryRefused:
        """Read one file, once; a refusal is an answer here, for the other files go on."""
        file = sent.name.file
        if file not in self._tried:
            self._tried[file] = self._landing_or_refusal(sent, folder)
        return self._tried[file]

    def _landing_or_refusal(self, sent: Sent, folder: Path) -> Landing | DeliveryRefused:
        if sent.refusal is not None:
            return sent.refusal
        try:
            landing = self._land(sent, folder)
            return sent.why_changed() or landing
        except DeliveryRefused as refusal:
            return sent.why_changed() or refusal
        except Exception as error:
            if changed := sent.why_changed():
                return changed
            if isinstance(error, DoudiError | OSError | MemoryError) or os.environ.get("DOUDI_DEBUG"):
                raise
            # What nobody foresaw in one file must not keep the others from the shelf.
            return DeliveryRefused(
                f"{sent.name.file} cannot be read: a case that the dock does not know ({type(error).__name__}).",
                next_step="have it exported again, and report this line.",
            )

    def _land(self, sent: Sent, folder: Path) -> Landing:
        file, name = sent.name.file, sent.name
        manifest = evidence.manifest_of(sent.path, self.limits.manifest_bytes)
        evidence.refuse_other_digest(file, manifest, sent.sha256)
        if name.is_late and self.contract.delivery == "stock":
            raise DeliveryRefused(
                f"{file} is an earlier month's stock, and {self.month} has its own.",
                next_step="put it into the folder of its own month and run receive for that month.",
            )
        landing = land_file(
            sent.path, _aside(folder, file), self.contract, self.month, self.limits, is_beside=name.is_beside
        )
        evidence.refuse_other_count(file, manifest, landing.rows)
        earlier = self.landed.get((self.contract.feed, sent.sha256))
        if earlier and landing.rows and not name.is_beside and self.contract.delivery != "running":
            if self.contract.delivery == "increment" or self.contract.required:
                raise DeliveryRefused(
                    f"{file} is another month's file: the same bytes were landed for {earlier}.",
                    next_step=f"have {self.month}'s file sent.",
                )
            # A short list of cards may truly stand still for a month; a county's roster never does.
            landing.reasons.append(
                f"{file} holds the same bytes as in {earlier}: ask {self.contract.agency} whether nothing changed."
            )
        return landing

    def _before(self, sent: Sent) -> Entry | None:
        """What stood under the file's name before, with other bytes."""
        stood = [
            e for e in self.known if e.file == sent.name.file and e.sha256 != sent.sha256 and e.is_landed
        ]
        return stood[-1] if stood else None

    def _replaced(self, sent: Sent) -> Entry | None:
        """The sound version of the same name before this one, on the first run that sees it and on later ones."""
        version = self._versions[sent.name.file]
        older = [e for e in self.known if e.file == sent.name.file and e.version < version and e.form]
        return max(older, key=lambda entry: entry.version, default=None)

    def _keep(self, entry: Entry, folder: Path) -> None:
        """Keep on the shelf what was landed before: its bytes are no longer in the inbox."""
        for part in sorted(self._partition().glob("part-*.parquet")):
            if first_row(part, ["file"]) == {"file": entry.file}:
                shutil.copyfile(part, _aside(folder, entry.file))
                self.done.landings[entry.file] = shelf.kept_landing(
                    self.lake, self.month, entry.feed, entry.file, entry.form, entry.encoding
                )
                self.done.entries.append(entry.now("current", "the file sent after it was refused"))

    def _enter(self, sent: Sent, status: Status, reason: str, landing: Landing | None = None) -> None:
        self.done.entries.append(
            Entry(
                feed=self.contract.feed,
                file=sent.name.file,
                sha256=sent.sha256,
                version=self._versions[sent.name.file],
                status=status,
                reason=reason,
                encoding=landing.encoding if landing else "",
                rows=landing.rows if landing else 0,
                form=landing.form if landing else "",
            )
        )

    def _remember(self) -> None:
        """Carry over the entries of files that are no longer in the inbox, as superseded."""
        here = {(entry.file, entry.sha256) for entry in self.done.entries}
        names = {entry.file for entry in self.done.entries}
        for known in self.known:
            entry = known
            if (entry.file, entry.sha256) in here:
                continue
            is_gone = entry.file not in names
            if entry.status != "superseded":
                entry = entry.now("superseded", _GONE if is_gone else "sent again with other bytes")
            self.done.entries.append(entry)
            if is_gone and entry.reason == _GONE and entry.form:
                self.done.reasons.append(
                    f"{entry.file} is no longer in the inbox: its {entry.rows} rows were taken off the shelf."
                )

    def _partition(self) -> Path:
        return self.lake.partition("landed", feed=self.contract.feed, month=str(self.month))


def _aside(folder: Path, file: str) -> Path:
    # By a hash: a name may be as long as the file system allows.
    return folder / f"aside-{hashlib.sha256(file.encode()).hexdigest()[:32]}"
