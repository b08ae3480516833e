"""Other conventions: each conversion against the library, or the update that it documents."""

from __future__ import annotations

import math
import re
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
        theirs = self.steps(
            torch, torch.optim.Adam, model, {"lr": 0.05, "weight_decay": decay, "eps": 1e-7}
        )
        ours = steps_of(model, keras.optimizers.Adam(0.05), mean_squared(), COLUMN)
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

    @pytest.mark.parametrize("key", ["adamw", "adamw_paper"])
    def test_adamw_takes_the_share_that_l2_takes_under_plain_sgd(self, key: str) -> None:
        decay = translate(STRENGTH, to=key, learning_rate=0.05)
        if key == "adamw_paper":
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
        assert inexact == ["adamw", "adamw_paper"]


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
