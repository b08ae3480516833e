"""Runs in a shared folder: what one server writes, another reads; what is broken is nobody's."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer
from l2viz.trainer.shared_runs import LONGEST_SILENCE, SharedRuns
from l2viz.trainer.store import RunStore
from l2viz.trajectory import MEASURED, Trajectory
from tests import trajectories
from tests.trainer.waiting import until

Make = Callable[..., Experiment]


@pytest.fixture
def trajectory() -> Trajectory:
    return trajectories.curve()


@pytest.fixture
def run(trajectory: Trajectory) -> Run:
    """Return a new run of its experiment, with nothing measured."""
    return RunStore(0).new(trajectory.experiment)


def assert_equal(found: Run, trajectory: Trajectory) -> None:
    whole = found.trajectory()
    assert whole is not None
    assert whole.experiment == trajectory.experiment
    for name, expected in trajectory.arrays().items():
        np.testing.assert_array_equal(whole.arrays()[name], expected, err_msg=name)


def test_a_run_is_read_as_it_grows_and_when_it_has_ended(
    tmp_path: Path, run: Run, trajectory: Trajectory
) -> None:
    snapshots = trajectory.snapshots()
    with closing(SharedRuns(tmp_path)) as here, closing(SharedRuns(tmp_path)) as there:
        here.publish(run)
        run.wait_in_queue(3, "Two other runs are trained first, for about 9 s.")
        found = until(lambda: there.get(run.id))
        assert (found.experiment, found.generation) == (run.experiment, run.generation)
        until(lambda: found.state.queue_position == 3 or there.get(run.id) is None)
        assert found.state.message == run.state.message
        run.leave_queue()
        run.begin(trajectory.context)
        run.add(snapshots[0])
        run.add(snapshots[1])
        until(lambda: there.get(run.id) and len(found.state.snapshots) == 2)
        assert (found.state.status, found.state.queue_position) == ("training", None)
        for snapshot in snapshots[2:]:
            run.add(snapshot)
        run.end("finished", "", trajectory.kernels)
        until(lambda: there.get(run.id) and found.state.ended)
        assert found.state.status == "finished"
        assert_equal(found, trajectory)
        assert there.finished(run.experiment) is found
        assert there.finished(replace(run.experiment, seed=5)) is None
    assert there.get(run.id) is found, "also when the other one is gone"


def test_closing_writes_what_the_runs_have_become(
    tmp_path: Path, run: Run, trajectory: Trajectory
) -> None:
    shared = SharedRuns(tmp_path)
    shared.publish(run)
    run.begin(trajectory.context)
    run.add(trajectory.snapshots()[0])
    run.end("stopped", "Stopped at epoch 0.")
    shared.close()
    found = SharedRuns(tmp_path).get(run.id)
    assert found is not None
    assert (found.state.status, found.state.message) == ("stopped", "Stopped at epoch 0.")
    assert len(found.state.snapshots) == 1


def test_a_run_whose_server_is_silent_has_failed(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = SharedRuns(tmp_path)
    shared.publish(run)
    shared.close()
    reader = SharedRuns(tmp_path)
    found = reader.get(run.id)
    assert found is not None
    assert found.state.status == "queued"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LONGEST_SILENCE + 1)
    assert reader.get(run.id) is found
    assert (found.state.status, found.state.message) == (
        "failed",
        "The server that trained this run does not answer any more. Press Train.",
    )


@pytest.mark.parametrize(
    "run_id",
    ["", "..", "../x", "0123456789abcdef-01234567-1/../../etc", "0123456789abcdef-0", "a" * 300],
)
def test_an_id_that_is_none_reads_nothing(tmp_path: Path, run_id: str) -> None:
    (tmp_path / "0123456789abcdef-0.json").write_text("{}")
    assert SharedRuns(tmp_path).get(run_id) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"experiment": 1, "snapshots": 1}', "nonsense"])
def test_a_broken_status_is_no_run(tmp_path: Path, run: Run, text: str) -> None:
    (tmp_path / f"{run.id}.json").write_text(text)
    reader = SharedRuns(tmp_path)
    assert reader.get(run.id) is None
    assert reader.finished(run.experiment) is None


def test_a_broken_part_is_no_run(tmp_path: Path, run: Run, trajectory: Trajectory) -> None:
    shared = SharedRuns(tmp_path)
    shared.publish(run)
    run.begin(trajectory.context)
    run.add(trajectory.snapshots()[0])
    run.end("stopped")
    shared.close()
    (part,) = tmp_path.glob("*.npz")
    part.write_bytes(part.read_bytes()[:-40])
    assert SharedRuns(tmp_path).get(run.id) is None


def test_a_folder_that_is_gone_stops_no_training(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "gone"
    shared = SharedRuns(folder)
    shared.publish(run)
    run.end("stopped")
    shared.close()
    assert not folder.exists()


def test_the_oldest_runs_are_deleted_beyond_the_limit(
    tmp_path: Path, trajectory: Trajectory
) -> None:
    store, ids = RunStore(0), []
    for age in (30, 20, 10):
        run = store.new(trajectory.experiment)
        shared = SharedRuns(tmp_path, byte_limit=10**9 if age > 10 else 1)
        shared.publish(run)
        run.begin(trajectory.context)
        run.add(trajectory.snapshots()[0])
        run.end("stopped")
        shared.close()
        ids.append(run.id)
        for path in tmp_path.glob(f"{run.id}.*"):
            os.utime(path, times=(time.time() - age,) * 2)
    assert not list(tmp_path.glob("*-*.*")), "all, as none fits"
    kept = store.new(trajectory.experiment)
    shared = SharedRuns(tmp_path)
    shared.publish(kept)
    kept.end("stopped")
    shared.close()
    (status,) = tmp_path.glob("*.json")
    assert json.loads(status.read_text())["status"] == "stopped"


def test_another_trainer_shows_a_run_and_does_not_train_it_again(
    tmp_path: Path, tiny: Make, ended: Callable[[Run], RunState]
) -> None:
    with (
        closing(Trainer(shared_folder=tmp_path)) as first,
        closing(Trainer(shared_folder=tmp_path)) as second,
    ):
        trained = first.submit(tiny(), client="a")
        assert second.get(trained.id) is None
        until(lambda: second.get_elsewhere(trained.id))
        state = ended(trained)
        until(lambda: (seen := second.get_elsewhere(trained.id)) and seen.state.ended)
        shown = second.submit(tiny(), client="b")
        assert shown.id == trained.id
        assert shown.state.status == state.status == "finished"
        assert second.get(trained.id) is shown
        assert second.status().training == second.status().workers == ()
        ours, theirs = trained.trajectory(), shown.trajectory()
        assert ours is not None
        assert theirs is not None
        for name in MEASURED:
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
        assert second.submit(tiny(), client="b", retrain=True).id != trained.id
