"""A chart over the epochs or the strengths -> GIF, MP4 and WebM."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from l2viz.charts import named_charts
from l2viz.charts.core.saving import picture_name
from l2viz.charts.core.theme import THEMES
from l2viz.pictures.arguments import Shown, a_size, a_trajectory, destinations
from l2viz.pictures.browser import Browser, Picture
from l2viz.pictures.gif import write_gif
from l2viz.pictures.titles import fit_title
from l2viz.pictures.video import VIDEOS, find_ffmpeg, write_video
from l2viz.progress import Progress
from l2viz.trajectory import Trajectory
from l2viz.validation import InvalidValue, choice, flag, integer, number

FILM_FORMATS = ("gif", *VIDEOS)
HELD = 1.5  # seconds that the last frame stays
_SHORTEST_FRAME = 0.02  # seconds: browsers show a GIF's shorter frames longer
_MOST_FRAMES, _LONGEST = 600, 120.0


def save_film(
    trajectory: Trajectory,
    into: str | Path,
    *,
    chart: str,
    over: str = "epochs",
    strength: float | None = None,
    epoch: int | None = None,
    a: float | None = None,
    b: float | None = None,
    formats: Sequence[str] | None = None,
    size: tuple[int, int] = (800, 450),
    seconds: float = 6.0,
    frames: int = 60,
    theme: str = "light",
    verbose: bool = True,
) -> tuple[Path, ...]:
    """Save a film of a chart: the training, or the strength that rises, on axes that stand still.

    Parameters
    ----------
    trajectory : Trajectory
        A run of an Experiment, or one that `l2viz.Recorder` recorded.
    into : str or Path
        A file that ends in .gif, .mp4 or .webm, or a folder, which is made if it is not there.
    chart : str
        The chart's name, as in an address of the page.
    over : str
        "epochs" at one strength, or "strengths" at one epoch.
    strength : float, optional
        λ, one of ``trajectory.strengths``, of a film over the epochs. By default the best on
        validation data at the last epoch.
    epoch : int, optional
        A recorded epoch, of a film over the strengths. By default the last.
    a, b : float, optional
        Pinned strengths, for the charts that show them.
    formats : sequence of str, optional
        "gif", "mp4" and "webm", for a folder. By default "gif". The last two need ffmpeg.
    size : tuple of int
        Width and height in pixels, 200 to 4000 each. A video's are even.
    seconds : float
        From the first frame to the last, which stays for 1.5 more.
    frames : int
        At most so many, evenly spaced: a run has no more than its epochs or strengths.
    theme : str
        "light", "dark" or "print".
    verbose : bool
        Whether a terminal shows a bar.

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
        If kaleido or Pillow is not installed.
    OSError
        If there is no Chromium or Chrome, or no ffmpeg for a video. No file is half written.
    """
    run = a_trajectory(trajectory)
    (drawn,) = named_charts(run, (chart,))
    _check_place(choice("over", over, ("epochs", "strengths")), strength, epoch)
    shown = Shown.of(run, strength=strength, epoch=epoch, a=a, b=b, theme=theme)
    sides = a_size(size)
    places = _places(run, shown, over, integer("frames", frames, 2, _MOST_FRAMES))
    pause = number("seconds", seconds, 0.1, _LONGEST) / len(places)
    if pause < _SHORTEST_FRAME:
        rule = f"leave {_SHORTEST_FRAME} for each of {len(places)} frames"
        raise InvalidValue("seconds", rule, seconds)
    progress = Progress(len(places), shown=flag("verbose", verbose))
    files = destinations(into, _name(run, chart, places, shown), formats, FILM_FORMATS)
    if set(files) & set(VIDEOS):
        find_ffmpeg()

    letters = max(len(drawn.title_at(place.strength, place.epoch)) for place in places)

    def pictures() -> Iterator[Picture]:
        for place in places:
            figure = fit_title(place.figure(drawn, run), sides[0], letters)
            yield Picture(figure=figure, format="png", size=sides)

    shots = []
    with Browser() as browser:
        for shot in browser.drawn(pictures()):
            shots.append(shot)
            progress.advance(1)
    progress.end()
    for each, file in files.items():
        if each == "gif":
            write_gif(file, shots, pause, HELD)
        else:
            write_video(file, each, shots, pause, HELD, THEMES[shown.theme]["@ground"])
    return tuple(files.values())


def _check_place(over: str, strength: object, epoch: object) -> None:
    """Refuse a strength for a film over the strengths, and an epoch for one over the epochs."""
    field, given = ("epoch", epoch) if over == "epochs" else ("strength", strength)
    if given is not None:
        raise InvalidValue(field, f"be left out, as the film is over all {field}s", given)


def _places(run: Trajectory, shown: Shown, over: str, most: int) -> list[Shown]:
    axis: Any = run.epochs if over == "epochs" else run.strengths
    chosen = np.rint(np.linspace(0, len(axis) - 1, min(most, len(axis)))).astype(int)
    if over == "epochs":
        return [dataclasses.replace(shown, epoch=int(axis[at])) for at in chosen]
    return [dataclasses.replace(shown, strength=float(axis[at])) for at in chosen]


def _name(run: Trajectory, chart: str, places: Sequence[Shown], shown: Shown) -> str:
    first, last = places[0], places[-1]
    strengths = tuple(dict.fromkeys((first.strength, last.strength)))
    epochs = tuple(dict.fromkeys((first.epoch, last.epoch)))
    return picture_name(run, chart, strengths, epochs, shown.pins, join="-to-")
