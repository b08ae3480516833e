"""Saved pictures: their footer and file name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import dataset_words
from l2viz.experiment.number_text import short_number_text
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import RecordedModel, Trajectory

_LONGEST_NAME = 40  # characters of a recorded model's name in a file's
_SMALLEST_PLAIN, _LARGEST_PLAIN = 1e-6, 1e21  # of a number that JavaScript writes out
_NO_BRACES = str.maketrans("{}", "()")  # or the browser would fill what stands between them


@dataclass(frozen=True, kw_only=True)
class Saving:
    """Templates whose {strength}, {epoch}, {a}, {b} and {chart} the browser fills.

    caption   of every picture
    pins      added to the caption for each pinned strength
    file      file name without extension
    theme     of saved pictures on a light ground
    """

    caption: str
    pins: dict[str, str]
    file: str
    theme: str


def saving(trajectory: Trajectory) -> Saving:
    """Return the templates for saved pictures of a run."""
    return Saving(
        caption=f"{settings_words(trajectory)}. λ = {{strength}}, epoch {{epoch}}",
        pins={"a": ", A: λ = {a}", "b": ", B: λ = {b}"},
        file=f"l2viz_{file_words(trajectory)}_{{chart}}_lambda-{{strength}}_epoch-{{epoch}}",
        theme="print",
    )


def picture_name(
    trajectory: Trajectory,
    chart: str,
    strengths: float | Sequence[float],
    epochs: int | Sequence[int],
    pins: Mapping[str, float],
    join: str = "-",
) -> str:
    """Return the name of a picture's file, without extension, as the stage's own pictures have it.

    strengths, epochs   what it shows, one or several, with `join` between them
    pins                pinned strengths, which are added to it
    """
    shown = {
        "strength": join.join(map(_plain, np.atleast_1d(strengths))),
        "epoch": join.join(map(str, np.atleast_1d(epochs))),
    }
    added = "".join(f"_{pin}-{_plain(strength)}" for pin, strength in pins.items())
    return saving(trajectory).file.format(chart=chart, **shown) + added


def _plain(strength: float) -> str:
    """Return the digits of a strength as the browser's template writes it: 0.00001, 1e-7, 100."""
    if strength and not _SMALLEST_PLAIN <= abs(strength) < _LARGEST_PLAIN:
        return np.format_float_scientific(strength, trim="-", exp_digits=1)
    return np.format_float_positional(strength, trim="-")


def file_words(trajectory: Trajectory) -> str:
    """Return the words for a file's name that say which run it is of."""
    trained = trajectory.trained
    if isinstance(trained, RecordedModel):
        return _dashed(trained.name)[:_LONGEST_NAME] or "model"
    return f"{_dashed(dataset_words(trained.dataset))}_seed-{trained.seed}"


def _dashed(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def settings_words(trajectory: Trajectory) -> str:
    """Describe in one line what was trained: an experiment with its seed, or a recorded model."""
    trained = trajectory.trained
    if not isinstance(trained, RecordedModel):
        return f"{experiment_words(trained)}, seed {trained.seed}"
    count = len(trained.variables)
    return (
        f"{trained.name.translate(_NO_BRACES)}, a recorded model; penalty on {count} "
        f"variable{'s' * (count != 1)}; {trained.epochs} epochs"
    )


def experiment_words(experiment: Experiment) -> str:
    """Describe an experiment in one line: data, network, optimizer, penalties and epochs."""
    data = f"{dataset_words(experiment.dataset)}, {experiment.train_size} examples"
    if experiment.label_noise:
        data += f", {100 * experiment.label_noise:.3g} % of labels re-drawn"
    units = "-".join(str(layer.units) for layer in experiment.layers)
    titles = " and ".join(PENALTIES[penalty].title for penalty in experiment.penalties)
    every = experiment.regularized == "all"
    kernels = "all kernels" if every else f"the {experiment.regularized} kernel"
    if experiment.strength_multipliers:
        kernels += f", λ × {', '.join(map(short_number_text, experiment.strength_multipliers))}"
    optimizer = f"{experiment.optimizer} {experiment.learning_rate:g}"
    network = f"{experiment.model} {units}"
    return "; ".join(
        (data, network, optimizer, f"{titles} on {kernels}", f"{experiment.epochs} epochs")
    )
