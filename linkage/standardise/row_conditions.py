"""The condition words of row rules as SQL over a feed's standardised rows. Pure.

Each word gets the contract, the rule with its columns, and the month's bounds; it gives a predicate, or None where
it cannot be asked (a column without a person, a limit that policy leaves open).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from linkage.standardise.source import swapped_sql
from linkage.standardise.text import literal
from warehouse.intake.contract import STANDARDISED, Contract, Person
from warehouse.intake.row_rule import Applied
from warehouse.months import Month
from warehouse.policy import Policy


@dataclass(frozen=True)
class Asked:
    """What a word is asked: the contract, the rule on its columns, the month, and the policy where there is one."""

    contract: Contract
    of: Applied
    month: Month
    policy: Policy | None

    @property
    def column(self) -> str:
        """The column it looks at (the first of several)."""
        return self.of.columns[0]

    @property
    def limit(self) -> str:
        """What policy says that it compares with; empty where there is none."""
        parameter = self.of.rule.policy
        if not parameter or self.policy is None or not self.policy.is_configured(parameter):
            return ""
        return self.policy.text(parameter)

    @property
    def person(self) -> Person | None:
        """The person whose ID the column holds."""
        return next((person for person in self.contract.persons if person.id == self.column), None)


def condition(asked: Asked) -> str | None:
    """SQL: does a standardised row meet the rule's condition?"""
    rule = asked.of.rule
    if rule.policy and not asked.limit:
        return None
    found = _WORDS[rule.when](asked)
    if found is None:
        return None
    chosen = [f'"{name}" IN ({_listed(values)})' for name, values in rule.only.items()]
    return " AND ".join(f"coalesce({part}, false)" for part in (found, *chosen))


def proposal(asked: Asked) -> tuple[str, str]:
    """SQL of the value that may be proposed for the cell and of its kind; both NULL where nothing can be said."""
    if not asked.of.rule.proposes:
        return "NULL::VARCHAR", "NULL::VARCHAR"
    name = asked.column
    kind = f"CASE WHEN \"{name}_kind\" = 'legacy15' THEN 'lengthened' ELSE 'folded' END"
    return f'CAST("{name}" AS VARCHAR)', f'CASE WHEN "{name}" IS NOT NULL THEN {kind} END'


def is_missing(contract: Contract, name: str) -> str:
    """SQL: does the cell of a column say nothing?"""
    kind = contract.column(name).kind
    if kind == "id":
        return f"\"{name}_kind\" = 'missing'"
    if "_raw" in STANDARDISED[kind] and kind != "name":
        return f'"{name}" IS NULL AND known(solid("{name}_raw")) IS NULL'
    return f'known("{name}") IS NULL'


def _missing(asked: Asked) -> str:
    return is_missing(asked.contract, asked.column)


def _unreadable(asked: Asked) -> str:
    return f'"{asked.column}" IS NULL AND known(solid("{asked.column}_raw")) IS NOT NULL'


def _after_month(asked: Asked) -> str:
    last = asked.month.last_day + timedelta(days=int(asked.limit))
    return f"\"{asked.column}\" > DATE '{last}'"


def _before_year(asked: Asked) -> str:
    return f'year("{asked.column}") < {int(asked.limit)}'


def _later_than(asked: Asked) -> str:
    name, than = asked.column, asked.of.rule.than
    # A month stands as its first day: only two whole days can be held against each other.
    return f'"{name}" > "{than}" AND "{name}_precision" = \'day\' AND "{than}_precision" = \'day\''


def _negative(asked: Asked) -> str:
    return f'"{asked.column}" < 0'


def _id_kind(asked: Asked) -> str:
    return f'"{asked.column}_kind" IN ({_listed(asked.of.rule.is_one_of)})'


def _id_spelling(asked: Asked) -> str | None:
    if asked.limit != "yes":
        return None
    name = asked.column
    return f'"{name}_kind" IN (\'valid\', \'permit\') AND "{name}_raw" <> "{name}" AND NOT ({_swap(asked) or "false"})'


def _swapped(asked: Asked) -> str | None:
    return _swap(asked)


def _swap(asked: Asked) -> str | None:
    person = asked.person
    if person is None or person.name is None or asked.contract.column(asked.column).kind != "id":
        return None
    return swapped_sql(f'"{person.name}_raw"', f'"{asked.column}_raw"')


def _sex_against_id(asked: Asked) -> str | None:
    person = asked.person
    if person is None or person.sex is None:
        return None
    digit = f'try_cast(substr("{asked.column}", 17, 1) AS INTEGER)'
    told = f"\"{person.sex}\" IN ('1', '2') AND \"{asked.column}_kind\" = 'valid'"
    # A number with another day of birth is another person's: that is told, and its sex goes without saying.
    other_birth = _birth_against_id(asked) or "false"
    return f"{told} AND ({digit} % 2 = 1) <> (\"{person.sex}\" = '1') AND NOT coalesce({other_birth}, false)"


def _birth_against_id(asked: Asked) -> str | None:
    person = asked.person
    if person is None or person.birth_date is None:
        return None
    told = f"\"{person.birth_date}_precision\" = 'day' AND \"{asked.column}_kind\" = 'valid'"
    return f'{told} AND substr("{asked.column}", 7, 8) <> strftime("{person.birth_date}", \'%Y%m%d\')'


def _lost_character(asked: Asked) -> str:
    return f"contains(\"{asked.column}\", '?')"


def _all_missing(asked: Asked) -> str:
    return " AND ".join(f"({is_missing(asked.contract, name)})" for name in asked.of.columns)


def _repeated_otherwise(asked: Asked) -> str:
    """The row's key stands on several rows that differ (a key with a blank part is no key)."""
    known = " AND ".join(f'"{name}" IS NOT NULL' for name in asked.of.columns)
    key = ", ".join(f'"{name}"' for name in asked.of.columns)
    said = ", ".join(f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in asked.of.rule.differing)
    chosen = [f'"{name}" IN ({_listed(values)})' for name, values in asked.of.rule.only.items()]
    among = " AND ".join((known, *chosen))
    return (
        f"{known} AND ({key}) IN (SELECT ({key}) FROM {{rows}} WHERE {among} GROUP BY {key}"
        f" HAVING count(*) > 1 AND count(DISTINCT concat_ws(chr(31), {said})) > 1)"
    )


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(literal(word) for word in words)


_WORDS: Final[dict[str, Callable[[Asked], str | None]]] = {
    "missing": _missing,
    "unreadable": _unreadable,
    "after_month": _after_month,
    "before_year": _before_year,
    "later_than": _later_than,
    "negative": _negative,
    "id_kind": _id_kind,
    "id_spelling": _id_spelling,
    "swapped": _swapped,
    "sex_against_id": _sex_against_id,
    "birth_against_id": _birth_against_id,
    "lost_character": _lost_character,
    "all_missing": _all_missing,
    "repeated_otherwise": _repeated_otherwise,
}
