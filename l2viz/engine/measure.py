"""The stacked weights of a path -> Snapshot, in one traced call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from l2viz.data import Dataset
from l2viz.engine import evaluation, weight_statistics
from l2viz.engine.evaluation import PARTS, Examples
from l2viz.engine.members import MemberTable
from l2viz.engine.path_program import PathProgram
from l2viz.engine.run_context import picture_shape
from l2viz.engine.stacked_model import Weights
from l2viz.experiment.penalties import PENALTIES, PenaltyFacts
from l2viz.trajectory import SUMMARIES, Array, RunContext, Snapshot
from l2viz.trajectory.pictures import picture_levels


class Measuring:
    """Measures the weights of a program on the data of one experiment, at any epoch."""

    def __init__(
        self, program: PathProgram, datasets: Sequence[Dataset], context: RunContext
    ) -> None:
        self._program = program
        self._context = context
        experiment = context.experiment
        table = MemberTable.of(experiment)
        self._cells, self._first_cells = table.measured_cells
        dtype = experiment.dtype
        size = context.gradient_examples
        layers = range(len(context.layer_names))
        first = datasets[0]
        grid = first.train_inputs[:0] if first.grid_inputs is None else first.grid_inputs
        generator = np.random.default_rng(experiment.seed)
        pixels = generator.random((1, 1, first.train_inputs.shape[1]))
        inputs, targets = (_joined(datasets, kind) for kind in ("inputs", "targets"))
        counts = [len(getattr(first, f"{part}_targets")) for part in PARTS]
        self._arguments = (
            (tf.constant(inputs), tf.constant(targets)),
            tf.constant(counts, tf.int32),
            (tf.constant(inputs[:, :size]), tf.constant(targets[:, :size])),
            tf.constant(grid[None]),
            tf.constant(pixels, dtype),
            tf.constant(context.bin_edges[:, [0, -1]], dtype),
            tf.constant(context.thresholds, dtype),
            [tf.constant(context.sampled_index[context.sampled_layer == i]) for i in layers],
        )

    def snapshot(self, epoch: int) -> Snapshot:
        """Return the measurements of the weights as they are now."""
        measured, angles = self._program.traced("measure", _measure, *self._arguments)
        arrays: dict[str, Any] = {}
        for name, tensor in measured.items():
            cells = self._cells if name in SUMMARIES else self._first_cells
            arrays[name] = tensor.numpy()[cells]
        arrays["gradient_angle"] = self._angles(angles)
        arrays["unit_pictures"] = self._pictures(epoch)
        return Snapshot(epoch=epoch, **arrays)

    def _angles(self, angles: dict[str, tf.Tensor]) -> Array:
        """Return Measured.gradient_angle: of each cell, the angle with its own penalty."""
        by_twin = self._cells if self._cells.ndim > 1 else self._cells[None]
        layers = len(self._context.layer_names)
        found = np.full((*by_twin.shape, layers), np.nan, self._context.experiment.dtype)
        for twin, penalty in enumerate(self._context.experiment.penalties):
            direction = _direction(PENALTIES[penalty])
            if direction:
                found[twin] = angles[direction].numpy()[by_twin[twin]]
        return found.reshape(*self._cells.shape, layers)

    def _pictures(self, epoch: int) -> Array | None:
        """Return Measured.unit_pictures, int8; None at an epoch without pictures."""
        if epoch not in self._context.picture_epochs:
            return None
        shape = picture_shape(self._context.experiment)
        assert shape is not None
        kernels = self._program.model.values[self._program.model.kernel_positions[0]]
        kernel = kernels.numpy()[self._first_cells][..., : shape[0]]
        levels = picture_levels(kernel, self._context.picture_limit)
        return np.moveaxis(levels, -1, self._first_cells.ndim).reshape(
            *self._first_cells.shape, *shape
        )


def _measure(
    program: PathProgram,
    examples: Examples,  # train, validation, test, in this order
    counts: tf.Tensor,  # (3,) of examples
    gradient_examples: Examples,
    grid: tf.Tensor,  # (1, P, inputs), P may be 0
    pixels: tf.Tensor,  # (1, 1, inputs): a dummy input
    reach: tf.Tensor,  # (L, 2) lowest and highest bin edge
    thresholds: tf.Tensor,  # (T,)
    sampled: list[tf.Tensor],  # positions in each flattened kernel
) -> tuple[dict[str, tf.Tensor], dict[str, tf.Tensor]]:
    """Return the arrays of Measured but angles and pictures, (M, ...), and angles by direction."""
    model = program.model
    values = model.values
    kernels = [_flat(values[position]) for position in model.kernel_positions]
    gradients = [_flat(g) for g in evaluation.data_gradients(model, values, gradient_examples)]
    norm = tf.stack([tf.norm(w, axis=1) for w in kernels], axis=1)
    gradient_norm = tf.stack([tf.norm(g, axis=1) for g in gradients], axis=1)
    measured = evaluation.scores(model, values, examples, counts)
    measured |= evaluation.predictions(model, values, grid, pixels)
    measured |= {
        "penalty": program.penalties(values),
        "kernel_norm": norm,
        "data_gradient_norm": gradient_norm,
    }
    if any(position is not None for position in model.bias_positions):
        measured["bias_penalty"] = _bias_penalties(program, values)
    rows = model.first_rows
    first = [kernel[:rows] for kernel in kernels]
    first_gradients = [gradient[:rows] for gradient in gradients]
    details = _details(
        program, values[0][:rows], first, first_gradients, reach, thresholds, sampled
    )
    angles = {
        name: _angle([_DIRECTIONS[name](w) for w in kernels], gradients, gradient_norm)
        for name in _directions(program.structure.terms)
    }
    return measured | details, angles


# What a penalty's gradient is parallel to, whatever its strength. Programs are shared by
# experiments whose terms are equal, so every combination of the terms is measured.
_DIRECTIONS: dict[str, Callable[[tf.Tensor], tf.Tensor]] = {
    "squares": lambda kernel: kernel,
    "magnitudes": tf.sign,
    "both": lambda kernel: 2.0 * kernel + tf.sign(kernel),
}


def _directions(terms: Collection[str]) -> list[str]:
    """Return the names of the directions that members with these terms may have."""
    own = [term for term in ("squares", "magnitudes") if term in terms]
    return [*own, "both"] if len(own) == 2 else own


def _direction(facts: PenaltyFacts) -> str:
    """Return the name of a penalty's direction; "" for a penalty that is not in the loss."""
    found = _directions([term for term in ("squares", "magnitudes") if getattr(facts, term)])
    return found[-1] if found else ""


