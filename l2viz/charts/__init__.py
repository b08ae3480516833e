"""Trajectory -> charts: each defined once, as a figure template and bindings."""

from l2viz.charts.catalogue import charts_of, get_chart, named_charts, usual_charts
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Readout
from l2viz.charts.core.readouts import readouts_of
from l2viz.charts.cost_of_penalty import cost_figure
from l2viz.charts.fitted_curve import FITTED_CURVE
from l2viz.charts.histogram import histogram
from l2viz.charts.loss_ledger import LOSS_LEDGER, PENALTY
from l2viz.charts.norms import NORMS
from l2viz.charts.score import ACCURACY, ERROR
from l2viz.charts.unit_pictures import UNIT_PICTURES

__all__ = [
    "ACCURACY",
    "ERROR",
    "FITTED_CURVE",
    "LOSS_LEDGER",
    "NORMS",
    "PENALTY",
    "UNIT_PICTURES",
    "Chart",
    "Drawing",
    "Readout",
    "charts_of",
    "cost_figure",
    "get_chart",
    "histogram",
    "named_charts",
    "readouts_of",
    "usual_charts",
]
