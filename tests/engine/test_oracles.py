"""Oracles: whole paths against closed forms and scikit-learn, which share no code with Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor

from l2viz.engine.model import build_loss, build_model
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import DATASETS
from tests.plain_keras import Batches, batch_orders, largest_difference

pytestmark = pytest.mark.usefixtures("one_thread")

Floats = NDArray[np.float64]
REGRESSIONS = [name for name, facts in DATASETS.items() if facts.task == "regression"]


def float32(value: float) -> float:
    """Return the strength in float32, as Keras's regularizers round it."""
    return float(np.float32(value))


class TestRidge:
    """A linear network under L2 and mean squared error, trained to convergence."""

    strengths = (0.0, *(float32(value) for value in (3e-2, 0.1, 1.0, 10.0)))

    def trained(self, dataset: str) -> tuple[Floats, Floats, list[list[Floats]]]:
        """Return inputs, targets, and kernel and bias of each strength but 0."""
        settings: dict[str, Any] = {
            "dataset": dataset,
            "hidden": (),
            "train_size": min(20, DATASETS[dataset].largest_train_size),
            "batch_size": 20,
            "optimizer": "sgd",
            "dtype": "float64",
            "seed": 4,
        }
        with PathTraining(Experiment(**settings)) as path:
            inputs = path.datasets[0].train_inputs
        ones = np.ones((len(inputs), 1))
        joined = np.hstack([inputs, ones])
        held = np.diag([1.0] * inputs.shape[1] + [0.0])  # all but the bias
        slowest, steepest = (
            2.0 * np.linalg.eigvalsh(joined.T @ joined / len(inputs) + strength * held)[end]
            for end, strength in ((0, self.strengths[1]), (-1, self.strengths[-1]))
        )
        # Polyak's heavy ball: each step leaves √momentum of the error in the slowest direction.
        momentum = (1.0 - np.sqrt(slowest / steepest)) ** 2
        epochs = int(np.ceil(32.0 / -np.log(np.sqrt(momentum))))
        experiment = Experiment(
            **settings,
            learning_rate=1.0 / steepest,
            momentum=momentum,
            epochs=epochs,
            strengths=self.strengths,
        )
        with PathTraining(experiment) as path:
            path.train_epochs(epochs)
            targets = path.datasets[0].train_targets
            rows = path.table.cells[0, 0]
            return inputs, targets, [path.member_weights(row) for row in rows[1:]]

    @pytest.mark.parametrize("dataset", REGRESSIONS)
    def test_the_path_ends_at_the_closed_form(self, dataset: str) -> None:
        """w = (XᵀX/n + λ)⁻¹ Xᵀy/n of centred X and y, b = mean(y - Xw)."""
        inputs, targets, members = self.trained(dataset)
        centred, apart = inputs - inputs.mean(axis=0), targets - targets.mean(axis=0)
        for strength, (kernel, bias) in zip(self.strengths[1:], members, strict=True):
            curvature = centred.T @ centred / len(inputs) + strength * np.eye(inputs.shape[1])
            expected = np.linalg.solve(curvature, centred.T @ apart / len(inputs))
            np.testing.assert_allclose(kernel, expected, rtol=0.0, atol=1e-9)
            np.testing.assert_allclose(bias, (targets - inputs @ expected).mean(axis=0), atol=1e-9)
            ridge = Ridge(alpha=strength * len(inputs), tol=1e-12).fit(inputs, targets)
            np.testing.assert_allclose(kernel[:, 0], ridge.coef_.reshape(-1), rtol=0.0, atol=1e-9)
            np.testing.assert_allclose(bias, np.reshape(ridge.intercept_, -1), atol=1e-9)
            assert np.abs(kernel).max() > 1e-3


