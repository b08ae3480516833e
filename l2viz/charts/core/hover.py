"""The hover text of a chart: name of the line, and both coordinates with their axis titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def hover_text(trace: Mapping[str, Any], layout: Mapping[str, Any], variant: str) -> str:
    """Return a Plotly hovertemplate with a line's name, the chart's variant, and both axis titles.

    variant   of the chart, usually the layer

    A trace with a ``text`` for each point says that in place of its x, which is a logarithm.
    """
    across, up = (layout.get(_axis(trace, axis), {}) for axis in ("xaxis", "yaxis"))
    of = f" ({variant})" if variant else ""
    place = "strength λ %{text}" if "text" in trace else _value(across, "x")
    return "<br>".join((trace["name"] + of, _value(up, "y"), place)) + "<extra></extra>"


def _axis(trace: Mapping[str, Any], axis: str) -> str:
    """Return the axis name in the layout: "yaxis2" for the axis "y2" of a trace."""
    return axis + str(trace.get(axis, ""))[1:]


def _value(axis: Mapping[str, Any], letter: str) -> str:
    title = axis.get("title", "")
    name = title.get("text", "") if isinstance(title, Mapping) else title
    quantity = name.replace(" (log scale)", "").replace(" (log)", "").partition(", from ")[0]
    return f"{quantity} %{{{letter}:{_form(axis, quantity)}}}"


def _form(axis: Mapping[str, Any], quantity: str) -> str:
    """Return the number format that is nearest to `number_text`, which Plotly does not have."""
    if quantity == "epoch":
        return "d"
    if str(axis.get("tickformat", "")).endswith("%"):
        return ".1%"
    return ".3g" if axis.get("exponentformat") == "power" else ".3r"
