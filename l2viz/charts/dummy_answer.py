"""The network's prediction for one input of random pixels, as on the source page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from l2viz.charts.core.arrays import ChartArray, constant, of_path
from l2viz.charts.core.axes import axis
from l2viz.charts.core.binding import CHOSEN, Bound, Selector
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.traces import PINS, line
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    assert trajectory.dummy_probabilities is not None
    classes = trajectory.dummy_probabilities.shape[-1]
    sheet = Sheet()

    def add(trace: dict[str, Any], strength: Selector) -> None:
        sheet.add(trace, x=Bound("dummy_classes"), y=Bound("dummy_probabilities", strength))

    ghost = ghost_of(trajectory)
    style: dict[str, Any] = {"shape": "hvh", "fill": "tozeroy", "fillcolor": "@ghost-band"}
    add(line(ghost.label, "@ghost", width=1, **style), ghost.strength)
    for pin in PINS:
        add(pin.line("answer", shape="hvh"), pin.selector)
    add(line("answer at λ", "@validation", shape="hvh"), CHOSEN)
    even = line("all alike", "@text", dash="dot", width=1.5)
    sheet.add({**even, "x": [-0.5, classes - 0.5], "y": [1 / classes, 1 / classes]})
    return sheet.drawing(
        {
            "xaxis": axis("class", range=[-0.6, classes - 0.4], tickmode="linear", dtick=1),
            "yaxis": axis("probability", range=[0.0, 1.02], tickformat=".0%"),
        }
    )


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    assert trajectory.dummy_probabilities is not None
    classes = trajectory.dummy_probabilities.shape[-1]
    return {
        "dummy_probabilities": of_path(trajectory.dummy_probabilities),
        "dummy_classes": constant(np.arange(classes)),
    }


DUMMY_ANSWER = Chart(
    name="dummy_answer",
    slot="dummy",
    group="Fit",
    title="Answer to random pixels",
    caption="How sure the network is of an input that shows nothing",
    about="`predict` on one input of random pixels. The input shows nothing, but a network "
    "without penalty is sure of its answer. A strong penalty on all kernels makes all classes "
    "equally likely; a penalty on the first kernel only goes part of the way.",
    draw=_draw,
    arrays=_arrays,
)
