"""The hover texts of charts."""

from __future__ import annotations

import re

from l2viz.charts.core.hover import hover_text
from l2viz.experiment.strength_grid import strength_text
from tests.charts.every_chart import EVERY_CHART, chart_of

VALUE = re.compile(r"%\{(?:x|y|customdata\[\d\]):(?:\.3[gr]|\.1%|d)\}")


def test_a_line_says_name_and_layer_then_both_values_by_their_axes() -> None:
    layout = {
        "xaxis": {"title": {"text": "strength λ (log scale)"}},
        "yaxis2": {"title": {"text": "accuracy"}, "tickformat": ".0%"},
    }
    assert hover_text({"name": "validation", "yaxis": "y2"}, layout, "dense_1") == (
        "validation (dense_1)<br>accuracy %{y:.1%}<br>strength λ %{x:.3r}<extra></extra>"
    )
    layout["xaxis"] = {"title": {"text": "epoch"}}
    layout["yaxis"] = {"title": {"text": "loss (log)"}, "exponentformat": "power"}
    assert hover_text({"name": "data loss"}, layout, "") == (
        "data loss<br>loss %{y:.3g}<br>epoch %{x:d}<extra></extra>"
    )


def test_a_line_over_strengths_says_the_strength_and_not_its_logarithm() -> None:
    trajectory, chart = chart_of("curve", "norms")
    drawing = chart.drawing(trajectory)
    named = [trace for trace in drawing.traces if trace["name"] == "dense_1"]
    assert named
    for trace in named:
        assert "strength λ %{text}" in trace["hovertemplate"]
        assert trace["text"] == [strength_text(s) for s in trajectory.strengths]


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
