"""One function for each claim: its paths -> its results, and whether the claim holds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz import data
from l2viz.analysis import metrics
from l2viz.analysis.metrics import network_norm
from l2viz.experiment import Experiment
from l2viz.studies.statistics import (
    SEEDS,
    Paths,
    Verdict,
    accuracy_gap,
    at,
    gains_of,
    near_zero,
    norm_left,
    over_seeds,
    silent_units,
    test_points,
    weight_share,
)
from l2viz.trajectory import Array, Trajectory


def shrinks(paths: Mapping[str, Paths]) -> Verdict:
    """Check that L2 shrinks the norm at every step of λ, and that only proximal L1 gives zeros."""
    each = paths["sgd"]
    l2 = [path.twin("l2") for path in each]
    zeros = {
        name: [weight_share(t, t.exact_zeros, 3e-3) for t in (path.twin(name) for path in each)]
        for name in ("l2", "l1", "proximal_l1")
    }
    left = np.array([[norm_left(path, s) for s in path.strengths] for path in l2])  # (seeds, K)
    results = (
        over_seeds("left_low", left[:, 1])
        | over_seeds("left", left[:, 3])
        | over_seeds("proximal_zeros", zeros["proximal_l1"])
        | {"l2_zeros": max(zeros["l2"]), "l1_zeros": max(zeros["l1"])}
    )
    falls = bool((np.diff(left, axis=1) < 0).all())
    none = max(zeros["l2"]) == max(zeros["l1"]) == 0.0
    return Verdict(results=results, holds=falls and none and min(zeros["proximal_l1"]) > 25.0)


def large_weights(paths: Mapping[str, Paths]) -> Verdict:
    """Check that weights grow in training without L2, and that with it the largest is smaller."""

    def largest(path: Trajectory, strength: float) -> float:
        return max(float(np.abs(kernel[at(path, strength)]).max()) for kernel in path.kernels)

    each = paths["adam"]
    without, held = ([largest(path, s) for path in each] for s in (0.0, 0.01))
    norms = [network_norm(path) for path in each]
    results = (
        over_seeds("largest_without", without)
        | over_seeds("largest", held)
        | over_seeds("norm_first", [norm[0, 0] for norm in norms])
        | over_seeds("norm_without", [norm[0, -1] for norm in norms])
        | over_seeds("norm", [norm[-1, -1] for norm in norms])
    )
    grows = all(norm[0, -1] > norm[0, 0] > norm[-1, -1] for norm in norms)
    return Verdict(results=results, holds=grows and max(held) < min(without))


def generalization(paths: Mapping[str, Paths]) -> Verdict:
    """Check that L2 raises test accuracy with wrong labels, and does not with clean ones."""
    wrong, clean = gains_of(paths["wrong"]), gains_of(paths["clean"])
    cost = [test_points(path, 0.0) - test_points(path, 0.01) for path in paths["clean"]]
    results = over_seeds("gain", wrong) | over_seeds("clean_gain", clean)
    results |= over_seeds("clean_cost", cost)
    holds = min(wrong) > 0.0 and abs(np.mean(clean)) < 1.0 and np.mean(cost) > 0.0
    return Verdict(results=results, holds=bool(holds))


def smooth(paths: Mapping[str, Paths]) -> Verdict:
    """Check that L2 speeds up a linear model, whose Hessian is singular, but calms no network."""

    def epochs(path: Trajectory, strength: float) -> float:
        """Return the epoch at which the total loss has made 99 % of its decrease."""
        total = metrics.total_loss(path)[at(path, strength)]
        near = total - total.min() <= 0.01 * (total[0] - total.min())
        return float(path.epochs[np.argmax(near)])

    def rises(path: Trajectory, strength: float) -> float:
        """Return the percentage of epochs in which the total loss rises."""
        total = metrics.total_loss(path)[at(path, strength)]
        return float(100 * np.mean(np.diff(total) > 0.0))

    linear, network = paths["linear"], paths["network"]
    slow, quick = ([epochs(path, s) for path in linear] for s in (0.0, 0.01))
    calm, restless = ([rises(path, s) for path in network] for s in (0.0, 0.01))
    results = (
        over_seeds("epochs_without", slow)
        | over_seeds("epochs", quick)
        | over_seeds("rises_without", calm)
        | over_seeds("rises", restless)
    )
    ratio = np.array(slow) / np.array(quick)
    regressions = Experiment(dataset="linear", repeats=SEEDS).each_repeat
    curvatures = [_curvatures(regression) for regression in regressions]
    flat = [float(100 * np.mean(each < 1e-6 * each.max())) for each in curvatures]
    condition = [(each.max() + 0.02) / (each.min() + 0.02) for each in curvatures]
    results |= over_seeds("times", ratio) | over_seeds("condition", condition)
    more = all(there > here for here, there in zip(calm, restless, strict=True))
    return Verdict(
        results=results | {"flat": min(flat)},
        holds=bool(ratio.min() > 5.0) and more and min(flat) > 0.0,
    )


def _curvatures(experiment: Experiment) -> Array:
    """Return the eigenvalues of the Hessian of a linear model's data loss, (inputs,).

    The Hessian is 2/n · XᵀX of centred X, for mean squared error.
    """
    inputs = data.load(experiment).train_inputs.astype(np.float64)
    centred = inputs - inputs.mean(axis=0)  # the bias takes up the mean
    curvatures: Array = np.linalg.eigvalsh(2.0 * centred.T @ centred / len(centred))
    return np.maximum(curvatures, 0.0)  # rounding may give tiny negative ones


def no_sparsity(paths: Mapping[str, Paths]) -> Verdict:
    """Check that L2 sets no weight to zero, and that most near zero have no data gradient."""
    each = paths["adam"]
    small = [weight_share(path, near_zero(path, path.sparsity), 0.01) for path in each]
    idle = [weight_share(path, near_zero(path, path.idle_sparsity), 0.01) for path in each]
    rest = [all_of_them - without for all_of_them, without in zip(small, idle, strict=True)]
    zeros = max(weight_share(path, path.exact_zeros, 0.01) for path in each)
    results = over_seeds("small", small) | over_seeds("idle", idle) | over_seeds("rest", rest)
    for name, strength in (("silent", 0.01), ("silent_without", 0.0)):
        results |= over_seeds(name, [silent_units(path, strength) for path in each])
    return Verdict(
        results=results | {"zeros": zeros}, holds=zeros == 0.0 and max(rest) < min(small) / 3
    )


def tuning(paths: Mapping[str, Paths]) -> Verdict:
    """Check that a small λ overfits, a large one underfits, and one in between does best."""
    each = paths["adam"]
    strengths = {"none": 0.0, "little": 1e-4, "right": 0.01, "much": 0.1}
    results: dict[str, float] = {}
    for name, strength in strengths.items():
        results |= over_seeds(f"test_{name}", [test_points(path, strength) for path in each])
        results |= over_seeds(f"gap_{name}", [accuracy_gap(path, strength) for path in each])
    overfits = abs(results["test_little"] - results["test_none"]) < 2.0
    collapses = results["test_much_most"] < 15.0
    return Verdict(
        results=results,
        holds=overfits
        and collapses
        and results["gap_little_least"] > 10.0
        and results["test_right_least"] > results["test_none_most"],
    )


def needed_by_large(paths: Mapping[str, Paths]) -> Verdict:
    """Check that the gain of L2 grows with width, and with depth up to three layers."""
    gains = {name: gains_of(each) for name, each in paths.items()}
    results: dict[str, float] = {}
    for name, each in gains.items():
        results |= over_seeds(f"gain_{name}", each)
    mean = {name: np.mean(each) for name, each in gains.items()}
    widths = mean["linear"] < mean["width_16"] < mean["width_64"] < mean["width_256"]
    depths = mean["depth_1"] < mean["depth_2"] < mean["depth_3"] and (
        mean["depth_4"] < mean["depth_3"]
    )
    return Verdict(results=results, holds=bool(widths and depths and abs(mean["clean_256"]) < 1.5))


def not_decay(paths: Mapping[str, Paths]) -> Verdict:
    """Check that L2 and weight decay differ under Adam, and agree under SGD."""
    results: dict[str, float] = {}
    left: dict[str, list[float]] = {}
    for name, penalty in (
        ("adam_l2", "l2"),
        ("adam_decay", "decay"),
        ("sgd_l2", "l2"),
        ("sgd_decay", "kernel_decay"),
    ):
        twins = [path.twin(penalty) for path in paths[name.partition("_")[0]]]
        left[name] = [norm_left(path, 0.01) for path in twins]
        results |= over_seeds(f"left_{name}", left[name])
        results |= over_seeds(f"gain_{name}", gains_of(twins))
    apart = min(left["adam_decay"]) > 2 * max(left["adam_l2"])
    same = np.abs(np.array(left["sgd_l2"]) - np.array(left["sgd_decay"])).max()
    return Verdict(results=results | {"sgd_apart": float(same)}, holds=bool(apart and same < 0.5))


def val_loss(paths: Mapping[str, Paths]) -> Verdict:
    """Check that L2 raises `val_loss`, which contains the penalty, where it lowers the rest."""
    data = np.array([path.val_data_loss[:, -1] for path in paths["conv2d"]])  # (seeds, K)
    penalty = np.array([path.penalty[:, -1].sum(axis=-1) for path in paths["conv2d"]])
    with_penalty = data + penalty
    results = over_seeds("without", data[:, 0]) | over_seeds("data", data[:, 1])
    results |= over_seeds("val_loss", with_penalty[:, 1])
    rises = bool((with_penalty[:, 1] > data[:, 0]).all())
    return Verdict(results=results, holds=rises and bool(data[:, 1].mean() < data[:, 0].mean()))


def batch_norm(paths: Mapping[str, Paths]) -> Verdict:
    """Check that with BatchNorm L2 shrinks the weights, but hardly changes test accuracy."""
    results: dict[str, float] = {}
    for name, each in paths.items():
        results |= over_seeds(f"left_{name}", [norm_left(path, 0.01) for path in each])
        change = [test_points(path, 0.01) - test_points(path, 0.0) for path in each]
        results |= over_seeds(f"change_{name}", change)
    return Verdict(
        results=results,
        holds=results["left_with_most"] < 50.0
        and abs(results["change_with"]) < 3.0
        and results["change_without_least"] > 5.0,
    )


def cost(paths: Mapping[str, Paths]) -> Verdict:
    """Count the penalty's operations, for each weight of a Dense kernel and each step.

    The penalty takes a square and a sum, and for its gradient 2λ·w and a sum. Training takes a
    product and a sum in the forward pass and twice that in the backward pass for each example, and
    about twelve operations in Adam.
    """
    batch = Experiment().batch_size
    penalty, optimizer, example = 4.0, 12.0, 6.0
    training = example * batch + optimizer
    results = {
        "batch": float(batch),
        "training": training,
        "share": 100 * penalty / training,
        "share_of_one": 100 * penalty / (example + optimizer),
    }
    return Verdict(results=results, holds=results["share"] < 5.0 < results["share_of_one"])
