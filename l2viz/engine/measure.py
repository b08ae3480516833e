"""The stacked weights of a path -> Snapshot, in one traced call."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from l2viz.data import BOUNDARY_SIDE, Dataset
from l2viz.engine.members import MemberTable
from l2viz.engine.run_context import BINS, picture_shape
from l2viz.engine.stacked_model import PathProgram, Weights
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.trajectory import SUMMARIES, Array, RunContext, Snapshot
from l2viz.trajectory.pictures import picture_levels

NORMED_UNITS = 64

PARTS = ("train", "val", "test")
EXAMPLES_PER_CHUNK = 64  # of a convolutional network, whose windows would leave the cache

Examples = tuple[tf.Tensor, tf.Tensor]  # inputs (R, N, features), targets (R, N, ...)


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
        measured = self._program.traced("measure", _measure, *self._arguments)
        arrays: dict[str, Any] = {}
        for name, tensor in measured.items():
            cells = self._cells if name in SUMMARIES else self._first_cells
            arrays[name] = tensor.numpy()[cells]
        arrays["unit_pictures"] = self._pictures(epoch)
        return Snapshot(epoch=epoch, **arrays)

    def _pictures(self, epoch: int) -> Array | None:
        """Return Measured.unit_pictures, int8; None at an epoch without pictures."""
        if epoch not in self._context.picture_epochs:
            return None
        shape = picture_shape(self._context.experiment)
        assert shape is not None
        kernels = self._program.values[self._program.kernel_positions[0]]
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
) -> dict[str, tf.Tensor]:
    """Return each array of Measured but the pictures, with a row for each network, (M, ...)."""
    values = program.values
    kernels = [_flat(values[position]) for position in program.kernel_positions]
    gradients = [_flat(g) for g in _data_gradients(program, values, gradient_examples)]
    norm = tf.stack([tf.norm(w, axis=1) for w in kernels], axis=1)
    gradient_norm = tf.stack([tf.norm(g, axis=1) for g in gradients], axis=1)
    inner = [tf.reduce_sum(w * g, axis=1) for w, g in zip(kernels, gradients, strict=True)]
    cosine = tf.math.divide_no_nan(tf.stack(inner, axis=1), norm * gradient_norm)
    measured = _scores(program, values, examples, counts)
    measured |= _predictions(program, values, grid, pixels)
    measured |= {
        "penalty": program.penalties(values),
        "kernel_norm": norm,
        "data_gradient_norm": gradient_norm,
        "gradient_angle": tf.acos(tf.clip_by_value(cosine, -1.0, 1.0)) * (180.0 / np.pi),
    }
    if any(position is not None for position in program.bias_positions):
        measured["bias_penalty"] = _bias_penalties(program, values)
    rows = program.first_rows
    first = [kernel[:rows] for kernel in kernels]
    first_gradients = [gradient[:rows] for gradient in gradients]
    return measured | _details(
        program, values[0][:rows], first, first_gradients, reach, thresholds, sampled
    )


def _bias_penalties(program: PathProgram, values: Weights) -> tf.Tensor:
    """Return the penalties of the biases, (M, L): the penalties with all kernels zero."""
    kernels = set(program.kernel_positions)
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
        _within(kernel, gradient, thresholds)
        for kernel, gradient in zip(kernels, gradients, strict=True)
    ]
    details = {
        "histogram": tf.stack(
            [_histogram(w, reach[i, 0], reach[i, 1]) for i, w in enumerate(kernels)], axis=1
        ),
        "sparsity": tf.stack([each[0] for each in counted], axis=1),
        "idle_sparsity": tf.stack([each[1] for each in counted], axis=1),
        "exact_zeros": tf.stack([_share(w == 0.0) for w in kernels], axis=1),
        "unit_norm": _unit_norm(first_kernel),
        "sampled_weights": _sampled(kernels, sampled),
        "sampled_gradients": _sampled(gradients, sampled),
    }
    slots = program.optimizer.slots
    if "velocity" in slots:
        velocities = program.split(slots["velocity"])
        flat = [_flat(velocities[i])[: program.first_rows] for i in program.kernel_positions]
        details["sampled_velocity"] = tf.sqrt(_sampled(flat, sampled))
    return details


def _scores(
    program: PathProgram, values: Weights, examples: Examples, counts: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Return data loss and, for classification, accuracy on train, val and test, (M,) each."""
    evaluate = _evaluate_in_chunks if program.structure.convolutional else _evaluate_by_row
    scores = {}
    for name, of_examples in evaluate(program, values, *examples).items():
        parts = tf.split(of_examples, counts, axis=1, num=len(PARTS))
        for part, of_part in zip(PARTS, parts, strict=True):
            scores[f"{part}_{name}"] = tf.reduce_mean(of_part, axis=1)
    return scores


