"""The stacked model on data: losses and accuracies, predictions, gradients of the data loss."""

from __future__ import annotations

import functools
from typing import Any

import keras
import tensorflow as tf

from l2viz.data import BOUNDARY_SIDE
from l2viz.engine.stacked_model import StackedModel
from l2viz.engine.stacked_rows import Weights
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.experiment import CONVOLVED_EXAMPLES
from l2viz.trajectory.links import MOST_UNITS
from l2viz.trajectory.pictures import PICTURE_LEVELS

ANSWER_SIDE = 10  # points per side at which the answers of single units are measured
PARTS = ("train", "val", "test")

Examples = tuple[tf.Tensor, tf.Tensor]  # inputs (N, features), targets (N, ...)


def scores(
    model: StackedModel,
    values: Weights,
    examples: Examples,
    counts: tf.Tensor,
    true_targets: tf.Tensor,
) -> dict[str, tf.Tensor]:
    """Return data loss and, for classification, accuracies on train, val and test, (S,) each.

    true_targets   of the training examples, before labels were re-drawn; empty for regression
    """
    evaluate = _evaluate_in_chunks if model.structure.convolutional else _evaluate_by_row
    found = evaluate(model, values, *examples)
    measured = {}
    if "answer" in found:
        answers, targets = found.pop("answer"), examples[1]
        found["accuracy"] = tf.cast(answers == targets, tf.float32)
        trained = counts[0]
        measured = _of_labels(answers[:, :trained], targets[:trained], true_targets)
    for name, of_examples in found.items():
        parts = tf.split(of_examples, counts, axis=1, num=len(PARTS))
        for part, of_part in zip(PARTS, parts, strict=True):
            measured[f"{part}_{name}"] = tf.reduce_mean(of_part, axis=1)
    return measured


def _of_labels(answers: tf.Tensor, labels: tf.Tensor, true: tf.Tensor) -> dict[str, tf.Tensor]:
    """Return Measured.wrong_labels_learnt and true_labels_right of answers (S, examples)."""
    wrong = tf.cast(labels != true, tf.float32)
    learnt = tf.reduce_sum(wrong * tf.cast(answers == labels, tf.float32), axis=1)
    return {
        "wrong_labels_learnt": tf.math.divide_no_nan(learnt, tf.reduce_sum(wrong)),
        "true_labels_right": tf.reduce_mean(tf.cast(answers == true, tf.float32), axis=1),
    }


