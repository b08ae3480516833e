"""Recorded runs: how much rounding costs and saves, and the recordings that come with the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.analysis import metrics
from l2viz.analysis.verdict import verdict
from l2viz.lesson.presets import LESSONS, Lesson
from l2viz.trajectory import MEASURED, Array, Trajectory
from l2viz.trajectory.rounding import KEPT_BITS, rounded
from l2viz.ui.server.trainer_service import RECORDINGS
from tests import trajectories

BOUND = 2.0**-KEPT_BITS


def floats(dtype: type, tiny: float, largest: float) -> st.SearchStrategy[Array]:
    """Normal numbers of a type, zeros, and what is no number."""
    magnitudes = st.floats(tiny, largest, width=np.dtype(dtype).itemsize * 8)  # type: ignore[arg-type]
    numbers = magnitudes | magnitudes.map(lambda value: -value)
    special = st.sampled_from([0.0, -0.0, np.inf, -np.inf, np.nan])
    return hnp.arrays(dtype, 20, elements=numbers | special)


@given(values=floats(np.float32, 2.0**-126, 2.0**127) | floats(np.float64, 2.0**-1022, 2.0**1023))
def test_the_relative_error_is_bounded(values: Array) -> None:
    trajectory = trajectories.curve()
    shape = trajectory.val_data_loss.shape
    given = dataclasses.replace(trajectory, val_data_loss=np.resize(values, shape))
    kept = rounded(given).val_data_loss
    assert kept.dtype == values.dtype
    before, after = given.val_data_loss.astype(np.float64), kept.astype(np.float64)
    finite = np.isfinite(before)
    assert (np.abs(after[finite] - before[finite]) <= BOUND * np.abs(before[finite])).all()
    np.testing.assert_array_equal(after[~finite], before[~finite])


@given(values=floats(np.float32, 2.0**-126, 2.0**127))
def test_rounding_again_changes_nothing(values: Array) -> None:
    trajectory = trajectories.curve()
    shape = trajectory.val_data_loss.shape
    once = rounded(dataclasses.replace(trajectory, val_data_loss=np.resize(values, shape)))
    np.testing.assert_array_equal(rounded(once).val_data_loss, once.val_data_loss)


def test_the_low_bits_are_zero() -> None:
    kept = rounded(trajectories.curve()).val_data_loss
    bits = np.ascontiguousarray(kept).view(np.uint32)
    assert (bits & np.uint32(2 ** (24 - KEPT_BITS) - 1) == 0).all()


@pytest.mark.parametrize("trajectory", [trajectories.curve(), trajectories.digits()])
def test_everything_measured_is_rounded_and_nothing_else(trajectory: Trajectory) -> None:
    kept = rounded(trajectory)
    assert kept.context is trajectory.context
    for name in MEASURED:
        before, after = getattr(trajectory, name), getattr(kept, name)
        if before is None:
            assert after is None
        elif before.dtype == np.float32:
            assert not np.array_equal(after, before), name
            np.testing.assert_allclose(after, before, rtol=BOUND, atol=0.0)
        else:
            np.testing.assert_array_equal(after, before)
    for before, after in zip(trajectory.kernels, kept.kernels, strict=True):
        np.testing.assert_allclose(after, before, rtol=BOUND, atol=0.0)
    np.testing.assert_array_equal(kept.epochs, trajectory.epochs)
    np.testing.assert_array_equal(kept.strengths, trajectory.strengths)


@pytest.mark.parametrize("trajectory", [trajectories.curve(), trajectories.digits()])
def test_a_recording_is_smaller_and_comes_back_the_same(
    trajectory: Trajectory, tmp_path: Path
) -> None:
    trajectory.save(tmp_path / "whole.npz")
    rounded(trajectory).save(tmp_path / "rounded.npz")
    saved = (tmp_path / "rounded.npz").stat().st_size
    assert saved < 0.95 * (tmp_path / "whole.npz").stat().st_size
    again = Trajectory.load(tmp_path / "rounded.npz")
    for name in MEASURED:
        np.testing.assert_equal(getattr(again, name), getattr(rounded(trajectory), name))


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.key)
def recorded(request: pytest.FixtureRequest) -> tuple[Lesson, Trajectory]:
    lesson: Lesson = request.param
    return lesson, Trajectory.load(RECORDINGS / f"{lesson.key}.npz")


def test_each_lesson_has_the_recording_of_its_experiment(
    recorded: tuple[Lesson, Trajectory],
) -> None:
    lesson, trajectory = recorded
    assert trajectory.experiment == lesson.experiment
    assert trajectory.epochs.tolist() == list(lesson.experiment.recorded_epochs)
    assert trajectory.strengths.tolist() == list(lesson.experiment.strengths)


def test_recordings_are_rounded_and_finite(recorded: tuple[Lesson, Trajectory]) -> None:
    _, trajectory = recorded
    again = rounded(trajectory)
    for name in MEASURED:
        values = getattr(trajectory, name)
        if values is not None:
            np.testing.assert_array_equal(getattr(again, name), values)
            assert np.isfinite(values).all() or name == "gradient_angle", name


def test_recorded_kernels_are_those_of_the_last_epoch(recorded: tuple[Lesson, Trajectory]) -> None:
    _, trajectory = recorded
    for layer, kernel in enumerate(trajectory.kernels):
        flat = kernel.reshape(len(trajectory.strengths), -1)
        norms = np.linalg.norm(flat.astype(np.float64), axis=1)
        np.testing.assert_allclose(norms, trajectory.kernel_norm[:, -1, layer], rtol=2 * BOUND)
        squares = trajectory.strengths * np.square(norms)
        np.testing.assert_allclose(squares, trajectory.penalty[:, -1, layer], rtol=4 * BOUND)


def test_recorded_lessons_come_out_as_they_are_told(recorded: tuple[Lesson, Trajectory]) -> None:
    lesson, trajectory = recorded
    best = metrics.best_strength(trajectory)
    gain = metrics.test_gain(trajectory, best)
    sentence = verdict(trajectory)
    if lesson.key == "curve":
        assert 1e-4 < trajectory.strengths[best] < 0.02
        assert gain > 0.5
        assert sentence.startswith("Validation data chooses λ = 0.00")
        assert sentence.endswith(" at λ = 0.")
    elif lesson.key == "digits-wrong-labels":
        assert 0.003 < trajectory.strengths[best] < 0.03
        assert gain > 0.06
        assert sentence.endswith(f"{100 * gain:+.1f} points.")
    elif lesson.key == "moons":
        assert 0.001 < trajectory.strengths[best] < 0.02
        loss = trajectory.test_data_loss[:, -1]
        assert loss[best] < 0.5 * loss[0]
        assert gain > 0.0
    elif lesson.key == "page-network":
        shown = trajectory.strengths.tolist().index(0.01)
        assert trajectory.kernel_norm[shown, -1, 0] < 0.4 * trajectory.kernel_norm[0, -1, 0]
        assert trajectory.dummy_probabilities is not None
        surest = trajectory.dummy_probabilities[:, -1].max(axis=1)
        assert surest[shown] < surest[0]
        assert abs(metrics.test_gain(trajectory, shown)) < 0.03
    else:
        assert abs(gain) < 0.03
        assert "no gain" in sentence
