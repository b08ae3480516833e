"""The stacked variables of a path -> Snapshot, in one traced call."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from l2viz.data import Dataset
from l2viz.experiment import DATASETS, Experiment
from l2viz.program import PathProgram
from l2viz.trajectory import RunContext, Snapshot

BINS = 61  # odd, so that one bin is centred on zero
BIN_RANGE = 4.0  # histograms reach this multiple of the initializer's own limit
SAMPLED_WEIGHTS = 128  # of each kernel, followed singly
GRADIENT_EXAMPLES = 256  # training examples, at most, on which the data gradient is measured
PICTURED_UNITS = 16


def run_context(experiment: Experiment, dataset: Dataset) -> RunContext:
    """What is known before training starts: names, bins, the weights that are followed."""
    shapes = [experiment.kernel_shapes[layer] for layer in experiment.regularized_layers]
    sizes = [inputs * units for inputs, units in shapes]
    reach = [BIN_RANGE * np.sqrt(6.0 / (inputs + units)) for inputs, units in shapes]
    generator = np.random.default_rng(experiment.seed)
    sampled = [np.sort(generator.permutation(size)[:SAMPLED_WEIGHTS]) for size in sizes]
    grid, truth = dataset.grid_inputs, dataset.grid_truth
    points = None
    if grid is not None:
        points = np.hstack([dataset.train_inputs, dataset.train_targets])
    return RunContext(
        experiment=experiment,
        layer_names=tuple(f"dense_{layer + 1}" for layer in experiment.regularized_layers),
        kernel_sizes=tuple(sizes),
        bin_edges=np.array([np.linspace(-r, r, BINS + 1) for r in reach]),
        sampled_layer=np.repeat(np.arange(len(sizes)), [len(s) for s in sampled]),
        sampled_index=np.concatenate(sampled),
        test_examples=len(dataset.test_targets),
        gradient_examples=min(experiment.train_size, GRADIENT_EXAMPLES),
        constant_loss=_constant_loss(experiment, dataset.train_targets),
        threads=tf.config.threading.get_intra_op_parallelism_threads(),
        versions={"keras": keras.__version__, "tensorflow": tf.__version__},
        image_shape=dataset.image_shape,
        train_points=points,
        grid_inputs=None if grid is None else grid[:, 0],
        grid_truth=truth,
    )


def _constant_loss(experiment: Experiment, targets: np.ndarray[Any, Any]) -> float:
    if experiment.task == "regression":
        return float(np.var(targets))
    shares = np.bincount(targets) / targets.size
    return float(-np.sum(shares * np.log(np.maximum(shares, 1e-300))))


class Measuring:
    """The measurements of one experiment's data, to be taken of its program at any epoch."""

    def __init__(self, program: PathProgram, dataset: Dataset, context: RunContext) -> None:
        self._program = program
        self._context = context
        parts = [dataset.train_inputs, dataset.val_inputs, dataset.test_inputs]
        targets = [dataset.train_targets, dataset.val_targets, dataset.test_targets]
        sizes = [len(part) for part in parts]
        if dataset.grid_inputs is not None:
            parts.append(dataset.grid_inputs)
        layers = range(len(context.layer_names))
        self._arguments = (
            tf.constant(np.concatenate(parts)),
            tf.constant(np.concatenate(targets)),
            tf.constant(sizes),
            tf.constant(context.gradient_examples),
            tf.constant(context.bin_edges[:, [0, -1]], program.structure.dtype),
            [tf.constant(context.sampled_index[context.sampled_layer == i]) for i in layers],
        )

    def snapshot(self, epoch: int) -> Snapshot:
        measured = self._program.traced("measure", _measure)(*self._arguments)
        arrays = {name: tensor.numpy() for name, tensor in measured.items()}
        if self._context.image_shape is not None:
            pictures = arrays["unit_pictures"]
            shape = (*pictures.shape[:2], *self._context.image_shape)
            arrays["unit_pictures"] = pictures.reshape(shape)
        return Snapshot(epoch=epoch, **arrays)


