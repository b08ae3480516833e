"""The estimate of what convolutions need, which refuses an experiment, against what they take."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from l2viz.experiment import Experiment
from tests.fresh_process import run_python

# Prints how far the peak of resident memory rises above that of a small path of one kind.
GROWTH = """
import json, sys
import l2viz

def peak():  # not by getrusage, whose peak includes that of the process that started this one
    with open("/proc/self/status") as status:
        (line,) = (line for line in status if line.startswith("VmHWM:"))
    return 1024 * int(line.split()[1])

fields = json.loads(sys.argv[1])
small = {"strengths": (0.0, 0.1), "filters": (2,) * len(fields["filters"]), "batch_size": 8}
l2viz.run(l2viz.Experiment.from_json(fields | small))
before = peak()
l2viz.run(l2viz.Experiment.from_json(fields))
print(peak() - before)
"""
BESIDE = 150e6  # bytes of TensorFlow's pools and of what is measured

CASES: dict[str, dict[str, Any]] = {
    "wide batches": {"filters": (16, 16), "batch_size": 256},
    "many filters": {"filters": (64,), "batch_size": 32},
    "large images": {"dataset": "digits28", "filters": (16, 16), "batch_size": 32},
    "repeats": {"filters": (16, 32), "batch_size": 64, "repeats": 3},
}


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
@pytest.mark.parametrize("name", CASES)
def test_a_path_of_convolutions_takes_no_more_than_is_estimated(name: str) -> None:
    fields: dict[str, Any] = {"model": "conv2d", "epochs": 1, "train_size": 300}
    experiment = Experiment(**(fields | CASES[name]))
    done = run_python(GROWTH, json.dumps(experiment.as_json()))
    growth = float(done.stdout.split()[-1])
    assert growth <= experiment.window_bytes + BESIDE
    assert growth >= 0.2 * experiment.window_bytes - BESIDE, "not out of all proportion"
