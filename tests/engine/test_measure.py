"""Measuring: every array of a snapshot against numpy, Keras, scikit-learn and GradientTape."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error

from l2viz import data
from l2viz.engine import weight_statistics
from l2viz.engine.model import build_loss, build_model, compiled_model
from l2viz.engine.run_context import BINS, picture_shape
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.trajectory import Snapshot
from l2viz.trajectory.links import links_of
from l2viz.trajectory.pictures import picture_levels
from tests.cases import others_slow, rest_slow

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
    "curve, repeats": {"dataset": "curve", "hidden": (7,), "epochs": 20, "repeats": 3},
    "convolutions, twins": {
        "model": "conv2d",
        "filters": (5, 3),
        "train_size": 40,
        "epochs": 3,
        "penalties": ("l1", "decay"),
        "bias_regularizer": True,
    },
    "custom, BatchNorm and Dropout, twins and repeats": {
        "model": "custom",
        "hidden": (9,),
        "batch_norm": True,
        "dropout": 0.3,
        "train_size": 40,
        "epochs": 3,
        "penalties": ("l1l2", "none"),
        "repeats": 2,
        "regularized": "first",
    },
    "proximal L1, biases, last kernel": {
        "hidden": (9,),
        "optimizer": "sgd",
        "learning_rate": 0.2,
        "train_size": 40,
        "epochs": 8,
        "penalties": ("proximal_l1", "l2", "kernel_decay"),
        "regularized": "last",
        "bias_regularizer": True,
    },
}
QUICK = (
    "digits, first kernel, few examples",
    "custom, BatchNorm and Dropout, twins and repeats",
)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One member: a plain Keras model with its weights, and where it stands in a snapshot.

    summary, detail   index of its summaries, and of its details (None: not the first repeat)
    """

    summary: tuple[int, ...]
    detail: tuple[int, ...] | None
    repeat: int
    penalty: str
    strength: float
    model: keras.Sequential
    kernels: list[keras.Variable]


class Measured:
    """One snapshot, and for each member a plain Keras model with its weights."""

    def __init__(self, **fields: Any) -> None:
        settings: dict[str, Any] = {"strengths": (0.0, 1e-3, 0.03), "dtype": "float64"}
        self.experiment = Experiment(**(settings | fields))
        self.cells: list[Cell] = []
        with PathTraining(self.experiment) as path:
            path.train_epochs(self.experiment.epochs)
            self.snapshot: Snapshot = path.measure(self.experiment.epochs)
            self.context = path.context
            self.datasets = path.datasets
            for index in np.ndindex(path.table.cells.shape):
                self.cells.append(self._cell(path, index))

    def _cell(self, path: PathTraining, index: tuple[int, ...]) -> Cell:
        twin, repeat, member = index
        penalty, strength = self.experiment.penalties[twin], self.experiment.strengths[member]
        alone = self.experiment.each_repeat[repeat]
        model = build_model(alone, strength=strength, penalty=penalty)
        row = path.table.cells[index]
        values = path.member_weights(row) + path.member_state(row)
        variables = model.trainable_variables + model.non_trainable_variables
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        layers = {layer.name: layer for layer in model.layers}
        several = self.experiment.leading_axes > 0
        return Cell(
            summary=index if several else (member,),
            detail=None if repeat else (twin, 0, member) if several else (member,),
            repeat=repeat,
            penalty=penalty,
            strength=strength,
            model=model,
            kernels=[
                getattr(layers[plan.name], name)
                for plan in self.experiment.layers
                if plan.regularized
                for name, _ in plan.kernels
            ],
        )

    @property
    def detailed(self) -> Iterator[tuple[tuple[int, ...], Cell, list[np.ndarray]]]:
        """Yield the index of its details, each member of the first repeat, and its kernels."""
        for cell in self.cells:
            if cell.detail is not None:
                yield cell.detail, cell, [kernel.numpy() for kernel in cell.kernels]

    def data_gradients(self, cell: Cell) -> list[np.ndarray]:
        """Return ∂(data loss)/∂kernel of each regularized layer, by a tape on the plain model."""
        size = self.context.gradient_examples
        inputs = self.datasets[cell.repeat].train_inputs[:size]
        targets = self.datasets[cell.repeat].train_targets[:size]
        kernels = [kernel.value for kernel in cell.kernels]

        @tf.function
        def gradients() -> list[tf.Tensor]:
            with tf.GradientTape() as tape:
                loss = build_loss(self.experiment)(targets, cell.model(inputs, training=False))
            return tape.gradient(loss, kernels)

        return [gradient.numpy() for gradient in gradients()]


