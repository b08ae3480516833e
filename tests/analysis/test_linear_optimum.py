"""The linear model's exact charts, against scikit-learn and the conditions of an optimum."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from l2viz import Experiment, data
from l2viz.analysis.geometry import shown_pair
from l2viz.analysis.linear_optimum import LinearProblem, is_linear, linear_problem
from l2viz.charts import charts_of
from l2viz.trajectory import Array, Trajectory
from tests import trajectories
from tests.charts.every_chart import named

EXPERIMENT = Experiment(dataset="linear", train_size=20)
STRENGTHS = np.array([1e-3, 0.03, 0.4, 2.0])


def data_loss(weights: Array) -> Array:
    """Return Keras's mean squared error for each row of weights (K, p), with the best bias."""
    dataset = data.load(EXPERIMENT)
    error = weights @ dataset.train_inputs.T.astype(float) - dataset.train_targets[:, 0]
    return ((error - error.mean(axis=1, keepdims=True)) ** 2).mean(axis=1)


def test_the_optimum_under_l2_is_that_of_ridge_regression() -> None:
    dataset, problem = data.load(EXPERIMENT), linear_problem(EXPERIMENT)
    optimum = problem.l2_optimum(np.concatenate([[0.0], STRENGTHS]))
    inputs, targets = dataset.train_inputs.astype(float), dataset.train_targets[:, 0].astype(float)
    for strength, weights in zip(STRENGTHS, optimum[1:], strict=True):
        ridge = Ridge(alpha=len(inputs) * strength).fit(inputs, targets)  # Σ errors² there
        np.testing.assert_allclose(weights, ridge.coef_, rtol=1e-8, atol=1e-12)
    shortest = np.linalg.pinv(inputs - inputs.mean(axis=0)) @ (targets - targets.mean())
    np.testing.assert_allclose(optimum[0], shortest, rtol=1e-8, atol=1e-12)


def test_the_optimum_under_l1_has_no_way_down() -> None:
    """-∂(data loss)/∂w is λ·sign(w) where w is not 0, and between -λ and λ elsewhere."""
    problem = linear_problem(EXPERIMENT)
    optimum = problem.l1_optimum(STRENGTHS)
    pull = -problem.gradient(optimum)
    for strength, weights, slope in zip(STRENGTHS, optimum, pull, strict=True):
        stands = weights != 0.0
        np.testing.assert_allclose(slope[stands], strength * np.sign(weights[stands]), rtol=1e-6)
        assert (np.abs(slope) <= strength * (1 + 1e-6)).all()
    assert (optimum[0] != 0).sum() > (optimum[2] != 0).sum() > (optimum[3] != 0).sum()


def test_gradient_and_curvature_are_those_of_the_data_loss() -> None:
    problem = linear_problem(EXPERIMENT)
    generator = np.random.default_rng(0)
    weights, step = generator.normal(size=(2, 1, 200))
    slope = (data_loss(weights + 1e-4 * step) - data_loss(weights - 1e-4 * step)) / 2e-4
    np.testing.assert_allclose(problem.gradient(weights)[0] @ step[0], slope, rtol=1e-5)
    values, directions = problem.curvature()
    np.testing.assert_allclose(values, np.linalg.eigvalsh(problem.hessian)[::-1][:19], rtol=1e-9)
    np.testing.assert_allclose(problem.hessian @ directions.T, values * directions.T, atol=1e-9)


@pytest.mark.parametrize(
    ("settings", "linear"),
    [
        ({}, True),
        ({"hidden": (3,)}, False),
        ({"bias_regularizer": True}, False),
        ({"optimizer": "adamw", "weight_decay": 0.1}, False),
    ],
)
def test_a_linear_model_is_told_from_others(settings: dict[str, object], linear: bool) -> None:
    assert is_linear(dataclasses.replace(EXPERIMENT, **settings)) is linear
    assert not is_linear(Experiment(dataset="wine", hidden=()))


# ---- the charts


