"""Coefficient paths, as in glmnet: single weights, or norms of units, against strength, above the
validation curve.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from l2viz.analysis import metrics
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import (
    ChartArray,
    constant,
    of_epochs,
    of_path,
    strength_positions,
    with_gaps,
)
from l2viz.charts.core.axes import LOWER, UPPER, axis, score_axis_of_strengths, strength_axis
from l2viz.charts.core.binding import Bound
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing, Sheet, over_strengths
from l2viz.charts.core.strength_marks import MARKS, mark_strengths, upright
from l2viz.charts.core.theme import base_layout, layer_colour
from l2viz.charts.core.traces import line
from l2viz.trajectory import Array, RecordedModel, Trajectory

MOST_LINES = 24  # in one panel; more cannot be distinguished


def coefficient_paths(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return a chart of each regularized kernel's weights, and one of the first layer's units."""
    layers = [
        (layer, chart_name("coefficients", name), f"weights of {name}")
        for layer, name in enumerate(trajectory.layer_names)
    ]
    trained = trajectory.trained
    first = trained.variables[0] if isinstance(trained, RecordedModel) else trained.layers[0].name
    return tuple(
        Chart(
            name=name,
            slot="coefficients",
            group="Weights",
            title="Coefficient paths",
            variant=variant,
            caption="Weights, or norms of units, over all strengths: smaller, but not 0",
            about="Each line follows one weight, or the norm of one unit, over all strengths: L2 "
            "shrinks them all, but sets none to zero.",
            draw=partial(_draw, layer=layer),
            arrays=partial(_arrays, layer=layer),
            whole=True,
        )
        for layer, name, variant in [*layers, (None, "coefficients_units", f"units of {first}")]
    )


def followed(trajectory: Trajectory, layer: int | None) -> Array:
    """Return the lines of the first twin, (K, E+1, n): weights of a kernel, or norms of units."""
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
    """Return which sampled weights of a linear model have a true value other than 0, (S,) bool."""
    context = trajectory.context
    if layer is None or context.true_kernel is None:
        return np.zeros(len(context.sampled_layer), dtype=bool)
    return context.true_kernel[context.sampled_index] != 0.0


def _arrays(trajectory: Trajectory, layer: int | None) -> Mapping[str, ChartArray]:
    positions = strength_positions(trajectory.strengths)
    values = np.moveaxis(followed(trajectory, layer), (0, 1, 2), (2, 0, 1)).astype(np.float32)
    of_truth = int(_matters(trajectory, layer).sum())  # they come last
    best, choice = metrics.best_on_average(trajectory)
    mean, error = metrics.mean_score(trajectory)
    arrays = {
        f"coefficients_{_key(layer)}": of_epochs(with_gaps(values)),
        f"coefficients_x_{_key(layer)}": _along(positions, values.shape[1]),
        "average_best_line": of_epochs(np.stack([positions[best]] * 2, axis=1)),
        "one_error_line": of_epochs(np.stack([positions[choice]] * 2, axis=1)),
        "average_score": of_path(mean),
        "average_score_low": of_path(mean - error),
        "average_score_high": of_path(mean + error),
    }
    if of_truth:
        arrays["coefficients_true"] = of_epochs(with_gaps(values[:, -of_truth:]))
        arrays["coefficients_x_true"] = _along(positions, of_truth)
    return arrays


def _along(positions: Array, lines: int) -> ChartArray:
    """Return the x values of `lines` lines over all strengths."""
    return constant(with_gaps(np.tile(positions, (lines, 1))))


def _key(layer: int | None) -> str:
    return "units" if layer is None else str(layer)


def _draw(trajectory: Trajectory, layer: int | None) -> Drawing:
    repeats = trajectory.trained.repeats
    sheet = Sheet()
    single = "norm of a unit" if layer is None else "single weight"
    sheet.add(
        line(single, layer_colour(layer or 0), width=1),
        x=Bound(f"coefficients_x_{_key(layer)}"),
        y=Bound(f"coefficients_{_key(layer)}"),
    )
    if _matters(trajectory, layer).any():
        sheet.add(
            line("truly not 0", "@truth", width=3),
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
            sheet.add(edge, **over_strengths(f"average_score_{part}"))
    mean = f"validation {word}" + (f", mean of {repeats}" if repeats > 1 else "")
    sheet.add(line(mean, "@validation", yaxis="y2"), **over_strengths("average_score"))
    mark_strengths(sheet, "y3", best=False)
    best = "best on average" if repeats > 1 else "best on validation"
    sheet.add(upright(best, "@best", "dashdot", "y3"), x=Bound("average_best_line"))
    if repeats > 1:
        choice = upright("one-standard-error choice, over seeds", "@best", "dash", "y3")
        sheet.add(choice, x=Bound("one_error_line"))
    values = followed(trajectory, layer)
    scores = metrics.scores_of_repeats(trajectory)
    settled = values[:, len(trajectory.epochs) // 8 :]
    shown = ranges.from_zero(settled) if layer is None else ranges.around(settled)
    return sheet.drawing(
        {
            "margin": {**base_layout()["margin"], "l": 56},
            "xaxis": strength_axis(trajectory, anchor="y2"),
            "yaxis": axis(
                "norm of unit" if layer is None else "weight w",
                domain=UPPER,
                range=shown,
                nticks=4,
            ),
            "yaxis2": {
                **score_axis_of_strengths(trajectory, scores, step=0.2, nticks=3),
                "domain": LOWER,
                "anchor": "x",
            },
            "yaxis3": MARKS,
        }
    )
