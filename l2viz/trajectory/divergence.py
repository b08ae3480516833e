"""Members whose loss is no longer a finite number are marked, and the others go on."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from l2viz.experiment import Experiment
from l2viz.experiment.number_text import short_number_text as short
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import MEASURED, SUMMARIES, Array, Measured, Snapshot
from l2viz.trajectory.trajectory import Trajectory

_MOST_NAMED = 3  # strengths in a sentence
_UNDECIDED = 128  # of a boundary: neither class


def is_finite(measured: Measured) -> Array:
    """Return whether data losses and penalty are finite numbers: one value for each member."""
    with np.errstate(over="ignore", invalid="ignore"):  # they are what is looked for
        total = measured.train_data_loss + measured.val_data_loss + measured.penalty.sum(axis=-1)
    finite: Array = np.isfinite(total)
    return finite


def _is_finite_run(trajectory: Trajectory) -> Array:
    """Return whether numbers are finite, (..., K, E+1); a RecordedModel may have no losses."""
    if not isinstance(trajectory.trained, RecordedModel):
        return is_finite(trajectory)
    finite: Array = np.all(np.isfinite(trajectory.kernel_norm), axis=-1)
    known = ~np.isnan(trajectory.train_data_loss).all(axis=1)
    finite[known, 1:] &= np.isfinite(trajectory.train_data_loss[known, 1:])
    return finite


def marked(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with no number of a member whose loss is not finite.

    Its floats are NaN, its counts and pictures empty. An accuracy is a number even where every
    output is NaN, and would be taken for a measurement.
    """
    finite = is_finite(snapshot)
    if finite.all():
        return snapshot
    changed: dict[str, Any] = {}
    for name in MEASURED:
        array: Array | None = getattr(snapshot, name)
        if array is not None:
            own = finite if name in SUMMARIES else _of_first_repeat(snapshot, finite)
            changed[name] = _without(array, own, _UNDECIDED if name == "boundary" else 0)
    return dataclasses.replace(snapshot, **changed)


def diverged_at(trajectory: Trajectory) -> Array:
    """Return the first recorded epoch without a finite loss of each strength, (K,); -1 for none.

    With several twins or repeats, of any of them.
    """
    finite = _is_finite_run(trajectory)
    everywhere = np.all(finite.reshape(-1, *finite.shape[-2:]), axis=0)
    epochs = trajectory.epochs[np.argmin(everywhere, axis=1)]
    at: Array = np.where(np.all(everywhere, axis=1), -1, epochs)
    return at


def without_diverged(trajectory: Trajectory) -> Trajectory:
    """Return the trajectory with no number of a member that diverges, at any epoch.

    What such a member measures before is too large for an axis that the others share.
    """
    fine = diverged_at(trajectory) < 0
    if fine.all():
        return trajectory
    changed: dict[str, Any] = {}
    for name in MEASURED:
        array: Array | None = getattr(trajectory, name)
        if array is not None:
            axis = trajectory.trained.leading_axes
            own = fine.reshape(*[1] * axis, -1)
            changed[name] = _without(array, np.broadcast_to(own, array.shape[: axis + 1]), 0)
    return dataclasses.replace(trajectory, **changed)


def divergence_sentence(trajectory: Trajectory) -> str:
    """Say which strengths diverged, when, and what to change; "" where none did."""
    at = diverged_at(trajectory)
    (gone,) = np.nonzero(at >= 0)
    if not gone.size:
        return ""
    strengths = [float(trajectory.strengths[member]) for member in gone]
    if isinstance(trajectory.trained, RecordedModel):
        what_to_do = "Lower the learning rate or the strength."
    else:
        what_to_do = advice(trajectory.trained, strengths)
    return (
        f"{_place(strengths, len(at) - len(gone))} the loss was no longer a finite number by epoch "
        f"{at[gone].min()}. {what_to_do}"
    )


def advice(experiment: Experiment, strengths: Sequence[float]) -> str:
    """Say what to change so that the members of these strengths, rising, converge."""
    rate, bound = experiment.learning_rate, 1.0 + experiment.momentum
    multiplier = max(experiment.kernel_multipliers)
    strength = multiplier * strengths[-1]
    if strengths[0] == 0.0:
        return f"Lower the learning rate ({short(rate)})."
    if experiment.optimizer == "sgd" and rate * strength > bound:
        # Heavy ball on the curvature 2λ of the penalty alone: stable below 2(1 + momentum) / rate.
        name = (
            f"SGD with momentum {short(experiment.momentum)}"
            if experiment.momentum
            else "Plain SGD"
        )
        where = "" if multiplier == 1.0 else " in the layer of the largest multiplier"
        return (
            f"{name} diverges when learning rate × λ exceeds {short(bound)}, and here it is "
            f"{short(rate)} × {short(strength)} = {short(rate * strength)}{where}: "
            "lower either."
        )
    return f"Lower the learning rate ({short(rate)}) or the largest strength."


def _place(strengths: list[float], others: int) -> str:
    """Name strengths, rising, which `others` more stand beside."""
    texts = [strength_text(strength) for strength in strengths]
    if len(texts) > _MOST_NAMED:
        return f"At {len(texts)} of {len(texts) + others} strengths, the largest λ = {texts[-1]},"
    *first, last = texts
    return f"At λ = {', '.join(first)} and {last}" if first else f"At λ = {last}"


def _of_first_repeat(snapshot: Snapshot, finite: Array) -> Array:
    """Return the part of (T, R, K) that details are kept of; (K,) as it is."""
    return finite[:, :1] if snapshot.exact_zeros.ndim > 2 else finite


def _without(array: Array, kept: Array, empty: int) -> Array:
    """Return a copy with NaN, or `empty` for integers, where `kept` is False."""
    value = np.nan if array.dtype.kind == "f" else empty
    return np.where(
        kept.reshape(*kept.shape, *[1] * (array.ndim - kept.ndim)), array, value
    ).astype(array.dtype)
