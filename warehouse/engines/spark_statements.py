"""Whole queries before they are put into Spark's words: what one engine writes and the other has no place for."""

from __future__ import annotations

from sqlglot import exp

from warehouse.engines.spark_words import call, function, number


def prepare(tree: exp.Expr) -> None:
    """Change a query in DuckDB's SQL where its shape, not a word of it, is DuckDB's own."""
    for rewrite in (
        _without_catalogs, _whole_rows, _replaced_columns, _numbered_lists, _unfolded_values, _filtered_texts,
    ):  # fmt: skip
        rewrite(tree)


def _without_catalogs(tree: exp.Expr) -> None:
    """DuckDB's relations carry the name of the file; Spark's catalog has databases only."""
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)


def _whole_rows(tree: exp.Expr) -> None:
    """``max_by(past, …)`` of a table's name is its whole row: on Spark a struct of its columns."""
    for best in [*tree.find_all(exp.ArgMax), *tree.find_all(exp.ArgMin)]:
        select = best.find_ancestor(exp.Select)
        if not isinstance(best.this, exp.Column) or best.this.table or select is None:
            continue
        tables = {table.alias_or_name for table in select.find_all(exp.Table)}
        if best.this.name in tables:
            best.this.replace(call("STRUCT", exp.Column(this=exp.Star(), table=best.this.this.copy())))


def _replaced_columns(tree: exp.Expr) -> None:
    """``* REPLACE (… AS column)``: on Spark the column is left out of the star and comes last."""
    for star in list(tree.find_all(exp.Star)):
        replaced = star.args.get("replace") or []
        select = star.find_ancestor(exp.Select)
        if not replaced or select is None:
            continue
        star.set("except_", [exp.to_identifier(one.alias) for one in replaced])
        star.set("replace", None)
        for one in replaced:
            select.append("expressions", one.copy())


def _numbered_lists(tree: exp.Expr) -> None:
    """``unnest(list)`` beside ``generate_subscripts(list, 1)``: a Spark SELECT unfolds one list only."""
    for select in tree.find_all(exp.Select):
        places = [
            one
            for one in select.expressions
            if isinstance(one.unalias(), exp.Anonymous)
            and one.unalias().name.upper() == "GENERATE_SUBSCRIPTS"
        ]
        for place in places:
            (unfolded,) = [one for one in select.expressions if isinstance(one.unalias(), exp.Explode)]
            numbered = call(
                "NAMED_STRUCT",
                unfolded.alias, exp.to_identifier("entry"),
                place.alias, exp.Add(this=exp.to_identifier("place"), expression=number(1)),
            )  # fmt: skip
            entries = call("TRANSFORM", unfolded.unalias().this, function(numbered, "entry", "place"))
            place.pop()
            unfolded.replace(call("INLINE", entries))


def _unfolded_values(tree: exp.Expr) -> None:
    """``cast(unnest(list) as …)``: Spark unfolds a list as it is, so the list's entries are cast before."""
    for select in tree.find_all(exp.Select):
        for column in select.expressions:
            value = column.unalias()
            unfolded = value.find(exp.Explode)
            if unfolded is None or unfolded is value:
                continue
            listed = unfolded.this.copy()
            unfolded.replace(exp.to_identifier("entry"))
            value.replace(exp.Explode(this=call("TRANSFORM", listed, function(value.copy(), "entry"))))


def _filtered_texts(tree: exp.Expr) -> None:
    """``string_agg(…) FILTER``: what the filter leaves out is unknown, and that is passed over."""
    for filtered in list(tree.find_all(exp.Filter)):
        joined = filtered.this
        if not isinstance(joined, exp.GroupConcat):
            continue
        given = joined.this.this if isinstance(joined.this, exp.Order) else joined.this
        value = given.expressions[0] if isinstance(given, exp.Distinct) else given
        condition = filtered.expression.this
        value.replace(exp.Case(ifs=[exp.If(this=condition.copy(), true=value.copy())]))
        filtered.replace(joined)
