"""Other conventions: each conversion against the library, or the update that it documents."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor

import l2viz
from l2viz.interop.conventions import CONVENTIONS, translate, translate_back
from l2viz.interop.objective_conventions import NOT_ON_WEIGHTS
from l2viz.validation import InvalidValue

pytestmark = pytest.mark.usefixtures("one_thread")

GENERATOR = np.random.default_rng(0)
INPUTS = GENERATOR.standard_normal((24, 3))
VALUES = INPUTS @ [1.0, -2.0, 0.5] + 0.3 * GENERATOR.standard_normal(24)
CLASSES = (VALUES > 0).astype(int)
THREE_CLASSES = np.digitize(VALUES, [-1.0, 1.0])
STRENGTH = 0.07
ABOUT = {"samples": 24, "batch_size": 24, "learning_rate": 0.05}

Kernels = list[np.ndarray]


def network(
    strength: float, *units: int, hidden: str = "relu", output: str = "linear"
) -> keras.Model:
    """Return Dense layers in float64, every kernel with L2(strength)."""
    model = keras.Sequential([keras.Input((3,), dtype="float64")])
    for position, size in enumerate(units):
        last = position == len(units) - 1
        model.add(
            keras.layers.Dense(
                size,
                activation=output if last else hidden,
                kernel_regularizer=keras.regularizers.L2(strength),
                dtype="float64",
            )
        )
    return model


def gradients(model: keras.Model, loss: Any, targets: np.ndarray, share: float = 1.0) -> Kernels:
    """Return the gradient of share × data loss + penalty, by Keras."""
    with tf.GradientTape() as tape:
        total = share * loss(targets, model(INPUTS, training=True)) + tf.add_n(model.losses)
    return [g.numpy() for g in tape.gradient(total, [v.value for v in model.trainable_variables])]


def steps_of(model: keras.Model, optimizer: Any, loss: Any, targets: np.ndarray) -> Kernels:
    """Return the weights after five steps of a Keras optimizer on data loss + penalty."""
    for _ in range(5):
        optimizer.apply(
            [tf.constant(g) for g in gradients(model, loss, targets)], model.trainable_variables
        )
    weights: Kernels = model.get_weights()
    return weights


def mean_squared() -> Any:
    return keras.losses.MeanSquaredError(dtype="float64")


def classes_loss() -> Any:
    return keras.losses.SparseCategoricalCrossentropy(dtype="float64")


COLUMN = VALUES[:, None]


def largest(arrays: Kernels) -> float:
    return max(float(np.abs(array).max()) for array in arrays)


class TestScikitLearn:
    def test_keras_has_no_gradient_left_at_the_solution_of_ridge(self) -> None:
        alpha = translate(STRENGTH, to="sklearn_ridge", samples=24)
        ridge = Ridge(alpha=alpha, tol=1e-12).fit(INPUTS, VALUES)
        for strength, solved in ((STRENGTH, True), (2 * STRENGTH, False)):
            model = network(strength, 1)
            model.set_weights([ridge.coef_[:, None], np.array([ridge.intercept_])])
            assert (largest(gradients(model, mean_squared(), COLUMN)) < 1e-7) == solved

    @pytest.mark.parametrize("solver", ["lbfgs", "newton-cg"])
    def test_nor_at_that_of_logistic_regression_of_two_classes(self, solver: str) -> None:
        c = translate(STRENGTH, to="sklearn_logistic", samples=24)
        logistic = LogisticRegression(C=c, solver=solver, tol=1e-10, max_iter=10_000)
        logistic.fit(INPUTS, CLASSES)
        loss = keras.losses.BinaryCrossentropy(dtype="float64")
        for strength, solved in ((STRENGTH, True), (2 * STRENGTH, False)):
            model = network(strength, 1, output="sigmoid")
            model.set_weights([logistic.coef_.T, logistic.intercept_])
            assert (largest(gradients(model, loss, CLASSES[:, None])) < 1e-6) == solved

    def test_nor_at_that_of_three_classes(self) -> None:
        c = translate(STRENGTH, to="sklearn_logistic", samples=24)
        logistic = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(INPUTS, THREE_CLASSES)
        for strength, solved in ((STRENGTH, True), (2 * STRENGTH, False)):
            model = network(strength, 3, output="softmax")
            model.set_weights([logistic.coef_.T, logistic.intercept_])
            assert (largest(gradients(model, classes_loss(), THREE_CLASSES)) < 1e-6) == solved

    def test_a_step_of_the_classifier_is_a_step_of_keras(self) -> None:
        """With enough classes that scikit-learn uses a softmax too."""
        alpha = translate(STRENGTH, to="sklearn_mlp_classifier", batch_size=24)
        mlp = MLPClassifier(
            hidden_layer_sizes=(5,),
            solver="sgd",
            momentum=0.0,
            alpha=alpha,
            batch_size=24,
            learning_rate_init=0.05,
            random_state=0,
        )
        mlp.partial_fit(INPUTS, THREE_CLASSES, classes=[0, 1, 2])
        model = network(STRENGTH, 5, 3, output="softmax")
        self.check(mlp, model, classes_loss(), THREE_CLASSES, rate=0.05)

    def test_a_step_of_the_regressor_is_a_step_of_keras_at_half_the_rate(self) -> None:
        alpha = translate(STRENGTH, to="sklearn_mlp_regressor", batch_size=24)
        mlp = MLPRegressor(
            hidden_layer_sizes=(5,),
            solver="sgd",
            momentum=0.0,
            alpha=alpha,
            batch_size=24,
            learning_rate_init=0.05,
            random_state=0,
        )
        mlp.partial_fit(INPUTS, VALUES)
        self.check(mlp, network(STRENGTH, 5, 1), mean_squared(), COLUMN, rate=0.025)

    def check(
        self, mlp: Any, model: keras.Model, loss: Any, targets: np.ndarray, rate: float
    ) -> None:
        """Compare scikit-learn's step with Keras's from the same weights."""
        pairs = zip(mlp.coefs_, mlp.intercepts_, strict=True)
        model.set_weights([np.array(array) for pair in pairs for array in pair])
        before = model.get_weights()
        mlp.partial_fit(INPUTS, targets.ravel())
        optimizer = keras.optimizers.SGD(rate)
        given = gradients(model, loss, targets)
        optimizer.apply([tf.constant(g) for g in given], model.trainable_variables)
        pairs = zip(mlp.coefs_, mlp.intercepts_, strict=True)
        theirs = [array for pair in pairs for array in pair]
        for one, other, start in zip(theirs, model.get_weights(), before, strict=True):
            assert not np.allclose(one, start, atol=1e-5)
            np.testing.assert_allclose(one, other, atol=1e-8)


class TestTorch:
    """Against PyTorch's optimizers, if PyTorch is installed; it is not a dependency."""

    @pytest.mark.parametrize("momentum", [0.0, 0.9])
    def test_sgd(self, momentum: float) -> None:
        torch = pytest.importorskip("torch", exc_type=ImportError)
        model = network(STRENGTH, 4, 1, hidden="tanh")
        decay = translate(STRENGTH, to="torch_sgd")
        settings = {"lr": 0.05, "momentum": momentum, "weight_decay": decay}
        theirs = self.steps(torch, torch.optim.SGD, model, settings)
        optimizer = keras.optimizers.SGD(0.05, momentum=momentum)
        ours = steps_of(model, optimizer, mean_squared(), COLUMN)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-7)

    def test_adam(self) -> None:
        torch = pytest.importorskip("torch", exc_type=ImportError)
        model = network(STRENGTH, 4, 1, hidden="tanh")
        decay = translate(STRENGTH, to="torch_adam")
        # Keras adds epsilon before it corrects the moments, PyTorch after: it is next to nothing.
        settings = {"lr": 0.05, "weight_decay": decay, "eps": 1e-12}
        theirs = self.steps(torch, torch.optim.Adam, model, settings)
        ours = steps_of(model, keras.optimizers.Adam(0.05, epsilon=1e-12), mean_squared(), COLUMN)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)

    def test_adamw_shrinks_by_the_share_that_l2_takes_under_plain_sgd(self) -> None:
        torch = pytest.importorskip("torch", exc_type=ImportError)
        weight = torch.nn.Parameter(torch.tensor([2.0, -3.0], dtype=torch.float64))
        decay = translate(STRENGTH, to="adamw")
        optimizer = torch.optim.AdamW([weight], lr=0.05, weight_decay=decay)
        weight.grad = torch.zeros_like(weight)
        optimizer.step()
        share = 1 - 2 * 0.05 * STRENGTH
        np.testing.assert_allclose(weight.detach().numpy(), [2 * share, -3 * share], rtol=1e-12)

    def steps(
        self, torch: Any, optimizer: Any, model: keras.Model, settings: dict[str, float]
    ) -> Kernels:
        """Take five steps from the model's weights; biases are in a group without decay."""
        weights = [torch.nn.Parameter(torch.tensor(array)) for array in model.get_weights()]
        groups = [{"params": weights[::2]}, {"params": weights[1::2], "weight_decay": 0.0}]
        stepper = optimizer(groups, **settings)
        inputs, targets = torch.tensor(INPUTS), torch.tensor(COLUMN)
        for _ in range(5):
            stepper.zero_grad()
            hidden = torch.tanh(inputs @ weights[0] + weights[1])
            torch.nn.functional.mse_loss(hidden @ weights[2] + weights[3], targets).backward()
            stepper.step()
        return [weight.detach().numpy() for weight in weights]


