"""Lies learnt by heart: answers on the training data, against wrong labels and true ones."""

from __future__ import annotations

from collections.abc import Mapping

from l2viz.charts.core.arrays import ChartArray, of_path
from l2viz.charts.core.axes import axis, epoch_axis, strength_axis
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Readout, Sheet, over_epochs, over_strengths
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.strength_marks import MARKS, mark_strengths
from l2viz.charts.core.traces import PINS, line
from l2viz.trajectory import Trajectory

_LIES, _TRUE = "wrong_labels_learnt", "true_labels_right"


def wrong_label_charts(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts of a run with wrong labels, if they were measured."""
    wrong, size = trajectory.context.wrong_labels, trajectory.experiment.train_size
    if trajectory.wrong_labels_learnt is None or not wrong:
        return ()
    about = (
        f"{wrong} of {size} training labels are wrong: they were re-drawn to another class. A "
        "network that answers with them has learnt lies by heart. The other line compares its "
        f"answers to all {size} training examples with the labels before re-drawing."
    )
    return (
        Chart(
            name="wrong_labels",
            slot="wrong_labels",
            group="Fit",
            title="Lies learnt by heart",
            variant="over strengths",
            caption="How many wrong labels the network gives back, at each strength",
            about=about,
            draw=_draw_against_strength,
            arrays=_arrays,
        ),
        Chart(
            name="wrong_labels_epochs",
            slot="wrong_labels",
            group="Fit",
            title="Lies learnt by heart",
            variant="over epochs",
            caption="How many wrong labels the network gives back, epoch by epoch",
            about=about,
            draw=_draw_over_epochs,
            arrays=_arrays,
        ),
    )


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    assert trajectory.wrong_labels_learnt is not None and trajectory.true_labels_right is not None
    return {
        _LIES: of_path(trajectory.wrong_labels_learnt),
        _TRUE: of_path(trajectory.true_labels_right),
    }


def _readouts(trajectory: Trajectory) -> tuple[Readout, Readout]:
    wrong, size = trajectory.context.wrong_labels, trajectory.experiment.train_size
    return (
        Readout(
            label="lies learnt by heart",
            array=_LIES,
            form="percent",
            about=f"share of the {wrong} wrong training labels that the network answers with",
        ),
        Readout(
            label="true labels right",
            array=_TRUE,
            form="percent",
            about=f"share of all {size} training examples that the network gives their true label",
        ),
    )


def _draw_against_strength(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    sheet.add(line("lies learnt by heart", "@lies"), **over_strengths(_LIES))
    sheet.add(line("true labels right", "@truth", dash="dash"), **over_strengths(_TRUE))
    mark_strengths(sheet, "y2")
    return sheet.drawing(
        {"xaxis": strength_axis(trajectory), "yaxis": _share(), "yaxis2": MARKS},
        *_readouts(trajectory),
    )


def _draw_over_epochs(trajectory: Trajectory) -> Drawing:
    ghost = ghost_of(trajectory)
    sheet = Sheet()
    before = line(f"lies, {ghost.label}", "@ghost")
    sheet.add(before, **over_epochs(_LIES, strength=ghost.strength))
    for pin in PINS:
        sheet.add(pin.line("lies"), **over_epochs(_LIES, strength=pin.selector))
    sheet.add(line("true labels right", "@truth", dash="longdash"), **over_epochs(_TRUE))
    sheet.add(line("lies learnt by heart", "@lies"), **over_epochs(_LIES))
    return sheet.drawing(
        {"xaxis": epoch_axis(trajectory), "yaxis": _share()}, *_readouts(trajectory)
    )


def _share() -> dict[str, object]:
    return axis("share of labels", range=[0.0, 1.02], tickformat=".0%")
