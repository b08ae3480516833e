"""Experiment -> Snapshots of the whole strength path, trained together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from l2viz import data
from l2viz.engine.measure import Measuring
from l2viz.engine.members import MemberTable
from l2viz.engine.program_pool import borrow, give_back
from l2viz.engine.run_context import run_context
from l2viz.engine.threads import set_threads
from l2viz.experiment import Experiment
from l2viz.trajectory import RunContext, Snapshot, Trajectory

_ROWS_PER_CALL = 65_536  # training examples in one call of the traced program, at most


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


def train(experiment: Experiment) -> Iterator[Snapshot]:
    """Train an experiment and yield each recorded epoch as soon as it is measured.

    Close the iterator to stop training between two epochs.

    Parameters
    ----------
    experiment : Experiment
        What is trained: all of its strengths, penalties and repeats together.

    Yields
    ------
    Snapshot
        One for each of the experiment's `recorded_epochs`; the first is of the initialization.

    Raises
    ------
    Diverged
        When a member's loss is no longer finite.
    """
    with PathTraining(experiment) as training:
        yield from training.snapshots()


def run(experiment: Experiment) -> Trajectory:
    """Train an experiment to its last epoch.

    Parameters
    ----------
    experiment : Experiment
        What is trained: all of its strengths, penalties and repeats together.

    Returns
    -------
    Trajectory
        All recorded epochs, and the kernels at the last one.

    Raises
    ------
    Diverged
        When a member's loss is no longer finite; the epochs recorded before are in its
        `trajectory`.
    """
    with PathTraining(experiment) as training:
        snapshots: list[Snapshot] = []
        try:
            snapshots.extend(training.snapshots())
        except Diverged as divergence:
            if training.measured:
                divergence.trajectory = Trajectory.of(training.context, training.measured)
            raise
        return Trajectory.of(training.context, snapshots, training.kernels())


class PathTraining:
    """The training of one path, a context manager: it borrows a traced program until it exits.

    Equal experiments give equal bits, whatever else is trained in the same process.
    """

    def __init__(self, experiment: Experiment) -> None:
        set_threads(1)
        self.experiment = experiment
        self.datasets = [data.load(repeat) for repeat in experiment.each_repeat]
        self.context: RunContext = run_context(experiment, self.datasets[0])
        self.measured: list[Snapshot] = []
        self.table = MemberTable.of(experiment)
        self._trained = 0
        self._generators = [np.random.default_rng(repeat.seed) for repeat in experiment.each_repeat]

    def __enter__(self) -> PathTraining:
        self._program = borrow(self.experiment)
        self._program.restart(self.experiment.each_repeat)
        self._program.set_strengths(self.table, epoch=1)
        self._measuring = Measuring(self._program, self.datasets, self.context)
        self._inputs = tf.constant(np.stack([d.train_inputs for d in self.datasets]))
        self._targets = tf.constant(np.stack([d.train_targets for d in self.datasets]))
        return self

    def __exit__(self, *_: object) -> None:
        give_back(self._program)

    def snapshots(self) -> Iterator[Snapshot]:
        """Train to the last epoch, yield each recorded one, and keep it in `measured`.

        Raises Diverged.
        """
        trained = 0
        for epoch in self.experiment.recorded_epochs:
            self.train_epochs(epoch - trained)
            trained = epoch
            snapshot = self.measure(epoch)
            self._refuse_divergence(snapshot)
            self.measured.append(snapshot)
            yield snapshot

    def train_epochs(self, count: int) -> None:
        """Train `count` epochs, each in a new random order that all members of a repeat share."""
        while count > 0:
            now = min(count, self._epochs_at_one_strength())
            self._program.set_strengths(self.table, self._trained + 1)
            self._program.train(self._inputs, self._targets, self.next_orders(now))
            self._trained += now
            count -= now

    def _epochs_at_one_strength(self) -> int:
        """Return how many epochs the next call may train: all at one strength, and not too many."""
        share = self.experiment.schedule_share
        largest = max(1, _ROWS_PER_CALL // (self.experiment.train_size * self.experiment.repeats))
        following = self._trained + 1
        if share(following) == 1.0:  # and so in all later epochs
            return largest
        same = 1
        while same < largest and share(following + same) == share(following):
            same += 1
        return same

    def next_orders(self, count: int) -> NDArray[np.int32]:
        """Return the orders of the examples in the next epochs, (R, count, train examples)."""
        rows = self.experiment.train_size
        orders = [
            [generator.permutation(rows) for _ in range(count)] for generator in self._generators
        ]
        return np.array(orders, dtype=np.int32).reshape(len(orders), count, rows)

    def measure(self, epoch: int) -> Snapshot:
        """Return the measurements of the weights as they are now, as those of this epoch."""
        return self._measuring.snapshot(epoch)

    def kernels(self) -> tuple[NDArray[Any], ...]:
        """Return the regularized kernels as they are now, in the shapes of Trajectory.kernels."""
        _, cells = self.table.measured_cells
        model = self._program.model
        values = model.values
        return tuple(values[i].numpy()[cells] for i in model.kernel_positions)

    def member_weights(self, row: int) -> list[NDArray[Any]]:
        """Return the trainable weights of a row of `table`, in Keras's order."""
        return [values.numpy()[row] for values in self._program.model.values]

    def member_state(self, row: int) -> list[NDArray[Any]]:
        """Return the non-trainable variables of a row (BatchNorm, Dropout), in Keras's order."""
        return [values.numpy()[row] for values in self._program.model.state]

    def _refuse_divergence(self, snapshot: Snapshot) -> None:
        total = snapshot.train_data_loss + snapshot.val_data_loss + snapshot.penalty.sum(axis=-1)
        diverged = np.argwhere(~np.isfinite(total))
        if diverged.size:
            strength = self.experiment.strengths[diverged[:, -1].max()]
            raise Diverged(self.experiment, snapshot.epoch, strength)


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
