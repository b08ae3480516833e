"""The expected data of single weights, dead units and wrong labels, by plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.trajectory import Trajectory
from tests.charts.every_chart import Place
from tests.charts.expected_marks import Data, best_of, log_positions, marks
from tests.charts.expected_weights import NOTHING, layer_of


def expected_bars(t: Trajectory, p: Place, name: str) -> Data:
    layer = layer_of(t, name, "bars")
    of_layer = [s for s, at in enumerate(t.context.sampled_layer) if at == layer]
    return _bars(p, lambda k: [float(t.sampled_weights[k, p.e, s]) for s in of_layer])


def expected_largest(t: Trajectory, p: Place, name: str) -> Data:
    if p.e < len(t.epochs) - 1:  # whole kernels are kept of the last epoch alone
        return dict.fromkeys(_bars(p, lambda _: [0.0]), NOTHING)
    kernel = t.kernels[layer_of(t, name, "largest")]
    return _bars(p, lambda k: [float(w) for w in kernel[k].ravel()])


def _bars(p: Place, weights_of: Any) -> Data:
    """Return the bars of the 48 largest weights at λ = 0, in falling order of those."""
    ghost = weights_of(0)
    shown = sorted(range(len(ghost)), key=lambda i: -abs(ghost[i]))[:48]
    shown = sorted(shown, key=lambda i: -ghost[i])
    places = list(range(1, len(shown) + 1))

    def bars(member: int | None) -> tuple[Any, Any]:
        if member is None:
            return NOTHING
        weights = weights_of(member)
        return places, [weights[i] for i in shown]

    return {
        "λ = 0": bars(0),
        "weights at λ": bars(p.k),
        "A: weights": bars(p.a),
        "B: weights": bars(p.b),
    }


def expected_units(t: Trajectory, p: Place, name: str) -> Data:
    where = log_positions(t)
    over_epochs = name.endswith("_epochs")
    data: Data = {}
    for layer in range(len(t.experiment.hidden)):
        for what, counts in (("faded", t.faded_units), ("dead", t.dead_units)):
            if counts is None:  # the activation is not ReLU
                assert (what, t.experiment.activation) == ("dead", "tanh")
            elif over_epochs:
                line = [float(counts[p.k, e, layer]) for e in range(p.e + 1)]
                data[f"dense_{layer + 1}: {what}"] = (t.epochs[: p.e + 1], line)
            else:
                line = [float(counts[k, p.e, layer]) for k in range(len(where))]
                data[f"dense_{layer + 1}: {what}"] = (where, line)
    return data if over_epochs else data | marks(t, p, best=best_of(t, p.e))


def expected_wrong_labels(t: Trajectory, p: Place, name: str) -> Data:
    lies, right = t.wrong_labels_learnt, t.true_labels_right
    assert lies is not None and right is not None
    if name == "wrong_labels":
        where = log_positions(t)
        data: Data = {
            "lies learnt by heart": (where, [float(share) for share in lies[:, p.e]]),
            "true labels right": (where, [float(share) for share in right[:, p.e]]),
        }
        return data | marks(t, p, best=best_of(t, p.e))
    epochs = t.epochs[: p.e + 1]

    def until(values: np.ndarray, member: int | None) -> tuple[Any, Any]:
        return NOTHING if member is None else (epochs, values[member, : p.e + 1])

    return {
        "lies, λ = 0": until(lies, 0),
        "A: lies": until(lies, p.a),
        "B: lies": until(lies, p.b),
        "true labels right": until(right, p.k),
        "lies learnt by heart": until(lies, p.k),
    }
