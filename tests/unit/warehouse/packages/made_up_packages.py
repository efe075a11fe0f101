"""A made-up home for packages: marts of two months over people who do not exist, keys, and agreements in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from tests.unit.warehouse.release.made_up_month import FAMILY, MONTH, TOWNSHIPS, give_verdicts, id_of
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.packages import keys as key_rings
from warehouse.packages.agreement import Read, read_folder
from warehouse.packages.keys import Keys
from warehouse.packages.ledger import approve
from warehouse.packages.share import share
from warehouse.policy import Policy, load
from warehouse.settings import REPOSITORY

ON = date(2026, 11, 5)
BY = "王科长"
AGREEMENTS = REPOSITORY / "warehouse" / "packages" / "agreements"
PEOPLE = 60
_WORDS = ("低保", "特困", "低保边缘", "脱贫不稳定户", "边缘易致贫户")
_CLASSES = (
    "最低生活保障对象",
    "特困人员",
    "最低生活保障边缘家庭成员",
    "防止返贫监测对象",
    "防止返贫监测对象",
)
_RULES = {
    "C01": '{"rows": 1}',
    "C02": '{"rows": 1}',
    "C08": '{"stage": "高中", "school_year": "2026-2027"}',
    "C09": '{"age": 10}',
    "C10": '{"is_insured": false}',
    "C07": '{"allowance": "重度残疾人护理补贴", "finding": "another amount", "category": "肢体", "level": "1",'
    ' "paid_month": 100.0, "standard_month": 120.0}',
    "D03": '{"died_by": "2026-08-01", "death_sources": ["death"], "settlements_after": 1,'
    ' "last_settled_on": "2026-08-20", "in_school": false}',
}


def policy() -> Policy:
    return load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", MONTH)


def people() -> list[dict[str, str]]:
    """Name, number and phone of everybody."""
    return [
        {"name": FAMILY[n % 6] + "甲乙丙丁戊己庚辛壬癸"[n // 6], "id_no": id_of(n), "phone": f"139{n:08d}"}
        for n in range(PEOPLE)
    ]


def make(home: Path, *, income: int = 500) -> Lake:
    """The marts that shared queries draw from, of the month and the one before, with two passed verdicts."""
    lake, con = Lake(home), duckdb.connect()
    con.execute("CREATE TABLE person (n INTEGER, name VARCHAR, id_no VARCHAR, phone VARCHAR)")
    con.executemany(
        "INSERT INTO person VALUES (?, ?, ?, ?)",
        [[n, one["name"], one["id_no"], one["phone"]] for n, one in enumerate(people())],
    )
    places = ", ".join(f"'{one}'" for one in TOWNSHIPS)
    con.execute(f"""
        CREATE TABLE everybody AS SELECT
            *, format('P{{:016x}}', n) AS person_id, format('H{{:016x}}', n // 2) AS household_id,
            ([{places}])[n % 4 + 1] AS township, '第' || (n % 3 + 1) || '村' AS village
        FROM person
    """)
    words, classes = (", ".join(f"'{one}'" for one in these) for these in (_WORDS, _CLASSES))
    rules = " UNION ALL ".join(
        f"SELECT {place} AS place, '{rule}' AS rule_id, '{evidence}' AS evidence"
        for place, (rule, evidence) in enumerate(_RULES.items())
    )
    marts = {
        "dim_person": "SELECT person_id, name, id_no, phone, township, village, household_id, n % 3 <> 0 AS is_low_income,"
        " NULL::DATE AS died_on, '1' AS sex, DATE '1980-01-01' AS birth_date FROM everybody",
        "dim_household": "SELECT household_id, any_value(township) AS township, any_value(village) AS village, 2 AS size,"
        f" ({income} + min(n))::DECIMAL(18, 2) AS income_pc_month FROM everybody GROUP BY household_id",
        "fct_population_monthly": f"SELECT person_id, household_id, ([{words}])[n % 5 + 1] AS word,"
        f" ([{classes}])[n % 5 + 1] AS class, township, village, '2024-0' || (n % 9 + 1) AS since,"
        " CASE WHEN n % 2 = 0 THEN '农村' ELSE '城市' END AS place_kind, n % 7 <> 0 AS is_link_certain FROM everybody",
        "fct_warning_monthly": "SELECT format('W{:016x}', n) AS warning_id, rule_id, person_id, household_id, township,"
        " village, '疑似' AS grade, CASE WHEN n % 11 = 0 THEN 'silent' ELSE 'listed' END AS status, '2026-08' AS since,"
        " '请核实本人情况' AS proposed, '死亡后仍有结算' AS summary, evidence"
        f" FROM everybody INNER JOIN ({rules}) AS rules ON n % 7 = place",
    }
    for mart, query in marts.items():
        for month in (MONTH.previous, MONTH):
            with lake.replacing(f"marts/{mart}", month=str(month)) as folder:
                con.execute(f"COPY ({query} ORDER BY ALL) TO '{folder}/part.parquet' (FORMAT parquet)")
    con.close()
    give_verdicts(lake)
    return lake


def put_into_force(lake: Lake, found: list[Read]) -> None:
    for read in found:
        approve(lake, read, by=BY, reason="协议已签", on=ON)


def make_keys(folder: Path, found: list[Read], home: Path) -> Keys:
    key_rings.make(
        folder,
        [one.agreement for one in found if one.agreement],
        on=date(2026, 1, 1),
        years=3,
        with_partners=True,
    )
    return Keys.at(folder, home)


def shipped(folder: Path) -> list[Read]:
    """The agreements that come with Doudi, the national platform's due in every month."""
    for path in AGREEMENTS.glob("*.yml"):
        text = path.read_text(encoding="utf-8").replace("months: [3, 6, 9, 12], ", "")
        (folder / path.name).write_text(text, encoding="utf-8")
    return read_folder(folder)


def shared(
    lake: Lake, keys: Keys | None, found: list[Read], *, on: date = ON, month: Month = MONTH, **more
) -> Outcome:
    return share(month, lake=lake, policy=policy(), agreements=found, keys=keys, on=on, by=BY, **more)
