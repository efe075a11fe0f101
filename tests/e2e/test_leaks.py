"""Every byte that a demo and a chain of runs write outside the lake, searched for everybody in the county."""

import hashlib
import re
import shutil
import stat

import duckdb
import pytest
from e2e_county import MONTHS, PERSONS, ROOT, doudi, tables

from console.county.world import make_world
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.privacy.containers import documents
from warehouse.privacy.leaks import leaks
from warehouse.privacy.looking import Looking
from warehouse.privacy.wanted import wanted_of


@pytest.fixture(scope="module")
def wanted(demo):
    """Everybody as the home knows them, and as the county made them: what agencies mangled and what they did not send."""
    wanted = wanted_of(Lake(demo / "home"))
    people = make_world(seed=1, persons=PERSONS, months=[Month.parse(month) for month in MONTHS]).persons
    known = set(wanted.ids)
    wanted.add_ids(people["id_no"].dropna())
    wanted.phones.update(people["phone"].dropna())
    wanted.add_names(zip(people["name"], people["village"], strict=True))
    assert len(known & set(people["id_no"].dropna())) > PERSONS * 0.9, "this is another county"
    return wanted


def told(found):
    """What broke the table of places: by place the kinds, and of which files."""
    return {
        place: (dict(one.breaches), sorted(set(one.breached))[:5])
        for place, one in found.items()
        if one.is_leak
    }


def test_nothing_of_anybody_lies_where_it_may_not(demo, chained, wanted):
    printed = {"demo": (demo / "printed.txt").read_text(encoding="utf-8")}
    for verb in ("summary", "status"):
        done = doudi(verb, "--home", chained)
        printed[verb] = done.stdout + done.stderr
    done = doudi("account", "--month", MONTHS[-1], "--home", chained)
    printed["account"] = done.stdout + done.stderr
    # Errors, too: a month that is not there, a gate that knows no rule, a person that nobody knows.
    for name, arguments, code in (
        ("publish", ("publish", "--month", "2027-01"), 16),
        ("explain", ("explain", "P0000000000000000", "--month", MONTHS[-1]), 10),
    ):
        done = doudi(*arguments, "--home", chained, expect=code)
        printed[name] = done.stdout + done.stderr
    beside = {name: demo / name for name in ("airflow", "inbox", "truth")}
    found = leaks(demo / "home", wanted, beside=beside, texts=printed)
    assert not told(found)
    # The search is not blind: where values may lie, it sees them.
    assert found["home/release/*/lists/**"].hits["id"] > 10
    assert found["home/release/*/paper/**"].hits["name_village"] > 10
    assert found["beside/airflow/**"].files > 20
    assert not [place for place, one in found.items() if one.sealed], "something could not be looked into"


@pytest.mark.parametrize("month", MONTHS)
def test_a_township_is_told_of_its_own_people_only(chained, month):
    """Every whole ID in a file for a township is of somebody whose home is there, or was until the month."""
    number = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")
    with duckdb.connect() as con:
        lived = con.execute(
            f"""SELECT kept.id_no, told.township, told.month
            FROM '{chained}/lake/registry/month={month}/persons.parquet' AS kept
            JOIN read_parquet('{chained}/lake/marts/dim_person/month=*/*.parquet', hive_partitioning = true) AS told
              USING (person_id)
            WHERE kept.id_no IS NOT NULL"""
        ).fetchall()
    # Who has moved away stands among those who left, where they lived the month before.
    months = {month, str(Month.parse(month).previous)}
    homes = {}
    for id_no, township, of in lived:
        if str(of)[:7] in months:
            homes.setdefault(id_no, set()).add(township)
    townships = set().union(*homes.values())
    told = {}
    for folder in ("lists", "ledger", "registers", "villages", "supplement"):
        for path in sorted((chained / "release" / month / folder).glob("*.xlsx")):
            place = path.stem.split("_")[1]
            for document in documents(path) if place in townships else ():
                for found in number.findall(document.text):
                    told.setdefault(found.upper(), set()).add((place, path.parent.name))
    assert len(told) > 20
    for number, places in told.items():
        assert {place for place, _ in places} <= homes[number], sorted({folder for _, folder in places})


def test_what_is_handed_out_is_sealed_and_its_passphrase_lies_elsewhere(chained, wanted, tmp_path):
    month, home, apart = MONTHS[-1], tmp_path / "home", tmp_path / "apart" / "words.txt"
    apart.parent.mkdir()
    shutil.copytree(chained / "release" / month, home / "release" / month)
    hand_out = ("hand-out", "--month", month, "--home", home, "--by", "张建国", "--on", "2026-11-03")
    doudi(*hand_out, "--passphrases", home / "handed" / "words.txt", expect=30)
    done = doudi(*hand_out, "--passphrases", apart)
    words = dict(line.split("\t") for line in apart.read_text(encoding="utf-8").splitlines())
    assert stat.S_IMODE(apart.stat().st_mode) == 0o600
    found = leaks(home, wanted, texts={"hand-out": done.stdout})
    assert not told(found)
    assert found["home/handed/**"].sealed == found["home/handed/**"].files > len(words) > 5
    for path in home.rglob("*"):
        if path.is_file():
            assert not any(word.encode() in path.read_bytes() for word in words.values()), path.name
    shown = doudi("access", "show", "--home", home, "--by", "张建国", "--json").stdout
    assert shown.count('"verb": "hand-out"') == 1


def test_pages_and_pictures_of_the_repository_hold_nobody_of_the_county(wanted):
    looking = Looking(wanted)
    for path in sorted((ROOT / "docs").rglob("*.md")):
        assert not looking.hits(path.read_text(encoding="utf-8")), path.name


def test_the_verb_finds_what_was_laid_into_the_other_home_and_shows_counts_only(chained, wanted, tmp_path):
    log = chained / "logs" / "strange.log"
    someone = max(wanted.ids, key=lambda number: hashlib.sha256(number.encode()).hexdigest())
    try:
        log.write_text(f"row of {someone}", encoding="utf-8")
        done = doudi("leaks", "--home", chained, "--json", expect=10)
    finally:
        log.unlink()
    lines = tables(done.stdout)["各处所见"]
    assert {line["所在"] for line in lines if line["结论"] == "外泄"} == {"home/logs/**"}
    assert someone not in done.stdout + done.stderr
    assert not Looking(wanted).hits(done.stdout + done.stderr)
