"""The dialogs: while one is open, the stage behind it does not change."""

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
    own_data,
    reference,
    regularizer_object,
    summary,
)
from l2viz.ui.session import Session

DIALOGS: Mapping[str, tuple[str, Callable[[Session, Run], None]]] = MappingProxyType(
    {
        "data": ("Your data", own_data.draw),
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
    """Draw a row of buttons: the tour, and every dialog."""
    with st.container(horizontal=True, key="doors", gap="medium", vertical_alignment="center"):
        tour.draw_door(session)
        for key, (title, _) in DIALOGS.items():
            st.button(
                title, key=f"door.{key}", type="tertiary", on_click=_open, args=(session, key)
            )


def draw_open(session: Session, run: Run) -> None:
    """Draw the dialog that is open, if any."""
    if session.dialog not in DIALOGS:
        return
    title, draw_dialog = DIALOGS[session.dialog]
    close = functools.partial(_open, session, "")
    st.dialog(title, width="large", on_dismiss=close)(draw_dialog)(session, run)


def _open(session: Session, dialog: str) -> None:
    session.dialog = dialog
