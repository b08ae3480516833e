"""Threads: the engine trains with one, whatever was imported before, and a set number is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import l2viz

THREADS = "tf.config.threading.get_intra_op_parallelism_threads()"
BETWEEN = "tf.config.threading.get_inter_op_parallelism_threads()"
SMALL = "Experiment(train_size=20, hidden=(3,), epochs=1, strengths=(0.0, 0.1))"


def printed(program: str) -> str:
    """The last line a program prints in a process of its own, where TensorFlow is untouched."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(Path(l2viz.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


def test_a_run_has_one_thread_and_says_so() -> None:
    """So importing the engine starts nothing: once started, TensorFlow takes no number."""
    program = f"""
import tensorflow as tf
from l2viz.experiment import Experiment
from l2viz.engine.training import run
print(run({SMALL}).context.threads, {THREADS}, {BETWEEN})
"""
    assert printed(program) == "1 1 1"


def test_a_number_that_was_set_is_kept() -> None:
    program = f"""
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(2)
from l2viz.experiment import Experiment
from l2viz.engine.training import run
print(run({SMALL}).context.threads, {THREADS}, {BETWEEN})
"""
    assert printed(program) == "2 2 0"


def test_where_tensorflow_has_started_its_number_is_kept_with_the_run() -> None:
    program = f"""
import tensorflow as tf
tf.constant(1.0) + 1.0
from l2viz.experiment import Experiment
from l2viz.engine.threads import set_threads
from l2viz.engine.training import run
set_threads(1)
print(run({SMALL}).context.threads, {THREADS}, {BETWEEN})
"""
    assert printed(program) == "0 0 0"
