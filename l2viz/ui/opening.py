"""The opening: one idea, one picture and one slider at a time, before the lab with all controls."""

from __future__ import annotations

import streamlit as st

from l2viz.lesson import Passage
from l2viz.ui import tour
from l2viz.ui.session import Session

PASSAGE = "story"  # name in the address


def taken_from(query: dict[str, str]) -> str:
    """Remove what an address says from the query; return `passage` of a Session.

    An address without anything opens the first passage; with `lab`, or any setting, the lab.
    """
    wants_lab = query.pop("lab", None) is not None
    passages = tour.lesson_content().opening
    if not query and passages and not wants_lab:
        return passages[0].key
    if wants_lab or set(query) - {PASSAGE, "presenter"} or find(query.get(PASSAGE, "")) is None:
        return ""
    return query.pop(PASSAGE)


def query_of(session: Session) -> dict[str, str]:
    """Return the query of the open passage."""
    if session.view.presenter:
        return {PASSAGE: session.passage, "presenter": "yes"}
    first = tour.lesson_content().opening[0]
    return {} if session.passage == first.key else {PASSAGE: session.passage}


def find(key: str) -> Passage | None:
    """Return the passage with this key, if there is one."""
    return next((each for each in tour.lesson_content().opening if each.key == key), None)


def enter(session: Session, passage: Passage) -> None:
    """Open a passage: set controls and stage."""
    session.passage = passage.key
    session.enter(passage.experiment, passage.view)


def leave(session: Session) -> None:
    """Open the lab with the passage's run; the stage stays where it is, and shows more charts."""
    session.passage = ""


def draw(session: Session) -> None:
    """Draw the open passage, above the stage; nothing when there is none."""
    passage = find(session.passage)
    if passage is None:
        return
    passages = tour.lesson_content().opening
    number = passages.index(passage)
    with st.container(key="opening"):
        st.caption("**l2viz** · see what L2 regularization does to a neural network")
        st.markdown(f"## {passage.title}")
        st.markdown(passage.text)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if number:
                _step(session, passages[number - 1], "Back", "secondary")
            if number + 1 < len(passages):
                _step(session, passages[number + 1], "Next", "primary")
            last = number + 1 == len(passages)
            st.button(
                "Your turn: open the lab" if last else "Open the lab",
                key="opening.lab",
                type="primary" if last else "secondary",
                on_click=leave,
                args=(session,),
                help="All charts, settings and lessons.",
            )
            tour.draw_door(session)
            st.caption(f"{number + 1} of {len(passages)}")


def _step(session: Session, passage: Passage, name: str, kind: str) -> None:
    st.button(
        name,
        key=f"opening.{name.lower()}",
        type="primary" if kind == "primary" else "secondary",
        on_click=enter,
        args=(session, passage),
        help=passage.title,
    )
