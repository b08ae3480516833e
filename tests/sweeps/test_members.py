"""Every member of a sweep is what Keras's own `fit` gives, stacked or one after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

import l2viz
from l2viz.trajectory import MEASURED
from tests.cases import others_slow
from tests.sweeps import models
from tests.sweeps.models import KINDS, OPTIMIZERS, STRENGTHS

pytestmark = pytest.mark.usefixtures("one_thread")

EXACT = 1e-9  # in float64; measured: at most 1e-14
EPOCHS, BATCH, SEED = 3, 8, 4


def taken(data: Any, rows: Any) -> Any:
    return keras.tree.map_structure(lambda leaf: leaf[rows], data)


def by_fit(build: Callable[[float], Any], data: Any, strength: float) -> list[Any]:
    """Return all weights after a `fit` of each epoch's examples in their order.

    Its steps run eagerly: for a few steps that takes a third of the time.
    """
    model, generator = build(strength), np.random.default_rng(SEED)
    model.run_eagerly = True
    count = len(keras.tree.flatten(data)[0])
    for _ in range(EPOCHS):
        inputs, targets, *weights = taken(data, generator.permutation(count))
        model.fit(
            *(inputs, targets),
            sample_weight=weights[0] if weights else None,
            batch_size=BATCH,
            shuffle=False,
            verbose=0,
        )
    found: list[Any] = model.get_weights()
    return found


def swept(
    build: Callable[[float], Any], data: Any, **settings: Any
) -> tuple[l2viz.Trajectory, dict[float, Any]]:
    """Return the path of a sweep, and the models that it has trained, by strength."""
    trained: dict[float, Any] = {}

    def build_and_keep(strength: float) -> Any:
        trained[strength] = build(strength)
        return trained[strength]

    given = {"epochs": EPOCHS, "batch_size": BATCH, "seed": SEED, "verbose": False}
    path = l2viz.sweep(build_and_keep, data, STRENGTHS, **(given | settings))
    return path, trained


def check_members(build: Callable[[float], Any], data: Any, **settings: Any) -> None:
    path, trained = swept(build, data, **settings)
    assert path.kernels
    for member, strength in enumerate(STRENGTHS):
        expected = by_fit(build, data, strength)
        for ours, theirs in zip(trained[strength].get_weights(), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=EXACT)
        last = [np.linalg.norm(kernel[member]) for kernel in path.kernels]
        np.testing.assert_allclose(path.kernel_norm[member, -1], last, rtol=1e-6)


@pytest.mark.parametrize("kind", others_slow(KINDS, quick=["functional CNN", "recurrent"]))
@pytest.mark.usefixtures("floatx64")
def test_stacked_members_are_what_fit_gives(kind: str) -> None:
    build, data = KINDS[kind]
    check_members(build, data(), together=True)


@pytest.mark.parametrize(
    "name", others_slow(OPTIMIZERS, quick=["SGD, decay", "Adam, amsgrad, schedule"])
)
@pytest.mark.usefixtures("floatx64")
def test_with_every_optimizer(name: str) -> None:
    check_members(
        lambda strength: models.dense(strength, OPTIMIZERS[name]()), models.numbers(), together=True
    )


@pytest.mark.usefixtures("floatx64")
def test_variables_left_out_of_weight_decay() -> None:
    def build(strength: float) -> Any:
        model = models.dense(strength, keras.optimizers.AdamW(0.01, weight_decay=0.5))
        model.optimizer.exclude_from_weight_decay(var_names=["bias"])
        model.layers[0].bias.assign([0.3] * 6)
        return model

    check_members(build, models.numbers(), together=True)


@pytest.mark.usefixtures("floatx64")
def test_frozen_layers_stay() -> None:
    def build(strength: float) -> Any:
        model = models.cnn(strength)
        model.get_layer("first").trainable = False
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    check_members(build, models.images(), together=True)


@pytest.mark.parametrize("kind", ["functional CNN", "sequential"])
@pytest.mark.usefixtures("floatx64")
def test_one_after_another_members_are_what_fit_gives(kind: str) -> None:
    build, data = KINDS[kind]
    check_members(build, data(), together=False)


@pytest.mark.usefixtures("floatx64")
def test_a_dependence_that_no_setting_shows_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    check_members(models.secret, models.numbers(), verbose=True)
    reason = "a layer or loss depends on the strength, beside the regularizers"
    assert capsys.readouterr().out == f"3 strengths, one after another with fit: {reason}.\n"


def assert_same_paths(one: l2viz.Trajectory, other: l2viz.Trajectory) -> None:
    """Assert that two paths agree: their numbers are float32, their kernels float64."""
    assert one.trained == other.trained
    for ours, theirs in zip(one.kernels, other.kernels, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=EXACT)
    for name in MEASURED:
        ours, theirs = getattr(one, name), getattr(other, name)
        if ours is None or theirs is None:
            assert ours is theirs, name
        else:
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["functional CNN", "two outputs, weights"])
@pytest.mark.usefixtures("floatx64")
def test_both_ways_measure_the_same(kind: str) -> None:
    build, data = KINDS[kind]
    sample = taken(data(), slice(0, 6))
    settings = {"validation_data": taken(data(), slice(3, 20)), "sample": sample}
    stacked, _ = swept(build, data(), together=True, **settings)
    alone, _ = swept(build, data(), together=False, **settings)
    assert_same_paths(stacked, alone)
    assert np.isfinite(stacked.val_data_loss[:, 1:]).all()
    assert np.isfinite(stacked.data_gradient_norm).all()


@pytest.mark.slow
@pytest.mark.usefixtures("floatx64")
def test_losses_are_those_of_evaluate() -> None:
    data = models.images()
    path, trained = swept(models.cnn, data, validation_data=data, together=True)
    for member, strength in enumerate(STRENGTHS):
        loss, accuracy = trained[strength].evaluate(*data, verbose=0)
        total = path.val_data_loss[member, -1] + path.penalty[member, -1].sum()
        assert total == pytest.approx(loss, rel=1e-5)
        penalty = float(sum(trained[strength].losses))
        assert path.penalty[member, -1].sum() == pytest.approx(penalty, rel=1e-6)
        assert path.val_accuracy is not None
        assert path.val_accuracy[member, -1] == pytest.approx(accuracy)


def test_a_member_that_diverges_leaves_the_others_alone() -> None:
    def build(strength: float) -> Any:
        return models.dense(strength, keras.optimizers.SGD(0.05))

    settings = {"epochs": 4, "batch_size": 8, "verbose": False}
    data = models.numbers()
    both = l2viz.sweep(build, data, (0.0, 1e-3, 1e12), together=True, **settings)
    fine = l2viz.sweep(build, data, (0.0, 1e-3), together=True, **settings)
    assert not np.isfinite(both.train_data_loss[2, -1])
    np.testing.assert_allclose(both.sampled_weights[:2], fine.sampled_weights, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.usefixtures("floatx64")
def test_a_stack_of_fewer_members(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = swept(models.cnn, models.images())
    monkeypatch.setattr("l2viz.sweeps.stacked_training.LARGEST_STACK", 2)
    parts, _ = swept(models.cnn, models.images(), together=True)
    assert_same_paths(whole, parts)
