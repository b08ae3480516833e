"""Member -> the code that builds and compiles its model, printed from the planned layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from l2viz.codegen.member import Member
from l2viz.codegen.spelling import LINE, STEP, call, literal, times
from l2viz.experiment.architecture import plan_layers
from l2viz.experiment.layer_plan import KerasObject, LayerPlan, TimesStrength

OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}


def settings_code(member: Member) -> str:
    """Return the assignments of the constants that the rest of the code reads."""
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
    """Return ``model = keras.Sequential([...])``; if `bare`, without seeds and names."""
    experiment = member.experiment
    if bare:  # without seeds there are no float32 draws to repeat
        experiment = dataclasses.replace(experiment, dtype="float32")
    layers = [
        _layer_code(member, plan, bare=bare) for plan in plan_layers(experiment, member.penalty)
    ]
    inner = "".join(f"{_indented(layer, 2 * STEP)},\n" for layer in layers)
    return f"model = keras.Sequential(\n{STEP}[\n{inner}{STEP}]\n)"


def kernels_code(member: Member) -> str:
    """Return ``kernels = [...]``: the regularized kernels, in the order of a Trajectory."""
    return _list_of_kernels("kernels", [p for p in member.experiment.layers if p.regularized])


def decayed_code(member: Member) -> str:
    """Return the list of the kernels that the optimizer decays, or "" if `kernels` is that list."""
    if not member.facts.kernel_decay or not member.multipliers:
        return ""
    plans = [plan for plan in member.experiment.layers if plan.regularized and plan.multiplier]
    return _list_of_kernels("decayed", plans)


def _list_of_kernels(variable: str, plans: Sequence[LayerPlan]) -> str:
    names = [
        f"model.get_layer({literal(plan.name)}).{kernel}"
        for plan in plans
        for kernel, _ in plan.kernels
    ]
    line = f"{variable} = [{', '.join(names)}]"
    if len(line) <= LINE:
        return line
    return f"{variable} = [\n" + "".join(f"{STEP}{name},\n" for name in names) + "]"


def optimizer_code(member: Member, *, bare: bool = False) -> str:
    """Return ``optimizer = ...``, with the weight decay of the experiment and of the penalty."""
    experiment, facts = member.experiment, member.facts
    arguments = [f"learning_rate={experiment.learning_rate!r}" if bare else "LEARNING_RATE"]
    arguments += [f"{name}={value!r}" for name, value in experiment.optimizer_arguments.items()]
    decay = _decay(member, bare=bare)
    if decay:
        arguments.append(f"weight_decay={decay}")
    own_list = decayed_code(member)
    lines, decayed = ([own_list], "decayed") if own_list else ([], "kernels")
    lines += [call(f"optimizer = keras.optimizers.{OPTIMIZERS[experiment.optimizer]}", arguments)]
    if facts.kernel_decay:
        lines += [
            "optimizer.exclude_from_weight_decay(",
            f"{STEP}var_list=[",
            f"{STEP * 2}variable",
            f"{STEP * 2}for variable in model.trainable_variables",
            f"{STEP * 2}if all(variable is not kernel for kernel in {decayed})",
            f"{STEP}]",
            ")",
        ]
    if member.scheduled and (facts.decay or facts.kernel_decay):
        lines.append("optimizer.weight_decay = weight_decay  # a variable: read at each step")
    return "\n".join(lines)


def compile_code(member: Member) -> str:
    """Return ``model.compile(...)``, with a metric for the loss without penalty."""
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
    """Return ``model.fit(...)`` on these batches, with the schedule if there is one."""
    schedule = ["callbacks=[Schedule()]"] if member.scheduled else []
    return call("model.fit", [*batches, f"epochs={epochs}", *schedule, "verbose=0"])


def _decay(member: Member, *, bare: bool) -> str:
    """Return the value of the argument `weight_decay`, or "" for none."""
    experiment, facts = member.experiment, member.facts
    of_penalty = facts.decay + facts.kernel_decay
    if of_penalty and member.scheduled:
        return "0.0"  # a variable takes its place
    strength = repr(member.strength) if bare else "STRENGTH"
    terms = [times(of_penalty, strength)] if of_penalty else []
    if experiment.weight_decay or (experiment.optimizer == "adamw" and not terms):
        terms.append(repr(experiment.weight_decay))
    return " + ".join(terms)


def _layer_code(member: Member, plan: LayerPlan, *, bare: bool) -> str:
    """Return a layer's code; layers with kernels get a name, by which they are looked up."""
    named = plan.kernels and (not bare or member.facts.kernel_decay)
    name = [f"name={literal(plan.name)}"] if named else []
    arguments = _arguments(member, plan, bare=bare) + name
    return call(_class_code(plan), arguments, after=" " * (2 * len(STEP) + 1)).rstrip()


def _arguments(member: Member, planned: KerasObject, *, bare: bool) -> list[str]:
    """Return the arguments of a class; if `bare`, without seeds and initializers."""
    arguments = [_value_code(member, value, bare=bare) for value in planned.arguments]
    keywords = [
        f"{name}={_value_code(member, value, bare=bare)}"
        for name, value in planned.keywords.items()
        if not (bare and (name == "seed" or name.endswith("_initializer")))
    ]
    return arguments + keywords


def _value_code(member: Member, value: object, *, bare: bool) -> str:
    if isinstance(value, TimesStrength):
        factor = value.factor * value.multiplier
        return times(factor, repr(member.strength) if bare else "STRENGTH")
    if not isinstance(value, KerasObject):
        return literal(value)
    if value.module == "regularizers" and member.scheduled:
        own = f"strengths[{_multiplier(value)}]" if member.multipliers else ""
        return f"ScheduledPenalty({own})"
    if value.class_name == "SoftThreshold":
        return f"SoftThreshold({_threshold(member, _multiplier(value), bare=bare)})"
    return call(_class_code(value), _arguments(member, value, bare=bare))


def _multiplier(value: KerasObject) -> float:
    """Return the multiplier of λ in the arguments of a regularizer or constraint."""
    given = (*value.arguments, *value.keywords.values())
    return next(each.multiplier for each in given if isinstance(each, TimesStrength))


def _threshold(member: Member, multiplier: float, *, bare: bool) -> str:
    """Return learning rate · λ; a schedule keeps it in a variable, which is read at each step."""
    if member.scheduled:
        return f"thresholds[{multiplier}]" if member.multipliers else "threshold"
    rate, strength = member.experiment.learning_rate, member.strength
    names = (repr(rate), repr(strength)) if bare else ("LEARNING_RATE", "STRENGTH")
    return f"{names[0]} * {times(member.facts.proximal * multiplier, names[1])}"


def _class_code(planned: KerasObject) -> str:
    return f"{planned.module}.{planned.class_name}" if planned.module else planned.class_name


def _indented(lines: str, indent: str) -> str:
    return "\n".join(indent + line for line in lines.split("\n"))