def without_penalty(model: keras.Model) -> keras.Model:
    plain = network(0.0, *[layer.units for layer in model.layers])
    plain.set_weights(model.get_weights())
    return plain


def linear() -> tuple[keras.Model, np.ndarray, np.ndarray]:
    """Return a linear layer with L2, its kernel, and ∂(mean squared error)/∂kernel."""
    model = network(STRENGTH, 1)
    data_gradient = gradients(without_penalty(model), mean_squared(), COLUMN)[0]
    return model, model.get_weights()[0], data_gradient


class TestDocumentedUpdates:
    """The update each library documents, on one linear layer, against a step of Keras."""

    def keras_step(self, model: keras.Model, rate: float, share: float = 1.0) -> np.ndarray:
        kernel: np.ndarray = model.get_weights()[0]
        return kernel - rate * gradients(model, mean_squared(), COLUMN, share)[0]

    def test_torch_adds_the_decay_to_the_gradient(self) -> None:
        model, kernel, gradient = linear()
        decay = translate(STRENGTH, to="torch_sgd")
        assert decay == translate(STRENGTH, to="torch_adam") == pytest.approx(0.14)
        theirs = kernel - 0.05 * (gradient + decay * kernel)
        np.testing.assert_allclose(theirs, self.keras_step(model, 0.05), rtol=1e-6)

    def test_playground_against_keras_mean_squared_error(self) -> None:
        """The derivative of ½(o − y)² is half that of (o − y)², and that of ½w² is w."""
        model, kernel, gradient = linear()
        rate = translate(STRENGTH, to="playground")
        theirs = kernel - 0.05 * gradient / 2 - 0.05 * rate * kernel
        np.testing.assert_allclose(theirs, self.keras_step(model, 0.025), rtol=1e-6)

    def test_playground_against_its_own_loss(self) -> None:
        model, kernel, gradient = linear()
        rate = translate(STRENGTH, to="playground_own_loss")
        theirs = kernel - 0.05 * gradient / 2 - 0.05 * rate * kernel
        np.testing.assert_allclose(theirs, self.keras_step(model, 0.05, share=0.5), rtol=1e-6)

    def test_convnetjs_divides_its_decay_by_the_batch(self) -> None:
        """Its gradient is summed over the batch, and the sum with the decay divided."""
        model, kernel, gradient = linear()
        decay = translate(STRENGTH, to="convnetjs", batch_size=24)
        theirs = kernel - 0.05 * (decay * kernel + 24 * gradient) / 24
        np.testing.assert_allclose(theirs, self.keras_step(model, 0.05), rtol=1e-6)

    def test_d2l_halves_the_square(self) -> None:
        model, kernel, gradient = linear()
        theirs = (1 - 0.05 * translate(STRENGTH, to="d2l")) * kernel - 0.05 * gradient
        np.testing.assert_allclose(theirs, self.keras_step(model, 0.05), rtol=1e-6)

    def test_d2l_halves_the_squared_loss_too(self) -> None:
        model, kernel, gradient = linear()
        constant = translate(STRENGTH, to="d2l_squared_loss")
        theirs = (1 - 0.05 * constant) * kernel - 0.05 * gradient / 2
        np.testing.assert_allclose(theirs, self.keras_step(model, 0.025), rtol=1e-6)

    def test_the_decay_of_keras_sgd(self) -> None:
        model = network(STRENGTH, 4, 1)
        plain = without_penalty(model)
        decay = translate(STRENGTH, to="keras_sgd_decay")
        decayed = keras.optimizers.SGD(0.05, weight_decay=decay)
        decayed.exclude_from_weight_decay(var_names=["bias"])
        theirs = steps_of(plain, decayed, mean_squared(), COLUMN)
        ours = steps_of(model, keras.optimizers.SGD(0.05), mean_squared(), COLUMN)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-7)

    def test_with_momentum_the_decay_of_keras_sgd_is_not_l2(self) -> None:
        model = network(STRENGTH, 4, 1)
        plain = without_penalty(model)
        decay = translate(STRENGTH, to="keras_sgd_decay")
        decayed = keras.optimizers.SGD(0.05, momentum=0.9, weight_decay=decay)
        theirs = steps_of(plain, decayed, mean_squared(), COLUMN)
        ours = steps_of(model, keras.optimizers.SGD(0.05, momentum=0.9), mean_squared(), COLUMN)
        assert largest([one - other for one, other in zip(ours, theirs, strict=True)]) > 1e-3

    @pytest.mark.parametrize("key", ["adamw", "adamw_paper", "optax_adamw", "addons_adamw"])
    def test_adamw_takes_the_share_that_l2_takes_under_plain_sgd(self, key: str) -> None:
        decay = translate(STRENGTH, to=key, learning_rate=0.05)
        if key in ("adamw_paper", "addons_adamw"):
            decay /= 0.05  # Keras multiplies by the learning rate, the paper does not
        weight = keras.Variable(np.array([2.0, -3.0]), dtype="float64")
        optimizer = keras.optimizers.AdamW(0.05, weight_decay=decay)
        optimizer.apply([tf.zeros(2, "float64")], [weight])
        share = 1 - 2 * 0.05 * STRENGTH
        np.testing.assert_allclose(weight.numpy(), [2 * share, -3 * share], rtol=1e-6)

    def test_and_yet_adam_with_l2_is_not_adamw(self) -> None:
        model = network(STRENGTH, 4, 1)
        plain = without_penalty(model)
        optimizer = keras.optimizers.AdamW(0.05, weight_decay=translate(STRENGTH, to="adamw"))
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        theirs = steps_of(plain, optimizer, mean_squared(), COLUMN)
        ours = steps_of(model, keras.optimizers.Adam(0.05), mean_squared(), COLUMN)
        assert largest([one - other for one, other in zip(ours, theirs, strict=True)]) > 1e-3
        inexact = [key for key, convention in CONVENTIONS.items() if not convention.exact]
        assert inexact == ["adamw", "adamw_paper", "optax_adamw", "addons_adamw"]