class TestSoftmaxRegression:
    """A network without hidden layers under L2 and cross-entropy, trained to convergence."""

    strengths = (0.0, *(float32(value) for value in (0.02, 0.1)))
    experiment = Experiment(
        hidden=(),
        label_noise=0.2,
        train_size=60,
        batch_size=60,
        optimizer="sgd",
        momentum=0.9,
        learning_rate=0.3,
        epochs=4_000,
        strengths=strengths,
        dtype="float64",
    )

    @pytest.fixture(scope="class")
    @classmethod
    def trained(cls) -> tuple[Floats, NDArray[Any], list[list[Floats]], Floats]:
        """Return inputs, classes, the weights of each strength but 0 and their total losses."""
        with PathTraining(cls.experiment) as path:
            path.train_epochs(cls.experiment.epochs)
            snapshot, dataset = path.measure(cls.experiment.epochs), path.datasets[0]
            members = [path.member_weights(row) for row in path.table.cells[0, 0, 1:]]
        total = snapshot.train_data_loss + snapshot.penalty[:, 0]
        assert set(dataset.train_targets) == set(range(10))
        return dataset.train_inputs, dataset.train_targets, members, total[1:]

    def test_the_path_ends_at_logistic_regression(self, trained: Any) -> None:
        """C·Σ(losses) + ½Σw²: λ = 1/(2nC). Only the differences of biases are determined."""
        inputs, targets, members, _ = trained
        for strength, (kernel, bias) in zip(self.strengths[1:], members, strict=True):
            oracle = LogisticRegression(
                C=1.0 / (2.0 * strength * len(inputs)), solver="newton-cg", tol=1e-12, max_iter=999
            ).fit(inputs, targets)
            np.testing.assert_allclose(kernel, oracle.coef_.T, rtol=0.0, atol=1e-8)
            theirs = oracle.intercept_ - oracle.intercept_.mean()
            np.testing.assert_allclose(bias - bias.mean(), theirs, rtol=0.0, atol=1e-8)
            assert np.abs(kernel).max() > 0.05

    def test_the_path_ends_at_the_classifier_s_minimum(self, trained: Any) -> None:
        """alpha/(2n)·Σw² in its loss: λ = alpha/(2n). L-BFGS stops where the loss hardly falls."""
        inputs, targets, members, totals = trained
        for strength, weights, total in zip(self.strengths[1:], members, totals, strict=True):
            oracle = MLPClassifier(
                hidden_layer_sizes=(),
                solver="lbfgs",
                alpha=strength * 2.0 * len(inputs),
                tol=1e-14,
                max_iter=9_999,
                max_fun=99_999,
                random_state=0,
            ).fit(inputs, targets)
            assert total - 1e-12 < oracle.loss_ < total + 1e-7
            np.testing.assert_allclose(weights[0], oracle.coefs_[0], rtol=0.0, atol=1e-3)


class TestPerceptron:
    """scikit-learn's perceptron, given the path's initial weights and batches, step by step."""

    settings: dict[str, Any] = {  # noqa: RUF012 - read only
        "train_size": 32,
        "batch_size": 8,
        "epochs": 6,
        "activation": "tanh",
        "dtype": "float64",
        "strengths": (0.0, 2.0**-7, 2.0**-4),  # which float32 holds exactly
    }

    def path(self, **fields: Any) -> tuple[Experiment, Any, list[list[Floats]], list[Floats]]:
        """Return experiment, dataset, trained weights of each member, and initial weights."""
        experiment = Experiment(**(self.settings | fields))
        with PathTraining(experiment) as path:
            start = path.member_weights(0)
            path.train_epochs(experiment.epochs)
            rows = path.table.cells[0, 0]
            return experiment, path.datasets[0], [path.member_weights(r) for r in rows], start

    def check(self, kind: type, rates: float, alphas: float, close: float, **fields: Any) -> None:
        """Compare with scikit-learn at `rates` × our rate and alpha = `alphas` × λ × batch."""
        experiment, dataset, members, start = self.path(**fields)
        inputs, targets = dataset.train_inputs, dataset.train_targets
        if kind is MLPRegressor:
            targets = targets[:, 0]
        for strength, weights in zip(experiment.strengths, members, strict=True):
            oracle = kind(
                hidden_layer_sizes=experiment.hidden,
                activation="tanh",
                solver="sgd" if experiment.optimizer == "sgd" else "adam",
                alpha=alphas * strength * experiment.batch_size,
                learning_rate_init=rates * experiment.learning_rate,
                momentum=experiment.momentum,
                nesterovs_momentum=False,
                epsilon=1e-7,
                batch_size=experiment.batch_size,
            )
            self.start(oracle, inputs, targets, start)
            for order in batch_orders(experiment):
                for first in range(0, len(order), experiment.batch_size):
                    rows = order[first : first + experiment.batch_size]
                    oracle.partial_fit(inputs[rows], targets[rows])
            theirs = [
                a for pair in zip(oracle.coefs_, oracle.intercepts_, strict=True) for a in pair
            ]
            assert largest_difference(weights, theirs) < close
            assert largest_difference(weights, start) > 0.01
        assert largest_difference(members[0], members[2]) > 0.01

    @staticmethod
    def start(oracle: Any, inputs: Floats, targets: NDArray[Any], weights: list[Floats]) -> None:
        """Set the oracle to these weights, with a new optimizer."""
        classes = {"classes": range(10)} if isinstance(oracle, MLPClassifier) else {}
        oracle.partial_fit(inputs[:8], targets[:8], **classes)
        for ours, theirs in zip(weights[::2], oracle.coefs_, strict=True):
            theirs[...] = ours
        for ours, theirs in zip(weights[1::2], oracle.intercepts_, strict=True):
            theirs[...] = ours
        optimizer = oracle._optimizer
        for name in ("velocities", "ms", "vs"):
            for moment in getattr(optimizer, name, []):
                moment[...] = 0.0
        optimizer.t = 0

    @pytest.mark.parametrize("momentum", [0.0, 0.875])  # float32 holds both
    @pytest.mark.parametrize("hidden", [(), (9, 5)])
    def test_the_classifier_at_alpha_over_two_n(
        self, momentum: float, hidden: tuple[int, ...]
    ) -> None:
        """λ = alpha/(2n), n the examples of a batch."""
        fields = {"optimizer": "sgd", "momentum": momentum, "learning_rate": 0.1, "hidden": hidden}
        self.check(MLPClassifier, rates=1.0, alphas=2.0, close=1e-12, **fields)

    def test_the_regressor_at_alpha_over_n(self) -> None:
        """Its loss is half the mean squared error: λ = alpha/n at half the rate."""
        fields = {"dataset": "curve", "hidden": (9, 5), "optimizer": "sgd", "learning_rate": 0.05}
        self.check(MLPRegressor, rates=2.0, alphas=1.0, close=1e-12, **fields)

    def test_the_classifier_under_adam(self) -> None:
        """Keras rounds β to float32 in its powers, scikit-learn does not: 5e-6 after 24 steps."""
        fields = {"hidden": (9, 5), "optimizer": "adam", "learning_rate": 0.01}
        self.check(MLPClassifier, rates=1.0, alphas=2.0, close=2e-5, **fields)


