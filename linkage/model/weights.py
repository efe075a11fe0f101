"""A trained model read as a table: what each level of each comparison is worth, in bits.

The model file is Splink's; this is the one place that knows where the numbers stand in it. Pure: the file's
content comes in, values and text go out.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = ("comparison", "level", "m", "u", "bits", "is_learnt", "by_term")
# The line of the prior, beside the comparisons'.
PRIOR = "prior"


@dataclass(frozen=True)
class Weight:
    """One level in a model. ``gamma`` is Splink's number of the level (best highest, the rest 0), ``sql`` its
    condition in the model's dialect (None for the rest), ``m`` and ``u`` the shares of pairs of one person
    and of two persons that stand at it. ``is_learnt`` is false where the definition fixes the level; ``by_term``
    says that a name's own frequency stands for ``u``."""

    comparison: str
    level: str
    gamma: int
    sql: str | None
    m: float
    u: float
    is_learnt: bool
    by_term: bool

    @property
    def bits(self) -> float:
        """The weight of the level: log2(m/u)."""
        return bits(self.m, self.u)


@dataclass(frozen=True)
class Weights:
    """All of a model: ``levels`` in the model's order, ``missing`` by comparison the condition under which it
    says nothing, ``prior`` the share of random pairs that are one person."""

    levels: tuple[Weight, ...]
    missing: Mapping[str, str]
    prior: float

    @property
    def comparisons(self) -> list[str]:
        """The comparisons' names in the model's order."""
        return list(self.missing)

    def of(self, comparison: str) -> list[Weight]:
        """The levels of one comparison, best first."""
        return [weight for weight in self.levels if weight.comparison == comparison]

    def level_sql(self, comparison: str) -> str:
        """An expression that gives the gamma of a pair's level (-1 where the comparison says nothing)."""
        told = " ".join(f"WHEN {one.sql} THEN {one.gamma}" for one in self.of(comparison) if one.sql)
        return f"CASE WHEN {self.missing[comparison]} THEN -1 {told} ELSE 0 END"


def bits(m: float, u: float) -> float:
    """The weight of a level: log2(m/u)."""
    return math.log2(m / u)


def weights_of(model: Mapping[str, Any]) -> Weights:
    """Read a model as its JSON file holds it."""
    levels: list[Weight] = []
    missing: dict[str, str] = {}
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        nothing, *told = comparison["comparison_levels"]
        missing[name] = nothing["sql_condition"]
        for number, level in enumerate(told):
            is_rest = level["sql_condition"] == "ELSE"
            levels.append(
                Weight(
                    comparison=name,
                    level=level["label_for_charts"],
                    gamma=len(told) - 1 - number,
                    sql=None if is_rest else level["sql_condition"],
                    m=float(level["m_probability"]),
                    u=float(level["u_probability"]),
                    is_learnt=not (level.get("fix_m_probability") and level.get("fix_u_probability")),
                    by_term="tf_adjustment_column" in level,
                )
            )
    return Weights(tuple(levels), missing, float(model["probability_two_random_records_match"]))


def as_lines(weights: Weights) -> list[tuple[str, ...]]:
    """The table of a model as text: the prior first, then a line a level (``COLUMNS``)."""
    prior = (PRIOR, "", "", "", f"{bits(weights.prior, 1):.4f}", "", "")
    return [
        prior,
        *(
            (
                one.comparison,
                one.level,
                f"{one.m:.6g}",
                f"{one.u:.6g}",
                f"{one.bits:.4f}",
                _word(one.is_learnt),
                _word(one.by_term),
            )
            for one in weights.levels
        ),
    ]


def as_csv(weights: Weights) -> str:
    """The same as a CSV with a header."""
    return table([COLUMNS, *as_lines(weights)])


def table(lines: Sequence[Sequence[object]]) -> str:
    """Lines of cells as CSV text."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _word(is_so: bool) -> str:
    return "yes" if is_so else "no"
