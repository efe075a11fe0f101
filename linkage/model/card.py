"""The model's card: what it was trained on, how, what each level is worth, and how well it did elsewhere.

Pure: an account of the training comes in, Markdown and HTML go out; the same account gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from linkage.model.weights import Weight, Weights, bits
from warehouse.parts import card, document

_STYLE = """
:root{--room:1120px}
main p{max-width:80ch}
main svg{width:auto;max-width:100%}
"""

Cell = str | int | float


@dataclass(frozen=True)
class Section:
    """One part of a card: a title, paragraphs, and a table (headers and rows) where it has one."""

    title: str
    paragraphs: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True)
class Account:
    """All that a training has to account for.

    ``feeds``: feed, rows that name a person, descriptions. ``persons`` and ``profiles`` taught m, ``pairs`` of them
    are one person's; ``parameters`` name to value (policy lines with their document, constants, versions);
    ``judged`` says by (comparison, level) what of the weight was not learnt; ``previous`` is the model before, with
    its name; ``measured`` what was found of its quality elsewhere.
    """

    on: date
    month: str
    feeds: tuple[tuple[str, int, int], ...]
    persons: int
    profiles: int
    pairs: int
    parameters: Mapping[str, str]
    weights: Weights
    judged: Mapping[tuple[str, str], str]
    previous: tuple[str, Weights] | None = None
    measured: tuple[Section, ...] = ()


def sections(account: Account) -> list[Section]:
    """The card's parts in their order."""
    parts = [_data(account), _parameters(account), _weights(account)]
    if account.previous:
        parts.append(_changes(account.weights, *account.previous))
    measured = account.measured or (
        Section(
            "Measured", ("Not measured: no held-out county was given (doudi train --held-out-county …).",)
        ),
    )
    return [*parts, *measured]


def markdown(account: Account) -> str:
    """The card as Markdown."""
    lines = [f"# Linkage model {account.on.isoformat()}"]
    for section in sections(account):
        lines += ["", f"## {section.title}"]
        for paragraph in section.paragraphs:
            lines += ["", paragraph]
        if section.headers:
            lines += ["", _row(section.headers), "|" + "---|" * len(section.headers)]
            lines += [_row([_cell(cell) for cell in row]) for row in section.rows]
    return "\n".join(lines) + "\n"


def page(account: Account, charts: Mapping[str, str]) -> str:
    """The card as one HTML file without script or address; ``charts`` are title to inline SVG."""
    first, *others = sections(account)
    pictures = [card(name, f"<div class=wide>{svg}</div>") for name, svg in charts.items()]
    body = [_html(first), *pictures, *(_html(section) for section in others)]
    return document(
        f"Linkage model {account.on.isoformat()}",
        "\n".join(body),
        eyebrow="Doudi",
        style=_STYLE,
        language="en",
        by_night=False,
    )


def _data(account: Account) -> Section:
    rows = sum(rows for _, rows, _ in account.feeds)
    return Section(
        "Data",
        (
            f"Month {account.month} of a made-up county (no real person stands behind it): {rows:,} person-bearing rows"
            f" of {len(account.feeds)} feeds. m was learnt from {account.pairs:,} pairs among {account.profiles:,}"
            f" descriptions of {account.persons:,} people whom a valid id and a compatible name tie together, u from"
            " random pairs of the same descriptions.",
        ),
        ("feed", "rows", "descriptions"),
        account.feeds,
    )


def _parameters(account: Account) -> Section:
    return Section("Parameters", (), ("parameter", "value"), tuple(sorted(account.parameters.items())))


def _weights(account: Account) -> Section:
    return Section(
        "Weights",
        (
            f"Prior: {bits(account.weights.prior, 1):.1f} bits. A link's weight is the prior and one level of each"
            " comparison that says something.",
            "Levels marked *judged* are not learnt: a near-unique id's weight would move with the size of the file, and"
            " what was not seen cannot be learnt. Where a name's own frequency counts, the weight stands for a name of"
            " average frequency; frequencies are each home's own and stay there.",
        ),
        ("evidence", "level", "m", "u", "weight, bits", ""),
        tuple(
            (
                one.comparison,
                one.level,
                f"{one.m:.3g}",
                f"{one.u:.3g}",
                f"{one.bits:+.1f}",
                _note(one, account),
            )
            for one in account.weights.levels
        ),
    )


def _note(one: Weight, account: Account) -> str:
    judged = account.judged.get((one.comparison, one.level), "")
    return ", ".join(word for word in (judged, "by term frequency" if one.by_term else "") if word)


def _changes(now: Weights, name: str, before: Weights) -> Section:
    """What changed in the weights since the model before, largest change first; tenths of a bit are noise."""
    old = {(one.comparison, one.level): one.bits for one in before.levels}
    new = {(one.comparison, one.level): one.bits for one in now.levels}
    moved = sorted(
        (key for key in old.keys() & new.keys() if abs(new[key] - old[key]) >= _SAID),
        key=lambda key: (-abs(new[key] - old[key]), key),
    )
    rows = [(*key, f"{old[key]:+.1f}", f"{new[key]:+.1f}", f"{new[key] - old[key]:+.1f}") for key in moved]
    rows += [(*key, "", f"{new[key]:+.1f}", "new level") for key in new if key not in old]
    rows += [(*key, f"{old[key]:+.1f}", "", "no more") for key in old if key not in new]
    same = len(old.keys() & new.keys()) - len(moved)
    return Section(
        f"Against the model {name}",
        (f"{same} levels weigh the same to {_SAID} bits.",),
        ("evidence", "level", "before, bits", "now, bits", "change") if rows else (),
        tuple(rows),
    )


_SAID = 0.1


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _cell(cell: Cell) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _html(section: Section) -> str:
    said = "".join(
        f"<p>{escape(text).replace('*judged*', '<em>judged</em>')}</p>" for text in section.paragraphs
    )
    if not section.headers:
        return card(section.title, said)
    numeric = [all(_is_number(row[at]) for row in section.rows) for at in range(len(section.headers))]
    looks = [" class=n" if to_the_right else "" for to_the_right in numeric]
    head = "".join(
        f"<th{look}>{escape(name)}</th>" for name, look in zip(section.headers, looks, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{look}>{escape(_cell(cell))}</td>" for cell, look in zip(row, looks, strict=True))
        + "</tr>"
        for row in section.rows
    )
    return card(
        section.title,
        f"{said}<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>",
    )


def _is_number(cell: Cell) -> bool:
    text = str(cell).replace(",", "").removesuffix("%").lstrip("+-")
    return not text or text.replace(".", "", 1).replace("e-", "", 1).isdigit()
