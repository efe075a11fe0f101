"""Explain: the weights add up, the rule's fact is named, the numbers stay masked, the history is told."""

import json
import math
import re
import shutil
from dataclasses import asdict, replace
from datetime import date

import duckdb
import pytest

from linkage.explain.page import render_card, write_card
from linkage.explain.told import explain
from linkage.match import term_frequencies
from linkage.model.definition import COMPARISONS, RAREST_TERM, settings
from linkage.stage import link
from tests.unit.linkage.made_village import describe, id_number, written_month
from warehouse.access import entries
from warehouse.errors import Misconfigured, Refused
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy, read_lines
from warehouse.release.masking import exposed, mask_for
from warehouse.settings import REPOSITORY

AUGUST = Month(2026, 8)


_HOUSE = {"township": "隆务镇", "village": "热日社区", "household_key": "home:隆务镇热日社区2-11"}


KING, QUEEN = id_number("19600101", 11), id_number("19620202", 22)


PHONE = "13800000011"


def village():
    return [
        describe("medical_enrolment", "王建国", id=KING, sex="1", agency_key="psn_no:A1", phone=PHONE, **_HOUSE),
        describe("pension", "王建国", id=KING, sex="1"),
        describe("medical_settlement", "王建国", agency_key="psn_no:A1"),
        describe("hotline", "王建国", **_HOUSE),
        describe("declaration", "王建帼", phone=PHONE, **_HOUSE),
        describe("medical_enrolment", "李秀兰", id=QUEEN, sex="2", agency_key="psn_no:A2", **_HOUSE),
        describe("medical_enrolment", "王建国", id=id_number("19850505", 33), sex="1", agency_key="psn_no:A3",
                 township="隆务镇", village="热日社区", household_key="home:隆务镇热日社区9-1"),
        describe("assistance_roster", "王建国", id=QUEEN, birth="1960-01-01", sex="1", **_HOUSE),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A linked village, made once: (home, model, policy)."""
    folder = tmp_path_factory.mktemp("explained")
    model = folder / "judged.json"
    model.write_text(json.dumps(settings().create_settings_dict("duckdb")), encoding="utf-8")
    lines = read_lines(REPOSITORY / "dbt_project" / "seeds" / "policy")
    policy = Policy("*", AUGUST, {line.parameter: line for line in lines if line.region == "*"})
    lake = Lake(folder / "home")
    written_month(lake, "2026-08", village())
    link(AUGUST, lake=lake, policy=policy, model=model)
    return lake.home, model, policy


@pytest.fixture
def room(made, tmp_path):
    """A copy of the village's home, with ``tell(what)`` and ``find(feed, name)``."""
    home, model, policy = made
    shutil.copytree(home, tmp_path / "home")

    class Room:
        def __init__(self):
            self.lake, self.model, self.policy = Lake(tmp_path / "home"), model, policy

        def tell(self, what, **options):
            return explain(str(what), AUGUST, lake=self.lake, policy=self.policy, model=model, **options)

        def find(self, columns="profile_key", **where):
            con = duckdb.connect()
            conditions = " AND ".join(f"{name} = ?" for name in where) or "TRUE"
            found = con.execute(
                f"SELECT {columns} FROM '{self.lake.root}/registry/month=2026-08/profiles.parquet' WHERE {conditions} ORDER BY ALL",
                [*where.values()],
            ).fetchall()
            con.close()
            return found

        def write(self, table, rows):
            con = duckdb.connect()
            with self.lake.replacing(table, month="2026-08") as folder:
                con.execute(f"COPY ({rows}) TO '{folder}/{table}.parquet' (FORMAT parquet)")
            con.close()

    return Room()


def test_the_steps_add_up_to_what_the_link_weighed(room):
    """For everything that the model weighed: prior + levels + name frequency = total = what the crosswalk says."""
    weighed = room.find("profile_key, match_weight", feed="hotline")
    assert weighed[0][1] is not None, "the village must hold a weighed link"
    for key, recorded in weighed:
        match = room.tell(key).match
        assert match.total == pytest.approx(recorded, abs=1e-6)
        assert match.bars[-1].end == pytest.approx(match.total, abs=1e-9)
        assert sum(bar.bits for bar in match.bars) == pytest.approx(match.total, abs=1e-9)
        assert [bar.label for bar in match.bars][:3] == ["起点：随便两条记载", "姓名", "名字常见与否"]


def test_the_frequency_step_is_the_names_own_rarity(room):
    """Not merely what is left over: log2(u of the level / frequency of the name)."""
    match = room.tell(room.find(feed="hotline")[0][0]).match
    frozen = room.lake.partition("registry", month="2026-08") / "frequencies.parquet"
    con = duckdb.connect()
    if frozen.exists():
        (tf,) = con.execute(f"SELECT tf_name_term FROM '{frozen}' WHERE name_term = '王建国'").fetchone()
    else:
        con.execute(
            f"CREATE VIEW profiles AS FROM '{room.lake.root}/registry/month=2026-08/profiles.parquet'"
        )
        con.execute(
            "CREATE VIEW members AS SELECT person_id AS node, name, name_family, role, 0 AS rank FROM profiles WHERE grade <> 'review'"
        )
        con.execute(
            "CREATE TABLE old_persons AS SELECT 1; CREATE TABLE nodes AS SELECT '王建国' AS name_term"
        )
        term_frequencies(con)
        (tf,) = con.execute("SELECT tf_name_term FROM terms WHERE name_term = '王建国'").fetchone()
    con.close()
    u = next(level.u for level in COMPARISONS[0].levels if level.name == "equal")
    assert match.bars[2].bits == pytest.approx(math.log2(u / max(tf, RAREST_TERM)), abs=1e-6)


def test_a_rule_is_explained_by_its_fact(room):
    for rule_id, fact in (("L01", "身份证号码相同"), ("L03", "编号相同")):
        told = room.tell(room.find(rule=rule_id)[0][0])
        match = told.match
        assert (match.rule_id, match.is_by_rule) == (rule_id, True)
        assert any(each.startswith(fact) for each in match.facts)
        assert "姓名：相同" in match.facts
        assert match.total is not None, "what the model would say stands beside it"
        assert "由规则认定" in render_card(told)


def test_a_number_that_is_another_persons_is_said(room):
    ((key, person),) = room.find("profile_key, person_id", feed="assistance_roster")
    ((owner,),) = room.find("DISTINCT person_id", name="李秀兰")
    told = room.tell(key)
    assert person != owner
    assert f"所写身份证号码是另一人的：{owner}" in told.match.facts


def test_alternatives_stand_with_their_distance(room):
    ((key, own),) = room.find("profile_key, person_id", feed="hotline")
    ((namesake,),) = room.find("person_id", agency_key="psn_no:A3")
    match = room.tell(key).match
    assert own != namesake
    found = {other.person_id: other for other in match.alternatives}
    assert own not in found
    assert found[namesake].behind == pytest.approx(match.total - found[namesake].match_weight)
    assert found[namesake].behind > 0
    assert "姓名相同" in found[namesake].speaks_for
    assert [other.match_weight for other in match.alternatives] == sorted(
        (other.match_weight for other in match.alternatives), reverse=True
    )


def test_a_guard_that_forbids_is_told(room):
    ((king,),) = room.find("person_id", agency_key="psn_no:A1", feed="medical_enrolment")
    ((queen,),) = room.find("profile_key", name="李秀兰")
    match = room.tell(f"{queen},{king}").match
    assert not match.is_linked
    assert match.rule_id == ""
    assert "两处姓名不是同一个名字" in match.guards
    assert "性别不同" in match.guards


def test_a_pair_may_be_two_descriptions(room):
    (pension,), (settled,) = room.find(feed="pension"), room.find(feed="medical_settlement")
    told = room.tell(f"{pension[0]},{settled[0]}")
    assert "归于同一人" in told.summary
    assert told.match.right_title == "另一条记载：医保结算"
    assert told.match.total is not None


def test_a_row_leads_to_its_description_and_back(room):
    told = room.tell("pension/f.csv/2")
    ((key, person),) = room.find("profile_key, person_id", feed="pension")
    assert told.person_id == person
    assert told.seen[0].profile_key == str(key), "what was asked for comes first"
    assert told.seen[0].rows == ["2026-08 pension/f.csv/2/self"]


@pytest.mark.parametrize("what", ["P" + "0" * 16, "7", "pension/f.csv/99", "nothing/f.csv/1"])
def test_what_nobody_knows_is_refused(room, what):
    with pytest.raises(Refused, match="does not know"):
        room.tell(what)


def test_masked_unless_somebody_answers_for_it(room):
    for what in (room.find(feed="pension")[0][0], room.find("person_id", feed="pension")[0][0]):
        told = room.tell(what)
        shown = render_card(told) + json.dumps(asdict(told), ensure_ascii=False)
        for number in (KING, QUEEN, PHONE):
            assert number not in shown
        assert "632321********" in shown
        mask = mask_for("explain", room.policy)
        texts = re.findall(r">([^<]+)<", render_card(told))
        keys = {str(key) for (key,) in room.find()}
        assert not [text for text in texts if exposed(text, mask) and not any(key in text for key in keys)]
    assert {(one.items[0].audience, one.known) for one in entries(room.lake)} == {("explain", "account")}


def test_whole_numbers_leave_a_row_in_the_log(room):
    what = room.find(feed="pension")[0][0]
    with pytest.raises(Misconfigured, match="nobody in particular"):
        room.tell(what, whole=True, by=" ")
    assert not entries(room.lake)
    told = room.tell(what, whole=True, by="李科长", on=date(2026, 9, 3))
    assert KING in render_card(told)
    room.tell(what, whole=True, by="李科长", on=date(2026, 9, 4))
    log = [(one.by, one.known, one.items[0].what, one.on, one.month) for one in entries(room.lake)]
    assert log == [("李科长", "named", str(what), day, "2026-08") for day in ("2026-09-03", "2026-09-04")]


def test_the_region_may_shut_whole_numbers(room):
    lines = dict(room.policy.lines)
    lines["release.explain_whole.id_no"] = replace(lines["release.explain_whole.id_no"], value="masked")
    room.policy = replace(room.policy, lines=lines)
    assert KING not in render_card(room.tell(room.find(feed="pension")[0][0], whole=True, by="李科长"))


def test_the_history_of_an_id_and_what_people_decided(room):
    ((key, person),) = room.find("profile_key, person_id", feed="pension")
    gone = "P" + "9" * 16
    room.write(
        "events",
        f"""SELECT 'e1' AS event_id, 'mint' AS kind, '{person}' AS person_id, NULL::VARCHAR AS other_id,
        'L20' AS reason, 3::BIGINT AS profiles
        UNION ALL SELECT 'e2', 'merge', '{person}', '{gone}', 'L30', 0""",
    )
    room.write(
        "decisions",
        f"""SELECT '{key}' AS "left", '{gone}' AS "right", 'must_link' AS verdict, '甲：某' AS "by",
        '2026-09-01' AS "on", 'review C1' AS source""",
    )
    told = room.tell(gone)
    assert (told.person_id, told.moved_to) == (person, person)
    assert next((one.what, one.other) for one in told.events if one.what == "两人并为一人") == (
        "两人并为一人",
        gone,
    )
    assert [one.what for one in told.decisions] == ["认定是同一人"]
    page = render_card(told)
    for words in ("立为一人", "人工核对认定是同一人", "review C1", f"已并入 {person}"):
        assert words in page


def test_the_card_needs_nothing_else_and_is_the_same_again(room, tmp_path):
    told = room.tell(room.find(feed="hotline")[0][0])
    write_card(told, tmp_path / "one.html")
    write_card(room.tell(room.find(feed="hotline")[0][0]), tmp_path / "two.html")
    page = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "two.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|<script|<link|src=|url\(|@import", page)


def test_what_is_written_in_a_cell_is_shown_and_never_run(tmp_path, made, room):
    told = room.tell(room.find(feed="hotline")[0][0])
    evil = replace(told, summary="<script>alert(1)</script>")
    assert "<script>" not in render_card(evil)
