"""Lab: the stage with one run, as a file or in a notebook's cell."""

from __future__ import annotations

import functools
import gzip
import html
from collections.abc import Sequence
from pathlib import Path

from l2viz.charts import charts_of, named_charts, usual_charts
from l2viz.export.answer import answer_parts
from l2viz.export.chosen_charts import fitting
from l2viz.export.packing import compressed
from l2viz.export.page import page
from l2viz.export.page_text import page_text
from l2viz.stage.files import stage_files
from l2viz.trajectory import Trajectory
from l2viz.validation import InvalidValue
from l2viz.writing import write_bytes

LARGEST_FILE = 8_000_000  # bytes, unless charts are named
_CELL_HEIGHT = 760  # pixels, of a notebook's cell
_BASE64 = 3 / 4  # bytes in a character
_SURE = 0.99  # of a size that is the sum of parts: compressed together they may take a little more
_LONGEST_TITLE = 200


def lab(
    trajectory: Trajectory, *, charts: Sequence[str] | None = None, title: str | None = None
) -> Lab:
    """Put the stage with a run into one HTML page that needs no server and no network.

    Parameters
    ----------
    trajectory : Trajectory
        A run of an Experiment, or one that `l2viz.Recorder` recorded.
    charts : sequence of str, optional
        Names of the charts that can be put on the stage. If they are not named: all, or the usual
        ones and as many others as go into 8 MB, the smallest first.
    title : str, optional
        Of the page.

    Returns
    -------
    Lab
        In a notebook it shows the stage; ``save`` writes the file.

    Raises
    ------
    InvalidValue
        A ValueError, if one of the arguments is not of this kind or there is no such chart.

    Notes
    -----
    The file holds the numbers that its charts and the line of numbers show, at every strength and
    recorded epoch, to the last bit; the settings of the experiment, or name, variables and
    strengths of a recorded model; the versions of the libraries. Training data are in it only as
    points that a chart draws: those of a curve or a plane. No other example, no column name, and
    no whole kernel that no chart shows.
    """
    if not isinstance(trajectory, Trajectory):
        raise InvalidValue("trajectory", "be a Trajectory", trajectory)
    if title is not None and not (isinstance(title, str) and 0 < len(title) <= _LONGEST_TITLE):
        raise InvalidValue("title", f"be text of 1 to {_LONGEST_TITLE} characters", title)
    named = None
    if charts is not None:
        named = tuple(chart.name for chart in named_charts(trajectory, charts))
    return Lab(trajectory, named, title)


class Lab:
    """The stage with one run; made by `l2viz.lab`.

    Attributes
    ----------
    charts : tuple of str
        Names of the charts that it has.
    left_out : tuple of str
        Names of the run's other charts.
    """

    def __init__(
        self, trajectory: Trajectory, charts: tuple[str, ...] | None, title: str | None
    ) -> None:
        self._trajectory = trajectory
        self._title = title
        self._every = charts_of(trajectory)
        self.charts = self._fitting() if charts is None else charts
        self.left_out = tuple(each.name for each in self._every if each.name not in self.charts)

    @functools.cached_property
    def html(self) -> str:
        """Return the page."""
        headings = tuple(each.heading for each in self._every if each.name in self.left_out)
        text = page_text(self._trajectory, self._title, headings)
        parts = answer_parts(self._trajectory, self.charts, listed=self.charts)
        return page(text, compressed(parts.packed()), stage_files())

    def save(self, path: str | Path) -> None:
        """Write the page to a file, which a browser opens without a server.

        Parameters
        ----------
        path
            The file. It is replaced if it exists; if it cannot be written whole, the old one stays.

        Raises
        ------
        InvalidValue
            A ValueError, if no file can be written there; the message says why.
        """
        write_bytes(path, self.html.encode())

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, so that a notebook's styles do not meet it."""
        source = html.escape(self.html)
        return (
            f'<iframe srcdoc="{source}" title="l2viz" allow="fullscreen; clipboard-write" '
            f'style="width: 100%; height: {_CELL_HEIGHT}px; border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<Lab of {len(self.charts)} charts: {self._trajectory!r}>"

    def _fitting(self) -> tuple[str, ...]:
        """Return the names of the charts that go into the largest file."""
        names = tuple(each.name for each in self._every)
        whole = answer_parts(self._trajectory, names, listed=names)
        # With the longest footer, which names all charts.
        headings = tuple(each.heading for each in self._every)
        rest = page(page_text(self._trajectory, self._title, headings), b"", stage_files())
        left = _SURE * _BASE64 * (LARGEST_FILE - len(rest.encode()))
        left -= len(gzip.compress(repr(whole.header).encode()))
        return fitting(whole, tuple(each.name for each in usual_charts(self._every)), left)
