from __future__ import annotations

import pytest

from console.county.world import World, make_world
from warehouse.months import span


@pytest.fixture(scope="session")
def county() -> World:
    """A county big enough for shares to be told: 30,000 people, three months over a new school year."""
    return make_world(seed=20261, persons=30_000, months=span("2026-08..2026-10"))


@pytest.fixture(scope="session")
def hamlet() -> World:
    """A small county, for readings made again by hand."""
    return make_world(seed=5, persons=6_000, months=span("2026-08..2026-10"))
