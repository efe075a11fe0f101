"""A story as one HTML file: no script, no address but the pages beside it, readable by screen readers and on a phone."""

from __future__ import annotations

import re
from decimal import Decimal
from html import escape

from warehouse.release.pictures.story import (
    KINDS,
    TOTAL,
    Cell,
    Funnel,
    Headline,
    Numbers,
    Picture,
    Section,
    Story,
    breadth,
)
from warehouse.release.pictures.style import STYLE

_PHONE, _LEAST = 340, 0.88
# A table of more rows opens on demand, unless its bars are the picture.
_MANY = 10
_OPENING = re.compile(r"<svg [^>]*>")


def page(story: Story) -> str:
    """The page's text."""
    menu = "".join(
        f'<li><a href="#{section.name}">{escape(section.title)}</a></li>' for section in story.sections
    )
    if story.pages:
        menu += '<li><a href="#pages">各乡镇页</a></li>'
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(story.title)} {escape(story.eyebrow)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        '<a class=skip href="#main">跳到正文</a>\n'
        f"<header><p class=eyebrow>{escape(story.eyebrow)}</p><h1>{escape(story.title)}</h1>"
        f"<p class=notice>{escape(story.notice)}</p></header>\n"
        f'<nav aria-label="本页目录"><ul>{menu}</ul></nav>\n<main id=main>\n'
        f"{_headlines(story.headlines)}\n"
        + "\n".join(map(_section, story.sections))
        + _pages(story)
        + f"\n</main>\n<footer>{escape(story.foot)}</footer>\n</body>\n</html>\n"
    )


def _headlines(headlines: tuple[Headline, ...]) -> str:
    items = "".join(
        f"<li class={one.kind}><b>{KINDS[one.kind]}</b><span>{escape(one.text)}</span></li>"
        for one in headlines
    )
    return f'<section class=said aria-label="本月要点"><ul>{items}</ul></section>'


def _section(section: Section) -> str:
    blocks = "\n".join(
        _funnel(block) if isinstance(block, Funnel) else _picture(block) for block in section.blocks
    )
    return f"<section class=part id={section.name}><h2>{escape(section.title)}</h2>\n<div class=cards>{blocks}</div></section>"


def _funnel(funnel: Funnel) -> str:
    rows = "".join(
        f"<h3>{escape(heading)}</h3><ol>"
        + "".join(
            f"<li><span class=label>{escape(step.label)}</span><strong>{escape(step.count)}</strong>"
            f"<span class=under>{escape(step.under)}</span></li>"
            for step in steps
        )
        + "</ol>"
        for heading, steps in funnel.rows
    )
    return f"<div class='card wide-card funnel'><p class=told>{escape(funnel.told)}</p>{rows}</div>"


def _picture(picture: Picture) -> str:
    numbers = f"<div class=wide role=group tabindex=0 aria-label='{escape(picture.title)}：数字'>{table(picture.numbers)}</div>"
    drawings = "".join(_drawing(picture, place) for place in range(len(picture.drawings)))
    if drawings:
        many = " many" if len(picture.drawings) > 1 else ""
        body = f"<div class='drawings{many}'>{drawings}</div><details><summary>看数字</summary>{numbers}</details>"
    elif len(picture.numbers.rows) > _MANY and not picture.is_wide and picture.numbers.barred is None:
        body = f"<details><summary>看全部 {len(picture.numbers.rows)} 行</summary>{numbers}</details>"
    else:
        body = numbers if picture.numbers.rows else ""
    note = f"<p class=note>{escape(picture.note)}</p>" if picture.note else ""
    wide = " wide-card" if picture.is_wide else ""
    return (
        f"<article class='card{wide}' id={picture.name}><h3>{escape(picture.title)}</h3>"
        f"<p class=told>{escape(picture.told)}</p>{body}{note}</article>"
    )


def _drawing(picture: Picture, place: int) -> str:
    caption = picture.captions[place] if picture.captions else picture.title
    name = f"{picture.name}-{place}"
    shown = picture.drawings[place]
    # A picture with addresses in it is a group of links, any other is one picture with a name and its sentence.
    role = "group" if "<a " in shown else "img"
    named = f"<title id={name}-t>{escape(caption)}</title><desc id={name}-d>{escape(picture.told)}</desc>"
    opening = _OPENING.search(shown)
    first = opening[0] if opening else "<svg>"
    # What is broader than a phone is moved sideways there, and not made too small to read.
    least = breadth(first) * _LEAST if breadth(first) > _PHONE else 0
    marked = first.replace("<svg ", f'<svg role={role} aria-labelledby="{name}-t {name}-d" ', 1)
    if least:
        marked = marked.replace('style="', f'style="min-width:{least:.0f}px;', 1)
    drawn = shown.replace(first, marked + named, 1)
    above = f"<figcaption>{escape(caption)}</figcaption>" if picture.captions else ""
    return f"<figure>{above}<div class=wide>{drawn}</div></figure>"


def table(numbers: Numbers) -> str:
    """Rows as a table; numbers to the right, a bar beside those of the barred column, cells escaped."""
    if not numbers.rows:
        return f"<p class=quiet>{escape(numbers.otherwise)}</p>"
    across = range(len(numbers.headers))
    # What holds numbers, hidden or unknown ones among them, stands to the right, beneath its header.
    counted = [at > 0 and any(isinstance(row[at], int | Decimal) for row in numbers.rows) for at in across]
    looks = ["b" if at == numbers.barred else "n" if counted[at] else "" for at in across]
    head = "".join(
        f"<th scope=col{_class(look)}>{escape(header)}</th>"
        for header, look in zip(numbers.headers, looks, strict=True)
    )
    most = 0
    if numbers.barred is not None:
        parts = [row for row in numbers.rows if row[0] != TOTAL]
        most = max((int(v) for row in parts if isinstance(v := row[numbers.barred], int)), default=0)
    body = "".join(
        "<tr>"
        + f"<th scope=row>{escape(str(row[0]))}</th>"
        + "".join(_cell(row[at], looks[at], 0 if row[0] == TOTAL else most) for at in across[1:])
        + "</tr>"
        for row in numbers.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Cell, look: str, most: int) -> str:
    if isinstance(value, int | Decimal):
        bar = f'<i class=bar style="width:{100 * value / most:.0f}%"></i>' if look == "b" and most else ""
        return f"<td{_class(look)}>{value:,}{bar}</td>"
    return f"<td{_class(look)}>{escape('–' if value is None else value)}</td>"


def _class(look: str) -> str:
    return f" class={look}" if look else ""


def _pages(story: Story) -> str:
    if not story.pages:
        return ""
    items = "".join(
        f'<li><a href="{escape(address)}">{escape(word)}</a></li>' for word, address in story.pages
    )
    return f"\n<section class=part id=pages><h2>各乡镇页</h2><ul class=pages>{items}</ul></section>"
