"""The page: settings at the side, words and the stage beside them, all of it in the address."""

from __future__ import annotations

import streamlit as st

from l2viz.address import View, from_query, to_query
from l2viz.experiment import Experiment
from l2viz.rules import ExperimentError
from l2viz.stage.component import stage
from l2viz.trainer import QueueFull, Run, TrainerUnavailable
from l2viz.ui import controls, next_steps, requests, words
from l2viz.ui.lessons import LESSONS
from l2viz.ui.presence import viewer_id
from l2viz.ui.service import trainer
from l2viz.ui.session import Session
from l2viz.ui.settings import Settings

_STAGE = "stage"
_STYLE = """
<style>
.stAppHeader { background: transparent; }
.stMainBlockContainer { padding: 1.1rem 1.4rem 0.5rem; }
.stMainBlockContainer .stMarkdown p { font-size: 0.92rem; line-height: 1.35; }
.stSidebar .stSidebarHeader { height: 2.2rem; }
@media (min-width: 761px) {
  .stApp:has(.stSidebar[data-collapsed="true"]) .stMainBlockContainer { padding-left: 3.4rem; }
}
@media (max-width: 760px) {
  .stApp .stMainBlockContainer { padding: 3rem 0.9rem 0.5rem; }
}
.stMainBlockContainer > .stVerticalBlock { gap: 0.4rem; }
.stSidebar .stVerticalBlock { gap: 0.55rem; }
.stSidebar label p { font-size: 0.82rem; }
</style>
"""


def page() -> None:
    """One run of the script."""
    st.set_page_config(page_title="l2viz: L2 regularization, seen", layout="wide")
    st.html(_STYLE)
    session = Session.of_viewer()
    if session is None:
        session = _begin()
    else:
        session.hear(st.session_state.get(_STAGE) or {})
        requests.follow(session, session.settings.read())
    try:
        run = requests.shown_run(session)
    except (TrainerUnavailable, QueueFull) as problem:  # and the recordings are missing
        st.error(str(problem))
        return
    if not session.view.presenter:
        with st.sidebar:
            controls.draw(
                session.settings, lambda: next_steps.draw(run, session.view, session.wish)
            )
        words.draw(run.experiment, session.ignored)
    draft, refusal = _draft(session, run)
    stage(
        {
            "run": run.id,
            "ended": run.ended,
            "view": session.view.as_json(),
            "place": session.place,
            "others": session.others,
            "stale": words.stale_sentence(run.experiment, draft),
            "train_label": "Train anew" if draft == run.experiment and run.ended else "Train",
            "blocked": refusal or trainer().unavailable_because or session.refused,
        },
        key=_STAGE,
    )
    _write_address(draft, session.view)


def _begin() -> Session:
    """What the address says, once for each viewer."""
    trainer().start()
    address = from_query(st.query_params.to_dict(), opening=LESSONS[0].experiment)
    session = Session(
        settings=Settings(address.experiment),
        view=address.view,
        asker=viewer_id(),
        ignored=address.ignored,
    )
    requests.show(session, address.experiment)
    session.keep()
    return session


def _draft(session: Session, run: Run) -> tuple[Experiment, str]:
    """What the controls ask for, and why it cannot be trained if so."""
    try:
        return session.settings.experiment(), ""
    except ExperimentError as error:
        return run.experiment, f"These settings cannot be trained: {error}."


def _write_address(draft: Experiment, view: View) -> None:
    query = to_query(draft, view)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
