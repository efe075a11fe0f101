"""A model's pictures as inline SVG: Splink's own charts, and the weights beside those of the model before.

The same model gives the same bytes: no script, no clock, ids that begin with the picture's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import duckdb
from splink import DuckDBAPI, Linker

from linkage.match import quiet_splink
from linkage.model.weights import Weights
from warehouse.release.charts import svg

_BEFORE, _NOW = "#B8C4D2", "#1F4E79"


@dataclass(frozen=True)
class _Spec:
    """A chart as Splink writes it (Vega-Lite), not read through Altair, which would warn of every repeated name."""

    spec: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        # A picture does not zoom: the words that say so go.
        title = self.spec.get("title")
        if isinstance(title, dict) and "mousewheel" in str(title.get("subtitle")):
            title = {key: said for key, said in title.items() if key != "subtitle"}
        return {**self.spec, "title": title}


def pictures(
    con: duckdb.DuckDBPyConnection,
    nodes: str,
    model: Mapping[str, Any],
    weights: Weights,
    previous: tuple[str, Weights] | None,
) -> dict[str, str]:
    """Title to SVG. ``nodes`` is a table of nodes: Splink wants one to open a model, no row of it is shown."""
    with quiet_splink():
        linker = Linker(DuckDBAPI(con).register(nodes), dict(model), log_level=None, validate_settings=False)
        made = {
            "Match weights": svg(_Spec(linker.visualisations.match_weights_chart().chart_dict), "weights"),
            "How often pairs stand at a level: one person's (m) and two persons' (u)": svg(
                _Spec(linker.visualisations.m_u_parameters_chart().chart_dict), "shares"
            ),
        }
    if previous:
        name, before = previous
        made[f"Weights beside the model {name}"] = svg(_beside(weights, before, name), "beside")
    return made


def _beside(now: Weights, before: Weights, name: str) -> Any:
    order = [f"{one.comparison}: {one.level}" for one in now.levels]
    values = [
        {"level": f"{one.comparison}: {one.level}", "bits": round(one.bits, 3), "model": said}
        for said, weights in ((name, before), ("this model", now))
        for one in weights.levels
        if f"{one.comparison}: {one.level}" in order
    ]
    return (
        alt.Chart(alt.Data(values=values))
        .mark_point(filled=True, size=64, opacity=0.9)
        .encode(
            y=alt.Y(
                "level:N", sort=order, title=None, axis=alt.Axis(minExtent=190, maxExtent=190, grid=True)
            ),
            x=alt.X("bits:Q", title="weight, bits"),
            color=alt.Color(
                "model:N",
                title=None,
                scale=alt.Scale(domain=[name, "this model"], range=[_BEFORE, _NOW]),
                legend=alt.Legend(orient="top"),
            ),
        )
        .properties(width=520, height={"step": 18})
    )
