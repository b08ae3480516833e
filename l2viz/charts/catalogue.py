"""Trajectory -> the charts that it has data for."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import numpy as np

from l2viz.charts.boundary import BOUNDARY
from l2viz.charts.coefficients import coefficient_paths
from l2viz.charts.collapse import COLLAPSE
from l2viz.charts.comparison import comparisons
from l2viz.charts.core.chart import Chart
from l2viz.charts.curvature import CURVATURE, has_curvature
from l2viz.charts.dummy_answer import DUMMY_ANSWER
from l2viz.charts.fitted_curve import FITTED_CURVE
from l2viz.charts.gap import GAP
from l2viz.charts.geometry import geometry
from l2viz.charts.gradients import gradients
from l2viz.charts.half_life import HALF_LIFE, has_idle_weights
from l2viz.charts.histogram import histogram, linear_histogram, twin_histograms
from l2viz.charts.loss_ledger import LOSS_LEDGER, PENALTY
from l2viz.charts.multiples import multiples
from l2viz.charts.network import NETWORK, has_network
from l2viz.charts.norm import NORM
from l2viz.charts.norms import NORMS
from l2viz.charts.penalty_path import PENALTY_PATH, PENALTY_SHARE
from l2viz.charts.recorded import charts_of_recorded
from l2viz.charts.ridges import ridges
from l2viz.charts.score import ACCURACY, ERROR
from l2viz.charts.score_path import SCORE_PATH
from l2viz.charts.single_weights import single_weights
from l2viz.charts.sparsity import sparsity
from l2viz.charts.unit_pictures import UNIT_PICTURES, UNITS_AT_STRENGTH
from l2viz.charts.units import unit_charts
from l2viz.charts.velocity import velocity_charts
from l2viz.charts.weight_matrix import weight_matrices
from l2viz.charts.wrong_labels import wrong_label_charts
from l2viz.experiment.url import LARGEST_STAGE
from l2viz.trajectory import RecordedModel, Trajectory
from l2viz.validation import InvalidValue, as_tuple

USUAL_SLOTS = LARGEST_STAGE  # one chart from each slot


def get_chart(trajectory: Trajectory, name: str) -> Chart:
    """Return the chart of a trajectory with this name.

    Parameters
    ----------
    trajectory
        A run; which charts it has depends on its data, its network and its penalties.
    name
        A chart's name, as in an address of the page: "norms", "histogram_dense_1".

    Returns
    -------
    Chart

    Raises
    ------
    InvalidValue
        A ValueError, if the run has no such chart. The message names the nearest name that it has.
    """
    charts = {chart.name: chart for chart in charts_of(trajectory)}
    if name in charts:
        return charts[name]
    rule = f"be the name of a chart of this run, like the nearest, {_nearest(name, charts)!r}"
    raise InvalidValue("name", rule, name)


def named_charts(trajectory: Trajectory, names: Sequence[str]) -> tuple[Chart, ...]:
    """Return the charts with these names, each once. Raise InvalidValue for other names."""
    given = as_tuple("charts", names, "names of charts")
    if not given:
        raise InvalidValue("charts", "name at least one chart", names)
    if not all(isinstance(name, str) for name in given):
        raise InvalidValue("charts", "be names of charts", names)
    charts = {chart.name: chart for chart in charts_of(trajectory)}
    for name in given:
        if name not in charts:
            rule = f"be charts of this run, like {_nearest(name, charts)!r}"
            raise InvalidValue("charts", rule, name)
    return tuple(charts[name] for name in dict.fromkeys(given))


def _nearest(name: str, charts: Mapping[str, Chart]) -> str:
    (nearest,) = difflib.get_close_matches(name, charts, n=1, cutoff=0.0)
    return nearest


def charts_of(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts of a trajectory in the order of the chooser, with the usual slots first.

    Charts of one slot stand together.
    """
    if isinstance(trajectory.trained, RecordedModel):
        return charts_of_recorded(trajectory)
    names = trajectory.layer_names
    sizes = trajectory.context.kernel_sizes
    layers = sorted(range(len(names)), key=lambda layer: layer != int(np.argmax(sizes)))
    compared = comparisons(trajectory)
    usual = [
        *([FITTED_CURVE] if trajectory.grid_predictions is not None else []),
        *([BOUNDARY] if trajectory.boundary is not None else []),
        *([NETWORK] if trajectory.unit_answers is not None else []),
        *(chart for chart in compared if chart.slot == "compare"),
        *([UNIT_PICTURES] if trajectory.unit_pictures is not None else []),
        *(histogram(trajectory, layer) for layer in layers),
        *(linear_histogram(trajectory, layer) for layer in layers),
        NORMS,
        LOSS_LEDGER,
        ACCURACY if trajectory.val_accuracy is not None else ERROR,
        *(PENALTY, PENALTY_PATH, PENALTY_SHARE),
    ]
    return (
        *usual,
        NORM,
        GAP,
        *wrong_label_charts(trajectory),
        SCORE_PATH,
        *multiples(trajectory),
        COLLAPSE,
        *([NETWORK] if has_network(trajectory) and trajectory.unit_answers is None else []),
        *(chart for chart in compared if chart.slot != "compare"),
        *twin_histograms(trajectory),
        *(chart for layer in layers for chart in single_weights(trajectory, layer)),
        *unit_charts(trajectory),
        *coefficient_paths(trajectory),
        *(sparsity(trajectory, layer) for layer in layers),
        *(ridge for layer in layers for ridge in ridges(trajectory, layer)),
        *weight_matrices(trajectory),
        *gradients(trajectory),
        *velocity_charts(trajectory),
        *([UNITS_AT_STRENGTH] if trajectory.unit_pictures is not None else []),
        *([DUMMY_ANSWER] if trajectory.dummy_probabilities is not None else []),
        *geometry(trajectory),
        *([CURVATURE] if has_curvature(trajectory) else []),
        *([HALF_LIFE] if has_idle_weights(trajectory.twin()) else []),
    )


def usual_charts(charts: tuple[Chart, ...]) -> tuple[Chart, ...]:
    """Return the charts that the stage opens with: the first of each of the first slots."""
    slots: dict[str, Chart] = {}
    for chart in charts:
        slots.setdefault(chart.slot, chart)
    return tuple(slots.values())[:USUAL_SLOTS]
