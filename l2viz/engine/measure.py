"""The stacked weights of a shard -> the arrays of a Snapshot for its rows, in one traced call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from l2viz.data import Dataset
from l2viz.engine import evaluation, weight_statistics
from l2viz.engine.evaluation import PARTS, Examples
from l2viz.engine.path_program import PathProgram
from l2viz.engine.run_context import picture_shape
from l2viz.engine.stacked_rows import Weights
from l2viz.path import Shard
from l2viz.path.joining import ANGLES, RowArrays, directions
from l2viz.trajectory import PICTURES, Array, RunContext
from l2viz.trajectory.links import links_of
from l2viz.trajectory.pictures import picture_levels

LABELS = ("wrong_labels_learnt", "true_labels_right")  # measured, but kept only where labels differ


class Measuring:
    """Measures the shards of one repeat, on its data: details too, if it is the first."""

    def __init__(
        self, program: PathProgram, dataset: Dataset, context: RunContext, *, details: bool
    ) -> None:
        self._program = program
        self._context = context
        self._details = details
        dtype = context.experiment.dtype
        size = context.gradient_examples
        layers = range(len(context.layer_names))
        grid = dataset.train_inputs[:0] if dataset.grid_inputs is None else dataset.grid_inputs
        generator = np.random.default_rng(context.experiment.seed)
        pixels = generator.random((1, dataset.train_inputs.shape[1]))
        inputs, targets = (_joined(dataset, kind) for kind in ("inputs", "targets"))
        counts = [len(getattr(dataset, f"{part}_targets")) for part in PARTS]
        self._arguments = (
            (tf.constant(inputs), tf.constant(targets)),
            tf.constant(counts, tf.int32),
            tf.constant(_true_targets(dataset)),
            (tf.constant(inputs[:size]), tf.constant(targets[:size])),
            tf.constant(grid),
            tf.constant(pixels, dtype),
            tf.constant(context.bin_edges[:, [0, -1]], dtype),
            tf.constant(context.thresholds, dtype),
            [tf.constant(context.sampled_index[context.sampled_layer == i]) for i in layers],
            _linked(context),
        )
        examples, counted, true, some, *others = tf.nest.map_structure(_signature, self._arguments)
        of_any_number = tf.nest.map_structure(_of_any_number, (examples, true, some))
        self._signature = (of_any_number[0], counted, *of_any_number[1:], *others)

    def measure(self, shard: Shard, epoch: int) -> RowArrays:
        """Return the measurements of the weights as they are now."""
        function = _measure_all if self._details else _measure_summaries
        measured = self._program.traced(function, self._signature, *self._arguments)
        count = len(shard.rows)
        unknown = () if self._context.experiment.label_noise else LABELS
        arrays = {
            name: tensor.numpy()[:count] for name, tensor in measured.items() if name not in unknown
        }
        if self._details and epoch in self._context.picture_epochs:
            arrays[PICTURES] = self._pictures(count)
        return RowArrays(rows=shard.rows, arrays=arrays)

    def _pictures(self, count: int) -> Array:
        """Return Measured.unit_pictures of the first rows, int8."""
        shape = picture_shape(self._context.experiment)
        assert shape is not None
        kernel = self._program.model.kernel(0)[:count, ..., : shape[0]]
        levels = picture_levels(kernel, self._context.picture_limit)
        return np.moveaxis(levels, -1, 1).reshape(count, *shape)


def _measure_all(program: PathProgram, *arguments: Any) -> dict[str, tf.Tensor]:
    return _measure(program, *arguments, details=True)


def _measure_summaries(program: PathProgram, *arguments: Any) -> dict[str, tf.Tensor]:
    return _measure(program, *arguments, details=False)


def _measure(
    program: PathProgram,
    examples: Examples,  # train, validation, test, in this order
    counts: tf.Tensor,  # (3,) of examples
    true_targets: tf.Tensor,  # of the training examples; empty for regression
    gradient_examples: Examples,
    grid: tf.Tensor,  # (P, inputs), P may be 0
    pixels: tf.Tensor,  # (1, inputs): a dummy input
    reach: tf.Tensor,  # (L, 2) lowest and highest bin edge
    thresholds: tf.Tensor,  # (T,)
    sampled: list[tf.Tensor],  # positions in each flattened kernel
    linked: list[tf.Tensor],  # those of the drawn links; empty where none are drawn
    *,
    details: bool,
) -> dict[str, tf.Tensor]:
    """Return the arrays of Measured but pictures, (S, ...), with angles by direction."""
    model = program.model
    values = model.values
    kernels = [_flat(values[position]) for position in model.kernel_positions]
    gradients = [_flat(g) for g in evaluation.data_gradients(model, values, gradient_examples)]
    norm = tf.stack([tf.norm(w, axis=1) for w in kernels], axis=1)
    gradient_norm = tf.stack([tf.norm(g, axis=1) for g in gradients], axis=1)
    measured = evaluation.scores(model, values, examples, counts, true_targets)
    if model.hidden_positions:
        hidden = [values[position] for position in model.hidden_positions]
        measured["faded_units"] = weight_statistics.faded_units(hidden)
        measured |= evaluation.dead_units(model, values, examples[0][: counts[0]])
    measured |= evaluation.predictions(model, values, grid, pixels, details=details)
    measured |= {
        "penalty": program.penalties(values),
        "kernel_norm": norm,
        "data_gradient_norm": gradient_norm,
    }
    if any(position is not None for position in model.bias_positions):
        measured["bias_penalty"] = _bias_penalties(program, values)
    measured |= {
        f"{ANGLES}{name}": _angle([_DIRECTIONS[name](w) for w in kernels], gradients, gradient_norm)
        for name in directions(program.structure.terms)
    }
    if details:
        measured |= _details(program, values[0], kernels, gradients, reach, thresholds, sampled)
        if linked:
            measured["link_weights"] = weight_statistics.sampled(kernels, linked)
            measured["link_gradients"] = weight_statistics.sampled(gradients, linked)
            measured |= evaluation.unit_answers(model, values, grid)
    return measured


# What the gradient of a penalty is parallel to, by the names of l2viz.path.joining. Programs are
# shared by experiments whose terms are equal, so every combination of the terms is measured.
_DIRECTIONS: dict[str, Callable[[tf.Tensor], tf.Tensor]] = {
    "squares": lambda kernel: kernel,
    "magnitudes": tf.sign,
    "both": lambda kernel: 2.0 * kernel + tf.sign(kernel),
}


def _angle(along: Weights, gradients: Weights, gradient_norm: tf.Tensor) -> tf.Tensor:
    """Return the degrees between each direction and its kernel's gradient, (S, L)."""
    norm = tf.stack([tf.norm(each, axis=1) for each in along], axis=1)
    inner = [tf.reduce_sum(d * g, axis=1) for d, g in zip(along, gradients, strict=True)]
    cosine = tf.math.divide_no_nan(tf.stack(inner, axis=1), norm * gradient_norm)
    return tf.acos(tf.clip_by_value(cosine, -1.0, 1.0)) * (180.0 / np.pi)


