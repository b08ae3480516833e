"""Threads: the engine trains with one, whatever was imported before, and a set number is kept."""

from __future__ import annotations

import json
import os

import pytest

from tests.fresh_process import run_python

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes")

THREADS = "tf.config.threading.get_intra_op_parallelism_threads()"
BETWEEN = "tf.config.threading.get_inter_op_parallelism_threads()"
SMALL = "Experiment(train_size=20, hidden=(3,), epochs=1, strengths=(0.0, 0.1))"
TRAIN = f"print(run({SMALL}).context.threads, {THREADS}, {BETWEEN}, flush=True)"

PROGRAMS = {
    # So importing the engine starts nothing: once started, TensorFlow takes no number.
    "nothing was set": TRAIN,
    "two were set": f"tf.config.threading.set_intra_op_parallelism_threads(2)\n{TRAIN}",
    "TensorFlow has started": f"tf.constant(1.0) + 1.0\nset_threads(1)\n{TRAIN}",
}

# TensorFlow takes seconds to import, and is untouched in each fork of a process that has only
# imported it.
FORKS = """
import json, os, sys
import tensorflow as tf
from l2viz.engine.threads import set_threads
from l2viz.engine.training import run
from l2viz.experiment import Experiment

for program in json.loads(sys.argv[1]):
    if (child := os.fork()) == 0:
        exec(program)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    """Return the line that each program prints."""
    done = run_python(FORKS, json.dumps(list(PROGRAMS.values())))
    return dict(zip(PROGRAMS, done.stdout.splitlines(), strict=True))


@pytest.mark.slow
def test_a_run_has_one_thread_and_says_so(printed: dict[str, str]) -> None:
    assert printed["nothing was set"] == "1 1 1"


@pytest.mark.slow
def test_a_number_that_was_set_is_kept(printed: dict[str, str]) -> None:
    assert printed["two were set"] == "2 2 0"


def test_where_tensorflow_has_started_its_number_is_kept_with_the_run(
    printed: dict[str, str],
) -> None:
    assert printed["TensorFlow has started"] == "0 0 0"
