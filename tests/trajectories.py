"""Trajectories of both kinds, drawn at random with numpy: no training, no Keras.

Their figures follow no law, so that an array taken for another is noticed.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from l2viz.experiment import Experiment
from l2viz.trajectory import MEASURED, RunContext, Snapshot, Trajectory

STRENGTHS = (0.0, 1e-4, 1e-3, 9e-3, 0.1)
BINS = 9
SAMPLED = 12
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
    context = dataclasses.replace(_context(experiment, generator), image_shape=IMAGE)
    trajectory = _trajectory(context, generator, unit_pictures=(UNITS, *IMAGE))
    shape = trajectory.val_data_loss.shape
    accuracies = {
        f"{part}_accuracy": (generator.integers(0, 101, shape) / 100).astype(np.float32)
        for part in ("train", "val", "test")
    }
    return dataclasses.replace(trajectory, **accuracies)


def snapshots(trajectory: Trajectory) -> list[Snapshot]:
    """The snapshots that a trajectory was made of."""
    measured = {name: getattr(trajectory, name) for name in MEASURED}
    present = {name: array for name, array in measured.items() if array is not None}
    return [
        Snapshot(epoch=int(epoch), **{name: array[:, i] for name, array in present.items()})
        for i, epoch in enumerate(trajectory.epochs)
    ]


def part(trajectory: Trajectory, first: int, stop: int) -> Trajectory:
    """Its snapshots from number `first` up to `stop`."""
    return Trajectory.of(trajectory.context, snapshots(trajectory)[first:stop])


def _context(experiment: Experiment, generator: np.random.Generator) -> RunContext:
    shapes = [experiment.kernel_shapes[layer] for layer in experiment.regularized_layers]
    sizes = tuple(inputs * units for inputs, units in shapes)
    edges = [np.linspace(-reach, reach, BINS + 1) for reach in generator.uniform(1, 2, len(sizes))]
    return RunContext(
        experiment=experiment,
        layer_names=tuple(f"dense_{layer + 1}" for layer in experiment.regularized_layers),
        kernel_sizes=sizes,
        bin_edges=np.stack(edges),
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

    counts = generator.integers(0, 30, (members, len(epochs), layers, BINS), dtype=np.int32)
    shapes = [experiment.kernel_shapes[layer] for layer in experiment.regularized_layers]
    measured = {name: signed(*shape) for name, shape in more.items()}
    if "unit_pictures" in measured:
        measured["unit_pictures"] = measured["unit_pictures"].astype(np.float16)
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
        kernels=tuple(
            generator.normal(size=(members, *shape)).astype(experiment.dtype) for shape in shapes
        ),
        **measured,
    )
