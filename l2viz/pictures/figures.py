"""Charts of a run -> picture files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from l2viz.charts import charts_of, named_charts
from l2viz.charts.core.saving import picture_name
from l2viz.pictures.arguments import (
    PICTURE_FORMATS,
    Shown,
    a_scale,
    a_size,
    a_trajectory,
    file_formats,
)
from l2viz.pictures.browser import Browser, Picture
from l2viz.pictures.titles import fit_title
from l2viz.progress import Progress
from l2viz.trajectory import Trajectory
from l2viz.validation import flag
from l2viz.writing import folder_path, write_bytes


def save_figures(
    trajectory: Trajectory,
    into: str | Path,
    *,
    charts: Sequence[str] | None = None,
    strength: float | None = None,
    epoch: int | None = None,
    a: float | None = None,
    b: float | None = None,
    formats: Sequence[str] = ("png",),
    size: tuple[int, int] = (800, 450),
    scale: float = 2.0,
    theme: str = "print",
    verbose: bool = True,
) -> tuple[Path, ...]:
    """Save charts of a run as pictures, all of them drawn in one browser session.

    Parameters
    ----------
    trajectory : Trajectory
        A run of an Experiment, or one that `l2viz.Recorder` recorded.
    into : str or Path
        The folder. It is made if it is not there. A file is replaced if it is there.
    charts : sequence of str, optional
        Names of charts, as in an address of the page: "norms", "histogram_dense_1". By default
        every chart of the run.
    strength : float, optional
        λ, one of ``trajectory.strengths``. By default the best on validation data at the last
        epoch.
    epoch : int, optional
        A recorded epoch. By default the last.
    a, b : float, optional
        Pinned strengths, for the charts that show them.
    formats : sequence of str
        "png", "svg" and "pdf". Text stays text in the last two.
    size : tuple of int
        Width and height in CSS pixels, 200 to 4000 each. Letters are 11 of them high.
    scale : float
        Pixels of a PNG for each of its size, 0.25 to 8.
    theme : str
        "light", "dark" or "print".
    verbose : bool
        Whether a terminal shows a bar.

    Returns
    -------
    tuple of Path
        The files, chart by chart. Their names say run, chart, strength and epoch.

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
    chosen = charts_of(run) if charts is None else named_charts(run, charts)
    shown = Shown.of(run, strength=strength, epoch=epoch, a=a, b=b, theme=theme)
    wanted = file_formats(formats, PICTURE_FORMATS)
    sides = a_size(size)
    sharp = a_scale(scale, sides)
    progress = Progress(len(chosen) * len(wanted), shown=flag("verbose", verbose))
    folder = folder_path(into, field="into")

    def pictures() -> Iterator[Picture]:
        for chart in chosen:
            figure = fit_title(shown.figure(chart, run), sides[0])
            for each in wanted:
                yield Picture(figure=figure, format=each, size=sides, scale=sharp)

    files = [
        folder / f"{picture_name(run, chart.name, shown.strength, shown.epoch, shown.pins)}.{each}"
        for chart in chosen
        for each in wanted
    ]
    with Browser() as browser:
        for file, content in zip(files, browser.drawn(pictures()), strict=True):
            write_bytes(file, content, field="into")
            progress.advance(1)
    progress.end()
    return tuple(files)
