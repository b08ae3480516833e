"""Random trajectories of classification and regression, made with numpy without training; bits.

Their numbers are independent, so that tests notice if arrays are confused.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from typing import Any

import numpy as np

from l2viz.experiment import Experiment
from l2viz.trajectory import MEASURED, RunContext, Trajectory
from l2viz.trajectory.links import links_of

STRENGTHS = (0.0, 1e-4, 1e-3, 9e-3, 0.1)
BINS = 9
SAMPLED = 12  # sampled weights of all kernels together
THRESHOLDS = 7
GRID = 11
LABELS = ("wrong_labels_learnt", "true_labels_right")
UNITS = 11  # pictured: not a multiple of a mosaic's columns
IMAGE = (8, 8)


def curve(*, seed: int = 0, **settings: Any) -> Trajectory:
    """Return a regression: fitted curves, no accuracies."""
    defaults = {"hidden": (6, 5), "epochs": 45, "record_every": 10, "strengths": STRENGTHS}
    experiment = Experiment(dataset="curve", **(defaults | settings))
    generator = np.random.default_rng(seed)
    context = dataclasses.replace(
        _context(experiment, generator),
        train_points=generator.normal(size=(15, 2)).astype(np.float32),
        grid_inputs=np.linspace(-1, 1, GRID).astype(np.float32),
        grid_truth=generator.normal(size=GRID).astype(np.float32),
    )
    return _trajectory(context, generator, grid_predictions=(GRID,))


def digits(
    *, seed: int = 0, picture_epochs: tuple[int, ...] | None = None, **settings: Any
) -> Trajectory:
    """Return a classification of images: accuracies, and unit pictures at all or some epochs."""
    defaults = {"hidden": (UNITS, 5), "epochs": 6, "record_every": 1, "strengths": STRENGTHS}
    experiment = Experiment(**(defaults | {"dataset": "digits"} | settings))
    generator = np.random.default_rng(seed)
    context = dataclasses.replace(
        _context(experiment, generator), picture_epochs=picture_epochs or experiment.recorded_epochs
    )
    trajectory = _trajectory(
        context, generator, unit_pictures=(UNITS, *IMAGE), dummy_probabilities=(10,)
    )
    shape = trajectory.val_data_loss.shape
    accuracies = {
        f"{part}_accuracy": (generator.integers(0, 101, shape) / 100).astype(np.float32)
        for part in ("train", "val", "test")
    }
    if experiment.label_noise:
        wrong = {name: generator.random(shape).astype(np.float32) for name in LABELS}
        context = dataclasses.replace(trajectory.context, wrong_labels=83)
        trajectory = dataclasses.replace(trajectory, context=context, **wrong)
    return dataclasses.replace(trajectory, **accuracies)


def plane(*, seed: int = 0, **settings: Any) -> Trajectory:
    """Return a classification of points in a plane, with its boundary."""
    trajectory = digits(seed=seed, **settings)
    generator = np.random.default_rng(seed)
    shape = trajectory.exact_zeros.shape[:-1]
    points = np.column_stack([generator.normal(size=(15, 2)), generator.integers(0, 2, 15)])
    return dataclasses.replace(
        trajectory,
        context=dataclasses.replace(
            trajectory.context,
            picture_epochs=(),
            train_points=points,
            grid_extent=(-2.0, 2.0, -1.0, 3.0),
        ),
        unit_pictures=None,
        boundary=generator.integers(0, 256, (*shape, 7, 5), dtype=np.uint8),
        unit_answers=generator.integers(-127, 128, (*shape, 15, 4, 3), dtype=np.int8),
    )


def linear(*, seed: int = 0, **settings: Any) -> Trajectory:
    """Return a linear regression of many inputs, two of which matter."""
    defaults = {"hidden": (), "epochs": 45, "record_every": 10, "strengths": STRENGTHS}
    experiment = Experiment(dataset="linear", **(defaults | settings))
    generator = np.random.default_rng(seed)
    context = _context(experiment, generator)
    true_kernel = np.zeros(experiment.kernel_shapes[0][0])
    true_kernel[context.sampled_index[[3, 7]]] = 1.0, -1.0
    return _trajectory(dataclasses.replace(context, true_kernel=true_kernel), generator)


def bits(trajectory: Trajectory) -> str:
    """Return a digest of every number of a run."""
    digest = hashlib.sha256()
    arrays = [getattr(trajectory, name) for name in MEASURED] + list(trajectory.kernels)
    for array in arrays:
        digest.update(b"none" if array is None else array.tobytes())
    return digest.hexdigest()


def part(trajectory: Trajectory, first: int, stop: int) -> Trajectory:
    """Return the part with snapshots `first` to `stop`; kernels are in the last part."""
    kernels = trajectory.kernels if stop >= len(trajectory.epochs) else ()
    return Trajectory.of(trajectory.context, trajectory.snapshots()[first:stop], kernels)


def _context(experiment: Experiment, generator: np.random.Generator) -> RunContext:
    shapes = experiment.kernel_shapes
    sizes = tuple(math.prod(shape) for shape in shapes)
    edges = [np.linspace(-reach, reach, BINS + 1) for reach in generator.uniform(1, 2, len(sizes))]
    sampled = [np.sort(generator.permutation(size)[: SAMPLED // len(sizes)]) for size in sizes]
    return RunContext(
        trained=experiment,
        layer_names=experiment.kernel_names,
        kernel_shapes=shapes,
        bin_edges=np.stack(edges),
        thresholds=10.0 ** np.linspace(-8, 0, THRESHOLDS),
        sampled_layer=np.repeat(np.arange(len(sizes)), [len(each) for each in sampled]),
        sampled_index=np.concatenate(sampled),
        test_examples=397,
        gradient_examples=15,
        constant_loss=0.7,
        threads=1,
        versions={"keras": "3.15.1", "tensorflow": "2.21.0"},
    )


def _trajectory(
    context: RunContext, generator: np.random.Generator, **more: tuple[int, ...]
) -> Trajectory:
    experiment = context.experiment
    epochs = np.array(experiment.recorded_epochs)
    layers = len(context.layer_names)
    members = len(experiment.strengths)
    twins, repeats = len(experiment.penalties), experiment.repeats
    summary: tuple[int, ...] = (members, len(epochs))
    detail, kernel = summary, (members,)
    if experiment.leading_axes:
        summary, detail = (twins, repeats, *summary), (twins, 1, *summary)
        kernel = (twins, 1, members)

    def positive(*shape: int) -> np.ndarray:
        return np.exp(generator.normal(size=shape)).astype(experiment.dtype)

    def signed(*shape: int) -> np.ndarray:
        return generator.normal(size=shape).astype(experiment.dtype)

    def shares(*shape: int) -> np.ndarray:
        return np.sort(generator.random(shape)).astype(np.float32)

    measured = {
        name: signed(*(summary if name == "grid_predictions" else detail), *shape)
        for name, shape in more.items()
    }
    if "unit_pictures" in measured:
        *before, _, units, height, width = measured["unit_pictures"].shape
        shape = (*before, len(context.picture_epochs), units, height, width)
        measured["unit_pictures"] = generator.integers(-127, 128, shape, dtype=np.int8)
    if "dummy_probabilities" in measured:
        answers = np.exp(measured["dummy_probabilities"])
        measured["dummy_probabilities"] = answers / answers.sum(axis=-1, keepdims=True)
    links = links_of(experiment)
    if links is not None:
        linked = (*detail, len(links.index))
        measured |= {"link_weights": signed(*linked), "link_gradients": signed(*linked)}
    followed = len(context.sampled_layer)
    gradients = signed(*detail, followed)
    gradients[..., 0] = 0.0  # an idle weight, the only sampled one of its input
    units = (*summary, len(experiment.hidden))
    if experiment.model == "dense" and experiment.hidden:
        counted = ("faded_units", *(["dead_units"] if experiment.activation == "relu" else []))
        for name in counted:
            measured[name] = generator.integers(0, 6, units).astype(np.float32)
    penalized = (np.array(experiment.strengths) > 0)[:, None, None]
    return Trajectory(
        context=context,
        strengths=np.array(experiment.strengths),
        epochs=epochs,
        train_data_loss=positive(*summary),
        val_data_loss=positive(*summary),
        test_data_loss=positive(*summary),
        penalty=positive(*summary, layers) * penalized,
        kernel_norm=positive(*summary, layers),
        histogram=generator.integers(0, 30, (*detail, layers, BINS), dtype=np.int32),
        sampled_weights=signed(*detail, followed),
        sampled_gradients=gradients,
        data_gradient_norm=positive(*summary, layers),
        gradient_angle=180.0 * shares(*summary, layers),
        sparsity=shares(*detail, layers, THRESHOLDS),
        idle_sparsity=shares(*detail, layers, THRESHOLDS),
        exact_zeros=shares(*detail, layers),
        unit_norm=positive(*detail, experiment.layers[0].units),
        sampled_velocity=positive(*detail, followed),
        kernels=tuple(
            generator.normal(size=(*kernel, *shape)).astype(experiment.dtype)
            for shape in experiment.kernel_shapes
        ),
        **measured,
    )