def _bias_penalties(program: PathProgram, values: Weights) -> tf.Tensor:
    """Return the penalties of the biases, (S, L): the penalties with all kernels zero."""
    kernels = set(program.model.kernel_positions)
    return program.penalties(
        [tf.zeros_like(each) if i in kernels else each for i, each in enumerate(values)]
    )


def _details(
    program: PathProgram,
    first_kernel: tf.Tensor,  # of the first layer
    kernels: Weights,  # (S, size) each
    gradients: Weights,
    reach: tf.Tensor,
    thresholds: tf.Tensor,
    sampled: list[tf.Tensor],
) -> dict[str, tf.Tensor]:
    """Return the details of Measured."""
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
        flat = [_flat(velocities[i]) for i in program.model.kernel_positions]
        details["sampled_velocity"] = tf.sqrt(weight_statistics.sampled(flat, sampled))
    return details


def _linked(context: RunContext) -> list[tf.Tensor]:
    """Return the positions of the drawn links in each flattened kernel; [] where none are drawn."""
    links = links_of(context.experiment)
    if links is None:
        return []
    layers = range(len(context.layer_names))
    return [tf.constant(links.index[links.kernel == layer]) for layer in layers]


def _true_targets(dataset: Dataset) -> Array:
    """Return the training labels before any was re-drawn, int32; empty for regression."""
    none: Array = np.zeros(0, dtype=np.int32)
    return none if dataset.true_targets is None else dataset.true_targets


def _joined(dataset: Dataset, kind: str) -> Array:
    """Return train, validation and test examples in one array, (N, ...)."""
    return np.concatenate([getattr(dataset, f"{part}_{kind}") for part in PARTS])


def _signature(tensor: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec(tensor.shape, tensor.dtype)


def _of_any_number(examples: tf.TensorSpec) -> tf.TensorSpec:
    return tf.TensorSpec((None, *examples.shape[1:]), examples.dtype)


def _flat(stacked: tf.Tensor) -> tf.Tensor:
    """Return (S, weights) of (S, *kernel shape)."""
    return tf.reshape(stacked, (stacked.shape[0], -1))
