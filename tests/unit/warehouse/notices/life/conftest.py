"""August, made once; no gate holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.warehouse.notices.life.august import (
    run,
)
from tests.unit.warehouse.notices.small_county import (
    AUGUST,
    home_of,
)
from warehouse.notices import stage


@pytest.fixture(autouse=True)
def _let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "passed_verdicts", lambda *_: {})


@pytest.fixture(scope="session")
def august(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the notice of August, to be copied."""
    lake = home_of(tmp_path_factory.mktemp("august"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "passed_verdicts", lambda *_: {})
        run(lake, AUGUST)
    return lake.home
