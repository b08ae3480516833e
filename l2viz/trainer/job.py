"""Job: a run that has not ended, with its clients, its parts and what arrives of them."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

from l2viz.analysis.grid_refinement import Disagreement, Merging
from l2viz.data.brought import brought
from l2viz.experiment import Experiment
from l2viz.path import MemberTable, RowArrays, joined_kernels, joined_snapshot, shards_of
from l2viz.path.cost import estimated_seconds
from l2viz.path.divergence import Diverged, refuse_divergence
from l2viz.trainer import sentences
from l2viz.trainer.messages import Ended
from l2viz.trainer.run import Run
from l2viz.trajectory import RunContext, Trajectory

Part = tuple[int, ...]  # the positions of some of its shards


class Job:
    """A run in the queue or in training, cut into parts that are trained at the same time.

    finished     a finished path of some of its strengths, reused instead of trained, or None
    experiment   what the training processes get: with a finished path, the missing strengths alone
    brought      the data, if a viewer has brought them, or None
    clients      those that asked for the run and have not withdrawn
    stopping     the training processes were asked to stop it, and not all have answered yet
    estimate     seconds of training on one core of the machine that the estimate was made for
    asked        when it was requested
    due          when it would end if it had begun at once; waiting runs are ordered by it
    """

    def __init__(self, run: Run, finished: Trajectory | None) -> None:
        self.run = run
        self.clients: set[str] = set()
        self.stopping = False
        self._merging = (
            None if finished is None else Merging(whole=run.experiment, finished=finished)
        )
        self.brought = brought(run.experiment.dataset)  # held until the run has ended
        self.experiment: Experiment = self._merging.added if self._merging else run.experiment
        self.estimate = estimated_seconds(self.experiment)
        self.asked = time.monotonic()
        self.due = self.asked + self.estimate
        self._began, self._part_count = 0.0, 1
        self._table = MemberTable.of(self.experiment)
        self._shard_count = len(shards_of(self._table))
        self._waiting: deque[Part] = deque()
        self._in_training = 0  # parts
        self._measured: dict[int, list[RowArrays]] = defaultdict(list)  # by epoch, until all there
        self._kernels: list[RowArrays] = []
        self._status, self._sentence = "finished", ""

    def is_wanted(self, has_left: Callable[[str], bool]) -> bool:
        """Forget the clients that have left; return whether any is there."""
        self.clients = {client for client in self.clients if not has_left(client)}
        return bool(self.clients)

    @property
    def slowness(self) -> float:
        """Return the seconds that it has taken on one core, over the estimate."""
        return (time.monotonic() - self._began) * self._part_count / self.estimate

    @property
    def member_count(self) -> int:
        """Return how many networks are trained for it."""
        return len(self._table.strengths)

    # ---- its parts

    def cut(self, count: int) -> None:
        """Cut it into at most `count` parts, as equal as can be."""
        self._began, self._part_count = time.monotonic(), min(count, self._shard_count)
        count = self._part_count
        self._waiting = deque(tuple(range(i, self._shard_count, count)) for i in range(count))

    @property
    def has_waiting_parts(self) -> bool:
        """Return whether a part has not been given out."""
        return bool(self._waiting)

    def next_part(self) -> Part:
        """Give out the next part."""
        self._in_training += 1
        return self._waiting.popleft()

    def stop(self) -> None:
        """Give out no more parts; it ends when those in training have."""
        self.stopping = True
        if self._waiting and self.is_fine:
            self._status = "stopped"
        self._waiting.clear()

    # ---- what arrives

    def begin(self, context: RunContext) -> None:
        """Pass on the context of the run, merged with the finished path."""
        if self.run.state.context is None:
            self.run.begin(self._merging.context(context) if self._merging else context)

    def add(self, epoch: int, parts: tuple[RowArrays, ...]) -> bool:
        """Add what was measured of some shards; return whether the run may go on.

        A snapshot is shown when all shards have it. The run fails if no strength has a finite
        loss, or if it contradicts the finished path.
        """
        if self._status == "failed":
            return True  # what is on its way
        measured = self._measured[epoch]
        measured += parts
        if len(measured) == self._shard_count:
            try:
                snapshot = joined_snapshot(self._table, epoch, self._measured.pop(epoch))
                refuse_divergence(self.experiment, snapshot)
                self.run.add(self._merging.snapshot(snapshot) if self._merging else snapshot)
            except (Diverged, Disagreement) as failure:
                self.run.failure = failure
                self.fail(str(failure))
                return False
        return True

    def fail(self, sentence: str) -> None:
        """Let it end as failed, for the first reason there is."""
        if self._status != "failed":
            self._status, self._sentence = "failed", sentence

    def end_part(self, message: Ended) -> None:
        """Note the end of a part, as the training process reports it."""
        self._in_training -= 1
        self._kernels += message.kernels
        if message.status == "failed":
            self.fail(message.sentence)
        elif message.status == "stopped" and self._status == "finished":
            self._status = "stopped"

    def lose_part(self) -> None:
        """Note the death of the process that trained a part."""
        self._in_training -= 1
        self.fail(sentences.ended_unexpectedly(self.run))

    @property
    def is_fine(self) -> bool:
        """Return whether every part so far trains or has finished."""
        return self._status == "finished"

    @property
    def has_ended(self) -> bool:
        """Return whether no part is in training or waits for it."""
        return not self._in_training and not self._waiting

    def end(self) -> None:
        """End the run, when all parts have."""
        if self._status == "stopped":
            self.run.end("stopped", sentences.stopped(self.run))
        elif self._status == "failed":
            self.run.end("failed", self._sentence)
        else:
            kernels = joined_kernels(self._table, self._kernels)
            self.run.end(
                "finished", "", self._merging.kernels(kernels) if self._merging else kernels
            )
