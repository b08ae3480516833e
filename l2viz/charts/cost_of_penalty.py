"""Cost of the penalty in time: every timed pair, their median and quartiles.

This is a figure and not a Chart, as its data is not part of a run: it comes from
`l2viz.studies.penalty_timing`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from l2viz.charts.core.axes import axis
from l2viz.charts.core.theme import base_layout, coloured, figure_layout
from l2viz.charts.core.traces import dots, line
from l2viz.trajectory import Array

_LEAST = 5.0  # percent on either side of 0 that the axis always shows


def cost_figure(percentages: Sequence[float], *, theme: str = "light") -> go.Figure:
    """Draw 100 · (seconds with the penalty ÷ seconds without - 1) of each timed pair.

    The band holds the middle half of the pairs, the line through it is their median.

    Parameters
    ----------
    percentages
        One number for each pair, in the order timed: ``penalty_cost(experiment).percentages``.
    theme
        "light", "dark" or "print".

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    ValueError
        If there is no pair.
    """
    if not percentages:
        raise ValueError("percentages must hold at least one pair, got none")
    values = np.asarray(percentages, dtype=float)
    pairs = np.arange(1, len(values) + 1)
    lower, median, upper = np.percentile(values, (25, 50, 75))
    ends = [0.5, len(values) + 0.5]
    half = line(
        f"half of the pairs: {lower:+.1f} to {upper:+.1f} %",
        "rgba(0,0,0,0)",
        width=0,
        fill="toself",
        fillcolor="@train-band",
        x=[*ends, *ends[::-1], ends[0]],
        y=[lower, lower, upper, upper, lower],
        hoverinfo="skip",
    )
    traces = [
        half,
        line("no cost", "@ghost", width=1, dash="dot", x=ends, y=[0.0, 0.0]),
        line(f"median: {median:+.1f} %", "@text", x=ends, y=[median, median]),
        dots("a pair", "@text", 6, "pair %{x}: %{y:+.3g} %") | {"x": pairs, "y": values},
    ]
    layout = {
        **base_layout(),
        **figure_layout("Cost of the penalty in time"),
        "xaxis": axis("pair, in the order timed", range=ends, dtick=1 if len(values) <= 10 else 5),
        "yaxis": axis("more time with the penalty, %", range=_range(values)),
    }
    return go.Figure(data=coloured(traces, theme), layout=coloured(layout, theme))


def _range(values: Array) -> list[float]:
    low, high = min(values.min(), -_LEAST), max(values.max(), _LEAST)
    margin = 0.05 * (high - low)
    return [float(low - margin), float(high + margin)]
