"""Saved pictures: their footer and file name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from l2viz.experiment.dataset_specs import dataset_words
from l2viz.experiment.number_text import short_number_text
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Trajectory


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
    experiment = trajectory.experiment
    name = re.sub(r"[^a-z0-9]+", "-", dataset_words(experiment.dataset).lower())
    return Saving(
        caption=f"{experiment_words(trajectory)}, seed {experiment.seed}. "
        "λ = {strength}, epoch {epoch}",
        pins={"a": ", A: λ = {a}", "b": ", B: λ = {b}"},
        file=f"l2viz_{name}_seed-{experiment.seed}_{{chart}}_lambda-{{strength}}_epoch-{{epoch}}",
        theme="print",
    )


def experiment_words(trajectory: Trajectory) -> str:
    """Describe the experiment in one line: data, network, optimizer, penalties and epochs."""
    experiment = trajectory.experiment
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
