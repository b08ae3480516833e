"""Data gradient against penalty gradient: weight by weight, and their norms and angle."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from l2viz.analysis import metrics
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, floored, of_path
from l2viz.charts.core.axes import LOWER, UPPER, axis, epoch_axis, floored_axis
from l2viz.charts.core.binding import CHOSEN, Bound, Selector
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing, Readout, Sheet, over_epochs
from l2viz.charts.core.own_strength import own_lambda
from l2viz.charts.core.theme import base_layout, layer_colour
from l2viz.charts.core.traces import PINS, dots, line
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, RecordedModel, Trajectory

_LOWEST = 1e-6  # norm of a gradient; a smaller one is drawn as this
UNIT = 1e-5  # the pulls' scale is linear well below it, logarithmic well above


def gradients(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts of every regularized kernel; none if the penalty is not in the loss."""
    penalty = trajectory.trained.penalties[0]
    if not PENALTIES[penalty].in_loss:
        return ()
    layers = list(enumerate(trajectory.layer_names))
    charts = [_tug_of_war(layer, name) for layer, name in layers]
    if penalty == "l2":
        charts += [_norms_and_angle(layer, name) for layer, name in layers]
    return tuple(charts)


def signed_log(values: Array) -> Array:
    """asinh(v / UNIT) / ln 10: a logarithmic scale for both signs, one unit per decade."""
    scaled: Array = np.arcsinh(np.asarray(values, dtype=np.float64) / UNIT) / np.log(10.0)
    return scaled


# ---- weight by weight


def _tug_of_war(layer: int, name: str) -> Chart:
    return Chart(
        name=chart_name("tug_of_war", name),
        slot="tug_of_war",
        group="Gradients",
        title="Tug-of-war",
        variant=name,
        caption="Each dot is a weight: the data pulls it one way, the penalty the other",
        about="At a minimum, the data pulls each weight as hard as the penalty pulls it back: all "
        "dots lie on the diagonal. Training with minibatches never quite gets there.",
        draw=partial(_draw_pulls, layer=layer),
        arrays=partial(_pulls, layer=layer),
    )


