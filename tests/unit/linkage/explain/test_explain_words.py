"""How rows are named, and that every rule and guard has its words."""

import csv
from pathlib import Path

import pytest

from linkage import rules, wording
from linkage.decide import GUARDS
from linkage.explain.subject import Place, parse
from linkage.model.definition import COMPARISONS
from linkage.wording import has_words
from warehouse.errors import Misconfigured


@pytest.mark.parametrize(
    ("what", "meant"),
    [
        ("death/death.csv/17", Place("death", "death.csv", "", 17, "self")),
        ("death/death.csv/17/kin", Place("death", "death.csv", "", 17, "kin")),
        (
            "assistance_roster/名册.xlsx/隆务镇/12",
            Place("assistance_roster", "名册.xlsx", "隆务镇", 12, "self"),
        ),
        (
            "assistance_roster/名册.xlsx/隆务镇/12/head",
            Place("assistance_roster", "名册.xlsx", "隆务镇", 12, "head"),
        ),
    ],
)
def test_a_row_is_named_as_it_stands(what, meant):
    (subject,) = parse(what)
    assert subject.place == meant
    assert str(meant).removesuffix("/self") in (what, f"{what}/self")


@pytest.mark.parametrize(
    "what", ["", "P12", "death", "death/17", "death/death.csv/x", "1,2,3", "1,", "a/b/c/d/e/f"]
)
def test_what_cannot_be_read_is_refused_with_the_syntax(what):
    with pytest.raises(Misconfigured) as refused:
        parse(what)
    assert "FEED/FILE" in refused.value.next_step


def test_every_rule_and_guard_has_its_words():
    """Staff read Chinese: whoever adds a rule or a guard adds a line to linkage/words.csv."""
    silent = [rule_id for rule_id in rules.RULES if not has_words("rule", rule_id)]
    silent += [sentence for sentence, _ in GUARDS if not has_words("guard", sentence)]
    silent += [each.name for each in COMPARISONS if not has_words("comparison", each.name)]
    silent += [
        f"{each.name}.{level.name}"
        for each in COMPARISONS
        for level in each.levels
        if not has_words("level", f"{each.name}.{level.name}")
    ]
    assert not silent


def test_a_word_is_given_once_and_to_what_there_is():
    with Path(wording.__file__).with_name("words.csv").open(encoding="utf-8", newline="") as handle:
        given = [(line["kind"], line["key"]) for line in csv.DictReader(handle)]
    assert len(given) == len(set(given))
    assert {key for kind, key in given if kind == "rule"} == set(rules.RULES)
