"""Data: shapes, reproducible arrays, and equality with scikit-learn and the formulas."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from sklearn.datasets import load_digits

from l2viz import data
from l2viz.data import Dataset
from l2viz.experiment import Experiment


def arrays(dataset: Dataset) -> dict[str, np.ndarray]:
    fields = {f.name: getattr(dataset, f.name) for f in dataclasses.fields(dataset)}
    return {name: value for name, value in fields.items() if isinstance(value, np.ndarray)}


def rows(*parts: np.ndarray) -> set[bytes]:
    return {row.tobytes() for part in parts for row in part}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("size", "val", "test"), [(300, 400, 397), (2, 400, 397), (1_438, 180, 179)]
)
def test_digits_shapes(size: int, val: int, test: int, dtype: str) -> None:
    dataset = data.load(Experiment(train_size=size, dtype=dtype))
    assert dataset.train_inputs.shape == (size, 64)
    assert dataset.val_inputs.shape == (val, 64)
    assert dataset.test_inputs.shape == (test, 64)
    assert dataset.train_targets.shape == dataset.redrawn.shape == (size,)
    assert dataset.val_targets.shape == (val,)
    assert dataset.test_targets.shape == (test,)
    assert dataset.grid_inputs is None
    assert dataset.grid_truth is None
    for name, array in arrays(dataset).items():
        expected = {"inputs": dtype, "targets": "int32", "redrawn": "bool"}[name.split("_")[-1]]
        assert array.dtype == expected


@pytest.mark.parametrize("dataset", data.LOADERS)
def test_in_float64_the_draws_are_the_same(dataset: str) -> None:
    """Equal within float32 rounding, which also affects the curve's formula."""
    single, double = (
        data.load(Experiment(dataset=dataset, seed=4, dtype=dtype))
        for dtype in ("float32", "float64")
    )
    for field in dataclasses.fields(Dataset):
        expected, array = getattr(single, field.name), getattr(double, field.name)
        if isinstance(array, np.ndarray):
            np.testing.assert_allclose(array, expected, rtol=1e-6, atol=3e-7, err_msg=field.name)
        elif field.name != "grid_extent":
            assert array == expected


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_curve_shapes(dtype: str) -> None:
    dataset = data.load(Experiment(dataset="curve", train_size=15, dtype=dtype))
    assert dataset.train_inputs.shape == dataset.train_targets.shape == (15, 1)
    assert dataset.val_inputs.shape == dataset.val_targets.shape == (200, 1)
    assert dataset.test_inputs.shape == dataset.test_targets.shape == (200, 1)
    assert dataset.grid_inputs is not None
    assert dataset.grid_truth is not None
    assert dataset.grid_inputs.shape == (101, 1)
    assert dataset.grid_truth.shape == (101,)
    assert not dataset.redrawn.any()
    assert {a.dtype.name for n, a in arrays(dataset).items() if n != "redrawn"} == {dtype}


@pytest.mark.parametrize("dataset", ["digits", "curve"])
def test_equal_experiments_have_equal_data_and_seeds_differ(dataset: str) -> None:
    one = arrays(data.load(Experiment(dataset=dataset, seed=3)))
    again = arrays(data.load(Experiment(dataset=dataset, seed=3, optimizer="sgd")))
    other = arrays(data.load(Experiment(dataset=dataset, seed=4)))
    for name, array in one.items():
        np.testing.assert_array_equal(array, again[name])
    assert not np.array_equal(one["train_inputs"], other["train_inputs"])


@given(
    images=hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 3), st.integers(2, 9)).map(lambda shape: (*shape, shape[1])),
        elements=st.floats(0.0, 1.0),
    ),
    side=st.integers(1, 40),
)
def test_pictures_are_enlarged_as_scipy_does(images: np.ndarray, side: int) -> None:
    large = data.enlarged(images, side)
    assert large.shape == (len(images), side, side)
    assert images.min() - 1e-12 <= large.min() <= large.max() <= images.max() + 1e-12
    for ours, image in zip(large, images, strict=True):
        theirs = ndimage.zoom(image, side / len(image), order=1, mode="nearest", grid_mode=True)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


