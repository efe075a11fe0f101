"""What an answer was given on, and whether a finding still rests on it: SQL, as dbt's ``is_same_evidence`` says it."""

from __future__ import annotations


def is_same_evidence(finding: str, answer: str) -> str:
    """The condition between two tables by their names: with ``fingerprint``, ``standing`` and ``is_refuting`` (answer).

    Who found a finding untrue is asked again when its ground changes (``standing``), not when it goes on another month.
    """
    return (
        f"(coalesce({finding}.fingerprint = {answer}.fingerprint, false)"
        f" or coalesce({answer}.is_refuting and {finding}.standing = {answer}.standing, false))"
    )
