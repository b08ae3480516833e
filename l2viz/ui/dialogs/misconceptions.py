"""The misconceptions: what people think, what is true, the code, and the scene that shows it."""

from __future__ import annotations

import streamlit as st

from l2viz.trainer import Run
from l2viz.ui import tour
from l2viz.ui.session import Session


def draw(session: Session, run: Run) -> None:
    """Draw all cards, one below the other."""
    for card in tour.lesson_content().cards:
        with st.container(border=True):
            st.markdown(f"**“{card.think}”**\n\n{card.so}")
            st.code(card.code, language="python", wrap_lines=True)
            tour.draw_link(session, card.scene, identity=f"card.{card.key}")
            st.caption("Source: " + card.proof.replace("_", r"\_"))
