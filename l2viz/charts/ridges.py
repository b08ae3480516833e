"""Histograms of one layer as a ridge: one behind the other, over strengths or over epochs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from l2viz.charts.core.arrays import EMPTY_BIN, ChartArray, bin_centres, epoch_first, of_strengths
from l2viz.charts.core.axes import axis, weight_axis
from l2viz.charts.core.binding import EACH, Bound
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.theme import base_layout, layer_colour
from l2viz.charts.core.traces import PINS, line
from l2viz.experiment.number_text import short_number_text
from l2viz.trajectory import Array, Trajectory

ROWS = 16  # epochs that a ridge shows at most
OVERLAP = 5.0  # height of the highest possible count, in rows


def ridges(trajectory: Trajectory, layer: int) -> tuple[Chart, Chart]:
    """Return the two ridges of one regularized kernel."""
    name = trajectory.layer_names[layer]
    return (
        Chart(
            name=chart_name("ridge_strengths", name),
            slot="ridge",
            group="Weights",
            title="Ridge of weights",
            variant=f"{name} over strengths",
            caption="How the weights are spread, at each strength",
            about="The weights of the same network at every strength: the hill gets narrower as λ "
            "rises. Heights are logarithms of counts; weights beyond the axis are left out.",
            draw=partial(_draw_strengths, layer=layer),
            arrays=partial(_over_strengths, layer=layer),
        ),
        Chart(
            name=chart_name("ridge_epochs", name),
            slot="ridge",
            group="Weights",
            title="Ridge of weights",
            variant=f"{name} over epochs",
            caption="How the weights are spread, from the start of training on",
            about="The weights at the chosen strength from the start of training on, as "
            "TensorBoard shows histograms. Heights are logarithms of counts; weights beyond the "
            "axis are left out.",
            draw=partial(_draw_epochs, layer=layer),
            arrays=partial(_over_epochs, layer=layer),
        ),
    )


def _heights(trajectory: Trajectory, layer: int) -> Array:
    """Return heights from 0 (empty bin) to OVERLAP (all weights in one bin), (E+1, K, bins)."""
    counts = np.maximum(epoch_first(trajectory.histogram)[:, :, layer, 1:-1], EMPTY_BIN) / EMPTY_BIN
    size = trajectory.context.kernel_sizes[layer] / EMPTY_BIN
    heights: Array = OVERLAP * np.log(counts) / np.log(size)
    return heights.astype(np.float32)


# ---- over strengths: a row for each, λ = 0 at the bottom


def _over_strengths(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    rows = np.arange(len(trajectory.strengths), dtype=np.float32)
    centres = np.tile(bin_centres(trajectory.context)[layer], (len(rows), 1))
    return {
        f"ridge_{layer}": ChartArray(values=_heights(trajectory, layer) + rows[:, None]),
        f"ridge_x_{layer}": of_strengths(centres),
    }


def _draw_strengths(trajectory: Trajectory, layer: int) -> Drawing:
    sheet = Sheet()
    x, y = Bound(f"ridge_x_{layer}", EACH), Bound(f"ridge_{layer}", EACH)
    sheet.add(line("every λ", "@ghost", width=1), x=x, y=y)
    _add_chosen(sheet, f"ridge_{layer}", layer, "weights at λ")
    count = len(trajectory.strengths)
    rows = np.unique(np.rint(np.linspace(0, count - 1, min(count, 5))).astype(int))
    return sheet.drawing(
        {
            "margin": {**base_layout()["margin"], "l": 58},
            "xaxis": weight_axis(trajectory, layer),
            "yaxis": axis(
                "strength λ",
                range=[-0.6, count - 1 + OVERLAP],
                tickvals=rows.tolist(),
                ticktext=[
                    short_number_text(trajectory.strengths[row], 2) for row in rows
                ],  # no room
            ),
        }
    )


# ---- over epochs: a row for at most ROWS of them, at the height of its epoch


def shown_epochs(trajectory: Trajectory) -> Array:
    """Return the recorded epochs of the run that have a row, evenly spread."""
    recorded = np.array(trajectory.trained.recorded_epochs)
    spread = np.linspace(0, len(recorded) - 1, min(ROWS, len(recorded)))
    shown: Array = recorded[np.unique(np.rint(spread).astype(int))]
    return shown


def _row(trajectory: Trajectory) -> float:
    """Return the distance between two rows in epochs."""
    return trajectory.trained.epochs / max(len(shown_epochs(trajectory)) - 1, 1)


def _over_epochs(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    heights = _heights(trajectory, layer) * _row(trajectory)
    standing = (heights + trajectory.epochs[:, None, None]).astype(np.float32)
    kept = np.flatnonzero(np.isin(trajectory.epochs, shown_epochs(trajectory)))
    centres = bin_centres(trajectory.context)[layer]
    return {
        f"ridge_now_{layer}": ChartArray(values=standing),
        f"ridge_until_{layer}": ChartArray(values=standing[kept], kept=kept),
        f"ridge_until_x_{layer}": ChartArray(
            values=np.tile(centres, (len(kept), 1)), by_strength=False, kept=kept
        ),
    }


def _draw_epochs(trajectory: Trajectory, layer: int) -> Drawing:
    sheet = Sheet()
    sheet.add(
        line("epochs before", "@ghost", width=1),
        x=Bound(f"ridge_until_x_{layer}", epoch="each"),
        y=Bound(f"ridge_until_{layer}", epoch="each"),
    )
    _add_chosen(sheet, f"ridge_now_{layer}", layer, "weights now")
    top = trajectory.trained.epochs + OVERLAP * _row(trajectory)
    return sheet.drawing(
        {
            "margin": {**base_layout()["margin"], "l": 58},
            "xaxis": weight_axis(trajectory, layer),
            "yaxis": axis("epoch", range=[-0.6 * _row(trajectory), top]),
        }
    )


def _add_chosen(sheet: Sheet, array: str, layer: int, name: str) -> None:
    x = Bound("bin_centres", index=(layer,))
    for pin in PINS:
        sheet.add(pin.line("weights"), x=x, y=Bound(array, pin.selector))
    sheet.add(line(name, layer_colour(layer), width=2.5), x=x, y=Bound(array))
