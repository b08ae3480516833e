"""Member -> what its reader would change in code without a penalty."""

from __future__ import annotations

import dataclasses
import difflib

from l2viz.codegen.class_source import classes_code
from l2viz.codegen.member import Member
from l2viz.codegen.model_source import (
    fit_code,
    kernels_code,
    network_code,
    optimizer_code,
    settings_code,
)
from l2viz.experiment import Experiment

_WHOLE = 10_000  # lines of context: all of it


def keras_diff(experiment: Experiment, *, strength: float, penalty: str | None = None) -> str:
    """A unified diff of the model's code, from no penalty to this member's; empty if none.

    Without seeds and names, and with λ as a number, as one would type it:
    ``kernel_regularizer=regularizers.L2(0.01)``. Raises ExperimentError as `keras_script` does.
    """
    member = Member.of(experiment, strength, penalty)
    plain = dataclasses.replace(
        member,
        penalty="none",
        experiment=dataclasses.replace(experiment, penalties=("none",)),
    )
    before, after = _code(plain), _code(member)
    lines = difflib.unified_diff(
        before, after, "without a penalty", f"{member.facts.title}, λ = {strength:g}", n=_WHOLE
    )
    return "".join(lines)


def _code(member: Member) -> list[str]:
    """As one would type it; of the settings those alone that the rest reads."""
    parts = [*classes_code(member), network_code(member, bare=True)]
    if member.facts.kernel_decay:
        parts.append(kernels_code(member))
    parts.append(optimizer_code(member, bare=True))
    settings = [
        line
        for line in settings_code(member).split("\n")
        if any(line.split()[0] in part for part in parts)
    ]
    if settings:
        parts.insert(0, "\n".join(settings))
    epochs = str(member.experiment.epochs)
    parts.append(fit_code(member, ["train_inputs", "train_targets"], epochs=epochs))
    return ("\n\n".join(parts) + "\n").splitlines(keepends=True)
