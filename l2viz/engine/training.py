"""Experiment -> Snapshots of the whole strength path, trained shard by shard."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from numpy.typing import NDArray

from l2viz import data
from l2viz.engine.path_program import PathProgram
from l2viz.engine.program_pool import borrow, give_back
from l2viz.engine.run_context import run_context
from l2viz.engine.shard_training import RepeatData, ShardTraining
from l2viz.engine.threads import set_threads
from l2viz.experiment import Experiment
from l2viz.path import MemberTable, RowArrays, joined_kernels, joined_snapshot, shards_of
from l2viz.path.divergence import refuse_diverged_path, refuse_divergence
from l2viz.trajectory import RunContext, Snapshot, Trajectory


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
        When no strength has a finite loss any more. A strength that has none while others have is
        NaN from there on.
    """
    with PathTraining(experiment) as training:
        yield from training.snapshots()


def run(experiment: Experiment) -> Trajectory:
    """Train an experiment to its last epoch, in this process: see l2viz.trainer.library.run."""
    with PathTraining(experiment) as training:
        return training.trajectory()


class PathTraining:
    """The training of one path, a context manager: it borrows a traced program until it exits.

    shards   positions in `shards_of` of those to train; all of them if it is not given
    """

    def __init__(self, experiment: Experiment, shards: Sequence[int] | None = None) -> None:
        set_threads(1)
        self.experiment = experiment
        self.table = MemberTable.of(experiment)
        every = shards_of(self.table)
        self._shards = every if shards is None else [every[position] for position in shards]
        repeats = experiment.each_repeat
        self.datasets = {
            repeat: data.load(repeats[repeat])
            for repeat in sorted({0, *(shard.repeat for shard in self._shards)})
        }
        self.context: RunContext = run_context(experiment, self.datasets[0])

    def __enter__(self) -> PathTraining:
        self._program = borrow(self.experiment)
        repeats = {
            repeat: RepeatData.of(
                self._program, self.datasets[repeat], self.context, details=repeat == 0
            )
            for repeat in {shard.repeat for shard in self._shards}
        }
        self._trainings = [
            ShardTraining(self._program, self.table, shard, repeats[shard.repeat])
            for shard in self._shards
        ]
        return self

    def __exit__(self, *_: object) -> None:
        give_back(self._program)

    def snapshots(self) -> Iterator[Snapshot]:
        """Train to the last epoch and yield each recorded one. Raises Diverged."""
        for epoch, parts in self.recorded():
            snapshot = joined_snapshot(self.table, epoch, parts)
            refuse_divergence(self.experiment, snapshot)
            yield snapshot

    def recorded(self) -> Iterator[tuple[int, list[RowArrays]]]:
        """Train to the last epoch; yield each recorded one, and what was measured of each shard."""
        for before, epoch in self._stretches():
            self.train_epochs(epoch - before)
            yield epoch, self.measured(epoch)

    def train_epochs(self, count: int) -> None:
        """Train `count` epochs."""
        for training in self._in_turn():
            training.train(count)

    def measure(self, epoch: int) -> Snapshot:
        """Return the measurements of the weights as they are now, as those of this epoch."""
        return joined_snapshot(self.table, epoch, self.measured(epoch))

    def measured(self, epoch: int) -> list[RowArrays]:
        """Return the same, shard by shard."""
        return [training.measure(epoch) for training in self._in_turn()]

    def kernels(self) -> tuple[NDArray[Any], ...]:
        """Return the regularized kernels as they are now, in the shapes of Trajectory.kernels."""
        return joined_kernels(self.table, self.shard_kernels())

    def shard_kernels(self) -> list[RowArrays]:
        """Return the same, for each shard of the first repeat."""
        return [each.kernels() for each in self._in_turn() if each.shard.repeat == 0]

    def trajectory(self) -> Trajectory:
        """Train one shard after the other, each to the last epoch. Raises Diverged."""
        by_epoch: dict[int, list[RowArrays]] = {}
        kernels: list[RowArrays] = []
        for training in self._trainings:
            for before, epoch in self._stretches():
                training.train(epoch - before)
                by_epoch.setdefault(epoch, []).append(training.measure(epoch))
            if training.shard.repeat == 0:
                kernels.append(training.kernels())
        snapshots = [joined_snapshot(self.table, *of_epoch) for of_epoch in by_epoch.items()]
        refuse_diverged_path(self.context, snapshots)
        return Trajectory.of(self.context, snapshots, joined_kernels(self.table, kernels))

    def member_weights(self, row: int) -> list[NDArray[Any]]:
        """Return the trainable weights of a row of `table`, in Keras's order."""
        program, position = self.holding(row)
        return [values.numpy()[position] for values in program.model.values]

    def member_state(self, row: int) -> list[NDArray[Any]]:
        """Return the non-trainable variables of a row (BatchNorm, Dropout), in Keras's order."""
        program, position = self.holding(row)
        return [values.numpy()[position] for values in program.model.state]

    def holding(self, row: int) -> tuple[PathProgram, int]:
        """Return the program as it trains a row of `table`, and the row's place in it."""
        (training,) = (each for each in self._trainings if row in each.shard.rows)
        self._program.hold(training)
        return self._program, training.shard.rows.tolist().index(row)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Yield each recorded epoch with the one before; 0 has none but itself."""
        return itertools.pairwise((0, *self.experiment.recorded_epochs))

    def _in_turn(self) -> list[ShardTraining]:
        """Return all shards, the one that holds the program first if it was the last."""
        if self._program.holder is self._trainings[-1]:
            self._trainings.reverse()
        return list(self._trainings)
