"""Units that die: how many hidden units never answer, or have lost all their incoming weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from l2viz.charts.core.arrays import ChartArray, of_path
from l2viz.charts.core.axes import axis, epoch_axis, strength_axis
from l2viz.charts.core.binding import Bound
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Readout, Sheet, over_epochs, over_strengths
from l2viz.charts.core.strength_marks import MARKS, mark_strengths
from l2viz.charts.core.theme import layer_colour
from l2viz.charts.core.traces import line
from l2viz.trajectory import FADED, Trajectory

_DEAD = "A ReLU unit is dead if its answer is 0 for every training example: "
_FADED = f"A unit has faded if all its incoming weights have |w| ≤ τ = {FADED:g}"


def unit_charts(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts of a dense network with hidden layers, if its units were counted."""
    if trajectory.faded_units is None:
        return ()
    rectified = trajectory.dead_units is not None
    about = (
        f"{_DEAD}no data gradient reaches it, and the penalty alone moves its weights. {_FADED}. "
        "L2 does remove units here: those that die then fade."
        if rectified
        else f"{_FADED}: it answers the same to every input."
    )
    return tuple(
        Chart(
            name=f"units{ending}",
            slot="silent_units",
            group="Weights",
            title="Dead units" if rectified else "Faded units",
            variant=variant,
            caption="How many units have fallen silent, or have next to no weights left",
            about=about,
            draw=draw,
            arrays=_arrays,
        )
        for ending, variant, draw in (
            ("", "over strengths", _draw_against_strength),
            ("_epochs", "over epochs", _draw_over_epochs),
        )
    )


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    assert trajectory.faded_units is not None
    arrays = {
        "faded_units": of_path(trajectory.faded_units),
        "faded_total": of_path(trajectory.faded_units.sum(axis=-1)),
    }
    if trajectory.dead_units is not None:
        arrays["dead_units"] = of_path(trajectory.dead_units)
        arrays["dead_total"] = of_path(trajectory.dead_units.sum(axis=-1))
    return arrays


def _add_layers(
    sheet: Sheet, trajectory: Trajectory, along: Callable[..., dict[str, Bound]]
) -> None:
    """Add a line of dead and one of faded units for each hidden layer."""
    names = [plan.name for plan in trajectory.experiment.layers if plan.kernels][:-1]
    for layer, name in enumerate(names):
        colour = layer_colour(layer)
        faded = line(f"{name}: faded", colour, dash="dot", width=2.5)
        sheet.add(faded, **along("faded_units", layer))
        if trajectory.dead_units is not None:
            sheet.add(line(f"{name}: dead", colour), **along("dead_units", layer))


def _axis(trajectory: Trajectory) -> dict[str, object]:
    most = max(trajectory.experiment.hidden)
    return axis("units of a layer", range=[-0.02 * most, 1.05 * most])


def _readouts(trajectory: Trajectory) -> tuple[Readout, ...]:
    units = sum(trajectory.experiment.hidden)
    faded = Readout(
        label=f"faded (of {units})",
        array="faded_total",
        form="number",
        about=f"hidden units whose incoming weights all have |w| ≤ {FADED:g}",
    )
    if trajectory.dead_units is None:
        return (faded,)
    dead = Readout(
        label=f"dead (of {units})",
        array="dead_total",
        form="number",
        about="hidden units that answer 0 to every training example",
    )
    return (dead, faded)


def _draw_against_strength(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    _add_layers(sheet, trajectory, over_strengths)
    mark_strengths(sheet, "y2")
    return sheet.drawing(
        {
            "xaxis": strength_axis(trajectory),
            "yaxis": _axis(trajectory),
            "yaxis2": MARKS,
        },
        *_readouts(trajectory),
    )


def _draw_over_epochs(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    _add_layers(sheet, trajectory, over_epochs)
    return sheet.drawing(
        {"xaxis": epoch_axis(trajectory), "yaxis": _axis(trajectory)}, *_readouts(trajectory)
    )
