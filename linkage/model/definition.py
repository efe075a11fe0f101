"""The model's shape: what is compared, at which levels, and what each level is worth before training.

A level is a condition in SQL over the two nodes' columns (``_l``, ``_r``), best level first. ``m`` is how
often two nodes of one person stand at the level, ``u`` how often two nodes of two persons do; the weight is
log2(m/u). ``fixed`` levels are never learnt: a sample gives a near-unique id a ``u`` of 1/n, so its weight
would move with the size of the file. Term frequency makes a rare name worth more than a common one.

Engine-neutral: characters are compared through lists, never with byte-counting string distances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on


@dataclass(frozen=True)
class Level:
    """One level of a comparison. ``name`` stands in the evidence, ``sql`` is None for "all the rest"."""

    name: str
    sql: str | None
    m: float
    u: float
    fixed: bool = False
    by_term: bool = False


@dataclass(frozen=True)
class Comparison:
    """One piece of evidence; ``missing`` is the condition under which it says nothing."""

    name: str
    missing: str
    levels: tuple[Level, ...]

    def gamma(self, level: str) -> int:
        """The number that Splink gives a level: best highest, the rest 0, missing -1."""
        names = [each.name for each in self.levels]
        return len(names) - 1 - names.index(level)

    def level_of(self, gamma: int) -> str:
        """The inverse of ``gamma``; ``missing`` for -1."""
        return "missing" if gamma < 0 else self.levels[len(self.levels) - 1 - gamma].name


# Term frequencies never make a name rarer than this: one name in a million.
RAREST_TERM = 1e-6
# Two random people of a county are the same person this often.
PRIOR = 1 / 30_000


def _either(condition: str) -> str:
    """A condition with ``{a}`` and ``{b}`` that may hold in either order."""
    return f"(({condition.format(a='l', b='r')}) OR ({condition.format(a='r', b='l')}))"


_APART = (
    "len(list_filter(list_zip(string_split(name_l, ''), string_split(name_r, '')), "
    "lambda x: x[1] <> x[2] AND x[1] <> '?' AND x[2] <> '?'))"
)

NAME = Comparison(
    "name",
    # A row that only says whose child it is bears a mark and speaks to its like alone.
    "name_l IS NULL OR name_r IS NULL OR starts_with(name_l, '※') <> starts_with(name_r, '※')",
    (
        Level("equal", "list_has_any(names_l, names_r)", 0.90, 2e-3, by_term=True),
        Level("family", "list_has_any(families_l, families_r)", 0.03, 2e-3, by_term=True),
        Level("syllables", "list_has_any(pinyins_l, pinyins_r)", 0.01, 5e-4, by_term=True),
        Level(
            "wildcard",
            "(contains(name_l, '?') OR contains(name_r, '?')) AND length(name_l) = length(name_r) "
            f"AND {_APART} = 0",
            0.01,
            5e-4,
        ),
        # At most one of the five digits of their four corners apart: 己 已, 冶 治, 平 乎.
        Level(
            "look_alike",
            "length(name_l) >= 2 AND CASE WHEN length(shape_l) = length(shape_r) "
            "THEN hamming(shape_l, shape_r) <= 1 ELSE FALSE END",
            0.01,
            2e-4,
        ),
        Level(
            "one_character",
            f"length(name_l) = length(name_r) AND length(name_l) >= 2 AND {_APART} = 1",
            0.02,
            2e-2,
        ),
        Level(
            "shortened",
            _either("length(name_{a}) >= 2 AND starts_with(name_{b}, name_{a})"),
            0.02,
            1e-2,
        ),
        Level("different", None, 0.001, 0.97, fixed=True),
    ),
)

# The u of the id levels are facts of how ids are made: 18 characters, a check digit, births spread over
# some 25,000 days, few issued on one day in one area.
_NEAR_COST_GUARD = (
    "CASE strlen(id_seen_{a}) WHEN 18 THEN hamming(id_seen_{a}, id_no_{b}) <= 2 "
    "WHEN 17 THEN TRUE WHEN 19 THEN TRUE ELSE FALSE END"
)
_NEAR = _either(
    f"id_kind_{{a}} = 'invalid' AND id_no_{{b}} IS NOT NULL AND CASE WHEN {_NEAR_COST_GUARD} "
    "THEN damerau_levenshtein(id_seen_{a}, id_no_{b}) = 1 ELSE FALSE END"
)
_SEEN = "id_kind_l = id_kind_r AND id_seen_l = id_seen_r"
_SEVERAL = _either("id_kind_{a} = 'several' AND contains(id_seen_{a}, id_no_{b})")
_EXCEL = _either("id_kind_{a} = 'excel15' AND left(id_no_{b}, 15) = id_prefix_{a}")
_MASKED = _either(
    "id_kind_{a} = 'masked' AND length(id_prefix_{a}) >= 3 AND id_no_{b} LIKE "
    "replace(CASE WHEN length(id_seen_{a}) = 18 THEN id_seen_{a} ELSE id_prefix_{a} || '%' END, '*', '_')"
)
_SAME_BIRTH_PART = _either("id_kind_{a} = 'invalid' AND left(id_seen_{a}, 14) = left(id_no_{b}, 14)")
_EXCEL_OTHER = _either("id_kind_{a} = 'excel15' AND id_no_{b} IS NOT NULL")

ID = Comparison(
    "id",
    "NOT coalesce((id_no_l IS NOT NULL AND id_no_r IS NOT NULL) OR (id_kind_l = id_kind_r AND id_seen_l = id_seen_r) "
    "OR (id_kind_l IN ('invalid', 'several', 'excel15', 'masked') AND id_no_r IS NOT NULL) "
    "OR (id_kind_r IN ('invalid', 'several', 'excel15', 'masked') AND id_no_l IS NOT NULL), FALSE)",
    (
        Level("equal", "id_no_l = id_no_r", 0.95, 1e-9, fixed=True),
        Level("same_damaged_text", _SEEN, 0.10, 1e-7, fixed=True),
        Level("one_of_several", _SEVERAL, 0.05, 1e-8, fixed=True),
        Level("one_slip_apart", _NEAR, 0.50, 2e-7, fixed=True),
        Level("excel_15_digits", _EXCEL, 0.30, 1e-5, fixed=True),
        Level("masked_fits", _MASKED, 0.20, 1e-3, fixed=True),
        Level("same_area_and_birth", _SAME_BIRTH_PART, 0.05, 4e-5, fixed=True),
        Level("excel_other_digits", _EXCEL_OTHER, 1e-4, 0.2, fixed=True),
        Level(
            "other_order_number",
            "id_no_l IS NOT NULL AND id_no_r IS NOT NULL AND left(id_no_l, 14) = left(id_no_r, 14)",
            1e-6,
            4e-5,
            fixed=True,
        ),
        Level("different", None, 0.03, 0.8, fixed=True),
    ),
)

# The id holds birth and sex: where it agrees, they are not counted again.
_ID_TELLS = f"coalesce({_SEEN} OR {_NEAR} OR {_EXCEL} OR {_SAME_BIRTH_PART} OR {_SEVERAL}, FALSE)"

_YEAR_ONLY = "(birth_precision_l = 'year' OR birth_precision_r = 'year')"

BIRTH = Comparison(
    "birth",
    f"birth_l IS NULL OR birth_r IS NULL OR {_ID_TELLS}",
    (
        Level(
            "equal",
            "birth_l = birth_r AND birth_precision_l = 'day' AND birth_precision_r = 'day'",
            0.93,
            5e-5,
        ),
        # An age tells two years, and clerks count ages in more than one way.
        Level(
            "year_told", f"{_YEAR_ONLY} AND abs(year(birth_l) - year(birth_r)) <= 1", 0.95, 3.6e-2, fixed=True
        ),
        Level("year_told_other", _YEAR_ONLY, 0.05, 0.96, fixed=True),
        Level("same_month", "year(birth_l) = year(birth_r) AND month(birth_l) = month(birth_r)", 0.03, 1e-3),
        Level(
            "day_and_month_swapped",
            "year(birth_l) = year(birth_r) AND month(birth_l) = day(birth_r) AND day(birth_l) = month(birth_r)",
            0.005,
            4e-5,
        ),
        Level("same_day_other_year", "strftime(birth_l, '%m%d') = strftime(birth_r, '%m%d')", 0.015, 3e-3),
        Level("same_year", "year(birth_l) = year(birth_r)", 0.01, 1.3e-2),
        Level("different", None, 0.01, 0.98),
    ),
)

SEX = Comparison(
    "sex",
    f"sex_l IS NULL OR sex_r IS NULL OR {_ID_TELLS}",
    (Level("equal", "sex_l = sex_r", 0.985, 0.5), Level("different", None, 0.015, 0.5)),
)

# Who shares the household shares village and phone: counted once. The same with a house.
_SAME_HOUSEHOLD = "list_has_any(households_l, households_r)"
_SAME_HOME = "list_has_any(homes_l, homes_r)"

PLACE = Comparison(
    "place",
    f"{_SAME_HOUSEHOLD} OR (len(villages_l) = 0 OR len(villages_r) = 0) AND (len(townships_l) = 0 OR len(townships_r) = 0)",
    (
        Level("same_home", _SAME_HOME, 0.60, 3e-4),
        Level("same_village", "list_has_any(villages_l, villages_r)", 0.25, 1.5e-2),
        # People move, and agencies name villages their own way: more than a made-up county teaches.
        Level("same_township", "list_has_any(townships_l, townships_r)", 0.02, 0.12, fixed=True),
        Level("different", None, 0.05, 0.87),
    ),
)

HOUSEHOLD = Comparison(
    "household",
    "NOT list_has_any(household_kinds_l, household_kinds_r)",
    (
        Level("same_and_standing", "list_has_any(standings_l, standings_r)", 0.55, 3e-5),
        Level(
            "same_other_standing",
            "list_has_any(households_l, households_r) AND len(standings_l) > 0 AND len(standings_r) > 0",
            0.10,
            3e-4,
        ),
        Level("same", "list_has_any(households_l, households_r)", 0.25, 3e-4),
        Level("different", None, 0.10, 0.9994),
    ),
)

AGENCY = Comparison(
    "agency",
    "NOT list_has_any(agency_kinds_l, agency_kinds_r)",
    (
        Level("same", "list_has_any(agencies_l, agencies_r)", 0.90, 1e-6, fixed=True),
        Level("different", None, 0.02, 1.0, fixed=True),
    ),
)

PHONE = Comparison(
    "phone",
    f"{_SAME_HOUSEHOLD} OR {_SAME_HOME} OR len(phones_l) = 0 OR len(phones_r) = 0",
    (
        Level("same", "list_has_any(phones_l, phones_r)", 0.60, 3e-4),
        Level("different", None, 0.40, 0.9997),
    ),
)

# Few people stand on a list of the dead: that two descriptions both do is evidence, and the day tells more. A
# cremation follows a death within days, and clerks write either; months and slips part the rest.
_DAYS_APART = "abs(date_diff('day', died_on_l, died_on_r))"

DEATH = Comparison(
    "death",
    "NOT (is_dead_l OR is_dead_r)",
    (
        Level("same_day", "is_dead_l AND is_dead_r AND died_on_l = died_on_r", 0.50, 4e-5, fixed=True),
        Level("same_days", f"is_dead_l AND is_dead_r AND {_DAYS_APART} <= 10", 0.20, 6e-4, fixed=True),
        Level("other_day", f"is_dead_l AND is_dead_r AND {_DAYS_APART} > 10", 0.03, 1.9e-2, fixed=True),
        Level("both", "is_dead_l AND is_dead_r", 0.80, 0.02, fixed=True),
        Level("one", None, 0.20, 0.98, fixed=True),
    ),
)

COMPARISONS = (NAME, ID, BIRTH, SEX, PLACE, HOUSEHOLD, AGENCY, PHONE, DEATH)


def settings() -> SettingsCreator:
    """The model as Splink takes it, with the weights that stand above (training puts learnt ones in)."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="node",
        comparisons=[_creator(comparison) for comparison in COMPARISONS],
        blocking_rules_to_generate_predictions=[block_on("name_term")],
        probability_two_random_records_match=PRIOR,
        # Splink gives the levels only together with the columns; both are dropped once the edges are made.
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
    )


def _creator(comparison: Comparison) -> Any:
    levels: list[Any] = [cll.CustomLevel(comparison.missing, "missing").configure(is_null_level=True)]
    for level in comparison.levels:
        made = cll.ElseLevel() if level.sql is None else cll.CustomLevel(level.sql)
        options: dict[str, Any] = {
            "m_probability": level.m,
            "u_probability": level.u,
            "label_for_charts": level.name,
        }
        if level.fixed:
            options |= {"fix_m_probability": True, "fix_u_probability": True}
        if level.by_term:
            options |= {
                "tf_adjustment_column": "name_term",
                "tf_minimum_u_value": RAREST_TERM,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(made.configure(**options))
    return cl.CustomComparison(levels, output_column_name=comparison.name)
