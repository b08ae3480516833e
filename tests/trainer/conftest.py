"""Short and long experiments, and a trainer with a real process, shared by each module."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer
from l2viz.trainer import trainer as trainer_module
from tests.trainer import waiting
from tests.trainer.fake_processes import Processes


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Experiment]:
    """Return a function that makes short experiments, which share one traced program."""

    def experiment(**fields: Any) -> Experiment:
        settings: dict[str, Any] = {
            "dataset": "curve",
            "hidden": (4,),
            "epochs": 40,
            "record_every": 10,
            "strengths": (0.0, 1e-3),
        }
        return Experiment(**(settings | fields))

    return experiment


@pytest.fixture(scope="session")
def long(tiny: Callable[..., Experiment]) -> Callable[..., Experiment]:
    """Return a function that makes experiments of minutes, which no test runs to the end."""

    def experiment(**fields: Any) -> Experiment:
        return tiny(train_size=50, batch_size=1, epochs=10_000, **fields)

    return experiment


@pytest.fixture(scope="module")
def trainer() -> Iterator[Trainer]:
    trainer = Trainer()
    trainer.start()
    yield trainer
    trainer.close()


@pytest.fixture
def noted(tmp_path: Path) -> waiting.NotedProcesses:
    return waiting.NotedProcesses(tmp_path)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Processes:
    """Return the fakes that every Trainer of the test starts."""
    processes = Processes()
    monkeypatch.setattr(
        trainer_module, "WorkerProcess", lambda command, *callbacks: processes.start(*callbacks)
    )
    return processes


@pytest.fixture(scope="session")
def ended() -> Callable[[Run], RunState]:
    return waiting.ended


@pytest.fixture(scope="session")
def measured() -> Callable[[Run, int], RunState]:
    return waiting.measured


@pytest.fixture(scope="session")
def kill() -> Callable[[int], None]:
    """Return a function that kills a process at once, as `kill -9` does."""
    return lambda pid: os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
