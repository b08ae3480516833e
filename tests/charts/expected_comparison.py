"""The expected data of the gap and of charts of twins and repeats, by plain indexing."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, Trajectory
from tests.charts.every_chart import Place
from tests.charts.expected_marks import Data, best_of, log_positions, marks


def expected_gap(t: Trajectory, p: Place) -> Data:
    where = log_positions(t)
    if t.val_accuracy is None:
        word, train, val = "error", t.train_data_loss, t.val_data_loss
    else:
        assert t.train_accuracy is not None
        word, train, val = "accuracy", t.train_accuracy, t.val_accuracy
    pairs = zip(train[:, p.e], val[:, p.e], strict=True)
    best = max if word == "accuracy" else min
    return {
        "validation": (where, val[:, p.e]),
        "learnt by heart": (where, [best(float(one), float(other)) for one, other in pairs]),
        f"validation {word}": (where, val[:, p.e]),
        f"training {word}": (where, train[:, p.e]),
        **marks(t, p, best=best_of(t, p.e)),
    }


def _one_repeat(t: Trajectory, quantity: str, twin: int, repeat: int) -> Array:
    """Return (K, E+1)."""

    def of(name: str) -> Array:
        values = getattr(t, name)[twin, repeat]
        assert values is not None
        return values.astype(np.float64)

    classes = t.val_accuracy is not None
    if quantity == "validation":
        return of("val_accuracy" if classes else "val_data_loss")
    if quantity == "norm":
        return np.linalg.norm(of("kernel_norm"), axis=2)
    if classes:
        return of("train_accuracy") - of("val_accuracy")
    return of("val_data_loss") - of("train_data_loss")


def expected_comparison(t: Trajectory, p: Place, name: str) -> Data:
    """Compute mean and deviation with the standard library."""
    _, quantity, *over = name.split("_")
    penalties, repeats = t.experiment.penalties, t.experiment.repeats
    data: Data = {}
    means: Data = {}

    def place(values: Array) -> tuple[Any, Any]:
        if over:
            return t.epochs[: p.e + 1], values[p.k, : p.e + 1]
        return log_positions(t), values[:, p.e]

    for twin, penalty in enumerate(penalties):
        title = PENALTIES[penalty].title
        each = [_one_repeat(t, quantity, twin, repeat) for repeat in range(repeats)]
        stacked = np.stack(each, axis=-1)
        mean = np.apply_along_axis(statistics.fmean, -1, stacked)
        if repeats > 1:
            deviation = np.apply_along_axis(statistics.stdev, -1, stacked)
            band = f"{title}: one standard deviation"
            if twin == 0:
                band = "one standard deviation over seeds"
            data[f"{title}: mean - one standard deviation"] = place(mean - deviation)
            data[band] = place(mean + deviation)
            for repeat, values in enumerate(each):
                data[f"{title}, seed {t.experiment.seed + repeat}"] = place(values)
        means[f"{title}: mean of {repeats}" if repeats > 1 else title] = place(mean)
    data |= means
    return data if over else data | marks(t, p)
