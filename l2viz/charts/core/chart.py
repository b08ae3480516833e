"""Chart: a figure template and bindings, drawn from a trajectory; and its Plotly figure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from l2viz.charts.core.arrays import ChartArray, chart_arrays
from l2viz.charts.core.binding import Position, resolve
from l2viz.charts.core.drawing import Drawing
from l2viz.charts.core.hover import hover_text
from l2viz.charts.core.theme import base_layout, coloured, figure_layout
from l2viz.experiment.strength_grid import nearest_strength, strength_text
from l2viz.trajectory import Trajectory
from l2viz.trajectory.divergence import without_diverged
from l2viz.validation import InvalidValue


def no_arrays(_: Trajectory) -> dict[str, ChartArray]:
    """Return no array: the chart reads only shared ones."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One chart, defined once for figures and for the stage.

    name     unique among the charts of a run
    slot     of the charts of one slot, the stage shows one at a time; it opens with the first six
             slots of a run
    group    the heading under which the chooser lists it
    title    shown above it
    variant  how it differs from other charts of its slot
    caption  what it shows, at most 80 characters, on a line below the title
    about    one sentence: what to look for
    editing  a sentence on what a viewer can change in it, where that can be trained
    draw     trajectory -> Drawing; axis ranges may depend on all epochs trained so far
    arrays   trajectory -> the chart's own arrays, in addition to the shared ones
    whole    whether `draw` and `arrays` get all twins and repeats, instead of the first
    """

    name: str
    slot: str
    title: str
    about: str
    draw: Callable[[Trajectory], Drawing]
    variant: str = ""
    editing: str = ""
    group: str = ""
    caption: str = ""
    arrays: Callable[[Trajectory], Mapping[str, ChartArray]] = no_arrays
    whole: bool = False

    @property
    def heading(self) -> str:
        """Return title and variant."""
        return f"{self.title}: {self.variant}" if self.variant else self.title

    def title_at(self, strength: float, epoch: int) -> str:
        """Return the title of its figure at one strength and epoch."""
        return f"{self.heading} (λ = {strength_text(strength)}, epoch {epoch})"

    def drawing(self, trajectory: Trajectory) -> Drawing:
        """Draw a trajectory; unless `whole`, its first twin and repeat.

        The ranges of axes leave out members that diverge.
        """
        drawing = self.draw(self._shown(without_diverged(trajectory)))
        paths = {b.trace for b in drawing.bindings if b.array == "strength_position"}
        texts = [strength_text(strength) for strength in trajectory.strengths]

        def hovered(number: int, trace: dict[str, Any]) -> dict[str, Any]:
            if trace["type"] != "scatter" or {"hovertemplate", "hoverinfo"} & trace.keys():
                return trace
            trace = trace | ({"text": texts} if number in paths else {})
            return {**trace, "hovertemplate": hover_text(trace, drawing.layout, self.variant)}

        traces = tuple(hovered(number, trace) for number, trace in enumerate(drawing.traces))
        return dataclasses.replace(drawing, traces=traces)

    def own_arrays(self, trajectory: Trajectory) -> Mapping[str, ChartArray]:
        """Return the chart's own arrays by name."""
        return self.arrays(self._shown(trajectory))

    def _shown(self, trajectory: Trajectory) -> Trajectory:
        return trajectory if self.whole else trajectory.twin()

    def at(
        self,
        trajectory: Trajectory,
        strength: float,
        epoch: int,
        *,
        a: float | None = None,
        b: float | None = None,
        theme: str = "light",
    ) -> go.Figure:
        """Draw the chart at one strength and epoch.

        Parameters
        ----------
        trajectory
            A whole run, or as much of it as is trained.
        strength
            λ, one of ``trajectory.strengths``.
        epoch
            A recorded epoch, one of ``trajectory.epochs``.
        a, b
            Pinned strengths, one of ``trajectory.strengths`` each, or None.
        theme
            "light", "dark" or "print".

        Returns
        -------
        plotly.graph_objects.Figure

        Raises
        ------
        InvalidValue
            A ValueError, if the trajectory does not hold a strength or the epoch; it names the
            nearest.
        """
        position = Position(
            strength=member_of(trajectory, strength),
            epoch=epoch_position(trajectory, epoch),
            a=None if a is None else member_of(trajectory, a, "a"),
            b=None if b is None else member_of(trajectory, b, "b"),
        )
        drawing = self.drawing(trajectory)
        arrays = bound_arrays(trajectory, {self: drawing})
        traces = [dict(trace) for trace in drawing.traces]
        for binding in drawing.bindings:
            values = resolve(binding, arrays, position)
            trace = traces[binding.trace]
            trace[binding.attribute] = values
            if mode := binding.mode(values):
                trace["mode"] = mode
        layout = {
            **base_layout(),
            **drawing.layout,
            **figure_layout(self.title_at(strength, epoch)),
        }
        return go.Figure(data=coloured(traces, theme), layout=coloured(layout, theme))


def bound_arrays(
    trajectory: Trajectory, drawings: Mapping[Chart, Drawing], names: Collection[str] = ()
) -> dict[str, ChartArray]:
    """Return the arrays that these drawings read, those in `names`, and the best strength."""
    read = {"best_strength", *names}
    own: dict[str, ChartArray] = {}
    for chart, drawing in drawings.items():
        read |= drawing.array_names
        own |= chart.own_arrays(trajectory)
    arrays = {**chart_arrays(trajectory, read), **own}
    return {name: arrays[name] for name in sorted(read)}


def chart_name(kind: str, layer_name: str) -> str:
    """Return the name of a layer's chart, safe in an address."""
    return f"{kind}_{layer_name.replace(' ', '_')}"


def member_of(trajectory: Trajectory, strength: float, field: str = "strength") -> int:
    """Return the position of a strength of the path. Raise InvalidValue if it is not a member."""
    member = nearest_strength(trajectory.strengths, strength)
    if not np.isclose(trajectory.strengths[member], strength, rtol=1e-6, atol=0.0):
        # With enough digits that each of them is found: three, as on the page, are too few.
        members = [f"{member:.7g}" for member in trajectory.strengths]
        rule = f"be one of {', '.join(members)} (the nearest: {members[member]})"
        raise InvalidValue(field, rule, strength)
    return member


def epoch_position(trajectory: Trajectory, epoch: int) -> int:
    """Return the position of a recorded epoch. Raise InvalidValue if it was not recorded."""
    found = np.flatnonzero(trajectory.epochs == epoch)
    if not found.size:
        first, last = trajectory.epochs[[0, -1]]
        nearest = trajectory.epochs[np.argmin(np.abs(trajectory.epochs - epoch))]
        rule = f"be a recorded one, {first} to {last} (the nearest: {nearest})"
        raise InvalidValue("epoch", rule, epoch)
    return int(found[0])
