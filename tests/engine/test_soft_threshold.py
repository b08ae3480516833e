"""The proximal step of L1: the minimum that defines it, and ISTA's answer to a lasso."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn.linear_model import Lasso

from l2viz.engine.soft_threshold import SoftThreshold

pytestmark = pytest.mark.usefixtures("one_thread")


@given(weight=st.floats(-5, 5), threshold=st.floats(1e-6, 5))
def test_it_is_the_minimum_that_defines_it(weight: float, threshold: float) -> None:
    """Return argmin ½(u - w)² + threshold·|u|, searched on each side of zero and at zero."""

    def cost(u: float) -> float:
        return 0.5 * (u - weight) ** 2 + threshold * abs(u)

    sides = [minimize_scalar(cost, bounds=side, method="bounded").x for side in ((-6, 0), (0, 6))]
    ours = float(SoftThreshold(threshold)(np.array([weight]))[0])
    assert cost(ours) <= min(cost(u) for u in (*sides, 0.0)) + 1e-9
    if abs(weight) <= threshold:
        assert ours == 0.0


def test_keras_makes_it_again_from_its_settings() -> None:
    again = SoftThreshold.from_config(SoftThreshold(0.25).get_config())
    weights = np.array([-1.0, -0.25, 0.1, 0.0, 0.75])
    np.testing.assert_allclose(again(weights), [-0.75, 0.0, 0.0, 0.0, 0.5])


def test_plain_sgd_with_it_ends_at_the_lasso() -> None:
    """scikit-learn's Lasso: (1/2n)‖y - Xw‖² + alpha‖w‖₁, so λ = 2·alpha against Keras's MSE."""
    generator = np.random.default_rng(8)
    inputs = generator.normal(size=(40, 8))
    targets = inputs[:, :1] - 0.5 * inputs[:, 1:2] + 0.1 * generator.normal(size=(40, 1))
    rate, strength = 0.1, 0.4
    layer = keras.layers.Dense(1, kernel_constraint=SoftThreshold(rate * strength), dtype="float64")
    model = keras.Sequential([keras.Input((8,), dtype="float64"), layer])
    loss = keras.losses.MeanSquaredError(dtype="float64")
    model.compile(keras.optimizers.SGD(rate), loss)
    for _ in range(300):
        model.train_on_batch(inputs, targets)
    lasso = Lasso(alpha=strength / 2.0, tol=1e-12, max_iter=10_000).fit(inputs, targets)
    kernel = layer.kernel.numpy()[:, 0]
    np.testing.assert_allclose(kernel, lasso.coef_, rtol=0.0, atol=1e-6)
    assert ((kernel == 0.0) == (lasso.coef_ == 0.0)).all()
    assert 0 < (kernel == 0.0).sum() < 8
