"""The page: settings in the sidebar, texts and stage beside it; the address stores its state."""

from __future__ import annotations

import functools

import streamlit as st

from l2viz.experiment import Experiment
from l2viz.lesson import LessonError
from l2viz.lesson.presets import presets
from l2viz.stage.component import StageData, stage
from l2viz.trainer import Run, RunRefused, Trainer, TrainerUnavailable
from l2viz.ui import actions, address, captions, closing, following, opening, tour
from l2viz.ui.reading import catalogue
from l2viz.ui.refusals import in_words
from l2viz.ui.server import opened_runs
from l2viz.ui.server.presence import viewer_id
from l2viz.ui.session import Session
from l2viz.ui.sidebar import next_steps, widgets
from l2viz.ui.sidebar.settings import Settings
from l2viz.ui.styles import STYLES
from l2viz.validation import ExperimentError

_STAGE = "stage"
_OPENED = "This run was recorded elsewhere: it is shown, and not trained again."


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
    session = _session(trainer)
    try:
        run = actions.shown_run(session, trainer)
    except (TrainerUnavailable, RunRefused) as problem:  # there is no recording either
        st.error(str(problem))
        return
    following.publish(session, run)
    elsewhere = session.passage or session.scene or session.following
    lab = not (session.view.presenter or elsewhere)
    if lab and not session.page:
        with st.sidebar:
            steps = functools.partial(next_steps.draw, run, session.view, session.request)
            widgets.draw(session.settings, steps)
    # These containers are never left out: if the stage's position among Streamlit's elements
    # changed, Streamlit would mount it again, with all its charts.
    opened = session.opened if session.page == "run" else None
    with st.container(key="above"):
        if lab and not opened:
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
            if session.page:
                catalogue.draw_open(session, run)
            else:
                tour.draw(session, run)
                closing.draw(session)
        ended = run.state.ended
        data = StageData(
            run=opened.id if opened else run.id,
            ended=ended or opened is not None,
            view=session.view,
            place=session.place,
            covered=tour.covered(session),
            **tour.stage_data(session),
            others=session.others,
            stale="" if opened else captions.stale_sentence(run.experiment, draft),
            train_label="Retrain" if draft == run.experiment and ended else "Train",
            refused=session.refused,
            blocked=_OPENED if opened else refusal or trainer.unavailable_because,
            simple=bool(session.passage) and not session.view.presenter,
            broadcast=following.code(session),
            teaches=bool(session.sharing),
        )
        stage(data, key=_STAGE)
    address.write(session, draft)


def _session(trainer: Trainer) -> Session:
    """Return the viewer's session, with what they have done since the last run of the script."""
    session = Session.of_viewer()
    if session is None:
        return _begin(trainer)
    session.receive(st.session_state.get(_STAGE) or {})
    tour.take_drawn(session)
    actions.follow(session, trainer, session.settings.read())
    if session.returned is not None:
        _return(session, trainer)
    following.show_shared(session, trainer)
    return session


def _begin(trainer: Trainer) -> Session:
    """Open the state in the address, once for each viewer."""
    trainer.start()
    found = address.opened(st.query_params.to_dict())
    session = Session(
        settings=Settings(found.address.experiment),
        view=found.address.view,
        client=viewer_id(),
        ignored=found.address.ignored,
        passage=found.passage.key if found.passage else "",
        scene=found.scene,
        page=found.page,
        following=found.followed,
        sharing=found.shared,
    )
    if not st.query_params and (brought := opened_runs.of_the_start()):
        session.opened, session.page, session.passage = brought, "run", ""
    actions.open_address(session, trainer, found.address.experiment)
    following.show_shared(session, trainer)
    session.keep()
    return session


def _return(session: Session, trainer: Trainer) -> None:
    """Open the address to which the viewer went back; a broadcast goes on."""
    found = address.opened(session.returned or {})
    session.returned = None
    session.passage = found.passage.key if found.passage else ""
    session.scene = found.scene
    session.page, session.ignored = found.page, found.address.ignored
    session.send_to(found.address.view)
    actions.open_address(session, trainer, found.address.experiment)


def _draft(session: Session, run: Run) -> tuple[Experiment, str]:
    """Return the experiment of the controls, and a sentence why it is not valid, or ""."""
    try:
        return session.settings.experiment(), ""
    except ExperimentError as error:
        refusal = in_words(error).replace("*", "")  # the stage shows plain text
        return run.experiment, f"These settings cannot be trained: {refusal}."
