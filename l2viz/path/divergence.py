"""Diverged: a member's loss is no longer a finite number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from l2viz.experiment import Experiment
from l2viz.trajectory import RunContext, Snapshot, Trajectory


class Diverged(Exception):
    """Raised when a member's loss is no longer a finite number.

    Attributes
    ----------
    epoch : int
        The recorded epoch at which it was seen.
    strength : float
        The largest λ whose loss is not finite.
    trajectory : Trajectory or None
        The epochs recorded before, without kernels; None when raised by `train`, or when there are
        none.
    """

    def __init__(self, experiment: Experiment, epoch: int, strength: float) -> None:
        super().__init__(_divergence_sentence(experiment, epoch, strength))
        self._experiment = experiment
        self.epoch = epoch
        self.strength = strength
        self.trajectory: Trajectory | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments, from which the message is made again, and the trajectory."""
        arguments = (self._experiment, self.epoch, self.strength)
        return type(self), arguments, {"trajectory": self.trajectory}


def refuse_diverged_path(context: RunContext, snapshots: Sequence[Snapshot]) -> None:
    """Raise Diverged, with the trajectory up to it, if a loss in one of them is not finite."""
    for position, snapshot in enumerate(snapshots):
        try:
            refuse_divergence(context.experiment, snapshot)
        except Diverged as divergence:
            if position:
                divergence.trajectory = Trajectory.of(context, snapshots[:position])
            raise


def refuse_divergence(experiment: Experiment, snapshot: Snapshot) -> None:
    """Raise Diverged if a loss is not finite."""
    total = snapshot.train_data_loss + snapshot.val_data_loss + snapshot.penalty.sum(axis=-1)
    diverged = np.argwhere(~np.isfinite(total))
    if diverged.size:
        strength = experiment.strengths[diverged[:, -1].max()]
        raise Diverged(experiment, snapshot.epoch, strength)


def _divergence_sentence(experiment: Experiment, epoch: int, strength: float) -> str:
    rate, bound = experiment.learning_rate, 1.0 + experiment.momentum
    sentence = f"At λ = {strength:g} the loss was no longer a finite number by epoch {epoch}."
    if experiment.optimizer == "sgd" and rate * strength > bound:
        # Heavy ball on the curvature 2λ of the penalty alone: stable below 2(1 + momentum) / rate.
        name = f"SGD with momentum {experiment.momentum:g}" if experiment.momentum else "Plain SGD"
        return (
            f"{sentence} {name} diverges when learning rate × λ exceeds {bound:g}, and here it is "
            f"{rate:g} × {strength:g} = {rate * strength:.3g}: lower either."
        )
    return f"{sentence} Lower the learning rate ({rate:g}) or the largest strength."
