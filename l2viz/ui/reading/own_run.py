"""A run from a file: what `l2viz.Recorder` or `Trajectory.save` has written, on the stage."""

from __future__ import annotations

import io

import streamlit as st

from l2viz.experiment.number_text import short_number_text
from l2viz.experiment.strength_grid import nearest_strength, strength_text
from l2viz.experiment.url import View
from l2viz.trainer import Run
from l2viz.trajectory import RecordedModel, Trajectory
from l2viz.ui.server.opened_runs import LARGEST_RUN, open_run
from l2viz.ui.session import Session

_HOW = """\
recorder = l2viz.Recorder()
model.fit(x, y, validation_split=0.2, epochs=20, callbacks=[recorder])
recorder.save("run.npz")"""
_READ = "own_run.read"  # which files the session's run was read from


def draw(session: Session, run: Run) -> None:
    """Let the viewer choose the files of a run, and describe the one on the stage."""
    st.markdown(
        "Open a recorded `fit` of **your own model**: one `.npz`, or several of the same model at "
        "different strengths, one of them 0, which become one path for the slider."
    )
    st.caption(
        f"Up to {LARGEST_RUN >> 20} MB. The run stays in your session: it is in no address, and "
        "it goes when you leave."
    )
    uploads = st.file_uploader("Run", ["npz"], accept_multiple_files=True, key="own_run.files")
    read = tuple(upload.file_id for upload in uploads)
    if uploads and read != st.session_state.get(_READ):
        st.session_state[_READ] = read
        try:
            session.opened = open_run({each.name: io.BytesIO(each.getvalue()) for each in uploads})
        except ValueError as problem:
            st.session_state[_READ] = None
            st.error(f"{problem}.")
        else:
            session.send_to(_first_view(session.opened.trajectory()))
            st.rerun()  # with the run on the stage
    if session.opened:
        _describe(session, session.opened.trajectory())
    else:
        st.markdown("Record one:")
        st.code(_HOW, language="python", wrap_lines=True)


def _first_view(trajectory: Trajectory) -> View:
    """Return the view that a run opens with: the smallest strength that is not 0."""
    strengths = [float(strength) for strength in trajectory.strengths]
    return View(strength=strengths[min(1, len(strengths) - 1)])


def _describe(session: Session, trajectory: Trajectory) -> None:
    """Draw what was trained, as plain text: the names in a file are anyone's."""
    trained = trajectory.trained
    if not isinstance(trained, RecordedModel):
        st.text(f"{trajectory!r}")
        return
    member = nearest_strength(trained.strengths, session.view.strength)
    st.text(f"{trained.name}: {len(trained.strengths)} strengths, {trained.epochs} epochs")
    st.text(f"At λ = {strength_text(trained.strengths[member])}, at the last epoch:")
    rows = zip(
        trained.variables,
        trained.regularizers[member],
        trajectory.penalty[member, -1],
        strict=True,
    )
    lines = [
        f"{name}: {regularizer or 'no penalty'}, {short_number_text(float(penalty))}"
        for name, regularizer, penalty in rows
    ]
    st.text("\n".join(lines))
