"""The viewer's requests since the last run of the script -> the trainer, and the run to show."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from l2viz.experiment import Experiment
from l2viz.lesson import Preset
from l2viz.lesson.presets import preset_of, presets
from l2viz.trainer import Run, RunRefused, Trainer, TrainerUnavailable
from l2viz.trainer.sentences import duration
from l2viz.ui.session import Session
from l2viz.ui.sidebar.settings import LESSON
from l2viz.validation import ExperimentError

LONGEST_UNASKED = 60.0  # seconds of training that an address alone may start
_DRAWS_ANEW = {"train_size", "label_noise", "noise"}  # settings of how the points are drawn
_OTHERS_WATCH = "Other viewers are watching this run, so training continues."
_OTHERS_LEFT = "Training stops in a few seconds, unless a viewer who has just left comes back."


def follow(session: Session, trainer: Trainer, changed: set[str]) -> None:
    """Carry out the viewer's requests; `changed` are the names of settings that they changed."""
    if LESSON in changed:
        _open_lesson(session, trainer)
    elif "dataset" in changed:
        _open_dataset(session, trainer)
    elif changed:
        if changed & {"epochs", "model"}:
            session.settings.pace_recording()
        if changed & _DRAWS_ANEW:
            session.settings.draw_points()
        _mark_lesson(session)
    if session.requested:
        show(session, trainer, session.requested)
    if session.points is not None:
        _train_on_points(session, trainer, session.points)
    if session.train:
        _train(session, trainer)
    if session.stop:
        _stop(session, trainer)
    session.requested, session.points, session.train, session.stop = None, None, False, False


def open_address(session: Session, trainer: Trainer, experiment: Experiment) -> None:
    """Show the experiment of an address; a long training waits until the viewer presses Train."""
    seconds = trainer.seconds(experiment)
    if trainer.find(experiment) or seconds <= LONGEST_UNASKED:
        show(session, trainer, experiment)
        return
    session.settings.put(experiment)
    session.refused = (
        f"To train these settings takes about {duration(seconds)} here. Press Train to start."
    )


def show(session: Session, trainer: Trainer, experiment: Experiment) -> None:
    """Show an experiment in the controls, and its run on the stage."""
    lesson = preset_of(experiment)
    session.settings.put(experiment, lesson.name if lesson else None)
    _submit(session, trainer, experiment)


def shown_run(session: Session, trainer: Trainer) -> Run:
    """Return the run on the stage; if there is none, that of the opening lesson.

    Raises TrainerUnavailable or RunRefused if the opening lesson is not recorded either.
    """
    run = trainer.get(session.run)
    return run or trainer.submit(presets()[0].experiment, client=session.client)


def _open_lesson(session: Session, trainer: Trainer) -> None:
    """Open the lesson that was pressed; if it was the marked one, open it again."""
    chosen = session.settings.values[LESSON]
    lesson = next((each for each in presets() if each.name == chosen), _lesson_of_draft(session))
    if lesson:
        _show_lesson(session, trainer, lesson, chosen=LESSON if chosen else "")


def _mark_lesson(session: Session) -> None:
    """Mark the lesson that has the settings of the controls; none if they are no lesson's."""
    lesson = _lesson_of_draft(session)
    name = lesson.name if lesson else None
    if session.settings.values[LESSON] != name:
        session.settings.set_one(LESSON, name)


def _lesson_of_draft(session: Session) -> Preset | None:
    try:
        return preset_of(session.settings.experiment())
    except ExperimentError:
        return None


def _open_dataset(session: Session, trainer: Trainer) -> None:
    """Open the dataset's first lesson; without one, change the settings but do not train."""
    dataset = session.settings.values["dataset"]
    lesson = next((each for each in presets() if each.experiment.dataset == dataset), None)
    if lesson:
        _show_lesson(session, trainer, lesson, chosen="dataset")
    else:
        session.settings.put(Experiment(dataset=dataset), chosen="dataset")


def _show_lesson(session: Session, trainer: Trainer, lesson: Preset, chosen: str) -> None:
    session.ignored = ()
    session.settings.put(lesson.experiment, lesson.name, chosen=chosen)
    session.send_to(lesson.view.presented(session.view.presenter))
    _submit(session, trainer, lesson.experiment)


def _train_on_points(session: Session, trainer: Trainer, points: Sequence[Any]) -> None:
    """Train the experiment on the stage anew with other training points, which a browser sent."""
    run = trainer.get(session.run)
    if run is None:
        return
    try:
        experiment = with_points(run.experiment, points)
    except ExperimentError as refusal:
        session.refused = f"The training points stay as they were: they must {refusal.rule}."
        return
    open_address(session, trainer, experiment)


def with_points(experiment: Experiment, points: Sequence[Any]) -> Experiment:
    """Return an experiment with these training points; one batch holds them all if it did before.

    Raises ExperimentError.
    """
    size = len(points)
    batch = experiment.batch_size
    if batch >= experiment.train_size:
        batch = max(batch, size)
    return dataclasses.replace(
        experiment, points=tuple(points), train_size=size, label_noise=0.0, batch_size=batch
    )


def _train(session: Session, trainer: Trainer) -> None:
    try:
        draft = session.settings.experiment()
    except ExperimentError:
        return  # the page shows the reason
    shown = trainer.get(session.run)
    retrain = shown is not None and shown.experiment == draft and shown.state.ended
    _submit(session, trainer, draft, retrain=retrain)


def _stop(session: Session, trainer: Trainer) -> None:
    run = trainer.get(session.run)
    if run is None or run.state.ended:
        return
    stops = trainer.withdraw(run.id, client=session.client)
    watched = _OTHERS_WATCH if trainer.is_watched(run.id) else _OTHERS_LEFT
    session.others = "" if stops or run.state.ended else watched


def _submit(
    session: Session, trainer: Trainer, experiment: Experiment, *, retrain: bool = False
) -> None:
    """Submit an experiment and show its run; if it is refused, keep the run that is shown."""
    session.refused = session.others = ""
    try:
        session.run = trainer.submit(experiment, client=session.client, retrain=retrain).id
    except (TrainerUnavailable, RunRefused) as refusal:
        session.refused = str(refusal)
