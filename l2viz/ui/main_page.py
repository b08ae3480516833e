"""The page: settings in the sidebar, texts and stage beside it; the address stores its state."""

from __future__ import annotations

import dataclasses
import functools

import streamlit as st

from l2viz.experiment import Experiment
from l2viz.experiment.url import from_query, to_query
from l2viz.lesson import LessonError
from l2viz.lesson.presets import presets
from l2viz.stage.component import StageData, stage
from l2viz.trainer import Run, RunRefused, Trainer, TrainerUnavailable
from l2viz.ui import actions, captions, following, opening, tour
from l2viz.ui.dialogs import catalogue
from l2viz.ui.server.presence import viewer_id
from l2viz.ui.session import Session
from l2viz.ui.sidebar import next_steps, widgets
from l2viz.ui.sidebar.settings import Settings
from l2viz.ui.styles import STYLES
from l2viz.validation import ExperimentError

_STAGE = "stage"


def page(trainer: Trainer) -> None:
    """Draw the page: one run of the script."""
    st.set_page_config(page_title="l2viz: see L2 regularization", layout="wide")
    st.html(STYLES)
    try:
        tour.lesson_content()
        presets()
    except LessonError as error:
        st.error(f"The lesson could not be read. {error}")
        return
    session = Session.of_viewer()
    if session is None:
        session = _begin(trainer)
    else:
        session.receive(st.session_state.get(_STAGE) or {})
        actions.follow(session, trainer, session.settings.read())
        following.show_shared(session, trainer)
    try:
        run = actions.shown_run(session, trainer)
    except (TrainerUnavailable, RunRefused) as problem:  # there is no recording either
        st.error(str(problem))
        return
    following.publish(session, run)
    elsewhere = session.passage or session.scene or session.following
    lab = not (session.view.presenter or elsewhere)
    if lab:
        with st.sidebar:
            steps = functools.partial(next_steps.draw, run, session.view, session.request)
            widgets.draw(session.settings, steps)
    # These containers are never left out: if the stage's position among Streamlit's elements
    # changed, Streamlit would mount it again, with all its charts.
    with st.container(key="above"):
        if lab:
            captions.draw(run.experiment)
        captions.draw_ignored(session.ignored)
        if not session.view.presenter:
            opening.draw(session)
            following.draw(session)
        if lab:
            catalogue.draw_links(session)
        elif session.view.presenter and not (session.scene or session.following):
            with st.container(key="offstage"):  # for its key alone
                tour.draw_door(session)
    draft, refusal = _draft(session, run)
    if draft != run.experiment:
        trainer.prepare(draft)  # Train may be pressed next
    with st.container(key="lab"):
        with st.container():
            tour.draw(session, run)
        ended = run.state.ended
        data = StageData(
            run=run.id,
            ended=ended,
            view=session.view,
            place=session.place,
            covered=tour.covered(session),
            others=session.others,
            stale=captions.stale_sentence(run.experiment, draft),
            train_label="Retrain" if draft == run.experiment and ended else "Train",
            refused=session.refused,
            blocked=refusal or trainer.unavailable_because,
            simple=bool(session.passage) and not session.view.presenter,
            broadcast=following.code(session),
            teaches=bool(session.sharing),
        )
        stage(data, key=_STAGE)
    catalogue.draw_open(session, run)
    _write_address(session, draft)


def _begin(trainer: Trainer) -> Session:
    """Open the state in the address, once for each viewer."""
    trainer.start()
    query = st.query_params.to_dict()
    scene = tour.find(query.get("scene", ""))
    dialog = query.get("page", "")
    for name, known in (("scene", scene), ("page", dialog in catalogue.DIALOGS)):
        if known:
            del query[name]
    there = scene or dialog in catalogue.DIALOGS
    passage = None if there else opening.find(opening.taken_from(query))
    followed, shared = following.taken_from(query)
    begins = scene or passage or presets()[0]
    address = from_query(query, opening=begins.experiment)
    if scene and not set(query) - {"presenter"}:
        view = scene.view.presented(address.view.presenter)
        address = dataclasses.replace(address, view=view)
    elif passage:
        view = passage.view.presented(address.view.presenter)
        address = dataclasses.replace(address, view=view)
    session = Session(
        settings=Settings(address.experiment),
        view=address.view,
        client=viewer_id(),
        ignored=address.ignored,
        passage=passage.key if passage else "",
        scene=scene.key if scene else "",
        dialog=dialog if dialog in catalogue.DIALOGS else "",
        following=followed,
        sharing=shared,
    )
    actions.open_address(session, trainer, address.experiment)
    following.show_shared(session, trainer)
    session.keep()
    return session


def _draft(session: Session, run: Run) -> tuple[Experiment, str]:
    """Return the experiment of the controls, and a sentence why it is not valid, or ""."""
    try:
        return session.settings.experiment(), ""
    except ExperimentError as error:
        return run.experiment, f"These settings cannot be trained: {error}."


def _write_address(session: Session, draft: Experiment) -> None:
    view = session.view
    query = opening.query_of(session) if session.passage else to_query(draft, view)
    if scene := tour.find(session.scene):
        as_it_begins = scene.view.presented(view.presenter)
        if query == to_query(scene.experiment, as_it_begins):
            query = {"presenter": query["presenter"]} if view.presenter else {}
        query = {"scene": scene.key} | query
    if session.dialog:
        query["page"] = session.dialog
    query = following.query_of(session, query)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
