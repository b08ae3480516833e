"""Supervisor: starts a training process and replaces it; pauses after three failed starts."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from l2viz.trainer import sentences
from l2viz.trainer.messages import (
    Alive,
    Ended,
    Prepare,
    Ready,
    RunMessage,
    Stop,
    Train,
    Unable,
    Warmed,
)
from l2viz.trainer.process import WorkerProcess
from l2viz.trainer.status import WorkerLine, resident_bytes

DEATHS_IN_A_ROW = 3  # of processes that trained nothing; then training is impossible
PAUSE = 60.0  # seconds; then it is tried again
LONGEST_SILENCE = (
    15  # looks, one a second, without a message: the process says each second something
)
_SECONDS_TO_END = 0.4

logger = logging.getLogger("l2viz.trainer")


StartProcess = Callable[
    [Callable[[WorkerProcess, Any], None], Callable[[WorkerProcess, str], None]], WorkerProcess
]


class Listener(Protocol):
    """The user of a supervisor. Its methods are called with the lock held."""

    def on_message(self, message: RunMessage) -> None:
        """Handle a message about a run in training."""

    def on_loss(self, run_id: str) -> None:
        """Handle the death of the process that trained a part of this run."""

    def on_change(self) -> None:
        """Check `is_free` and `unavailable_because` again: they may have changed."""


class Supervisor:
    """One training process, and a successor that warms up before it replaces a full one.

    start_process           starts a process with these on_message and on_end; raises OSError
    lock                    held by the caller of every method, and around every call of `listener`
    largest_program_count   traced programs of a process; one that has more is replaced
    unavailable_because     a sentence for people when training is impossible, otherwise empty
    """

    def __init__(
        self,
        start_process: StartProcess,
        *,
        lock: threading.RLock,
        listener: Listener,
        largest_program_count: int,
    ) -> None:
        self.unavailable_because = ""
        self._start_process = start_process
        self._lock = lock
        self._listener = listener
        self._largest_program_count = largest_program_count
        self._worker: WorkerProcess | None = None
        self._successor: WorkerProcess | None = None
        self._training = ""  # id of the run that was sent and has not ended
        self._programs = 0
        self._deaths = 0
        self._try_again_at = math.inf
        self._reason = ""  # why the last process cannot train, as it reported itself

    @property
    def is_ready(self) -> bool:
        """Return whether the process trains or could train."""
        return self._worker is not None and self._worker.ready

    @property
    def is_warm(self) -> bool:
        """Return whether the process has traced the opening lessons."""
        return self._worker is not None and self._worker.warmed

    @property
    def is_free(self) -> bool:
        """Return whether a part of a run can be sent."""
        return self.is_ready and not self._training

    def status(self) -> list[WorkerLine]:
        """Describe the process and its successor, if there are any."""
        state = "training" if self._training else "idle" if self.is_ready else "starting"
        lines = [(self._worker, state), (self._successor, "starting")]
        return [
            WorkerLine(pid=worker.pid, state=each, bytes=resident_bytes(worker.pid))
            for worker, each in lines
            if worker is not None
        ]

    def start(self) -> None:
        """Start the training process, unless it runs or training is impossible for now."""
        if time.monotonic() >= self._try_again_at:
            self._deaths, self._try_again_at = 0, math.inf
            self.unavailable_because = ""
        if self._worker is None and not self.unavailable_because:
            self._start_worker()

    def rest(self) -> list[WorkerProcess]:
        """Let go of the processes until `start`; return them, for `end` without the lock."""
        workers = [worker for worker in (self._worker, self._successor) if worker is not None]
        self._worker = self._successor = None
        self._training = ""
        return workers

    def close(self) -> list[WorkerProcess]:
        """Start no more processes; return those that run, for `end` without the lock."""
        workers = self.rest()
        self._try_again_at = math.inf
        self.unavailable_because = sentences.CLOSING
        return workers

    def train(self, command: Train) -> None:
        """Send a part of a run; `is_free` must hold."""
        assert self._worker is not None
        self._training = command.run_id
        self._worker.send(command)

    def prepare(self, command: Prepare) -> None:
        """Let the process trace what a run may need; `is_free` must hold, and holds on."""
        assert self._worker is not None
        self._worker.send(command)

    def stop(self, run_id: str) -> None:
        """Ask the process to stop this run, if it trains a part of it."""
        if self._worker is not None and self._training == run_id:
            self._worker.send(Stop(run_id))

    def look(self) -> None:
        """Kill a process that has said nothing for too many looks: it is stopped or stuck.

        Looks are counted, not seconds, as this process may have been stopped itself.
        """
        for worker in (self._worker, self._successor):
            if worker is not None:
                worker.silent += 1
                if worker.silent == LONGEST_SILENCE:
                    logger.warning("A training process does not answer; it is replaced.")
                    worker.kill()

    # ---- called on the processes' reader threads

    def _on_message(self, worker: WorkerProcess, message: Any) -> None:
        with self._lock:
            if worker is not self._worker and worker is not self._successor:
                return
            worker.silent = 0
            match message:
                case Alive():
                    pass
                case Ready():
                    worker.ready = True
                    self._listener.on_change()
                case Warmed():
                    worker.warmed = True
                    self._deaths = 0
                    self._replace_when_full()
                    self._listener.on_change()
                case Unable():
                    self._reason = message.reason if worker is self._worker else self._reason
                case _:
                    self._on_run_message(message)

    def _on_run_message(self, message: RunMessage) -> None:
        if message.run_id != self._training:
            raise LookupError(f"run {message.run_id} is not the one in training")
        if isinstance(message, Ended):
            self._training = ""
            self._deaths = 0
            self._programs = message.programs
        self._listener.on_message(message)
        if isinstance(message, Ended):
            self._replace_when_full()
            self._listener.on_change()

    def _on_end(self, worker: WorkerProcess, reason: str) -> None:
        with self._lock:
            if worker is self._successor:
                self._successor = None
            if worker is not self._worker:
                return
            self._worker, lost, self._training = None, self._training, ""
            self._note_death(reason, is_failed_start=not (lost or worker.warmed))
            if lost:
                self._listener.on_loss(lost)
            self._start_worker()
            self._listener.on_change()

    # ---- the lock is held

    def _note_death(self, reason: str, *, is_failed_start: bool = True) -> None:
        """Count it, unless the process had been at work: then the run is to blame, if anything."""
        self._deaths = self._deaths + 1 if is_failed_start else 0
        self._reason = self._reason or reason
        logger.warning("The training process is gone: %s.", self._reason)

    def _start_worker(self) -> None:
        self._programs = 0
        self._worker, self._successor = self._successor, None
        while self._worker is None and self._deaths < DEATHS_IN_A_ROW:
            try:
                self._reason = ""
                self._worker = self._new_worker()
            except OSError as error:
                self._note_death(f"it could not be started ({error.strerror})")
        if self._worker is None:
            self.unavailable_because = sentences.unavailable(self._deaths, self._reason)
            self._try_again_at = time.monotonic() + PAUSE

    def _new_worker(self) -> WorkerProcess:
        return self._start_process(self._on_message, self._on_end)

    def _replace_when_full(self) -> None:
        """Start a successor of a process with too many traces; switch to it when warm and idle."""
        if self._programs <= self._largest_program_count or self._worker is None:
            return
        if self._successor is None:
            try:
                self._successor = self._new_worker()
            except OSError as error:  # the old process is still used
                logger.warning("No second training process: %s.", error.strerror)
        elif self._successor.warmed and not self._training:
            self._worker.let_go()
            self._worker, self._successor = self._successor, None
            self._programs = 0


def end(workers: Sequence[WorkerProcess]) -> None:
    """End all of these processes at the same time; kill those that do not exit soon."""
    for worker in workers:
        worker.let_go()
    for worker in workers:
        worker.end(_SECONDS_TO_END)
