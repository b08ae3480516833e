"""Memory: the training process stays as large as it was, whatever it is asked to train."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from l2viz.trainer import Trainer
from l2viz.trainer.status import resident_bytes
from tests.trainer.waiting import NotedProcesses, ended

RUNS = 200
STRUCTURES = 60
FILLED = 20  # runs after which the engine keeps as many programs as it ever does
LARGEST_GROWTH = 0.10


def changing(number: int) -> Experiment:
    """Return an experiment: every second one needs a new program, the next one new values alone."""
    kind = number // 2
    optimizer = ("adam", "sgd", "rmsprop", "adamw")[kind % 4]
    return Experiment(
        dataset=("digits", "moons", "curve", "wine", "linear")[kind % 5],
        hidden=(8 + kind, 8),
        optimizer=optimizer,
        learning_rate=1e-2 if optimizer == "sgd" else 1e-3,
        penalties=(("l2",), ("l2", "l1"), ("decay",))[kind % 3],
        batch_size=20 + kind,
        epochs=2,
        record_every=1,
        strengths=strength_grid(1e-4, 0.01 * (1 + number), 5),
        seed=number,
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_after_200_changing_experiments_it_has_not_grown(noted: NotedProcesses) -> None:
    sizes, processes = [], set()
    with closing(Trainer(worker_command=noted.command)) as trainer:
        for number in range(RUNS):
            state = ended(trainer.submit(changing(number), client="a"))
            assert state.status == "finished", state.message
            present = [pid for pid in noted.ids if Path(f"/proc/{pid}").exists()]
            processes |= set(present)
            sizes.append(
                resident_bytes(present[0]) or 0
            )  # a second one is its successor, which warms up
    megabytes = [round(size / 1e6) for size in sizes]
    print(f"{len(processes)} processes; MB after each run: {megabytes}")
    assert len(processes) > 3  # it was replaced, and nobody noticed
    assert max(sizes[FILLED:]) < (1.0 + LARGEST_GROWTH) * sizes[FILLED], megabytes


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_the_process_of_the_page_levels_off_at_the_limit_of_kept_runs() -> None:
    """60 structures in a row, some 18 MB each, with room for two of them."""
    limit = 40 * 2**20
    sizes = []
    with closing(Trainer(kept_bytes=limit)) as trainer:
        for number in range(STRUCTURES):
            run = trainer.submit(Experiment(hidden=(20 + number, 16), seed=number), client="a")
            assert ended(run).status == "finished"
            sizes.append(resident_bytes(os.getpid()) or 0)
            assert trainer.status().kept_runs <= 1 + limit // run.state.nbytes
    megabytes = [round(size / 1e6) for size in sizes]
    print(f"MB after each run: {megabytes}")
    assert max(sizes[FILLED:]) < (1.0 + LARGEST_GROWTH) * max(sizes[:FILLED]), megabytes
