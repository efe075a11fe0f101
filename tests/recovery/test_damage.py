"""A file of the lake that is not the one that was written: whoever would read it says so, and who writes it again."""

import json

import pytest

from tests.recovery.conftest import MONTHS
from tests.recovery.faults import copied
from warehouse import sums
from warehouse.checking import check
from warehouse.errors import LakeDamaged
from warehouse.flow import WRITER, months_read, reads_of
from warehouse.guard import stage_run
from warehouse.months import Month

LAST = MONTHS[-1]
# (The home of these tests is not built: what reads marts does not begin there.)
STAGES = (
    "receive",
    "close",
    "standardise",
    "gate1",
    "link",
    "identity",
    "quality",
    "prepare_review",
    "build",
)


def flip(path):
    """Turn one bit round in the middle of the data: the footer stays whole, and the page may still decode."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x04
    path.write_bytes(bytes(content))


HARM = {
    "one bit": flip,
    "cut off": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "overwritten": lambda path: path.write_text("PAR1 nothing here PAR1", encoding="utf-8"),
    "gone": lambda path: path.unlink(),
}


@pytest.fixture
def home(linked, tmp_path):
    return copied(linked, tmp_path / "home")


def readers(table, month):
    """The stages of the last month that read a table of a month."""
    return [
        stage
        for stage in STAGES
        for one, when in reads_of(stage).files
        if one == table and month in months_read(when, LAST, list(MONTHS))
    ]


def tables_of(home):
    """Every table of the lake with the folder that a stage of the last month reads first."""
    for folder in sorted(path for path in (home / "lake").iterdir() if path.is_dir()):
        for month in reversed(MONTHS):
            found = sorted(folder.glob(f"**/month={month}/*.parquet")) + sorted(
                folder.glob(f"**/month={month}/[!.]*.json")
            )
            if found and readers(folder.name, month):
                yield folder.name, month, found[0]


def test_every_harm_to_every_table_is_told_by_whoever_reads_it(home):
    tried = 0
    for table, month, path in list(tables_of(home)):
        sound = path.read_bytes()
        for name, harm in HARM.items():
            harm(path)
            for stage in readers(table, month):
                with pytest.raises(LakeDamaged) as said, stage_run(stage, Month.parse(LAST), home):
                    pytest.fail(f"{stage} began on {table} ({name})")
                assert str(path.relative_to(home)) in said.value.what
                writer = path.stem if table == "verdicts" else WRITER.get(table, "")
                step = f"run {writer} for {month} again" if writer else "backup"
                assert step in said.value.next_step, (table, said.value.next_step)
                tried += 1
            path.write_bytes(sound)
    assert tried >= 100


def test_check_names_what_is_damaged_and_is_silent_on_a_sound_home(home):
    assert check(home).is_sound
    assert check(home).files > 50
    registry = home / "lake" / "registry" / f"month={LAST}" / "persons.parquet"
    flip(registry)
    (home / "lake" / "outcomes" / f"month={LAST}" / "link.json").unlink()
    cut_short = home / "lake" / "unfinished" / f"month={LAST}" / "standardise.json"
    cut_short.parent.mkdir(parents=True)
    cut_short.write_text("{}", encoding="utf-8")
    (home / "lake" / "landed" / ".aside-month=2026-09").mkdir()
    found = {(finding.kind, finding.what.split()[0]) for finding in check(home).findings}
    assert found == {
        ("changed", f"lake/registry/month={LAST}/persons.parquet"),
        ("missing", f"lake/outcomes/month={LAST}/link.json"),
        ("unfinished", "standardise"),
        ("leftover", "lake/landed/.aside-month=2026-09"),
    }
    assert not check(home).is_sound


def test_a_changed_file_of_a_release_is_found_by_its_manifest(tmp_path):
    folder = tmp_path / "release" / LAST
    folder.mkdir(parents=True)
    (tmp_path / "lake").mkdir()
    for name in ("month.html", "list.xlsx"):
        (folder / name).write_text(name, encoding="utf-8")
    files = [{"path": name, "sha256": sums.sha256(folder / name)} for name in ("month.html", "list.xlsx")]
    (folder / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    assert check(tmp_path).is_sound
    (folder / "month.html").write_text("edited", encoding="utf-8")
    (folder / "list.xlsx").unlink()
    assert {(one.kind, one.what.partition(" ")[0]) for one in check(tmp_path).findings} == {
        ("changed", f"release/{LAST}/month.html"),
        ("missing", f"release/{LAST}/list.xlsx"),
    }


def test_a_folder_of_an_older_doudi_has_no_sums_and_is_passed_over(home):
    for path in (home / "lake").rglob(sums.NAME):
        path.unlink()
    found = check(home)
    assert found.is_sound
    assert not found.files
    assert found.unrecorded > 50
    with stage_run("link", Month.parse(LAST), home):
        pass
