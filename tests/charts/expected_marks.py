"""The expected positions of strengths and their vertical lines, by plain indexing."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.trajectory import Trajectory
from tests.charts.every_chart import Place

Data = dict[str, tuple[Any, Any]]  # name of a trace -> its x and y


def log_positions(t: Trajectory) -> list[float]:
    if len(t.strengths) == 1:
        return [0.0]
    logs = [float(np.log10(strength)) for strength in t.strengths[1:]]
    return [logs[0] - max(0.1 * (logs[-1] - logs[0]), 0.1), *logs]


def best_of(t: Trajectory, epoch: int) -> int:
    """Return the member that is best on validation data."""
    loss, accuracy = t.val_data_loss, t.val_accuracy
    members = range(len(t.strengths))
    if accuracy is None:
        return min(members, key=lambda k: loss[k, epoch])
    return min(members, key=lambda k: (-accuracy[k, epoch], loss[k, epoch]))


def marks(t: Trajectory, p: Place, *, best: int | None = None) -> Data:
    where = log_positions(t)
    data: Data = {
        "chosen λ": ([where[p.k]] * 2, [0, 1]),
        "A": ([] if p.a is None else [where[p.a]] * 2, [0, 1]),
        "B": ([] if p.b is None else [where[p.b]] * 2, [0, 1]),
    }
    if best is not None:
        data["best on validation"] = ([where[best]] * 2, [0, 1])
    return data
