"""The files of row rules: whole as they are, and a broken one is named with what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from warehouse.errors import Misconfigured
from warehouse.intake.contract import contracts
from warehouse.intake.row_rule import FOLDER, SET_ASIDE, WORDS, applied_rules, every_rule, row_key

RULE = "{{id: S-death-90, when: {when}, columns: {columns}, treatment: asked, problem: 问题, remedy: 办法{more}}}"


def test_every_feed_has_rules_and_a_key_by_which_rows_are_known_again() -> None:
    for contract in contracts().values():
        assert applied_rules(contract), contract.feed
        assert row_key(contract), contract.feed


def test_every_word_is_used_and_every_rule_tells_what_to_do() -> None:
    rules = every_rule()
    assert {rule.when for _, rule in rules.values()} == set(WORDS)
    assert all(len(rule.problem) > 3 and len(rule.remedy) > 3 for _, rule in rules.values())


def test_lists_whose_every_row_counts_set_none_aside() -> None:
    for feed in ("visit_ledger", "hotline", "declaration"):
        assert all(of.rule.treatment != SET_ASIDE for of in applied_rules(contracts()[feed])), feed


def test_no_rule_of_every_feed_sets_aside() -> None:
    assert all(rule.treatment != SET_ASIDE for feed, rule in every_rule().values() if feed == "every_feed")


@pytest.mark.parametrize(
    ("when", "columns", "more", "said"),
    [
        ("missing", "nowhere", "", "no such column: nowhere"),
        ("unheard_of", "died_on", "", "no such condition"),
        ("negative", "died_on", "", "negative cannot look at died_on"),
        ("after_month", "died_on", "", "after_month needs policy"),
        ("missing", "died_on", ", policy: row_rules.days_after_month", "missing knows no policy"),
        ("later_than", "died_on", "", "later_than needs than"),
        ("later_than", "died_on", ", than: nowhere", "no such column: nowhere"),
        ("id_kind", "id_no", "", "id_kind needs is_one_of"),
        ("repeated_otherwise", "[id_no]", "", "repeated_otherwise needs differing"),
        ("missing", "died_on", ", only: {reason: [搬家]}", "reason has no code 搬家"),
        ("missing", "died_on", ", treat: gently", "treat"),
        ("missing", "[]", "", "name either columns or a kind"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(
    tmp_path: Path, when: str, columns: str, more: str, said: str
) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "rules")
    rule = RULE.format(when=when, columns=columns, more=more)
    (folder / "death.yml").write_text(f"feed: death\nrules:\n  - {rule}\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match=said) as found:
        applied_rules(contracts()["death"], folder)
    assert "death.yml" in found.value.what


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("death.yml", "feed: cremation\n", "speaks of 'cremation'"),
        ("births.yml", "feed: births\n", "no contract of 'births'"),
        ("death.yml", "feed: death\nrow_key: [nowhere]\n", "row_key: no such column: nowhere"),
        ("death.yml", "feed: [\n", "broken"),
        (
            "death.yml",
            "feed: death\nrules:\n  - {id: S-id-01, when: missing, columns: name, treatment: asked, problem: 问, remedy: 办}\n",
            "S-id-01 stands twice",
        ),
        (
            "death.yml",
            "feed: death\nrules:\n  - {id: Q01, when: missing, columns: name, treatment: asked, problem: 问, remedy: 办}\n",
            "no id of a row rule",
        ),
    ],
)
def test_files_hang_together(tmp_path: Path, file: str, text: str, said: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "rules")
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=said):
        applied_rules(contracts()["death"], folder)
