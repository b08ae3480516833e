"""Trainer: the queue of runs, and the runs that were trained recently."""

from __future__ import annotations

import functools
import logging
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from cachetools import LRUCache, TTLCache

from l2viz.data.brought import brought
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import dataset_words, is_brought
from l2viz.path.cost import estimated_seconds
from l2viz.path.structure import Structure
from l2viz.trainer import sentences
from l2viz.trainer.absence import Absence
from l2viz.trainer.board import Board
from l2viz.trainer.elsewhere import Elsewhere
from l2viz.trainer.job import Job
from l2viz.trainer.messages import Began, Ended, Measured, Prepare, RunMessage, Train
from l2viz.trainer.pool import Pool
from l2viz.trainer.process import COMMAND, WorkerProcess
from l2viz.trainer.run import Run
from l2viz.trainer.status import TrainerStatus, resident_bytes
from l2viz.trainer.store import RunStore
from l2viz.trainer.supervisor import end
from l2viz.trajectory import Trajectory

LARGEST_QUEUE = 100  # waiting runs, one a viewer
KEPT_BYTES = 192 * 2**20  # of ended runs: the page stays below 600 MB, with all else it keeps
_SWEEP = 1.0  # seconds between two looks at who is still there
DEATHS_IN_A_RUN = 3  # of one experiment; then it is refused for a while
_STRUCTURES = 3
_LONGEST_EPOCH = 0.5  # seconds
_REFUSED_FOR = 600.0  # seconds
LARGEST_PROGRAM_COUNT = 8  # of one training process: about 5 MB of each are never freed


logger = logging.getLogger("l2viz.trainer")


class TrainerUnavailable(RuntimeError):
    """Training is not possible now; the message is a sentence for people."""


class RunRefused(RuntimeError):
    """Too many runs wait, or this one ends its process each time; the message is for people."""


