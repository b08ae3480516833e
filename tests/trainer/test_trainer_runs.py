"""Runs on a real training process: their bits, their order, who shares them, how they stop."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunRefused, RunState, Trainer, absence
from l2viz.trainer.trainer import LARGEST_QUEUE
from l2viz.trajectory import MEASURED, Trajectory
from tests.fresh_process import run_python
from tests.trainer.waiting import WAIT, NotedProcesses, run_of, wait_until

Make = Callable[..., Experiment]
Ended = Callable[[Run], RunState]
Measured = Callable[[Run, int], RunState]

QUEUED = r"(.+) trained first, for about \d+ (s|min|h)\."

ORACLE = """
import json, pathlib, sys
import l2viz
for number, experiment in enumerate(json.loads(sys.argv[1])):
    path = pathlib.Path(sys.argv[2]) / f"{number}.npz"
    try:
        l2viz.run(l2viz.Experiment.from_json(experiment)).save(path)
    except l2viz.Diverged as divergence:
        divergence.trajectory.save(path)
        print(divergence, end="")
"""


@pytest.fixture(scope="module")
def plain(tiny: Make) -> Experiment:
    return tiny(epochs=130, record_every=60)


@pytest.fixture(scope="module")
def diverging(tiny: Make) -> Experiment:
    return tiny(
        optimizer="sgd",
        learning_rate=100.0,
        activation="linear",
        strengths=(0.0, 20.0),
        epochs=400,
        record_every=1,
    )


@pytest.fixture(scope="module")
def oracle(
    tmp_path_factory: pytest.TempPathFactory,
    plain: Experiment,
    diverging: Experiment,
) -> tuple[Trajectory, Trajectory, str]:
    """Return the results of l2viz.run for both in a new process, and the divergence's message."""
    folder = tmp_path_factory.mktemp("oracle")
    experiments = json.dumps([plain.as_json(), diverging.as_json()])
    printed = run_python(ORACLE, experiments, str(folder), timeout=WAIT).stdout
    first, second = (Trajectory.load(folder / f"{number}.npz") for number in range(2))
    return first, second, printed


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
    trainer: Trainer, plain: Experiment, ended: Ended, oracle: tuple[Trajectory, Trajectory, str]
) -> None:
    run = trainer.submit(plain, client="a")
    state = ended(run)
    assert (state.status, state.message) == ("finished", "")
    assert (run.recorded, run.generation) == (False, 1)
    assert [snapshot.epoch for snapshot in state.snapshots] == [0, 60, 120, 130]
    expected, _, _ = oracle
    assert_same_bits(run.trajectory(), expected)
    assert state.context is not None
    assert state.context.experiment == plain
    assert state.context.threads == expected.context.threads == 1


def test_a_diverged_run_says_why_and_keeps_what_was_measured(
    trainer: Trainer,
    diverging: Experiment,
    ended: Ended,
    oracle: tuple[Trajectory, Trajectory, str],
) -> None:
    run = trainer.submit(diverging, client="a")
    state = ended(run)
    _, expected, sentence = oracle
    assert (state.status, state.message) == ("failed", sentence)
    assert sentence.startswith("At any strength ")
    assert sentence.endswith("Lower the learning rate (100).")
    assert 1 < len(state.snapshots) < 401
    assert_same_bits(run.trajectory(), expected)
    assert trainer.submit(diverging, client="a").generation == 2


