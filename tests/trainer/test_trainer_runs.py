"""Runs on a real training process: their bits, their order, who shares them, how they stop."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import QueueFull, Run, RunView, Trainer
from l2viz.trainer.trainer import LARGEST_QUEUE
from l2viz.trajectory import MEASURED, Trajectory

Make = Callable[..., Experiment]
Ended = Callable[[Run], RunView]
Measured = Callable[[Run, int], RunView]
RunPython = Callable[..., "subprocess.CompletedProcess[str]"]

ORACLE = """
import json, pathlib, sys
import l2viz
experiment = l2viz.Experiment.from_json(json.loads(sys.argv[1]))
try:
    l2viz.run(experiment).save(pathlib.Path(sys.argv[2]))
except l2viz.Diverged as divergence:
    divergence.trajectory.save(pathlib.Path(sys.argv[2]))
    print(divergence, end="")
"""


@pytest.fixture
def oracle(run_python: RunPython, tmp_path: Path) -> Callable[[Experiment], tuple[Trajectory, str]]:
    """What l2viz.run gives in a process of its own, and the divergence's sentence if any."""
    import json

    def run(experiment: Experiment) -> tuple[Trajectory, str]:
        path = tmp_path / "oracle.npz"
        printed = run_python(ORACLE, json.dumps(experiment.as_json()), str(path)).stdout
        return Trajectory.load(path), printed

    return run


