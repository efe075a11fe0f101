"""The catalogue of notices: what a source may be asked, and by how much evidence. Data, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.errors import Misconfigured
from warehouse.intake.contract import Contract, contracts

FOLDER = Path(__file__).parent
FINDINGS = FOLDER / "findings"
# What of a row a notice speaks of. ``standing``: the row's own word (正常, 在籍, 死亡), or that it stands there at all.
# ``bill``: an event of its own, which no later delivery shows again.
What = Literal["id_no", "name", "birth_date", "sex", "standing", "agency_key", "bill"]


class Kind(BaseModel):
    """One kind of contradiction.

    ``finding`` names the query of ``findings/`` that looks for it, ``needs`` the parameter that says how many
    independent sources it takes, ``answers`` (village_said) the one that names the village's words. ``column`` is what
    the notice points at where it is not the column of ``field``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^N\d\d$")
    title: str
    sentence: dict[Literal["en", "zh"], str]
    finding: str
    asks: tuple[str, ...]
    field: What
    column: str = ""
    needs: str
    answers: str = ""
    basis: str
    advice: str
    proposes: bool = False
    priority: int = Field(ge=1, le=9)


class Catalogue(BaseModel):
    """Every kind, and which feeds speak as one source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: dict[str, tuple[str, ...]]
    kinds: tuple[Kind, ...]

    @model_validator(mode="after")
    def _hangs_together(self) -> Catalogue:
        ids = [kind.id for kind in self.kinds]
        grouped = [feed for feeds in self.groups.values() for feed in feeds]
        if len(set(ids)) != len(ids) or len(set(grouped)) != len(grouped):
            raise ValueError("a kind or a feed stands twice")
        there = set(contracts())
        if set(grouped) != there:
            raise ValueError(f"groups and contracts differ: {', '.join(sorted(set(grouped) ^ there))}")
        for kind in self.kinds:
            if set(kind.asks) - there:
                raise ValueError(f"{kind.id} asks a feed that does not exist")
            if not (FINDINGS / f"{kind.finding}.sql").exists():
                raise ValueError(f"{kind.id} names no finding '{kind.finding}'")
        return self

    def kind(self, kind_id: str) -> Kind | None:
        """The kind of an id; None for one that is no more in the catalogue."""
        return next((kind for kind in self.kinds if kind.id == kind_id), None)

    @property
    def asked(self) -> tuple[str, ...]:
        """Every feed that may be asked, in the order of the contracts."""
        wanted = {feed for kind in self.kinds for feed in kind.asks}
        return tuple(feed for feed in contracts() if feed in wanted)


@cache
def catalogue(path: Path = FOLDER / "kinds.yml") -> Catalogue:
    """The catalogue as it stands in the file; ``Misconfigured`` names what is wrong with it."""
    try:
        return Catalogue.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    except (ValidationError, yaml.YAMLError) as error:
        raise Misconfigured(
            f"the catalogue of notices {path.name} is broken: {error}", next_step="mend the file."
        ) from error


def column_of(kind: Kind, contract: Contract) -> str:
    """The canonical column of a feed that a notice points at; empty: the whole row."""
    names = [column.name for column in contract.columns]
    if kind.column:
        return kind.column if kind.column in names else ""
    if kind.field in ("standing", "agency_key"):
        return ""
    own = next((person for person in contract.persons if person.role == "self"), None)
    return (getattr(own, {"id_no": "id"}.get(kind.field, kind.field)) or "") if own else ""
