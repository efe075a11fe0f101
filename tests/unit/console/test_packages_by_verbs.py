"""The verbs of packages, one after the other, as an operator and a partner would."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from console.__main__ import app
from tests.unit.warehouse.packages.made_up_packages import MONTH, make
from warehouse import access
from warehouse.exports import unnoted
from warehouse.lake import Lake


def test_from_keys_to_recall_by_verbs(tmp_path, monkeypatch) -> None:
    home, keys = tmp_path / "home", tmp_path / "keys"
    make(home)
    monkeypatch.setenv("DOUDI_KEYS", str(keys))
    monkeypatch.setenv("DOUDI_HOME", str(home))

    def doudi(*words: str) -> list[dict]:
        done = CliRunner().invoke(app, [*words, "--json"])
        assert done.exit_code == 0, (words, done.output, done.exception)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def listed(*words: str) -> dict[str, list]:
        return {row[0]: row for row in doudi(*words)[-1]["rows"]}

    first = doudi("keys", "make", "--on", "2026-01-01")[0]
    assert "ours/sm" in first["made"] and "xczx-2026" in first["awaited"], "whose certificates are missing"
    doudi("keys", "make", "--partners", "--on", "2026-01-01")
    assert doudi("keys", "make", "--on", "2026-01-01") == [{"made": [], "awaited": []}]
    named = ("--by", "王科长", "--on", "2026-11-05")
    doudi("agreement", "approve", "rural-change", "--reason", "协议已签", *named)
    outcome = doudi("share", "--month", str(MONTH), *named)[-1]
    assert (outcome["counts"]["made"], outcome["counts"]["not_shared"]) == (1, 6)
    package = f"rural-change-{MONTH}-1"
    states = listed("agreement", "list", "--month", str(MONTH), "--on", "2026-11-06")
    assert states["rural-change"][-1] == package
    assert "尚未在本系统启用" in states["rural-names"][-1]
    assert "due" in listed("package", "list", "--on", "2026-11-06")[package][3]
    assert "overdue" in listed("package", "list", "--on", "2026-11-20")[package][3]
    assert doudi("package", "verify", package) == [{"package": package, "recall": ""}]
    ring = keys / "partners"
    opening = ("--key", str(ring / "xczx-2026.key"), "--certificate", str(ring / "xczx-2026.crt"))
    # The partner has the folder and our certificate, and no home of ours.
    folder, theirs = home / "packages" / str(MONTH) / package, ("--home", str(tmp_path / "nowhere"))
    signer = ("--signer", str(keys / "ours" / "sm.crt"))
    opened = doudi("package", "open", str(folder), *opening, *signer, *theirs, "--out", str(tmp_path / "out"))
    assert "datapackage.json" in opened[0]["files"]
    leaked = next((tmp_path / "out" / "data").glob("监测家庭*"))
    assert doudi("package", "trace", str(leaked))[-1]["rows"][0][0] == package
    doudi("package", "receipt", package, "--file", str(tmp_path / "out" / "回执.txt"), *named)
    assert "receipted" in listed("package", "list", "--on", "2026-11-20")[package][3]
    recalled = doudi("package", "recall", package, "--reason", "名单有误", *named)
    assert recalled[0]["successor"] == f"rural-change-{MONTH}-2"
    assert "名单有误" in doudi("package", "verify", package)[0]["recall"]
    doudi("audit", "verify")
    # What went out and who looked stand in the access log, too.
    seen = [(one.act, one.verb, one.items[0].audience) for one in access.entries(Lake(home))]
    assert ("export", "share", "partner") in seen
    # By whom, which package, how many rows: not the account of the machine.
    went_out = [one for one in access.entries(Lake(home)) if one.act == "export"]
    assert {one.by for one in went_out} == {"王科长"}
    assert [item.what for item in went_out[0].items] == [f"packages/{MONTH}:{package}"]
    assert went_out[0].items[0].rows == outcome["counts"]["rows"] > 0
    # What went out before is not said to have gone out again with the next partner's.
    doudi("agreement", "approve", "rural-names", "--reason", "协议已签", *named)
    doudi("share", "--month", str(MONTH), *named)
    latest = [one for one in access.entries(Lake(home)) if one.act == "export"][-1]
    assert [item.what for item in latest.items] == [f"packages/{MONTH}:rural-names-{MONTH}-1"]
    assert f"rural-names-{MONTH}-1" in str(doudi("access", "show", "--month", str(MONTH)))
    assert not [place for place in unnoted(Lake(home)) if place.startswith("packages")]
    # A slip of the fingers is no fault of the disk.
    for words in (("trace", "nowhere.csv"), ("receipt", package, "--file", "nowhere.pdf", "--by", "王科长")):
        assert CliRunner().invoke(app, ["package", *words]).exit_code == 2
