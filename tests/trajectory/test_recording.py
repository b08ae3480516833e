"""Recorded runs: how much rounding costs and saves, and the recordings that come with the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from l2viz.analysis import metrics
from l2viz.analysis.verdict import verdict
from l2viz.lesson import Preset, read_lesson
from l2viz.lesson.presets import presets
from l2viz.lesson.recorded import recorded_experiments
from l2viz.trajectory import MEASURED, Array, Trajectory, file_format
from l2viz.trajectory.recording import (
    DRAWN,
    DRAWN_BITS,
    KEPT_BITS,
    rounded,
    save_recording,
)
from l2viz.ui.server.trainer_service import RECORDINGS
from tests import trajectories

BOUND = 2.0**-KEPT_BITS
DRAWN_BOUND = 2.0**-DRAWN_BITS
LARGEST = 25e6  # bytes, of all recordings together


def floats(dtype: type, tiny: float, largest: float) -> st.SearchStrategy[Array]:
    """Draw normal numbers of a type, zeros, infinities and NaN."""
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


def bound_of(name: str) -> float:
    return DRAWN_BOUND if name in DRAWN else BOUND


@pytest.mark.parametrize(
    ("name", "bits"), [("val_data_loss", KEPT_BITS), ("sampled_weights", DRAWN_BITS)]
)
def test_the_low_bits_are_zero(name: str, bits: int) -> None:
    kept = np.ascontiguousarray(getattr(rounded(trajectories.curve()), name)).view(np.uint32)
    assert (kept & np.uint32(2 ** (24 - bits) - 1) == 0).all()


COUNTS = ("dead_units", "faded_units")  # of a few units: they have few bits


@pytest.mark.parametrize("trajectory", [trajectories.curve(), trajectories.digits()])
def test_everything_measured_is_rounded_and_nothing_else(trajectory: Trajectory) -> None:
    kept = rounded(trajectory)
    assert kept.context is trajectory.context
    for name in MEASURED:
        before, after = getattr(trajectory, name), getattr(kept, name)
        if before is None:
            assert after is None
        elif before.dtype == np.float32:
            assert np.array_equal(after, before) == (name in COUNTS), name
            np.testing.assert_allclose(after, before, rtol=bound_of(name), atol=0.0)
        else:
            np.testing.assert_array_equal(after, before)
    for before, after in zip(trajectory.kernels, kept.kernels, strict=True):
        np.testing.assert_allclose(after, before, rtol=DRAWN_BOUND, atol=0.0)
    np.testing.assert_array_equal(kept.epochs, trajectory.epochs)
    np.testing.assert_array_equal(kept.strengths, trajectory.strengths)


def test_a_zero_stays_one_and_nothing_else_becomes_one() -> None:
    trajectory = trajectories.curve()
    weights = np.resize(np.array([0.0, 1e-38, -1e-20, 3.0], np.float32), (5, 6, 12))
    kept = rounded(dataclasses.replace(trajectory, sampled_weights=weights)).sampled_weights
    np.testing.assert_array_equal(kept == 0.0, weights == 0.0)


@pytest.mark.parametrize("trajectory", [trajectories.curve(), trajectories.digits()])
def test_a_recording_is_smaller_and_comes_back_the_same(
    trajectory: Trajectory, tmp_path: Path
) -> None:
    trajectory.save(tmp_path / "whole.npz")
    save_recording(trajectory, tmp_path / "recorded.npz")
    saved = (tmp_path / "recorded.npz").stat().st_size
    assert saved < 0.8 * (tmp_path / "whole.npz").stat().st_size
    again, kept = Trajectory.load(tmp_path / "recorded.npz"), rounded(trajectory)
    for name, array in kept.arrays().items():
        same_bits(again.arrays()[name], array)
    assert again.experiment == kept.experiment


@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "i4", "i8", "i1", "u1"])
@pytest.mark.parametrize("shape", [(3,), (3, 4), (3, 4, 5), (3, 4, 2, 2), (0, 3), (3, 0, 2)])
# Most float64 draws are not float16 numbers and are dropped, about which Hypothesis complains.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_packing_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    dtype: str,
    shape: tuple[int, ...],
    data: st.DataObject,
) -> None:
    array = data.draw(hnp.arrays(dtype, shape))
    file = tmp_path_factory.mktemp("packed") / "run.npz"
    file_format.write(file, trajectories.curve().context, {"any": array}, packed=True)
    with file.open("rb") as stream:
        _, arrays = file_format.read(stream)
    same_bits(arrays["any"], array)


def same_bits(one: Array, other: Array) -> None:
    assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


@pytest.fixture(scope="module", params=presets(), ids=lambda lesson: lesson.key)
def recorded(request: pytest.FixtureRequest) -> tuple[Preset, Trajectory]:
    lesson: Preset = request.param
    return lesson, Trajectory.load(RECORDINGS / f"{lesson.key}.npz")


def test_each_lesson_has_the_recording_of_its_experiment(
    recorded: tuple[Preset, Trajectory],
) -> None:
    lesson, trajectory = recorded
    assert trajectory.experiment == lesson.experiment
    assert trajectory.epochs.tolist() == list(lesson.experiment.recorded_epochs)
    assert trajectory.strengths.tolist() == list(lesson.experiment.strengths)


def test_every_scene_has_the_recording_of_its_experiment() -> None:
    recorded = recorded_experiments()
    assert {path.stem for path in RECORDINGS.glob("*.npz")} == set(recorded)
    for scene in read_lesson().scenes:
        (key,) = (key for key, experiment in recorded.items() if experiment == scene.experiment)
        assert Trajectory.load(RECORDINGS / f"{key}.npz").experiment == scene.experiment


def test_recordings_together_are_small() -> None:
    assert sum(file.stat().st_size for file in RECORDINGS.glob("*.npz")) <= LARGEST


def test_recordings_are_rounded(recorded: tuple[Preset, Trajectory]) -> None:
    _, trajectory = recorded
    again = rounded(trajectory).arrays()
    for name, array in trajectory.arrays().items():
        np.testing.assert_array_equal(again[name], array)


def test_recordings_are_finite(recorded: tuple[Preset, Trajectory]) -> None:
    _, trajectory = recorded
    for name in MEASURED:
        values = getattr(trajectory, name)
        if values is not None:
            assert np.isfinite(values).all() or name == "gradient_angle", name


def test_recorded_kernels_are_those_of_the_last_epoch(recorded: tuple[Preset, Trajectory]) -> None:
    _, trajectory = recorded
    for layer, kernel in enumerate(trajectory.kernels):
        flat = kernel.reshape(len(trajectory.strengths), -1)
        norms = np.linalg.norm(flat.astype(np.float64), axis=1)
        np.testing.assert_allclose(
            norms, trajectory.kernel_norm[:, -1, layer], rtol=2 * DRAWN_BOUND
        )
        squares = trajectory.strengths * np.square(norms)
        np.testing.assert_allclose(squares, trajectory.penalty[:, -1, layer], rtol=4 * DRAWN_BOUND)


def test_recorded_lessons_come_out_as_they_are_told(recorded: tuple[Preset, Trajectory]) -> None:
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
        told = f"{100 * gain:+.1f} points, with 30 % of the training labels re-drawn."
        assert sentence.endswith(told)
    elif lesson.key == "moons":
        assert 0.001 < trajectory.strengths[best] < 0.02
        loss = trajectory.test_data_loss[:, -1]
        assert loss[best] < 0.5 * loss[0]
        assert gain > 0.0
    elif lesson.key == "playground":
        assert 0.001 < trajectory.strengths[best] < 0.01
        assert gain > 0.05
        assert trajectory.link_weights is not None
        thickness = np.abs(trajectory.link_weights[:, -1]).mean(axis=1)
        assert thickness[best] < 0.5 * thickness[0], "the links are thinner"
    elif lesson.key == "page-network":
        shown = trajectory.strengths.tolist().index(0.01)
        assert trajectory.kernel_norm[shown, -1, 0] < 0.4 * trajectory.kernel_norm[0, -1, 0]
        assert trajectory.dummy_probabilities is not None
        surest = trajectory.dummy_probabilities[:, -1].max(axis=1)
        assert surest[shown] < surest[0]
        assert abs(metrics.test_gain(trajectory, shown)) < 0.03
    else:
        assert abs(gain) < 0.03
        assert "which is within chance" in sentence
