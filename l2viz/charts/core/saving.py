"""Saved pictures: their caption, file name and layout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from l2viz.charts.core.theme import figure_layout
from l2viz.experiment.dataset_specs import dataset_words
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Trajectory

# Pixels at scale 1, without the caption.
CHART = {"width": 960, "height": 540, "head": 66}
STAGE = {"width": 1280, "height": 690, "head": 104}  # four rows of the key


@dataclass(frozen=True, kw_only=True)
class Saving:
    """Templates whose {strength}, {epoch}, {a}, {b} and {chart} the browser fills.

    caption   of every picture
    pins      added to the caption for each pinned strength
    file      file name without extension
    layout    of a figure; its title is filled in by the browser
    theme     of saved pictures
    chart, stage   width, height and head (space above the axes), in pixels
    """

    caption: str
    pins: dict[str, str]
    file: str
    layout: dict[str, Any]
    theme: str
    chart: dict[str, int]
    stage: dict[str, int]


def saving(trajectory: Trajectory) -> Saving:
    """Return the templates for saved pictures of a run."""
    experiment = trajectory.experiment
    name = re.sub(r"[^a-z0-9]+", "-", dataset_words(experiment.dataset).lower())
    layout = figure_layout("")
    layout["legend"]["font"] = {"size": 9.5}
    return Saving(
        caption=f"{experiment_words(trajectory)}, seed {experiment.seed}. "
        "λ = {strength}, epoch {epoch}",
        pins={"a": ", A: λ = {a}", "b": ", B: λ = {b}"},
        file=f"l2viz_{name}_seed-{experiment.seed}_{{chart}}_lambda-{{strength}}_epoch-{{epoch}}",
        layout=layout,
        theme="print",
        chart=CHART,
        stage=STAGE,
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
    optimizer = f"{experiment.optimizer} {experiment.learning_rate:g}"
    network = f"{experiment.model} {units}"
    return "; ".join(
        (data, network, optimizer, f"{titles} on {kernels}", f"{experiment.epochs} epochs")
    )
