"""摸排台账 (附件1–3) as townships send them back: who is watched, filled in by village hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from console.county.blanks import kept
from console.county.readings import ALL_AIDS
from console.county.sight import aid_class
from warehouse.months import Month

if TYPE_CHECKING:
    from console.county.world import World

TOWNSHIPS = 0.6  # of the townships send their forms
SHEETS = {
    "边缘易致贫户": "附件2 边缘户",
    "脱贫不稳定户": "附件3 脱贫监测户",
    "突发严重困难户": "另附 突发严重困难户",
}
# How village hands write the four words of the drop-down.
WORDS = {
    "低保": ("低保", "低保户", "农村低保"),
    "特困": ("特困", "五保户", "特困供养"),
    "临时救助": ("临时救助", "临时救助", "临时救助"),
    "无": ("无", "没有", "未享受"),
}
REASONS = np.array(
    ["家庭收入超过标准", "不符合单人户条件", "本人不愿申请", "家中有车辆或商品房"], dtype=object
)
REASON_OWED = 0.06  # of the rows that must give a reason and do not
PROPOSED_BLANK = 0.10  # of the rows whose column was left empty


def reporting_townships(world: World) -> list[str]:
    """The townships that send forms, the same every month; never none."""
    names = list(dict.fromkeys(world.places.villages["township"].tolist()))
    number = np.arange(len(names))
    sends = world.draws.chance("visit/township", number, TOWNSHIPS)
    sends[world.draws.whole("visit/township-surely", np.array([0]), 0, len(names))[0]] = True
    return [name for name, one in zip(names, sends.tolist(), strict=True) if one]


def visit_ledger(world: World, month: Month) -> pd.DataFrame:
    """The forms of the month; ``_sheet`` is the sheet that a row stands in."""
    draws, rural = world.draws, world.feed("rural_monitoring", month)
    on = rural["class"].isin(list(SHEETS)) & (rural["risk_cleared"] != "是")
    rows = rural[on & rural["township"].isin(reporting_townships(world))].reset_index(drop=True)
    who = rows["_self"].to_numpy()
    roster = world.feed("assistance_roster", month)
    aids = aid_class(roster["aid_type"])
    order = {aid: place for place, aid in enumerate((*ALL_AIDS, "临时救助"))}
    best = aids.map(order).groupby(roster["_self"]).min().map({place: aid for aid, place in order.items()})
    now = pd.Series(who).map(best).to_numpy(dtype=object)
    now = np.where(np.isin(now, ["低保", "特困", "临时救助"]), now, "无").astype(object)
    taken_in = draws.chance("visit/taken-in", who, 0.25)
    proposed = np.where((now == "无") & taken_in, "低保", "无").astype(object)
    owes = (now == "无") & (proposed == "无")
    blank = draws.chance("visit/blank", who, PROPOSED_BLANK)
    style = draws.pick("visit/words", who, (86, 8, 6))
    sheet = rows["class"].map(SHEETS).to_numpy(dtype=object)
    keys = pd.DataFrame({"township": rows["township"], "sheet": sheet})
    size = rows.groupby("household_no")["_self"].transform("size")
    return pd.DataFrame(
        {
            "seq": (keys.groupby(["township", "sheet"]).cumcount() + 1).astype(str).to_numpy(dtype=object),
            "township": rows["township"],
            "village": rows["village"] + " " + rows["hamlet"],
            "name": rows["name"],
            "id_no": rows["id_no"],
            "household_size": size.astype("Int64"),
            "relation": rows["relation"],
            "health": rows["health"],
            "cause": rows["risk"],
            "income_pc_month": (rows["income_pc_year"] / 12).round(2),
            "current_aid": _written(now, style),
            "phone": rows["phone"],
            "proposed_aid": kept(~blank, _written(proposed, style)),
            "reason_not": kept(
                owes & ~draws.chance("visit/reason-owed", who, REASON_OWED),
                REASONS[draws.pick("visit/reason", who, (50, 20, 12, 18))],
            ),
            "_sheet": sheet,
            "_self": who,
        }
    )


def _written(words: np.ndarray, style: np.ndarray) -> np.ndarray:
    return np.array([WORDS[word][one] for word, one in zip(words, style, strict=True)], dtype=object)