@pytest.fixture(scope="module", params=others_slow(EXPERIMENTS, quick=QUICK))
def measured(request: pytest.FixtureRequest) -> Measured:
    return Measured(**EXPERIMENTS[request.param])


def test_every_array_opens_with_the_members(measured: Measured) -> None:
    experiment = measured.experiment
    several = experiment.leading_axes > 0
    twins, members = len(experiment.penalties), len(experiment.strengths)
    summary = (twins, experiment.repeats, members) if several else (members,)
    detail = (twins, 1, members) if several else (members,)
    assert measured.snapshot.val_data_loss.shape == summary
    assert measured.snapshot.kernel_norm.shape == (*summary, len(experiment.kernel_shapes))
    assert measured.snapshot.exact_zeros.shape == (*detail, len(experiment.kernel_shapes))


def test_losses_and_accuracies_are_scikit_learns(measured: Measured) -> None:
    for cell, part in itertools.product(measured.cells, ("train", "val", "test")):
        dataset = measured.datasets[cell.repeat]
        targets = getattr(dataset, f"{part}_targets")
        outputs = cell.model(getattr(dataset, f"{part}_inputs"), training=False).numpy()
        loss = getattr(measured.snapshot, f"{part}_data_loss")[cell.summary]
        accuracies = getattr(measured.snapshot, f"{part}_accuracy")
        if measured.experiment.task == "regression":
            assert accuracies is None
            expected = mean_squared_error(targets, outputs)
        else:
            expected = log_loss(targets, outputs, labels=range(outputs.shape[1]))
            right = accuracy_score(targets, outputs.argmax(axis=1))
            assert accuracies[cell.summary] == pytest.approx(right, rel=1e-6)
        assert loss == pytest.approx(expected, rel=1e-9)


def test_norms_and_penalties(measured: Measured) -> None:
    for cell in measured.cells:
        norms = measured.snapshot.kernel_norm[cell.summary]
        for layer, kernel in enumerate(cell.kernels):
            assert norms[layer] == pytest.approx(np.linalg.norm(kernel.numpy()), rel=1e-12)
        penalty = measured.snapshot.penalty[cell.summary]
        added = sum(float(loss) for loss in cell.model.losses)  # by Keras, biases too
        assert penalty.sum() == pytest.approx(added, rel=1e-12)
        if added and cell.penalty == "l2" and not measured.experiment.bias_regularizer:
            strength = float(np.float32(cell.strength))  # as in Keras's L2
            np.testing.assert_allclose(penalty, strength * norms**2, rtol=1e-12)


@pytest.mark.parametrize("schedule", ["warmup", "step"])
def test_the_penalty_is_that_of_its_epoch(schedule: str) -> None:
    """Under a schedule too; the initialization has the penalty of the first epoch."""
    experiment = Experiment(
        hidden=(4,),
        train_size=20,
        epochs=5,
        strengths=(0.0, 0.125),
        penalties=("l2", "l1", "none"),
        schedule=schedule,
        schedule_epoch=4,
        schedule_from=0.5,
        dtype="float64",
    )
    with PathTraining(experiment) as path:
        for epoch in range(6):
            if epoch:
                path.train_epochs(1)
            snapshot = path.measure(epoch)
            share = experiment.schedule_share(max(epoch, 1))
            strengths = share * np.array([0.0, 0.125]) + (1.0 - share) * 0.5
            squares = np.square(snapshot.kernel_norm[0, 0])
            expected = strengths[:, None] * squares
            np.testing.assert_allclose(snapshot.penalty[0, 0], expected, rtol=1e-6)
            kernels = [kernel[1, 0] for kernel in path.kernels()]  # under L1
            for member, strength in enumerate(strengths):
                magnitudes = [strength * np.abs(kernel[member]).sum() for kernel in kernels]
                ours = snapshot.penalty[1, 0, member]
                np.testing.assert_allclose(ours, magnitudes, rtol=1e-6)
            assert (snapshot.penalty[2] == 0.0).all()


