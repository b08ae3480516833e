"""Whole runs on one training process and on two: both in one run, taking turns, as a table.

    python -m tests.benchmarks.workers [rounds]

A run is timed from the request to its last epoch, as the page's trainer trains it. The processes
are warm: they have traced each kind of run once. Each round has a new seed, so that nothing is
found among the runs that were trained before.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from typing import Any

from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from l2viz.trainer import Trainer
from tests.benchmarks.command import repetitions

WORKERS = (1, 2)
WARMING_ROUNDS = 2
RUNS: Mapping[str, dict[str, Any]] = {
    "digits lesson, 25 strengths": {},
    "curve lesson, 25 strengths": {"dataset": "curve"},
    "digits, λ = 0, 0.01 and 0.1": {"strengths": (0.0, 0.01, 0.1)},
    "digits, 32 strengths": {"strengths": strength_grid(1e-4, 0.1, 31)},
    "digits, 25 strengths × 4 repeats": {"repeats": 4},
    "digits, Conv2D 8-16, 25 strengths, 40 epochs": {"model": "conv2d", "epochs": 40},
}


def seconds(trainer: Trainer, experiment: Experiment) -> tuple[float, float]:
    """Return the seconds to the first snapshot and to the end of a run."""
    start = time.perf_counter()
    first = 0.0
    run = trainer.submit(experiment, client="benchmark")
    while not run.state.ended:
        if run.state.snapshots and not first:
            first = time.perf_counter() - start
        time.sleep(0.001)
    assert run.state.status == "finished", run.state.message
    return first, time.perf_counter() - start


def measure(rounds: int) -> dict[tuple[str, int], list[tuple[float, float]]]:
    """Return the times of each kind of run on each number of processes."""
    taken: dict[tuple[str, int], list[tuple[float, float]]] = {}
    trainers = {count: Trainer(workers=count) for count in WORKERS}
    try:
        for count, trainer in trainers.items():
            trainer.start(at_once=True)
            while trainer.ready_workers < count:
                time.sleep(0.01)
        for turn in range(-WARMING_ROUNDS, rounds):
            for name, fields in RUNS.items():
                experiment = Experiment(**fields, seed=100 + turn)
                for count, trainer in trainers.items():
                    times = seconds(trainer, experiment)
                    if turn >= 0:
                        taken.setdefault((name, count), []).append(times)
    finally:
        for trainer in trainers.values():
            trainer.close()
    return taken


def table(taken: Mapping[tuple[str, int], list[tuple[float, float]]]) -> str:
    rows = [
        "| from the request to | first epoch, two | last epoch, one process | two | ratio |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name in RUNS:
        one, two = (taken[name, count] for count in WORKERS)
        ratio = statistics.median(a[1] / b[1] for a, b in zip(one, two, strict=True))
        first = statistics.median(times[0] for times in two)
        alone, shared = (statistics.median(times[1] for times in each) for each in (one, two))
        rows.append(f"| {name} | {first:.2f} s | {alone:.2f} s | {shared:.2f} s | {ratio:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(measure(repetitions(7))))
