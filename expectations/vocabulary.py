"""Our own words for rules, by theme: each writes one query that measures, and says when the measure is broken.

A word gets the scene and its arguments; keyword-only arguments are limits, which come from policy. It
returns a query with one row: ``measured``, ``of_rows``, ``is_broken``. The query reads the table as a
set and returns numbers only, never a value of a row. A word raises ``NotAssessable`` when what it needs
is not there. ``cells`` looks at the cells of one table, ``dock`` at the dock's facts, ``keys`` follows a key into
another table or month, ``accounts`` holds two figures against each other, ``history`` compares with the feed's own
months, ``bands`` a mart with its own, ``drift`` with the month before and with the match model.
"""

from __future__ import annotations

from expectations import accounts, bands, cells, dock, drift, history, keys
from expectations.phrases import NotAssessable, Phrase, Scene, expectation

__all__ = ["EXPECTATIONS", "WORDS", "NotAssessable", "Phrase", "Scene"]

WORDS: dict[str, Phrase] = {
    phrase.name: phrase
    for theme in (cells, dock, keys, accounts, history, bands, drift)
    for phrase in theme.WORDS
}

EXPECTATIONS: dict[str, Phrase] = {
    phrase.name: phrase
    for phrase in (
        expectation("expect_column_values_to_not_be_null", "{column} is filled in at least {mostly} of rows", "{column} 填写率不低于 {mostly}", "column"),
        expectation("expect_column_values_to_be_unique", "{column} stands once in at least {mostly} of rows", "{column} 不重复占比不低于 {mostly}", "column"),
        expectation("expect_compound_columns_to_be_unique", "{column_list} together stand once in at least {mostly} of rows", "{column_list} 组合不重复占比不低于 {mostly}", "column_list"),
        expectation("expect_column_values_to_be_in_set", "at least {mostly} of {column} are one of {value_set}", "{column} 属于 {value_set} 的占比不低于 {mostly}", "column", "value_set"),
        expectation("expect_column_values_to_be_between", "at least {mostly} of {column} lie between {min_value} and {max_value}", "{column} 介于 {min_value} 与 {max_value} 的占比不低于 {mostly}", "column", limits=("min_value", "max_value")),
        expectation("expect_table_row_count_to_be_between", "the table has at least {min_value} rows", "行数不少于 {min_value}", limits=("min_value", "max_value")),
    )
}  # fmt: skip