def _angle(directions: Weights, gradients: Weights, gradient_norm: tf.Tensor) -> tf.Tensor:
    """Return the degrees between each direction and its kernel's gradient, (M, L)."""
    norm = tf.stack([tf.norm(each, axis=1) for each in directions], axis=1)
    inner = [tf.reduce_sum(d * g, axis=1) for d, g in zip(directions, gradients, strict=True)]
    cosine = tf.math.divide_no_nan(tf.stack(inner, axis=1), norm * gradient_norm)
    return tf.acos(tf.clip_by_value(cosine, -1.0, 1.0)) * (180.0 / np.pi)


def _bias_penalties(program: PathProgram, values: Weights) -> tf.Tensor:
    """Return the penalties of the biases, (M, L): the penalties with all kernels zero."""
    kernels = set(program.model.kernel_positions)
    return program.penalties(
        [tf.zeros_like(each) if i in kernels else each for i, each in enumerate(values)]
    )


def _details(
    program: PathProgram,
    first_kernel: tf.Tensor,  # of the first layer, of the rows of the first repeat
    kernels: Weights,  # (M, size) each
    gradients: Weights,
    reach: tf.Tensor,
    thresholds: tf.Tensor,
    sampled: list[tf.Tensor],
) -> dict[str, tf.Tensor]:
    """Return the details of Measured for the rows of the first repeat."""
    counted = [
        weight_statistics.sparsity(kernel, gradient, thresholds)
        for kernel, gradient in zip(kernels, gradients, strict=True)
    ]
    details = {
        "histogram": tf.stack(
            [
                weight_statistics.histogram(w, reach[i, 0], reach[i, 1])
                for i, w in enumerate(kernels)
            ],
            axis=1,
        ),
        "sparsity": tf.stack([each[0] for each in counted], axis=1),
        "idle_sparsity": tf.stack([each[1] for each in counted], axis=1),
        "exact_zeros": tf.stack([weight_statistics.exact_zeros(w) for w in kernels], axis=1),
        "unit_norm": weight_statistics.unit_norm(first_kernel),
        "sampled_weights": weight_statistics.sampled(kernels, sampled),
        "sampled_gradients": weight_statistics.sampled(gradients, sampled),
    }
    slots = program.optimizer.slots
    if "velocity" in slots:
        velocities = program.model.split(slots["velocity"])
        flat = [
            _flat(velocities[i])[: program.model.first_rows] for i in program.model.kernel_positions
        ]
        details["sampled_velocity"] = tf.sqrt(weight_statistics.sampled(flat, sampled))
    return details


def _joined(datasets: Sequence[Dataset], kind: str) -> Array:
    """Return train, validation and test examples of each repeat in one array, (R, N, ...)."""
    return np.stack(
        [np.concatenate([getattr(each, f"{part}_{kind}") for part in PARTS]) for each in datasets]
    )


def _flat(stacked: tf.Tensor) -> tf.Tensor:
    """Return (M, weights) of (M, *kernel shape)."""
    return tf.reshape(stacked, (stacked.shape[0], -1))
