"""Trajectories of both kinds, drawn at random with numpy: no training, no Keras.

Their figures follow no law, so that an array taken for another is noticed.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from l2viz.experiment import Experiment
from l2viz.trajectory import RunContext, Trajectory

STRENGTHS = (0.0, 1e-4, 1e-3, 9e-3, 0.1)
BINS = 9
SAMPLED = 12
THRESHOLDS = 7
GRID = 11
UNITS = 11  # pictured: not a multiple of a mosaic's columns
IMAGE = (8, 8)


def curve(*, seed: int = 0, **settings: Any) -> Trajectory:
    """A regression: fitted curves, no accuracies."""
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


def digits(*, seed: int = 0, **settings: Any) -> Trajectory:
    """A classification of images: accuracies and pictures of units."""
    defaults = {"hidden": (UNITS, 5), "epochs": 6, "record_every": 1, "strengths": STRENGTHS}
    experiment = Experiment(dataset="digits", **(defaults | settings))
    generator = np.random.default_rng(seed)
    context = dataclasses.replace(
        _context(experiment, generator), picture_epochs=experiment.recorded_epochs
    )
    trajectory = _trajectory(context, generator, unit_pictures=(UNITS, *IMAGE))
    shape = trajectory.val_data_loss.shape
    accuracies = {
        f"{part}_accuracy": (generator.integers(0, 101, shape) / 100).astype(np.float32)
        for part in ("train", "val", "test")
    }
    return dataclasses.replace(trajectory, **accuracies)


def part(trajectory: Trajectory, first: int, stop: int) -> Trajectory:
    """Its snapshots from number `first` up to `stop`."""
    return Trajectory.of(trajectory.context, trajectory.snapshots()[first:stop])


def _context(experiment: Experiment, generator: np.random.Generator) -> RunContext:
    shapes = experiment.kernel_shapes
    sizes = tuple(math.prod(shape) for shape in shapes)
    edges = [np.linspace(-reach, reach, BINS + 1) for reach in generator.uniform(1, 2, len(sizes))]
    return RunContext(
        experiment=experiment,
        layer_names=experiment.kernel_names,
        kernel_shapes=shapes,
        parameter_count=experiment.parameter_count,
        bin_edges=np.stack(edges),
        thresholds=10.0 ** np.linspace(-8, 0, THRESHOLDS),
        sampled_layer=np.sort(generator.integers(0, len(sizes), SAMPLED)),
        sampled_index=generator.integers(0, min(sizes), SAMPLED),
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

    def positive(*shape: int) -> np.ndarray:
        values = np.exp(generator.normal(size=(members, len(epochs), *shape)))
        return values.astype(experiment.dtype)

    def signed(*shape: int) -> np.ndarray:
        return generator.normal(size=(members, len(epochs), *shape)).astype(experiment.dtype)

    def shares(*shape: int) -> np.ndarray:
        return generator.random((members, len(epochs), *shape)).astype(np.float32)

    counts = generator.integers(0, 30, (members, len(epochs), layers, BINS), dtype=np.int32)
    measured = {name: signed(*shape) for name, shape in more.items()}
    if "unit_pictures" in measured:
        shape = measured["unit_pictures"].shape
        measured["unit_pictures"] = generator.integers(-127, 128, shape, dtype=np.int8)
    return Trajectory(
        context=context,
        strengths=np.array(experiment.strengths),
        epochs=epochs,
        train_data_loss=positive(),
        val_data_loss=positive(),
        test_data_loss=positive(),
        penalty=positive(layers) * (np.array(experiment.strengths) > 0)[:, None, None],
        kernel_norm=positive(layers),
        histogram=counts,
        sampled_weights=signed(SAMPLED),
        sampled_gradients=signed(SAMPLED),
        data_gradient_norm=positive(layers),
        gradient_angle=positive(layers),
        sparsity=np.sort(shares(layers, THRESHOLDS)),
        idle_sparsity=np.sort(shares(layers, THRESHOLDS)),
        exact_zeros=shares(layers),
        unit_norm=positive(experiment.layers[0].units),
        sampled_velocity=positive(SAMPLED),
        kernels=tuple(
            generator.normal(size=(members, *shape)).astype(experiment.dtype)
            for shape in experiment.kernel_shapes
        ),
        **measured,
    )
