"""A republished month: the former version stays, and the townships get exactly what differs, with its reason."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date

import duckdb
import openpyxl
import pytest

from console.commands.rebuilds import show_difference
from console.screen import Screen
from tests.unit.warehouse.release.made_up_month import MONTH, make, policy, words_of
from tests.unit.warehouse.release.published_again import (
    DEARER,
    FILES,
    GONE,
    NEW,
    SILENT,
    SUPPLEMENT,
    answered,
    change,
    closed,
    copy_of,
    corrected,
    go,
    hashes,
    rows_in,
)
from warehouse.lake import Lake
from warehouse.outcomes import Outcome
from warehouse.release import basis, reissue
from warehouse.release import publish as stage
from warehouse.release.difference import told_difference
from warehouse.release.publish import release_folder
from warehouse.returns.absorb import absorb
from warehouse.settings import Settings
from warehouse.standing.digests import Digests


@pytest.fixture(scope="module", autouse=True)
def _without_forms() -> Iterator[None]:
    """Half of a release's time goes into its forms, which are not this module's matter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warehouse.release.publish.issue_forms", lambda *_: [])
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make(tmp_path_factory.mktemp("home"), people=24)
    change(lake, "roster", "UPDATE t SET case_no = 'n' || row, id_no = 'i' || row")
    closed(lake, FILES)
    go(lake)
    return lake


@pytest.fixture(scope="module")
def second(first: Lake, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Outcome]:
    lake = copy_of(first, tmp_path_factory.mktemp("second") / "home")
    returned = answered(lake)
    absorb(MONTH, returned=returned, lake=lake, policy=policy())
    corrected(lake)
    return lake, go(lake)


def test_the_supplement_holds_exactly_what_differs_each_with_its_reason(second) -> None:
    lake, outcome = second
    folder = release_folder(lake, MONTH)
    path = folder / SUPPLEMENT.format("隆务镇", 2)
    assert [row["预警编号"] for row in rows_in(path, "新增")] == [NEW]
    (dearer,) = rows_in(path, "变更")
    assert dearer["预警编号"] == DEARER
    assert dearer["变更内容"] == (
        "把握程度：提示 → 确认\n起始时间：2026-08 → 2026-09\n金额：1,242.50 元 → 5,000.00 元"
    )
    gone = {row["预警编号"]: row for row in rows_in(path, "撤回")}
    assert set(gone) == {GONE, SILENT}
    assert gone[SILENT]["撤回原因"] == "本版不再重复下发：上月已核查。"
    assert "2026-10 的救助对象花名册以 roster_v2.xlsx 代替 roster.xlsx" in str(gone[GONE]["撤回原因"])
    assert gone[GONE]["此前核查"] == "村级已于 2026-11-05 核查，结果“属实”，记录保留，不必再去。"
    assert not gone[SILENT]["此前核查"]
    supplements = sorted(path.name for path in (folder / "supplement").glob("补充清单_*"))
    assert supplements == ["补充清单_隆务镇_2026-10_第2版.xlsx"]
    assert "撤回2条" in words_of(folder / "paper/补充清单_隆务镇_2026-10_第2版.pdf")
    assert outcome.counts["version"] == 2
    assert "1 warnings onto the lists, 2 off them, 1 changed" in outcome.reasons[0]


def test_differences_are_counted_and_named(second) -> None:
    lake, _ = second
    path = release_folder(lake, MONTH) / "supplement/更正差异表_全市_2026-10_第2版.xlsx"
    book = openpyxl.load_workbook(path)
    (rows,) = (r for r in book["数据"].iter_rows(values_only=True) if r[0] == "救助对象花名册")
    assert rows[1:6] == (6, 5, 0, 1, 0)
    persons = {r[0]: r[1:5] for r in book["人员"].iter_rows(values_only=True)}
    assert persons["保安镇"] == (0, 1, 0, 0)
    assert persons["兰采乡"] == (0, 0, 1, 0)
    told = told_difference(MONTH, lake)
    assert "Version 2 against the one before it" in told.sentence
    tables = {title: rows for title, _, rows in told.tables}
    assert [row[0] for row in tables["why"]] == ["delivery"]
    assert sorted(tables["warnings"]) == [["C01", "隆务镇", 1, 1, 1, 1, 1], ["R01", "隆务镇", 0, 0, 1, 0, 1]]


def test_before_it_is_published_again_the_difference_can_be_seen(first, tmp_path) -> None:
    lake = copy_of(first, tmp_path / "home")
    assert all(not rows for _, _, rows in told_difference(MONTH, lake).tables)
    corrected(lake)
    tables = {title: rows for title, _, rows in told_difference(MONTH, lake).tables}
    assert tables["rows"] == [["assistance_roster", 6, 5, 0, 1, 0]]
    assert tables["persons"] == [["class", 1], ["gone", 1]]


def test_the_screen_shows_no_empty_table(first, second, capsys) -> None:
    def shown(lake) -> str:
        settings = Settings.from_environment(home=lake.home)
        show_difference(MONTH, settings, Screen())
        return capsys.readouterr().out

    nothing = shown(first)
    assert "Nothing differs." in nothing
    assert not any(header in nothing for header in ("appeared", "persons", "removed"))
    much = shown(second[0])
    assert "appeared" in much and "Nothing differs." not in much


def test_what_was_handed_out_stays_whole_and_the_manifest_says_what_it_replaces(first, second) -> None:
    old, new = hashes(release_folder(first, MONTH)), release_folder(second[0], MONTH)
    assert hashes(new / "versions/1") == old
    manifest = json.loads((new / "manifest.json").read_text())
    assert (manifest["version"], manifest["supersedes"]) == (2, old["manifest.json"])
    assert manifest["difference"] == {"added": 1, "changed": 1, "withdrawn": 2}
    named = {one["path"]: one["sha256"] for one in manifest["files"]}
    there = {path: digest for path, digest in hashes(new).items() if not path.startswith("versions/")}
    there.pop("manifest.json")
    assert named == there


