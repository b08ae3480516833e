"""Experiment and its data -> RunContext: all that is known of a run before its first step."""

from __future__ import annotations

import math

import keras
import numpy as np
import tensorflow as tf

from l2viz.data import Dataset
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.experiment import CONVOLVED_EXAMPLES
from l2viz.trajectory import BINS, SAMPLED_WEIGHTS, THRESHOLDS, Array, RunContext

BIN_RANGE = 4.0  # histograms reach this multiple of the initializer's own limit
GRADIENT_EXAMPLES = 128  # training examples, at most, on which the data gradient is measured
PICTURED_UNITS = 16
LARGEST_PICTURES = 8 * 2**20  # bytes of pictures in a run, if every recorded epoch has some
FEW_PICTURES = 12  # epochs with pictures, in a run that would take more


def run_context(experiment: Experiment, dataset: Dataset) -> RunContext:
    """Return what is known before the first step; see RunContext for each field."""
    shapes = experiment.kernel_shapes
    sizes = [math.prod(shape) for shape in shapes]
    reach = [BIN_RANGE * _initial_limit(shape) for shape in shapes]
    generator = np.random.default_rng(experiment.seed)
    true_kernel = None if experiment.hidden else dataset.true_kernel
    sampled = [_sampled(generator.permutation(size), true_kernel) for size in sizes]
    facts = DATASETS[experiment.dataset]
    points = None
    if facts.line or facts.plane:
        targets = dataset.train_targets.reshape(experiment.train_size, -1)
        points = np.hstack([dataset.train_inputs, targets])
    grid = dataset.grid_inputs
    return RunContext(
        trained=experiment,
        layer_names=experiment.kernel_names,
        kernel_shapes=shapes,
        bin_edges=np.array([np.linspace(-r, r, BINS + 1) for r in reach]),
        thresholds=THRESHOLDS,
        sampled_layer=np.repeat(np.arange(len(sizes)), [len(s) for s in sampled]),
        sampled_index=np.concatenate(sampled),
        test_examples=len(dataset.test_targets),
        gradient_examples=min(experiment.train_size, _gradient_examples(experiment)),
        constant_loss=_constant_loss(experiment, dataset.train_targets),
        wrong_labels=_wrong_labels(dataset),
        threads=tf.config.threading.get_intra_op_parallelism_threads(),
        versions={"keras": keras.__version__, "tensorflow": tf.__version__},
        picture_epochs=_picture_epochs(experiment),
        picture_limit=float(reach[0] / 2),
        train_points=points,
        grid_inputs=grid[:, 0] if grid is not None and facts.line else None,
        grid_truth=dataset.grid_truth if facts.line else None,
        grid_extent=dataset.grid_extent,
        true_kernel=true_kernel,
    )


def _wrong_labels(dataset: Dataset) -> int:
    """Return how many training labels were re-drawn to another class."""
    if dataset.true_targets is None:
        return 0
    return int((dataset.train_targets != dataset.true_targets).sum())


def _sampled(order: Array, true_kernel: Array | None) -> Array:
    """Return the sampled positions, sorted: first nonzero coefficients, then others by `order`."""
    if true_kernel is not None:
        order = order[np.argsort(true_kernel[order] == 0.0, kind="stable")]
    return np.sort(order[:SAMPLED_WEIGHTS])


def _gradient_examples(experiment: Experiment) -> int:
    return CONVOLVED_EXAMPLES if experiment.model == "conv2d" else GRADIENT_EXAMPLES


def picture_shape(experiment: Experiment) -> tuple[int, int, int] | None:
    """Return (units, height, width) of the first layer's pictures; None if inputs are no images."""
    if not DATASETS[experiment.dataset].images or not experiment.layers[0].regularized:
        return None
    shape = experiment.layers[0].kernels[0][1]
    units = min(shape[-1], PICTURED_UNITS)
    height, width = shape[:2] if experiment.model == "conv2d" else experiment.input_shape
    return units, height, width


def _initial_limit(shape: tuple[int, ...]) -> float:
    """Return √(6 / (fan in + fan out)), the limit of Keras's GlorotUniform."""
    field = math.prod(shape[:-2])
    return math.sqrt(6.0 / (field * (shape[-2] + shape[-1])))


def _picture_epochs(experiment: Experiment) -> tuple[int, ...]:
    """Return all recorded epochs, or a few: denser at the start, where weights change most."""
    shape = picture_shape(experiment)
    if shape is None:
        return ()
    recorded = experiment.recorded_epochs
    paths = len(experiment.penalties) * len(experiment.strengths)
    if len(recorded) * paths * math.prod(shape) <= LARGEST_PICTURES:
        return recorded
    positions = np.linspace(0.0, 1.0, FEW_PICTURES) ** 2 * (len(recorded) - 1)
    return tuple(sorted({recorded[round(position)] for position in positions}))


def _constant_loss(experiment: Experiment, targets: Array) -> float:
    """Return the variance of the targets, or the entropy of the class frequencies in nats."""
    if experiment.task == "regression":
        return float(np.var(targets))
    shares = np.bincount(targets) / targets.size
    return float(-np.sum(shares * np.log(np.maximum(shares, 1e-300))))
