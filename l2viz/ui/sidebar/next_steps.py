"""Next steps after a run: a finer grid around its best strength, or a change of λ at an epoch."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import streamlit as st

from l2viz.analysis.grid_refinement import finer_grid
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import nearest_strength, strength_text
from l2viz.experiment.url import View
from l2viz.trainer import Run

_NO_BRANCH = "First move the epoch slider to the epoch after which λ should change."


def draw(run: Run, view: View, follow: Callable[[Experiment], None]) -> None:
    """Draw two buttons, each with a help text; `follow(experiment)` trains and shows it."""
    _draw_finer(run, follow)
    _draw_branch(run.experiment, view, follow)


def branch(shown: Experiment, view: View) -> Experiment | None:
    """Return the shown experiment with a step from the viewer's strength at the viewer's epoch.

    None at the first and the last epoch, where a step has no effect, and for an experiment that
    already has a schedule.
    """
    if shown.schedule != "constant" or view.epoch is None or not 0 < view.epoch < shown.epochs:
        return None
    nearest = shown.strengths[nearest_strength(shown.strengths, view.strength)]
    return dataclasses.replace(
        shown, schedule="step", schedule_epoch=view.epoch, schedule_from=nearest
    )


def _draw_finer(run: Run, follow: Callable[[Experiment], None]) -> None:
    trajectory = run.trajectory() if run.state.status == "finished" else None
    proposal = finer_grid(trajectory) if trajectory else None
    finer = None
    if proposal and proposal.strengths != run.experiment.strengths:
        finer = dataclasses.replace(run.experiment, strengths=proposal.strengths)
    st.button(
        "Finer grid around the best",
        key="finer",
        icon=":material/zoom_in:",
        disabled=finer is None,
        on_click=follow,
        args=(finer,),
        help=proposal.sentence if proposal else "Available when the run has finished.",
        width="stretch",
    )


def _draw_branch(shown: Experiment, view: View, follow: Callable[[Experiment], None]) -> None:
    experiment = branch(shown, view)
    sentence = _NO_BRANCH
    if experiment:
        before = strength_text(experiment.schedule_from)
        sentence = (
            f"Trains with λ = {before} up to epoch "
            f"{experiment.schedule_epoch}, and then with every strength of the grid."
        )
    st.button(
        "Change λ from here on",
        key="branch",
        icon=":material/fork_right:",
        disabled=experiment is None,
        on_click=follow,
        args=(experiment,),
        help=sentence,
        width="stretch",
    )
