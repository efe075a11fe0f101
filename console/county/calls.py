"""Calls for help: tickets with their urgent needs, finders and late closings, and other departments' flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from console.county import more_feeds
from console.county.blanks import kept
from console.county.rural import known_id
from console.county.vital import day
from warehouse.months import Month

if TYPE_CHECKING:
    from console.county.world import World

_DAY = np.timedelta64(1, "D")
URGENT = 0.12  # of the tickets
URGENT_NEEDS = np.array(
    [
        "房屋火灾后无处居住，请求救助",
        "家人车祸重伤，无钱住院",
        "家中断粮，请求救助",
        "突发疾病昏迷，请求急难救助",
    ],
    dtype=object,
)
FOUND = 0.4  # of the declarations: by somebody who came to the house, or who told
FINDERS = np.array(["网格员", "干部排查", "上门走访", "社会监督"], dtype=object)
CLOSING_TOLD = 0.5  # of tickets open at the month's end: the next month's file says how they ended
FLAGS = (
    ("医保局", "医疗支出较大", "近期住院自付较多"),
    ("教育局", "疑似失学辍学", "开学后未到校"),
    ("残联", "新增重度残疾", "新办残疾人证"),
    ("人社局", "失业", "企业停产"),
    ("应急管理局", "受灾", "房屋因火灾受损"),
    ("住建局", "住房安全", "住房鉴定为危房"),
)
FLAG_WEIGHTS = (34, 14, 14, 16, 10, 12)
FLAGGED_NEEDY, FLAGGED_OTHERS = 0.007, 0.0013  # of people in a month
FLAGGED_LAST_DAY = 0.2  # pushed on the last day: too young to be late


def _made_this_month(world: World, month: Month, kind: str) -> pd.DataFrame:
    raw = more_feeds.hotline if kind == "hotline" else more_feeds.declaration
    rows = raw(world, month)
    who, keys = rows["_self"].to_numpy(), (month.year, month.number)
    urgent = world.draws.chance(f"{kind}/urgent", who, URGENT, *keys)
    words = URGENT_NEEDS[world.draws.pick(f"{kind}/urgent-need", who, np.ones(len(URGENT_NEEDS)), *keys)]
    rows["need"] = np.where(urgent, words, rows["need"].to_numpy(dtype=object))
    if kind == "declaration":
        found = world.draws.chance("declaration/found", who, FOUND, *keys)
        finder = FINDERS[world.draws.pick("declaration/finder", who, (35, 30, 15, 20), *keys)]
        rows["channel"] = np.where(found, finder, rows["channel"].to_numpy(dtype=object))
    return rows


def _tickets(world: World, month: Month, kind: str) -> pd.DataFrame:
    """The month's tickets, and after them those of the month before that were closed since and are told again."""
    rows = _made_this_month(world, month, kind)
    if month == world.months[0]:
        return rows
    before = month.previous
    old = _made_this_month(world, before, kind)
    who, keys = old["_self"].to_numpy(), (before.year, before.number)
    took = world.draws.whole(f"{kind}/took", who, 1, 20, *keys) * _DAY
    closed = old["received_at"].to_numpy().astype("datetime64[D]") + took
    told = (closed >= day(month)) & world.draws.chance(f"{kind}/closing-told", who, CLOSING_TOLD, *keys)
    ended = old.assign(state="已办结", closed_at=closed.astype("datetime64[s]"))
    ended["_occurred"] = ended["closed_at"]
    return pd.concat([rows, ended[told]], ignore_index=True)


def hotline(world: World, month: Month) -> pd.DataFrame:
    """12345 救助工单."""
    return _tickets(world, month, "hotline")


def declaration(world: World, month: Month) -> pd.DataFrame:
    """自主申报、社会监督."""
    return _tickets(world, month, "declaration")


def partner_flag(world: World, month: Month) -> pd.DataFrame:
    """部门预警标识 of the month: the needy are flagged more; some without an ID, most without a phone."""
    scene, draws = world.scene(month), world.draws
    number, keys = np.arange(len(scene.people)), (month.year, month.number)
    need = world.base.households["need"].to_numpy()[scene.household]
    share = np.where(need < 0.12, FLAGGED_NEEDY, FLAGGED_OTHERS)
    person = number[scene.here & (scene.age > 5) & draws.chance("flag/raised", number, share, *keys)]
    kind = draws.pick("flag/kind", person, FLAG_WEIGHTS, *keys)
    length = month.last_day.day
    late = draws.chance("flag/last-day", person, FLAGGED_LAST_DAY, *keys)
    on = day(month) + np.where(late, length - 1, draws.whole("flag/day", person, 0, length, *keys)) * _DAY
    table = np.array(FLAGS, dtype=object)[kind]
    people = scene.people.iloc[person]
    frame = pd.DataFrame(
        {
            "agency": table[:, 0],
            "flag": table[:, 1],
            "flagged_on": on.astype("datetime64[s]"),
            "name": people["name"].to_numpy(),
            "id_no": kept(draws.chance("flag/gives-id", person, 0.9), known_id(scene, person)),
            "phone": kept(draws.chance("flag/gives-phone", person, 0.4), people["phone"].to_numpy()),
            "note": kept(draws.chance("flag/note", person, 0.8), table[:, 2]),
            "_self": person,
            "_occurred": on.astype("datetime64[s]"),
        }
    )
    return frame.sort_values(["flagged_on", "agency", "_self"], kind="stable", ignore_index=True)
