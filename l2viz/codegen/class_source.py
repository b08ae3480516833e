"""Member -> the classes that its code needs before the model: a layer, a constraint, a schedule.

Layer, constraint and random parts are the engine's own classes, without annotations. Their source
is read as text, because importing the engine would load TensorFlow.
"""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

from l2viz.codegen.member import Member
from l2viz.codegen.source_edits import definition, edited, without_annotations
from l2viz.codegen.spelling import LINE, STEP, call, literal, times
from l2viz.experiment.penalties import PenaltyFacts

# The classes of the engine that a script may need, by the file that defines them.
_ENGINE = Path(__file__).parents[1] / "engine"
_FILES = {
    "Gated": "gated_layer.py",
    "SoftThreshold": "soft_threshold.py",
    "Float32Glorot": "float32_draws.py",
    "Float32Dropout": "float32_draws.py",
}
_FOR_TYPES = re.compile(r"  # type: ignore\[[\w-]+\]")

SCHEDULED_PENALTY = '''
class ScheduledPenalty(regularizers.Regularizer):
    """The penalty at a strength that is read at each step."""

    def __call__(self, w):
        return strength * {terms}
'''

# Where λ is multiplied layer by layer: one variable for each different multiplier.
SCHEDULED_PENALTY_BY_LAYER = '''
class ScheduledPenalty(regularizers.Regularizer):
    """The penalty at a strength that is read at each step, a layer's own."""

    def __init__(self, strength):
        self.strength = strength

    def __call__(self, w):
        return self.strength * {terms}
'''

_ROUNDED = "# as Keras rounds a regularizer's λ"
_VARIABLES = """{name}s = {{
    multiplier: keras.Variable(0.0, dtype=keras.config.floatx(), trainable=False)
{each}
}}"""
_ASSIGN_EACH = """for multiplier, {name} in {name}s.items():
            {name}.assign({value}){why}"""

_VARIABLE = "{name} = keras.Variable(0.0, dtype=keras.config.floatx(), trainable=False)"

SCHEDULE = '''
class Schedule(keras.callbacks.Callback):
    """{words}."""

    def on_epoch_begin(self, epoch, logs=None):  # Keras counts epochs from 0
        share = {share}
        now = share * STRENGTH + (1.0 - share) * SCHEDULE_FROM
        {assignments}
'''


def classes_code(member: Member) -> list[str]:
    """Return the classes that the model's code uses: custom layer, constraint, schedule."""
    facts, parts = member.facts, []
    if member.experiment.model == "custom":
        parts.append(engine_class("Gated"))
    if member.scheduled:
        parts.append(_schedule_code(member))
    if member.scheduled and facts.in_loss:
        squares = times(facts.squares, "keras.ops.sum(keras.ops.square(w))")
        magnitudes = times(facts.magnitudes, "keras.ops.sum(keras.ops.abs(w))")
        terms = [squares] * bool(facts.squares) + [magnitudes] * bool(facts.magnitudes)
        sum_of_terms = f"({' + '.join(terms)})" if len(terms) > 1 else terms[0]
        scheduled = SCHEDULED_PENALTY_BY_LAYER if member.multipliers else SCHEDULED_PENALTY
        parts.append(scheduled.format(terms=sum_of_terms))
    if facts.proximal:
        parts.append(engine_class("SoftThreshold"))
    return [part.strip("\n") for part in parts]


def draws_code(member: Member) -> list[str]:
    """Return the classes that draw the same random numbers in float64 as in float32."""
    experiment = member.experiment
    if experiment.dtype == "float32":
        return []
    names = ("Float32Glorot", "Float32Dropout") if experiment.dropout else ("Float32Glorot",)
    return [engine_class(name) for name in names]


@functools.cache
def engine_class(name: str) -> str:
    """Return the source of a class of the engine, without annotations."""
    source = definition((_ENGINE / _FILES[name]).read_text(encoding="utf-8"), name)
    source = _FOR_TYPES.sub("", source)
    return edited(source, without_annotations(ast.parse(source)))


def _schedule_code(member: Member) -> str:
    experiment, facts = member.experiment, member.facts
    variables, assignments = _by_layer(member) if member.multipliers else _of_all_layers(facts)
    if facts.decay or facts.kernel_decay:
        decay = times(facts.decay + facts.kernel_decay, "now")
        base = f" + {experiment.weight_decay!r}" if experiment.weight_decay else ""
        variables.append(_VARIABLE.format(name="weight_decay"))
        assignments.append(f"weight_decay.assign(np.float32({decay}{base}))")
    share, words = {
        "warmup": (
            "min((epoch + 1) / SCHEDULE_EPOCH, 1.0)",
            "λ rises from SCHEDULE_FROM, until it is STRENGTH in epoch SCHEDULE_EPOCH",
        ),
        "step": (
            "1.0 if epoch + 1 > SCHEDULE_EPOCH else 0.0",
            "λ is SCHEDULE_FROM until the end of epoch SCHEDULE_EPOCH, and STRENGTH after it",
        ),
    }[experiment.schedule]
    schedule = SCHEDULE.format(
        words=words, share=share, assignments=f"\n{2 * STEP}".join(assignments)
    )
    return "\n".join(variables) + "\n\n" + schedule


def _of_all_layers(facts: PenaltyFacts) -> tuple[list[str], list[str]]:
    """Return the variables of a schedule whose λ is that of every layer, and their assignments."""
    variables, assignments = [], []
    if facts.in_loss or facts.proximal:
        variables.append(_VARIABLE.format(name="strength"))
        assignments.append(f"strength.assign(np.float32(now))  {_ROUNDED}")
    if facts.proximal:
        variables.append(_VARIABLE.format(name="threshold"))
        assignments.append(f"threshold.assign(LEARNING_RATE * {times(facts.proximal, 'strength')})")
    return variables, assignments


def _by_layer(member: Member) -> tuple[list[str], list[str]]:
    """Return the same where layers have a λ of their own: a variable for each multiplier."""
    parts = []
    if member.facts.in_loss:
        parts.append(("strength", "np.float32(multiplier * now)", f"  {_ROUNDED}"))
    if member.facts.proximal:
        reach = f"LEARNING_RATE * {times(member.facts.proximal, 'multiplier')} * now"
        parts.append(("threshold", reach, ""))
    each = f"{STEP}for multiplier in {literal(member.multipliers)}"
    if len(each) > LINE:
        each = call("for multiplier in ", list(map(repr, member.multipliers)), indent=STEP)
    return (
        [_VARIABLES.format(name=name, each=each) for name, _, _ in parts],
        [_ASSIGN_EACH.format(name=name, value=value, why=why) for name, value, why in parts],
    )