def assert_same_bits(first: Trajectory | None, second: Trajectory) -> None:
    assert first is not None
    for name in ("strengths", "epochs", *MEASURED):
        one, other = getattr(first, name), getattr(second, name)
        assert (one is None) == (other is None), name
        if one is not None:
            assert one.dtype == other.dtype, name
            np.testing.assert_array_equal(one, other, err_msg=name)
    assert len(first.kernels) == len(second.kernels)
    for one, other in zip(first.kernels, second.kernels, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_run_has_the_bits_of_l2viz_run(
    trainer: Trainer, tiny: Make, ended: Ended, oracle: Callable[..., tuple[Trajectory, str]]
) -> None:
    experiment = tiny(epochs=130, record_every=60)
    run = trainer.submit(experiment, asker="a")
    view = ended(run)
    assert (view.state, view.message, view.recorded, view.generation) == ("finished", "", False, 1)
    assert [snapshot.epoch for snapshot in view.snapshots] == [0, 60, 120, 130]
    expected, _ = oracle(experiment)
    assert_same_bits(run.trajectory(), expected)
    assert view.context is not None
    assert view.context.experiment == experiment
    assert view.context.threads == expected.context.threads == 1


def test_a_diverged_run_says_why_and_keeps_what_was_measured(
    trainer: Trainer, tiny: Make, ended: Ended, oracle: Callable[..., tuple[Trajectory, str]]
) -> None:
    experiment = tiny(
        optimizer="sgd", learning_rate=0.1, strengths=(0.0, 20.0), epochs=400, record_every=1
    )
    run = trainer.submit(experiment, asker="a")
    view = ended(run)
    expected, sentence = oracle(experiment)
    assert (view.state, view.message) == ("failed", sentence)
    assert sentence.endswith(
        "Plain SGD diverges when learning rate × λ exceeds 1, and here it is 0.1 × 20 = 2: "
        "lower either."
    )
    assert 1 < view.snapshot_count < 401
    assert_same_bits(run.trajectory(), expected)
    assert trainer.submit(experiment, asker="a").generation == 2


def test_the_same_experiment_asked_for_at_once_is_one_run(
    trainer: Trainer, tiny: Make, ended: Ended
) -> None:
    barrier = threading.Barrier(8)
    runs: list[Run] = []

    def ask(asker: str) -> None:
        barrier.wait()
        runs.append(trainer.submit(tiny(seed=1), asker=asker))

    threads = [threading.Thread(target=ask, args=(f"asker {i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 8
    assert len({id(run) for run in runs}) == 1
    assert runs[0].generation == 1
    assert ended(runs[0]).state == "finished"
    assert trainer.submit(tiny(seed=1), asker="late") is runs[0]
    assert trainer.find(tiny(seed=1)) is runs[0]
    assert trainer.get(runs[0].id) is runs[0]
    assert trainer.get("no such run") is None


def test_anew_is_another_run_with_the_same_bits(
    trainer: Trainer, tiny: Make, long: Make, ended: Ended
) -> None:
    first = trainer.submit(tiny(seed=2), asker="a")
    ended(first)
    blocking = trainer.submit(long(), asker="a")
    anew = trainer.submit(tiny(seed=2), asker="a", anew=True)
    assert (anew.state, anew.generation) == ("queued", 2)
    assert anew.id != first.id
    assert trainer.submit(tiny(seed=2), asker="b", anew=True) is anew
    assert trainer.submit(tiny(seed=2), asker="c") is anew
    trainer.withdraw(blocking.id, asker="a")
    assert ended(anew).state == "finished"
    whole = first.trajectory()
    assert whole is not None
    assert_same_bits(anew.trajectory(), whole)
    assert trainer.find(tiny(seed=2)) is anew
    assert trainer.get(first.id) is first


def test_a_run_stops_when_the_last_who_asked_withdraws(
    trainer: Trainer, long: Make, ended: Ended, measured: Measured
) -> None:
    run = trainer.submit(long(seed=3), asker="a")
    trainer.submit(long(seed=3), asker="b")
    measured(run, 2)
    assert trainer.withdraw(run.id, asker="a") is False
    assert trainer.withdraw(run.id, asker="a") is False
    assert trainer.withdraw(run.id, asker="nobody") is False
    at_withdrawal = run.snapshot_count
    assert measured(run, at_withdrawal + 2).state == "training"
    assert trainer.withdraw(run.id, asker="b") is True
    view = ended(run)
    last = view.snapshots[-1].epoch
    assert (view.state, view.message) == (
        "stopped",
        f"Stopped at epoch {last}. Train starts it again.",
    )
    assert at_withdrawal + 2 <= view.snapshot_count < len(run.experiment.recorded_epochs)
    trajectory = run.trajectory()
    assert trajectory is not None
    assert trajectory.epochs[-1] == last
    assert trajectory.kernels == ()


def test_who_is_gone_keeps_no_run_alive(long: Make, ended: Ended, measured: Measured) -> None:
    present = {"a", "b", "c"}
    trainer = Trainer(is_present=present.__contains__)
    try:
        run = trainer.submit(long(seed=8), asker="a")
        trainer.submit(long(seed=8), asker="b")
        trainer.submit(long(seed=8), asker="c")
        waiting = trainer.submit(long(seed=9), asker="a")
        measured(run, 1)
        assert trainer.withdraw(run.id, asker="c") is False
        present -= {"a"}  # a reload: who asked before it never withdraws
        assert trainer.withdraw(run.id, asker="c") is False
        present -= {"b"}
        assert trainer.withdraw(run.id, asker="c") is True  # who withdrew before may ask again
        assert ended(run).state == "stopped"
        assert trainer.withdraw(run.id, asker="c") is False
        assert trainer.withdraw(waiting.id, asker="anyone") is True
        assert ended(waiting).state == "stopped"
    finally:
        trainer.close()


def test_a_stop_is_heard_between_epochs_and_not_only_at_snapshots(
    trainer: Trainer, long: Make, ended: Ended, measured: Measured
) -> None:
    run = trainer.submit(long(record_every=10_000), asker="a")
    measured(run, 1)
    trainer.withdraw(run.id, asker="a")
    view = ended(run)
    assert (view.state, view.snapshot_count) == ("stopped", 1)
    assert view.message == "Stopped at epoch 0. Train starts it again."


def test_who_asks_for_a_run_that_is_stopping_gets_a_new_one(
    trainer: Trainer, long: Make, ended: Ended, measured: Measured
) -> None:
    run = trainer.submit(long(seed=4), asker="a")
    measured(run, 1)
    trainer.withdraw(run.id, asker="a")
    second = trainer.submit(long(seed=4), asker="b")
    assert second is not run
    assert ended(run).state == "stopped"
    measured(second, 1)
    assert trainer.find(long(seed=4)) is second
    trainer.withdraw(second.id, asker="b")
    ended(second)


def test_runs_are_trained_in_the_order_they_were_asked_for(
    trainer: Trainer, tiny: Make, long: Make, ended: Ended, measured: Measured
) -> None:
    blocking = trainer.submit(long(seed=5), asker="a")
    measured(blocking, 3)
    assert blocking.seconds_left is not None
    assert blocking.seconds_left > 0.0
    waiting = [trainer.submit(tiny(seed=10 + i), asker="a") for i in range(3)]
    assert [run.queue_position for run in waiting] == [1, 2, 3]
    assert [run.message for run in waiting] == [
        "One other run is trained first.",
        "2 runs are trained first.",
        "3 runs are trained first.",
    ]
    assert trainer.withdraw(waiting[1].id, asker="a") is True
    assert (waiting[1].state, waiting[1].queue_position) == ("stopped", None)
    assert waiting[1].message == "Stopped before the first epoch. Train starts it again."
    assert [run.queue_position for run in waiting] == [1, None, 2]
    assert waiting[2].message == "2 runs are trained first."
    trainer.withdraw(blocking.id, asker="a")
    waiting[2].wait_until(lambda view: view.state != "queued", 120)
    assert waiting[0].state == "finished"
    assert ended(waiting[2]).state == "finished"
    assert waiting[1].snapshot_count == 0


def test_a_full_queue_says_so(trainer: Trainer, tiny: Make, long: Make, ended: Ended) -> None:
    blocking = trainer.submit(long(seed=6), asker="a")
    blocking.wait_until(lambda view: view.state == "training", 120)
    waiting = [trainer.submit(tiny(seed=100 + i), asker="a") for i in range(LARGEST_QUEUE)]
    with pytest.raises(
        QueueFull, match=r"^20 runs are waiting already\. Train again when one has finished\.$"
    ):
        trainer.submit(tiny(seed=99), asker="a")
    assert trainer.find(tiny(seed=99)) is None
    assert trainer.submit(tiny(seed=100), asker="b") is waiting[0]
    for run in waiting[1:]:
        trainer.withdraw(run.id, asker="a")
    assert trainer.submit(tiny(seed=99), asker="a").queue_position == 2
    trainer.withdraw(blocking.id, asker="a")
    assert ended(waiting[0]).state == "finished"


def test_a_recording_is_returned_as_it_is_unless_asked_anew(
    trainer: Trainer, tiny: Make, ended: Ended
) -> None:
    trained = trainer.submit(tiny(seed=7), asker="a")
    ended(trained)
    recording = trained.trajectory()
    assert recording is not None
    other = Trainer(recordings=[recording])
    try:
        recorded = other.submit(tiny(seed=7), asker="a")
        assert (recorded.recorded, recorded.state) == (True, "finished")
        assert other.find(tiny(seed=7)) is recorded
        assert other.get(recorded.id) is recorded
        assert other.worker_pid is None  # nobody had to train
        anew = other.submit(tiny(seed=7), asker="a", anew=True)
        assert (anew.recorded, anew.generation, anew.state) == (False, 1, "queued")
        assert anew.message == "The training process is starting."
        assert other.find(tiny(seed=7)) is anew
    finally:
        other.close()
    assert other.find(tiny(seed=7)) is recorded
