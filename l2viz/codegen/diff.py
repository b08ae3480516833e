"""Member -> the diff from code without a penalty to code with the member's."""

from __future__ import annotations

import dataclasses
import difflib

from l2viz.codegen.class_source import classes_code
from l2viz.codegen.member import Member
from l2viz.codegen.model_source import (
    decayed_code,
    fit_code,
    kernels_code,
    network_code,
    optimizer_code,
    settings_code,
)
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_text

_WHOLE = 10_000  # lines of context: the whole code


def keras_diff(experiment: Experiment, *, strength: float, penalty: str | None = None) -> str:
    """Write a unified diff of the model's code, from no penalty to one member's.

    The code has no seeds and no layer names, and λ is a number:
    ``kernel_regularizer=regularizers.L2(0.01)``.

    Parameters
    ----------
    experiment
        The settings of the run.
    strength
        λ, from 0 to 1e6; it need not be one of ``experiment.strengths``.
    penalty
        One of ``experiment.penalties``, or None for the first.

    Returns
    -------
    str
        The diff; empty if both codes are the same.

    Raises
    ------
    ExperimentError
        If the strength or the penalty is not valid.
    """
    member = Member.of(experiment, strength, penalty)
    plain = dataclasses.replace(
        member,
        penalty="none",
        experiment=dataclasses.replace(experiment, penalties=("none",)),
    )
    before, after = _code(plain), _code(member)
    title = f"{member.facts.title}, λ = {strength_text(strength)}"
    lines = difflib.unified_diff(before, after, "without a penalty", title, n=_WHOLE)
    return "".join(lines)


def _code(member: Member) -> list[str]:
    """Return the lines of the code, with only those constants that the rest reads."""
    parts = [*classes_code(member), network_code(member, bare=True)]
    if member.facts.kernel_decay and not decayed_code(member):
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
