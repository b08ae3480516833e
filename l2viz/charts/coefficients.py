"""Coefficient paths: single weights, or norms of units, against strength, over the validation
curve they are chosen by. As glmnet draws them, of a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from l2viz.analysis import metrics
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, epoch_first, strength_positions
from l2viz.charts.core.chart import Chart, Drawing, chart_name
from l2viz.charts.core.strength_axis import (
    LOWER,
    MARKS,
    UPPER,
    mark_strengths,
    score_axis,
    strength_axis,
    upright,
)
from l2viz.charts.core.theme import axis, base_layout, layer_colour
from l2viz.charts.core.traces import Bound, Sheet, line
from l2viz.trajectory import Array, Trajectory

MOST_LINES = 24  # in one panel; more are a thicket


def coefficient_paths(trajectory: Trajectory) -> tuple[Chart, ...]:
    """The single weights of each regularized kernel, and the norms of the first layer's units."""
    layers = [
        (layer, chart_name("coefficients", name), f"weights of {name}")
        for layer, name in enumerate(trajectory.layer_names)
    ]
    first = trajectory.experiment.layers[0].name
    return tuple(
        Chart(
            name=name,
            slot="coefficients",
            group="Weights",
            title="Coefficient paths",
            variant=variant,
            about="Every line is one weight, or the norm of one unit, trained at every strength: "
            "L2 shrinks them all, and takes none away.",
            draw=partial(_draw, layer=layer),
            arrays=partial(_arrays, layer=layer),
            whole=True,
        )
        for layer, name, variant in [*layers, (None, "coefficients_units", f"units of {first}")]
    )


def followed(trajectory: Trajectory, layer: int | None) -> Array:
    """(K, E+1, n) what is drawn, of the first twin: weights of a kernel, or norms of units."""
    twin = trajectory.twin()
    if layer is None:
        return twin.unit_norm[..., :MOST_LINES]
    matter = np.flatnonzero(_matters(trajectory, layer))
    others = np.flatnonzero(
        (trajectory.context.sampled_layer == layer) & ~_matters(trajectory, layer)
    )
    spread = np.linspace(0, len(others) - 1, min(MOST_LINES - len(matter), len(others)))
    shown = np.concatenate([others[np.rint(spread).astype(int)], matter])
    return twin.sampled_weights[..., shown]


def _matters(trajectory: Trajectory, layer: int | None) -> Array:
    """(S,) bool: the followed weights of a linear model whose true value is not 0."""
    context = trajectory.context
    if layer is None or context.true_kernel is None:
        return np.zeros(len(context.sampled_layer), dtype=bool)
    return context.true_kernel[context.sampled_index] != 0.0


def _arrays(trajectory: Trajectory, layer: int | None) -> Mapping[str, ChartArray]:
    positions = strength_positions(trajectory.strengths)
    values = np.moveaxis(followed(trajectory, layer), (0, 1, 2), (2, 0, 1)).astype(np.float32)
    of_truth = int(_matters(trajectory, layer).sum())  # they come last
    best, choice = metrics.best_on_average(trajectory)
    scores = metrics.scores_of_repeats(trajectory)
    mean, deviation = metrics.over_repeats(scores, axis=0)
    error = deviation / np.sqrt(len(scores))
    by_epoch = {
        f"coefficients_{_key(layer)}": with_gaps(values),
        "average_best_line": np.stack([positions[best]] * 2, axis=1),
        "one_error_line": np.stack([positions[choice]] * 2, axis=1),
    }
    by_both = {
        "average_score": mean,
        "average_score_low": mean - error,
        "average_score_high": mean + error,
    }
    still = with_gaps(np.tile(positions, (1, values.shape[1], 1)))[0]
    stills = {f"coefficients_x_{_key(layer)}": still}
    if of_truth:
        by_epoch["coefficients_true"] = with_gaps(values[:, -of_truth:])
        stills["coefficients_x_true"] = with_gaps(np.tile(positions, (1, of_truth, 1)))[0]
    return {
        **{n: ChartArray(values=array, by_strength=False) for n, array in by_epoch.items()},
        **{n: ChartArray(values=epoch_first(array)) for n, array in by_both.items()},
        **{
            n: ChartArray(values=array, by_epoch=False, by_strength=False)
            for n, array in stills.items()
        },
    }


def with_gaps(lines: Array) -> Array:
    """(E, lines, points) -> (E, one after the other), NaN between, which is drawn as a gap."""
    padded = np.pad(lines, ((0, 0), (0, 0), (0, 1)), constant_values=np.nan)
    return padded.reshape(len(lines), -1)[:, :-1]


def _key(layer: int | None) -> str:
    return "units" if layer is None else str(layer)


def _draw(trajectory: Trajectory, layer: int | None) -> Drawing:
    repeats = trajectory.experiment.repeats
    sheet = Sheet()
    single = "norm of a unit" if layer is None else "single weight"
    sheet.add(
        line(single, layer_colour(layer or 0), width=1),
        x=Bound(f"coefficients_x_{_key(layer)}"),
        y=Bound(f"coefficients_{_key(layer)}"),
    )
    if _matters(trajectory, layer).any():
        sheet.add(
            line("truly not 0", "@best", width=3),
            x=Bound("coefficients_x_true"),
            y=Bound("coefficients_true"),
        )
    word = "accuracy" if trajectory.val_accuracy is not None else "error"
    if repeats > 1:
        for part, name in (
            ("low", f"validation {word} - one standard error"),
            ("high", "one standard error"),
        ):
            edge = line(name, "@validation", width=0, yaxis="y2", hoverinfo="skip")
            edge["showlegend"] = part == "high"
            if part == "high":
                edge |= {"fill": "tonexty", "fillcolor": "@validation-band"}
            score = Bound(f"average_score_{part}", "all")
            sheet.add(edge, x=Bound("strength_position", "all"), y=score)
    mean = f"validation {word}" + (f", mean of {repeats}" if repeats > 1 else "")
    sheet.add(
        line(mean, "@validation", yaxis="y2"),
        x=Bound("strength_position", "all"),
        y=Bound("average_score", "all"),
    )
    mark_strengths(sheet, "y3", best=False)
    best = "best on average" if repeats > 1 else "best on validation"
    sheet.add(upright(best, "@best", "dashdot", "y3"), x=Bound("average_best_line"))
    if repeats > 1:
        choice = upright("one-standard-error choice, over seeds", "@train", "dash", "y3")
        sheet.add(choice, x=Bound("one_error_line"))
    values = followed(trajectory, layer)
    scores = metrics.scores_of_repeats(trajectory)
    settled = values[:, len(trajectory.epochs) // 8 :]
    shown = ranges.from_zero(settled) if layer is None else ranges.around(settled)
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={
            "margin": {**base_layout()["margin"], "l": 56},
            "xaxis": strength_axis(trajectory, anchor="y2"),
            "yaxis": axis(
                "norm of unit" if layer is None else "weight w",
                domain=UPPER,
                range=shown,
                nticks=4,
            ),
            "yaxis2": {
                **score_axis(trajectory, scores, nticks=3),
                "domain": LOWER,
                "anchor": "x",
            },
            "yaxis3": MARKS,
        },
    )
