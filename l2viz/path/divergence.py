"""Diverged: no strength of a path has a finite loss any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from l2viz.experiment import Experiment
from l2viz.trajectory import RunContext, Snapshot, Trajectory
from l2viz.trajectory.divergence import advice, is_finite


class Diverged(Exception):
    """Raised when no strength of a path has a finite loss any more.

    Attributes
    ----------
    epoch : int
        The recorded epoch at which it was seen.
    strength : float
        The largest λ.
    trajectory : Trajectory or None
        The epochs recorded before, without kernels; None when raised by `train`, or when there are
        none.
    """

    def __init__(self, experiment: Experiment, epoch: int) -> None:
        self._experiment = experiment
        self.epoch = epoch
        self.strength = experiment.strengths[-1]
        self.trajectory: Trajectory | None = None
        where = "any strength" if len(experiment.strengths) > 1 else f"λ = {self.strength:g}"
        super().__init__(
            f"At {where} the loss was no longer a finite number by epoch {epoch}. "
            f"{advice(experiment, experiment.strengths)}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments, from which the message is made again, and the trajectory."""
        arguments = (self._experiment, self.epoch)
        return type(self), arguments, {"trajectory": self.trajectory}


def refuse_diverged_path(context: RunContext, snapshots: Sequence[Snapshot]) -> None:
    """Raise Diverged, with the trajectory up to it, if one of them has no finite loss."""
    for position, snapshot in enumerate(snapshots):
        try:
            refuse_divergence(context.experiment, snapshot)
        except Diverged as divergence:
            if position:
                divergence.trajectory = Trajectory.of(context, snapshots[:position])
            raise


def refuse_divergence(experiment: Experiment, snapshot: Snapshot) -> None:
    """Raise Diverged if no strength has a finite loss, in all twins and repeats."""
    finite = is_finite(snapshot)
    if not finite.all(axis=tuple(range(finite.ndim - 1))).any():
        raise Diverged(experiment, snapshot.epoch)
