"""Board: the runs that have not ended, and how long each will take."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from l2viz.experiment.dataset_specs import dataset_words
from l2viz.trainer import sentences
from l2viz.trainer.job import Job
from l2viz.trainer.run import Run
from l2viz.trainer.status import RunLine
from l2viz.trainer.waiting_line import WaitingLine

_TELLING = 1.0  # estimated seconds of runs from which it is learned: others are mostly tracing
_NEWS = 0.3  # weight of the latest run in the slowness of this machine


class Board:
    """The jobs in training, the oldest first, then those that wait. Not thread-safe.

    ready_workers   how many training processes there are now
    """

    def __init__(self, ready_workers: Callable[[], int]) -> None:
        self.training: list[Job] = []
        self.waiting = WaitingLine()
        self._ready_workers = ready_workers
        self._slowness = 1.0  # of this machine, compared with estimated_seconds

    def __iter__(self) -> Iterator[Job]:
        """Iterate over a copy, so that jobs may be removed meanwhile."""
        return iter([*self.training, *self.waiting])

    def in_training(self, run_id: str) -> Job:
        """Return the job in training of this run."""
        return next(job for job in self.training if job.run.id == run_id)

    def stopping_runs(self) -> list[Run]:
        """Return the runs that were asked to stop and still train."""
        return [job.run for job in self.training if job.stopping]

    def clear(self) -> None:
        """Forget all jobs."""
        self.training.clear()
        self.waiting = WaitingLine()

    # ---- seconds

    def seconds_here(self, estimate: float) -> float:
        """Return the seconds on this machine, on all of its processes, for an estimate."""
        return self._slowness * estimate / max(1, self._ready_workers())

    def seconds_left(self, job: Job) -> float:
        """Return the estimated seconds that a run in training still takes."""
        left = job.run.state.seconds_left
        return self.seconds_here(job.estimate) if left is None else left

    def learn(self, job: Job) -> None:
        """Learn from a finished run how slow this machine is."""
        if job.run.state.status == "finished" and job.estimate >= _TELLING:
            self._slowness += _NEWS * (job.slowness - self._slowness)

    def tell_positions(self) -> None:
        """Tell the waiting runs their positions, and for how long others are trained first."""
        ahead = len(self.training)
        for position, (job, seconds) in enumerate(self._waiting_with_seconds(), start=1):
            job.run.wait_in_queue(position, sentences.queued(ahead + position - 1, seconds))

    # ---- for people

    def training_lines(self) -> tuple[RunLine, ...]:
        """Describe the runs in training."""
        return tuple(_line(job, self.seconds_left(job)) for job in self.training)

    def waiting_lines(self) -> tuple[RunLine, ...]:
        """Describe the runs that wait; what is left includes the runs before them."""
        return tuple(
            _line(job, before + self.seconds_here(job.estimate))
            for job, before in self._waiting_with_seconds()
        )

    def _waiting_with_seconds(self) -> Iterator[tuple[Job, float]]:
        """Yield each run that waits, and the seconds for which others are trained first."""
        seconds = sum(map(self.seconds_left, self.training))
        for job in self.waiting:
            yield job, seconds
            seconds += self.seconds_here(job.estimate)


def _line(job: Job, seconds_left: float) -> RunLine:
    snapshots = job.run.state.snapshots
    return RunLine(
        run=job.run.id,
        dataset=dataset_words(job.run.experiment.dataset),
        members=job.member_count,
        epoch=snapshots[-1].epoch if snapshots else None,
        epochs=job.run.experiment.epochs,
        seconds_left=seconds_left,
        viewers=len(job.clients),
    )
