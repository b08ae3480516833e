"""The stacked variables of a path -> Snapshot, in one traced call."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from l2viz.data import Dataset
from l2viz.datasets import DATASETS
from l2viz.experiment import Experiment
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
        dtype = program.structure.dtype
        grid = dataset.grid_inputs
        size = context.gradient_examples
        layers = range(len(context.layer_names))
        self._arguments = (
            [
                (tf.constant(dataset.train_inputs), tf.constant(dataset.train_targets)),
                (tf.constant(dataset.val_inputs), tf.constant(dataset.val_targets)),
                (tf.constant(dataset.test_inputs), tf.constant(dataset.test_targets)),
            ],
            (
                tf.constant(dataset.train_inputs[:size]),
                tf.constant(dataset.train_targets[:size]),
            ),
            tf.constant(dataset.train_inputs[:0] if grid is None else grid),
            tf.constant(context.bin_edges[:, [0, -1]], dtype),
            [tf.constant(context.sampled_index[context.sampled_layer == i]) for i in layers],
        )

    def snapshot(self, epoch: int) -> Snapshot:
        measured = self._program.traced("measure", _measure, *self._arguments)
        arrays = {name: tensor.numpy() for name, tensor in measured.items()}
        if self._context.image_shape is not None:
            pictures = arrays["unit_pictures"]
            shape = (*pictures.shape[:2], *self._context.image_shape)
            arrays["unit_pictures"] = pictures.reshape(shape)
        return Snapshot(epoch=epoch, **arrays)


Examples = tuple[tf.Tensor, tf.Tensor]  # inputs and targets


def _measure(
    program: PathProgram,
    parts: list[Examples],  # train, validation, test
    gradient_examples: Examples,
    grid: tf.Tensor,  # (P, inputs) or (0, inputs)
    reach: tf.Tensor,  # (L, 2) lowest and highest bin edge
    sampled: list[tf.Tensor],  # positions in each flattened kernel
) -> dict[str, tf.Tensor]:
    values = program.values
    kernels = [values[position] for position in program.kernel_positions]
    measured = _scores(program, parts, grid)
    squares = tf.stack([tf.reduce_sum(tf.square(w), axis=(1, 2)) for w in kernels], axis=1)
    gradients = _data_gradients(program, values, gradient_examples)
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
    if DATASETS[program.structure.dataset].images:
        pictures = tf.transpose(kernels[0][:, :, :PICTURED_UNITS], (0, 2, 1))
        measured["unit_pictures"] = tf.cast(pictures, tf.float16)
    return measured


def _scores(program: PathProgram, parts: list[Examples], grid: tf.Tensor) -> dict[str, tf.Tensor]:
    """Data loss and, for classification, accuracy of each part of the data, (K,) each.

    Each loss is taken of the model's own output, so that Keras goes back to the logits behind a
    softmax, as it does in `fit` and `evaluate`: of the probabilities alone it would clip them.
    """
    facts = DATASETS[program.structure.dataset]
    names = ("train", "val", "test")
    dtype = tf.as_dtype(program.structure.dtype)

    def member(weights: list[tf.Tensor]) -> dict[str, tf.Tensor]:
        scores = {}
        for name, (inputs, targets) in zip(names, parts, strict=True):
            outputs, _ = program.model.stateless_call(weights, [], inputs, training=False)
            scores[f"{name}_data_loss"] = program.loss(targets, outputs)
            if facts.task == "classification":
                chosen = tf.argmax(_before_softmax(outputs), axis=-1, output_type=tf.int32)
                right = chosen == targets
                scores[f"{name}_accuracy"] = tf.reduce_mean(tf.cast(right, tf.float32))
        if facts.inputs == facts.outputs == 1:
            outputs, _ = program.model.stateless_call(weights, [], grid, training=False)
            scores["grid_predictions"] = outputs[:, 0]
        return scores

    signature = {f"{name}_data_loss": tf.TensorSpec((), dtype) for name in names}
    if facts.task == "classification":
        signature |= {f"{name}_accuracy": tf.TensorSpec((), tf.float32) for name in names}
    if facts.inputs == facts.outputs == 1:
        signature["grid_predictions"] = tf.TensorSpec((None,), dtype)
    scores: dict[str, tf.Tensor] = program.loop_members(member, signature)
    return scores


def _before_softmax(outputs: tf.Tensor) -> tf.Tensor:
    """The logits, whose largest is the largest probability: so no softmax need be computed."""
    return outputs.op.inputs[0] if outputs.op.type == "Softmax" else outputs


def _data_gradients(
    program: PathProgram, values: list[tf.Tensor], examples: Examples
) -> list[tf.Tensor]:
    """∂(data loss)/∂w of each regularized kernel, (K, *kernel shape) each."""
    inputs, targets = examples

    def member(weights: list[tf.Tensor], inputs: tf.Tensor) -> list[tf.Tensor]:
        kernels = [weights[position] for position in program.kernel_positions]
        with tf.GradientTape() as tape:
            tape.watch(kernels)
            outputs, _ = program.model.stateless_call(weights, [], inputs, training=False)
            data_loss = program.loss(targets, outputs)
        gradients: list[tf.Tensor] = tape.gradient(data_loss, kernels)
        return gradients

    gradients: list[tf.Tensor] = program.map_members(member, values, inputs)
    return gradients


def _histogram(kernel: tf.Tensor, lowest: tf.Tensor, highest: tf.Tensor) -> tf.Tensor:
    """(K, bins) counts; weights beyond the range fall into the outermost bins."""
    members = tf.shape(kernel)[0]
    position = (tf.reshape(kernel, (members, -1)) - lowest) * (BINS / (highest - lowest))
    within = tf.clip_by_value(position, 0.0, BINS - 1.0)  # before the cast, which overflows
    bins = tf.maximum(tf.cast(within, tf.int32), 0)  # not a number: anywhere, the run has diverged
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
