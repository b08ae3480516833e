"""Measuring: every array of a snapshot against numpy, Keras, scikit-learn and GradientTape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import log_loss, mean_squared_error

from l2viz import data, measuring
from l2viz.experiment import Experiment
from l2viz.measuring import BINS, GRADIENT_EXAMPLES, SAMPLED_WEIGHTS, run_context
from l2viz.model import build_loss, build_model
from l2viz.training import PathTraining
from l2viz.trajectory import Snapshot

pytestmark = pytest.mark.usefixtures("one_thread")

EXPERIMENTS: dict[str, dict[str, Any]] = {
    "digits": {"hidden": (40, 20), "epochs": 6},
    "digits, first kernel, few examples": {"regularized": "first", "train_size": 40, "epochs": 30},
    "digits, one member": {"hidden": (12,), "strengths": (0.0,), "epochs": 3},
    "digits, no hidden layer": {"hidden": (), "epochs": 3},
    "curve": {"dataset": "curve", "epochs": 60},
    "curve, weights beyond the bins": {
        "dataset": "curve",
        "hidden": (30,),
        "optimizer": "rmsprop",
        "learning_rate": 0.1,
        "epochs": 100,
    },
}


class Measured:
    """One snapshot, and for each member a plain Keras model with its weights."""

    def __init__(self, **fields: Any) -> None:
        settings: dict[str, Any] = {"strengths": (0.0, 1e-3, 0.03), "dtype": "float64"}
        self.experiment = Experiment(**(settings | fields))
        self.models: list[keras.Sequential] = []
        with PathTraining(self.experiment) as path:
            path.train_epochs(self.experiment.epochs)
            self.snapshot: Snapshot = path.measure(self.experiment.epochs)
            self.context = path.context
            self.dataset = path.dataset
            for member, strength in enumerate(self.experiment.strengths):
                model = build_model(self.experiment, strength=strength)
                model.set_weights(path.member_weights(member))
                self.models.append(model)

    def members(self) -> Iterator[tuple[int, keras.Sequential, list[np.ndarray]]]:
        """Position, model and regularized kernels of each member."""
        for member, model in enumerate(self.models):
            layers = [model.layers[i] for i in self.experiment.regularized_layers]
            yield member, model, [layer.kernel.numpy() for layer in layers]

    def data_gradients(self, model: keras.Sequential) -> list[np.ndarray]:
        """∂(data loss)/∂kernel of each regularized layer, by a tape on the plain model."""
        size = self.context.gradient_examples
        inputs = self.dataset.train_inputs[:size]
        targets = self.dataset.train_targets[:size]
        kernels = [model.layers[i].kernel.value for i in self.experiment.regularized_layers]

        @tf.function
        def gradients() -> list[tf.Tensor]:
            with tf.GradientTape() as tape:
                loss = build_loss(self.experiment)(targets, model(inputs))
            return tape.gradient(loss, kernels)

        return [gradient.numpy() for gradient in gradients()]


@pytest.fixture(scope="module", params=EXPERIMENTS)
def measured(request: pytest.FixtureRequest) -> Measured:
    return Measured(**EXPERIMENTS[request.param])


def test_norms_and_penalties(measured: Measured) -> None:
    for member, _, kernels in measured.members():
        for layer, kernel in enumerate(kernels):
            norm = np.linalg.norm(kernel)
            strength = float(np.float32(measured.experiment.strengths[member]))  # as in Keras's L2
            assert measured.snapshot.kernel_norm[member, layer] == pytest.approx(norm, rel=1e-12)
            penalty = measured.snapshot.penalty[member, layer]
            assert penalty == pytest.approx(strength * norm**2, rel=1e-12)


def test_histograms_are_numpys_with_the_rest_in_the_outermost_bins(measured: Measured) -> None:
    edges = measured.context.bin_edges
    for member, _, kernels in measured.members():
        for layer, kernel in enumerate(kernels):
            within = np.clip(kernel, edges[layer, 0], edges[layer, -1])
            expected, _ = np.histogram(within, edges[layer])
            np.testing.assert_array_equal(measured.snapshot.histogram[member, layer], expected)
            assert measured.snapshot.histogram[member, layer].sum() == kernel.size


def test_some_weights_lie_beyond_the_bins() -> None:
    measured = Measured(**EXPERIMENTS["curve, weights beyond the bins"])
    reach = measured.context.bin_edges[0, -1]
    beyond = [int((np.abs(kernels[0]) > reach).sum()) for _, _, kernels in measured.members()]
    assert max(beyond) > 0


@given(
    kernel=hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=3, max_dims=3, max_side=6),
        elements=st.floats(allow_nan=False, allow_infinity=False),
    ),
    reach=st.floats(1e-3, 1e3),
)
@example(kernel=np.array([[[1e300]], [[-1e300]]]), reach=1.0)
@example(kernel=np.array([[[5e9]], [[-5e9]]]), reach=1.0)
@example(kernel=np.zeros((2, 3, 4)), reach=0.5)
def test_any_finite_weight_is_counted_where_numpy_counts_it(
    kernel: np.ndarray, reach: float
) -> None:
    edges = np.linspace(-reach, reach, BINS + 1)
    near = np.abs(kernel[..., None] - edges[1:-1]).min() if kernel.size else reach
    assume(near > 1e-9 * reach)  # on an edge itself, rounding decides
    counts = measuring._histogram(tf.constant(kernel), tf.constant(-reach, tf.float64), reach)
    for member, weights in enumerate(kernel):
        expected, _ = np.histogram(np.clip(weights, -reach, reach), edges)
        np.testing.assert_array_equal(counts[member], expected)


@pytest.mark.parametrize("weight", [np.nan, np.inf, -np.inf])
def test_a_weight_that_is_no_number_is_counted_somewhere(weight: float) -> None:
    kernel = tf.constant([[[weight, 0.25]]], tf.float32)
    counts = measuring._histogram(kernel, tf.constant(-1.0), tf.constant(1.0))
    assert int(tf.reduce_sum(counts)) == 2


def test_followed_weights_and_their_gradients(measured: Measured) -> None:
    context, snapshot = measured.context, measured.snapshot
    for member, model, kernels in measured.members():
        gradients = measured.data_gradients(model)
        for layer, (kernel, gradient) in enumerate(zip(kernels, gradients, strict=True)):
            followed = context.sampled_layer == layer
            index = context.sampled_index[followed]
            ours = snapshot.sampled_weights[member, followed]
            np.testing.assert_array_equal(ours, kernel.reshape(-1)[index])
            ours = snapshot.sampled_gradients[member, followed]
            np.testing.assert_allclose(ours, gradient.reshape(-1)[index], rtol=1e-9, atol=1e-13)


def test_gradient_norms_and_angles(measured: Measured) -> None:
    for member, model, kernels in measured.members():
        gradients = measured.data_gradients(model)
        for layer, (kernel, gradient) in enumerate(zip(kernels, gradients, strict=True)):
            norm = np.linalg.norm(gradient)
            ours = measured.snapshot.data_gradient_norm[member, layer]
            assert ours == pytest.approx(norm, rel=1e-9)
            cosine = np.vdot(kernel, gradient) / (np.linalg.norm(kernel) * norm)
            angle = np.degrees(np.arccos(cosine))
            assert measured.snapshot.gradient_angle[member, layer] == pytest.approx(angle, abs=1e-6)


def test_the_penalty_pulls_along_the_weights_as_the_angle_assumes() -> None:
    model = build_model(Experiment(), strength=0.02)
    kernel = model.layers[0].kernel.value
    with tf.GradientTape() as tape:
        penalty = model.losses[0]
    pull = tape.gradient(penalty, kernel).numpy()
    cosine = np.vdot(pull, kernel.numpy()) / np.linalg.norm(pull) / np.linalg.norm(kernel)
    assert cosine == pytest.approx(1.0, abs=1e-6)


def test_the_fitted_curve_is_what_predict_gives(measured: Measured) -> None:
    predictions = measured.snapshot.grid_predictions
    if measured.experiment.dataset == "digits":
        assert predictions is None
        return
    grid = measured.context.grid_inputs
    assert grid is not None
    assert predictions is not None
    for member, model, _ in measured.members():
        expected = model.predict(grid[:, None], verbose=0)[:, 0]
        np.testing.assert_allclose(predictions[member], expected, rtol=1e-6, atol=1e-6)


def test_unit_pictures_are_the_first_kernels_columns(measured: Measured) -> None:
    pictures = measured.snapshot.unit_pictures
    if measured.experiment.dataset == "curve":
        assert pictures is None
        return
    assert pictures is not None
    assert pictures.dtype == np.float16
    for member, _, kernels in measured.members():
        units = min(measuring.PICTURED_UNITS, kernels[0].shape[1])
        assert pictures[member].shape == (units, 8, 8)
        for unit in range(units):
            expected = kernels[0][:, unit].reshape(8, 8).astype(np.float16)
            np.testing.assert_array_equal(pictures[member, unit], expected)


def test_measuring_in_float32_agrees_with_float64() -> None:
    """The same weights measured in both; differences relative to the largest of each array."""
    fields = {"hidden": (20,), "epochs": 5}
    measured = Measured(**fields)
    with PathTraining(Measured(**fields, dtype="float32").experiment) as path:
        path._program._path.assign(
            np.array(
                [np.concatenate([w.ravel() for w in m.get_weights()]) for m in measured.models]
            )
        )
        snapshot = path.measure(5)
    for name in (
        "train_data_loss",
        "val_data_loss",
        "test_data_loss",
        "penalty",
        "kernel_norm",
        "sampled_weights",
        "sampled_gradients",
        "data_gradient_norm",
        "gradient_angle",
    ):
        ours, exact = getattr(snapshot, name), getattr(measured.snapshot, name)
        np.testing.assert_allclose(ours, exact, rtol=0, atol=1e-5 * np.abs(exact).max())
    assert np.abs(snapshot.histogram - measured.snapshot.histogram).sum() <= 8


@pytest.mark.parametrize("regularized", ["all", "first"])
@pytest.mark.parametrize("dataset", ["digits", "curve"])
def test_what_is_known_before_training(dataset: str, regularized: str) -> None:
    experiment = Experiment(dataset=dataset, regularized=regularized)
    loaded = data.load(experiment)
    context = run_context(experiment, loaded)
    model = build_model(experiment, strength=0.01)
    layers = [layer for layer in model.layers if layer.kernel.regularizer is not None]
    assert context.layer_names == tuple(layer.name for layer in layers)
    assert context.kernel_sizes == tuple(int(np.prod(layer.kernel.shape)) for layer in layers)
    assert context.bin_edges.shape == (len(layers), BINS + 1)
    np.testing.assert_allclose(context.bin_edges, -context.bin_edges[:, ::-1])
    for layer, edges in zip(layers, context.bin_edges, strict=True):
        assert np.abs(layer.kernel.numpy()).max() < edges[-1]
        middle = edges[BINS // 2 : BINS // 2 + 2]
        assert middle[0] < 0.0 < middle[1]
    for layer, size in enumerate(context.kernel_sizes):
        index = context.sampled_index[context.sampled_layer == layer]
        assert len(set(index.tolist())) == len(index) == min(SAMPLED_WEIGHTS, size)
        assert 0 <= index.min() <= index.max() < size
    assert context.test_examples == len(loaded.test_targets)
    assert context.gradient_examples == min(GRADIENT_EXAMPLES, experiment.train_size)
    assert context.image_shape == loaded.image_shape
    if dataset == "curve":
        np.testing.assert_array_equal(context.train_points[:, :1], loaded.train_inputs)
        np.testing.assert_array_equal(context.train_points[:, 1:], loaded.train_targets)
    else:
        assert context.train_points is None


@given(seed=st.integers(0, 1_000), size=st.integers(2, 400))
def test_the_constant_loss_is_that_of_scikit_learns_dummy(seed: int, size: int) -> None:
    experiment = Experiment(train_size=size, seed=seed)
    loaded = data.load(experiment)
    inputs, targets = loaded.train_inputs, loaded.train_targets
    dummy = DummyClassifier(strategy="prior").fit(inputs, targets)
    if len(dummy.classes_) > 1:
        expected = log_loss(targets, dummy.predict_proba(inputs))
        assert run_context(experiment, loaded).constant_loss == pytest.approx(expected, rel=1e-6)
    curve = Experiment(dataset="curve", seed=seed, train_size=size)
    loaded = data.load(curve)
    mean = DummyRegressor().fit(loaded.train_inputs, loaded.train_targets)
    expected = mean_squared_error(loaded.train_targets[:, 0], mean.predict(loaded.train_inputs))
    assert run_context(curve, loaded).constant_loss == pytest.approx(expected, rel=1e-4)
