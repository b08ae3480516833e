"""The words of a lab's page: what it shows, and how to train more."""

from __future__ import annotations

from urllib.parse import urlencode

from l2viz.charts.core.saving import settings_words
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import dataset_words, is_brought
from l2viz.experiment.url import View, to_query
from l2viz.export.page import PageText
from l2viz.trajectory import RecordedModel, Trajectory

_APP = "http://localhost:8501/"


def page_text(trajectory: Trajectory, title: str | None, left_out: tuple[str, ...]) -> PageText:
    """Return the words of the page.

    title      None for a title that names what was trained
    left_out   headings of the charts that are not in the file
    """
    trained = trajectory.trained
    name = trained.name if isinstance(trained, RecordedModel) else dataset_words(trained.dataset)
    count = len(trajectory.strengths)
    members = f"one network for each of {count} strengths λ" if count > 1 else "one strength λ"
    settings = settings_words(trajectory)
    versions = ", ".join(
        f"{each} {version}" for each, version in trajectory.context.versions.items()
    )
    return PageText(
        title=title or f"What the strength λ does: {name}",
        description=f"{members[0].upper()}{members[1:]}, to explore by its slider. {settings}.",
        footer=(
            training_words(trained),
            *([_left_out(left_out)] if left_out else []),
            f"Measured by l2viz with {versions}. This page is one file and needs no network.",
        ),
    )


def training_words(trained: Experiment | RecordedModel) -> str:
    """Say how to train with other settings: the line that starts the app at these."""
    if isinstance(trained, RecordedModel):
        return "Recorded with `l2viz.Recorder` while a model of its own program was trained."
    if is_brought(trained.dataset):
        return "To train with other settings, start `l2viz app` and choose your data there again."
    address = f"{_APP}?{urlencode(to_query(trained, View()), safe=',')}"
    return f"To train with other settings, start `l2viz app` and open `{address}`"


def _left_out(headings: tuple[str, ...]) -> str:
    return (
        f"Charts that are not in this file: {', '.join(headings)}. "
        "`l2viz.lab(trajectory, charts=[…])` makes a file of the charts that you name."
    )
