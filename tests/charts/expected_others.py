"""The expected data of penalties over strengths, cliff, ridges, answers, decay, by plain loops."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import Any

import numpy as np

from l2viz.charts.core.arrays import EMPTY_BIN
from l2viz.charts.ridges import OVERLAP, ROWS
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Trajectory
from tests.charts.every_chart import Place
from tests.charts.expected_marks import Data, best_of, log_positions, marks
from tests.charts.expected_weights import (
    NOTHING,
    joined,
    layer_of,
    multiplier_of,
    own_lambda,
    with_multiplier,
)

Line = tuple[Any, Any]


def expected_counts(t: Trajectory, p: Place, name: str) -> Data:
    layer = layer_of(t, name, "counts")
    centres = _centres(t, layer)

    def counts(member: int | None) -> Line:
        return NOTHING if member is None else (centres, t.histogram[member, p.e, layer, 1:-1])

    return {
        "λ = 0": counts(0),
        "A: weights": counts(p.a),
        "B: weights": counts(p.b),
        "weights at λ": counts(p.k),
        "beyond the axis, λ = 0": beyond(t, 0, p, layer),
        "beyond the axis": beyond(t, p.k, p, layer),
    }


def expected_twin_histogram(t: Trajectory, p: Place, name: str) -> Data:
    layer = layer_of(t, name, "twin_histogram")
    data: Data = {}
    for penalty in t.experiment.penalties:
        twin, title = t.twin(penalty), PENALTIES[penalty].title
        data[title] = (_centres(t, layer), twin.histogram[p.k, p.e, layer, 1:-1])
        data[f"{title}: beyond the axis"] = beyond(twin, p.k, p, layer)
    return data


def beyond(t: Trajectory, member: int, p: Place, layer: int) -> Line:
    """Return the outermost bins, which hold all weights beyond them: NaN where they are empty."""
    edges, counts = t.context.bin_edges[layer], t.histogram[member, p.e, layer]
    ends = [(edges[0] + edges[1]) / 2, (edges[-2] + edges[-1]) / 2]
    return ends, [float(count) if count else math.nan for count in (counts[0], counts[-1])]


def _centres(t: Trajectory, layer: int) -> list[float]:
    """Return the middle of each bin but the outermost."""
    edges = t.context.bin_edges[layer]
    return [(low + high) / 2 for low, high in itertools.pairwise(edges)][1:-1]


# ---- penalties over strengths


def expected_penalty_path(t: Trajectory, p: Place, name: str) -> Data:
    where = log_positions(t)
    data: Data = {}
    for layer in range(len(t.layer_names)):
        below = [math.fsum(t.penalty[k, p.e, : layer + 1]) for k in range(len(where))]
        if name == "penalty_share":
            totals = [
                float(t.train_data_loss[k, p.e]) + math.fsum(t.penalty[k, p.e])
                for k in range(len(where))
            ]
            below = [part / total for part, total in zip(below, totals, strict=True)]
        data[with_multiplier(t, layer)] = (where, below)
    return data | marks(t, p, best=best_of(t, p.e))


def expected_score_path(t: Trajectory, p: Place, name: str) -> Data:
    label, scores = "validation accuracy", t.val_accuracy
    if scores is None:
        label, scores = "validation error", t.val_data_loss
    where = log_positions(t)
    so_far = [float(scores[k, p.e]) for k in range(p.k + 1)]
    return {label: (where[: p.k + 1], so_far), "at λ": ([where[p.k]], [so_far[-1]])}


def expected_collapse(t: Trajectory, p: Place, name: str) -> Data:
    where = log_positions(t)
    data: Data = {
        name: (where, t.kernel_norm[:, p.e, layer]) for layer, name in enumerate(t.layer_names)
    }
    data["training data loss"] = (where, t.train_data_loss[:, p.e])
    constant = t.context.constant_loss
    data["best constant answer"] = ([where[0], where[-1]], [constant, constant])
    first = None
    for k in reversed(range(len(where))):
        norm, all_of_it = (math.hypot(*t.kernel_norm[member, p.e]) for member in (k, 0))
        if norm >= 0.05 * all_of_it or t.train_data_loss[k, p.e] < 0.98 * constant:
            break
        first = k
    line = [math.nan if first is None else where[first]] * 2
    return {**data, **marks(t, p), "collapsed": (line, [0, 1])}


# ---- ridges


def _hill(t: Trajectory, k: int, e: int, layer: int, row: float, foot: float) -> list[float]:
    full = math.log(t.context.kernel_sizes[layer] / EMPTY_BIN)
    counts = [max(float(count), EMPTY_BIN) for count in t.histogram[k, e, layer, 1:-1]]
    return [foot + row * OVERLAP * math.log(count / EMPTY_BIN) / full for count in counts]


def expected_ridge_strengths(t: Trajectory, p: Place, name: str) -> Data:
    layer = layer_of(t, name, "ridge_strengths")
    centres = _centres(t, layer)
    members = range(len(t.strengths))

    def hill(member: int | None) -> Line:
        if member is None:
            return NOTHING
        return centres, _hill(t, member, p.e, layer, 1.0, member)

    return {
        "every λ": (joined([centres for _ in members]), joined([hill(k)[1] for k in members])),
        "A: weights": hill(p.a),
        "B: weights": hill(p.b),
        "weights at λ": hill(p.k),
    }


def expected_ridge_epochs(t: Trajectory, p: Place, name: str) -> Data:
    layer = layer_of(t, name, "ridge_epochs")
    centres = _centres(t, layer)
    assert len(t.epochs) <= ROWS  # so that every epoch has a row
    row = t.experiment.epochs / (len(t.epochs) - 1)

    def hill(member: int | None, epoch: int = p.e) -> Line:
        if member is None:
            return NOTHING
        return centres, _hill(t, member, epoch, layer, row, float(t.epochs[epoch]))

    before = range(p.e + 1)
    return {
        "epochs before": (
            joined([centres for _ in before]),
            joined([hill(p.k, epoch)[1] for epoch in before]),
        ),
        "A: weights": hill(p.a),
        "B: weights": hill(p.b),
        "weights now": hill(p.k),
    }


# ---- answers


def expected_dummy(t: Trajectory, p: Place, name: str) -> Data:
    assert t.dummy_probabilities is not None
    classes = list(range(10))

    def answer(member: int | None) -> Line:
        return NOTHING if member is None else (classes, t.dummy_probabilities[member, p.e])

    return {
        "λ = 0": answer(0),
        "A: answer": answer(p.a),
        "B: answer": answer(p.b),
        "answer at λ": answer(p.k),
        "all alike": ([-0.5, 9.5], [0.1, 0.1]),
    }


# ---- decay


def expected_half_life(t: Trajectory, p: Place, name: str) -> Data:
    """Return the expected lines: one sampled weight is idle, and the only one of its input."""
    epochs = t.epochs[: p.e + 1]

    def until(member: int | None) -> Line:
        if member is None:
            return NOTHING
        weights = t.sampled_weights[:, : p.e + 1, 0]
        return epochs, np.abs(weights[member] / weights[0])

    first = t.kernel_norm[:, : p.e + 1, 0]
    data: Data = {
        "idle weights": until(p.k),
        "A: idle weights": until(p.a),
        "B: idle weights": until(p.b),
        "all weights of the layer": (epochs, first[p.k] / first[0]),
    }
    experiment = t.experiment
    if experiment.optimizer == "sgd":
        own = multiplier_of(t, 0) * float(t.strengths[p.k])
        kept = 1.0 - 2.0 * experiment.learning_rate * own
        left = [kept ** (int(epoch) * experiment.steps_per_epoch) for epoch in epochs]
        data[f"pure decay |1-2η{own_lambda(t, 0)}|ᵗ"] = (epochs, left)
    return data


def expected_velocity(t: Trajectory, p: Place, name: str) -> Data:
    layer = layer_of(t, name, "velocity")
    followed = [s for s, at in enumerate(t.context.sampled_layer) if at == layer]
    dots: Data = {}
    medians: Data = {}
    for penalty in t.experiment.penalties:
        twin = t.twin(penalty)
        assert twin.sampled_velocity is not None
        weights = np.abs(twin.sampled_weights[:, p.e].astype(np.float64))
        x = [float(twin.sampled_velocity[p.k, p.e, s]) for s in followed]
        y = [float(weights[p.k, s] / weights[0, s]) for s in followed]
        title = PENALTIES[penalty].title
        dots[f"{title}: weights"] = (x, y)
        ordered = sorted(zip(x, y, strict=True))
        assert len(ordered) <= 12
        parts = min(8, len(ordered))
        size, more = divmod(len(ordered), parts)
        ends = [0, *itertools.accumulate(size + (i < more) for i in range(parts))]
        shares = [ordered[a:b] for a, b in itertools.pairwise(ends)]
        medians[f"{title}: median"] = (
            [statistics.median(x for x, _ in share) for share in shares],
            [statistics.median(y for _, y in share) for share in shares],
        )
    return dots | medians
