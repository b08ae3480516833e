"""The path against `model.fit` and against JAX: all sides in one run, taking turns, as tables.

    python -m tests.benchmarks.training [rounds]

Data: all 1,438 training digits × 64 pixels, Adam, batches of 32; Dense 64-32-10, and Conv2D with
8 and 16 filters. One round times, one after the other, an epoch of `fit` for one strength (three
epochs in one call, divided by three, so that what a call costs weighs little), an epoch of each
path, and one measurement of it. Ratios are taken within a round, so that a slower minute of the
machine is slow for all sides; the tables show medians. TensorFlow has one thread: `fit` is no
faster with more on networks of this size. JAX, which only this benchmark needs
(`pip install jax`), has what it takes by itself.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf

from l2viz import data
from l2viz.engine.model import compiled_model
from l2viz.engine.threads import set_threads
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from tests.benchmarks.command import repetitions

EPOCHS_OF_FIT = 3
WARMING_ROUNDS = 2
DENSE, CONVOLUTIONS = 32, 16
COUNTS = (1, 2, 4, 8, 16, 32)
HAS_JAX = importlib.util.find_spec("jax") is not None

Sides = Mapping[str, Callable[[], object]]
Times = dict[str, list[float]]


def experiment(members: int, **fields: Any) -> Experiment:
    strengths = strength_grid(1e-4, 0.1, DENSE - 1)[:members]
    return Experiment(train_size=1_438, label_noise=0.0, strengths=strengths, **fields)


def take_turns(sides: Sides, rounds: int) -> Times:
    """Measure milliseconds of each side in each round, after rounds for tracing and warm-up."""
    times: Times = {name: [] for name in sides}
    for turn in range(-WARMING_ROUNDS, rounds):
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            if turn >= 0:
                times[name].append(1e3 * (time.perf_counter() - start))
    return times


def sides(stack: contextlib.ExitStack) -> Sides:
    """Return the functions to time, by name. Paths end with `stack`."""
    found: dict[str, Callable[[], object]] = {}
    dataset = data.load(experiment(1))

    def add_fit(name: str, **fields: Any) -> None:
        model = compiled_model(experiment(1, **fields), strength=0.01)
        found[name] = lambda: model.fit(
            dataset.train_inputs,
            dataset.train_targets,
            batch_size=32,
            epochs=EPOCHS_OF_FIT,
            verbose=0,
        )

    def add_path(name: str, members: int, *, measured: bool = False, **fields: Any) -> None:
        path = stack.enter_context(PathTraining(experiment(members, **fields)))
        found[name] = lambda: path.train_epochs(1)
        if measured:
            found[f"measure {name}"] = lambda: path.measure(0)

    add_fit("fit")
    add_path("dense", DENSE, measured=True)
    for count in COUNTS[:-1]:
        add_path(f"dense {count}", count)
    if HAS_JAX:
        from tests.benchmarks.jax_path import jax_epochs

        found["jax"] = jax_epochs(experiment(DENSE), dataset)
    add_path("repeats", 8, measured=True, repeats=4)
    add_path("twins", 16, measured=True, penalties=("l2", "l1"))
    add_fit("fit conv2d", model="conv2d")
    add_path("conv2d", CONVOLUTIONS, measured=True, model="conv2d")
    return found


def ratio(times: Times, name: str, other: str, factor: float = 1.0) -> float:
    rounds = zip(times[name], times[other], strict=True)
    return statistics.median(factor * a / b for a, b in rounds)


def tables(times: Times) -> str:
    median = {name: statistics.median(values) for name, values in times.items()}
    one_fit = 1.0 / EPOCHS_OF_FIT

    def against_fit(name: str, fit: str, members: int) -> str:
        return f"| {median[name]:.1f} | {ratio(times, fit, name, members * one_fit):.0f} × faster |"

    rows = [
        "| one epoch, 1,438 digits, batches of 32 | ms | compared with `fit` |",
        "| --- | ---: | ---: |",
        f"| Dense 64-32-10: `model.fit`, one strength | {median['fit'] * one_fit:.0f} | |",
        f"| one strength {against_fit('dense 1', 'fit', 1)}",
        f"| {DENSE} strengths together {against_fit('dense', 'fit', DENSE)}",
    ]
    if HAS_JAX:
        rows.append(
            f"| {DENSE} strengths with JAX, `vmap` and `scan` {against_fit('jax', 'fit', DENSE)}"
        )
    rows += [
        f"| Conv2D 8-16: `model.fit`, one strength | {median['fit conv2d'] * one_fit:.0f} | |",
        (
            f"| {CONVOLUTIONS} strengths together "
            f"{against_fit('conv2d', 'fit conv2d', CONVOLUTIONS)}"
        ),
    ]
    return "\n\n".join(["\n".join(rows), _member_table(median), _measuring_table(times), _small()])


def _member_table(median: Mapping[str, float]) -> str:
    costs = [median["dense" if n == DENSE else f"dense {n}"] / n for n in COUNTS]
    return "\n".join(
        [
            f"| members trained together | {' | '.join(map(str, COUNTS))} |",
            f"| --- |{' ---: |' * len(COUNTS)}",
            f"| ms per epoch and member | {' | '.join(f'{cost:.1f}' for cost in costs)} |",
        ]
    )


def _measuring_table(times: Times) -> str:
    rows = [
        "| measuring | ms | share of an epoch's training time | as recorded |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, words, every in (
        ("dense", f"{DENSE} strengths", 1),
        ("repeats", "8 strengths × 4 repeats", 1),
        ("twins", "16 strengths × 2 penalties", 1),
        ("conv2d", f"{CONVOLUTIONS} strengths, Conv2D", experiment(1, model="conv2d").record_every),
    ):
        share = ratio(times, f"measure {name}", name, 100.0)
        taken = statistics.median(times[f"measure {name}"])
        often = "every epoch" if every == 1 else f"every {every} epochs"
        rows.append(f"| {words} | {taken:.0f} | {share:.0f} % | {often}: {share / every:.0f} % |")
    return "\n".join(rows)


def _small() -> str:
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    return (
        f"{threads} thread of {os.cpu_count()} cores; Keras {keras.__version__}, "
        f"TensorFlow {tf.__version__}, Python {platform.python_version()}."
    )


if __name__ == "__main__":
    set_threads(1)  # before anything else runs
    with contextlib.ExitStack() as paths:
        taken = take_turns(sides(paths), repetitions(15))
    print(tables(taken))
