"""One county under the packs of four regions: four results, each difference with the value that made it."""

import duckdb
import pytest
from e2e_county import MONTHS, content, doudi, tables

REGIONS = ("guangdong", "liangping", "tianjin")


@pytest.fixture(scope="module")
def replays(chained):
    """What replaying the last month under three other packs prints; the home stays as it was."""
    before = content(chained)
    asked = [word for region in REGIONS for word in ("--under", region)]
    done = doudi("replay", "--month", MONTHS[-1], *asked, "--home", chained, "--json")
    assert content(chained) == before
    rules, packs = tables(done.stdout).values()
    return rules, packs


def test_four_packs_give_four_results(replays, chained):
    rules, _ = replays
    results = {
        region: tuple((line["rule"], line["raised"], line["built, gone here"]) for line in rules if line["region"] == region)
        for region in REGIONS
    }  # fmt: skip
    assert all(results.values())
    assert len(set(results.values())) == len(REGIONS)
    for region in REGIONS:
        mine = [line for line in rules if line["region"] == region]
        assert any(line["not as built"] or line["built, gone here"] for line in mine), f"{region} is 同仁"


def test_every_difference_names_what_moved_it(replays):
    rules, packs = replays
    for line in rules:
        if line["not as built"] or line["built, gone here"]:
            assert line["moved by"], f"{line['region']} {line['rule']} moves and nobody knows why"
    for line in packs:
        assert line["document"] or line["value"] == "未配置规则"
        assert line["status"] in {"verified", "illustrative", ""}


def test_what_offices_settle_between_them_is_on_no_villages_list(chained):
    """C02 asks the rural-revitalization bureau, not a village: it waits with its reason, beside no cap."""
    found = chained / "lake/marts/fct_warning_monthly" / f"month={MONTHS[-1]}" / "*.parquet"
    with duckdb.connect() as con:
        told = con.execute(
            f"SELECT rule_id = 'C02', status, coalesce(status_reason, '') FROM '{found}'"
        ).fetchall()
    between = {(status, reason) for is_c02, status, reason in told if is_c02}
    assert between == {("waiting", "部门之间衔接的事项，列入转介登记表，不派村走访")}
    assert any(status == "listed" for is_c02, status, _ in told if not is_c02)
