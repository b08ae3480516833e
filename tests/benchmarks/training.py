"""The path against plain `model.fit`: both sides in one run, taking turns, as a Markdown table.

    python -m tests.benchmarks.training [rounds]

Data: all 1,438 training digits × 64 pixels, Dense 64-32-10, Adam, batches of 32. One round times,
one after the other, an epoch of `fit` for one strength (five epochs in one call, divided by five,
so that what a call costs weighs little), an epoch of the path for 32 strengths and for one, and
one measurement of all 32. Ratios are taken within a round, so that a slower minute of the machine
is slow for both sides; the table shows medians. Both sides use one thread of TensorFlow: `fit`
is no faster with more on a network of this size.
"""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf

from l2viz.experiment import Experiment
from l2viz.grid import strength_grid
from l2viz.model import compiled_model
from l2viz.threads import set_threads
from l2viz.training import PathTraining

EPOCHS_OF_FIT = 5
MEMBERS = 32


def milliseconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return 1e3 * (time.perf_counter() - start)


def experiment(members: int) -> Experiment:
    strengths = strength_grid(1e-4, 0.1, MEMBERS - 1)[:members]
    return Experiment(train_size=1_438, label_noise=0.0, strengths=strengths)


def time_rounds(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each round: an epoch of `fit`, of the path, and one measurement."""
    set_threads(1)  # before anything else runs
    times: dict[str, list[float]] = {"fit": [], "path": [], "measure": [], "one": []}
    model = compiled_model(experiment(1), strength=0.01)
    with contextlib.ExitStack() as stack:
        path = stack.enter_context(PathTraining(experiment(MEMBERS)))
        one = stack.enter_context(PathTraining(experiment(1)))
        inputs, targets = path.dataset.train_inputs, path.dataset.train_targets

        def fit() -> None:
            model.fit(inputs, targets, batch_size=32, epochs=EPOCHS_OF_FIT, verbose=0)

        for turn in range(-2, rounds):  # the first two trace and warm up
            taken = {
                "fit": milliseconds(fit) / EPOCHS_OF_FIT,
                "path": milliseconds(lambda: path.train_epochs(1)),
                "measure": milliseconds(lambda: path.measure(0)),
                "one": milliseconds(lambda: one.train_epochs(1)),
            }
            if turn >= 0:
                for name, value in taken.items():
                    times[name].append(value)
    return times


def table(times: dict[str, list[float]]) -> str:
    def ratio(name: str, other: str, factor: float = 1.0) -> float:
        rounds = zip(times[name], times[other], strict=True)
        return statistics.median(factor * a / b for a, b in rounds)

    median = {name: statistics.median(values) for name, values in times.items()}
    together = ratio("fit", "path", MEMBERS)
    alone = ratio("fit", "one")
    measuring = ratio("measure", "path", 100.0)
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    return "\n".join(
        [
            "| one epoch, 1,438 digits, Dense 64-32-10, batch 32 | ms | against `fit` |",
            "| --- | ---: | ---: |",
            f"| `model.fit`, one strength | {median['fit']:.0f} | |",
            f"| {MEMBERS} × `model.fit` | {MEMBERS * median['fit']:.0f} | 1 |",
            f"| {MEMBERS} strengths together | {median['path']:.0f} | {together:.0f} × faster |",
            f"| one strength | {median['one']:.1f} | {alone:.1f} × faster |",
            (
                f"| measuring {MEMBERS} strengths, once | {median['measure']:.0f} | "
                f"{measuring:.0f} % of their epoch |"
            ),
            "",
            (
                f"Medians of {len(times['fit'])} rounds; {threads} thread of {os.cpu_count()} "
                f"cores; Keras {keras.__version__}, TensorFlow {tf.__version__}, "
                f"Python {platform.python_version()}."
            ),
        ]
    )


if __name__ == "__main__":
    print(table(time_rounds(int(sys.argv[1]) if len(sys.argv) > 1 else 15)))
