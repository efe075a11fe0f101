"""Scoring: candidate pairs through Splink with the model in force. Scoring never trains."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker

from linkage.model.definition import COMPARISONS
from linkage.nodes import FREE
from linkage.spark_scoring import score_on_spark
from warehouse.database import has_rows
from warehouse.engines.choice import is_on_spark
from warehouse.errors import Misconfigured

# People added to the known ones when a name's frequency is taken: in a village of ten, a name that one of
# them bears is not borne by a tenth of mankind.
_UNSEEN_PEOPLE = 2000
TRAINED = Path(__file__).parent / "model" / "trained"


def model_in_force(folder: Path = TRAINED) -> Path:
    """The newest dated model file; ``Misconfigured`` when there is none."""
    found = sorted(folder.glob("*.json"))
    if not found:
        raise Misconfigured(
            "there is no trained model.", next_step="train one with linkage.train and commit its file."
        )
    return found[-1]


@contextmanager
def quiet_splink() -> Iterator[None]:
    """Silence Splink for a while: its messages may quote the SQL, and that may hold values of persons."""
    logger = logging.getLogger("splink")
    was = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = was


def term_frequencies(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``terms(name_term, tf_name_term)``: how frequent each name is among the persons known so far.

    Counted over the registry of the month before; in a home's first month over the new id groups. So the
    frequencies stand still while a month is linked, and a rerun finds the same.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE terms AS
        WITH bearers AS (
            SELECT DISTINCT node, coalesce(name_family, name) AS name_term FROM members
            WHERE rank = CASE WHEN (SELECT count(*) FROM old_persons) > 0 THEN 0 ELSE 1 END
                AND rank < {FREE} AND role = 'self' AND name IS NOT NULL
        ),
        people AS (SELECT count(DISTINCT node) + {_UNSEEN_PEOPLE} AS known FROM bearers)
        SELECT name_term, count(*) / (SELECT known FROM people)::DOUBLE AS tf_name_term
        FROM bearers GROUP BY name_term
        UNION ALL
        SELECT DISTINCT name_term, 1 / (SELECT known FROM people)::DOUBLE
        FROM nodes WHERE name_term IS NOT NULL AND name_term NOT IN (SELECT name_term FROM bearers)""")


class Scorer:
    """Splink with one model over the tables of one connection, set up once for all rounds of a month.

    Splink reads ``nodes``, ``terms`` and ``blocked`` by name when it predicts, so each call sees them as they are.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, model: Path) -> None:
        self._con, self._model = con, model
        self._linker: Linker | None = None

    def score(self, least_bits: float, pairs: str = "candidates") -> None:
        """Score ``pairs(seeker, target)`` over ``nodes``; make ``edges(seeker, target, match_weight, <comparison levels>)``.

        Only edges of at least ``least_bits`` are kept. Level columns hold Splink's numbers (see
        ``Comparison.gamma``).
        """
        if not has_rows(self._con, pairs):
            empty = ", ".join(f"CAST(NULL AS INTEGER) AS {comparison.name}" for comparison in COMPARISONS)
            self._con.execute(f"""
                CREATE OR REPLACE TEMP TABLE edges AS
                SELECT CAST(NULL AS VARCHAR) AS seeker, CAST(NULL AS VARCHAR) AS target,
                    CAST(NULL AS DOUBLE) AS match_weight, {empty} WHERE FALSE""")
            return
        self._con.execute(f"""
            CREATE OR REPLACE TEMP TABLE blocked AS
            SELECT '0' AS match_key, seeker AS join_key_l, target AS join_key_r FROM {pairs}""")
        if is_on_spark():
            with quiet_splink():
                score_on_spark(self._con, self._model, least_bits, [one.name for one in COMPARISONS])
            return
        levels = ", ".join(f"gamma_{comparison.name} AS {comparison.name}" for comparison in COMPARISONS)
        with quiet_splink():
            self._linker = self._linker or self._set_up()
            scored = self._linker.inference.predict(threshold_match_weight=least_bits, warning_mode="never")
            self._con.execute(f"""
                CREATE OR REPLACE TEMP TABLE edges AS
                SELECT node_l AS seeker, node_r AS target, match_weight, {levels} FROM {scored.physical_name}""")
            scored.drop_table_from_database_and_remove_from_cache()

    def _set_up(self) -> Linker:
        api = DuckDBAPI(self._con)
        linker = Linker(api.register("nodes"), str(self._model), log_level=None, validate_settings=False)
        linker.table_management.register_term_frequency_lookup(api.register("terms"), "name_term")
        linker.table_management.register_blocked_pairs_for_predict(api.register("blocked"))
        return linker


def score(con: duckdb.DuckDBPyConnection, model: Path, least_bits: float) -> None:
    """``Scorer.score`` where one scoring is all that is wanted."""
    Scorer(con, model).score(least_bits)
