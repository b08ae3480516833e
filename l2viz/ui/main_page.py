"""The page: settings at the side, words and the stage beside them, all of it in the address."""

from __future__ import annotations

import dataclasses

import streamlit as st

from l2viz.experiment import Experiment
from l2viz.experiment.url import from_query, to_query
from l2viz.lesson import LessonError
from l2viz.lesson.presets import LESSONS
from l2viz.stage.component import stage
from l2viz.trainer import QueueFull, Run, TrainerUnavailable
from l2viz.ui import actions, captions, tour
from l2viz.ui.dialogs import catalogue
from l2viz.ui.server.presence import viewer_id
from l2viz.ui.server.trainer_service import trainer
from l2viz.ui.session import Session
from l2viz.ui.sidebar import next_steps, widgets
from l2viz.ui.sidebar.settings import Settings
from l2viz.validation import ExperimentError

_STAGE = "stage"
_STYLE = """
<style>
.stAppHeader { background: transparent; }
.stMainBlockContainer { padding: 0.6rem 1.4rem 0.5rem; }
.stMainBlockContainer .stMarkdown p { font-size: 0.92rem; line-height: 1.35; }
.stSidebar .stSidebarHeader { height: 2.2rem; }
@media (min-width: 761px) {
  .stApp:has(.stSidebar[data-collapsed="true"]) .stMainBlockContainer { padding-left: 3.4rem; }
}
@media (max-width: 760px) {
  .stApp .stMainBlockContainer { padding: 3rem 0.9rem 0.5rem; }
}
.stMainBlockContainer > .stVerticalBlock, .st-key-above { gap: 0.3rem; }
.stSidebar .stVerticalBlock { gap: 0.55rem; }
.stSidebar label p { font-size: 0.82rem; }
</style>
"""


def page() -> None:
    """One run of the script."""
    st.set_page_config(page_title="l2viz: L2 regularization, seen", layout="wide")
    st.html(_STYLE + tour.STYLE + catalogue.STYLE)
    try:
        tour.lesson()
    except LessonError as error:
        st.error(f"The lesson could not be read. {error}")
        return
    session = Session.of_viewer()
    if session is None:
        session = _begin()
    else:
        session.hear(st.session_state.get(_STAGE) or {})
        actions.follow(session, session.settings.read())
    try:
        run = actions.shown_run(session)
    except (TrainerUnavailable, QueueFull) as problem:  # and the recordings are missing
        st.error(str(problem))
        return
    lab = not session.view.presenter and not session.scene
    if lab:
        with st.sidebar:
            widgets.draw(session.settings, lambda: next_steps.draw(run, session.view, session.wish))
    # Always there, as is the container of the scene: a stage whose place among Streamlit's elements
    # changed would be built anew, with all its charts.
    with st.container(key="above"):
        if lab:
            captions.draw(run.experiment)
        captions.draw_ignored(session.ignored)
        if lab:
            catalogue.draw_doors(session)
    draft, refusal = _draft(session, run)
    with st.container(key="lab"):
        with st.container():
            tour.draw(session, run)
        stage(
            {
                "run": run.id,
                "ended": run.ended,
                "view": session.view.as_json(),
                "place": session.place,
                "covered": tour.covered(session),
                "others": session.others,
                "stale": captions.stale_sentence(run.experiment, draft),
                "train_label": "Train anew" if draft == run.experiment and run.ended else "Train",
                "blocked": refusal or trainer().unavailable_because or session.refused,
            },
            key=_STAGE,
        )
    catalogue.draw(session, run)
    _write_address(session, draft)


def _begin() -> Session:
    """What the address says, once for each viewer."""
    trainer().start()
    query = st.query_params.to_dict()
    scene = tour.find(query.get("scene", ""))
    page = query.get("page", "")
    for name, known in (("scene", scene), ("page", page in catalogue.PAGES)):
        if known:
            del query[name]
    opening = scene.experiment if scene else LESSONS[0].experiment
    address = from_query(query, opening=opening)
    if scene and not set(query) - {"presenter"}:
        view = tour.view_of(scene, presenter=address.view.presenter)
        address = dataclasses.replace(address, view=view)
    session = Session(
        settings=Settings(address.experiment),
        view=address.view,
        asker=viewer_id(),
        ignored=address.ignored,
        scene=scene.key if scene else "",
        page=page if page in catalogue.PAGES else "",
    )
    actions.show(session, address.experiment)
    session.keep()
    return session


def _draft(session: Session, run: Run) -> tuple[Experiment, str]:
    """What the controls ask for, and why it cannot be trained if so."""
    try:
        return session.settings.experiment(), ""
    except ExperimentError as error:
        return run.experiment, f"These settings cannot be trained: {error}."


def _write_address(session: Session, draft: Experiment) -> None:
    view = session.view
    query = to_query(draft, view)
    if scene := tour.find(session.scene):
        as_it_begins = tour.view_of(scene, presenter=view.presenter)
        if query == to_query(scene.experiment, as_it_begins):
            query = {"presenter": query["presenter"]} if view.presenter else {}
        query = {"scene": scene.key} | query
    if session.page:
        query["page"] = session.page
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
