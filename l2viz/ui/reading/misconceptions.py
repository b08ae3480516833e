"""The misconceptions: what people think, what is true, the code, and the scene that shows it."""

from __future__ import annotations

import streamlit as st

from l2viz.trainer import Run
from l2viz.ui import tour
from l2viz.ui.session import Session


def draw(session: Session, run: Run) -> None:
    """Draw all cards, one below the other, each open once it has been judged."""
    st.markdown("True or false? Judge each sentence before you read on.")
    for card in tour.lesson_content().cards:
        with st.container(border=True):
            st.markdown(f"**“{card.think}”**")
            if card.key not in session.judged:
                _ask(session, card.key)
                continue
            said = "You said: true. It is not. " if session.judged[card.key] else ""
            st.markdown(said + card.so)
            st.code(card.code, language="python", wrap_lines=True)
            tour.draw_link(session, card.scene, identity=f"card.{card.key}")
            st.caption("Source: " + card.proof.replace("_", r"\_"))


def _ask(session: Session, key: str) -> None:
    """Draw the buttons for a guess about a card."""
    with st.container(horizontal=True, gap="small"):
        for name, believed in (("True", True), ("False", False)):
            st.button(
                name,
                key=f"judge.{key}.{name}",
                on_click=session.judged.__setitem__,
                args=(key, believed),
            )
