"""Twins and repeats side by side: mean, each repeat, and one standard deviation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from l2viz.analysis import metrics
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray
from l2viz.charts.core.axes import (
    axis,
    epoch_axis,
    score_axis,
    score_axis_of_strengths,
    strength_axis,
)
from l2viz.charts.core.binding import Bound
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet, over_epochs, over_strengths
from l2viz.charts.core.strength_marks import MARKS, mark_strengths
from l2viz.charts.core.theme import twin_colour, twin_dash
from l2viz.charts.core.traces import line
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, Trajectory


@dataclass(frozen=True, kw_only=True)
class _Quantity:
    """A compared quantity: of(trajectory, penalty) returns it as (R, K, E+1)."""

    name: str
    title: str
    of: Callable[[Trajectory, str], Array]


def comparisons(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts that compare twins or repeats; none for a single path."""
    if trajectory.trained.leading_axes == 0:
        return ()
    several = len(trajectory.trained.penalties) > 1
    title = "Side by side" if several else "Repeats"
    return tuple(
        Chart(
            name=f"compare_{quantity.name}{ending}",
            slot=f"compare{ending}",
            group="Compare",
            title=f"{title}, {over}",
            variant=quantity.title,
            caption="The same network and batches: only the penalty or the seed differs",
            about="All penalties start from the same initial weights and use the same batches. "
            "The band is one standard deviation over the repeats, each with a seed of its own.",
            draw=partial(draw, quantity=quantity),
            arrays=partial(_arrays, quantity=quantity),
            whole=True,
        )
        for ending, over, draw in (
            ("", "over strengths", _draw_against_strength),
            ("_epochs", "over epochs", _draw_over_epochs),
        )
        for quantity in _quantities(trajectory)
    )


def _quantities(trajectory: Trajectory) -> tuple[_Quantity, ...]:
    classes = trajectory.val_accuracy is not None
    return (
        _Quantity(
            name="validation",
            title="validation accuracy" if classes else "validation error",
            of=metrics.scores_of_repeats,
        ),
        _Quantity(
            name="norm",
            title="norm of all kernels",
            of=lambda t, penalty: metrics.norm_of_all(t.repeats("kernel_norm", penalty)),
        ),
        _Quantity(
            name="gap",
            title="generalization gap",
            of=metrics.gap_of_repeats,
        ),
    )


def _arrays(trajectory: Trajectory, quantity: _Quantity) -> Mapping[str, ChartArray]:
    """Return for each twin the mean, the mean ∓ one standard deviation, and every repeat.

    (E+1, K) each, the repeats (E+1, K, R).
    """
    made: dict[str, Array] = {}
    for penalty in trajectory.trained.penalties:
        values = np.moveaxis(quantity.of(trajectory, penalty), (0, 1), (2, 1))
        mean, deviation = metrics.over_repeats(values, axis=2)
        made |= {
            f"{quantity.name}_{penalty}_mean": mean,
            f"{quantity.name}_{penalty}_low": mean - deviation,
            f"{quantity.name}_{penalty}_high": mean + deviation,
            f"{quantity.name}_{penalty}_each": values,
        }
    return {name: ChartArray(values=values) for name, values in made.items()}


def _draw_against_strength(trajectory: Trajectory, quantity: _Quantity) -> Drawing:
    sheet = Sheet()
    _add_twins(sheet, trajectory, quantity, over_strengths)
    mark_strengths(sheet, "y2", best=False)
    return sheet.drawing(
        {
            "xaxis": strength_axis(trajectory),
            "yaxis": _axis(trajectory, quantity, score_axis_of_strengths),
            "yaxis2": MARKS,
        }
    )


def _draw_over_epochs(trajectory: Trajectory, quantity: _Quantity) -> Drawing:
    sheet = Sheet()
    _add_twins(sheet, trajectory, quantity, over_epochs)
    return sheet.drawing(
        {"xaxis": epoch_axis(trajectory), "yaxis": _axis(trajectory, quantity, score_axis)}
    )


def _add_twins(
    sheet: Sheet,
    trajectory: Trajectory,
    quantity: _Quantity,
    along: Callable[..., dict[str, Bound]],
) -> None:
    penalties = trajectory.trained.penalties
    repeats = trajectory.trained.repeats

    def add(trace: dict[str, Any], part: str, penalty: str, *index: int) -> None:
        sheet.add(trace, **along(f"{quantity.name}_{penalty}_{part}", *index))

    for penalty in penalties:
        colour, title = twin_colour(penalty), PENALTIES[penalty].title
        if repeats > 1:
            edge: dict[str, Any] = {"width": 0, "key": False, "hoverinfo": "skip"}
            add(line(f"{title}: mean - one standard deviation", colour, **edge), "low", penalty)
            band = line(
                _DEVIATION if penalty == penalties[0] else f"{title}: one standard deviation",
                colour,
                width=0,
                hoverinfo="skip",
                fill="tonexty",
                fillcolor=f"{colour}-band",
            )
            band["showlegend"] = penalty == penalties[0]
            add(band, "high", penalty)
            for repeat in range(repeats):
                seed = trajectory.experiment.seed + repeat
                thin = line(f"{title}, seed {seed}", colour, width=0.7, key=False)
                add(thin, "each", penalty, repeat)
    for penalty in penalties:
        title = PENALTIES[penalty].title
        mean = f"{title}: mean of {repeats}" if repeats > 1 else title
        add(line(mean, twin_colour(penalty), dash=twin_dash(penalty)), "mean", penalty)


_DEVIATION = "one standard deviation over seeds"


def _axis(
    trajectory: Trajectory, quantity: _Quantity, scores: Callable[..., dict[str, Any]]
) -> dict[str, Any]:
    values = np.stack([quantity.of(trajectory, p) for p in trajectory.trained.penalties])
    if quantity.name == "norm":
        return axis("norm ‖w‖₂", range=ranges.from_zero(values))
    classes = trajectory.val_accuracy is not None
    if quantity.name == "gap":
        late = values if classes else values[..., len(trajectory.epochs) // 4 :]
        form = {"tickformat": ".0%"} if classes else {}
        return axis("gap", range=ranges.around_zero(late), **form)
    return scores(trajectory, values)
