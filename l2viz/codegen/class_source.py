"""Member -> the classes that its code needs before the model: a layer, a constraint, a schedule."""

from __future__ import annotations

from l2viz.codegen.member import Member
from l2viz.codegen.spelling import STEP, times

GATED = '''
class Gated(layers.Layer):
    """activation(x·kernel + bias) · sigmoid(x·gate): two kernels, each with its own regularizer."""

    def __init__(self, units, *, activation, use_bias=True, name=None, **made_with):
        super().__init__(name=name)
        self.units, self.use_bias = units, use_bias
        self.activation = keras.activations.get(activation)
        self.made_with = made_with  # kernel_regularizer=..., gate_regularizer=..., and so on

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel, self.gate = self.made("kernel", shape), self.made("gate", shape)
        self.bias = self.made("bias", (self.units,), "zeros") if self.use_bias else None

    def made(self, name, shape, initializer="glorot_uniform"):
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=self.made_with.get(f"{name}_initializer", initializer),
            regularizer=self.made_with.get(f"{name}_regularizer"),
            constraint=self.made_with.get(f"{name}_constraint"),
        )

    def call(self, inputs):
        outputs = keras.ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            outputs = outputs + self.bias
        return self.activation(outputs) * keras.ops.sigmoid(keras.ops.matmul(inputs, self.gate))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)
'''

FLOAT32_GLOROT = '''
class Float32Glorot(initializers.GlorotUniform):
    """Drawn in float32, as on the page: with one seed Keras draws other numbers in float64."""

    def __call__(self, shape, dtype=None):
        return keras.ops.cast(super().__call__(shape, "float32"), dtype)
'''

FLOAT32_DROPOUT = '''
class Float32Dropout(layers.Dropout):
    """Drops the outputs that it would drop in float32."""

    def call(self, inputs, training=False):
        if not training:
            return inputs
        kept = super().call(keras.ops.ones_like(inputs, dtype="float32"), training)
        return keras.ops.where(kept > 0.0, inputs / (1.0 - self.rate), 0.0)
'''

SOFT_THRESHOLD = '''
class SoftThreshold(keras.constraints.Constraint):
    """sign(w) · max(|w| - threshold, 0) after each step: the proximal step of λ·Σ|w|."""

    def __call__(self, w):
        threshold = {threshold}
        return keras.ops.sign(w) * keras.ops.relu(keras.ops.abs(w) - threshold)
'''

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
        parts.append(GATED)
    if member.scheduled:
        parts.append(_schedule_code(member))
    if member.scheduled and facts.in_loss:
        squares = times(facts.squares, "keras.ops.sum(keras.ops.square(w))")
        magnitudes = times(facts.magnitudes, "keras.ops.sum(keras.ops.abs(w))")
        terms = [squares] * bool(facts.squares) + [magnitudes] * bool(facts.magnitudes)
        sum_of_terms = f"({' + '.join(terms)})" if len(terms) > 1 else terms[0]
        parts.append(SCHEDULED_PENALTY.format(terms=sum_of_terms))
    if facts.proximal:
        strength = times(facts.proximal, "strength" if member.scheduled else "STRENGTH")
        parts.append(SOFT_THRESHOLD.format(threshold=f"LEARNING_RATE * {strength}"))
    return [part.strip("\n") for part in parts]


def draws_code(member: Member) -> list[str]:
    """Return the classes that draw the same random numbers in float64 as in float32."""
    experiment = member.experiment
    if experiment.dtype == "float32":
        return []
    parts = [FLOAT32_GLOROT, FLOAT32_DROPOUT] if experiment.dropout else [FLOAT32_GLOROT]
    return [part.strip("\n") for part in parts]


def _schedule_code(member: Member) -> str:
    experiment, facts = member.experiment, member.facts
    variables, assignments = [], []
    if facts.in_loss or facts.proximal:
        variables.append(_VARIABLE.format(name="strength"))
        assignments.append("strength.assign(np.float32(now))  # as Keras rounds a regularizer's λ")
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