def _evaluate_by_row(
    program: PathProgram, values: Weights, inputs: tf.Tensor, targets: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Evaluate one row after the other, as its activations fit the cache: (M, N) of `_evaluate`."""
    repeats = tf.range(program.structure.rows) // program.first_rows
    scores: dict[str, tf.Tensor] = program.loop_members(
        lambda repeat, weights, state: _evaluate(
            program, inputs[repeat], weights, state, targets[repeat]
        ),
        {name: tf.TensorSpec((None,), dtype) for name, dtype in _score_types(program).items()},
        repeats,
        values,
        program.state,
    )
    return scores


def _evaluate_in_chunks(
    program: PathProgram, values: Weights, inputs: tf.Tensor, targets: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Evaluate all rows at once, on a chunk of examples at a time: (M, N) of `_evaluate`."""
    count, state = tf.shape(inputs)[1], program.state
    arrays = {
        name: tf.TensorArray(dtype, 0, dynamic_size=True, infer_shape=False)
        for name, dtype in _score_types(program).items()
    }

    def evaluate(index: tf.Tensor, arrays: dict[str, Any]) -> tuple[tf.Tensor, dict[str, Any]]:
        start = index * EXAMPLES_PER_CHUNK
        end = tf.minimum(start + EXAMPLES_PER_CHUNK, count)
        scores = program.map_inputs(
            functools.partial(_evaluate, program),
            inputs[:, start:end],
            values,
            state,
            program.of_each_row(targets[:, start:end]),
        )
        written = {
            name: array.write(index, tf.transpose(scores[name])) for name, array in arrays.items()
        }
        return index + 1, written

    _, arrays = tf.while_loop(
        lambda index, _: index * EXAMPLES_PER_CHUNK < count, evaluate, (tf.constant(0), arrays)
    )
    return {name: tf.transpose(array.concat()) for name, array in arrays.items()}


def _score_types(program: PathProgram) -> dict[str, tf.DType]:
    """Return name and dtype of each result of `_evaluate`."""
    types = {"data_loss": tf.as_dtype(program.structure.dtype)}
    if DATASETS[program.structure.dataset].task == "classification":
        types["accuracy"] = tf.float32
    return types


def _evaluate(
    program: PathProgram, inputs: tf.Tensor, weights: Weights, state: Weights, targets: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Return one network's data loss of each example, and whether its class is correct, (N,)."""
    outputs = program.answers(weights, state, inputs)
    if "accuracy" not in _score_types(program):
        return {"data_loss": program.loss.call(targets, outputs)}
    # From the logits, as in `fit` and `evaluate`: probabilities would be clipped.
    assert outputs.op.type == "Softmax"
    logits = outputs.op.inputs[0]
    chosen = tf.math.top_k(logits, 1).indices[:, 0]  # the first of equal ones, like argmax
    return {
        "data_loss": _cross_entropy(logits, targets),
        "accuracy": tf.cast(chosen == targets, tf.float32),
    }


def _cross_entropy(logits: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Return log Σ exp(logits) − the target's logit, (N,).

    Keras calls tf.nn.sparse_softmax_cross_entropy_with_logits. Here the sums run over the first
    axis, which takes half the time.
    """
    of_class = tf.transpose(logits)
    largest = tf.reduce_max(of_class, axis=0)
    total = tf.reduce_sum(tf.exp(of_class - largest), axis=0)
    return tf.math.log(total) + largest - tf.gather(logits, targets, batch_dims=1)


def _predictions(
    program: PathProgram, values: Weights, grid: tf.Tensor, pixels: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Return the predictions shown in charts: on a line, over a plane, or for random pixels."""
    facts = DATASETS[program.structure.dataset]
    dtype = tf.as_dtype(program.structure.dtype)

    def predict(inputs: tf.Tensor, rows: int) -> tf.Tensor:
        """Return the outputs of the first rows, (rows, examples, outputs)."""
        stacked = tf.nest.map_structure(lambda s: s[:rows], (values, program.state))
        return program.loop_members(
            lambda weights, state: program.answers(weights, state, inputs),
            tf.TensorSpec((None, facts.outputs), dtype),
            *stacked,
        )

    if facts.line:
        return {"grid_predictions": predict(grid[0], program.structure.rows)[:, :, 0]}
    if facts.images:
        return {"dummy_probabilities": predict(pixels[0], program.first_rows)[:, 0]}
    if facts.plane:
        levels = tf.cast(tf.round(predict(grid[0], program.first_rows)[:, :, 1] * 255.0), tf.uint8)
        return {"boundary": tf.reshape(levels, (-1, BOUNDARY_SIDE, BOUNDARY_SIDE))}
    return {}


def _data_gradients(program: PathProgram, values: Weights, examples: Examples) -> Weights:
    """Return ∂(data loss)/∂w of each regularized kernel, (M, *kernel shape) each."""
    inputs, targets = examples
    kernels = [values[position] for position in program.kernel_positions]
    with tf.GradientTape() as tape:
        tape.watch(kernels)

        def member(inputs: Any, weights: Weights, state: Weights, targets: Any) -> tf.Tensor:
            return program.loss(targets, program.answers(weights, state, inputs))

        stacked = list(values)
        for position, kernel in zip(program.kernel_positions, kernels, strict=True):
            stacked[position] = kernel
        losses = program.map_inputs(
            member, inputs, stacked, program.state, program.of_each_row(targets)
        )
        total = tf.reduce_sum(losses)
    gradients: Weights = tape.gradient(total, kernels)
    return gradients


def _joined(datasets: Sequence[Dataset], kind: str) -> Array:
    """Return train, validation and test examples of each repeat in one array, (R, N, ...)."""
    return np.stack(
        [np.concatenate([getattr(each, f"{part}_{kind}") for part in PARTS]) for each in datasets]
    )


def _flat(stacked: tf.Tensor) -> tf.Tensor:
    """Return (M, weights) of (M, *kernel shape)."""
    return tf.reshape(stacked, (stacked.shape[0], -1))


def _share(true: tf.Tensor) -> tf.Tensor:
    """Return the share of True in each row, (M,)."""
    return tf.reduce_mean(tf.cast(true, tf.float32), axis=1)


def _within(
    kernel: tf.Tensor, gradient: tf.Tensor, thresholds: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the share of weights with |w| <= τ, and of those that have no gradient too, (M, T)."""
    members, steps = kernel.shape[0], thresholds.shape[0]
    # Index of the first τ >= |w|, computed from log |w|, as the thresholds are log-spaced: a
    # search is three times as slow.
    lowest, highest = tf.math.log(thresholds[0]), tf.math.log(thresholds[-1])
    place = (tf.math.log(tf.abs(kernel)) - lowest) * ((steps - 1) / (highest - lowest))
    place = tf.cast(tf.clip_by_value(tf.math.ceil(place), 0.0, float(steps)), tf.int32)
    place = tf.maximum(place, 0)  # NaN, of a diverged run: any valid index will do
    place += (steps + 1) * tf.range(members)[:, None]
    size = (steps + 1) * members

    def counts(weights: tf.Tensor | None) -> tf.Tensor:
        flat = None if weights is None else tf.reshape(weights, (-1,))
        found = tf.math.bincount(
            tf.reshape(place, (-1,)), flat, minlength=size, maxlength=size, dtype=tf.float32
        )
        return tf.cumsum(tf.reshape(found, (members, steps + 1)), axis=1)[:, :steps]

    idle = tf.cast(gradient == 0.0, tf.float32)
    return counts(None) / kernel.shape[1], counts(idle) / kernel.shape[1]


def _unit_norm(kernel: tf.Tensor) -> tf.Tensor:
    """Return the norm of the incoming weights of each unit, the first 64, (M, U)."""
    columns = tf.reshape(kernel, (kernel.shape[0], -1, kernel.shape[-1]))
    return tf.norm(columns[:, :, :NORMED_UNITS], axis=1)


def _histogram(kernel: tf.Tensor, lowest: tf.Tensor, highest: tf.Tensor) -> tf.Tensor:
    """Return the counts of weights in each bin, (M, bins); the outermost count all beyond them."""
    members = kernel.shape[0]
    position = (kernel - lowest) * (BINS / (highest - lowest))
    within = tf.clip_by_value(position, 0.0, BINS - 1.0)  # before the cast, which overflows
    bins = tf.maximum(tf.cast(within, tf.int32), 0)  # NaN, of a diverged run: any bin will do
    flat = tf.reshape(bins + BINS * tf.range(members)[:, None], (-1,))
    counts = tf.math.bincount(flat, minlength=BINS * members, maxlength=BINS * members)
    return tf.reshape(counts, (members, BINS))


def _sampled(tensors: Weights, sampled: list[tf.Tensor]) -> tf.Tensor:
    """Return the sampled positions of each flat kernel, layer after layer, (M, S)."""
    picked = [
        tf.gather(tensor, index, axis=1) for tensor, index in zip(tensors, sampled, strict=True)
    ]
    return tf.concat(picked, axis=1)
