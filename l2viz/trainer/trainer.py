"""Trainer: the queue of runs, the process that trains them, and what was trained lately."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from l2viz.analysis.grid_refinement import Disagreement, Merging
from l2viz.experiment import Experiment
from l2viz.trainer import sentences
from l2viz.trainer.messages import Began, Ended, Measured, Ready, Stop, Train, Unable, Warmed
from l2viz.trainer.process import COMMAND, WorkerProcess
from l2viz.trainer.run import Run
from l2viz.trainer.store import RunStore
from l2viz.trajectory import Snapshot, Trajectory

LARGEST_QUEUE = 20  # waiting runs
KEPT_BYTES = 256 * 2**20  # of ended runs
LARGEST_PROGRAM_COUNT = 10  # of one training process: some 5 MB of each stay for good
DEATHS_IN_A_ROW = 3  # of training processes, before training is said to be impossible
_SECONDS_TO_END = 0.4

logger = logging.getLogger("l2viz.trainer")


class TrainerUnavailable(RuntimeError):
    """Training is not possible now; the message is a sentence for people."""


class QueueFull(RuntimeError):
    """Too many runs wait already; the message is a sentence for people."""


class Trainer:
    """Trains one run at a time, first come first served, in a process of its own.

    recordings       finished runs that are there from the start and never dropped
    worker_command   what to start as training process, instead of l2viz.trainer.worker
    is_present       whether one who asked for runs is still there: those gone keep no run alive

    All methods may be called from any thread, and none waits for training. Nothing of Keras or
    TensorFlow is imported here.
    """

    def __init__(
        self,
        *,
        recordings: Sequence[Trajectory] = (),
        worker_command: Sequence[str] | None = None,
        is_present: Callable[[str], bool] = lambda asker: True,
        kept_bytes: int = KEPT_BYTES,
        largest_program_count: int = LARGEST_PROGRAM_COUNT,
    ) -> None:
        self._command = tuple(COMMAND if worker_command is None else worker_command)
        self._is_present = is_present
        self._largest_program_count = largest_program_count
        self._lock = threading.RLock()  # taken before a run's own, never after
        self._store = RunStore(kept_bytes)
        for trajectory in recordings:
            self._store.record(trajectory)
        self._queue: deque[Run] = deque()
        self._current: Run | None = None
        self._stopping: Run | None = None  # the current run, once told to stop
        self._askers: dict[str, set[str]] = {}  # of the runs that have not ended, by id
        self._merging: dict[str, Merging] = {}  # of the runs that add to a finished one, by id
        self._disagreement = ""  # why the current run cannot add to one, once that is seen
        self._worker: WorkerProcess | None = None
        self._successor: WorkerProcess | None = None
        self._programs = 0
        self._deaths = 0
        self._why = ""  # a worker's own word on why it cannot train
        self._unavailable_because = ""

    # ---- for the page

    def start(self) -> None:
        """Starts the training process, which warms up by itself; returns at once."""
        with self._lock:
            if self._worker is None and self.available:
                self._start_worker()

    def close(self) -> None:
        """Ends the training process and all runs, within a second; may be called again."""
        with self._lock:
            workers = [w for w in (self._worker, self._successor) if w is not None]
            self._worker = self._successor = None
            self._unavailable_because = sentences.CLOSING
            for run in filter(None, [self._current, *self._queue]):
                run.end("stopped", self._unavailable_because)
            self._queue.clear()
            self._askers.clear()
            self._current = self._stopping = None
        for worker in workers:
            worker.let_go()
        for worker in workers:
            worker.end(_SECONDS_TO_END)

    def submit(self, experiment: Experiment, *, asker: str, anew: bool = False) -> Run:
        """The run of an experiment: the one that waits, trains or is finished, or a new one.

        asker   whoever asks; the run goes on until all who asked have withdrawn, or are gone
        anew    trains a finished experiment again, as a run of its own

        Failed and stopped runs are trained again. Raises TrainerUnavailable, or QueueFull.
        """
        with self._lock:
            run = self._store.find(experiment, leaving=self._stopping)
            if run is None:
                run = self._enqueue(experiment, self._store.part_of(experiment))
            elif run is self._stopping or self._to_train_again(run, anew):
                run = self._enqueue(experiment, None)
            if not run.ended:
                self._askers[run.id].add(asker)
            return run

    def find(self, experiment: Experiment) -> Run | None:
        """The run `submit` would return, or else the newest that failed or was stopped."""
        with self._lock:
            return self._store.find(experiment, leaving=self._stopping)

    def get(self, run_id: str) -> Run | None:
        """The run of this id, unless there is none, or it was dropped to make room."""
        with self._lock:
            return self._store.get(run_id)

    def withdraw(self, run_id: str, *, asker: str) -> bool:
        """One who sees a run wants it no more; True when it stops, as nobody present does.

        A run in training stops between two epochs, and keeps what was measured.
        """
        with self._lock:
            askers = self._askers.get(run_id)
            if askers is None:
                return False
            askers.discard(asker)
            askers.intersection_update([other for other in askers if self._is_present(other)])
            if not askers:
                self._stop(run_id)
            return not askers

    @property
    def available(self) -> bool:
        return not self._unavailable_because

    @property
    def unavailable_because(self) -> str:
        """A sentence for people when training is not possible, otherwise empty."""
        return self._unavailable_because

    @property
    def worker_pid(self) -> int | None:
        """The training process, if there is one."""
        worker = self._worker
        return None if worker is None else worker.pid

    # ---- the queue; the lock is held

    def _to_train_again(self, run: Run, anew: bool) -> bool:
        return run.ended and (anew or run.state != "finished")

    def _enqueue(self, experiment: Experiment, part: Trajectory | None) -> Run:
        """part: a finished path of some of the members, which need not be trained again."""
        if not self.available:
            raise TrainerUnavailable(self._unavailable_because)
        if len(self._queue) >= LARGEST_QUEUE:
            raise QueueFull(sentences.queue_full(len(self._queue)))
        run = self._store.new(experiment)
        if part is not None:
            self._merging[run.id] = Merging(whole=experiment, finished=part)
        self._askers[run.id] = set()
        self._queue.append(run)
        self.start()
        self._go_on()
        return run

    def _go_on(self) -> None:
        """Sends the next run, if the worker is free for it, and tells the others their place."""
        self._change_over()
        worker = self._worker
        if worker is not None and worker.ready and self._current is None and self._queue:
            self._current = self._queue.popleft()
            self._current.leave_queue()
            merging = self._merging.get(self._current.id)
            experiment = self._current.experiment if merging is None else merging.added
            worker.send(Train(self._current.id, experiment))
        ahead = 0 if self._current is None else 1
        for position, run in enumerate(self._queue, start=1):
            run.wait_in_queue(position, sentences.queued(ahead + position - 1))

    def _stop(self, run_id: str) -> None:
        if self._current is not None and self._current.id == run_id:
            self._stopping = self._current
            if self._worker is not None:
                self._worker.send(Stop(run_id))
            return
        run = next(run for run in self._queue if run.id == run_id)
        self._queue.remove(run)
        self._end(run, "stopped", sentences.stopped(run))
        self._go_on()

    def _end(self, run: Run, state: str, message: str, kernels: Sequence[Any] = ()) -> None:
        self._askers.pop(run.id, None)
        self._merging.pop(run.id, None)
        run.end(state, message, kernels)
        self._store.get(run.id)  # it counts as used
        self._store.trim()

    # ---- the training process; called on its reader's thread

    def _on_message(self, worker: WorkerProcess, message: Any) -> None:
        with self._lock:
            if worker is not self._worker and worker is not self._successor:
                return
            match message:
                case Measured():
                    self._on_snapshot(self._running(message.run_id), message.snapshot)
                case Began():
                    run, merging = self._running(message.run_id), self._merging.get(message.run_id)
                    run.begin(merging.context(message.context) if merging else message.context)
                case Ended():
                    self._on_run_end(message)
                case Ready():
                    worker.ready = True
                    self._go_on()
                case Warmed():
                    worker.warmed = True
                    self._deaths = 0
                    self._go_on()
                case Unable() if worker is self._worker:
                    self._why = message.reason

    def _on_snapshot(self, run: Run, snapshot: Snapshot) -> None:
        merging = self._merging.get(run.id)
        if self._disagreement:
            return  # it is stopping
        try:
            run.add(merging.snapshot(snapshot) if merging else snapshot)
        except Disagreement as disagreement:
            self._disagreement = str(disagreement)
            self._stop(run.id)

    def _running(self, run_id: str) -> Run:
        if self._current is None or self._current.id != run_id:
            raise LookupError(f"run {run_id} is not the one in training")
        return self._current

    def _on_run_end(self, message: Ended) -> None:
        run = self._running(message.run_id)
        state, kernels, merging = message.state, message.kernels, self._merging.get(run.id)
        sentence = message.message if state != "stopped" else sentences.stopped(run)
        if self._disagreement:
            state, sentence, kernels = "failed", self._disagreement, ()
        elif merging and kernels:
            kernels = merging.kernels(kernels)
        self._current = self._stopping = None
        self._disagreement = ""
        self._deaths = 0
        self._programs = message.programs
        self._end(run, state, sentence, kernels)
        self._go_on()

    def _on_end(self, worker: WorkerProcess, reason: str) -> None:
        with self._lock:
            if worker is self._successor:
                self._successor = None
            if worker is not self._worker:
                return
            self._worker = None
            self._note_death(reason)
            run, self._current, self._stopping = self._current, None, None
            self._disagreement = ""
            if run is not None:
                self._end(run, "failed", sentences.ended_unexpectedly(run))
            self._start_worker()
            self._go_on()

    def _note_death(self, reason: str) -> None:
        self._deaths += 1
        self._why = self._why or reason
        logger.warning("The training process is gone: %s.", self._why)

    def _start_worker(self) -> None:
        self._programs = 0
        self._worker, self._successor = self._successor, None
        while self._worker is None and self._deaths < DEATHS_IN_A_ROW:
            try:
                self._why = ""
                self._worker = self._new_worker()
            except OSError as error:
                self._note_death(f"it could not be started ({error.strerror})")
        if self._worker is None:
            self._give_up()

    def _give_up(self) -> None:
        self._unavailable_because = sentences.unavailable(self._deaths, self._why)
        while self._queue:
            self._end(self._queue.popleft(), "failed", self._unavailable_because)

    def _new_worker(self) -> WorkerProcess:
        return WorkerProcess(self._command, self._on_message, self._on_end)

    def _change_over(self) -> None:
        """Replaces a worker that holds many traces, between two runs, once another is warm."""
        if self._programs <= self._largest_program_count or self._worker is None:
            return
        if self._successor is None:
            try:
                self._successor = self._new_worker()
            except OSError as error:  # the old one goes on
                logger.warning("No second training process: %s.", error.strerror)
        elif self._successor.warmed and self._current is None:
            self._worker.let_go()
            self._worker, self._successor = self._successor, None
            self._programs = 0
