"""Single weights as bars, sorted by their values at λ = 0, which stand behind them as ghosts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, constant, of_epochs
from l2viz.charts.core.axes import axis
from l2viz.charts.core.binding import CHOSEN, Bound
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing, Readout, Sheet
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.theme import layer_colour
from l2viz.charts.core.traces import PINS, bars, dots
from l2viz.trajectory import Array, Trajectory

MOST_BARS = 48  # more cannot be counted
SMALL = 0.01  # |w| up to which weights are counted


def single_weights(trajectory: Trajectory, layer: int) -> tuple[Chart, ...]:
    """Return the charts of one kernel: at every epoch, and of a large kernel at the last one."""
    name = trajectory.layer_names[layer]
    recorded = int((trajectory.context.sampled_layer == layer).sum())
    size = trajectory.context.kernel_sizes[layer]
    charts = [
        Chart(
            name=chart_name("bars", name),
            slot="bars",
            group="Weights",
            title="Single weights",
            variant=name,
            caption="Each bar is a weight: it shrinks, and is seldom exactly 0",
            about="Each bar is one weight, with its value at λ = 0 behind it. The order is that of "
            "λ = 0, so a bar stays in its place as λ moves. "
            + _left_out(recorded, size, "recorded at every epoch, picked at random, "),
            draw=partial(_draw, layer=layer, part="bars"),
            arrays=partial(_arrays, layer=layer),
        )
    ]
    if recorded < size:
        charts.append(
            Chart(
                name=chart_name("largest", name),
                slot="bars",
                group="Weights",
                title="Single weights",
                variant=f"{name}, largest of all at the last epoch",
                caption="The largest weights of this layer, each as a bar",
                about="Each bar is one weight, with its value at λ = 0 behind it. "
                + _left_out(size, size, "")
                + " Whole kernels are kept for the last epoch only.",
                draw=partial(_draw, layer=layer, part="largest"),
                arrays=partial(_arrays_of_all, layer=layer),
            )
        )
    return tuple(charts)


def _left_out(known: int, size: int, how: str) -> str:
    """Say which of the known weights are drawn, and how many are left out."""
    shown = min(MOST_BARS, known)
    if shown == size:
        return f"All {size:,} weights are shown."
    of_all = f" of {size:,}" if known < size else ""
    return f"Shown are the {shown} largest at λ = 0 of the {known:,}{of_all} weights {how}".rstrip(
        " ,"
    ) + (f"; the other {size - shown:,} are left out.")


def _sorted_by(ghost: Array, weights: Array, index: Array) -> tuple[Array, Array]:
    """Return the largest weights in falling order of the ghost's.

    ghost (E, m), weights (E, K, m) and positions in the kernel (m,) give (E, K, n) and (E, n).
    """
    known = np.nan_to_num(ghost, nan=0.0)  # diverged: any order will do
    count = min(MOST_BARS, ghost.shape[-1])
    largest = np.argsort(-np.abs(known), axis=-1, kind="stable")[:, :count]
    falling = np.argsort(-np.take_along_axis(known, largest, axis=-1), axis=-1, kind="stable")
    order = np.take_along_axis(largest, falling, axis=-1)
    return np.take_along_axis(weights, order[:, None], axis=-1), index[order]


def _named(part: str, layer: int, weights: Array, places: Array, shape: tuple[int, ...]) -> Any:
    """Return the arrays of bars (E, K, n) with their positions (E, n) in a kernel of `shape`."""
    return {
        f"{part}_{layer}": weights.astype(np.float32),
        f"{part}_small_{layer}": (np.abs(weights) <= SMALL).sum(axis=-1).astype(np.float32),
        f"{part}_place_{layer}": np.stack(np.unravel_index(places, shape), axis=-1),
    }


def _arrays(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    context = trajectory.context
    of_layer = context.sampled_layer == layer
    weights = np.moveaxis(trajectory.sampled_weights[..., of_layer], 1, 0)
    ghost = weights[:, _ghost(trajectory)]
    bars_of, places = _sorted_by(ghost, weights, context.sampled_index[of_layer])
    shape = context.kernel_shapes[layer]
    made = _named("bars", layer, bars_of, places, shape)
    place = made.pop(f"bars_place_{layer}")
    return {
        **{name: ChartArray(values=values) for name, values in made.items()},
        f"bars_place_{layer}": of_epochs(place),
        f"bars_number_{layer}": _numbers(bars_of),
    }


def _arrays_of_all(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    shape = trajectory.context.kernel_shapes[layer]
    members, count = len(trajectory.strengths), min(MOST_BARS, int(np.prod(shape)))
    last = np.flatnonzero(trajectory.epochs == trajectory.experiment.epochs)
    weights: Array = np.zeros((0, members, count), dtype=np.float32)
    places: Array = np.zeros((0, count), dtype=int)
    if trajectory.kernels and last.size:
        whole = trajectory.kernels[layer].reshape(1, members, -1)
        ghost = whole[:, _ghost(trajectory)]
        weights, places = _sorted_by(ghost, whole, np.arange(whole.shape[-1]))
    kept = last[: len(weights)]
    made = _named("largest", layer, weights, places, shape)
    return {
        f"largest_{layer}": ChartArray(values=made[f"largest_{layer}"], kept=kept),
        f"largest_place_{layer}": ChartArray(
            values=made[f"largest_place_{layer}"], by_strength=False, kept=kept
        ),
        f"largest_number_{layer}": _numbers(weights),
    }


def _numbers(weights: Array) -> ChartArray:
    return constant(np.arange(1, weights.shape[-1] + 1))


def _ghost(trajectory: Trajectory) -> int:
    """Return the position of the ghost on the strength axis."""
    return ghost_of(trajectory).strength.member or 0


def _draw(trajectory: Trajectory, layer: int, part: str) -> Drawing:
    ghost = ghost_of(trajectory)
    shape = trajectory.context.kernel_shapes[layer]
    place = ", ".join(f"%{{customdata[{position}]}}" for position in range(len(shape)))
    name = trajectory.layer_names[layer]
    sheet = Sheet()

    def add(trace: dict[str, Any], strength: Any) -> None:
        sheet.add(
            trace,
            x=Bound(f"{part}_number_{layer}"),
            y=Bound(f"{part}_{layer}", strength),
            customdata=Bound(f"{part}_place_{layer}"),
        )

    def hover(what: str) -> str:
        return f"{name} [{place}]<br>{what} %{{y:.3g}}"

    add(
        bars(ghost.label, "@ghost", 0.92, hover(f"w at {ghost.label}"), opacity=0.55),
        ghost.strength,
    )
    add(bars("weights at λ", layer_colour(layer), 0.5, hover("w")), CHOSEN)
    for pin in PINS:
        mark = dots(
            f"{pin.letter}: weights",
            pin.colour,
            6,
            hover(f"w at {pin.letter}"),
            key=False,
            symbol="circle-open",
        )
        add(mark, pin.selector)
    of_layer = trajectory.context.sampled_layer == layer
    known = [trajectory.sampled_weights[..., of_layer]]
    if part == "largest":
        known = [trajectory.kernels[layer]] if trajectory.kernels else known
    size = trajectory.context.kernel_sizes[layer]
    count = min(MOST_BARS, size if part == "largest" else int(of_layer.sum()))
    numbers: tuple[Readout, ...] = ()
    if part == "bars":
        numbers = (
            Readout(
                label=f"|w| ≤ {SMALL:g} (of {count})",
                array=f"bars_small_{layer}",
                form="number",
                about=f"how many of the weights shown are within {SMALL:g} of zero",
            ),
        )
    return sheet.drawing(
        {
            "barmode": "overlay",
            "xaxis": axis(
                f"{count} of {size:,} weights, sorted by their values at {ghost.label}",
                range=[0.3, count + 0.7],
            ),
            "yaxis": axis(
                "weight w",
                range=ranges.around(np.concatenate([each.ravel() for each in known])),
                zeroline=True,
                zerolinecolor="@text",
            ),
        },
        *numbers,
    )
