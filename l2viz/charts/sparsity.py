"""Sparsity: the share of weights below each threshold, of exact zeros and of idle weights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from l2viz.charts.core.arrays import ChartArray, constant, of_path
from l2viz.charts.core.axes import axis
from l2viz.charts.core.binding import CHOSEN, Bound, Selector
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing, Readout, Sheet
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.theme import layer_colour, twin_colour, twin_dash
from l2viz.charts.core.traces import PINS, line
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Trajectory


def sparsity(trajectory: Trajectory, layer: int) -> Chart:
    """Return the sparsity chart of one regularized kernel, with all twins."""
    name = trajectory.layer_names[layer]
    return Chart(
        name=chart_name("sparsity", name),
        slot="sparsity",
        group="Weights",
        title="Sparsity",
        variant=name,
        caption="Share of small weights: L2 makes many small, and hardly one exactly 0",
        about="A small weight is not zero, and an idle weight was not pruned: weights without a "
        "data gradient only decay, however useful they might be.",
        draw=partial(_draw, layer=layer),
        arrays=partial(_arrays, layer=layer),
        whole=True,
    )


def _arrays(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    thresholds = trajectory.context.thresholds
    arrays = {
        "thresholds": constant(thresholds),
        "threshold_ends": constant(thresholds[[0, -1]]),
    }
    for penalty in trajectory.trained.penalties:
        twin = trajectory.twin(penalty)
        zeros = twin.exact_zeros[..., layer]
        idle = twin.idle_sparsity[..., layer, :]
        made = {
            "within": twin.sparsity[..., layer, :],
            "idle": idle,
            "all_idle": idle[..., -1],
            "zeros": zeros,
            "zeros_line": np.stack([zeros, zeros], axis=-1),
        }
        arrays |= {f"{part}_{layer}_{penalty}": of_path(values) for part, values in made.items()}
    return arrays


def _draw(trajectory: Trajectory, layer: int) -> Drawing:
    penalties = trajectory.trained.penalties
    sheet = Sheet()

    def add(trace: dict[str, Any], part: str, penalty: str, strength: Selector = CHOSEN) -> None:
        x = Bound("threshold_ends" if part == "zeros_line" else "thresholds")
        sheet.add(trace, x=x, y=Bound(f"{part}_{layer}_{penalty}", strength))

    first = penalties[0]
    idle = line("without data gradient", "@ghost", width=1, fill="tozeroy", fillcolor="@ghost-band")
    add(idle, "idle", first)
    ghost = ghost_of(trajectory)
    add(line(ghost.label, "@ghost", width=2, dash="longdash"), "within", first, ghost.strength)
    if len(penalties) == 1:
        for pin in PINS:
            add(pin.line("within τ"), "within", first, pin.selector)
    for penalty in penalties:
        alone = len(penalties) == 1
        colour = layer_colour(layer) if alone else twin_colour(penalty)
        title = PENALTIES[penalty].title
        zeros = "exactly zero" if alone else f"{title}: exactly zero"
        add(line(zeros, colour, width=1.5, dash="2px,6px", key=alone), "zeros_line", penalty)
        dash = "solid" if alone else twin_dash(penalty)
        add(line("within τ" if alone else title, colour, dash=dash), "within", penalty)
    thresholds = np.log10(trajectory.context.thresholds[[0, -1]])
    return sheet.drawing(
        {
            "xaxis": axis(
                "threshold τ (log scale)", type="log", range=thresholds.tolist(), dtick=2
            ),
            "yaxis": axis("share with |w| ≤ τ", range=[0.0, 1.02], tickformat=".0%"),
        },
        Readout(
            label="exactly zero",
            array=f"zeros_{layer}_{first}",
            form="percent",
            about="share of weights that are exactly 0",
        ),
        Readout(
            label="idle",
            array=f"all_idle_{layer}_{first}",
            form="percent",
            about="share of weights without data gradient: only the penalty moves them",
        ),
    )
