"""The hover texts of charts."""

from __future__ import annotations

import re

from l2viz.charts.core.hover import hover_text
from tests.charts.every_chart import EVERY_CHART, chart_of

VALUE = re.compile(r"%\{(?:x|y|customdata\[\d\]):(?:\.3g|\.1%)\}")


def test_a_line_says_name_and_layer_then_both_values_by_their_axes() -> None:
    layout = {
        "xaxis": {"title": {"text": "strength λ (log scale)"}},
        "yaxis2": {"title": {"text": "accuracy"}, "tickformat": ".0%"},
    }
    assert hover_text({"name": "validation", "yaxis": "y2"}, layout, "dense_1") == (
        "validation (dense_1)<br>accuracy %{y:.1%}<br>strength λ %{x:.3g}<extra></extra>"
    )


@EVERY_CHART
def test_every_trace_says_its_values_or_nothing(kind: str, name: str) -> None:
    trajectory, chart = chart_of(kind, name)
    for trace in chart.drawing(trajectory).traces:
        if trace.get("hoverinfo") == "skip":
            continue
        text = trace["hovertemplate"]
        assert VALUE.search(text) or ("%{text}" in text and trace["text"]), text
        assert not re.search(r"%\{(x|y)\}", text), text
        if trace["type"] == "scatter" and trace["mode"] == "lines":
            assert text.startswith(trace["name"]), text
