"""An agreement as data: which partner gets which rows and columns, for what, in which form, until when.

``agreements/<id>.yml``. Every key is known or the file is refused; what it does not name does not leave. Pure: the
text of a file in, an agreement out; whether it is in force on a day is asked of ``standing``.
"""

from __future__ import annotations

import calendar
import hashlib
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from warehouse.errors import Misconfigured
from warehouse.months import Month
from warehouse.packages.sealing import Suite

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=400)]
Identity = Literal["whole", "pseudonym", "none"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Signed(_Strict):
    """Who signed, for both sides, when, and under which number the paper stands."""

    ours: Words
    theirs: Words
    document: Words
    signed_on: date


class Recipient(_Strict):
    """Whom the package is for: office and person in charge, and by which certificate and suite it is sealed."""

    office: Words
    contact: Words
    key: Slug
    suite: Suite


class Pseudonyms(_Strict):
    """By which keyed hash persons and households are named: the key is the partner's alone, its epoch says which."""

    method: Literal["hmac-sm3", "hmac-sha256"]
    key: Slug
    epoch: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]+)?$")]


class Form(_Strict):
    """How the files look."""

    kind: Literal["csv", "xlsx"]
    encoding: Literal["utf-8-bom", "gb18030"] = "utf-8-bom"


class Calendar(_Strict):
    """In which months of the year there is a package, and by which day of the month after it is due."""

    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = tuple(range(1, 13))
    by_day: Annotated[int, Field(ge=1, le=31)] = 10

    def due_on(self, month: Month) -> date | None:
        """The day by which the month's package is due; None where there is none."""
        if month.number not in self.months:
            return None
        after = month.plus(1)
        last = calendar.monthrange(after.year, after.number)[1]
        return date(after.year, after.number, min(self.by_day, last))


class Shared(_Strict):
    """One table: which rows (a query of ``queries/``), which of them, and which columns in which order."""

    name: Slug
    rows: Slug
    where: str | None = None
    small_numbers: Literal["hidden", "shown"] = "hidden"
    columns: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _no_column_twice(self) -> Shared:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("同一列写了两次")
        return self


class Enclosed(_Strict):
    """A workbook of the house that goes along as it is: the notices (校核纠错单) to an agency, with the answer columns
    that it fills in. ``columns``: the headers that it may have."""

    kind: Literal["notices"]
    agency: Words
    columns: Annotated[tuple[str, ...], Field(min_length=1)]


class Agreement(_Strict):
    """One agreement with one partner."""

    agreement: Slug
    partner: Words
    partner_key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$", max_length=20)]
    region: Slug
    purpose: Words
    legal_basis: Words
    keep_until: Words
    signed: Signed | None = None
    valid_from: date
    expires: date
    identity: Identity
    pseudonyms: Pseudonyms | None = None
    recipient: Recipient
    form: Form
    calendar: Calendar = Calendar()
    tables: tuple[Shared, ...] = ()
    enclosed: tuple[Enclosed, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Agreement:
        if self.expires < self.valid_from:
            raise ValueError("到期日（expires）早于生效日（valid_from）")
        if self.signed and self.signed.signed_on > self.expires:
            raise ValueError("签署日晚于到期日（expires）")
        if not self.tables and not self.enclosed:
            raise ValueError("没有写明共享什么（tables 或 enclosed）")
        if len({one.name for one in self.tables}) < len(self.tables):
            raise ValueError("两个表同名")
        if self.identity != "whole" and any(one.small_numbers == "shown" for one in self.tables):
            raise ValueError("只有实名提供（identity: whole）的，才可显示较小的人数（small_numbers: shown）")
        if (self.identity == "pseudonym") != (self.pseudonyms is not None):
            # Pseudonyms beside names would tell the names behind all the partner's other pseudonyms.
            raise ValueError("identity: pseudonym 与 pseudonyms 须同时写，或都不写")
        if self.pseudonyms and self.pseudonyms.key.partition("-")[0] != self.partner_key:
            raise ValueError("pseudonyms 的 key 须以 partner_key 命名：不同单位不得共用")
        return self


class Read(_Strict):
    """A file of agreements as it was read: the agreement, or why it is none; ``sha256`` names its very bytes."""

    file: str
    sha256: str
    agreement: Agreement | None = None
    fault: str = ""


class _Once(yaml.SafeLoader):
    """YAML in which no key stands twice: of two, readers would take one and people read the other."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(key, deep=deep) for key, _ in node.value]
        if len(names) != len({str(name) for name in names}):
            raise yaml.YAMLError("a key stands twice")
        return super().construct_mapping(node, deep)


def read_folder(folder: Path) -> list[Read]:
    """Every ``*.yml`` of a folder, in order of name; a bad file is told, and hinders no other.

    ``Misconfigured`` when the folder is not there, or two files hold agreements of one id.
    """
    if not folder.is_dir():
        raise Misconfigured(
            f"there is no folder of agreements '{folder.name}'.", next_step="set DOUDI_AGREEMENTS right."
        )
    found = [read_text(path.name, path.read_bytes()) for path in sorted(folder.glob("*.yml"))]
    ids = [one.agreement.agreement for one in found if one.agreement]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise Misconfigured(
            f"two files hold the agreement '{twice[0]}'.", next_step="give one of them another id."
        )
    return found


def read_text(file: str, text: bytes) -> Read:
    """One file: the agreement it holds, or the sentence that says what is wrong with it."""
    digest = hashlib.sha256(text).hexdigest()
    try:
        plain = yaml.load(text.decode("utf-8"), _Once)
        return Read(file=file, sha256=digest, agreement=Agreement.model_validate(plain))
    except ValidationError as error:
        return Read(file=file, sha256=digest, fault=_told(error))
    except (yaml.YAMLError, UnicodeDecodeError):
        return Read(file=file, sha256=digest, fault="不是可读的 YAML 文件（UTF-8）")


def _told(error: ValidationError) -> str:
    """The faults in words: where, and what. Values are left out."""
    words = []
    for one in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in one["loc"]) or "协议"
        kind = one["type"]
        told = {"extra_forbidden": "不认识的键", "missing": "缺少"}.get(kind) or re.sub(
            r"^Value error, ", "", one["msg"]
        )
        words.append(f"{place}：{told}")
    return "；".join(words)