class Trainer:
    """Trains runs in processes of its own, in the order of requests, short ones first.

    A run is cut into as many parts as processes are ready when its turn comes. A process that has
    finished its part takes one of the next run. A client has one run that has not ended: a new one
    replaces it. A run whose clients have all left is stopped.

    All methods may be called from any thread, and none waits for training. Keras and TensorFlow are
    not imported in this process.

    Parameters
    ----------
    recordings : iterable of Trajectory
        Finished runs that are there from the start and never dropped.
    worker_command : sequence of str
        The command of the training process.
    is_present : callable
        Whether a client is still there: a run that only absent clients want is stopped after a
        grace of five seconds.
    kept_bytes : int
        Limit of all ended runs together; the least recently used are dropped.
    largest_program_count : int
        Traced programs of a training process; one that has more is replaced.
    workers : int
        Number of training processes.
    idle_seconds : float
        Without a run, after which the training processes end until `start` or the next run.
    shared_folder : Path, optional
        Where this and other servers keep their runs for one another.
    recording_files : mapping of Experiment to Path
        Recordings that are read when they are asked for, and dropped like other ended runs.
    """

    def __init__(
        self,
        *,
        recordings: Iterable[Trajectory] = (),
        worker_command: Sequence[str] = COMMAND,
        is_present: Callable[[str], bool] = lambda client: True,
        kept_bytes: int = KEPT_BYTES,
        largest_program_count: int = LARGEST_PROGRAM_COUNT,
        workers: int = 1,
        idle_seconds: float = math.inf,
        shared_folder: Path | None = None,
        recording_files: Mapping[Experiment, Path] = MappingProxyType({}),
    ) -> None:
        self._absence = Absence(is_present)
        self._lock = threading.RLock()
        self._store = RunStore(kept_bytes)
        for trajectory in recordings:
            self._store.record(trajectory)
        self._elsewhere = Elsewhere(recording_files, shared_folder)
        self._idle_seconds = idle_seconds
        self._wanted_at = math.inf  # the processes rest
        # Those that the processes have traced lately: no more than they keep.
        self._structures: LRUCache[Structure, None] = LRUCache(_STRUCTURES)
        self._deaths: TTLCache[Experiment, int] = TTLCache(1_000, _REFUSED_FOR)
        self._closed = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="l2viz absence", daemon=True)
        self._pool = Pool(
            functools.partial(WorkerProcess, worker_command),
            size=workers,
            lock=self._lock,
            listener=self,
            largest_program_count=largest_program_count,
        )
        self._board = Board(lambda: self._pool.ready)

    # ---- for the page

    def start(self, *, at_once: bool = False) -> None:
        """Start the training processes, which warm up by themselves, and return at once.

        `at_once` starts all of them now, and not one after the other.
        """
        with self._lock:
            self._wanted_at = time.monotonic()
            self._pool.start(at_once=at_once)
            if not (self._sweeper.ident or self._closed.is_set()):
                self._sweeper.start()
            self.on_change()

    def close(self) -> None:
        """End the training processes and all runs within a second. A second call does nothing."""
        with self._lock:
            workers = self._pool.close()
            self._closed.set()
            for job in self._board:
                job.run.end("stopped", self.unavailable_because)
            self._board.clear()
        self._elsewhere.close()
        end(workers)

    def submit(self, experiment: Experiment, *, client: str, retrain: bool = False) -> Run:
        """Return the queued, training or finished run of an experiment, or queue a new one.

        A failed or stopped run is trained again, as a new run. What else the client waits for is
        given up when a run is queued.

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
        RunRefused
            When 100 runs are waiting already, or when the experiment has ended its process three
            times in ten minutes.
        """
        elsewhere = None
        if not (retrain or self.find(experiment)):
            elsewhere = self._elsewhere.finished(experiment)
        with self._lock:
            stopping = self._board.stopping_runs()
            run = self._store.find(experiment, stopping=stopping)
            if elsewhere and (run is None or run.state.status in ("stopped", "failed")):
                run = self._adopt(elsewhere)
            if run is None:
                run = self._enqueue(experiment, self._store.part_of(experiment))
            elif run in stopping or _must_train(run, retrain):
                run = self._enqueue(experiment, None)
            for job in self._board:
                if job.run is run:
                    job.clients.add(client)
                    self._give_up_others(job, client)
            return run

    def find(self, experiment: Experiment) -> Run | None:
        """Return a run of an experiment that is finished or will be, without asking for one."""
        with self._lock:
            stopping = self._board.stopping_runs()
            run = self._store.find(experiment, stopping=stopping)
            return None if run is None or run in stopping or _must_train(run, False) else run

    def prepare(self, experiment: Experiment) -> None:
        """Trace what an experiment needs, as it may be trained next, unless others train or wait.

        What was traced lately is not traced again, and neither is what takes long for an epoch.
        """
        if is_brought(experiment.dataset):
            return  # the processes get the data with the run
        structure = Structure.of(experiment)
        with self._lock:
            if structure in self._structures or next(iter(self._board), None):
                return
            if self._board.seconds_here(estimated_seconds(experiment)) < (
                _LONGEST_EPOCH * experiment.epochs
            ):
                self._structures[structure] = None
                self._pool.prepare(Prepare(experiment))

    def seconds(self, experiment: Experiment) -> float:
        """Return the estimated seconds to train an experiment here, once its turn has come."""
        with self._lock:
            return self._board.seconds_here(estimated_seconds(experiment))

    def get(self, run_id: str) -> Run | None:
        """Return the run of this id; None if there is none, or if it was dropped."""
        with self._lock:
            return self._store.get(run_id)

    def get_elsewhere(self, run_id: str) -> Run | None:
        """Return a recording, or the run of another server as far as it has come; reads files."""
        recorded = self._elsewhere.recording(run_id)
        if recorded:
            with self._lock:
                return self._adopt(recorded)
        return self._elsewhere.shared(run_id)

    def status(self) -> TrainerStatus:
        """Describe what trains, what waits and the processes, without any viewer."""
        with self._lock:
            return TrainerStatus(
                training=self._board.training_lines(),
                waiting=self._board.waiting_lines(),
                workers=tuple(self._pool.status()),
                bytes=resident_bytes(os.getpid()),
                kept_runs=len(self._store),
                unavailable_because=self.unavailable_because,
            )

    def withdraw(self, run_id: str, *, client: str) -> bool:
        """Withdraw a client from a run, and stop the run if it has no other client.

        If its other clients have just left, it is stopped when their grace has ended.

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
            for job in self._board:
                if job.run.id == run_id:
                    job.clients.discard(client)
                    if not job.is_wanted(self._absence.has_left):
                        self._stop(job)
                        return True
            return False

    def is_watched(self, run_id: str) -> bool:
        """Return whether a client of a run that has not ended is present, not only in its grace."""
        with self._lock:
            clients = [job.clients for job in self._board if job.run.id == run_id]
            return any(self._absence.is_present(client) for each in clients for client in each)

    @property
    def unavailable_because(self) -> str:
        """Return a sentence for people when training is impossible, otherwise an empty one."""
        return self._pool.unavailable_because

    @property
    def ready_workers(self) -> int:
        """Return how many training processes train or could train."""
        with self._lock:
            return self._pool.ready

    @property
    def is_crowded(self) -> bool:
        """Return whether runs wait for a training process."""
        with self._lock:
            return any(True for _ in self._board.waiting)

    # ---- for the supervisors; the lock is held

    def on_message(self, message: RunMessage) -> None:
        """Update a run in training by a message of a training process."""
        job = self._board.in_training(message.run_id)
        match message:
            case Began():
                job.begin(message.context)
            case Measured():
                if not job.add(message.epoch, message.parts):
                    self._stop(job)
            case Ended():
                job.end_part(message)
                self._after_part(job)

    def on_loss(self, run_id: str) -> None:
        """Fail a run that has lost a training process."""
        job = self._board.in_training(run_id)
        job.lose_part()
        self._deaths[job.run.experiment] = self._deaths.get(job.run.experiment, 0) + 1
        self._after_part(job)

    def on_change(self) -> None:
        """Give parts of runs to free processes; update the queue positions of waiting runs."""
        if self._wanted_at < math.inf:
            self._pool.start()
        if self.unavailable_because:
            while self._board.waiting:
                self._end(self._board.waiting.take(), "failed", self.unavailable_because)
        else:
            self._pool.give(self._next_command)
        self._board.tell_positions()

    # ---- the lock is held

    def _next_command(self) -> Train | None:
        """Return the next part of the oldest run that has one."""
        job = next((job for job in self._board.training if job.has_waiting_parts), None)
        if job is None and self._board.waiting:
            job = self._board.waiting.take()
            job.cut(self._pool.ready)
            job.run.leave_queue()
            self._board.training.append(job)
            _log("began", job)
        if job is None:
            return None
        return Train(job.run.id, job.experiment, job.next_part(), job.brought)

    def _after_part(self, job: Job) -> None:
        """End a run whose parts have ended; stop the others if one did not finish."""
        if not (job.has_ended or job.is_fine):
            self._stop(job)
        elif job.has_ended:
            self._board.training.remove(job)
            job.end()
            _log(job.run.state.status, job)
            self._board.learn(job)
            self._store.keep_within_limit(job.run)

    def _adopt(self, run: Run) -> Run:
        """Keep an ended run that was not trained here, as long as there is room."""
        adopted = self._store.adopt(run)
        self._store.keep_within_limit(adopted)
        return adopted

    def _enqueue(self, experiment: Experiment, finished: Trajectory | None) -> Run:
        """Queue a new run, which may reuse a finished path of some of its strengths."""
        if self.unavailable_because:
            raise TrainerUnavailable(self.unavailable_because)
        if is_brought(experiment.dataset) and brought(experiment.dataset) is None:
            raise RunRefused(sentences.DATA_ARE_GONE)
        if self._deaths.get(experiment, 0) >= DEATHS_IN_A_RUN:
            raise RunRefused(sentences.ENDS_ITS_PROCESS)
        if len(self._board.waiting) >= LARGEST_QUEUE:
            raise RunRefused(sentences.queue_full(len(self._board.waiting)))
        run = self._store.new(experiment)
        job = Job(run, finished)
        self._structures[Structure.of(experiment)] = None
        self._board.waiting.add(job)
        _log("queued", job)
        self._elsewhere.publish(run)
        self.start()
        return run

    def _give_up_others(self, wanted: Job, client: str) -> None:
        """Withdraw a client from all other runs that have not ended."""
        for job in self._board:
            if job is not wanted and client in job.clients:
                job.clients.discard(client)
                if not job.is_wanted(self._absence.has_left):
                    self._stop(job)

    def _sweep(self) -> None:
        """Look after processes, and stop runs whose clients have left; a thread runs this."""
        while not self._closed.wait(_SWEEP):
            with self._lock:
                self._pool.look()
                self._stop_unwanted()
                self._store.drop_where(_data_are_gone)
                self.on_change()
                resting = self._rest() if self._is_idle() else []
            end(resting)

    def _stop_unwanted(self) -> None:
        for job in self._board:  # not in `_sweep`, whose variables hold the last job for good
            if not (job.stopping or job.is_wanted(self._absence.has_left)):
                self._stop(job)

    def _is_idle(self) -> bool:
        if self._board.training or self._board.waiting:
            self._wanted_at = time.monotonic()
        return time.monotonic() - self._wanted_at > self._idle_seconds

    def _rest(self) -> list[WorkerProcess]:
        self._wanted_at = math.inf
        return self._pool.rest()

    def _stop(self, job: Job) -> None:
        """Ask the processes to stop a run in training; take a waiting one out of the queue."""
        if job in self._board.waiting:
            self._board.waiting.remove(job)
            self._end(job, "stopped", sentences.stopped(job.run))
            self.on_change()
        elif not job.stopping:
            job.stop()
            self._pool.stop(job.run.id)
            self._after_part(job)  # if no part was in training

    def _end(self, job: Job, status: str, message: str) -> None:
        """End a run here, without an answer of the training process."""
        job.run.end(status, message)
        _log(status, job)
        self._store.keep_within_limit(job.run)


def _must_train(run: Run, retrain: bool) -> bool:
    """Return whether the run cannot answer a request, so that a new one is needed."""
    return run.state.ended and (retrain or run.state.status != "finished")


def _data_are_gone(run: Run) -> bool:
    """Return whether a run is of data that a viewer had brought, and that nobody holds any more."""
    dataset = run.experiment.dataset
    return is_brought(dataset) and brought(dataset) is None


def _log(event: str, job: Job) -> None:
    """Log an event of a run: what is trained and for how long, nothing of who asked for it."""
    about = {
        "run": job.run.id,
        "dataset": dataset_words(job.run.experiment.dataset),
        "members": job.member_count,
        "seconds": round(time.monotonic() - job.asked, 3),
    }
    logger.info("%s: %s", event, job.run.id, extra={"event": event, **about})