def momentum_steps(model: keras.Model, step: Any) -> tuple[Kernels, Kernels]:
    """Return weights after five steps of SGD with momentum: of Keras with L2, and of `step`.

    step   (weight, gradient of the data loss, what it returned before or 0) -> weight, kept
    """
    plain = without_penalty(model)
    kept: list[Any] = [0.0] * len(plain.weights)
    for _ in range(5):
        found = zip(
            plain.get_weights(), gradients(plain, mean_squared(), COLUMN), kept, strict=True
        )
        made = [
            step(*each) if position % 2 == 0 else plain_momentum(*each)
            for position, each in enumerate(found)
        ]
        plain.set_weights([weight for weight, _ in made])
        kept = [each for _, each in made]
    ours = steps_of(model, keras.optimizers.SGD(0.05, momentum=0.9), mean_squared(), COLUMN)
    return ours, plain.get_weights()


def plain_momentum(weight: Any, gradient: Any, kept: Any) -> tuple[Any, Any]:
    """Return the step of a bias, which is not decayed."""
    kept = 0.9 * kept - 0.05 * gradient
    return weight + kept, kept


class TestUpdatesWithMomentum:
    """Five steps of the update that each library documents, against those of Keras with L2."""

    def check(self, step: Any) -> None:
        ours, theirs = momentum_steps(network(STRENGTH, 4, 1), step)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-7)

    def test_caffe(self) -> None:
        decay = translate(STRENGTH, to="caffe")

        def step(weight: Any, gradient: Any, history: Any) -> tuple[Any, Any]:
            history = 0.05 * (gradient + decay * weight) + 0.9 * history
            return weight - history, history

        self.check(step)

    def test_darknet(self) -> None:
        """Its updates are sums over the batch, with the sign turned."""
        decay, batch = translate(STRENGTH, to="darknet"), 24

        def step(weight: Any, gradient: Any, updates: Any) -> tuple[Any, Any]:
            updates = updates - batch * gradient - decay * batch * weight
            return weight + 0.05 / batch * updates, 0.9 * updates

        self.check(step)

    def test_mxnet(self) -> None:
        decay = translate(STRENGTH, to="mxnet")

        def step(weight: Any, gradient: Any, momentum: Any) -> tuple[Any, Any]:
            momentum = 0.9 * momentum - 0.05 * (gradient + decay * weight)
            return weight + momentum, momentum

        self.check(step)