def test_histograms_are_numpys_with_the_rest_in_the_outermost_bins(measured: Measured) -> None:
    edges = measured.context.bin_edges
    for member, _, kernels in measured.detailed:
        for layer, kernel in enumerate(kernels):
            within = np.clip(kernel, edges[layer, 0], edges[layer, -1])
            expected, _ = np.histogram(within, edges[layer])
            np.testing.assert_array_equal(measured.snapshot.histogram[*member, layer], expected)
            assert measured.snapshot.histogram[*member, layer].sum() == kernel.size


def test_some_weights_lie_beyond_the_bins() -> None:
    measured = Measured(**EXPERIMENTS["curve, weights beyond the bins"])
    reach = measured.context.bin_edges[0, -1]
    beyond = [int((np.abs(kernels[0]) > reach).sum()) for _, _, kernels in measured.detailed]
    assert max(beyond) > 0


@given(
    kernel=hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
        elements=st.floats(allow_nan=False, allow_infinity=False),
    ),
    reach=st.floats(1e-3, 1e3),
)
@example(kernel=np.array([[1e300], [-1e300]]), reach=1.0)
@example(kernel=np.array([[5e9], [-5e9]]), reach=1.0)
@example(kernel=np.zeros((2, 12)), reach=0.5)
def test_any_finite_weight_is_counted_where_numpy_counts_it(
    kernel: np.ndarray, reach: float
) -> None:
    edges = np.linspace(-reach, reach, BINS + 1)
    near = np.abs(kernel[..., None] - edges[1:-1]).min() if kernel.size else reach
    assume(near > 1e-9 * reach)  # on an edge itself, rounding decides
    counts = weight_statistics.histogram(
        tf.constant(kernel), tf.constant(-reach, tf.float64), reach
    )
    for member, weights in enumerate(kernel):
        expected, _ = np.histogram(np.clip(weights, -reach, reach), edges)
        np.testing.assert_array_equal(counts[member], expected)


@pytest.mark.parametrize("weight", [np.nan, np.inf, -np.inf])
def test_a_weight_that_is_no_number_is_counted_somewhere(weight: float) -> None:
    kernel = tf.constant([[weight, 0.25]], tf.float32)
    counts = weight_statistics.histogram(kernel, tf.constant(-1.0), tf.constant(1.0))
    assert int(tf.reduce_sum(counts)) == 2


