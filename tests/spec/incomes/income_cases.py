"""The cases of the tables as one small warehouse per region and month, built by the project's own models."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml
from small_lake import SmallLake

from warehouse.months import Month, span
from warehouse.settings import REPOSITORY
from warehouse.shelves import prepare

Case = dict[str, Any]
PROJECT = REPOSITORY / "dbt_project"
MODELS = ["+int_incomes__counted", "+int_r02__assessed"]
PARTS = {
    "wage": "income_wage", "business": "income_business", "expense": "expense_business",
    "property": "income_property", "transfer": "income_transfer", "pc": "income_pc_year",
}  # fmt: skip
INTERMEDIATE = ("households", "incomes", "indicators", "persons", "policy", "spending")
RESIDENTS = "城乡居民基本养老保险"


def tables(folder: Path) -> list[Case]:
    """Every case of every table, with a number of its own."""
    found = [
        case
        for table in sorted(folder.glob("*.yml"))
        for case in yaml.safe_load(table.read_text(encoding="utf-8"))["cases"]
    ]
    assert len({case["case"] for case in found}) == len(found) > 0
    return [{**case, "number": f"{n:04d}"} for n, case in enumerate(found)]


def groups(cases: list[Case]) -> dict[tuple[str, str, str], list[Case]]:
    """The cases by what they share: region, month, and values set on top."""
    found = defaultdict(list)
    for case in cases:
        found[case["region"], case["month"], str(case.get("policy", ""))].append(case)
    return dict(found)


def household_key(case: Case) -> str:
    """Under which number the case's income stands: the rural list's, else the case's."""
    return f"{'household_no' if 'rural' in case else 'case_no'}:{case['number']}"


def drawing(folder: Path) -> Path:
    """What of the dbt project these models rest on, as it stands: reading the whole takes most of the time."""
    for part in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / part, folder / part)
    shutil.copytree(PROJECT / "macros", folder / "macros")
    shutil.copytree(PROJECT / "seeds" / "reference", folder / "seeds" / "reference")
    (folder / "tests").mkdir()
    models = folder / "models"
    shutil.copytree(PROJECT / "models" / "staging", models / "staging")
    for part in INTERMEDIATE:
        shutil.copytree(
            PROJECT / "models" / "intermediate" / part,
            models / "intermediate" / part,
            ignore=shutil.ignore_patterns("*.yml"),
        )
    (models / "staging" / "_staging.yml").unlink()
    rule = Path("intermediate") / "rules" / "int_r02__assessed.sql"
    (models / rule).parent.mkdir()
    shutil.copy(PROJECT / "models" / rule, models / rule)
    return folder


def built(cases: list[Case], home: Path, project: Path) -> Path:
    """The warehouse file with the models of these cases (one region, month and policy)."""
    first = cases[0]
    month = first["month"]
    lake = SmallLake(home)
    for feed in ("rural_monitoring", "assistance_roster"):
        lake.feed(feed, month)
    for case in cases:
        _add(lake, case)
    database = home / "warehouse.duckdb"
    with duckdb.connect(str(database)) as con:
        prepare(con, Month.parse(month), lake=lake.write(month), policy_dir=PROJECT / "seeds" / "policy")
        for parameter, value in first.get("policy", {}).items():
            con.execute("DELETE FROM lake.policy_lines WHERE parameter = ?", [parameter])
            con.execute(
                "INSERT INTO lake.policy_lines (region, parameter, value, valid_from, reference) "
                "VALUES ('*', ?, ?, DATE '2000-01-01', ?)",
                [parameter, str(value), parameter],
            )
    _dbt(database, home, project, first["region"], month)
    return database


def _add(lake: SmallLake, case: Case) -> None:
    number, month = case["number"], case["month"]

    def who(row: Case) -> str:
        return f"{number}-{row['who']}"

    for row in case.get("rural", []):
        values = {PARTS[name]: Decimal(str(row[name])) for name in PARTS if name in row}
        lake.add(
            "rural_monitoring", month, who(row), household_no=number, relation=row["relation"],
            labour=row.get("labour"), village=row.get("village", "一村"), township="隆务镇",
            **{"class": row.get("class", "脱贫户")}, risk_cleared="否", **values,
        )  # fmt: skip
    for row in case.get("roster", []):
        lake.add(
            "assistance_roster", month, who(row), case_no=number, relation=row["relation"],
            aid_type=row["aid"], aid_type_raw=row["word"], household_size=row["size"], village="一村",
            income_pc_month=Decimal(str(row["pc_month"])),
        )  # fmt: skip
    for row in case.get("pension", []):
        for each in span(row["months"]):
            lake.add(
                "pension", month, who(row), insurance=row.get("kind", RESIDENTS),
                basic_pension=Decimal(str(row["basic"])), account_pension=Decimal(str(row["account"])),
            )  # fmt: skip
            lake.rows["pension", month][-1]["month"] = str(each)  # the month it is for, not the delivery's
    for row in case.get("jobs", []):
        lake.add("employment", month, who(row), first_job_on=row.get("first"), away=row.get("away"))
    for row in case.get("dead", []):
        lake.add(
            "death", month, who(row), reason="死亡", died_on=row["day"], died_on_precision="day",
            cancelled_on=row["day"],
        )  # fmt: skip
    for place, row in enumerate(case.get("bills", [])):
        money = {"total": Decimal(str(row["own"])), "own_total": Decimal(str(row["own"]))}
        for state in ("1", "0") if row.get("undone") else ("1",):
            lake.add(
                "medical_settlement", month, who(row), settlement_id=f"{number}-{place}",
                settled_at=row["day"], state=state, care_type="住院", **money,
            )  # fmt: skip
    for row in case.get("school", []):
        lake.add(
            "education_enrolment", month, who(row), state=row["state"], tuition_year=Decimal(str(row["fee"]))
        )


def _dbt(database: Path, home: Path, project: Path, region: str, month: str) -> None:
    """``dbt build`` of the models that the cases ask for, without the tests that try the project itself."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    arguments = [
        "build", "--project-dir", str(project), "--profiles-dir", str(project), "--quiet",
        "--target-path", str(home / "dbt"), "--log-path", str(home / "logs"), "--log-level-file", "none",
        "--no-write-json", "--no-version-check", "--no-use-colors",
        "--vars", f"{{month: '{month}', region: '{region}'}}", "--select", *MODELS,
    ]  # fmt: skip
    settings = {"DOUDI_WAREHOUSE": str(database), "DOUDI_SPILL": str(home), "DOUDI_THREADS": "1"}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        result = dbtRunner().invoke(arguments)
    finally:
        DuckDBConnectionManager.close_all_connections()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    assert result.success, [r.message for r in result.result or [] if str(r.status) == "error"]
