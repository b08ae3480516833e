"""What a chart says under the pointer: quantity, value with three significant digits, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def hover_text(trace: Mapping[str, Any], layout: Mapping[str, Any], variant: str) -> str:
    """A Plotly hovertemplate for a line: its own name, the titles of its axes, and the layer.

    variant   of the chart, which most often is the layer
    """
    across, up = (layout.get(_axis(trace, axis), {}) for axis in ("xaxis", "yaxis"))
    of = f" ({variant})" if variant else ""
    return (
        "<br>".join((trace["name"] + of, _value(up, "y"), _value(across, "x"))) + "<extra></extra>"
    )


def _axis(trace: Mapping[str, Any], axis: str) -> str:
    """Plotly calls the axis "y2" of a trace "yaxis2" in the layout."""
    return axis + str(trace.get(axis, ""))[1:]


def _value(axis: Mapping[str, Any], letter: str) -> str:
    title = axis.get("title", "")
    name = title.get("text", "") if isinstance(title, Mapping) else title
    form = ".1%" if str(axis.get("tickformat", "")).endswith("%") else ".3g"
    quantity = name.replace(" (log scale)", "").replace(" (log)", "")
    return f"{quantity} %{{{letter}:{form}}}"
