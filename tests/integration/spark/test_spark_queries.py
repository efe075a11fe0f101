"""What models ask in DuckDB's words means the same on Spark: each query is asked of both engines.

What was found while models were held against DuckDB's rows (docs/SPARK.md) stands here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

_ROWS = """
    SELECT * FROM (VALUES
        (1, '张三', 'b', DATE '2000-02-29', CAST(12.50 AS DECIMAL(18,2)), TRUE),
        (2, NULL, 'a', DATE '2024-01-31', CAST(-7.00 AS DECIMAL(18,2)), FALSE),
        (3, '李"四\\', 'a', NULL, NULL, NULL),
        (4, '', 'c', DATE '2023-02-28', CAST(100.00 AS DECIMAL(18,2)), TRUE)
    ) AS made (n, name, kind, born, amount, flag)"""
QUERIES = {
    "a text, an unknown one, a number and a date side by side": "concat('[', name, n, kind, ']')",
    "division": "cast(n / 4 AS varchar)",
    "whole division of large numbers": "cast((cast(amount * 100 AS hugeint) + 3) // 7 AS varchar)",
    "months between": "cast(date_diff('month', born, DATE '2026-03-01') AS varchar)",
    "minutes between": "cast(date_diff('minute', TIMESTAMP '2026-01-01 00:00:59', TIMESTAMP '2026-01-01 02:01:00') AS varchar)",
    "whole years, of who was born on 29 February too": "cast(datesub('year', born, DATE '2030-02-28') AS varchar)",
    "months later": "substr(cast(born + to_months(n) AS varchar), 1, 10)",
    "days and hours later": "substr(cast(cast(born AS timestamp) + to_days(n) + to_hours(30) AS varchar), 1, 19)",
    "an object": "cast(json_object('a', amount, 'b', name, 'c', flag, 'd', born, 'e', [kind]) AS varchar)",
    "an object within": "cast(json_object('a', amount, 'in', json_object('b', amount, 'c', name), 'z', n) AS varchar)",
    "an object and more": "cast(json_merge_patch(cast(json_object('a', amount) AS json), json_object('f', name)) AS varchar)",
    "what stands in an object": "json_extract_string(cast(json_object('a', name, 'b', amount) AS varchar), '$.a')",
    "groups of a pattern": "regexp_extract('12-ab', '([0-9]+)-([a-z]+)', ['x', 'y']).y",
    "a whole text": "cast(regexp_full_match(kind, 'a|b') AS varchar)",
    "a place in a list": "cast(list_position(['b', 'a'], kind) AS varchar)",
    "the larger": "cast(greatest(n, NULL, 2) AS varchar)",
    "order": "cast(row_number() OVER (ORDER BY name, n) AS varchar)",
    "order from the end": "cast(row_number() OVER (ORDER BY amount DESC, n) AS varchar)",
}  # fmt: skip
WHOLE = {
    "texts of a group": """
        SELECT kind, string_agg(DISTINCT name, ';' ORDER BY name) FILTER (WHERE n < 4) AS names,
            count(DISTINCT n) AS people, string_agg(name, '、' ORDER BY n) AS in_order,
            min_by(name, n) AS first_known, max_by(made, n).name AS last_row
        FROM made GROUP BY kind ORDER BY kind""",
    "numbers added in order": "SELECT cast(list_sum(list_sort(list(n / 3))) AS varchar) FROM made",
    "a list with its places": """
        SELECT unnest(string_split('x;y', ';')) AS part, generate_subscripts(string_split('x;y', ';'), 1) AS place""",
    "a list as numbers": "SELECT cast(unnest(string_split('7.9', '.')) AS integer) AS part",
    "a column put in the place of another": "SELECT * REPLACE (coalesce(name, kind) AS name) FROM (SELECT n, kind, name FROM made)",
    "followed until nothing is new": """
        WITH RECURSIVE edges AS (SELECT * FROM (VALUES (1, 2), (2, 1), (2, 3), (3, 4), (4, 2)) AS known (a, b)),
        reached (a, b) AS (
            SELECT a, b FROM edges UNION SELECT reached.a, edges.b FROM reached JOIN edges ON reached.b = edges.a
        )
        SELECT a, count(*) AS known FROM reached GROUP BY a ORDER BY a""",
}  # fmt: skip


def test_queries_are_answered_alike(tmp_path: Path, on_spark_environment: Callable[..., str]) -> None:
    each = ", ".join(f"{query} AS c{place}" for place, query in enumerate(QUERIES.values()))
    asked = [f"WITH made AS ({_ROWS}) SELECT {each} FROM made ORDER BY n"]
    asked += [
        query if "FROM made" not in query else f"WITH made AS ({_ROWS}) {query}" for query in WHOLE.values()
    ]
    (tmp_path / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    script = Path(__file__).with_name("queries_on_spark.py")
    on_spark_environment(script, tmp_path / "asked.json", tmp_path / "answered.json")
    scalars, *others = json.loads((tmp_path / "answered.json").read_text(encoding="utf-8"))
    with duckdb.connect() as con:
        ours, *rest = ([_texts(row) for row in con.execute(query).fetchall()] for query in asked)
    for place, name in enumerate(QUERIES):
        assert [row[place] for row in scalars] == [row[place] for row in ours], name
    for name, theirs, mine in zip(WHOLE, others, rest, strict=True):
        assert sorted(map(repr, theirs)) == sorted(map(repr, mine)), name


def _texts(row: tuple[object, ...]) -> list[str | None]:
    return [None if value is None else str(value) for value in row]


@pytest.mark.parametrize(
    "query", ["SELECT date_diff('week', a, b) FROM t", "SELECT datesub('month', a, b) FROM t"]
)
def test_what_nobody_checked_is_refused_by_name(query: str) -> None:
    from warehouse.engines.spark_sql import to_spark
    from warehouse.errors import Misconfigured

    with pytest.raises(Misconfigured, match="no checked counterpart on Spark"):
        to_spark(query)
