"""What a saved picture says of itself: its caption, its file's name, and how it is laid out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from l2viz.charts.core.theme import figure_layout
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Trajectory

# Pixels of a slide at scale 1, without its caption.
CHART = {"width": 960, "height": 540, "head": 66}
STAGE = {"width": 1280, "height": 690, "head": 104}  # four rows of a key


@dataclass(frozen=True, kw_only=True)
class Saving:
    """Templates whose {strength}, {epoch}, {a}, {b} and {chart} the browser fills.

    caption   of every picture; `pins` are added to it where a strength is pinned
    file      name without its ending
    layout    of a figure, whose title is still to be filled in
    theme     in which pictures are saved
    chart, stage   width, height and head (above a figure's axes), in pixels
    """

    caption: str
    pins: dict[str, str]
    file: str
    layout: dict[str, Any]
    theme: str
    chart: dict[str, int]
    stage: dict[str, int]


def saving(trajectory: Trajectory) -> Saving:
    """How pictures of a run are saved."""
    experiment = trajectory.experiment
    name = re.sub(r"[^a-z0-9]+", "-", experiment.dataset.lower())
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
    """The experiment in one line: data, network, optimizer, penalties and epochs."""
    experiment = trajectory.experiment
    data = f"{experiment.dataset}, {experiment.train_size} examples"
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
