"""Training processes that nobody needs end, and come back; what the status says meanwhile."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer
from tests.trainer.waiting import NotedProcesses, until

Make = Callable[..., Experiment]


@pytest.mark.slow
def test_idle_processes_end_and_the_next_run_starts_them(
    tiny: Make, long: Make, ended: Callable[[Run], RunState], noted: NotedProcesses
) -> None:
    with closing(Trainer(worker_command=noted.command, idle_seconds=1.5)) as trainer:
        running = trainer.submit(long(), client="a")
        time.sleep(3.0)
        assert len(noted.ids) == 1, "not while a run trains"
        trainer.withdraw(running.id, client="a")
        ended(running)
        until(lambda: not trainer.status().workers)
        assert not trainer.unavailable_because
        assert ended(trainer.submit(tiny(), client="a")).status == "finished"
        assert len(noted.ids) == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_the_status_counts_runs_and_processes(
    tiny: Make, long: Make, measured: Callable[[Run, int], RunState]
) -> None:
    with closing(Trainer()) as trainer:
        running = trainer.submit(long(), client="a")
        measured(running, 3)
        trainer.submit(tiny(seed=1), client="b")
        third = trainer.submit(tiny(seed=2), client="c")
        trainer.submit(tiny(seed=2), client="d")
        status = trainer.status()
        (training,), (_, waiting) = status.training, status.waiting
        assert (training.run, training.dataset, training.members) == (running.id, "curve", 2)
        assert training.epoch is not None
        assert training.epochs == 10_000
        assert (waiting.run, waiting.epoch, waiting.viewers) == (third.id, None, 2)
        assert waiting.seconds_left > status.waiting[0].seconds_left > training.seconds_left > 0
        (process,) = status.workers
        assert process.state == "training"
        assert process.bytes is not None
        assert process.bytes > 200e6, "TensorFlow"
        assert status.bytes is not None
        assert status.bytes > 20e6
        assert process.pid != os.getpid()
        assert status.kept_runs == 3
        assert status.unavailable_because == ""