@given(size=st.integers(2, 1_438), seed=st.integers(0, 2**31 - 1), noise=st.floats(0.0, 1.0))
@settings(max_examples=20)
def test_large_digits_are_the_small_ones_in_the_same_parts(
    size: int, seed: int, noise: float
) -> None:
    fields: dict[str, Any] = {"train_size": size, "seed": seed, "label_noise": noise}
    small, large = (data.load(Experiment(dataset=d, **fields)) for d in ("digits", "digits28"))
    np.testing.assert_array_equal(large.redrawn, small.redrawn)
    for part in ("train", "val", "test"):
        inputs = getattr(small, f"{part}_inputs").reshape(-1, 8, 8).astype(np.float64)
        ours = getattr(large, f"{part}_inputs")
        assert ours.shape == (len(inputs), 784)
        assert ours.dtype == np.float32
        expected = data.enlarged(inputs, 28).reshape(-1, 784).astype(np.float32)
        np.testing.assert_array_equal(ours, expected)
        targets = f"{part}_targets"
        np.testing.assert_array_equal(getattr(large, targets), getattr(small, targets))


@given(size=st.integers(2, 1_438), seed=st.integers(0, 2**31 - 1))
def test_digits_are_scikit_learns_each_in_one_part_alone(size: int, seed: int) -> None:
    dataset = data.load(Experiment(train_size=size, seed=seed, label_noise=0.0))
    parts = (dataset.train_inputs, dataset.val_inputs, dataset.test_inputs)
    targets = (dataset.train_targets, dataset.val_targets, dataset.test_targets)
    source = load_digits()
    known = {
        (image / 16.0).astype(np.float32).tobytes(): label
        for image, label in zip(source.data, source.target, strict=True)
    }
    assert len(known) == 1_797, "no digit occurs twice, so that rows identify parts"
    assert sum(len(rows(part)) for part in parts) == len(rows(*parts))
    for part, labels in zip(parts, targets, strict=True):
        assert [known[row.tobytes()] for row in part] == labels.tolist()


def test_validation_and_test_digits_stay_when_the_training_size_changes() -> None:
    few, more = (data.load(Experiment(train_size=size)) for size in (100, 1_000))
    np.testing.assert_array_equal(few.val_inputs, more.val_inputs)
    np.testing.assert_array_equal(few.test_inputs, more.test_inputs)
    np.testing.assert_array_equal(few.train_inputs, more.train_inputs[:100])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.9, 1.0])
def test_the_share_of_redrawn_labels_is_that_of_the_setting(share: float) -> None:
    size, seeds = 1_000, 20
    noisy = [
        data.load(Experiment(train_size=size, label_noise=share, seed=s)) for s in range(seeds)
    ]
    clean = [data.load(Experiment(train_size=size, label_noise=0.0, seed=s)) for s in range(seeds)]
    redrawn = np.array([dataset.redrawn for dataset in noisy])
    changed = np.array(
        [a.train_targets != b.train_targets for a, b in zip(noisy, clean, strict=True)]
    )
    deviation = np.sqrt(share * (1.0 - share) / redrawn.size)  # of a mean of draws
    assert abs(redrawn.mean() - share) <= 4.0 * deviation
    assert not changed[~redrawn].any()
    if share:
        # A label is drawn from all ten classes, so that one in ten does not change.
        kept = 1.0 - changed[redrawn].mean()
        assert abs(kept - 0.1) <= 4.0 * np.sqrt(0.09 / redrawn.sum())
    for a, b in zip(noisy, clean, strict=True):
        np.testing.assert_array_equal(a.val_targets, b.val_targets)
        np.testing.assert_array_equal(a.test_targets, b.test_targets)


def test_the_curve_is_a_sine_with_the_noise_that_is_said() -> None:
    dataset = data.load(Experiment(dataset="curve", train_size=500, dtype="float64"))
    inputs = np.concatenate([dataset.train_inputs, dataset.val_inputs])
    noise = np.concatenate([dataset.train_targets, dataset.val_targets]) - np.sin(np.pi * inputs)
    assert abs(noise.mean()) <= 4.0 * 0.25 / np.sqrt(noise.size)
    spread = 0.25 / np.sqrt(2.0 * noise.size)  # of an estimated standard deviation
    assert abs(noise.std() - 0.25) <= 4.0 * spread
    assert inputs.min() >= -1.0
    assert inputs.max() <= 1.0
    np.testing.assert_array_equal(dataset.test_targets, np.sin(np.pi * dataset.test_inputs))
    assert dataset.grid_inputs is not None
    np.testing.assert_array_equal(dataset.grid_truth, np.sin(np.pi * dataset.grid_inputs[:, 0]))
    np.testing.assert_allclose(dataset.grid_inputs[:, 0], np.linspace(-1.0, 1.0, 101))
    assert not rows(dataset.train_inputs) & rows(dataset.val_inputs)