class TestMoreUpdates:
    def test_addons_sgdw_decays_before_its_step(self) -> None:
        model, kernel, gradient = linear()
        decay = translate(STRENGTH, to="addons_sgdw", learning_rate=0.05)
        theirs = (kernel - decay * kernel) - 0.05 * gradient
        ours = TestDocumentedUpdates().keras_step(model, 0.05)
        np.testing.assert_allclose(theirs, ours, rtol=1e-6)

    @pytest.mark.parametrize("key", ["tf_l2_loss", "tf_contrib"])
    def test_half_the_squares_of_tensorflow(self, key: str) -> None:
        model = network(STRENGTH, 4, 1)
        factor = translate(STRENGTH, to=key)
        theirs = [factor * tf.nn.l2_loss(model.weights[at].value) for at in (0, 2)]
        assert float(sum(theirs)) == pytest.approx(float(sum(model.losses)), rel=1e-6)

    @pytest.mark.parametrize("key", ["textbook_2m", "textbook_2n"])
    def test_textbooks_divide_by_the_samples(self, key: str) -> None:
        model = network(STRENGTH, 5, 3, output="softmax")
        constant = translate(STRENGTH, to=key, samples=24)
        squares = sum(float(np.square(w).sum()) for w in model.get_weights()[::2])
        theirs = constant / (2 * 24) * squares
        assert theirs == pytest.approx(float(sum(model.losses)), rel=1e-6)

    def test_textbooks_with_half_the_squared_loss(self) -> None:
        """At the solution of their objective, in closed form, Keras has no gradient left."""
        constant = translate(STRENGTH, to="textbook_2m_squared_loss", samples=24)
        centred = INPUTS - INPUTS.mean(axis=0)
        matrix = centred.T @ centred + constant * np.eye(3)
        kernel = np.linalg.solve(matrix, centred.T @ (VALUES - VALUES.mean()))
        bias = VALUES.mean() - INPUTS.mean(axis=0) @ kernel
        model = network(STRENGTH, 1)
        model.set_weights([kernel[:, None], np.array([bias])])
        assert largest(gradients(model, mean_squared(), COLUMN)) < 1e-7