def test_the_same_experiment_asked_for_at_once_is_one_run(
    trainer: Trainer, tiny: Make, ended: Ended
) -> None:
    barrier = threading.Barrier(8)
    runs: list[Run] = []

    def ask(client: str) -> None:
        barrier.wait()
        runs.append(trainer.submit(tiny(seed=1), client=client))

    threads = [threading.Thread(target=ask, args=(f"client {i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 8
    assert len({id(run) for run in runs}) == 1
    assert runs[0].generation == 1
    assert ended(runs[0]).status == "finished"
    assert trainer.submit(tiny(seed=1), client="late") is runs[0]
    assert run_of(trainer, tiny(seed=1)) is runs[0]
    assert trainer.get(runs[0].id) is runs[0]
    assert trainer.get("no such run") is None


def test_a_retrained_run_is_another_one_with_the_same_bits(
    trainer: Trainer, tiny: Make, long: Make, ended: Ended
) -> None:
    first = trainer.submit(tiny(seed=2), client="a")
    ended(first)
    blocking = trainer.submit(long(), client="b")
    retrained = trainer.submit(tiny(seed=2), client="a", retrain=True)
    assert (retrained.state.status, retrained.generation) == ("queued", 2)
    assert retrained.id != first.id
    assert trainer.submit(tiny(seed=2), client="c", retrain=True) is retrained
    assert trainer.submit(tiny(seed=2), client="d") is retrained
    trainer.withdraw(blocking.id, client="b")
    assert ended(retrained).status == "finished"
    whole = first.trajectory()
    assert whole is not None
    assert_same_bits(retrained.trajectory(), whole)
    assert run_of(trainer, tiny(seed=2)) is retrained
    assert trainer.get(first.id) is first


def test_a_run_stops_when_its_last_client_withdraws(
    trainer: Trainer, long: Make, ended: Ended, measured: Measured
) -> None:
    run = trainer.submit(long(seed=3), client="a")
    trainer.submit(long(seed=3), client="b")
    measured(run, 2)
    assert trainer.withdraw(run.id, client="a") is False
    assert trainer.withdraw(run.id, client="a") is False
    assert trainer.withdraw(run.id, client="nobody") is False
    at_withdrawal = len(run.state.snapshots)
    assert measured(run, at_withdrawal + 2).status == "training"
    assert trainer.withdraw(run.id, client="b") is True
    state = ended(run)
    last = state.snapshots[-1].epoch
    assert (state.status, state.message) == (
        "stopped",
        f"Stopped at epoch {last}. Train starts it again.",
    )
    assert at_withdrawal + 2 <= len(state.snapshots) < len(run.experiment.recorded_epochs)
    trajectory = run.trajectory()
    assert trajectory is not None
    assert trajectory.epochs[-1] == last
    assert trajectory.kernels == ()


def test_a_run_whose_clients_have_left_is_stopped(
    long: Make, ended: Ended, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absence, "GRACE", 0.2)
    present = {"a", "b", "c"}
    with closing(Trainer(is_present=present.__contains__)) as trainer:
        run = trainer.submit(long(seed=8), client="a")
        assert trainer.submit(long(seed=8), client="b") is run
        waiting = trainer.submit(long(seed=9), client="c")
        measured(run, 1)
        present -= {"a", "c"}
        assert ended(waiting).status == "stopped"
        assert run.state.status == "training"
        present -= {"b"}
        assert ended(run).status == "stopped"


@pytest.mark.slow
def test_a_short_absence_stops_nothing(
    long: Make, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where somebody else withdraws meanwhile."""
    monkeypatch.setattr(absence, "GRACE", WAIT)
    present = {"a", "b"}
    with closing(Trainer(is_present=present.__contains__)) as trainer:
        run = trainer.submit(long(seed=8), client="a")
        trainer.submit(long(seed=8), client="b")
        measured(run, 1)
        present -= {"a"}
        assert trainer.is_watched(run.id)
        assert trainer.withdraw(run.id, client="b") is False
        assert not trainer.is_watched(run.id)
        present |= {"a"}
        assert trainer.is_watched(run.id)
        measured(run, len(run.state.snapshots) + 1)
        assert run.state.status == "training"


def test_a_client_has_one_run_that_has_not_ended(
    trainer: Trainer, tiny: Make, long: Make, ended: Ended, measured: Measured
) -> None:
    training = trainer.submit(long(seed=21), client="a")
    measured(training, 1)
    waiting = trainer.submit(tiny(seed=22), client="b")
    shared = trainer.submit(tiny(seed=23), client="b")
    assert waiting.state.status == "stopped"
    trainer.submit(tiny(seed=23), client="c")
    finished = trainer.submit(tiny(seed=24), client="b")
    assert shared.state.status == "queued", "somebody else waits for it"
    last = trainer.submit(tiny(seed=25), client="a")
    assert ended(training).status == "stopped"
    assert {ended(run).status for run in (shared, finished, last)} == {"finished"}
    again = trainer.submit(long(seed=21), client="a")
    measured(again, 1)
    assert trainer.submit(tiny(seed=25), client="a") is last
    assert again.state.status == "training", "a finished run costs nothing"
    trainer.withdraw(again.id, client="a")
    ended(again)


def test_a_stop_is_received_between_epochs_and_not_only_at_snapshots(
    trainer: Trainer, long: Make, ended: Ended, measured: Measured
) -> None:
    run = trainer.submit(long(record_every=10_000), client="a")
    measured(run, 1)
    trainer.withdraw(run.id, client="a")
    state = ended(run)
    assert (state.status, len(state.snapshots)) == ("stopped", 1)
    assert state.message == "Stopped at epoch 0. Train starts it again."


def test_a_run_that_is_stopping_is_not_given_to_a_new_client(
    trainer: Trainer, long: Make, ended: Ended, measured: Measured
) -> None:
    run = trainer.submit(long(seed=4), client="a")
    measured(run, 1)
    trainer.withdraw(run.id, client="a")
    second = trainer.submit(long(seed=4), client="b")
    assert second is not run
    assert ended(run).status == "stopped"
    measured(second, 1)
    assert run_of(trainer, long(seed=4)) is second
    trainer.withdraw(second.id, client="b")
    ended(second)


def test_runs_are_trained_in_the_order_they_were_asked_for(
    trainer: Trainer, tiny: Make, long: Make, ended: Ended, measured: Measured
) -> None:
    blocking = trainer.submit(long(seed=5), client="blocking")
    measured(blocking, 3)
    assert blocking.state.seconds_left is not None
    assert blocking.state.seconds_left > 0.0
    waiting = [trainer.submit(tiny(seed=10 + i), client=f"{i}") for i in range(3)]
    assert [run.state.queue_position for run in waiting] == [1, 2, 3]
    told = [re.fullmatch(QUEUED, run.state.message) for run in waiting]
    assert [found and found[1] for found in told] == [
        "One other run is",
        "2 runs are",
        "3 runs are",
    ]
    assert trainer.withdraw(waiting[1].id, client="1") is True
    assert (waiting[1].state.status, waiting[1].state.queue_position) == ("stopped", None)
    assert waiting[1].state.message == "Stopped before the first epoch. Train starts it again."
    assert [run.state.queue_position for run in waiting] == [1, None, 2]
    assert waiting[2].state.message.startswith("2 runs are trained first, for about ")
    trainer.withdraw(blocking.id, client="blocking")
    wait_until(waiting[2], lambda state: state.status != "queued", 120)
    assert waiting[0].state.status == "finished"
    assert ended(waiting[2]).status == "finished"
    assert len(waiting[1].state.snapshots) == 0


def test_a_full_queue_says_so(trainer: Trainer, tiny: Make, long: Make, ended: Ended) -> None:
    blocking = trainer.submit(long(seed=6), client="blocking")
    wait_until(blocking, lambda state: state.status == "training", 120)
    waiting = [trainer.submit(tiny(seed=100 + i), client=f"{i}") for i in range(LARGEST_QUEUE)]
    with pytest.raises(
        RunRefused, match=r"^100 runs are waiting already\. Train again when one has finished\.$"
    ):
        trainer.submit(tiny(seed=99), client="late")
    assert run_of(trainer, tiny(seed=99)) is None
    assert trainer.submit(tiny(seed=100), client="b") is waiting[0]
    for number, run in enumerate(waiting[1:], start=1):
        trainer.withdraw(run.id, client=f"{number}")
    assert trainer.submit(tiny(seed=99), client="late").state.queue_position == 2
    trainer.withdraw(blocking.id, client="blocking")
    assert ended(waiting[0]).status == "finished"


def test_a_recording_is_returned_as_it_is_unless_retrained(
    trainer: Trainer, tiny: Make, ended: Ended, noted: NotedProcesses
) -> None:
    trained = trainer.submit(tiny(seed=7), client="a")
    ended(trained)
    recording = trained.trajectory()
    assert recording is not None
    other = Trainer(recordings=[recording], worker_command=noted.command)
    try:
        recorded = other.submit(tiny(seed=7), client="a")
        assert (recorded.recorded, recorded.state.status) == (True, "finished")
        assert run_of(other, tiny(seed=7)) is recorded
        assert other.get(recorded.id) is recorded
        assert noted.ids == []  # nobody had to train
        retrained = other.submit(tiny(seed=7), client="a", retrain=True)
        assert (retrained.recorded, retrained.generation, retrained.state.status) == (
            False,
            1,
            "queued",
        )
        assert retrained.state.message == "The training process is starting."
        assert run_of(other, tiny(seed=7)) is retrained
    finally:
        other.close()
    assert run_of(other, tiny(seed=7)) is recorded
