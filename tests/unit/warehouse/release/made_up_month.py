"""A small made-up month of marts: nobody in it exists, every number is of no real person."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
from pypdf import PdfReader

from tests.unit.warehouse.release.made_up_registers import CLASSES, MONTH, TOWNSHIPS, made_up_registers
from warehouse.intake.contract import contracts, standardised_schema
from warehouse.lake import Lake
from warehouse.policy import Policy, load
from warehouse.release.marts import MARTS, REGISTERS
from warehouse.release.sealed import texts
from warehouse.settings import REPOSITORY
from warehouse.verdicts import (
    RuleVerdict,
    Verdict,
    fingerprint_marts,
    fingerprint_standardised,
    write_verdict,
)

FAMILY = ("卓玛才让", "扎西东智", "马成龙", "韩玉兰", "李青措", "多杰")
CAUSES = ("因病", "因残", "缺劳动力")
EVIDENCE = (
    '{"rows":{"death":1,"assistance_payment":3},"files":["death.csv","cremation.csv"],'
    '"links":{"death":"certain","payment":"review"},"fingerprint":"3|1|false"}'
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_of(number: int) -> str:
    """A number with a right check digit, of the made-up sequence."""
    body = f"632321{1950 + number % 50}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def policy() -> Policy:
    return load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", MONTH)


def words_of(path: Path) -> str:
    """Everything that a workbook or a PDF says."""
    if path.suffix == ".pdf":
        # Where a cell's words break depends on its width.
        return "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)
    return "\n".join(piece for _, piece in texts(path))


def write_table(
    lake: Lake, table: str, schema: dict[str, str], rows: list[dict[str, object]], **keys: str
) -> None:
    con = duckdb.connect()
    columns = ", ".join(f'"{name}" {kind}' for name, kind in schema.items())
    con.execute(f"CREATE TABLE t ({columns})")
    marks = ", ".join("?" for _ in schema)
    if rows:
        con.executemany(
            f"INSERT INTO t VALUES ({marks})", [[row.get(name) for name in schema] for row in rows]
        )
    with lake.replacing(table, **keys, month=str(MONTH)) as folder:
        con.execute(f"COPY t TO '{folder}/part.parquet' (FORMAT parquet)")
    con.close()


def make(home: Path, *, people: int = 60, poison: str | None = None, village: str | None = None) -> Lake:
    """Marts, standardised rows, crosswalk, quarantine and two passed verdicts under ``home``.

    ``poison`` is put into one listed warning's summary, ``village`` in place of every village's name and of
    one township's.
    """
    lake = Lake(home)
    persons, rural, roster, links, warnings = [], [], [], [], []
    classes = ("脱贫不稳定户", "边缘易致贫户", "未脱贫建档立卡户", "突发严重困难户", "脱贫户")
    for n in range(people):
        place = {"township": TOWNSHIPS[n % 4], "village": f"第{n % 3 + 1}村"}
        if village is not None:
            place = {"township": village if n % 4 == 0 else place["township"], "village": village}
        household = f"H{n // 2:05d}"
        person = {
            "person_id": f"P{n:08d}", "name": FAMILY[n % 6], "id_no": id_of(n), "phone": f"139{n:08d}",
            "household_id": household, "link_grade": ("certain", "review", "new")[n % 3], **place,
        }  # fmt: skip
        persons.append(person)
        rural.append({
            "file": "rural.xlsx", "sheet": "S", "row": n + 2, "household_no": household, "person_no": str(n),
            "hamlet": "一社", "name": person["name"], "name_raw": person["name"], "id_no": person["id_no"],
            "relation_raw": "户主" if n % 2 == 0 else "配偶", "health": "健康", "class": classes[n % 5],
            "risk_cleared": "是" if n == 5 else "否", "risk": CAUSES[n % 3], "income_pc_year": 9000 + n,
            "phone": person["phone"], **place,
        })  # fmt: skip
        links.append({"feed": "rural_monitoring", "file": "rural.xlsx", "sheet": "S", "row": n + 2})
        links[-1] |= {"role": "self", "person_id": person["person_id"], "grade": "certain"}
        if n % 4 == 0:
            roster.append({"file": "roster.xlsx", "sheet": "S", "row": n + 4, "aid_type": "低保"})
            links.append({"feed": "assistance_roster", "file": "roster.xlsx", "sheet": "S", "row": n + 4})
            links[-1] |= {"role": "self", "person_id": person["person_id"], "grade": "certain"}
        for rule in ("C01", "R01") if n % 2 == 0 else ("D01",):
            status = "listed" if n % 7 else ("waiting" if n % 2 else "silent")
            warnings.append({
                "warning_id": f"{rule}-{n:06d}", "rule_id": rule, "person_id": person["person_id"],
                "household_id": household, "region": "tongren", "grade": ("确认", "疑似", "提示")[n % 3],
                "status": status,
                "status_reason": {"waiting": "本乡镇本月名额已满", "silent": "上月已核查，证据没有变化"}.get(status),
                "since": "2026-08", "amount": 1234.5 + n, "summary": f"死亡后仍发放 {n} 个月，合计见金额栏",
                "check_hint": "入户核实", "evidence": EVIDENCE,
                "policy_ref": "标准@tongren:2021-01-01", "requirement": "R044", "priority": float(n % 9), **place,
                "expected_yield": 0.3, "clock": "月度", "due_on": date(2026, 11, 30), "opened": "新", "age_months": 0,
                "yield_basis": "本县 37 次核查中 9 次有收效",
            })  # fmt: skip
    warnings[3]["summary"] = "=HYPERLINK(1)"
    if poison is not None:
        next(w for w in warnings if w["status"] == "listed")["summary"] = poison
    rules = [
        {"rule_id": "C01", "title": "在册监测未纳入救助", "kind": "漏保", "sentence": "在乡村振兴监测名单上，但本人和家人都不在任何救助名册上。"},
        {"rule_id": "D01", "title": "死亡后仍发放", "kind": "错保", "sentence": "登记死亡的人在死亡月份之后仍有成功发放。"},
        {"rule_id": "R01", "title": "医疗负担过重", "kind": "支出", "sentence": "十二个月内医疗救助之后的个人负担超过本人类别的线。"},
        {"rule_id": "C08", "title": "困难学生未受资助", "kind": "漏保", "sentence": "低收入家庭在籍学生本学年没有任何资助。"},
    ]  # fmt: skip
    feeds = {
        "rural_monitoring": people,
        "assistance_roster": len(roster),
        "death": 40,
        "medical_settlement": 5000,
    }
    marts: dict[str, list[dict[str, object]]] = {
        "dim_person": persons,
        "dim_household": [
            {"household_id": p["household_id"], "head_person_id": p["person_id"], "township": p["township"],
             "village": p["village"], "size": 2} for p in persons[::2]
        ],
        "fct_population_monthly": [
            {"person_id": p["person_id"], "household_id": p["household_id"], "class": CLASSES[n % 3],
             "source_feed": "assistance_roster", "township": p["township"], "village": p["village"]}
            for n, p in enumerate(persons)
        ],
        "fct_warning_monthly": warnings,
        "fct_assessment_monthly": [
            {"rule_id": "C08", "township": t, "in_scope": 30, "assessed": 0, "not_assessed": 30,
             "reason": "本月没有收到学生资助数据"} for t in TOWNSHIPS
        ],
        "audit_link_monthly": [
            {"feed": f, "role": "self", "grade": g, "rows": r * k // 10}
            for f, r in feeds.items() for g, k in (("certain", 8), ("review", 1), ("new", 1))
        ],
        "audit_row_account": [
            {"feed": f, "files": 1, "rows": r + 5, "landed": r, "quarantined": 2, "furniture": 3, "set_aside": 1}
            for f, r in feeds.items()
        ],
        "dim_rule": rules,
        "fct_open_item_monthly": [],
        "fct_yield_monthly": [
            {"rule_id": rule["rule_id"], "grade": "疑似", "township": "", "answers": 37, "held": 12, "found": 9, "refuted": 20,
             "unsettled": 3, "aided": 5, "expected_yield": 0.3, "prior": 0.28, "basis": "本县 37 次核查中 9 次有收效"}
            for rule in rules
        ],
    }  # fmt: skip
    for mart, schema in MARTS.items():
        write_table(lake, f"marts/{mart}", schema, marts[mart])
    registers = made_up_registers(persons)
    for mart, schema in REGISTERS.items():
        write_table(lake, f"marts/{mart}", schema, registers[mart])
    for feed, rows in (("rural_monitoring", rural), ("assistance_roster", roster)):
        write_table(lake, "standardised", standardised_schema(contracts()[feed]), rows, feed=feed)
    schema = {"feed": "VARCHAR", "file": "VARCHAR", "sheet": "VARCHAR", "row": "INTEGER", "role": "VARCHAR"}
    write_table(lake, "crosswalk", {**schema, "person_id": "VARCHAR", "grade": "VARCHAR"}, links)
    columns = {
        "feed": "VARCHAR",
        "file": "VARCHAR",
        "sheet": "VARCHAR",
        "row": "INTEGER",
        "reason": "VARCHAR",
    }
    bad = [{"feed": "death", "file": "d.csv", "sheet": "", "row": 7, "reason": "too many fields"}]
    write_table(lake, "quarantine", columns, bad)
    give_verdicts(lake)
    return lake


def give_verdicts(lake: Lake, **status: str) -> None:
    """Write both verdicts on what lies there now (``gate1``/``gate2`` = passed unless said)."""
    rules = (
        RuleVerdict("S01", "death", "stop", True, "死亡日期不在将来"),
        RuleVerdict("W07", "medical_settlement", "warn", False, "结算行数比上月少了三成"),
    )
    prints = {"gate1": fingerprint_standardised(lake, MONTH), "gate2": fingerprint_marts(lake, MONTH)}
    for gate, found in prints.items():
        write_verdict(Verdict(gate, str(MONTH), status.get(gate, "passed"), rules, found), lake)  # type: ignore[arg-type]
