"""Runs of one model at several strengths, each recorded alone -> one path."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import MEASURED, Array
from l2viz.trajectory.trajectory import Trajectory
from l2viz.validation import InvalidValue, as_tuple


def as_path(runs: Sequence[Trajectory]) -> Trajectory:
    """Return the only run, or the path of several. Raises InvalidValue, see `merge`."""
    return runs[0] if len(runs) == 1 else merge(runs)


def merge(trajectories: Sequence[Trajectory]) -> Trajectory:
    """Join runs of one model, each at another strength, to a path over all of them.

    Parameters
    ----------
    trajectories : sequence of Trajectory
        Recorded with `l2viz.Recorder`, in any order. One of them has strength 0, with which the
        others are compared. Epochs that not all of them reached are left out.

    Returns
    -------
    Trajectory

    Raises
    ------
    InvalidValue
        A ValueError, for runs of different models, equal strengths, or none without a penalty.
    """
    given = as_tuple("trajectories", trajectories, "trajectories")
    if not given or not all(isinstance(each, Trajectory) for each in given):
        raise InvalidValue("trajectories", "be trajectories, at least one", trajectories)
    runs = list(given)
    models = [_model(run) for run in runs]
    members = [
        member
        for model in models
        for member in zip(model.strengths, model.regularizers, strict=True)
    ]
    order = sorted(range(len(members)), key=lambda at: members[at][0])
    _check(runs, models, [members[at][0] for at in order])
    epochs = min(len(run.epochs) for run in runs)
    kinds = {model.penalty for model in models if any(map(any, model.regularizers))}
    merged = RecordedModel(
        name=models[0].name,
        strengths=tuple(members[at][0] for at in order),
        epochs=int(runs[0].epochs[epochs - 1]),
        penalty=kinds.pop() if len(kinds) == 1 else "other",
        variables=models[0].variables,
        shapes=models[0].shapes,
        regularizers=tuple(members[at][1] for at in order),
        on_sample=models[0].on_sample,
    )
    measured: dict[str, Any] = {name: _joined(runs, name, epochs, order) for name in MEASURED}
    return Trajectory(
        context=dataclasses.replace(runs[0].context, trained=merged),
        strengths=np.array(merged.strengths),
        epochs=runs[0].epochs[:epochs],
        kernels=_kernels(runs, order),
        **measured,
    )


def _kernels(runs: Sequence[Trajectory], order: list[int]) -> tuple[Array, ...]:
    """Return the kernels at the last epoch; () where a run does not have those of that epoch."""
    if len({(len(run.epochs), len(run.kernels)) for run in runs}) > 1:
        return ()
    joined = zip(*(run.kernels for run in runs), strict=True)
    return tuple(np.concatenate(kernels)[order] for kernels in joined)


def _model(run: Trajectory) -> RecordedModel:
    if not isinstance(run.trained, RecordedModel):
        raise InvalidValue("trajectories", "be recorded with l2viz.Recorder", run)
    return run.trained


def _check(
    runs: Sequence[Trajectory], models: Sequence[RecordedModel], strengths: list[float]
) -> None:
    if len(strengths) > 1 and strengths[0] != 0.0:
        rule = "have one run with strength 0, with which the others are compared"
        raise InvalidValue("trajectories", rule, strengths)
    if len(set(strengths)) < len(strengths):
        rule = "have a strength each: Recorder(strength=...) gives it one"
        raise InvalidValue("trajectories", rule, strengths)
    first = runs[0].context
    for run, model in zip(runs, models, strict=True):
        if (model.variables, model.shapes) != (models[0].variables, models[0].shapes):
            rule = "be of one model, with the same variables and the same names of layers"
            raise InvalidValue("trajectories", rule, model.variables)
        if model.on_sample != models[0].on_sample:
            rule = "all have a sample, or none: their training losses are of different kinds"
            raise InvalidValue("trajectories", rule, run)
        if not np.array_equal(run.context.bin_edges, first.bin_edges):
            rule = "begin with weights of one size, so that their histograms have the same bins"
            raise InvalidValue("trajectories", rule, run)


def _joined(runs: Sequence[Trajectory], name: str, epochs: int, order: list[int]) -> Array | None:
    """Return one array over the members of all runs; None where a run does not have it."""
    arrays = [getattr(run, name) for run in runs]
    if any(array is None for array in arrays):
        return None
    return np.concatenate([array[:, :epochs] for array in arrays])[order]
