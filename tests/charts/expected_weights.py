"""The expected data of sparsity, coefficient paths and both gradients, by plain loops."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np

from l2viz.charts.coefficients import MOST_LINES
from l2viz.charts.gradients import UNIT
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, Trajectory
from tests.charts.every_chart import Place
from tests.charts.expected_marks import Data, log_positions, marks

NOTHING: tuple[list[float], list[float]] = ([], [])


def layer_of(t: Trajectory, name: str, kind: str) -> int:
    names = [each.replace(" ", "_") for each in t.layer_names]
    return names.index(name.removeprefix(f"{kind}_"))


def expected_sparsity(t: Trajectory, p: Place, name: str) -> Data:
    layer = layer_of(t, name, "sparsity")
    tau = t.context.thresholds
    first, *others = (t.twin(penalty) for penalty in t.experiment.penalties)

    def within(twin: Trajectory, member: int | None) -> tuple[Any, Any]:
        return NOTHING if member is None else (tau, twin.sparsity[member, p.e, layer])

    def zeros(twin: Trajectory) -> tuple[Any, Any]:
        return [tau[0], tau[-1]], [twin.exact_zeros[p.k, p.e, layer]] * 2

    data: Data = {
        "without data gradient": (tau, first.idle_sparsity[p.k, p.e, layer]),
        "λ = 0": within(first, 0),
    }
    if not others:
        return data | {
            "A: within τ": within(first, p.a),
            "B: within τ": within(first, p.b),
            "exactly zero": zeros(first),
            "within τ": within(first, p.k),
        }
    for penalty, twin in zip(t.experiment.penalties, (first, *others), strict=True):
        title = PENALTIES[penalty].title
        data[f"{title}: exactly zero"] = zeros(twin)
        data[title] = within(twin, p.k)
    return data


def expected_coefficients(t: Trajectory, p: Place, name: str) -> Data:
    where = log_positions(t)
    first = t.twin()
    if name == "coefficients_units":
        label, drawn = "norm of a unit", list(first.unit_norm[:, p.e, :MOST_LINES].T)
    else:
        layer = layer_of(t, name, "coefficients")
        of_layer = [s for s, at in enumerate(t.context.sampled_layer) if at == layer]
        assert len(of_layer) <= MOST_LINES  # so that all of them are drawn
        true = [] if t.context.true_kernel is None else list(np.flatnonzero(t.context.true_kernel))
        matter = [s for s in of_layer if t.context.sampled_index[s] in true]
        shown = [s for s in of_layer if s not in matter] + matter
        label, drawn = "single weight", [first.sampled_weights[:, p.e, s] for s in shown]
    data: Data = {label: (joined([where] * len(drawn)), joined(drawn))}
    if t.context.true_kernel is not None and name != "coefficients_units":
        lines = [first.sampled_weights[:, p.e, s] for s in matter]
        data["truly not 0"] = (joined([where] * len(lines)), joined(lines))
    return data | _scores(t, p, where)


def joined(lines: list[Any]) -> list[float]:
    flat: list[float] = []
    for each in lines:
        flat += [float(value) for value in each] + [math.nan]
    return flat[:-1]


def _scores(t: Trajectory, p: Place, where: list[float]) -> Data:
    """Return validation curve and marks, searching the choice from the largest strength down."""
    repeats = t.experiment.repeats
    word = "error" if t.val_accuracy is None else "accuracy"
    of = t.repeats("val_data_loss" if t.val_accuracy is None else "val_accuracy")
    table = [[float(of[r, k, p.e]) for r in range(repeats)] for k in range(len(where))]
    means = [statistics.fmean(row) for row in table]
    better = max if t.val_accuracy is not None else min
    losses = t.repeats("val_data_loss")[:, :, p.e]
    equals = [k for k, mean in enumerate(means) if mean == better(means)]
    best = min(equals, key=lambda k: statistics.fmean(float(each) for each in losses[:, k]))
    chosen = ([where[p.k]] * 2, [0, 1])
    shown = marks(t, p)
    if repeats == 1:
        data: Data = {f"validation {word}": (where, means)}
        return {**data, **shown, "best on validation": ([where[best]] * 2, [0, 1])}
    errors = [statistics.stdev(row) / math.sqrt(repeats) for row in table]
    last = max(k for k, mean in enumerate(means) if abs(mean - means[best]) <= errors[best])
    assert shown["chosen λ"] == chosen
    return {
        f"validation {word} - one standard error": (where, np.subtract(means, errors)),
        "one standard error": (where, np.add(means, errors)),
        f"validation {word}, mean of {repeats}": (where, means),
        **shown,
        "best on average": ([where[best]] * 2, [0, 1]),
        "one-standard-error choice, over seeds": ([where[last]] * 2, [0, 1]),
    }


def _signed_log(values: list[float]) -> list[float]:
    return [math.asinh(value / UNIT) / math.log(10.0) for value in values]


def multiplier_of(t: Trajectory, layer: int) -> float:
    """Return the multiplier of a layer of a dense network whose layers are all regularized."""
    return (t.experiment.strength_multipliers or (1.0,) * len(t.layer_names))[layer]


def own_lambda(t: Trajectory, layer: int) -> str:
    return {1.0: "λ", 2.0: "(2λ)", 0.0: "(0λ)", 0.25: "(0.25λ)"}[multiplier_of(t, layer)]


def with_multiplier(t: Trajectory, layer: int) -> str:
    """Return a layer's name, as where its penalty is shown."""
    own = own_lambda(t, layer)
    words = {"λ": "", "(0λ)": " (no penalty)"}.get(own, f" {own}")
    return f"{t.layer_names[layer]}{words}"


