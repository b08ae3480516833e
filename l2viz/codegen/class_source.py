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
from l2viz.codegen.spelling import STEP, times

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
        parts.append(SCHEDULED_PENALTY.format(terms=sum_of_terms))
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
    variables, assignments = [], []
    if facts.in_loss or facts.proximal:
        variables.append(_VARIABLE.format(name="strength"))
        assignments.append("strength.assign(np.float32(now))  # as Keras rounds a regularizer's λ")
    if facts.proximal:
        variables.append(_VARIABLE.format(name="threshold"))
        assignments.append(f"threshold.assign(LEARNING_RATE * {times(facts.proximal, 'strength')})")
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