def geometry(penalty: str, strength: float) -> tuple[Trajectory, dict[str, Array]]:
    trajectory = trajectories.linear(penalties=("l2", "l1"))
    figure = named(trajectory, f"geometry_{penalty}").at(trajectory, strength, 45)
    return trajectory, {trace.name: np.array([trace.x, trace.y], float) for trace in figure.data}


@pytest.mark.parametrize(("penalty", "shape", "order"), [("l2", "circle", 2), ("l1", "diamond", 1)])
@pytest.mark.parametrize("strength", [1e-3, 0.1])
def test_what_is_within_reach_touches_the_contour_at_the_optimum(
    penalty: str, shape: str, order: int, strength: float
) -> None:
    whole, drawn = geometry(penalty, strength)
    problem = linear_problem(whole.experiment)
    weights = getattr(problem, f"{penalty}_optimum")(np.array([strength]))
    inputs = whole.context.sampled_index[shown_pair(whole)]
    assert set(np.flatnonzero(whole.context.true_kernel)) == set(inputs)
    np.testing.assert_allclose(drawn["optimum at λ"][:, 0], weights[0, inputs], atol=1e-6)

    def loss_at(points: Array) -> Array:
        moved = np.repeat(weights, points.shape[1], axis=0)
        moved[:, inputs] = points.T
        return data_loss(moved)

    least = data_loss(weights)
    touching = loss_at(drawn["contour at the optimum"])
    np.testing.assert_allclose(touching, np.full(49, least), rtol=1e-4, atol=1e-8)
    reach = drawn[f"{penalty.upper()} {shape}"]
    size = np.linalg.norm(weights[0, inputs], ord=order)
    np.testing.assert_allclose(np.linalg.norm(reach, ord=order, axis=0), size, atol=3e-6)
    shares = np.linspace(0, 1, 21)[:, None]
    corners = zip(reach.T[:-1], reach.T[1:], strict=True)
    edge = np.concatenate([first + shares * (second - first) for first, second in corners])
    assert (loss_at(edge.T) >= least * (1 - 1e-4) - 1e-8).all()
    contours = drawn["data loss: contours"]
    for ring in np.split(contours, np.flatnonzero(np.isnan(contours[0])), axis=1):
        around = loss_at(ring[:, ~np.isnan(ring[0])])
        np.testing.assert_allclose(around, np.full(49, around[0]), rtol=1e-4, atol=1e-8)


def test_dots_are_the_trained_weights_of_that_penalty() -> None:
    for penalty in ("l2", "l1"):
        trajectory, drawn = geometry(penalty, 0.1)
        trained = trajectory.twin(penalty).sampled_weights[:, -1, shown_pair(trajectory)]
        np.testing.assert_array_equal(drawn["trained, every λ"], trained.T)
    alone = trajectories.linear(penalties=("decay",))
    for penalty in ("l2", "l1"):
        figure = named(alone, f"geometry_{penalty}").at(alone, 0.1, 45)
        assert "trained, every λ" not in [trace.name for trace in figure.data]
    assert "curvature" not in [chart.name for chart in charts_of(alone)]


def exactly_trained(penalty: str) -> Trajectory:
    """Return a run whose weights and gradients are those of the optimum at every epoch."""
    run = trajectories.linear(penalties=(penalty,))
    problem = linear_problem(run.experiment)
    weights = getattr(problem, f"{penalty}_optimum")(run.strengths)
    gradients = problem.gradient(weights)
    true_kernel = data.load(run.experiment).true_kernel
    (true,) = np.nonzero(true_kernel)  # whose weights L1 does not leave at 0
    others = [i for i in run.context.sampled_index if i not in true]
    inputs, epochs = np.sort([*true, *others[:10]]), len(run.epochs)
    context = dataclasses.replace(run.context, sampled_index=inputs, true_kernel=true_kernel)

    def every_epoch(values: Array) -> Array:
        return np.repeat(values[:, None, inputs], epochs, axis=1)

    return dataclasses.replace(
        run,
        context=context,
        sampled_weights=every_epoch(weights),
        sampled_gradients=every_epoch(gradients),
    )


