"""Run: consistent for its readers while it is written, and cheap to read once it has ended."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import run as run_module
from l2viz.trainer.run import Run
from l2viz.trajectory import MEASURED, RunContext, Snapshot, Trajectory

Tiny = Callable[..., Experiment]


def a_context(experiment: Experiment) -> RunContext:
    return RunContext(
        trained=experiment,
        layer_names=("dense_1",),
        kernel_shapes=((2, 2),),
        thresholds=np.ones(1),
        bin_edges=np.zeros((1, 4)),
        sampled_layer=np.zeros(2, int),
        sampled_index=np.arange(2),
        gradient_examples=15,
        test_examples=200,
        constant_loss=1.0,
        threads=1,
        versions={},
    )


def a_snapshot(epoch: int) -> Snapshot:
    """Return a snapshot whose arrays hold its epoch: 0.5, 1.5, ..."""
    per_layer = np.full((2, 1), epoch + 0.5)
    shapes: dict[str, Any] = {name: per_layer for name in MEASURED if "accuracy" not in name}
    for part in ("train", "val", "test"):
        shapes[f"{part}_data_loss"] = np.full(2, epoch + 0.5)
    shapes["unit_pictures"] = None
    return Snapshot(epoch=epoch, **shapes)


def a_run(experiment: Experiment, snapshots: int) -> Run:
    run = Run("0-1", experiment, 1)
    run.leave_queue()
    run.begin(a_context(experiment))
    for epoch in experiment.recorded_epochs[:snapshots]:
        run.add(a_snapshot(epoch))
    return run


def same(first: Trajectory | None, second: Trajectory | None) -> bool:
    assert first is not None
    assert second is not None
    return all(
        np.array_equal(getattr(first, f.name), getattr(second, f.name))
        for f in dataclasses.fields(Trajectory)
        if f.name not in ("context", "kernels") and getattr(first, f.name) is not None
    )


def test_a_reader_never_sees_an_end_before_the_last_snapshots(tiny: Tiny) -> None:
    experiment = tiny(epochs=900, record_every=1)
    run = a_run(experiment, 0)
    seen: list[tuple[str, int]] = []

    def read() -> None:
        while not seen or seen[-1][0] != "finished":
            state = run.state
            seen.append((state.status, len(state.snapshots)))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for epoch in experiment.recorded_epochs:
        run.add(a_snapshot(epoch))
    run.end("finished")
    for reader in readers:
        reader.join(60)
    assert {count for state, count in seen if state == "finished"} == {901}


def test_a_state_is_replaced_and_never_changes(tiny: Tiny) -> None:
    run = a_run(tiny(), 2)
    before = run.state
    run.add(a_snapshot(20))
    run.end("stopped", "Because.")
    assert (before.status, before.message, len(before.snapshots)) == ("training", "", 2)
    after = run.state
    assert (after.status, after.message, len(after.snapshots)) == ("stopped", "Because.", 3)
    assert (before.ended, after.ended) == (False, True)
    assert after.nbytes > before.nbytes


@pytest.mark.parametrize("end", [False, True])
def test_a_part_of_the_trajectory_is_that_of_its_snapshots(tiny: Tiny, end: bool) -> None:
    run = a_run(tiny(), 5)
    snapshots = run.state.snapshots
    if end:
        run.end("finished")
    for index in range(5):
        expected = Trajectory.of(a_context(tiny()), snapshots[index:])
        assert same(run.trajectory(index), expected)
        assert [s.epoch for s in run.state.snapshots[index:]] == list(expected.epochs)
    assert run.trajectory(5) is None
    assert run.state.snapshots[5:] == ()


def test_an_ended_run_is_stacked_once_and_its_snapshots_are_views(tiny: Tiny) -> None:
    run = a_run(tiny(), 5)
    kernel = np.ones((2, 1, 4))
    run.end("finished", kernels=[kernel])
    whole = run.trajectory()
    assert whole is not None
    assert whole.kernels == (kernel,)
    assert run.trajectory() is whole
    for snapshot in run.state.snapshots:
        assert np.shares_memory(snapshot.penalty, whole.penalty)
        assert snapshot.penalty[0, 0] == snapshot.epoch + 0.5


def test_a_run_without_snapshots_has_no_trajectory(tiny: Tiny) -> None:
    run = Run("0-1", tiny(), 1)
    assert run.trajectory() is None
    run.end("failed", "Because.")
    assert run.trajectory() is None


def test_a_recording_is_a_finished_run_and_is_not_copied(tiny: Tiny) -> None:
    recording = Trajectory.of(a_context(tiny()), a_run(tiny(), 5).state.snapshots)
    run = Run.of_recording(recording)
    state = run.state
    assert (state.status, state.message) == ("finished", "")
    assert (run.recorded, run.generation, run.experiment) == (True, 0, tiny())
    assert state.context is recording.context
    assert run.trajectory() is recording
    assert np.shares_memory(state.snapshots[3].kernel_norm, recording.kernel_norm)
    assert state.seconds_left is None


def test_seconds_left_follow_the_pace_behind_the_first_stretch(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(run_module, "time", SimpleNamespace(monotonic=lambda: now))
    run = Run("0-1", tiny(epochs=40, record_every=10), 1)
    run.leave_queue()
    assert run.state.seconds_left is None
    run.add(a_snapshot(0))
    assert run.state.seconds_left is None
    now = 105.0  # the first ten epochs, and the tracing
    run.add(a_snapshot(10))
    assert run.state.seconds_left == pytest.approx(15.0)
    now = 107.0
    run.add(a_snapshot(20))
    assert run.state.seconds_left == pytest.approx(4.0)
    now = 111.0
    run.add(a_snapshot(30))
    assert run.state.seconds_left == pytest.approx(3.0)
    now = 113.0
    assert run.state.seconds_left == pytest.approx(1.0)
    now = 200.0
    assert run.state.seconds_left == 0.0
    run.end("finished")
    assert run.state.seconds_left is None