def test_followed_weights_and_their_gradients(measured: Measured) -> None:
    context, snapshot = measured.context, measured.snapshot
    for member, cell, kernels in measured.detailed:
        gradients = measured.data_gradients(cell)
        for layer, (kernel, gradient) in enumerate(zip(kernels, gradients, strict=True)):
            followed = context.sampled_layer == layer
            index = context.sampled_index[followed]
            ours = snapshot.sampled_weights[*member, followed]
            np.testing.assert_array_equal(ours, kernel.reshape(-1)[index])
            ours = snapshot.sampled_gradients[*member, followed]
            np.testing.assert_allclose(ours, gradient.reshape(-1)[index], rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("dataset", others_slow(["digits", "moons", "linear"], quick=["moons"]))
def test_drawn_links_and_their_gradients(dataset: str) -> None:
    measured = Measured(dataset=dataset, epochs=4, penalties=("l2", "l1"), repeats=2)
    links = links_of(measured.experiment)
    weights, gradients = measured.snapshot.link_weights, measured.snapshot.link_gradients
    assert links is not None and weights is not None and gradients is not None
    for member, cell, kernels in measured.detailed:
        of_data = measured.data_gradients(cell)
        for number in range(len(links.index)):
            kernel, place = links.kernel[number], (links.start[number], links.end[number])
            assert weights[(*member, number)] == kernels[kernel][place]
            np.testing.assert_allclose(
                gradients[(*member, number)], of_data[kernel][place], rtol=1e-9, atol=1e-13
            )


@pytest.mark.parametrize(
    "fields",
    rest_slow(
        [
            {"epochs": 30, "strengths": (0.0, 0.02, 0.2)},
            {"dataset": "moons", "batch_norm": True, "dropout": 0.3, "repeats": 2},
            {"dataset": "curve", "activation": "relu", "penalties": ("l2", "none")},
            {"activation": "tanh", "regularized": "first"},
        ],
        first=2,
    ),
    ids=str,
)
def test_dead_and_faded_units_are_counted_in_the_layers_of_keras(fields: dict[str, Any]) -> None:
    measured = Measured(**({"hidden": (30, 9), "epochs": 10, "label_noise": 0.0} | fields))
    dead, faded = measured.snapshot.dead_units, measured.snapshot.faded_units
    assert faded is not None
    assert (dead is None) == (measured.experiment.activation != "relu")
    for cell in measured.cells:
        dense = [each for each in cell.model.layers if isinstance(each, keras.layers.Dense)][:-1]
        weights = [np.abs(each.kernel.numpy()).max(axis=0) for each in dense]
        assert faded[cell.summary].tolist() == [(w <= 1e-3).sum() for w in weights]
        if dead is None:
            continue
        inputs, counts = measured.datasets[cell.repeat].train_inputs, []
        values = inputs
        for position, layer in enumerate(cell.model.layers):
            if isinstance(layer, keras.layers.Dense) and position:
                counts.append(int((np.asarray(values) <= 0.0).all(axis=0).sum()))
            values = layer(values, training=False)
        assert dead[cell.summary].tolist() == counts
    if "strengths" in fields:
        assert dead is not None
        assert 0 < dead[1, 0] < faded[2, 0] == 30


@pytest.mark.parametrize("fields", [{"model": "conv2d", "filters": (2,)}, {"model": "custom"}])
def test_units_are_counted_in_dense_networks_alone(fields: dict[str, Any]) -> None:
    measured = Measured(hidden=(4,), train_size=20, epochs=1, strengths=(0.0,), **fields)
    assert measured.snapshot.dead_units is None
    assert measured.snapshot.faded_units is None


@pytest.mark.parametrize(
    "fields",
    rest_slow(
        [
            {"epochs": 60},
            {"dataset": "wine", "train_size": 60, "repeats": 2, "epochs": 20},
            {"model": "conv2d", "filters": (3,), "hidden": (), "train_size": 60, "epochs": 2},
        ],
        first=1,
    ),
    ids=str,
)
def test_lies_learnt_and_true_labels_right_are_those_of_keras_predict(
    fields: dict[str, Any],
) -> None:
    measured = Measured(**({"hidden": (30,), "label_noise": 0.4} | fields))
    clean = [
        data.load(dataclasses.replace(each, label_noise=0.0))
        for each in measured.experiment.each_repeat
    ]
    learnt, right = measured.snapshot.wrong_labels_learnt, measured.snapshot.true_labels_right
    assert learnt is not None and right is not None
    for cell in measured.cells:
        noisy = measured.datasets[cell.repeat]
        labels, true = noisy.train_targets, clean[cell.repeat].train_targets
        answers = cell.model.predict(noisy.train_inputs, verbose=0).argmax(axis=1)
        wrong = labels != true
        assert wrong.any()
        expected = accuracy_score(labels[wrong], answers[wrong])
        assert learnt[cell.summary] == pytest.approx(expected, rel=1e-6)
        assert right[cell.summary] == pytest.approx(accuracy_score(true, answers), rel=1e-6)
    first, other = measured.datasets[0], clean[0]
    assert measured.context.wrong_labels == (first.train_targets != other.train_targets).sum()


@pytest.mark.parametrize("fields", [{"label_noise": 0.0}, {"dataset": "curve"}])
def test_without_wrong_labels_nothing_is_said_of_them(fields: dict[str, Any]) -> None:
    measured = Measured(hidden=(4,), epochs=1, strengths=(0.0,), **fields)
    assert measured.snapshot.wrong_labels_learnt is None
    assert measured.snapshot.true_labels_right is None
    assert measured.context.wrong_labels == 0


@pytest.mark.parametrize(
    "fields",
    rest_slow([{}, {"batch_norm": True, "dropout": 0.3}, {"hidden": ()}], first=2),
    ids=str,
)
def test_the_answers_of_units_are_what_keras_layers_give(fields: dict[str, Any]) -> None:
    measured = Measured(**({"dataset": "moons", "hidden": (9, 3), "epochs": 60} | fields))
    units = sum(min(units, 8) for units in measured.experiment.hidden) + 2
    answers, extent = measured.snapshot.unit_answers, measured.context.grid_extent
    assert answers is not None and extent is not None
    assert (answers.dtype, answers.shape[-3:]) == (np.int8, (units, 10, 10))
    across, up = np.linspace(*extent[:2], 40)[2::4], np.linspace(*extent[2:], 40)[2::4]
    points = np.array([[x, y] for y in up for x in across])
    for member, cell, _ in measured.detailed:
        shown, values = [], points
        for position, layer in enumerate(cell.model.layers):
            if isinstance(layer, keras.layers.Dense) and position:
                shown.append(np.asarray(values)[:, :8])
            values = layer(values, training=False)
        levels = [127 * a / (1 + np.abs(a)) for a in shown] + [254 * np.asarray(values) - 127]
        expected = np.concatenate(levels, axis=1).T.reshape(-1, 10, 10)
        np.testing.assert_allclose(answers[member], expected, rtol=0, atol=0.5 + 1e-6)
        assert np.ptp(answers[member].astype(int)) > 100 or cell.strength > 0.01


def own_direction(penalty: str, weights: np.ndarray) -> np.ndarray:
    """Return ∂penalty/∂w at λ = 1, by a tape on Keras's regularizer; NaN if there is none."""
    regularizers = {"l2": keras.regularizers.L2, "l1": keras.regularizers.L1}
    if penalty == "l1l2":
        regularizer: keras.regularizers.Regularizer = keras.regularizers.L1L2(l1=1.0, l2=1.0)
    elif penalty in regularizers:
        regularizer = regularizers[penalty](1.0)
    else:
        return np.full_like(weights, np.nan)
    variable = tf.Variable(weights)
    with tf.GradientTape() as tape:
        loss = regularizer(variable)
    gradient = tape.gradient(loss, variable)
    return gradient.numpy()


@pytest.mark.filterwarnings("ignore:invalid value")  # of no direction
def test_gradient_norms_and_angles(measured: Measured) -> None:
    for cell in measured.cells:
        norms = measured.snapshot.data_gradient_norm[cell.summary]
        angles = measured.snapshot.gradient_angle[cell.summary]
        gradients = measured.data_gradients(cell)
        for layer, (kernel, gradient) in enumerate(zip(cell.kernels, gradients, strict=True)):
            norm = np.linalg.norm(gradient)
            assert norms[layer] == pytest.approx(norm, rel=1e-9)
            own = own_direction(cell.penalty, kernel.numpy())
            cosine = np.vdot(own, gradient) / (np.linalg.norm(own) * norm)
            angle = np.degrees(np.arccos(cosine))
            assert angles[layer] == pytest.approx(angle, abs=1e-6, nan_ok=True)


def test_sparsity_is_counted_within_every_threshold(measured: Measured) -> None:
    thresholds = measured.context.thresholds
    for member, cell, kernels in measured.detailed:
        gradients = measured.data_gradients(cell)
        for layer, (kernel, gradient) in enumerate(zip(kernels, gradients, strict=True)):
            within = np.abs(kernel.reshape(-1))[:, None] <= thresholds
            ours = measured.snapshot.sparsity[*member, layer]
            np.testing.assert_allclose(ours, within.mean(axis=0), rtol=1e-6)
            idle = within & (gradient.reshape(-1) == 0.0)[:, None]
            ours = measured.snapshot.idle_sparsity[*member, layer]
            np.testing.assert_allclose(ours, idle.mean(axis=0), rtol=1e-6)
            zeros = measured.snapshot.exact_zeros[*member, layer]
            assert zeros == pytest.approx(np.mean(kernel == 0.0), rel=1e-6)


def test_some_weights_are_idle_and_some_are_exactly_zero() -> None:
    """The test above would prove nothing about them otherwise."""
    few = Measured(**EXPERIMENTS["digits, first kernel, few examples"]).snapshot
    assert few.idle_sparsity[:, 0, -1].min() > 0.05
    proximal = Measured(**EXPERIMENTS["proximal L1, biases, last kernel"]).snapshot
    assert proximal.exact_zeros[0, 0, 2, 0] > 0.05
    assert proximal.exact_zeros[1:].max() == 0.0


def test_the_norm_of_a_unit_is_that_of_what_enters_it(measured: Measured) -> None:
    for member, cell, _ in measured.detailed:
        first = cell.model.trainable_variables[0].numpy()
        columns = first.reshape(-1, first.shape[-1])
        expected = np.linalg.norm(columns, axis=0)[: weight_statistics.NORMED_UNITS]
        np.testing.assert_allclose(measured.snapshot.unit_norm[member], expected, rtol=1e-12)


def test_the_answer_to_random_pixels_is_what_the_model_gives(measured: Measured) -> None:
    answers = measured.snapshot.dummy_probabilities
    if measured.experiment.dataset == "curve":
        assert answers is None
        return
    assert answers is not None
    pixels = np.random.default_rng(measured.experiment.seed).random((1, 64))
    for member, cell, _ in measured.detailed:
        expected = cell.model(pixels, training=False).numpy()[0]
        np.testing.assert_allclose(answers[member], expected, rtol=1e-9)
        assert answers[member].sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "optimizer", others_slow(["adam", "adamw", "rmsprop", "sgd"], quick=["sgd"])
)
@pytest.mark.usefixtures("floatx64")
def test_the_velocity_is_that_of_keras_own_optimizer(optimizer: str) -> None:
    """After one step from the same weights, of both kernels of a custom layer too."""
    experiment = Experiment(
        model="custom",
        hidden=(5,),
        train_size=20,
        batch_size=20,
        epochs=1,
        strengths=(0.0, 0.03),
        optimizer=optimizer,
        dtype="float64",
    )
    with PathTraining(experiment) as path:
        path.train_epochs(1)
        context, dataset, velocity = (
            path.context,
            path.datasets[0],
            path.measure(1).sampled_velocity,
        )
    if optimizer == "sgd":
        assert velocity is None
        return
    assert velocity is not None
    for member, strength in enumerate(experiment.strengths):
        model = compiled_model(experiment, strength=strength)
        model.train_on_batch(dataset.train_inputs, dataset.train_targets)
        kernels = [v for v in model.optimizer._velocities if v.ndim == 2]  # the others: biases
        assert len(kernels) == 3
        for layer, kernel in enumerate(kernels):
            followed = context.sampled_layer == layer
            expected = np.sqrt(kernel.numpy().reshape(-1)[context.sampled_index[followed]])
            np.testing.assert_allclose(velocity[member, followed], expected, rtol=1e-9, atol=1e-12)


