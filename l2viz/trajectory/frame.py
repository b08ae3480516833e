"""A trajectory's summaries as a tidy table of pandas: one number in each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import SUMMARIES, Array, RunContext

if TYPE_CHECKING:
    import pandas as pd

_NOT_OF_A_LAYER = "grid_predictions"  # a curve, and no number
_OF_HIDDEN_LAYERS = ("dead_units", "faded_units")


def summary_frame(
    context: RunContext, epochs: Array, measured: Mapping[str, Array | None]
) -> pd.DataFrame:
    """Return the table that `Trajectory.to_frame` describes."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError("to_frame needs pandas: pip install pandas") from None
    trained = context.trained
    parts = []
    for name in SUMMARIES:
        values = measured.get(name)
        if values is None or name == _NOT_OF_A_LAYER:
            continue
        if trained.leading_axes == 0:
            values = values[None, None]
        layers = _layers(context, name, values)
        values = values.reshape(*values.shape[:4], len(layers)).transpose(0, 1, 4, 2, 3)
        parts.append(pd.DataFrame(_columns(context, epochs, name, layers, values)))
    return pd.concat(parts, ignore_index=True)


def _layers(context: RunContext, name: str, values: Array) -> tuple[str, ...]:
    """Return the layers on the last axis of (T, R, K, E+1[, L]); one without a name for none."""
    if values.ndim == 4:
        return ("",)
    if name in _OF_HIDDEN_LAYERS and not isinstance(context.trained, RecordedModel):
        return tuple(plan.name for plan in context.trained.layers[: values.shape[-1]])
    return context.layer_names


def _columns(
    context: RunContext, epochs: Array, name: str, layers: tuple[str, ...], values: Array
) -> dict[str, Any]:
    """Return the columns of one quantity, (T, R, L, K, E+1), in the order of its axes."""
    trained = context.trained
    axes: dict[str, Any] = {"layer": layers, "strength": trained.strengths, "epoch": epochs}
    if trained.leading_axes and not isinstance(trained, RecordedModel):
        seeds = range(trained.seed, trained.seed + trained.repeats)
        axes = {"penalty": trained.penalties, "seed": seeds} | axes
    else:
        values = values[0, 0]
    grids = np.meshgrid(*(np.asarray(each) for each in axes.values()), indexing="ij")
    columns = {axis: grid.ravel() for axis, grid in zip(axes, grids, strict=True)}
    order = [*list(axes)[:-3], "strength", "epoch", "layer"]
    return {axis: columns[axis] for axis in order} | {"quantity": name, "value": values.ravel()}
