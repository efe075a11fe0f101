"""What is the same evidence is said once for stages and once for dbt's models, in the same words."""

from __future__ import annotations

import re

from warehouse.returns.same_evidence import is_same_evidence
from warehouse.settings import REPOSITORY


def test_dbt_and_the_stages_say_the_same() -> None:
    macros = (REPOSITORY / "dbt_project" / "macros" / "answers.sql").read_text("utf-8")
    found = re.search(r"macro is_same_evidence\(finding, answer\) -%}(.*?){%- endmacro", macros, re.DOTALL)
    assert found
    said = found[1].replace("{{ finding }}", "now").replace("{{ answer }}", "given")
    assert re.sub(r"\s", "", said) == re.sub(r"\s", "", is_same_evidence("now", "given"))