def _pulls(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    of_layer = trajectory.context.sampled_layer == layer
    made = {
        "pull_of_data": -trajectory.sampled_gradients[..., of_layer],
        "pull_of_penalty": metrics.penalty_gradient(trajectory)[..., of_layer],
    }
    arrays = {
        f"{name}_{layer}": of_path(signed_log(values).astype(np.float32))
        for name, values in made.items()
    }
    both = np.stack(list(made.values()), axis=-1)
    arrays[f"pulls_{layer}"] = of_path(both.astype(np.float32))
    arrays[f"distance_{layer}"] = of_path(metrics.distance_from_balance(trajectory)[..., layer])
    return arrays


def _draw_pulls(trajectory: Trajectory, layer: int) -> Drawing:
    of_layer = trajectory.context.sampled_layer == layer
    largest = max(
        float(np.fmax.reduce(np.abs(pulls[..., of_layer]), axis=None, initial=UNIT))
        for pulls in (trajectory.sampled_gradients, metrics.penalty_gradient(trajectory))
    )
    reach = float(signed_log(np.array(ranges.round_up(largest))))
    sheet = Sheet()
    diagonal = line("in balance", "@text", dash="dash", width=1.5, hoverinfo="skip")
    sheet.add({**diagonal, "x": [-reach, reach], "y": [-reach, reach]})

    def add(trace: dict[str, Any], strength: Selector) -> None:
        sheet.add(
            trace,
            x=Bound(f"pull_of_data_{layer}", strength),
            y=Bound(f"pull_of_penalty_{layer}", strength),
            customdata=Bound(f"pulls_{layer}", strength),
        )

    for pin in PINS:
        trace = _weights(f"{pin.letter}: weights", pin.colour, "circle-open", key=False)
        add(trace, pin.selector)
    add(_weights(f"single weights{_examples(trajectory)}", layer_colour(layer), "circle"), CHOSEN)
    penalty = trajectory.trained.penalties[0]
    own = own_lambda(trajectory, layer)
    squares, magnitudes = f"2{own}w", f"{own}·sign w"
    pull = {"l2": squares, "l1": magnitudes}.get(penalty, f"{squares} + {magnitudes}")
    return sheet.drawing(
        {
            "margin": {**base_layout()["margin"], "l": 58},
            "xaxis": _pull_axis("pull of the data, -∂(data loss)/∂w", reach),
            "yaxis": _pull_axis(f"pull of the penalty, {pull}", reach),
        },
        Readout(
            label="distance from balance",
            array=f"distance_{layer}",
            form="number",
            about="norm of the sum of both gradients ÷ sum of their norms, over these weights: 0 "
            "on the diagonal, 1 where neither opposes the other",
        ),
    )


def _examples(trajectory: Trajectory) -> str:
    """Return on how many examples the gradient is measured, or "" if on all of them."""
    measured, trained = trajectory.context.gradient_examples, trajectory.trained
    if isinstance(trained, RecordedModel):
        return f", on a sample of {measured}"
    examples = trained.train_size
    return "" if measured == examples else f", on {measured} of {examples} examples"


def _weights(name: str, colour: str, symbol: str, *, key: bool = True) -> dict[str, Any]:
    hover = "data %{customdata[0]:.3g}, penalty %{customdata[1]:.3g}"
    return dots(name, colour, 5, hover, key=key, symbol=symbol, opacity=0.75)


def _pull_axis(title: str, reach: float) -> dict[str, Any]:
    decades = [10.0**power for power in range(-4, 9, 2)]
    shown = [value for value in decades if float(signed_log(np.array(value))) < 0.97 * reach]
    values = [-value for value in reversed(shown)] + [0.0] + shown
    return axis(
        title,
        range=[-reach, reach],
        tickvals=[float(signed_log(np.array(value))) for value in values],
        ticktext=[f"{value:g}".replace("-", "−") for value in values],
        tickangle=0,
        zeroline=True,
        zerolinecolor="@grid",
    )


# ---- norms and angle


def _norms_and_angle(layer: int, name: str) -> Chart:
    return Chart(
        name=chart_name("gradient_norms", name),
        slot="gradient_norms",
        group="Gradients",
        title="Both gradients",
        variant=name,
        caption="How strongly the data and the penalty pull at a layer's weights",
        about="At a minimum, the two gradients have the same norm and opposite directions: 180 "
        "degrees.",
        draw=partial(_draw_norms, layer=layer),
        arrays=_norms,
    )


def _norms(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    made = {
        "data_gradient_norm": floored(trajectory.data_gradient_norm, _LOWEST),
        "penalty_gradient_norm": floored(metrics.penalty_gradient_norm(trajectory), _LOWEST),
        "gradient_angle": trajectory.gradient_angle,
    }
    return {name: of_path(values) for name, values in made.items()}


def _draw_norms(trajectory: Trajectory, layer: int) -> Drawing:
    sheet = Sheet()

    def add(trace: dict[str, Any], array: str, strength: Selector = CHOSEN) -> None:
        sheet.add(trace, **over_epochs(array, layer, strength=strength))

    colour = layer_colour(layer)
    add(line(f"data gradient{_examples(trajectory)}", "@train"), "data_gradient_norm")
    penalty = f"penalty gradient 2{own_lambda(trajectory, layer)}‖w‖"
    add(line(penalty, colour, dash="longdash"), "penalty_gradient_norm")
    for pin in PINS:
        add(pin.line("data gradient"), "data_gradient_norm", pin.selector)
    add(line("angle between them", "@text", width=1.5, yaxis="y2"), "gradient_angle")
    for pin in PINS:
        add(pin.line("angle", yaxis="y2"), "gradient_angle", pin.selector)
    both = [trajectory.data_gradient_norm, metrics.penalty_gradient_norm(trajectory)]
    values = np.stack(both)[..., layer]
    return sheet.drawing(
        {
            "margin": {**base_layout()["margin"], "l": 56},
            "xaxis": {**epoch_axis(trajectory), "anchor": "y2"},
            "yaxis": floored_axis(
                "norm (log)", _LOWEST, ranges.logarithmic(values)[1], domain=UPPER
            ),
            "yaxis2": axis(
                "angle (°)",
                domain=LOWER,
                anchor="x",
                range=[0, 185],
                tickvals=[0, 90, 180],
            ),
        }
    )