class TestOptax:
    """Against Optax, if it is installed; it is not a dependency.

    Keras adds epsilon before it corrects the bias of v, Optax afterwards: here it is next to 0.
    """

    @pytest.fixture(autouse=True)
    def float64(self) -> Iterator[None]:
        """Let JAX compute in float64 for a while."""
        jax = pytest.importorskip("jax", exc_type=ImportError)
        jax.config.update("jax_enable_x64", True)
        yield
        jax.config.update("jax_enable_x64", False)

    def steps(self, optax: Any, optimizer: Any, model: keras.Model) -> Kernels:
        plain = without_penalty(model)
        weights = plain.get_weights()
        state = optimizer.init(weights)
        for _ in range(5):
            plain.set_weights(weights)
            found = gradients(plain, mean_squared(), COLUMN)
            updates, state = optimizer.update(found, state, weights)
            weights = [np.asarray(each) for each in optax.apply_updates(weights, updates)]
        return weights

    @pytest.mark.parametrize("name", ["sgd", "adam"])
    def test_add_decayed_weights(self, name: str) -> None:
        optax = pytest.importorskip("optax", exc_type=ImportError)
        model = network(STRENGTH, 4, 1)
        decay = translate(STRENGTH, to="optax_decayed_weights")
        mask = [True, False, True, False]
        optimizer = {"sgd": optax.sgd(0.05), "adam": optax.adam(0.05, eps=1e-12)}[name]
        chain = optax.chain(optax.add_decayed_weights(decay, mask), optimizer)
        theirs = self.steps(optax, chain, model)
        ours = {
            "sgd": keras.optimizers.SGD(0.05),
            "adam": keras.optimizers.Adam(0.05, epsilon=1e-12),
        }[name]
        for one, other in zip(steps_of(model, ours, mean_squared(), COLUMN), theirs, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)

    def test_adamw_is_that_of_keras(self) -> None:
        optax = pytest.importorskip("optax", exc_type=ImportError)
        model = without_penalty(network(STRENGTH, 4, 1))
        decay = translate(STRENGTH, to="optax_adamw")
        theirs = self.steps(optax, optax.adamw(0.05, eps=1e-12, weight_decay=decay), model)
        ours = keras.optimizers.AdamW(
            0.05, weight_decay=translate(STRENGTH, to="adamw"), epsilon=1e-12
        )
        for one, other in zip(steps_of(model, ours, mean_squared(), COLUMN), theirs, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)


