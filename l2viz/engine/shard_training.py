"""ShardTraining: the members of one shard, trained and measured on the data of their repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from l2viz.data import Dataset
from l2viz.engine.measure import Measuring
from l2viz.engine.path_program import PathProgram
from l2viz.experiment import Experiment
from l2viz.path import MemberTable, RowArrays, Shard
from l2viz.trajectory import RunContext

_ROWS_PER_CALL = 65_536  # training examples in one call of the traced program, at most


@dataclass(frozen=True, kw_only=True)
class RepeatData:
    """The data of a repeat, which its shards share.

    examples    inputs and targets for training
    measuring   measures a shard on all of the data
    """

    examples: tuple[tf.Tensor, tf.Tensor]
    measuring: Measuring

    @classmethod
    def of(
        cls, program: PathProgram, dataset: Dataset, context: RunContext, *, details: bool
    ) -> RepeatData:
        """Return the data of a dataset; details are measured of the first repeat alone."""
        return cls(
            examples=(tf.constant(dataset.train_inputs), tf.constant(dataset.train_targets)),
            measuring=Measuring(program, dataset, context, details=details),
        )


class ShardTraining:
    """The training of one shard, with a program that it may share with others.

    Equal experiments give equal bits, whatever else is trained with the program.

    state   to go on from: kept here while another one holds the program
    """

    def __init__(
        self,
        program: PathProgram,
        table: MemberTable,
        shard: Shard,
        repeat: RepeatData,
    ) -> None:
        self.shard = shard
        self.state: list[tf.Tensor] = []
        self._program = program
        self._table = table
        self._experiment: Experiment = table.experiment.each_repeat[shard.repeat]
        self._data = repeat
        self._generator = np.random.default_rng(self._experiment.seed)
        self._trained = 0
        program.restart(self, self._experiment, shard.coefficients(table, epoch=1))

    def train(self, count: int) -> None:
        """Train `count` epochs, each in a new random order that all members of a repeat share."""
        self._program.hold(self)
        while count > 0:
            now = min(count, self._epochs_at_one_strength())
            self._program.set_strengths(self.shard.coefficients(self._table, self._trained + 1))
            self._program.train(*self._data.examples, self._next_orders(now))
            self._trained += now
            count -= now

    def measure(self, epoch: int) -> RowArrays:
        """Return the measurements of the weights as they are now, as those of this epoch."""
        self._program.hold(self)
        return self._data.measuring.measure(self.shard, epoch)

    def kernels(self) -> RowArrays:
        """Return the regularized kernels as they are now."""
        self._program.hold(self)
        model, rows = self._program.model, self.shard.rows
        layers = range(len(model.kernel_positions))
        arrays = {str(layer): model.kernel(layer)[: len(rows)] for layer in layers}
        return RowArrays(rows=rows, arrays=arrays)

    def _epochs_at_one_strength(self) -> int:
        """Return how many epochs the next call may train: all at one strength, and not too many."""
        share = self._experiment.schedule_share
        largest = max(1, _ROWS_PER_CALL // self._experiment.train_size)
        following = self._trained + 1
        if share(following) == 1.0:  # and so in all later epochs
            return largest
        same = 1
        while same < largest and share(following + same) == share(following):
            same += 1
        return same

    def _next_orders(self, count: int) -> NDArray[np.int32]:
        """Return the orders of the examples in the next epochs, (count, train examples)."""
        rows = self._experiment.train_size
        orders: list[NDArray[Any]] = [self._generator.permutation(rows) for _ in range(count)]
        return np.array(orders, dtype=np.int32)
