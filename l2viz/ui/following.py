"""A teacher shares the view, and a class follows it: the texts, and what the page does for both."""

from __future__ import annotations

import re

import streamlit as st

from l2viz.trainer import Run, Trainer
from l2viz.ui import tour
from l2viz.ui.server.broadcasts import Shown, code_of, new_secret, shared_broadcasts
from l2viz.ui.session import Session

FOLLOW, SHARE = "follow", "share"  # names in the address
_TEXT = re.compile(r"[\w-]{4,40}")


def taken_from(query: dict[str, str]) -> tuple[str, str]:
    """Remove what an address says from the query; return `following` and `sharing` of a Session."""
    follow, share = query.pop(FOLLOW, ""), query.pop(SHARE, "")
    if _TEXT.fullmatch(follow):
        return follow, ""
    return "", share if _TEXT.fullmatch(share) else ""


def query_of(session: Session, query: dict[str, str]) -> dict[str, str]:
    """Return the query of a page that follows or shares."""
    if session.following:
        return {FOLLOW: session.following}
    return query | ({SHARE: session.sharing} if session.sharing else {})


def show_shared(session: Session, trainer: Trainer) -> None:
    """Let a page that follows show the run of the broadcast, if it is kept."""
    shown = shared_broadcasts().shown(session.following) if session.following else None
    run = trainer.get(shown.run) if shown else None
    if run and run.id != session.run:
        session.run = run.id
        session.settings.put(run.experiment)


def publish(session: Session, run: Run) -> None:
    """Show the class what is on a page that shares."""
    if session.sharing:
        waits = tour.covered(session)
        scene = tour.find(session.scene)
        question = scene.question if scene else None
        shown = Shown(
            run=run.id,
            view=session.view.as_json(),
            playing=session.playing,
            covered=waits or bool(session.hidden),
            open=tour.open_charts(scene) if scene and waits else (),
            scene=scene.key if scene else "",
            ask=question.ask if question else "",
            choices=question.choices if question else (),
        )
        shared_broadcasts().show(code_of(session.sharing), shown)


def code(session: Session) -> str:
    """Return the code that the stage asks about; "" for a page that neither shares nor follows."""
    return session.following or (code_of(session.sharing) if session.sharing else "")


def draw_start(session: Session) -> None:
    """Draw the button that begins a broadcast, on the page for teachers."""
    if session.following or session.sharing:
        return
    pressed = st.button(
        "Let the class follow this page",
        key="share",
        help="Gives you a link. Pages that open it show your run, strength, epoch, charts and "
        "pins as you change them. Each viewer may leave and return.",
    )
    if pressed:
        session.sharing = new_secret()
        session.page = ""
        st.rerun()  # what stands above it changes too


def draw(session: Session) -> None:
    """Draw the link for the class, or what a page that follows is."""
    if session.sharing:
        link = f"{(st.context.url or '').rstrip('/')}/?{FOLLOW}={code_of(session.sharing)}"
        with st.container(horizontal=True, key="sharing", vertical_alignment="center"):
            st.markdown(f"**The class follows this page at** `{link}`")
            st.button("Stop sharing", key="unshare", on_click=_stop, args=(session,))
    elif session.following:
        st.markdown(
            "**You follow your teacher's page.** Move a slider to look around on your own, and "
            "press *Follow* to return."
        )


def _stop(session: Session) -> None:
    shared_broadcasts().end(code_of(session.sharing))
    session.sharing = ""
