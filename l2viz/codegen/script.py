"""Member -> a plain Keras script that trains it."""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass

from l2viz.codegen.class_source import classes_code, draws_code
from l2viz.codegen.data_source import data_code
from l2viz.codegen.member import Member
from l2viz.codegen.model_source import (
    compile_code,
    fit_code,
    kernels_code,
    network_code,
    optimizer_code,
    settings_code,
)
from l2viz.codegen.spelling import LINE
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import dataset_words
from l2viz.experiment.strength_grid import strength_text
from l2viz.lesson.published_results import read_results


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a script, or two cells of a notebook: title, explanation and code."""

    title: str
    words: str
    code: str


_BATCHES = '''
def batches():
    """Yield batches forever, shuffled in each epoch; the last of an epoch may be smaller."""
    generator = np.random.default_rng(SEED)
    while True:
        order = generator.permutation(len(data.train_inputs))
        for start in range(0, len(order), BATCH_SIZE):
            rows = order[start : start + BATCH_SIZE]
            yield data.train_inputs[rows], data.train_targets[rows]


steps_per_epoch = -(-len(data.train_inputs) // BATCH_SIZE)
'''

_EVALUATE = """
scores = model.evaluate(data.val_inputs, data.val_targets, verbose=0, return_dict=True)
result = {{
    "val_data_loss": scores["data_loss"],
    "val_accuracy": {accuracy},
    "penalty": float(sum(model.losses)),
    "kernel_norm": [float(np.linalg.norm(kernel.numpy())) for kernel in kernels],
}}
print(json.dumps(result))
"""


def keras_script(experiment: Experiment, *, strength: float, penalty: str | None = None) -> str:
    """Write a plain Keras script that trains one member without l2viz.

    It has the member's λ, data, initial weights, batches and optimizer. Its last line prints a
    JSON object with `val_data_loss` (without penalty), `val_accuracy` (null for regression),
    `penalty` and `kernel_norm`, a list in the order of ``experiment.kernel_names``.

    Parameters
    ----------
    experiment
        The settings of the run; with repeats, the first is trained.
    strength
        λ, from 0 to 1e6; it need not be one of ``experiment.strengths``.
    penalty
        One of ``experiment.penalties``, or None for the first.

    Returns
    -------
    str
        The text of the script.

    Raises
    ------
    ExperimentError
        If the strength or the penalty is not valid, or a script cannot make the data.
    """
    member = Member.of(experiment, strength, penalty)
    parts = [f'"""{headline(member)}\n\n{what_it_is(member)}\n"""']
    for section in sections(member):
        words = [f"# {line}" for line in textwrap.wrap(section.words, LINE - 2)]
        heading = [f"# {section.title.upper()}", *words, ""] if section.title else []
        parts.append("\n".join([*heading, section.code]))
    return "\n\n\n".join(parts) + "\n"


def headline(member: Member) -> str:
    """Return one line: penalty, λ and dataset."""
    title, strength = member.facts.title, strength_text(member.strength)
    return f"{title}, λ = {strength}, on the {dataset_words(member.experiment.dataset)} data."


def sections(member: Member) -> list[Section]:
    """Return the parts of the script, in the order in which they run."""
    experiment = member.experiment
    data = data_code(experiment)
    classes = [*draws_code(member), *classes_code(member)]
    fit = fit_code(
        member, ["batches()", "steps_per_epoch=steps_per_epoch", "shuffle=False"], epochs="EPOCHS"
    )
    accuracy = 'scores["accuracy"]' if experiment.task == "classification" else "None"
    return [
        Section(title="", words="", code=_imports(data.imports)),
        Section(title="Settings", words=_float_words(experiment), code=settings_code(member)),
        Section(title="Data", words="Made as the page makes it, from the seed.", code=data.code),
        Section(
            title="Model",
            words=f"The seeds are those of the page's own initial weights.{_draws(experiment)}",
            code="\n\n\n".join([*classes, network_code(member)]) + f"\n{kernels_code(member)}",
        ),
        Section(
            title="Compile",
            words="Keras adds the penalty to the loss, and to no metric: `data_loss` is the fit "
            "alone.",
            code=f"{optimizer_code(member)}\n{compile_code(member)}",
        ),
        Section(
            title="Train",
            words="With the same batches in the same order as the page.",
            code=f"{_BATCHES.strip()}\n{fit}",
        ),
        Section(
            title="Evaluate",
            words="`model.losses` is the penalty now, which `model.evaluate` adds to its `loss`.",
            code=_EVALUATE.strip("\n").format(accuracy=accuracy),
        ),
    ]


def _float_words(experiment: Experiment) -> str:
    if experiment.dtype == "float64":
        return "In float64 the result equals the page's to 1e-4 and better, over the whole run."
    words = (
        "In float32 the result equals the page's to 1e-4 after one epoch. Over a whole run such "
        "training may differ even from itself: for the digits lesson, `fit` ends up to {:.4f} away "
        "in validation data loss when each weight is moved by one unit in the last place before "
        "every step. This script and the page, which add up in another order, may differ by that."
    )
    return words.format(read_results()["last_place"]["val_data_loss_without"])


def _draws(experiment: Experiment) -> str:
    if experiment.dtype == "float32":
        return ""
    return (
        " With the same seed Keras draws other numbers in float64 than in float32, so the classes "
        "below draw in float32, as the page does."
    )


def what_it_is(member: Member) -> str:
    """Return an introduction to the script, wrapped to its line length."""
    first = "" if member.experiment.repeats == 1 else " in the first of its repeats"
    return textwrap.fill(
        f"A plain Keras script: it trains what l2viz shows at this strength{first}, from the same "
        "initial weights and with the same batches. Its last line prints the results as JSON.",
        LINE,
    )


def _imports(of_data: tuple[str, ...]) -> str:
    """Return the import lines, standard modules first; Keras's backend is set before its import."""
    lines = {
        *("import json", "import os", "import keras", "import numpy as np", *of_data),
        "from keras import initializers, layers, regularizers",
    }
    standard = {line for line in lines if line.split()[1].split(".")[0] in sys.stdlib_module_names}

    def ordered(imports: set[str]) -> list[str]:
        return sorted(imports, key=lambda line: (line.startswith("from "), line))

    backend = 'os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # for its random numbers'
    return "\n".join([*ordered(standard), "", backend, "", *ordered(lines - standard)])
