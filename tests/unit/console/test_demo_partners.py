"""What a demo gives its made-up partners."""

from __future__ import annotations

from console.commands.demo_partners import BY, share_made_up
from tests.unit.warehouse.packages.made_up_packages import MONTH, make
from warehouse import access
from warehouse.lake import Lake
from warehouse.packages.ledger import standings
from warehouse.settings import Settings


def test_a_demo_shares_under_keys_of_its_own(tmp_path, monkeypatch) -> None:
    home = tmp_path / "home"
    make(home)
    # What an office has set is not for made-up people: neither of these folders is there.
    monkeypatch.setenv("DOUDI_KEYS", str(tmp_path / "office"))
    monkeypatch.setenv("DOUDI_AGREEMENTS", str(tmp_path / "office"))
    settings = Settings.from_environment(home=home, region="tongren")
    outcome = share_made_up(MONTH, tmp_path / "keys", settings)
    assert outcome.counts["made"] == 6, outcome.reasons
    assert len(standings(Lake(home), month=MONTH)) == 6
    assert {one.by for one in access.entries(Lake(home))} == {BY}
    assert not (tmp_path / "office").exists()
    again = share_made_up(MONTH, tmp_path / "keys", settings)
    assert (again.counts["made"], again.counts["kept"]) == (0, 6)
