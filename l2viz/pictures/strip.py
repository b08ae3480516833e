"""A chart at several strengths or epochs, side by side -> a picture for print."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l2viz.charts import named_charts
from l2viz.charts.core.saving import picture_name
from l2viz.experiment.strength_grid import strength_text
from l2viz.pictures.arguments import (
    PICTURE_FORMATS,
    Shown,
    a_scale,
    a_size,
    a_trajectory,
    destinations,
    members,
    recorded_epochs,
)
from l2viz.pictures.browser import Browser, Picture
from l2viz.pictures.side_by_side import side_by_side, usual_size
from l2viz.pictures.titles import fit_title
from l2viz.trajectory import Trajectory
from l2viz.validation import InvalidValue
from l2viz.writing import write_bytes

MOST = 8  # panels
NARROWEST = 120  # pixels, of a panel


def save_strip(
    trajectory: Trajectory,
    into: str | Path,
    *,
    chart: str,
    strengths: Sequence[float] | None = None,
    epochs: Sequence[int] | None = None,
    strength: float | None = None,
    epoch: int | None = None,
    a: float | None = None,
    b: float | None = None,
    formats: Sequence[str] | None = None,
    size: tuple[int, int] | None = None,
    scale: float = 2.0,
    theme: str = "print",
) -> tuple[Path, ...]:
    """Save a chart at several strengths, or at several epochs, as one row of panels.

    Parameters
    ----------
    trajectory : Trajectory
        A run of an Experiment, or one that `l2viz.Recorder` recorded.
    into : str or Path
        A file that ends in .png, .svg or .pdf, or a folder, which is made if it is not there.
    chart : str
        The chart's name, as in an address of the page.
    strengths : sequence of float
        λ of each panel, two to eight of ``trajectory.strengths``. Either these or `epochs`.
    epochs : sequence of int
        The recorded epoch of each panel, two to eight.
    strength : float, optional
        Of panels at several epochs. By default the best on validation data at the last epoch.
    epoch : int, optional
        Of panels at several strengths. By default the last.
    a, b : float, optional
        Pinned strengths, for the charts that show them.
    formats : sequence of str, optional
        "png", "svg" and "pdf", for a folder. By default "png".
    size : tuple of int, optional
        Width and height in CSS pixels. By default each panel has about 200 × 200 of them.
    scale : float
        Pixels of a PNG for each of its size, 0.25 to 8.
    theme : str
        "light", "dark" or "print".

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    InvalidValue
        A ValueError that names the argument, the rule and the value; of charts, strengths and
        epochs also the nearest of the run.
    ModuleNotFoundError
        If kaleido is not installed.
    OSError
        If there is no Chromium or Chrome, or it fails. No file is half written.
    """
    run = a_trajectory(trajectory)
    (drawn,) = named_charts(run, (chart,))
    shown = Shown.of(run, strength=strength, epoch=epoch, a=a, b=b, theme=theme)
    if (strengths is None) == (epochs is None):
        raise InvalidValue("strengths", "be given, or epochs, and not both", strengths)
    if epochs is None:
        row = _over_strengths(run, shown, strengths, strength)
    else:
        row = _over_epochs(run, shown, epochs, epoch)
    sides = a_size(usual_size(len(row.places)) if size is None else size)
    if sides[0] < NARROWEST * len(row.places):
        rule = f"leave {NARROWEST} pixels of width for each of {len(row.places)} panels"
        raise InvalidValue("size", rule, size)
    sharp = a_scale(scale, sides)
    files = destinations(into, row.name(run, chart), formats, PICTURE_FORMATS)
    figures = [place.figure(drawn, run) for place in row.places]
    figure = side_by_side(figures, row.headings, f"{drawn.heading} ({row.place})", sides)
    fit_title(figure, sides[0])
    pictures = [Picture(figure=figure, format=each, size=sides, scale=sharp) for each in files]
    with Browser() as browser:
        for file, content in zip(files.values(), browser.drawn(pictures), strict=True):
            write_bytes(file, content, field="into")
    return tuple(files.values())


@dataclass(frozen=True, kw_only=True)
class _Row:
    """Where the panels are, their headings, and the words for what they have in common."""

    places: Sequence[Shown]
    headings: Sequence[str]
    place: str

    def name(self, run: Trajectory, chart: str) -> str:
        strengths = tuple(dict.fromkeys(place.strength for place in self.places))
        epochs = tuple(dict.fromkeys(place.epoch for place in self.places))
        return picture_name(run, f"{chart}-strip", strengths, epochs, self.places[0].pins)


def _over_strengths(run: Trajectory, shown: Shown, strengths: Any, strength: object) -> _Row:
    if strength is not None:
        raise InvalidValue("strength", "be left out beside strengths", strength)
    chosen = members(run, strengths)
    _check_count("strengths", chosen)
    return _Row(
        places=[dataclasses.replace(shown, strength=each) for each in chosen],
        headings=[f"λ = {strength_text(each)}" for each in chosen],
        place=f"epoch {shown.epoch}",
    )


def _over_epochs(run: Trajectory, shown: Shown, epochs: Any, epoch: object) -> _Row:
    if epoch is not None:
        raise InvalidValue("epoch", "be left out beside epochs", epoch)
    chosen = recorded_epochs(run, epochs)
    _check_count("epochs", chosen)
    return _Row(
        places=[dataclasses.replace(shown, epoch=each) for each in chosen],
        headings=[f"epoch {each}" for each in chosen],
        place=f"λ = {strength_text(shown.strength)}",
    )


def _check_count(field: str, chosen: Sequence[float]) -> None:
    if not 2 <= len(chosen) <= MOST:
        raise InvalidValue(field, f"be 2 to {MOST} of the run", chosen)
