"""Member -> the code that builds and compiles its model, as l2viz.engine.model does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from l2viz.codegen.member import Member
from l2viz.codegen.spelling import LINE, STEP, call, literal, times
from l2viz.experiment.architecture import BATCH_NORM_MOMENTUM, KERNEL_SIDE, POOL_SIDE, LayerPlan
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.layer_seeds import dropout_seeds, initializer_seeds

OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}


def settings_code(member: Member) -> str:
    """The constants that the rest of the code reads."""
    experiment = member.experiment
    lines = [
        f"STRENGTH = {member.strength!r}  # λ",
        f"SEED = {experiment.seed}",
        f"LEARNING_RATE = {experiment.learning_rate!r}",
        f"BATCH_SIZE = {experiment.batch_size}",
        f"EPOCHS = {experiment.epochs}",
    ]
    if member.scheduled:
        lines += [
            f"SCHEDULE_EPOCH = {experiment.schedule_epoch}",
            f"SCHEDULE_FROM = {experiment.schedule_from!r}",
        ]
    if experiment.dtype == "float64":
        lines += [
            'keras.config.set_floatx("float64")  # or `fit` would round data and losses to float32',
            'keras.config.set_dtype_policy("float64")',
        ]
    return "\n".join(lines)


def network_code(member: Member, *, bare: bool = False) -> str:
    """``model = keras.Sequential([...])``; bare: without seeds and names, λ as a number."""
    experiment = member.experiment
    layers = [f"keras.Input(({DATASETS[experiment.dataset].inputs},))"]
    if experiment.model == "conv2d":
        layers.append(f"layers.Reshape({(*experiment.input_shape, 1)})")
    seeds = iter(initializer_seeds(experiment))
    for position, plan in enumerate(experiment.layers):
        if position and plan.kind != "conv2d" and experiment.layers[position - 1].kind == "conv2d":
            layers.append("layers.Flatten()")
        layers.append(_weighted(member, plan, seeds, bare=bare))
        layers += _unweighted(member, plan, position, bare=bare)
    inner = "".join(f"{_indented(layer, 2 * STEP)},\n" for layer in layers)
    return f"model = keras.Sequential(\n{STEP}[\n{inner}{STEP}]\n)"


def kernels_code(member: Member) -> str:
    """``kernels = [...]``: those that the experiment regularizes, in the order of a trajectory."""
    names = [
        f"model.get_layer({literal(plan.name)}).{kernel}"
        for plan in member.experiment.layers
        if plan.regularized
        for kernel, _ in plan.kernels
    ]
    line = f"kernels = [{', '.join(names)}]"
    if len(line) <= LINE:
        return line
    return "kernels = [\n" + "".join(f"{STEP}{name},\n" for name in names) + "]"


def optimizer_code(member: Member, *, bare: bool = False) -> str:
    """``optimizer = ...``, with the decay that the experiment or the penalty asks of it."""
    experiment, facts = member.experiment, member.facts
    arguments = [f"learning_rate={experiment.learning_rate!r}" if bare else "LEARNING_RATE"]
    if experiment.momentum:
        arguments.append(f"momentum={experiment.momentum!r}")
    decay = _decay(member, bare=bare)
    if decay:
        arguments.append(f"weight_decay={decay}")
    lines = [call(f"optimizer = keras.optimizers.{OPTIMIZERS[experiment.optimizer]}", arguments)]
    if facts.kernel_decay:
        lines += [
            "optimizer.exclude_from_weight_decay(",
            f"{STEP}var_list=[",
            f"{STEP * 2}variable",
            f"{STEP * 2}for variable in model.trainable_variables",
            f"{STEP * 2}if all(variable is not kernel for kernel in kernels)",
            f"{STEP}]",
            ")",
        ]
    if member.scheduled and (facts.decay or facts.kernel_decay):
        lines.append("optimizer.weight_decay = weight_decay  # read anew at each step")
    return "\n".join(lines)


def compile_code(member: Member) -> str:
    """``model.compile(...)``, with the data loss as a metric: metrics hold no penalty."""
    classes = member.experiment.task == "classification"
    name = "SparseCategoricalCrossentropy" if classes else "MeanSquaredError"
    accuracy = '"accuracy", ' if classes else ""
    arguments = [
        "optimizer=optimizer",
        f"loss=keras.losses.{name}()",
        f'metrics=[{accuracy}keras.metrics.{name}(name="data_loss")]',
    ]
    return call("model.compile", arguments)


def fit_code(member: Member, batches: Sequence[str], *, epochs: str) -> str:
    """``model.fit(...)`` of these batches, with the schedule if there is one."""
    schedule = ["callbacks=[Schedule()]"] if member.scheduled else []
    return call("model.fit", [*batches, f"epochs={epochs}", *schedule, "verbose=0"])


def _decay(member: Member, *, bare: bool) -> str:
    """The argument `weight_decay`; empty where there is none."""
    experiment, facts = member.experiment, member.facts
    of_penalty = facts.decay + facts.kernel_decay
    if of_penalty and member.scheduled:
        return "0.0"  # a variable takes its place
    strength = repr(member.strength) if bare else "STRENGTH"
    terms = [times(of_penalty, strength)] if of_penalty else []
    if experiment.weight_decay or (experiment.optimizer == "adamw" and not terms):
        terms.append(repr(experiment.weight_decay))
    return " + ".join(terms)


def _weighted(member: Member, plan: LayerPlan, seeds: Iterator[int], *, bare: bool) -> str:
    experiment = member.experiment
    arguments = [str(plan.units)]
    if plan.kind == "conv2d":
        arguments += [str(KERNEL_SIDE), 'padding="same"']
    if not plan.hidden:
        if experiment.task == "classification":
            arguments.append('activation="softmax"')
    else:  # with BatchNorm it comes after that, but for a gate, which it is a part of
        apart = plan.batch_norm and plan.kind != "gated"
        activation = "linear" if apart else experiment.activation
        if activation != "linear" or plan.kind == "gated":
            arguments.append(f"activation={literal(activation)}")
    if not plan.bias:
        arguments.append("use_bias=False")
    for kernel, _ in plan.kernels:
        seed = next(seeds)
        if not bare:
            drawn = (
                "Float32Glorot" if experiment.dtype == "float64" else "initializers.GlorotUniform"
            )
            arguments.append(f"{kernel}_initializer={drawn}(seed={seed})")
    arguments += _attached(member, plan, bare=bare)
    if not bare or member.facts.kernel_decay:  # which asks for layers by name
        arguments.append(f"name={literal(plan.name)}")
    layer = {"conv2d": "layers.Conv2D", "gated": "Gated", "dense": "layers.Dense"}[plan.kind]
    return call(layer, arguments, after=" " * (2 * len(STEP) + 1)).rstrip()


def _attached(member: Member, plan: LayerPlan, *, bare: bool) -> list[str]:
    """What the penalty attaches to a regularized layer."""
    if not plan.regularized:
        return []
    regularizer, arguments = _regularizer(member, bare=bare), []
    for kernel, _ in plan.kernels:
        if regularizer:
            arguments.append(f"{kernel}_regularizer={regularizer}")
        if member.facts.proximal:
            arguments.append(f"{kernel}_constraint=SoftThreshold()")
    if regularizer and plan.bias and member.experiment.bias_regularizer:
        arguments.append(f"bias_regularizer={regularizer}")
    return arguments


def _regularizer(member: Member, *, bare: bool) -> str:
    facts = member.facts
    if not facts.in_loss:
        return ""
    if member.scheduled:
        return "ScheduledPenalty()"
    strength = repr(member.strength) if bare else "STRENGTH"
    squares, magnitudes = times(facts.squares, strength), times(facts.magnitudes, strength)
    if facts.squares and facts.magnitudes:
        return f"regularizers.L1L2(l1={magnitudes}, l2={squares})"
    return f"regularizers.L2({squares})" if facts.squares else f"regularizers.L1({magnitudes})"


def _unweighted(member: Member, plan: LayerPlan, position: int, *, bare: bool) -> list[str]:
    """What follows a layer with weights: BatchNorm and activation, pooling, Dropout."""
    experiment, layers = member.experiment, []
    if plan.batch_norm:
        layers.append(f"layers.BatchNormalization(momentum={BATCH_NORM_MOMENTUM!r})")
        if plan.kind != "gated":
            layers.append(f"layers.Activation({literal(experiment.activation)})")
    if plan.kind == "conv2d":
        layers.append(f"layers.MaxPooling2D({POOL_SIDE})")
    if plan.hidden and experiment.dropout:
        seed = "" if bare else f", seed={dropout_seeds(experiment)[position]}"
        drawn = "Float32Dropout" if not bare and experiment.dtype == "float64" else "layers.Dropout"
        layers.append(f"{drawn}({experiment.dropout!r}{seed})")
    return layers


def _indented(lines: str, indent: str) -> str:
    return "\n".join(indent + line for line in lines.split("\n"))
