"""Trainer: the queue of runs, and the runs that were trained recently."""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from l2viz.experiment import Experiment
from l2viz.trainer import sentences
from l2viz.trainer.job import Job
from l2viz.trainer.messages import Began, Ended, Measured, RunMessage
from l2viz.trainer.process import COMMAND, WorkerProcess
from l2viz.trainer.run import Run
from l2viz.trainer.store import RunStore
from l2viz.trainer.supervisor import Supervisor, end
from l2viz.trajectory import Trajectory

LARGEST_QUEUE = 20  # waiting runs
KEPT_BYTES = 256 * 2**20  # of ended runs
LARGEST_PROGRAM_COUNT = 10  # of one training process: about 5 MB of each are never freed


class TrainerUnavailable(RuntimeError):
    """Training is not possible now; the message is a sentence for people."""


class QueueFull(RuntimeError):
    """Too many runs wait already; the message is a sentence for people."""


class Trainer:
    """Trains one run at a time, first come first served, in a separate process.

    All methods may be called from any thread, and none waits for training. Keras and TensorFlow are
    not imported in this process.

    Parameters
    ----------
    recordings : iterable of Trajectory
        Finished runs that are there from the start and never dropped.
    worker_command : sequence of str
        The command of the training process.
    is_present : callable
        Whether a client is still there: a run that only absent clients want may be stopped.
    kept_bytes : int
        Limit of all ended runs together; the least recently used are dropped.
    largest_program_count : int
        Traced programs of a training process; one that has more is replaced.
    """

    def __init__(
        self,
        *,
        recordings: Iterable[Trajectory] = (),
        worker_command: Sequence[str] = COMMAND,
        is_present: Callable[[str], bool] = lambda client: True,
        kept_bytes: int = KEPT_BYTES,
        largest_program_count: int = LARGEST_PROGRAM_COUNT,
    ) -> None:
        self._is_present = is_present
        self._lock = threading.RLock()
        self._store = RunStore(kept_bytes)
        for trajectory in recordings:
            self._store.record(trajectory)
        self._waiting: deque[Job] = deque()
        self._current: Job | None = None
        self._supervisor = Supervisor(
            functools.partial(WorkerProcess, worker_command),
            lock=self._lock,
            listener=self,
            largest_program_count=largest_program_count,
        )

    # ---- for the page

    def start(self) -> None:
        """Start the training process, which warms up by itself, and return at once."""
        with self._lock:
            self._supervisor.start()
            self.on_change()

    def close(self) -> None:
        """End the training process and all runs within a second. A second call does nothing."""
        with self._lock:
            workers = self._supervisor.close()
            for job in self._jobs():
                job.run.end("stopped", self.unavailable_because)
            self._waiting.clear()
            self._current = None
        end(workers)

    def submit(self, experiment: Experiment, *, client: str, retrain: bool = False) -> Run:
        """Return the queued, training or finished run of an experiment, or queue a new one.

        A failed or stopped run is trained again, as a new run.

        Parameters
        ----------
        experiment : Experiment
            What is trained.
        client : str
            Who asks. A run is stopped when all its clients have withdrawn or are gone.
        retrain : bool
            Train a finished experiment again, as a new run.

        Returns
        -------
        Run

        Raises
        ------
        TrainerUnavailable
            When no training process can be started, or the app is closing.
        QueueFull
            When 20 runs are waiting already.
        """
        with self._lock:
            run = self._store.find(experiment, stopping=self._stopping_run())
            if run is None:
                run = self._enqueue(experiment, self._store.part_of(experiment))
            elif run is self._stopping_run() or _must_train(run, retrain):
                run = self._enqueue(experiment, None)
            for job in self._jobs():
                if job.run is run:
                    job.clients.add(client)
            return run

    def get(self, run_id: str) -> Run | None:
        """Return the run of this id; None if there is none, or if it was dropped."""
        with self._lock:
            return self._store.get(run_id)

    def withdraw(self, run_id: str, *, client: str) -> bool:
        """Withdraw a client from a run, and stop the run if no other client is present.

        A run in training stops between two epochs and keeps its snapshots.

        Parameters
        ----------
        run_id : str
            `Run.id`.
        client : str
            As given to `submit`.

        Returns
        -------
        bool
            Whether the run is stopped.
        """
        with self._lock:
            for job in self._jobs():
                if job.run.id == run_id:
                    job.clients.discard(client)
                    if not job.is_wanted(self._is_present):
                        self._stop(job)
                        return True
            return False

    @property
    def unavailable_because(self) -> str:
        """Return a sentence for people when training is impossible, otherwise an empty one."""
        return self._supervisor.unavailable_because

    # ---- for the supervisor; the lock is held

    def on_message(self, message: RunMessage) -> None:
        """Update the current run by a message of the training process."""
        job = self._current
        assert job is not None
        match message:
            case Began():
                job.begin(message.context)
            case Measured():
                if not job.add(message.snapshot) and not job.stopping:
                    self._stop(job)
            case Ended():
                self._current = None
                job.end(message)
                self._store.keep_within_limit(job.run)

    def on_loss(self) -> None:
        """Fail the current run, whose training process has died."""
        job, self._current = self._current, None
        if job is not None:
            self._end(job, "failed", sentences.ended_unexpectedly(job.run))

    def on_change(self) -> None:
        """Send the next run if the process is free; update the queue positions of the others."""
        if self.unavailable_because:
            while self._waiting:
                self._end(self._waiting.popleft(), "failed", self.unavailable_because)
        elif self._supervisor.is_free and self._waiting:
            self._current = self._waiting.popleft()
            self._current.run.leave_queue()
            self._supervisor.train(self._current.run.id, self._current.experiment)
        ahead = 0 if self._current is None else 1
        for position, job in enumerate(self._waiting, start=1):
            job.run.wait_in_queue(position, sentences.queued(ahead + position - 1))

    # ---- the lock is held

    def _jobs(self) -> list[Job]:
        """Return the job in training, if any, then the queue in its order."""
        return [*([self._current] if self._current else []), *self._waiting]

    def _stopping_run(self) -> Run | None:
        """Return the run that was asked to stop and still trains, if any."""
        return self._current.run if self._current and self._current.stopping else None

    def _enqueue(self, experiment: Experiment, finished: Trajectory | None) -> Run:
        """Queue a new run, which may reuse a finished path of some of its strengths."""
        if self.unavailable_because:
            raise TrainerUnavailable(self.unavailable_because)
        if len(self._waiting) >= LARGEST_QUEUE:
            raise QueueFull(sentences.queue_full(len(self._waiting)))
        run = self._store.new(experiment)
        self._waiting.append(Job(run, finished))
        self.start()
        return run

    def _stop(self, job: Job) -> None:
        """Ask the process to stop a run in training; take a waiting one out of the queue."""
        if job is self._current:
            job.stopping = True
            self._supervisor.stop(job.run.id)
        else:
            self._waiting.remove(job)
            self._end(job, "stopped", sentences.stopped(job.run))
            self.on_change()

    def _end(self, job: Job, status: str, message: str) -> None:
        """End a run here, without an answer of the training process."""
        job.run.end(status, message)
        self._store.keep_within_limit(job.run)


def _must_train(run: Run, retrain: bool) -> bool:
    """Return whether the run cannot answer a request, so that a new one is needed."""
    return run.state.ended and (retrain or run.state.status != "finished")
