"""A warning's evidence (JSON, for machines) in the words of the list. Pure."""

from __future__ import annotations

import json
from typing import Any

from warehouse.intake.contract import contracts

LINKS = {"certain": "身份已对上", "review": "身份待核实", "new": "仅此一处来源"}
_FILES_SHOWN = 3


def read(evidence: str | None) -> dict[str, Any]:
    """The evidence as a table; empty when there is none or it is no JSON object."""
    try:
        found = json.loads(evidence or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def told(evidence: dict[str, Any], *, with_files: bool = True) -> str:
    """Where the finding comes from: rows by feed, files, and whatever stands there under a Chinese name.

    The figures themselves stand in the warning's sentence; English keys are for machines.
    """
    said = []
    rows = evidence.get("rows")
    if isinstance(rows, dict):
        counted = [f"{_title(feed)} {count} 行" for feed, count in rows.items() if _is_count(count)]
        if counted:
            said.append("数据：" + "、".join(counted))
    files = evidence.get("files")
    if with_files and isinstance(files, list) and files:
        names = list(dict.fromkeys(_file(str(name)) for name in files))
        more = f" 等 {len(names)} 处" if len(names) > _FILES_SHOWN else ""
        said.append("出处：" + "、".join(names[:_FILES_SHOWN]) + more)
    said += [f"{name}：{_plain(value)}" for name, value in evidence.items() if not name.isascii() and value]
    return "；".join(said)


def sureness(
    grade: str | None, evidence: dict[str, Any], link_grade: str | None, *, is_own_doubt: bool = True
) -> str:
    """The warning's grade and, below it, how sure the links are on which it rests: the weakest counts.

    ``is_own_doubt``: that the doubtful link is the person's own and not that of somebody else of the household.
    """
    links = evidence.get("links")
    grades = [str(found) for found in links.values()] if isinstance(links, dict) else []
    weakest = "review" if "review" in grades else grades[0] if grades else link_grade
    if weakest == "review" and not is_own_doubt:
        return "\n".join(filter(None, (grade, "同户有人身份待核实")))
    return "\n".join(filter(None, (grade, LINKS.get(weakest or "", weakest))))


def is_doubtful(evidence: dict[str, Any]) -> bool:
    """Whether a link on which it rests is to be looked at."""
    links = evidence.get("links")
    return isinstance(links, dict) and "review" in links.values()


def _title(feed: str) -> str:
    contract = contracts().get(feed)
    return contract.title if contract else feed


def _file(name: str) -> str:
    feed, slash, file = name.partition("/")
    return f"{_title(feed)}（{file}）" if slash else name


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value > 0


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value) if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
