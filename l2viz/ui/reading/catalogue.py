"""The pages to read and to work with, each in a panel beside the stage."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType

import streamlit as st

from l2viz.trainer import Run
from l2viz.ui import tour
from l2viz.ui.reading import (
    code,
    conventions,
    lesson_plans,
    misconceptions,
    own_data,
    own_run,
    reference,
    regularizer_object,
    summary,
)
from l2viz.ui.session import Session

PAGES: Mapping[str, tuple[str, Callable[[Session, Run], None]]] = MappingProxyType(
    {
        "data": ("Your data", own_data.draw),
        "run": ("Your run", own_run.draw),
        "cards": ("Misconceptions", misconceptions.draw),
        "object": ("The object", regularizer_object.draw),
        "code": ("Code", code.draw),
        "summary": ("Summary", summary.draw),
        "translate": ("λ elsewhere", conventions.draw),
        "reference": ("Reference", reference.draw),
        "plans": ("For teachers", lesson_plans.draw),
    }
)


def draw_links(session: Session) -> None:
    """Draw a row of buttons: the tour, and every page; the open one is lit."""
    with st.container(horizontal=True, key="doors", gap="medium", vertical_alignment="center"):
        tour.draw_door(session)
        for key, (title, _) in PAGES.items():
            st.button(
                f"**{title}**" if key == session.page else title,
                key=f"door.{key}",
                type="tertiary",
                on_click=_open,
                args=(session, key),
            )


def draw_open(session: Session, run: Run) -> None:
    """Draw the page that is open."""
    title, draw_page = PAGES[session.page]
    with st.container(key="reading"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.markdown(f"#### {title}")
            st.button(
                "Close", key="reading.close", shortcut="esc", on_click=_open, args=(session, "")
            )
        draw_page(session, run)


def _open(session: Session, page: str) -> None:
    """Open a page, or none; a run from a file is on the stage while its page is open."""
    if session.opened and "run" in (page, session.page) and page != session.page:
        session.send_to(dataclasses.replace(session.view, charts=None, large=None, a=None, b=None))
    session.page = page
