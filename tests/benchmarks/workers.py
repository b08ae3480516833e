"""Whole runs on one training process and on two: both in one run, taking turns, as a table.

    python -m tests.benchmarks.workers [rounds]

A second table compares two processes with JAX on the same two cores, where JAX is installed.

A run is timed from the request to its last epoch, as the page's trainer trains it. The processes
are warm: they have traced each kind of run once. Each round has a new seed, so that nothing is
found among the runs that were trained before.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import statistics
import time
from collections.abc import Mapping
from typing import Any

from l2viz import data
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from l2viz.trainer import Trainer
from tests.benchmarks.command import repetitions

WORKERS = (1, 2)
WARMING_ROUNDS = 2
JAX_EPOCHS = 100
HAS_JAX = importlib.util.find_spec("jax") is not None
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


def against_jax(rounds: int) -> list[tuple[float, float]]:
    """Return the seconds of an epoch with two processes and with JAX, both on all cores.

    The processes also measure once in each 100 epochs, as they show nothing in between.
    """
    from tests.benchmarks.jax_path import jax_epochs

    fields: dict[str, Any] = {"train_size": 1438, "strengths": strength_grid(1e-4, 0.1, 31)}
    experiment = Experiment(**fields, epochs=3 * JAX_EPOCHS, record_every=JAX_EPOCHS)
    jax_epoch = jax_epochs(experiment, data.load(experiment))
    jax_epoch()
    trainer = Trainer(workers=2)
    pairs = []
    try:
        trainer.start(at_once=True)
        while trainer.ready_workers < 2:
            time.sleep(0.01)
        for turn in range(-1, rounds):
            start = time.perf_counter()
            for _ in range(JAX_EPOCHS):
                jax_epoch()
            theirs = (time.perf_counter() - start) / JAX_EPOCHS
            ours = _seconds_of_an_epoch(trainer, dataclasses.replace(experiment, seed=200 + turn))
            if turn >= 0:
                pairs.append((ours, theirs))
    finally:
        trainer.close()
    return pairs


def _seconds_of_an_epoch(trainer: Trainer, experiment: Experiment) -> float:
    """Return the seconds of an epoch between the first snapshot of a trained network and the last.

    Before it, the processes trace.
    """
    run = trainer.submit(experiment, client="benchmark")
    times: dict[int, float] = {}
    while not run.state.ended:
        times.setdefault(len(run.state.snapshots), time.perf_counter())
        time.sleep(0.001)
    assert run.state.status == "finished", run.state.message
    times.setdefault(len(run.state.snapshots), time.perf_counter())
    return (times[len(run.state.snapshots)] - times[2]) / (experiment.epochs - JAX_EPOCHS)


def table_against_jax(pairs: list[tuple[float, float]]) -> str:
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    return "\n".join(
        [
            "| one epoch, 1,438 digits, batches of 32, 32 strengths, two cores | ms |",
            "| --- | ---: |",
            f"| two processes | {1e3 * ours:.1f} |",
            f"| JAX, `vmap` and `scan` | {1e3 * theirs:.1f} |",
            f"| ratio | {ratio:.2f} |",
        ]
    )


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
    rounds = repetitions(7)
    print(table(measure(rounds)))
    if HAS_JAX:
        print()
        print(table_against_jax(against_jax(rounds)))
