"""The hover text of a chart: name of the line, and both coordinates with their axis titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def hover_text(trace: Mapping[str, Any], layout: Mapping[str, Any], variant: str) -> str:
    """Return a Plotly hovertemplate with a line's name, the chart's variant, and both axis titles.

    variant   of the chart, usually the layer
    """
    across, up = (layout.get(_axis(trace, axis), {}) for axis in ("xaxis", "yaxis"))
    of = f" ({variant})" if variant else ""
    return (
        "<br>".join((trace["name"] + of, _value(up, "y"), _value(across, "x"))) + "<extra></extra>"
    )


def _axis(trace: Mapping[str, Any], axis: str) -> str:
    """Return the axis name in the layout: "yaxis2" for the axis "y2" of a trace."""
    return axis + str(trace.get(axis, ""))[1:]


def _value(axis: Mapping[str, Any], letter: str) -> str:
    title = axis.get("title", "")
    name = title.get("text", "") if isinstance(title, Mapping) else title
    form = ".1%" if str(axis.get("tickformat", "")).endswith("%") else ".3g"
    quantity = name.replace(" (log scale)", "").replace(" (log)", "")
    return f"{quantity} %{{{letter}:{form}}}"
