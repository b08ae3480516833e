"""What the penalty alone does, against closed forms and plain loops."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.analysis import decay
from l2viz.trajectory import Trajectory
from tests import trajectories


def decaying(strengths: tuple[float, ...], rate: float, epochs: int, **settings: str) -> Trajectory:
    """Return a path with one idle weight that decays by 2ηλ in every step, computed in a loop."""
    defaults = {"optimizer": "sgd", "learning_rate": rate, "epochs": epochs, "record_every": 1}
    trajectory = trajectories.digits(strengths=strengths, **(defaults | settings))
    weights = trajectory.sampled_weights.astype(np.float64)
    for k, strength in enumerate(strengths):
        weight = 0.3
        for epoch in range(epochs + 1):
            weights[k, epoch, 0] = weight
            for _ in range(trajectory.experiment.steps_per_epoch):
                weight -= rate * 2.0 * strength * weight
    return dataclasses.replace(trajectory, sampled_weights=weights)


@given(strength=st.floats(1e-4, 1.0), rate=st.floats(1e-3, 1.2))
def test_an_idle_weight_under_plain_sgd_decays_as_the_closed_form(
    strength: float, rate: float
) -> None:
    trajectory = decaying((0.0, strength), rate, epochs=4)
    left = decay.pure_decay(trajectory)
    half = decay.half_life(trajectory)
    assert left is not None and half is not None
    np.testing.assert_allclose(decay.idle_norm_ratio(trajectory), left, rtol=1e-9)
    assert half[0] == math.inf
    steps = half[1] * trajectory.experiment.steps_per_epoch
    factor = abs(1.0 - 2.0 * rate * strength)
    if factor < 1.0:
        assert factor**steps == pytest.approx(0.5)
    else:
        assert steps == math.inf


@pytest.mark.parametrize(
    ("product", "steps"),
    [
        (0.1, 3.106),
        (0.45, 0.301),
        (0.5, 0.0),
        (0.55, 0.301),
        (0.6, 0.4307),
        (0.9, 3.106),
        (1.0, math.inf),
    ],
)
def test_the_half_life_on_both_sides_of_one_half(product: float, steps: float) -> None:
    """ln 2 ÷ -ln|1 - 2ηλ| by hand: a step of ηλ = 0.6 leaves −0.2 of the weight."""
    half = decay.half_life(decaying((0.0, product), 1.0, epochs=1))
    assert half is not None
    found = half[1] * decaying((0.0, product), 1.0, epochs=1).experiment.steps_per_epoch
    assert found == pytest.approx(steps, abs=1e-3)


def test_idle_are_the_weights_of_inputs_that_no_strength_pulls_at() -> None:
    trajectory = trajectories.digits()
    context = trajectory.context
    units = context.kernel_shapes[0][-1]
    gradients = trajectory.sampled_gradients.copy()
    first = np.flatnonzero(context.sampled_layer == 0)
    other_layer = np.flatnonzero(context.sampled_layer == 1)
    gradients[:, :, first] = 1.0
    gradients[:, 1:, first[1]] = 0.0  # from the second epoch on
    gradients[1:, :, first[2]] = 0.0  # but at λ = 0
    gradients[:, :, other_layer] = 0.0
    moved = dataclasses.replace(trajectory, sampled_gradients=gradients)
    inputs = context.sampled_index[first] // units
    assert (inputs[1] != np.delete(inputs, 1)).all()  # the only one of its input
    idle = decay.idle_weights(moved)
    assert idle.shape == (len(trajectory.epochs), len(context.sampled_layer))
    assert [(e, s) for e, s in np.argwhere(idle)] == [
        (e, first[1]) for e in range(1, len(trajectory.epochs))
    ]
    assert np.isnan(decay.idle_norm_ratio(moved)[:, 0]).all()


def test_one_pulled_weight_keeps_its_input_from_being_idle() -> None:
    trajectory = trajectories.digits()
    context = dataclasses.replace(
        trajectory.context, sampled_index=np.zeros_like(trajectory.context.sampled_index)
    )
    first = np.flatnonzero(context.sampled_layer == 0)
    gradients = np.zeros_like(trajectory.sampled_gradients)
    gradients[2, 3, first[-1]] = 1e-9
    idle = decay.idle_weights(
        dataclasses.replace(trajectory, context=context, sampled_gradients=gradients)
    )
    assert not idle[3].any()
    assert idle[2, first].all()


@pytest.mark.parametrize(
    ("settings", "share"),
    [
        ({"optimizer": "sgd"}, 2.0),
        ({"optimizer": "adam", "penalties": ("decay",)}, 2.0),
        ({"optimizer": "rmsprop", "penalties": ("kernel_decay",)}, 2.0),
        ({"optimizer": "adam"}, None),
        ({"optimizer": "sgd", "momentum": 0.9}, None),
        ({"optimizer": "sgd", "penalties": ("l1",)}, None),
        ({"optimizer": "sgd", "penalties": ("l1l2",)}, None),
        ({"optimizer": "sgd", "penalties": ("proximal_l1",)}, None),
        ({"optimizer": "sgd", "penalties": ("none",)}, None),
        ({"optimizer": "adamw", "penalties": ("decay",)}, None),  # it decays at λ = 0 too
        ({"optimizer": "sgd", "schedule": "warmup", "schedule_epoch": 2}, None),
    ],
)
def test_pure_decay_is_told_where_it_is_exact(
    settings: dict[str, str], share: float | None
) -> None:
    trajectory = trajectories.digits(**settings)
    step = decay.decay_of_a_step(trajectory)
    if share is None:
        assert step is None
        assert decay.pure_decay(trajectory) is None
        assert decay.half_life(trajectory) is None
    else:
        assert step is not None
        rate = trajectory.experiment.learning_rate
        np.testing.assert_allclose(step, share * rate * trajectory.strengths)


def test_velocity_and_shrinkage_of_what_can_be_drawn() -> None:
    trajectory = trajectories.digits()
    followed = np.flatnonzero(trajectory.context.sampled_layer == 1)
    weights, velocity = trajectory.sampled_weights.copy(), trajectory.sampled_velocity
    assert velocity is not None
    velocity = velocity.copy()
    weights[0, 1, followed[0]] = 0.0  # nothing at λ = 0 to compare with
    weights[2, 1, followed[1]] = 0.0
    velocity[3, 1, followed[2]] = 0.0
    holed = dataclasses.replace(trajectory, sampled_weights=weights, sampled_velocity=velocity)
    root, ratio = decay.velocity_and_shrinkage(holed, 1)
    for (k, e, s), value in np.ndenumerate(ratio):
        at = followed[s]
        size, zero = abs(float(weights[k, e, at])), abs(float(weights[0, e, at]))
        if size > 0 and zero > 0 and velocity[k, e, at] > 0:
            assert value == pytest.approx(size / zero)
            assert root[k, e, s] == velocity[k, e, at]
        else:
            assert math.isnan(value)
            assert math.isnan(root[k, e, s])
    assert np.isnan(ratio).sum() == len(trajectory.strengths) + 2


@given(count=st.integers(1, 40), seed=st.integers(0, 1_000))
def test_medians_follow_the_law_of_the_points(count: int, seed: int) -> None:
    """Medians of points on y = x³ lie on that curve, in order, one for each group of points."""
    x = np.random.default_rng(seed).permutation(np.linspace(0.1, 2.0, 2 * count + 1))
    middle_x, middle_y = decay.medians(x, x**3)
    assert len(middle_x) == min(decay.MEDIANS, len(x))
    assert (np.diff(middle_x) > 0).all()
    ordered = np.sort(x)
    for share, median in zip(np.array_split(ordered, len(middle_x)), middle_x, strict=True):
        assert median == pytest.approx(np.median(share))
    odd = [i for i, share in enumerate(np.array_split(ordered, len(middle_x))) if len(share) % 2]
    np.testing.assert_allclose(middle_y[odd], middle_x[odd] ** 3)
