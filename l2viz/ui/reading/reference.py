"""The reference: questions and key terms, each with its formula and the scene that shows it."""

from __future__ import annotations

import dataclasses

import streamlit as st

from l2viz.experiment import Experiment
from l2viz.experiment.url import View
from l2viz.trainer import Run
from l2viz.ui import tour
from l2viz.ui.session import Session

_TWO_WEIGHTS = View(strength=0.1, charts=("geometry_l2", "curvature", "norms", "loss_ledger"))
_HEADINGS = {"question": "In short", "term": "Key terms"}


def draw(session: Session, run: Run) -> None:
    """Draw the picture of two weights, then all entries."""
    st.markdown(
        "A picture of two weights: the penalty keeps them inside a circle, whose best point "
        "touches a contour of the data loss. As λ grows, the circle shrinks, and this point moves "
        "towards zero without stopping on an axis. L1 has a diamond instead, with corners on the "
        "axes."
    )
    if st.button("Open the picture of two weights", icon=":material/interests:"):
        tour.leave(session)
        session.page = ""
        session.send_to(dataclasses.replace(_TWO_WEIGHTS, presenter=session.view.presenter))
        session.request(Experiment(dataset="linear"))
        st.rerun()
    entries = tour.lesson_content().reference
    for kind, heading in _HEADINGS.items():
        st.markdown(f"#### {heading}")
        for entry in entries:
            if entry.kind == kind:
                st.markdown(f"**{entry.name}.** {entry.text}")
                if entry.formula:
                    st.latex(entry.formula)
                tour.draw_link(session, entry.scene, identity=f"term.{entry.name}")
