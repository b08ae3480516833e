"""What the viewer asked for since the script last ran -> the trainer, and the run to show."""

from __future__ import annotations

import dataclasses

from l2viz.experiment import Experiment
from l2viz.lesson.presets import LESSONS, Lesson, lesson_of
from l2viz.trainer import QueueFull, Run, TrainerUnavailable
from l2viz.ui.server.trainer_service import trainer
from l2viz.ui.session import Session
from l2viz.ui.sidebar.settings import LESSON
from l2viz.validation import ExperimentError

_OTHERS_WANT_IT = "Others still want this run, so it goes on."


def follow(session: Session, changed: set[str]) -> None:
    """Does what the viewer asked for; `changed` names the settings that they changed."""
    if LESSON in changed:
        _open_lesson(session)
    elif "dataset" in changed:
        _open_dataset(session)
    elif changed & {"epochs", "model"}:
        session.settings.pace_recording()
    if session.follow:
        show(session, session.follow)
    if session.train:
        _train(session)
    if session.stop:
        _stop(session)
    session.follow, session.train, session.stop = None, False, False


def show(session: Session, experiment: Experiment) -> None:
    """Puts an experiment into the controls, and its run onto the stage."""
    lesson = lesson_of(experiment)
    session.settings.put(experiment, lesson.name if lesson else None)
    _ask(session, experiment)


def shown_run(session: Session) -> Run:
    """The run on the stage; when there is none, the recorded opening lesson.

    Raises TrainerUnavailable or QueueFull when that is missing too.
    """
    service = trainer()
    run = service.get(session.run)
    return run or service.submit(LESSONS[0].experiment, asker=session.asker)


def _open_lesson(session: Session) -> None:
    for lesson in LESSONS:
        if lesson.name == session.settings.values[LESSON]:
            _show_lesson(session, lesson, chosen=LESSON)


def _open_dataset(session: Session) -> None:
    """With its first lesson; without one the settings alone change, and wait to be trained."""
    dataset = session.settings.values["dataset"]
    lesson = next((each for each in LESSONS if each.experiment.dataset == dataset), None)
    if lesson:
        _show_lesson(session, lesson, chosen="dataset")
    else:
        session.settings.put(Experiment(dataset=dataset), chosen="dataset")


def _show_lesson(session: Session, lesson: Lesson, chosen: str) -> None:
    session.ignored = ()
    session.settings.put(lesson.experiment, lesson.name, chosen=chosen)
    if lesson.view:
        session.send_to(dataclasses.replace(lesson.view, presenter=session.view.presenter))
    _ask(session, lesson.experiment)


def _train(session: Session) -> None:
    try:
        draft = session.settings.experiment()
    except ExperimentError:
        return  # the page already says why
    shown = trainer().get(session.run)
    _ask(session, draft, anew=shown is not None and shown.experiment == draft and shown.ended)


def _stop(session: Session) -> None:
    run = trainer().get(session.run)
    if run is None or run.ended:
        return
    stops = trainer().withdraw(run.id, asker=session.asker)
    session.others = "" if stops or run.ended else _OTHERS_WANT_IT


def _ask(session: Session, experiment: Experiment, *, anew: bool = False) -> None:
    """Has an experiment trained, or found, and shows it; a refusal leaves what is shown."""
    session.refused = session.others = ""
    try:
        session.run = trainer().submit(experiment, asker=session.asker, anew=anew).id
    except (TrainerUnavailable, QueueFull) as refusal:
        session.refused = str(refusal)
