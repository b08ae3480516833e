"""Experiment -> its network, layer by layer, as Keras classes and arguments; does not import Keras.

l2viz.engine.model builds the model from this plan, and l2viz.codegen.model_source the Keras script.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.fields import ExperimentFields
from l2viz.experiment.layer_plan import KerasObject, LayerPlan, TimesStrength, VariablePlan
from l2viz.experiment.layer_seeds import dropout_seed, kernel_seed
from l2viz.experiment.penalties import PENALTIES, PenaltyFacts
from l2viz.validation import InvalidValue

KERNEL_SIDE = 3  # pixels per side of a convolution's window
WINDOW_COPIES, OUTPUT_COPIES = 4, 6  # in one step: see `window_count`
POOL_SIDE = 2  # pixels per side of max pooling
# With Keras's 0.99 the moving averages need hundreds of steps to leave their initial values.
BATCH_NORM_MOMENTUM = 0.9


def plan_layers(experiment: ExperimentFields, penalty: str | None = None) -> tuple[LayerPlan, ...]:
    """Return every layer, from the input to the output, with the regularizers of `penalty`.

    "dense": Dense layers. "conv2d": for each of `filters` a convolution and a max pooling, then
    Dense layers. "custom": gated layers, then a Dense one. Hidden layers may be followed by
    BatchNormalization, and by Dropout. Without a name, `penalty` is the experiment's first.
    """
    facts = DATASETS[experiment.dataset]
    stack = _Stack(experiment, PENALTIES[penalty or experiment.penalties[0]])
    stack.add("Input", (facts.inputs,), module="keras", output=(facts.inputs,))
    if experiment.model == "conv2d":
        image = (*facts.input_shape, 1)
        stack.add("Reshape", image, name="reshape", output=image)
        for filters in experiment.filters:
            stack.add_hidden("Conv2D", filters)
        stack.add("Flatten", name="flatten", output=(math.prod(stack.shape),))
    for units in experiment.hidden:
        stack.add_hidden("Gated" if experiment.model == "custom" else "Dense", units)
    last = "softmax" if facts.task == "classification" else "linear"
    stack.add_weights("Dense", facts.outputs, activation=last, bias=True)
    return tuple(stack.layers)


def regularized_layers(experiment: ExperimentFields) -> range:
    """Return which layers with kernels are regularized, by their positions from the input."""
    count = len(experiment.filters) + len(experiment.hidden) + 1
    chosen = {"all": range(count), "first": range(1), "last": range(count - 1, count)}
    return chosen[experiment.regularized]


def checked_multipliers(experiment: ExperimentFields) -> tuple[float, ...]:
    """Return the multipliers of the regularized layers; () where all are 1. Raises InvalidValue."""
    name, given = "strength_multipliers", experiment.strength_multipliers
    count = len(regularized_layers(experiment))
    if given and len(given) != count:
        layers = "1 layer" if count == 1 else f"{count} layers"
        raise InvalidValue(
            name, f"have one number for each regularized layer, {layers} here", given
        )
    for penalty in experiment.penalties:
        allowed = PENALTIES[penalty].multipliers
        if allowed is not None and not allowed.issuperset(given):
            numbers = " or ".join(f"{each:g}" for each in sorted(allowed))
            why = "Keras's optimizer has one weight decay for all that it decays"
            rule = f"be {numbers} in every layer with the penalty {penalty!r}: {why}"
            raise InvalidValue(name, rule, given)
    return () if set(given) == {1.0} else given


def multiply_adds(experiment: ExperimentFields) -> int:
    """Return the multiplications of one network for one example, in a forward pass."""
    count = 0
    for before, plan in itertools.pairwise(plan_layers(experiment)):
        convolved = before.output_shape[1:3] if plan.class_name == "Conv2D" else ()
        positions = math.prod(side or 1 for side in convolved)  # of the window
        count += positions * sum(math.prod(shape) for _, shape in plan.kernels)
    return count


def window_count(experiment: ExperimentFields) -> int:
    """Return how many numbers the convolutions of one member keep in a step, for one example.

    The engine multiplies the windows of an image by the kernel (l2viz.engine.stacked_conv): it
    keeps them, their parts and their gradients, and each filter's output with its gradients.
    """
    count = 0
    for before, plan in itertools.pairwise(plan_layers(experiment)):
        if plan.class_name == "Conv2D":
            _, height, width, channels = before.output_shape
            assert height and width and channels
            window = KERNEL_SIDE**2 * channels
            count += height * width * (WINDOW_COPIES * window + OUTPUT_COPIES * plan.units)
    return count


class _Stack:
    """The layers planned so far.

    shape   of their output, for one example
    """

    def __init__(self, experiment: ExperimentFields, facts: PenaltyFacts) -> None:
        self.layers: list[LayerPlan] = []
        self.shape: tuple[int, ...] = ()
        self._experiment = experiment
        self._facts = facts
        regularized = regularized_layers(experiment)
        multipliers = experiment.strength_multipliers or [1.0] * len(regularized)
        self._multipliers = dict(zip(regularized, multipliers, strict=True))
        # With the same seed Keras draws other numbers in float64 than in float32, so float64
        # experiments use classes of this project that draw in float32.
        own = experiment.dtype == "float64"
        self._glorot = ("Float32Glorot", "") if own else ("GlorotUniform", "initializers")
        self._dropout = ("Float32Dropout", "") if own else ("Dropout", "layers")

    def add(
        self,
        class_name: str,
        *arguments: Any,
        module: str = "layers",
        name: str = "",
        output: tuple[int, ...] | None = None,
        variables: tuple[VariablePlan, ...] = (),
        regularized: bool = False,
        multiplier: float = 1.0,
        **keywords: Any,
    ) -> None:
        """Add a layer; `output` is its output shape for one example, if not that of its input."""
        self.shape = self.shape if output is None else output
        self.layers.append(
            LayerPlan(
                class_name=class_name,
                module=module,
                arguments=arguments,
                keywords=keywords,
                name=name,
                output_shape=(None, *self.shape),
                variables=variables,
                regularized=regularized,
                multiplier=multiplier,
            )
        )

    def add_hidden(self, class_name: str, units: int) -> None:
        """Add a hidden layer, and its BatchNorm, activation, pooling and Dropout."""
        experiment, position = self._experiment, self._weighted
        activation, number = experiment.activation, position + 1
        # The activation comes after BatchNorm; in a gated layer it is part of the formula.
        apart = experiment.batch_norm and class_name != "Gated"
        # Before BatchNorm a bias has no effect, and its gradient is round-off that Adam amplifies.
        bias = not experiment.batch_norm
        self.add_weights(class_name, units, activation="linear" if apart else activation, bias=bias)
        if experiment.batch_norm:
            self.add(
                "BatchNormalization",
                name=f"batch_norm_{number}",
                variables=_batch_norm_variables(units),
                momentum=BATCH_NORM_MOMENTUM,
            )
            if apart:
                self.add("Activation", activation, name=f"activation_{number}")
        if class_name == "Conv2D":
            height, width, channels = self.shape
            pooled = (height // POOL_SIDE, width // POOL_SIDE, channels)
            self.add("MaxPooling2D", POOL_SIDE, name=f"pool_{number}", output=pooled)
        if experiment.dropout:
            class_name, module = self._dropout
            seed = dropout_seed(experiment.seed, position)
            name = f"dropout_{number}"
            self.add(class_name, experiment.dropout, module=module, name=name, seed=seed)

    def add_weights(self, class_name: str, units: int, *, activation: str, bias: bool) -> None:
        """Add a layer with kernels."""
        position = self._weighted
        regularized = position in self._multipliers
        multiplier = self._multipliers.get(position, 1.0)
        arguments, keywords = [units], dict[str, Any]()
        shape: tuple[int, ...] = (self.shape[-1], units)
        output = (*self.shape[:-1], units)
        if class_name == "Conv2D":
            shape = (KERNEL_SIDE, KERNEL_SIDE, *shape)
            arguments.append(KERNEL_SIDE)
            keywords["padding"] = "same"
        if activation != "linear" or class_name == "Gated":
            keywords["activation"] = activation
        if not bias:
            keywords["use_bias"] = False
        kernels = ("kernel", "gate") if class_name == "Gated" else ("kernel",)
        variables = [
            VariablePlan(name=name, shape=shape, initial=self._initializer(number))
            for number, name in enumerate(kernels, start=self._kernels)
        ]
        keywords |= {f"{each.name}_initializer": each.initial for each in variables}
        if bias:
            variables.append(VariablePlan(name="bias", shape=(units,), initial="zeros"))
        if regularized and multiplier:
            keywords |= self._attached(kernels, multiplier, bias=bias)
        self.add(
            class_name,
            *arguments,
            module="" if class_name == "Gated" else "layers",
            name=f"{class_name.lower()}_{position + 1}",
            output=output,
            variables=tuple(variables),
            regularized=regularized,
            multiplier=multiplier,
            **keywords,
        )

    @property
    def _weighted(self) -> int:
        """Return the number of layers with kernels."""
        return sum(bool(layer.kernels) for layer in self.layers)

    @property
    def _kernels(self) -> int:
        """Return the number of kernels."""
        return sum(len(layer.kernels) for layer in self.layers)

    def _initializer(self, kernel: int) -> KerasObject:
        class_name, module = self._glorot
        seed = kernel_seed(self._experiment.seed, kernel)
        return KerasObject(class_name=class_name, module=module, keywords={"seed": seed})

    def _attached(
        self, kernels: tuple[str, ...], multiplier: float, *, bias: bool
    ) -> dict[str, KerasObject]:
        """Return the regularizers and constraints of a regularized layer, by keyword."""
        regularizer = _regularizer(self._facts, multiplier)
        attached = dict[str, KerasObject]()
        for name in kernels:
            if regularizer is not None:
                attached[f"{name}_regularizer"] = regularizer
            if self._facts.proximal:
                factor = self._facts.proximal * self._experiment.learning_rate
                reach = TimesStrength(factor, multiplier)
                constraint = KerasObject(class_name="SoftThreshold", arguments=(reach,))
                attached[f"{name}_constraint"] = constraint
        if regularizer is not None and bias and self._experiment.bias_regularizer:
            attached["bias_regularizer"] = regularizer
        return attached


def _regularizer(facts: PenaltyFacts, multiplier: float) -> KerasObject | None:
    """Return the Keras regularizer of the penalty's terms in the loss, if it has any."""
    squares = TimesStrength(facts.squares, multiplier)
    magnitudes = TimesStrength(facts.magnitudes, multiplier)
    module = "regularizers"
    if facts.squares and facts.magnitudes:
        both = {"l1": magnitudes, "l2": squares}
        return KerasObject(class_name="L1L2", module=module, keywords=both)
    if facts.magnitudes:
        return KerasObject(class_name="L1", module=module, arguments=(magnitudes,))
    if facts.squares:
        return KerasObject(class_name="L2", module=module, arguments=(squares,))
    return None


def _batch_norm_variables(units: int) -> tuple[VariablePlan, ...]:
    """Return γ and β, then the moving averages, which are not trained."""
    initial = {"gamma": "ones", "beta": "zeros", "moving_mean": "zeros", "moving_variance": "ones"}
    return tuple(
        VariablePlan(name=name, shape=(units,), initial=value, trainable=name in ("gamma", "beta"))
        for name, value in initial.items()
    )
