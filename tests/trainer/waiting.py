"""Waiting for runs and processes in tests, and looking a run up by its experiment."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer

Value = TypeVar("Value")
WAIT = 120.0  # seconds: far more than anything takes, so that a fault ends in a message


def until(look: Callable[[], Value]) -> Value:
    """Return the first true value."""
    deadline = time.monotonic() + WAIT
    while not (value := look()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return value


def wait_until(run: Run, condition: Callable[[RunState], bool], timeout: float = WAIT) -> RunState:
    """Return the first state seen that fulfils the condition."""
    deadline = time.monotonic() + timeout
    while not condition(state := run.state):
        assert time.monotonic() < deadline, f"{run} after {timeout:g} s"
        time.sleep(0.005)
    return state


def ended(run: Run) -> RunState:
    """Return the last state of a run."""
    return wait_until(run, lambda state: state.ended)


def measured(run: Run, count: int) -> RunState:
    """Return a state with so many snapshots of a run that trains."""
    state = wait_until(run, lambda state: len(state.snapshots) >= count or state.ended)
    assert len(state.snapshots) >= count, state.message
    return state


NOTES_ITS_ID = """
import os, sys
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
from l2viz.trainer.worker.loop import main
main()
"""


class NotedProcesses:
    """A command for training processes that append their process id to a file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "process ids"
        self.command = (sys.executable, "-P", "-c", NOTES_ITS_ID, str(self._file))

    @property
    def ids(self) -> list[int]:
        """Return the ids of all processes so far, the latest last."""
        return [int(line) for line in self._file.read_text().split()] if self._file.exists() else []

    def latest(self) -> int:
        """Wait for the first process and return the id of the latest one."""
        deadline = time.monotonic() + WAIT
        while not (ids := self.ids):
            assert time.monotonic() < deadline, "no process has started"
            time.sleep(0.005)
        return ids[-1]


def wait_for_end(pid: int) -> None:
    """Return once a process of this id is gone. POSIX only."""
    deadline = time.monotonic() + WAIT
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.005)


def run_of(trainer: Trainer, experiment: Experiment) -> Run | None:
    """Return the run that stands for an experiment, without asking for it."""
    return trainer._store.find(experiment)
