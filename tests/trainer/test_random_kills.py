"""A hundred kills at random: no finished run is lost, nothing is left, bits are the same."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunRefused, Trainer
from l2viz.trajectory import MEASURED
from tests.browser.server import processes
from tests.trainer.waiting import ended

KILLS = 100


def experiment(seed: int) -> Experiment:
    return Experiment(
        dataset="curve", hidden=(4,), epochs=60, record_every=5, seed=seed, strengths=(0.0, 0.01)
    )


def bits(run: Run) -> list[bytes]:
    whole = run.trajectory()
    assert whole is not None
    return [
        np.ascontiguousarray(array).tobytes()
        for name in MEASURED
        if (array := getattr(whole, name)) is not None
    ]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_a_hundred_kills_at_random_moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    chance = random.Random(13)
    finished: dict[int, list[bytes]] = {}
    with closing(Trainer(workers=2)) as trainer:
        trainer.start(at_once=True)
        for number in range(KILLS):
            seed = chance.randrange(20)
            with contextlib.suppress(RunRefused):  # it was killed three times
                run = trainer.submit(experiment(seed), client="a", retrain=True)
                time.sleep(chance.random() * 0.25)
                workers = trainer.status().workers
                if workers:
                    with contextlib.suppress(ProcessLookupError):  # it has just been replaced
                        os.kill(chance.choice(workers).pid, signal.SIGKILL)
                state = ended(run)
                if state.status == "finished":
                    assert finished.setdefault(seed, bits(run)) == bits(run), f"kill {number}"
        assert not trainer.unavailable_because
        for seed, expected in finished.items():
            kept = trainer.find(experiment(seed))
            if kept is not None and kept.state.status == "finished":
                assert bits(kept) == expected
        last = ended(trainer.submit(experiment(99), client="a"))
        assert last.status == "finished"
    assert len(finished) > 5
    with closing(Trainer()) as fresh:
        for seed in list(finished)[:3]:
            run = fresh.submit(experiment(seed), client="a")
            ended(run)
            assert bits(run) == finished[seed], "as without any fault"
    orphans = [
        each
        for each in processes()
        if "l2viz.trainer.worker" in each.command and each.parent in (os.getpid(), 1)
    ]
    assert not orphans
    assert not list(tmp_path.glob("l2viz-*"))
