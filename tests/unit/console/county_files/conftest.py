"""A small clean county of our own, so that the files are tested apart from the world that fills them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from console.county.id_dirt import check_character
from console.county.layouts import layouts
from console.county.needs import Homes
from console.county.write import CountyAccount, write_world
from warehouse.months import Month, span

SIZE = 4  # father (the head), mother, child, newborn or old parent
TOWNSHIPS = ("隆务镇", "保安镇", "兰采乡", "加吾乡")
GIVEN = (
    "扎西卓玛",
    "多杰才让",
    "王英",
    "马英林",
    "次仁措",
    "艾山·买买提",
    "李明",
    "桑杰加",
    "万玛东主",
    "张丽",
)


@dataclass
class FakeWorld:
    """``households`` of four people, all of them on every list."""

    households: int

    def __post_init__(self) -> None:
        number = np.arange(self.households * SIZE)
        house, slot = number // SIZE, number % SIZE
        years = np.array([1975, 1978, 2012, 2026])[slot] - np.where(slot < 3, house % 9, 0)
        births = [f"{year}-{1 + h % 6:02d}-{1 + h % 28:02d}" for year, h in zip(years, house, strict=True)]
        male = (slot % 2 == 0).astype(int)
        ids = []
        for one, (birth, sex) in enumerate(zip(births, male, strict=True)):
            body = f"632321{birth.replace('-', '')}{(one * 2 + sex) % 1000:03d}"
            ids.append(body + check_character(body))
        self.persons = pd.DataFrame(
            {
                "id_no": ids,
                "name": [GIVEN[one * 7 % len(GIVEN)] for one in number],
                "sex": np.where(male, "男", "女"),
                "is_male": male == 1,
                "birth_date": pd.to_datetime(births),
                "died_on": pd.NaT,
                "mother": np.where(slot >= 2, house * SIZE + 1, -1),
                "father": np.where(slot >= 2, house * SIZE, -1),
                "spouse": np.select([slot == 0, slot == 1], [number + 1, number - 1], -1),
            }
        )
        self.house, self.slot = house, slot

    def _base(self) -> pd.DataFrame:
        frame = self.persons[["name", "id_no"]].copy()
        frame["_self"] = np.arange(len(frame))
        frame["sex"] = self.persons["sex"]
        frame["birth_date"] = self.persons["birth_date"]
        frame["ethnicity"] = "藏族"
        frame["phone"] = [f"138{number:08d}" for number in self.house]
        frame["township"] = [TOWNSHIPS[number % len(TOWNSHIPS)] for number in self.house]
        frame["village"] = [f"尕{'东西南北'[number // 4 % 4]}村" for number in self.house]
        frame["hukou_address"] = "同仁市" + frame["township"] + frame["village"] + "3社12号"
        frame["relation"] = np.array(["户主", "配偶", "长子", "次女"])[self.slot]
        heads = self.house * SIZE
        frame["_head"] = heads
        frame["head_name"] = self.persons["name"].to_numpy()[heads]
        frame["head_id"] = self.persons["id_no"].to_numpy()[heads]
        return frame

    @property
    def feeds(self) -> list[str]:
        return [feed for feed in layouts() if hasattr(self, f"_{feed}")]

    def scene(self, month: Month) -> SimpleNamespace:
        return SimpleNamespace(spouse=self.persons["spouse"].to_numpy())

    def homes(self, month: Month) -> Homes:
        return Homes(self.house, np.array(TOWNSHIPS, dtype=object)[self.house % len(TOWNSHIPS)])

    def feed(self, feed: str, month: Month) -> pd.DataFrame:
        return getattr(self, f"_{feed}")(month)

    def history(self, feed: str) -> pd.DataFrame:
        return self._medical_settlement(Month(2026, 7))

    def warnings(self, month: Month) -> pd.DataFrame:
        people = np.arange(len(self.persons))
        return pd.DataFrame({"rule_id": "D01", "true_person": people, "expected": people % 2 == 0})

    def _assistance_roster(self, month: Month) -> pd.DataFrame:
        frame = self._base().drop(columns="birth_date")
        frame = frame[frame["village"] != "尕北村"].copy()
        frame["county"], frame["aid_type"] = "同仁市", "农村低保"
        frame["case_no"] = [f"DB{number // SIZE:06d}" for number in frame["_self"]]
        frame["monthly_amount"] = 123.45
        frame["household_size"] = SIZE
        frame["admitted_on"] = pd.Timestamp("2021-05-31")
        frame["grace_from"] = pd.NaT
        return frame

    def _assistance_payment(self, month: Month) -> pd.DataFrame:
        frame = self._base()[["name", "id_no", "_self"]].iloc[::SIZE].copy()
        frame["pay_month"], frame["aid_type"], frame["pay_status"] = str(month), "低保", "成功"
        frame["case_no"] = [f"DB{number // SIZE:06d}" for number in frame["_self"]]
        frame["amount"] = 1493.8
        return frame

    def _medical_enrolment(self, month: Month) -> pd.DataFrame:
        frame = self._base().drop(columns=["township", "relation", "head_name", "head_id", "_head"])
        frame["psn_no"] = [f"63{number:010d}" for number in frame["_self"]]
        frame["insurance_type"], frame["status"], frame["year"] = "390", "正常", 2026
        frame["own_premium"] = np.where(self.house % 2 == 0, 400.0, np.nan)
        return frame

    def _medical_settlement(self, month: Month) -> pd.DataFrame:
        base = self._base()[["name", "id_no", "_self"]]
        frame = pd.concat([base, base.iloc[::2], base.iloc[::3]], ignore_index=True)
        frame["settlement_id"] = [f"S{month.number}{number:07d}" for number in range(len(frame))]
        frame["psn_no"] = [f"63{number:010d}" for number in frame["_self"]]
        frame["settled_at"] = pd.Timestamp(month.first_day)
        frame["total"], frame["own_total"], frame["state"] = 100.5, 50.25, "1"
        return frame

    def _education_enrolment(self, month: Month) -> pd.DataFrame:
        frame = self._base().drop(
            columns=["township", "village", "relation", "phone", "head_name", "head_id", "_head"]
        )
        frame = frame[self.slot == 2].copy()
        frame["_guardian"] = frame["_self"] - 1
        frame["guardian_name"] = self.persons["name"].to_numpy()[frame["_guardian"]]
        frame["guardian_id"] = self.persons["id_no"].to_numpy()[frame["_guardian"]]
        frame["student_no"] = [f"G{number:09d}" for number in frame["_self"]]
        frame["school"], frame["stage"], frame["state"] = "隆务小学", "小学", "在籍"
        return frame

    def _education_aid(self, month: Month) -> pd.DataFrame:
        frame = self._base()[["name", "id_no", "_self"]][self.slot == 2].copy()
        frame["school_year"], frame["term"], frame["programme"] = "2026-2027", "秋", "助学金"
        frame["amount"], frame["paid_on"] = 500.0, pd.Timestamp("2026-09-15")
        return frame

    def _rural_monitoring(self, month: Month) -> pd.DataFrame:
        frame = self._base().drop(columns=["birth_date", "hukou_address", "head_id"])
        frame["household_no"] = [f"H{number:06d}" for number in self.house]
        frame["person_no"] = [f"P{number:06d}" for number in frame["_self"]]
        frame["county"], frame["class"], frame["risk_cleared"] = "同仁市", "边缘易致贫户", "否"
        frame["identified_on"] = pd.Timestamp("2021-05-31")
        frame["income_wage"], frame["income_business"], frame["income_pc_year"] = 5000.0, 0.0, 8000.0
        return frame

    def _death(self, month: Month) -> pd.DataFrame:
        frame = self._base()[["name", "id_no", "_self", "sex", "birth_date"]].iloc[::5].copy()
        frame["died_on"] = pd.Timestamp("2026-05-20")
        frame["cancelled_on"], frame["reason"] = pd.Timestamp("2026-06-01"), "死亡"
        return frame

    def _disability(self, month: Month) -> pd.DataFrame:
        frame = self._base()[["name", "id_no", "_self"]].iloc[::7].copy()
        frame["card_no"] = frame.pop("id_no") + "43"
        return frame

    def _unemployment(self, month: Month) -> pd.DataFrame:
        frame = self._base()[["name", "id_no", "_self"]].iloc[1::9].copy()
        frame["registered_on"] = pd.Timestamp(month.first_day)
        return frame


@pytest.fixture(scope="session")
def fake_months() -> list[Month]:
    return span("2026-08..2026-10")


@dataclass(frozen=True)
class Written:
    out: Path
    account: CountyAccount
    world: FakeWorld

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.out / "truth" / f"{name}.parquet")


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, fake_months: list[Month]) -> Written:
    out = tmp_path_factory.mktemp("county")
    world = FakeWorld(400)
    account = write_world(out, world, seed=1, months=fake_months, report=lambda text: None)
    return Written(out, account, world)