def _evaluate_by_row(
    model: StackedModel, values: Weights, inputs: tf.Tensor, targets: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Evaluate one row after the other, as its activations fit the cache: (S, N) of `_evaluate`."""
    found: dict[str, tf.Tensor] = model.loop_members(
        lambda weights, state: _evaluate(model, inputs, weights, state, targets),
        {name: tf.TensorSpec((None,), dtype) for name, dtype in _score_types(model).items()},
        values,
        model.state,
    )
    return found


def dead_units(model: StackedModel, values: Weights, inputs: tf.Tensor) -> dict[str, tf.Tensor]:
    """Return Measured.dead_units on training inputs (N, features); nothing without ReLU units."""
    sizes = model.structure.hidden
    if not (sizes and model.structure.rectified):
        return {}
    network = with_units(model)

    def dead(weights: Weights, state: Weights) -> tf.Tensor:
        """Return how many units of each layer of one network are never above 0, (H,)."""
        *units, _ = network.stateless_call(weights, state, inputs, training=False)[0]
        silent = [~tf.reduce_any(unit > 0.0, axis=0) for unit in units]
        return tf.stack([tf.reduce_sum(tf.cast(each, tf.float32)) for each in silent])

    spec = tf.TensorSpec((len(sizes),), tf.float32)
    return {"dead_units": model.loop_members(dead, spec, values, model.state)}


def with_units(model: StackedModel) -> keras.Model:
    """Return a dense network whose outputs are the answers of each hidden layer, and its own."""
    layers = [layer for layer in model.model.layers if isinstance(layer, keras.layers.Dense)]
    # A unit answers with what the next dense layer receives: behind BatchNorm and activation.
    hidden = [layer.input for layer in layers[1:]]
    return keras.Model(model.model.inputs, [*hidden, *model.model.outputs])


def _evaluate_in_chunks(
    model: StackedModel, values: Weights, inputs: tf.Tensor, targets: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Evaluate all rows at once, on a chunk of examples at a time: (S, N) of `_evaluate`."""
    count, state = tf.shape(inputs)[0], model.state
    arrays = {
        name: tf.TensorArray(dtype, 0, dynamic_size=True, infer_shape=False)
        for name, dtype in _score_types(model).items()
    }

    def evaluate(index: tf.Tensor, arrays: dict[str, Any]) -> tuple[tf.Tensor, dict[str, Any]]:
        start = index * CONVOLVED_EXAMPLES
        end = tf.minimum(start + CONVOLVED_EXAMPLES, count)
        found = model.map_inputs(
            functools.partial(_evaluate, model),
            inputs[start:end],
            values,
            state,
            model.repeat_over_rows(targets[start:end]),
        )
        written = {
            name: array.write(index, tf.transpose(found[name])) for name, array in arrays.items()
        }
        return index + 1, written

    _, arrays = tf.while_loop(
        lambda index, _: index * CONVOLVED_EXAMPLES < count, evaluate, (tf.constant(0), arrays)
    )
    return {name: tf.transpose(array.concat()) for name, array in arrays.items()}


def _score_types(model: StackedModel) -> dict[str, tf.DType]:
    """Return name and dtype of each result of `_evaluate`."""
    types = {"data_loss": tf.as_dtype(model.structure.dtype)}
    if DATASETS[model.structure.dataset].task == "classification":
        types["answer"] = tf.int32
    return types


def _evaluate(
    model: StackedModel, inputs: tf.Tensor, weights: Weights, state: Weights, targets: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Return one network's data loss of each example, and the class that it answers, (N,)."""
    outputs = model.predict(weights, state, inputs)
    if "answer" not in _score_types(model):
        return {"data_loss": model.loss.call(targets, outputs)}
    # From the logits, as in `fit` and `evaluate`: probabilities would be clipped.
    assert outputs.op.type == "Softmax"
    logits = outputs.op.inputs[0]
    return {
        "data_loss": _cross_entropy(logits, targets),
        "answer": tf.math.top_k(logits, 1).indices[:, 0],  # the first of equal ones, like argmax
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


def predictions(
    model: StackedModel, values: Weights, grid: tf.Tensor, pixels: tf.Tensor, *, details: bool
) -> dict[str, tf.Tensor]:
    """Return the predictions shown in charts: on a line, over a plane, or for random pixels.

    The latter two are details.
    """
    facts = DATASETS[model.structure.dataset]
    dtype = tf.as_dtype(model.structure.dtype)

    def predict(inputs: tf.Tensor) -> tf.Tensor:
        """Return the outputs of all rows, (S, examples, outputs)."""
        return model.loop_members(
            lambda weights, state: model.predict(weights, state, inputs),
            tf.TensorSpec((None, facts.outputs), dtype),
            values,
            model.state,
        )

    if facts.line:
        return {"grid_predictions": predict(grid)[:, :, 0]}
    if facts.images and details:
        return {"dummy_probabilities": predict(pixels)[:, 0]}
    if facts.plane and details:
        levels = tf.cast(tf.round(predict(grid)[:, :, 1] * 255.0), tf.uint8)
        return {"boundary": tf.reshape(levels, (-1, BOUNDARY_SIDE, BOUNDARY_SIDE))}
    return {}


def unit_answers(model: StackedModel, values: Weights, grid: tf.Tensor) -> dict[str, tf.Tensor]:
    """Return Measured.unit_answers, (S, M, side, side) int8; nothing unless inputs are a plane."""
    if not DATASETS[model.structure.dataset].plane:
        return {}
    skipped = BOUNDARY_SIDE // ANSWER_SIDE
    points = tf.reshape(grid, (BOUNDARY_SIDE, BOUNDARY_SIDE, 2))
    points = points[skipped // 2 :: skipped, skipped // 2 :: skipped]
    inputs = tf.reshape(points, (ANSWER_SIDE**2, 2))
    layers = [layer for layer in model.model.layers if isinstance(layer, keras.layers.Dense)]
    network = with_units(model)

    def levels_of(weights: Weights, state: Weights) -> tf.Tensor:
        """Return the levels of all drawn units of one network, (examples, M)."""
        answers = network.stateless_call(weights, state, inputs, training=False)[0]
        *units, outputs = tf.nest.flatten(answers)  # Keras returns a single output by itself
        drawn = [unit[:, :MOST_UNITS] for unit in units]
        shares = [*(unit / (1.0 + tf.abs(unit)) for unit in drawn), 2.0 * outputs - 1.0]
        finite = [tf.where(tf.math.is_finite(share), share, 0.0) for share in shares]
        return tf.round(float(PICTURE_LEVELS) * tf.concat(finite, axis=1))

    levels = model.loop_members(
        levels_of,
        tf.TensorSpec((ANSWER_SIDE**2, None), tf.as_dtype(model.structure.dtype)),
        values,
        model.state,
    )
    count = sum(min(layer.units, MOST_UNITS) for layer in layers[:-1]) + layers[-1].units
    levels = tf.reshape(tf.transpose(levels, (0, 2, 1)), (-1, count, ANSWER_SIDE, ANSWER_SIDE))
    return {"unit_answers": tf.cast(levels, tf.int8)}


def data_gradients(model: StackedModel, values: Weights, examples: Examples) -> Weights:
    """Return ∂(data loss)/∂w of each regularized kernel, (S, *kernel shape) each."""
    inputs, targets = examples
    kernels = [values[position] for position in model.kernel_positions]
    with tf.GradientTape() as tape:
        tape.watch(kernels)

        def member(inputs: Any, weights: Weights, state: Weights, targets: Any) -> tf.Tensor:
            return model.loss(targets, model.predict(weights, state, inputs))

        stacked = list(values)
        for position, kernel in zip(model.kernel_positions, kernels, strict=True):
            stacked[position] = kernel
        losses = model.map_inputs(
            member, inputs, stacked, model.state, model.repeat_over_rows(targets)
        )
        total = tf.reduce_sum(losses)
    gradients: Weights = tape.gradient(total, kernels)
    return gradients