class TestDecay:
    """Decoupled decay of 2λ on kernels is L2(λ) under plain SGD, and under no other optimizer."""

    networks: dict[str, dict[str, Any]] = {  # noqa: RUF012 - read only
        "dense": {"hidden": (8, 5)},
        "conv2d": {"model": "conv2d", "filters": (4,), "hidden": (5,)},
        "custom": {"model": "custom", "hidden": (8,)},
        "dense, BatchNorm, first layer": {
            "hidden": (8, 5),
            "batch_norm": True,
            "dropout": 0.2,
            "regularized": "first",
        },
    }

    def twins(self, **fields: Any) -> tuple[list[Floats], list[Floats]]:
        """Return the weights under L2 and under decay of kernels, at λ = 0.05."""
        settings: dict[str, Any] = {
            "penalties": ("l2", "kernel_decay"),
            "strengths": (0.0, 0.05),
            "train_size": 40,
            "batch_size": 16,
            "epochs": 5,
            "dtype": "float64",
        }
        with PathTraining(Experiment(**(settings | fields))) as path:
            path.train_epochs(5)
            l2, decay = path.table.cells[:, 0, 1]
            assert l2 != decay
            return path.member_weights(l2), path.member_weights(decay)

    @pytest.mark.parametrize("name", networks)
    def test_under_plain_sgd_the_twins_are_one(self, name: str) -> None:
        l2, decay = self.twins(optimizer="sgd", learning_rate=0.1, **self.networks[name])
        assert largest_difference(l2, decay) < 1e-12

    @pytest.mark.parametrize(
        "fields",
        [
            {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.05},
            {"optimizer": "adam", "learning_rate": 0.01},
            {"optimizer": "rmsprop", "learning_rate": 0.01},
        ],
        ids=["momentum", "adam", "rmsprop"],
    )
    def test_otherwise_they_are_two(self, fields: dict[str, Any]) -> None:
        l2, decay = self.twins(hidden=(8, 5), **fields)
        assert largest_difference(l2, decay) > 1e-2

    @pytest.mark.usefixtures("floatx64")
    def test_the_path_under_l2_is_keras_own_sgd_with_decay(self) -> None:
        import keras

        fields = {"hidden": (8, 5), "optimizer": "sgd", "learning_rate": 0.1, "epochs": 5}
        l2, _ = self.twins(**fields)
        experiment = Experiment(
            **fields, train_size=40, batch_size=16, strengths=(0.0, 0.05), dtype="float64"
        )
        with PathTraining(experiment) as path:
            batches = Batches(experiment, path.datasets[0])
        model = build_model(experiment, strength=0.0, penalty="none")
        optimizer = keras.optimizers.SGD(0.1, weight_decay=2.0 * float32(0.05))
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        model.compile(optimizer, build_loss(experiment))
        batches.fit(model, *batch_orders(experiment))
        assert largest_difference(l2, model.get_weights()) < 1e-12