@pytest.mark.parametrize(("penalty", "pull"), [("l2", "L2, -2λw"), ("l1", "L1, -λ·sign w")])
@pytest.mark.parametrize("strength", [1e-3, 0.1])
def test_at_the_optimum_the_arrows_of_both_pulls_are_opposite_and_equally_long(
    penalty: str, pull: str, strength: float
) -> None:
    run = exactly_trained(penalty)
    figure = named(run, f"geometry_{penalty}").at(run, strength, 45)
    drawn = {trace.name: np.array([trace.x, trace.y], float) for trace in figure.data}
    of_data, of_penalty = drawn["pull of the data"], drawn[f"pull of {pull}"]
    np.testing.assert_allclose(of_data[:, 0], drawn["optimum at λ"][:, 0], atol=1e-6)
    np.testing.assert_array_equal(of_data[:, 0], drawn["trained at λ"][:, 0])
    shaft, other = (arrow[:, 1] - arrow[:, 0] for arrow in (of_data, of_penalty))
    assert np.linalg.norm(shaft) > 1e-3
    np.testing.assert_allclose(shaft, -other, rtol=1e-4)
    downhill = -linear_problem(run.experiment).gradient(
        getattr(linear_problem(run.experiment), f"{penalty}_optimum")(np.array([strength]))
    )[0, run.context.sampled_index[shown_pair(run)]]
    np.testing.assert_allclose(
        shaft / np.linalg.norm(shaft), downhill / np.linalg.norm(downhill), atol=1e-6
    )


@pytest.mark.parametrize("epoch", [0, 20])
def test_the_arrows_are_the_pulls_of_the_trained_weights_in_that_epoch(epoch: int) -> None:
    run = trajectories.linear()
    figure = named(run, "geometry_l2").at(run, 9e-3, epoch)
    drawn = {trace.name: np.array([trace.x, trace.y], float) for trace in figure.data}
    at, pair = int(np.flatnonzero(run.epochs == epoch)[0]), shown_pair(run)
    weights, gradients = run.sampled_weights[3, at, pair], run.sampled_gradients[3, at, pair]
    lengths = []
    for name, pull in (
        ("pull of the data", -gradients),
        ("pull of L2, -2λw", -2 * 9e-3 * weights),
    ):
        tail, tip, *_ = drawn[name].T
        np.testing.assert_allclose(tail, weights, rtol=1e-6)
        shaft = tip - tail
        np.testing.assert_allclose(
            shaft / np.linalg.norm(shaft), pull / np.linalg.norm(pull), atol=1e-5
        )
        lengths.append(np.linalg.norm(shaft) ** 3 / np.linalg.norm(pull))
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-4)  # one scale for both


def test_a_penalty_that_is_not_in_the_loss_has_no_arrow() -> None:
    run = trajectories.linear(penalties=("proximal_l1",))
    figure = named(run, "geometry_l1").at(run, 0.1, 45)
    names = [trace.name for trace in figure.data]
    assert "pull of the data" in names
    assert not any(name.startswith("pull of L1") for name in names)


def test_an_exactly_trained_model_lies_on_the_line_of_curvature() -> None:
    trajectory = trajectories.linear()
    problem: LinearProblem = linear_problem(trajectory.experiment)
    exact = problem.l2_optimum(trajectory.strengths)[..., None]
    trained = dataclasses.replace(trajectory, kernels=(exact,))
    chart = named(trained, "curvature")
    for strength in trained.strengths:
        line, *_, half, dots = chart.at(trained, float(strength), 45).data
        np.testing.assert_allclose(line.y, np.array(line.x) / (np.array(line.x) + 2 * strength))
        wanted = np.array(dots.x) / (np.array(dots.x) + 2 * strength)
        np.testing.assert_allclose(dots.y, wanted, rtol=1e-5)
        assert set(dots.x) <= set(problem.curvature()[0])
        assert len(dots.x) > 10
        if strength > 0:
            np.testing.assert_allclose(half.x, 2 * strength)
    before = chart.at(trained, 0.1, 40).data[-1]
    assert before.y is None or not len(before.y)
