"""Histograms of one layer as a ridge: one behind the other, over strengths or over epochs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.charts.core.arrays import EMPTY_BIN, ChartArray, epoch_first
from l2viz.charts.core.chart import Chart, Drawing, chart_name
from l2viz.charts.core.theme import axis, base_layout, layer_colour
from l2viz.charts.core.traces import PINS, Bound, Sheet, line
from l2viz.trajectory import Array, Trajectory

ROWS = 16  # epochs, at most, that a ridge shows
OVERLAP = 5.0  # rows that the highest possible count reaches over


def ridges(trajectory: Trajectory, layer: int) -> tuple[Chart, Chart]:
    """The two ridges of one regularized kernel."""
    name = trajectory.layer_names[layer]
    return (
        Chart(
            name=chart_name("ridge_strengths", name),
            slot="ridge",
            group="Weights",
            title="Ridge of weights",
            variant=f"{name} over strengths",
            about="The same network at every strength: the hill grows narrow as λ rises. Heights "
            "are logarithms of counts.",
            draw=lambda trajectory: _draw_strengths(trajectory, layer),
            arrays=lambda trajectory: _over_strengths(trajectory, layer),
        ),
        Chart(
            name=chart_name("ridge_epochs", name),
            slot="ridge",
            group="Weights",
            title="Ridge of weights",
            variant=f"{name} over epochs",
            about="The chosen strength from the start of training on, as TensorBoard shows "
            "histograms. Heights are logarithms of counts.",
            draw=lambda trajectory: _draw_epochs(trajectory, layer),
            arrays=lambda trajectory: _over_epochs(trajectory, layer),
        ),
    )


def _heights(trajectory: Trajectory, layer: int) -> Array:
    """(E+1, K, bins) from 0, an empty bin, to OVERLAP, all weights in one bin."""
    counts = np.maximum(epoch_first(trajectory.histogram)[:, :, layer], EMPTY_BIN) / EMPTY_BIN
    size = trajectory.context.kernel_sizes[layer] / EMPTY_BIN
    heights: Array = OVERLAP * np.log(counts) / np.log(size)
    return heights.astype(np.float32)


def _centres(trajectory: Trajectory, layer: int) -> Array:
    edges = trajectory.context.bin_edges[layer]
    centres: Array = (edges[1:] + edges[:-1]) / 2
    return centres


# ---- over strengths: a row for each, λ = 0 the lowest


def _over_strengths(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    rows = np.arange(len(trajectory.strengths), dtype=np.float32)
    centres = np.tile(_centres(trajectory, layer), (len(rows), 1))
    return {
        f"ridge_{layer}": ChartArray(values=_heights(trajectory, layer) + rows[:, None]),
        f"ridge_x_{layer}": ChartArray(values=centres, by_epoch=False),
    }


def _draw_strengths(trajectory: Trajectory, layer: int) -> Drawing:
    sheet = Sheet()
    x, y = f"ridge_x_{layer}", f"ridge_{layer}"
    sheet.add(line("every λ", "@ghost", width=1), x=Bound(x, "each"), y=Bound(y, "each"))
    _add_chosen(sheet, x, y, layer, "weights at λ")
    count = len(trajectory.strengths)
    rows = np.unique(np.rint(np.linspace(0, count - 1, min(count, 5))).astype(int))
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={
            "margin": {**base_layout()["margin"], "l": 58},
            "xaxis": _weight_axis(trajectory, layer),
            "yaxis": axis(
                "strength λ",
                range=[-0.6, count - 1 + OVERLAP],
                tickvals=rows.tolist(),
                ticktext=[f"{trajectory.strengths[row]:.2g}" for row in rows],
            ),
        },
    )


# ---- over epochs: a row for some, each standing on its own epoch


def shown_epochs(trajectory: Trajectory) -> Array:
    """The recorded epochs that have a row, of the whole run."""
    recorded = np.array(trajectory.experiment.recorded_epochs)
    spread = np.linspace(0, len(recorded) - 1, min(ROWS, len(recorded)))
    shown: Array = recorded[np.unique(np.rint(spread).astype(int))]
    return shown


def _row(trajectory: Trajectory) -> float:
    """Epochs between two rows."""
    return trajectory.experiment.epochs / max(len(shown_epochs(trajectory)) - 1, 1)


def _over_epochs(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    heights = _heights(trajectory, layer) * _row(trajectory)
    standing = (heights + trajectory.epochs[:, None, None]).astype(np.float32)
    kept = np.flatnonzero(np.isin(trajectory.epochs, shown_epochs(trajectory)))
    centres = _centres(trajectory, layer)
    return {
        f"ridge_now_{layer}": ChartArray(values=standing),
        f"ridge_until_{layer}": ChartArray(values=standing[kept], kept=kept),
        f"ridge_until_x_{layer}": ChartArray(
            values=np.tile(centres, (len(kept), 1)), by_strength=False, kept=kept
        ),
        f"ridge_now_x_{layer}": ChartArray(values=centres, by_epoch=False, by_strength=False),
    }


def _draw_epochs(trajectory: Trajectory, layer: int) -> Drawing:
    sheet = Sheet()
    sheet.add(
        line("epochs before", "@ghost", width=1),
        x=Bound(f"ridge_until_x_{layer}", epoch="each"),
        y=Bound(f"ridge_until_{layer}", epoch="each"),
    )
    _add_chosen(sheet, f"ridge_now_x_{layer}", f"ridge_now_{layer}", layer, "weights now")
    top = trajectory.experiment.epochs + OVERLAP * _row(trajectory)
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={
            "margin": {**base_layout()["margin"], "l": 58},
            "xaxis": _weight_axis(trajectory, layer),
            "yaxis": axis("epoch", range=[-0.6 * _row(trajectory), top]),
        },
    )


def _add_chosen(sheet: Sheet, x: str, y: str, layer: int, name: str) -> None:
    for pin, letter, dash in PINS:
        pinned = line(f"{letter}: weights", f"@{pin}", key=False, dash=dash)
        sheet.add(pinned, x=Bound(x, pin), y=Bound(y, pin))
    sheet.add(line(name, layer_colour(layer), width=2.5), x=Bound(x), y=Bound(y))


def _weight_axis(trajectory: Trajectory, layer: int) -> dict[str, object]:
    edge = float(trajectory.context.bin_edges[layer, -1])
    return axis("weight w", range=[-edge, edge])