def test_the_penalty_pulls_along_the_weights_as_the_angle_assumes() -> None:
    model = build_model(Experiment(), strength=0.02)
    kernel = model.layers[0].kernel.value
    with tf.GradientTape() as tape:
        penalty = model.losses[0]
    pull = tape.gradient(penalty, kernel).numpy()
    cosine = np.vdot(pull, kernel.numpy()) / np.linalg.norm(pull) / np.linalg.norm(kernel)
    assert cosine == pytest.approx(1.0, abs=1e-6)


def test_the_fitted_curve_is_what_the_model_gives_of_every_repeat(measured: Measured) -> None:
    predictions = measured.snapshot.grid_predictions
    if measured.experiment.dataset == "digits":
        assert predictions is None
        return
    grid = measured.context.grid_inputs
    assert grid is not None
    assert predictions is not None
    for cell in measured.cells:
        expected = cell.model(grid[:, None], training=False).numpy()[:, 0]
        np.testing.assert_allclose(predictions[cell.summary], expected, rtol=1e-9, atol=1e-12)


def test_the_boundary_is_what_the_model_gives_over_the_plane() -> None:
    measured = Measured(dataset="moons", hidden=(8,), epochs=60, repeats=2)
    boundary, extent = measured.snapshot.boundary, measured.context.grid_extent
    assert boundary is not None and extent is not None
    assert boundary.dtype == np.uint8
    across, up = np.linspace(*extent[:2], 40), np.linspace(*extent[2:], 40)
    points = np.array([[x, y] for y in up for x in across])
    for member, cell, _ in measured.detailed:
        answers = cell.model(points, training=False).numpy()[:, 1].reshape(40, 40)
        np.testing.assert_allclose(boundary[member], 255.0 * answers, rtol=0, atol=0.5 + 1e-6)
        assert answers.min() < 0.2 < 0.8 < answers.max() or cell.strength > 0.01
    assert measured.context.train_points is not None
    dataset = measured.datasets[0]
    np.testing.assert_array_equal(measured.context.train_points[:, :2], dataset.train_inputs)
    np.testing.assert_array_equal(measured.context.train_points[:, 2], dataset.train_targets)