def test_the_same_content_is_the_same_version_and_the_same_bytes(second) -> None:
    lake, outcome = second
    before = hashes(lake.home / "release"), hashes(lake.root / "published"), hashes(lake.root / "differences")
    assert go(lake) == outcome
    assert (
        hashes(lake.home / "release"), hashes(lake.root / "published"), hashes(lake.root / "differences")
    ) == before  # fmt: skip


def test_lists_are_those_of_a_home_that_knew_it_from_the_start(second, tmp_path) -> None:
    other = make(tmp_path / "home", people=24)
    change(other, "roster", "UPDATE t SET case_no = 'n' || row, id_no = 'i' || row")
    corrected(other)
    go(other)
    new = release_folder(second[0], MONTH)
    for part in ("lists", "ledger"):
        assert hashes(new / part) == hashes(release_folder(other, MONTH) / part)


def test_killed_wherever_and_run_again_is_as_undisturbed(first, second, tmp_path, monkeypatch) -> None:
    lake = copy_of(first, tmp_path / "home")
    absorb(MONTH, returned=answered(lake), lake=lake, policy=policy())
    corrected(lake)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place in (reissue, "issue_supplements"), (reissue, "put_away"), (stage, "tidy"):
        with monkeypatch.context() as patch:
            patch.setattr(*place, killed)
            with pytest.raises(KeyboardInterrupt):
                go(lake)
    go(lake)
    for part in ("release", "lake/published", "lake/differences"):
        assert hashes(lake.home / part) == hashes(second[0].home / part)


def test_an_answer_to_a_list_of_an_earlier_version_is_taken(second) -> None:
    lake, _ = second
    outcome = absorb(MONTH, returned=lake.home / "returned.xlsx", lake=lake, policy=policy())
    assert outcome.counts["answered"] == 1
    now = json.loads((release_folder(lake, MONTH) / "manifest.json").read_text())["files"]
    listed = {warning for one in now if one["kind"] == "list" for warning in one["warnings"]}
    assert GONE not in listed
    assert outcome.counts["still_open"] == len(listed)


def test_a_supplement_is_answered_like_a_list(second, tmp_path) -> None:
    lake = copy_of(second[0], tmp_path / "home")
    path = release_folder(lake, MONTH) / SUPPLEMENT.format("隆务镇", 2)
    book = openpyxl.load_workbook(path)
    sheet = book["新增"]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "预警编号" for cell in row))
    at = {str(cell.value): cell.column for cell in header}
    for name, value in (
        ("核查结果", "属实"),
        ("拟纳入救助", "低保"),
        ("核查人", "更登"),
        ("核查日期", date(2026, 11, 9)),
    ):
        sheet.cell(header[0].row + 1, at[name]).value = value
    book.save(tmp_path / "back.xlsx")
    outcome = absorb(MONTH, returned=tmp_path / "back.xlsx", lake=lake, policy=policy())
    assert (outcome.counts["answered"], outcome.counts["refused"]) == (1, 0)


def test_a_release_from_before_is_compared_by_its_warnings_and_says_so(first, tmp_path) -> None:
    lake = copy_of(first, tmp_path / "home")
    shutil.rmtree(lake.root / "published")
    corrected(lake)
    go(lake)
    folder = release_folder(lake, MONTH)
    path = folder / SUPPLEMENT.format("隆务镇", 2)
    assert {row["预警编号"] for row in rows_in(path, "撤回")} == {GONE, SILENT}
    assert "行和人员未比较" in words_of(folder / "supplement/更正差异表_全市_2026-10_第2版.xlsx")


def test_a_third_version_keeps_both_before_it(second, tmp_path) -> None:
    lake = copy_of(second[0], tmp_path / "home")
    before = hashes(release_folder(lake, MONTH))
    change(lake, "fct_warning_monthly", f"DELETE FROM t WHERE warning_id = '{NEW}'")
    go(lake)
    folder = release_folder(lake, MONTH)
    assert [row["预警编号"] for row in rows_in(folder / SUPPLEMENT.format("隆务镇", 3), "撤回")] == [NEW]
    kept = {path: digest for path, digest in before.items() if not path.startswith("versions/")}
    assert hashes(folder / "versions/2") == kept
    assert hashes(folder / "versions/1") == hashes(release_folder(second[0], MONTH) / "versions/1")
    assert sorted(path.name for path in (lake.root / "published" / f"month={MONTH}").iterdir()) == [
        f"content={reissue.standing(folder).content[:16]}"
    ]


def test_no_value_of_a_row_is_kept_of_rows(second) -> None:
    lake, _ = second
    found = basis.find(lake, MONTH, reissue.standing(release_folder(lake, MONTH)).content)
    kinds = duckdb.sql(f"DESCRIBE FROM {found.part('rows')}").fetchall()
    assert [(name, kind) for name, kind, *_ in kinds] == [
        ("feed", "VARCHAR"), ("key", "UBIGINT"), ("content", "UBIGINT"), ("rows", "BIGINT")
    ]  # fmt: skip


def test_a_digest_is_of_the_content_whatever_is_remembered(tmp_path) -> None:
    file = tmp_path / "lake" / "a.parquet"
    file.parent.mkdir()
    file.write_text("one")
    digests = Digests(tmp_path)
    one = digests.of([file.parent], tmp_path)
    digests.keep()
    file.write_text("two")
    assert Digests(tmp_path).of([file.parent], tmp_path) != one
    file.write_text("one")
    assert Digests(tmp_path).of([file.parent], tmp_path) == one