class TestNotOnWeights:
    @pytest.mark.parametrize("other", NOT_ON_WEIGHTS, ids=lambda other: other.key)
    @pytest.mark.parametrize(("field", "function"), [("to", translate), ("of", translate_back)])
    def test_they_are_refused_with_the_reason(self, other: Any, field: str, function: Any) -> None:
        with pytest.raises(InvalidValue) as caught:
            function(0.1, **{field: other.key})
        assert str(caught.value) == (
            f"{field} must be a penalty on weights, and {other.setting} of {other.library} is "
            f"none: {other.why}, got {other.key!r}"
        )
        assert other.key not in CONVENTIONS

    def stump(self, strength: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the answers of a tree with one split at 0 for the squared loss, and its sides."""
        left = INPUTS[:, 0] < 0.0
        answers = np.zeros(24)
        for side in (left, ~left):
            centred = VALUES[side] - VALUES.mean()
            answers[side] = centred.sum() / (side.sum() + strength)
        return answers, left

    def test_lightgbm_shrinks_leaves(self) -> None:
        lightgbm = pytest.importorskip("lightgbm", exc_type=ImportError)
        inputs = np.where(INPUTS[:, :1] < 0.0, -1.0, 1.0)
        settings = {"n_estimators": 1, "learning_rate": 1.0, "min_child_samples": 1, "verbose": -1}
        model = lightgbm.LGBMRegressor(reg_lambda=5.0, **settings).fit(inputs, VALUES)
        expected = self.stump(5.0)[0] + VALUES.mean()
        np.testing.assert_allclose(model.predict(inputs), expected, rtol=1e-5)

    def test_xgboost_shrinks_leaves(self) -> None:
        xgboost = pytest.importorskip("xgboost", exc_type=ImportError)
        inputs = np.where(INPUTS[:, :1] < 0.0, -1.0, 1.0)
        model = xgboost.XGBRegressor(
            n_estimators=1,
            learning_rate=1.0,
            max_depth=1,
            reg_lambda=5.0,
            base_score=float(VALUES.mean()),
            min_child_weight=0,
        )
        expected = self.stump(5.0)[0] + VALUES.mean()
        np.testing.assert_allclose(model.fit(inputs, VALUES).predict(inputs), expected, rtol=1e-4)


@given(
    key=st.sampled_from(sorted(CONVENTIONS)),
    strength=st.floats(1e-12, 1e6),
    samples=st.integers(1, 10**6),
    batch_size=st.integers(1, 10**6),
    learning_rate=st.floats(1e-6, 10.0),
)
def test_there_and_back(
    key: str, strength: float, samples: int, batch_size: int, learning_rate: float
) -> None:
    about: dict[str, Any] = {
        "samples": samples,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
    }
    setting = translate(strength, to=key, **about)
    assume(setting > 0)
    assert translate_back(setting, of=key, **about) == pytest.approx(strength, rel=1e-12)


@pytest.mark.parametrize("key", CONVENTIONS)
def test_no_penalty_is_none_everywhere(key: str) -> None:
    setting = translate(0.0, to=key, **ABOUT)
    assert setting == (math.inf if CONVENTIONS[key].inverse else 0.0)
    assert translate_back(setting, of=key, **ABOUT) == 0.0


@pytest.mark.parametrize("key", CONVENTIONS)
def test_the_formula_in_words_is_the_one_that_is_computed(key: str) -> None:
    convention = CONVENTIONS[key]
    left, right = re.split(" [=≈] ", convention.formula)
    assert left == "λ"
    numbers = {"samples": 24, "batch size": 12, "learning rate": 0.05, "·": "*"}
    words = {"weight decay factor": 3, "weight_decay": 3, "l2_decay": 3, "(their λ)": 3}
    words |= {"their λ": 3, "alpha": 3, "rate": 3, "C": 3}
    words |= {"decay": 3, "wd": 3, "factor": 3, "scale": 3}
    for word, value in (numbers | words).items():
        right = right.replace(word, str(value))
    assert re.fullmatch(r"[\d.()*/ ]+", right)
    about = {"samples": 24, "batch_size": 12, "learning_rate": 0.05}
    assert eval(right) == pytest.approx(translate_back(3.0, of=key, **about))
    assert convention.formula_tex.startswith(r"\lambda ")
    assert ("≈" in convention.formula) == (not convention.exact)
    assert (r"\approx" in convention.formula_tex) == (not convention.exact)


@pytest.mark.parametrize("key", CONVENTIONS)
def test_each_convention_says_what_it_rests_on(key: str) -> None:
    convention = CONVENTIONS[key]
    assert convention.key == key
    words = (convention.library, convention.setting, convention.objective, convention.source)
    assert all(words)
    assert convention.assumptions
    for name in convention.needs:
        about = dict(ABOUT)
        del about[name]
        with pytest.raises(InvalidValue) as caught:
            translate(0.1, to=key, **about)
        assert str(caught.value) == (
            f"{name} must be given for {convention.library} ({convention.formula}), got None"
        )
    for name in set(ABOUT) - set(convention.needs):
        about = dict(ABOUT)
        del about[name]
        assert translate(0.1, to=key, **about) == translate(0.1, to=key, **ABOUT)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strength": -0.1}, "strength must be >= 0, got -0.1"),
        ({"strength": "0.1"}, "strength must be a number, got '0.1'"),
        ({"strength": float("nan")}, "strength must be finite, got nan"),
        ({"samples": 0}, "samples must be >= 1, got 0"),
        ({"samples": 2.5}, "samples must be an integer, got 2.5"),
        (
            {"to": "keras"},
            f"to must be one of {', '.join(CONVENTIONS)}, got 'keras'",
        ),
    ],
)
def test_errors_name_field_rule_and_value(arguments: dict[str, Any], message: str) -> None:
    call = {"strength": 0.1, "to": "sklearn_ridge", "samples": 24} | arguments
    with pytest.raises(InvalidValue) as caught:
        translate(call.pop("strength"), **call)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (0.0, "setting must be > 0 as C, got 0.0"),
        (-1.0, "setting must be >= 0, got -1.0"),
        (-math.inf, "setting must be finite, got -inf"),
    ],
)
def test_an_impossible_setting_is_refused(setting: float, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        translate_back(setting, of="sklearn_logistic", samples=24)
    assert str(caught.value) == message


def test_a_rate_of_zero_is_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        translate(0.1, to="adamw_paper", learning_rate=0.0)
    assert str(caught.value) == "learning_rate must be >= 1e-12, got 0.0"


def test_they_are_public_names() -> None:
    assert l2viz.translate is translate
    assert l2viz.translate_back is translate_back
