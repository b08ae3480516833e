"""What may follow a finished run: a finer grid around its best strength, or another λ from here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import streamlit as st

from l2viz.analysis.grid_refinement import finer_grid
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import nearest_strength
from l2viz.experiment.url import View
from l2viz.trainer import Run

_NO_BRANCH = "Move the epoch slider to where the strength shall change."


def draw(run: Run, view: View, follow: Callable[[Experiment], None]) -> None:
    """Two buttons, each with a sentence; `follow(experiment)` has it trained and shown."""
    _draw_finer(run, follow)
    _draw_branch(run.experiment, view, follow)


def branch(shown: Experiment, view: View) -> Experiment | None:
    """The shown path at the viewer's strength up to their epoch, and at every strength from there.

    None at the first and the last epoch, where there is nothing to change, and for a path whose
    strength changes already.
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
        help=proposal.sentence if proposal else "When the run has finished.",
        width="stretch",
    )


def _draw_branch(shown: Experiment, view: View, follow: Callable[[Experiment], None]) -> None:
    experiment = branch(shown, view)
    sentence = _NO_BRANCH
    if experiment:
        sentence = (
            f"Trains with λ = {experiment.schedule_from:g} to epoch {experiment.schedule_epoch}, "
            "and from there on with every strength of the grid."
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
