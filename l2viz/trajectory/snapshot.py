"""Snapshot: a path at one epoch; RunContext: what is known before the first. numpy only."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l2viz.experiment import Experiment
from l2viz.trajectory.recorded_model import RecordedModel

Array = NDArray[Any]

BINS = 61  # of a histogram; odd, so that one of a new run is centred on zero
THRESHOLDS = 10.0 ** np.linspace(-8, 0, 33)  # τ at which sparsity is counted
SAMPLED_WEIGHTS = 128  # of each kernel, recorded one by one
NORMED_UNITS = 64  # of each kernel, whose norms are recorded
FADED = 1e-3  # a weight up to this is as good as 0: initial ones are a hundred times as large


@dataclass(frozen=True, kw_only=True, eq=False)
class RunContext:
    """All that is known of a run before its first step.

    L, T and S count regularized kernels, thresholds and sampled weights.

    Attributes
    ----------
    trained : Experiment or RecordedModel
        What is trained; a RecordedModel is anyone's own, of which less is known.
    layer_names : tuple of L str
        The regularized kernels, in the order of every L axis.
    kernel_shapes : tuple of L tuples of int
        Their shapes.
    bin_edges : array (L, bins + 1), float64
        Edges of the histograms. The two outermost bins also count all weights beyond them.
    thresholds : array (T,), float64
        The τ at which sparsity is counted.
    sampled_layer : array (S,), int
        The layer, 0 to L - 1, of each sampled weight: those that are recorded one by one.
    sampled_index : array (S,), int
        Its position in the flattened kernel.
    test_examples : int
        Size of the test set.
    gradient_examples : int
        Training examples, the first ones, on which the data gradient is measured.
    constant_loss : float
        Data loss of the best constant predictor on the training targets; NaN if not known.
    wrong_labels : int
        Training labels of the first repeat that were re-drawn to another class.
    threads : int
        TensorFlow's intra-op threads; the last bits of a run depend on them.
    versions : dict of str
        Version of each library that trained the run.
    picture_epochs : tuple of P int
        The recorded epochs whose `unit_pictures` are kept.
    picture_limit : float
        The weight that a picture stores as 127.
    train_points : array (train examples, 2 or 3), float32 or float64, optional
        Inputs and target, where an input is one or two numbers.
    grid_inputs : array (G,), float32 or float64, optional
        Where `grid_predictions` are taken, where an input is one number.
    grid_truth : array (G,), float32 or float64, optional
        The noiseless function there.
    grid_extent : tuple of 4 float, optional
        Lowest x, highest x, lowest y and highest y of `boundary`.
    true_kernel : array (inputs,), float32 or float64, optional
        The coefficients from which a linear dataset was drawn, where the model is linear too.
    """

    trained: Experiment | RecordedModel
    layer_names: tuple[str, ...]
    kernel_shapes: tuple[tuple[int, ...], ...]
    bin_edges: Array
    thresholds: Array
    sampled_layer: Array
    sampled_index: Array
    test_examples: int
    gradient_examples: int
    constant_loss: float
    threads: int
    versions: dict[str, str]
    wrong_labels: int = 0
    picture_epochs: tuple[int, ...] = ()
    picture_limit: float = 1.0
    train_points: Array | None = None
    grid_inputs: Array | None = None
    grid_truth: Array | None = None
    grid_extent: tuple[float, float, float, float] | None = None
    true_kernel: Array | None = None

    @property
    def experiment(self) -> Experiment:
        """Return the experiment. Raises TypeError for a run of anyone's own model."""
        if isinstance(self.trained, RecordedModel):
            raise TypeError(f"{self.trained.name} is a model of your own: it has no experiment")
        return self.trained

    @property
    def kernel_sizes(self) -> tuple[int, ...]:
        """Return the number of weights of each regularized kernel, (L,)."""
        return tuple(math.prod(shape) for shape in self.kernel_shapes)


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """The measured arrays of a Snapshot, K strengths each; a Trajectory adds an epoch axis.

    With several twins or repeats every array has two more axes in front, (T, R, K, ...). Summaries
    are kept of every repeat. Details are kept of the first repeat alone: their repeat axis has
    length 1. Floats have the experiment's dtype unless another one is named. A member without a
    finite loss has NaN in all of them, and empty counts and pictures: see `divergence.marked`. Of a
    RecordedModel NaN is also what was not measured.

    Attributes
    ----------
    train_data_loss, val_data_loss, test_data_loss : array (K,)
        Summary: mean loss without penalty, on all examples of each part.
    train_accuracy, val_accuracy, test_accuracy : array (K,), float32, optional
        Summary: share of examples classified correctly. Classification only.
    wrong_labels_learnt : array (K,), float32, optional
        Summary: of the training labels that were re-drawn to another class, the share that the
        network answers with. 0 where there is none. Classification with label noise only.
    true_labels_right : array (K,), float32, optional
        Summary: share of training examples that the network gives their label before re-drawing.
        Classification with label noise only.
    dead_units : array (K, H), float32, optional
        Summary: units of each hidden layer whose answer is 0 for every training example. Dense
        networks with hidden layers and the activation ReLU only.
    faded_units : array (K, H), float32, optional
        Summary: units of each hidden layer whose incoming weights all have |w| <= `FADED`, biases
        apart. Dense networks with hidden layers only.
    penalty : array (K, L)
        Summary: λ·Σw² of each kernel, or the term of the member's own penalty; with that of its
        layer's bias where biases are regularized.
    bias_penalty : array (K, L), optional
        Summary: the part of `penalty` that is the bias's. Where biases are regularized.
    kernel_norm : array (K, L)
        Summary: ‖w‖₂.
    data_gradient_norm : array (K, L)
        Summary: ‖∂(data loss)/∂w‖₂ of each whole kernel, on the context's `gradient_examples`.
    gradient_angle : array (K, L)
        Summary: degrees between the data gradient and the gradient of the member's own penalty; at
        λ = 0, of the limit of its direction. NaN for a penalty that is not part of the loss.
    grid_predictions : array (K, G), optional
        Summary: the fitted curve. Where an input is one number.
    histogram : array (K, L, bins), int32
        Detail: weights in each bin of `bin_edges`.
    sparsity : array (K, L, T), float32
        Detail: share of weights with |w| <= τ.
    idle_sparsity : array (K, L, T), float32
        Detail: share of all weights that have |w| <= τ and a data gradient of exactly zero, so that
        the penalty alone moves them.
    exact_zeros : array (K, L), float32
        Detail: share of weights that are exactly zero.
    unit_norm : array (K, U)
        Detail: norm of the incoming weights of each unit of the first layer, the first 64.
    sampled_weights : array (K, S)
        Detail: the sampled weights.
    sampled_gradients : array (K, S)
        Detail: ∂(data loss)/∂w of the same weights.
    sampled_velocity : array (K, S), optional
        Detail: √v of the same weights, the optimizer's running root mean square of the gradient.
        Adam, AdamW and RMSprop only.
    boundary : array (K, 40, 40), uint8, optional
        Detail: probability of class 1, times 255, over `grid_extent`, rows from the lowest y up.
        Where an input is a point of the plane.
    dummy_probabilities : array (K, classes), optional
        Detail: the output for one image of random pixels. Where inputs are images.
    link_weights, link_gradients : array (K, N), optional
        Detail: the weights of the network's drawn links and ∂(data loss)/∂w of each, see
        `l2viz.trajectory.links`. Where every layer is dense and regularized.
    unit_answers : array (K, M, 10, 10), int8, optional
        Detail: 127·a / (1 + |a|) of the output a of each drawn unit, 127·(2p - 1) of each output
        p, over `grid_extent`, rows from the lowest y up. Where an input is a point of the plane,
        and `link_weights` are there.
    unit_pictures : array (K, units, height, width), int8, optional
        Detail: kernels of the first layer's units as pictures, at `picture_epochs` alone. Where
        inputs are images.
    """

    train_data_loss: Array
    val_data_loss: Array
    test_data_loss: Array
    train_accuracy: Array | None = None
    val_accuracy: Array | None = None
    test_accuracy: Array | None = None
    wrong_labels_learnt: Array | None = None
    true_labels_right: Array | None = None
    dead_units: Array | None = None
    faded_units: Array | None = None
    penalty: Array
    bias_penalty: Array | None = None
    kernel_norm: Array
    data_gradient_norm: Array
    gradient_angle: Array
    grid_predictions: Array | None = None
    histogram: Array
    sparsity: Array
    idle_sparsity: Array
    exact_zeros: Array
    unit_norm: Array
    sampled_weights: Array
    sampled_gradients: Array
    sampled_velocity: Array | None = None
    boundary: Array | None = None
    dummy_probabilities: Array | None = None
    link_weights: Array | None = None
    link_gradients: Array | None = None
    unit_answers: Array | None = None
    unit_pictures: Array | None = None


MEASURED = tuple(field.name for field in dataclasses.fields(Measured))
SUMMARIES = MEASURED[: MEASURED.index("histogram")]  # kept of every repeat
PICTURES = "unit_pictures"


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot(Measured):
    """All members of a path at the end of one recorded epoch: the arrays of Measured.

    Attributes
    ----------
    epoch : int
        0 is the initialization.
    """

    epoch: int
