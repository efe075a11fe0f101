"""The published linkage quality of a small county against its planted truth: the interval must hold it."""

import pytest
from e2e_county import MONTHS

from console.county.measure_quality import check_intervals
from warehouse import policy as policies
from warehouse.months import Month
from warehouse.settings import REPOSITORY

# At 95 % a few of the overlapping groups may lie outside; more than a tenth says that the method is wrong.
NOMINAL_LESS_CHANCE = 0.9


@pytest.mark.parametrize("month", MONTHS)
def test_the_interval_holds_the_truth(demo, chained, month):
    policy = policies.load(REPOSITORY / "dbt_project" / "seeds" / "policy", "tongren", Month.parse(month))
    checks = [
        check
        for check in check_intervals(chained, demo / "truth", month, policy)
        if check.method == "combined"
    ]
    whole = [check for check in checks if check.by == "all"]
    assert len(whole) == 2
    assert all(check.is_covered for check in whole)
    for measure in ("false_links", "missed_links"):
        mine = [check.is_covered for check in checks if check.measure == measure]
        assert len(mine) > 20
        assert sum(mine) >= NOMINAL_LESS_CHANCE * len(mine)
    assert (chained / "docs" / "linkage" / f"{month}.html").exists()
