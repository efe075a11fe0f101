"""What a machine reads of a package: a Frictionless Data Package with a Table Schema for every file. Pure."""

from __future__ import annotations

from typing import Any

from warehouse.packages.agreement import Form
from warehouse.packages.marks import NUMBER_PATTERN, RECORD_NO
from warehouse.packages.rows import Column
from warehouse.packages.suppression import HIDDEN, TOTAL


def schema_of(columns: tuple[Column, ...], *, is_numbered: bool, is_counts: bool) -> dict[str, Any]:
    """The Table Schema of a file."""
    fields: list[dict[str, Any]] = []
    if is_numbered:
        fields.append(
            {
                "name": RECORD_NO,
                "type": "string",
                "constraints": {"required": True, "unique": True, "pattern": f"^({NUMBER_PATTERN})$"},
                "description": "只用于核对和追溯，不含个人信息",
            }
        )
    for column in columns:
        kind = column.of
        field: dict[str, Any] = {"name": column.title, "title": column.title, "type": kind.field}
        if kind.field == "string":
            field["constraints"] = {"pattern": f"^({kind.pattern})$"}
        if column.words:
            field["constraints"] = {"enum": [*column.words, *([TOTAL] if is_counts else [])]}
        if column.note:
            field["description"] = column.note
        fields.append(field)
    return {"fields": fields, "missingValues": ["", HIDDEN] if is_counts else [""]}


def resource_of(
    name: str,
    title: str,
    path: str,
    schema: dict[str, Any],
    *,
    form: Form,
    size: int,
    sums: dict[str, str],
    rows: int,
) -> dict[str, Any]:
    """One file of the package."""
    described: dict[str, Any] = {
        "profile": "tabular-data-resource",
        "name": name,
        "title": title,
        "path": path,
        "format": form.kind,
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{sums['sha256']}",
        "sm3": sums["sm3"],
        "rows": rows,
        "schema": schema,
    }
    if form.kind == "csv":
        described |= {
            "mediatype": "text/csv",
            "encoding": "utf-8-sig" if form.encoding == "utf-8-bom" else "gb18030",
            "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        }
    else:
        described["mediatype"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        described["dialect"] = {"sheet": title}
    return described


def package_of(
    package_id: str, title: str, description: str, resources: list[dict[str, Any]], terms: dict[str, Any]
) -> dict[str, Any]:
    """``datapackage.json``: what is in the package, and on which terms (``terms``, under ``x-doudi``)."""
    return {
        "profile": "tabular-data-package",
        "name": package_id,
        "title": title,
        "description": description,
        "resources": resources,
        "x-doudi": terms,
    }
