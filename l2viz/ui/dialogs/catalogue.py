"""The pages before the lab, each in a dialog, so that the stage behind it stays as it is."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType

import streamlit as st

from l2viz.trainer import Run
from l2viz.ui import tour
from l2viz.ui.dialogs import (
    code,
    conventions,
    lesson_plans,
    misconceptions,
    reference,
    regularizer_object,
    summary,
)
from l2viz.ui.session import Session

PAGES: Mapping[str, tuple[str, Callable[[Session, Run], None]]] = MappingProxyType(
    {
        "cards": ("Misconceptions", misconceptions.draw),
        "object": ("The object", regularizer_object.draw),
        "code": ("Code", code.draw),
        "summary": ("Summary", summary.draw),
        "translate": ("λ elsewhere", conventions.draw),
        "reference": ("Reference", reference.draw),
        "plans": ("For teachers", lesson_plans.draw),
    }
)
STYLE = """
<style>
.st-key-doors { row-gap: 0; }
.st-key-doors button { height: 1.3rem; min-height: 0; padding: 0 0.15rem; }
.st-key-doors button p { font-size: 0.85rem !important; }
</style>
"""


def draw_doors(session: Session) -> None:
    """One line: the tour, and every page."""
    with st.container(horizontal=True, key="doors", gap="medium", vertical_alignment="center"):
        st.button(
            "**Guided tour**",
            key="door.tour",
            type="tertiary",
            shortcut="n",
            on_click=tour.enter,
            args=(session, tour.lesson().scenes[0]),
            help="Six steps and eleven claims, each with a guess before what comes out.",
        )
        for key, (title, _) in PAGES.items():
            st.button(
                title, key=f"door.{key}", type="tertiary", on_click=_open, args=(session, key)
            )


def draw(session: Session, run: Run) -> None:
    """The page that is open, if any."""
    if session.page not in PAGES:
        return
    title, draw_page = PAGES[session.page]
    close = functools.partial(_open, session, "")
    st.dialog(title, width="large", on_dismiss=close)(draw_page)(session, run)


def _open(session: Session, page: str) -> None:
    session.page = page