def penalty_pull(t: Trajectory, k: int, e: int, s: int) -> float:
    """Return the derivative of the first twin's penalty by one weight."""
    w = float(t.sampled_weights[k, e, s])
    strength = float(t.strengths[k]) * multiplier_of(t, int(t.context.sampled_layer[s]))
    squares, magnitudes = 2 * strength * w, strength * math.copysign(1.0, w)
    return {"l2": squares, "l1": magnitudes, "l1l2": squares + magnitudes}[
        t.experiment.penalties[0]
    ]


def expected_tug_of_war(t: Trajectory, p: Place, name: str, reach: float) -> Data:
    layer = layer_of(t, name, "tug_of_war")
    of_layer = [s for s, at in enumerate(t.context.sampled_layer) if at == layer]

    def dots(member: int | None) -> tuple[Any, Any]:
        if member is None:
            return NOTHING
        data = [-float(t.sampled_gradients[member, p.e, s]) for s in of_layer]
        penalty = [penalty_pull(t, member, p.e, s) for s in of_layer]
        return _signed_log(data), _signed_log(penalty)

    ends = [-reach, reach]
    return {
        "in balance": (ends, ends),
        "A: weights": dots(p.a),
        "B: weights": dots(p.b),
        f"single weights{examples(t)}": dots(p.k),
    }


def examples(t: Trajectory) -> str:
    """Return the name's ending: these trajectories measure 15 examples, all those of the curve."""
    whole = {"curve": 15, "digits": 300, "linear": 20}[t.experiment.dataset]
    return "" if whole == 15 else f", on 15 of {whole} examples"


def expected_gradient_norms(t: Trajectory, p: Place, name: str) -> Data:
    layer = layer_of(t, name, "gradient_norms")
    epochs = t.epochs[: p.e + 1]

    def until(values: Array, member: int | None) -> tuple[Any, Any]:
        return NOTHING if member is None else (epochs, values[member, : p.e + 1, layer])

    twice = 2 * multiplier_of(t, layer) * float(t.strengths[p.k])
    norms = [twice * float(t.kernel_norm[p.k, e, layer]) for e in range(p.e + 1)]
    return {
        f"data gradient{examples(t)}": until(t.data_gradient_norm, p.k),
        f"penalty gradient 2{own_lambda(t, layer)}‖w‖": (epochs, norms),
        "A: data gradient": until(t.data_gradient_norm, p.a),
        "B: data gradient": until(t.data_gradient_norm, p.b),
        "angle between them": until(t.gradient_angle, p.k),
        "A: angle": until(t.gradient_angle, p.a),
        "B: angle": until(t.gradient_angle, p.b),
    }