def _measure(
    program: PathProgram,
    inputs: tf.Tensor,  # (train + val + test + grid, inputs)
    targets: tf.Tensor,  # (train + val + test, ...)
    sizes: tf.Tensor,  # (3,) rows of train, val, test
    gradient_examples: tf.Tensor,
    reach: tf.Tensor,  # (L, 2) lowest and highest bin edge
    sampled: list[tf.Tensor],  # positions in each flattened kernel
) -> dict[str, tf.Tensor]:
    values = program.values
    kernels = [values[position] for position in program.kernel_positions]
    outputs = program.member_outputs(values, inputs)
    measured = _scores(program, outputs, targets, sizes)
    squares = tf.stack([tf.reduce_sum(tf.square(w), axis=(1, 2)) for w in kernels], axis=1)
    gradients = _data_gradients(
        program, values, inputs[:gradient_examples], targets[:gradient_examples]
    )
    gradient_norm = tf.stack([tf.norm(g, axis=(1, 2)) for g in gradients], axis=1)
    inner = tf.stack(
        [tf.reduce_sum(w * g, axis=(1, 2)) for w, g in zip(kernels, gradients, strict=True)], axis=1
    )
    norm = tf.sqrt(squares)
    cosine = tf.math.divide_no_nan(inner, norm * gradient_norm)
    measured |= {
        "penalty": program.strengths.value[:, None] * squares,
        "kernel_norm": norm,
        "histogram": tf.stack(
            [_histogram(w, reach[i, 0], reach[i, 1]) for i, w in enumerate(kernels)], axis=1
        ),
        "sampled_weights": _sampled(kernels, sampled),
        "sampled_gradients": _sampled(gradients, sampled),
        "data_gradient_norm": gradient_norm,
        "gradient_angle": tf.acos(tf.clip_by_value(cosine, -1.0, 1.0)) * (180.0 / np.pi),
    }
    facts = DATASETS[program.structure.dataset]
    if facts.task == "regression" and facts.inputs == 1:
        measured["grid_predictions"] = outputs[:, tf.reduce_sum(sizes) :, 0]
    if facts.images:
        pictures = tf.transpose(kernels[0][:, :, :PICTURED_UNITS], (0, 2, 1))
        measured["unit_pictures"] = tf.cast(pictures, tf.float16)
    return measured


def _scores(
    program: PathProgram, outputs: tf.Tensor, targets: tf.Tensor, sizes: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Data loss and, for classification, accuracy of each part of the data, (K,) each."""
    ends = tf.cumsum(sizes)
    scores = {}
    for i, part in enumerate(("train", "val", "test")):
        rows = slice(ends[i] - sizes[i], ends[i])
        scores[f"{part}_data_loss"] = program.data_losses(outputs[:, rows], targets[rows])
        if targets.dtype == tf.int32:
            predicted = tf.argmax(outputs[:, rows], axis=-1, output_type=tf.int32)
            right = tf.cast(predicted == targets[rows], tf.float32)
            scores[f"{part}_accuracy"] = tf.reduce_mean(right, axis=1)
    return scores


def _data_gradients(
    program: PathProgram, values: list[tf.Tensor], inputs: tf.Tensor, targets: tf.Tensor
) -> list[tf.Tensor]:
    """∂(data loss)/∂w of each regularized kernel, (K, *kernel shape) each."""
    kernels = [values[position] for position in program.kernel_positions]
    with tf.GradientTape() as tape:
        tape.watch(kernels)
        outputs = program.member_outputs(values, inputs)
        data_loss = tf.reduce_sum(program.data_losses(outputs, targets))
    gradients: list[tf.Tensor] = tape.gradient(data_loss, kernels)
    return gradients


def _histogram(kernel: tf.Tensor, lowest: tf.Tensor, highest: tf.Tensor) -> tf.Tensor:
    """(K, bins) counts; weights beyond the range fall into the outermost bins."""
    members = tf.shape(kernel)[0]
    position = (tf.reshape(kernel, (members, -1)) - lowest) * (BINS / (highest - lowest))
    bins = tf.clip_by_value(tf.cast(tf.floor(position), tf.int32), 0, BINS - 1)
    flat = tf.reshape(bins + BINS * tf.range(members)[:, None], (-1,))
    counts = tf.math.bincount(flat, minlength=BINS * members, maxlength=BINS * members)
    return tf.reshape(counts, (members, BINS))


def _sampled(tensors: list[tf.Tensor], sampled: list[tf.Tensor]) -> tf.Tensor:
    """(K, S): the followed positions of every tensor, layer after layer."""
    picked = [
        tf.gather(tf.reshape(tensor, (tf.shape(tensor)[0], -1)), index, axis=1)
        for tensor, index in zip(tensors, sampled, strict=True)
    ]
    return tf.concat(picked, axis=1)