def test_unit_pictures_are_the_first_kernels_columns(measured: Measured) -> None:
    """Within half of one of the 127 levels; weights beyond the limit are clipped."""
    pictures = measured.snapshot.unit_pictures
    shape = picture_shape(measured.experiment)
    assert (pictures is None) == (shape is None)
    if pictures is None or shape is None:
        return
    assert pictures.dtype == np.int8
    limit = measured.context.picture_limit
    for member, _, kernels in measured.detailed:
        assert pictures[member].shape == shape
        kernel = kernels[0].reshape(*shape[1:], -1)
        for unit in range(shape[0]):
            expected = np.clip(kernel[:, :, unit], -limit, limit)
            ours = pictures[*member, unit] * (limit / 127)
            assert np.abs(ours - expected).max() <= 0.5001 * limit / 127


def test_pictures_are_taken_at_their_epochs_alone() -> None:
    experiment = Experiment(hidden=(3,), epochs=2, train_size=20, strengths=(0.0,))
    with PathTraining(experiment) as path:
        assert path.context.picture_epochs == (0, 1, 2)
        assert path.measure(2).unit_pictures is not None
        assert path.measure(3).unit_pictures is None


@pytest.mark.parametrize("weight", [np.nan, np.inf, -np.inf, 1e30])
def test_a_picture_of_a_weight_without_bounds_can_be_taken(weight: float) -> None:
    level = 0 if np.isnan(weight) else 127 if weight > 0 else -127
    assert set(picture_levels(np.full((2, 3), weight, np.float32), 0.5).ravel()) == {level}
    experiment = Experiment(hidden=(3,), epochs=1, train_size=20, strengths=(0.0,))
    with PathTraining(experiment) as path:
        path._program.model.path.assign(np.full(path._program.model.path.shape, weight))
        pictures = path.measure(0).unit_pictures
    assert pictures is not None and not pictures.any(), "its loss is not finite"


def test_measuring_in_float32_agrees_with_float64() -> None:
    """The same weights measured in both; differences relative to the largest of each array."""
    fields = {"hidden": (20,), "epochs": 5}
    measured = Measured(**fields)
    with PathTraining(Measured(**fields, dtype="float32").experiment) as path:
        path._program.model.path.assign(
            np.array(
                [
                    np.concatenate([w.ravel() for w in cell.model.get_weights()])
                    for cell in measured.cells
                ]
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
