"""The smaller datasets: drawn ones against their formulas, tables against scikit-learn."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets as sources
from sklearn.preprocessing import StandardScaler

from l2viz import data
from l2viz.data import Dataset
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import DATASETS

PLANES = ("moons", "circles", "spirals", "xor")
TABLES = {"breast_cancer": sources.load_breast_cancer, "wine": sources.load_wine}
PARTS = ("train", "val", "test")


def part(dataset: Dataset, name: str) -> tuple[np.ndarray, np.ndarray]:
    return getattr(dataset, f"{name}_inputs"), getattr(dataset, f"{name}_targets")


@given(
    name=st.sampled_from([*PLANES, *TABLES, "linear"]),
    seed=st.integers(0, 2**31 - 1),
    dtype=st.sampled_from(["float32", "float64"]),
    sizes=st.data(),
)
def test_parts_are_of_the_shape_that_is_said_and_share_no_example(
    name: str, seed: int, dtype: str, sizes: st.DataObject
) -> None:
    facts = DATASETS[name]
    size = sizes.draw(st.integers(2, facts.largest_train_size))
    fields: dict[str, Any] = {"noise": sizes.draw(st.floats(0.0, 2.0))} if facts.drawn else {}
    dataset = data.load(
        Experiment(dataset=name, seed=seed, dtype=dtype, train_size=size, batch_size=9, **fields)
    )
    assert len(dataset.train_targets) == size
    seen: Counter[bytes] = Counter()
    for each in PARTS:
        inputs, targets = part(dataset, each)
        assert inputs.shape == (len(targets), *facts.input_shape)
        assert inputs.dtype == dtype
        assert np.isfinite(inputs).all()
        if facts.task == "classification":
            assert targets.dtype == np.int32
            assert targets.shape == (len(inputs),)
            assert set(targets) <= set(range(facts.outputs))
        else:
            assert targets.dtype == dtype
            assert targets.shape == (len(inputs), 1)
        seen.update({row.tobytes() for row in inputs})
    assert max(seen.values()) == 1


@pytest.mark.parametrize("name", [*PLANES, *TABLES])
def test_only_training_labels_are_redrawn(name: str) -> None:
    classes = DATASETS[name].outputs
    redrawn, changed = [], []
    for seed in range(20):
        noisy, clean = (
            data.load(Experiment(dataset=name, seed=seed, label_noise=share, train_size=60))
            for share in (0.4, 0.0)
        )
        assert not clean.redrawn.any()
        redrawn.append(noisy.redrawn)
        changed.append(noisy.train_targets != clean.train_targets)
        for each in PARTS:
            np.testing.assert_array_equal(part(noisy, each)[0], part(clean, each)[0])
        for each in ("val", "test"):
            np.testing.assert_array_equal(part(noisy, each)[1], part(clean, each)[1])
    drawn, other = np.array(redrawn), np.array(changed)
    assert abs(drawn.mean() - 0.4) < 4.0 * np.sqrt(0.24 / drawn.size)
    assert not other[~drawn].any()
    same = 1.0 / classes
    assert abs(other[drawn].mean() - (1 - same)) < 4.0 * np.sqrt(same * (1 - same) / drawn.sum())


def of_class(name: str, number: int) -> np.ndarray:
    """Return the points of all parts without noise, (n, 2)."""
    dataset = data.load(
        Experiment(dataset=name, noise=0.0, label_noise=0.0, train_size=1_000, dtype="float64")
    )
    return np.concatenate(
        [part(dataset, each)[0][part(dataset, each)[1] == number] for each in PARTS]
    )


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("moons", lambda: sources.make_moons(6_000, shuffle=False)),
        ("circles", lambda: sources.make_circles(6_000, shuffle=False, factor=0.5)),
    ],
)
def test_moons_and_circles_are_those_of_scikit_learn(name: str, make: Any) -> None:
    points, labels = make()
    for number in (0, 1):
        ours, theirs = of_class(name, number), points[labels == number]
        apart = np.linalg.norm(ours[:, None] - theirs[None], axis=2)
        assert apart.min(axis=1).max() < 2e-3  # each of ours lies on one of theirs
        assert np.median(apart.min(axis=0)) < 2e-2  # and ours cover it


def test_spirals_wind_around_each_other() -> None:
    """Radius √u at angle 2π·1.25·√u, and the other half a turn further."""
    for number in (0, 1):
        points = of_class("spirals", number)
        radius = np.linalg.norm(points, axis=1)
        angle = np.arctan2(points[:, 1], points[:, 0])
        off = angle - (2.5 * np.pi * radius + np.pi * number)
        np.testing.assert_allclose(np.cos(off), 1.0, atol=1e-9)
        assert radius.max() < 1.0 < 1.01 * radius.max()
        assert abs(np.mean(radius**2) - 0.5) < 4.0 * np.sqrt(1 / 12 / len(radius))


def test_xor_is_one_where_the_signs_differ() -> None:
    for number in (0, 1):
        points = of_class("xor", number)
        assert ((points[:, 0] * points[:, 1] < 0) == bool(number)).all()
        assert (np.abs(points) <= 1.0).all()
        quarters = Counter(map(tuple, (points > 0).tolist()))
        assert min(quarters.values()) > 0.4 * len(points)


@pytest.mark.parametrize("name", [*PLANES, "linear"])
def test_noise_has_the_deviation_that_is_said(name: str) -> None:
    fields: dict[str, Any] = {"dataset": name, "train_size": 400, "dtype": "float64"}
    noisy, clean = (data.load(Experiment(**fields, noise=noise)) for noise in (0.7, 0.0))
    moved = "targets" if name == "linear" else "inputs"
    for each in ("train", "val"):
        added = getattr(noisy, f"{each}_{moved}") - getattr(clean, f"{each}_{moved}")
        assert abs(added.mean()) < 4.0 * 0.7 / np.sqrt(added.size)
        assert abs(added.std() - 0.7) < 4.0 * 0.7 / np.sqrt(2.0 * added.size)
    changed = (noisy.test_targets != clean.test_targets).any()
    assert not changed  # labels, or the truth


@pytest.mark.parametrize("name", PLANES)
@pytest.mark.parametrize("size", [2, 61])
def test_classes_are_even_and_the_picture_holds_all_points(name: str, size: int) -> None:
    dataset = data.load(Experiment(dataset=name, train_size=size, label_noise=0.0))
    counts = [Counter(part(dataset, each)[1].tolist()) for each in PARTS]
    assert counts == [{0: -(-size // 2), 1: size // 2}, {0: 200, 1: 200}, {0: 500, 1: 500}]
    assert dataset.grid_extent is not None and dataset.grid_inputs is not None
    left, right, bottom, top = dataset.grid_extent
    for points in (dataset.train_inputs, dataset.val_inputs):
        assert ((points > (left, bottom)) & (points < (right, top))).all()
    corners = dataset.grid_inputs.reshape(40, 40, 2)[[0, 0, -1, -1], [0, -1, 0, -1]]
    expected = [(left, bottom), (right, bottom), (left, top), (right, top)]
    np.testing.assert_allclose(corners, expected, rtol=1e-6)


def test_linear_targets_come_of_two_features() -> None:
    dataset = data.load(Experiment(dataset="linear", noise=0.0, train_size=300, dtype="float64"))
    assert dataset.true_kernel is not None
    for each in PARTS:
        inputs, targets = part(dataset, each)
        fitted = np.linalg.lstsq(inputs, targets[:, 0])[0]
        np.testing.assert_allclose(fitted, dataset.true_kernel, atol=1e-9)
    assert sorted(np.abs(dataset.true_kernel)) == [0.0] * 198 + [1.0] * 2
    shares = np.concatenate([part(dataset, each)[0] for each in PARTS])
    assert abs(shares.mean()) < 4.0 / np.sqrt(shares.size)
    assert abs(shares.std() - 1.0) < 4.0 / np.sqrt(2.0 * shares.size)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("size", [2, 60])
def test_tables_are_standardised_on_the_training_rows_as_scikit_learn_does(
    name: str, size: int
) -> None:
    bunch = TABLES[name]()
    dataset = data.load(
        Experiment(dataset=name, train_size=size, label_noise=0.0, dtype="float64", seed=6)
    )
    order = np.random.default_rng([6, data.DATA_STREAM]).permutation(len(bunch.data))
    held_out = len(dataset.val_targets)
    assert len(dataset.test_targets) == held_out
    rows = {"train": order[:size], "val": order[-2 * held_out : -held_out]}
    rows["test"] = order[-held_out:]
    assert DATASETS[name].largest_train_size == len(order) - 2 * held_out
    scaler = StandardScaler().fit(bunch.data[rows["train"]])
    for each in PARTS:
        inputs, targets = part(dataset, each)
        np.testing.assert_allclose(inputs, scaler.transform(bunch.data[rows[each]]), atol=1e-9)
        np.testing.assert_array_equal(targets, bunch.target[rows[each]])


@pytest.mark.parametrize("name", DATASETS)
def test_the_draws_do_not_depend_on_the_dtype(name: str) -> None:
    single, double = (
        data.load(Experiment(dataset=name, dtype=dtype)) for dtype in ("float32", "float64")
    )
    for each in PARTS:
        for ours, theirs in zip(part(single, each), part(double, each), strict=True):
            if name == "curve" and each == "test" and ours is single.test_targets:
                np.testing.assert_allclose(ours, theirs, atol=1e-6)  # the sine of those inputs
            else:
                np.testing.assert_array_equal(ours, theirs.astype(ours.dtype))
