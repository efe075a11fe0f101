"""A village made by hand: descriptions of people as standardise would write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
from pypinyin import lazy_pinyin

from linkage.records import PROFILES, profile_key_sql
from warehouse.lake import Lake

FAMILIES = {
    "扎西": "扎西", "札西": "扎西", "次仁": "才让", "才让": "才让", "才仁": "才让", "泽仁": "才让",
    "卓玛": "卓玛", "卓么": "卓玛", "拉毛": "拉毛", "拉姆": "拉毛", "多杰": "多杰", "多吉": "多杰",
    "桑杰": "桑杰", "桑吉": "桑杰", "旦增": "丹增", "丹增": "丹增",
}  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(birth: str, order: int, area: str = "632321") -> str:
    """A valid id: ``birth`` as YYYYMMDD, ``order`` odd for men."""
    body = f"{area}{birth}{order:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def family_of(name: str) -> str | None:
    parts = [FAMILIES.get(name[at : at + 2]) for at in range(0, len(name), 2)]
    return " ".join(part for part in parts if part) if all(parts) else None


def describe(feed: str, name: str | None, **fields: Any) -> dict[str, Any]:
    """One description. ``id`` a valid id, or ``damaged=(kind, text[, prefix])``; ``rows`` how many rows show it."""
    profile: dict[str, Any] = dict.fromkeys(PROFILES)
    profile |= {"feed": feed, "role": fields.pop("role", "self"), "name": name, "name_raw": name}
    number = fields.pop("id", None)
    damaged = fields.pop("damaged", None)
    profile["id_kind"] = "valid" if number else damaged[0] if damaged else "missing"
    profile["id_no"], profile["id_seen"] = number, number or (damaged[1] if damaged else None)
    if damaged and len(damaged) > 2:
        profile["id_prefix"] = damaged[2]
    if name:
        family = family_of(name)
        profile["name_system"] = "given" if family else "han"
        profile["name_family"] = family
        profile["name_pinyin"] = None if "?" in name else " ".join(lazy_pinyin(name))
    profile["name_missing"] = bool(name and "?" in name)
    birth = fields.pop("birth", None)
    if birth:
        profile |= {
            "birth_date": date.fromisoformat(birth),
            "birth_precision": "day",
            "birth_source": "column",
        }
    elif number:
        profile |= {
            "birth_date": date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
            "birth_precision": "day",
            "birth_source": "id",
        }
    profile |= fields
    return profile


def written_month(lake: Lake, month: str, descriptions: list[dict[str, Any]]) -> None:
    """Write ``profiles`` and ``records`` of a month, one record per description and its ``rows``.

    Descriptions with the same ``beside`` (a number) share a row.
    """
    con = duckdb.connect()
    columns = ", ".join(f'"{name}" {kind}' for name, kind in PROFILES.items())
    con.execute(f"CREATE TABLE told ({columns}, rows INTEGER, beside INTEGER)")
    for one in descriptions:
        rows, beside = one.pop("rows", 1), one.pop("beside", None)
        names = ", ".join(f'"{name}"' for name in one)
        con.execute(
            f"INSERT INTO told ({names}, rows, beside) VALUES ({', '.join('?' for _ in one)}, ?, ?)",
            [*one.values(), rows, beside],
        )
    con.execute(f"UPDATE told SET profile_key = {profile_key_sql()}")
    for (feed,) in con.execute("SELECT DISTINCT feed FROM told ORDER BY feed").fetchall():
        with lake.replacing("profiles", feed=feed, month=month) as folder:
            con.execute(f"""COPY (SELECT DISTINCT * EXCLUDE (rows, beside) FROM told WHERE feed = '{feed}' ORDER BY profile_key)
                TO '{folder}/profiles.parquet' (FORMAT parquet)""")
        with lake.replacing("records", feed=feed, month=month) as folder:
            con.execute(f"""COPY (
                SELECT 'f.csv' AS file, '' AS sheet,
                    coalesce(1000 + beside, CAST(1 + row_number() OVER (ORDER BY profile_key) AS INTEGER)) AS "row",
                    role, profile_key
                FROM (SELECT *, unnest(range(rows)) FROM told WHERE feed = '{feed}'))
                TO '{folder}/records.parquet' (FORMAT parquet)""")
    con.close()
