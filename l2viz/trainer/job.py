"""Job: a run that has not ended, with its clients and the snapshots that arrive."""

from __future__ import annotations

from collections.abc import Callable

from l2viz.analysis.grid_refinement import Disagreement, Merging
from l2viz.experiment import Experiment
from l2viz.trainer import sentences
from l2viz.trainer.messages import Ended
from l2viz.trainer.run import Run
from l2viz.trajectory import RunContext, Snapshot, Trajectory


class Job:
    """A run in the queue or in training.

    finished   a finished path of some of its strengths, which is reused instead of trained, or None
    clients    those that asked for the run and have not withdrawn
    stopping   the training process was asked to stop it, and has not answered yet
    """

    def __init__(self, run: Run, finished: Trajectory | None) -> None:
        self.run = run
        self.clients: set[str] = set()
        self.stopping = False
        self._merging = (
            None if finished is None else Merging(whole=run.experiment, finished=finished)
        )
        self._disagreement = ""  # why the new strengths cannot be merged with the finished ones

    @property
    def experiment(self) -> Experiment:
        """Return the experiment that the training process gets: the missing strengths alone."""
        return self._merging.added if self._merging else self.run.experiment

    def is_wanted(self, is_present: Callable[[str], bool]) -> bool:
        """Forget the clients that are no longer present; return whether any is left."""
        self.clients = {client for client in self.clients if is_present(client)}
        return bool(self.clients)

    def begin(self, context: RunContext) -> None:
        """Pass on the context of the run, merged with the finished path."""
        self.run.begin(self._merging.context(context) if self._merging else context)

    def add(self, snapshot: Snapshot) -> bool:
        """Add a snapshot; return False, to stop the run, if it contradicts the finished path."""
        if self._disagreement:
            return False
        try:
            self.run.add(self._merging.snapshot(snapshot) if self._merging else snapshot)
        except Disagreement as disagreement:
            self._disagreement = str(disagreement)
        return not self._disagreement

    def end(self, message: Ended) -> None:
        """End the run with the status that the training process reports."""
        if self._disagreement:
            self.run.end("failed", self._disagreement)
        elif message.status == "stopped":
            self.run.end("stopped", sentences.stopped(self.run), message.kernels)
        elif self._merging and message.kernels:
            kernels = self._merging.kernels(message.kernels)
            self.run.end(message.status, message.sentence, kernels)
        else:
            self.run.end(message.status, message.sentence, message.kernels)
