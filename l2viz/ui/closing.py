"""The closing page of the tour: the guesses beside what was so, and what to try now."""

from __future__ import annotations

import dataclasses

import streamlit as st

from l2viz.lesson import Scene
from l2viz.lesson.presets import presets
from l2viz.ui import tour
from l2viz.ui.session import Session

_TRIES = (
    ("Use other labels: set *Label noise* to 0.1", "digits-wrong-labels", {"label_noise": 0.1}),
    ("Five seeds at once: does the gain hold?", "digits-wrong-labels", {"repeats": 5}),
    ("Plain SGD instead of Adam", "digits-wrong-labels", {"optimizer": "sgd"}),
)


def draw(session: Session) -> None:
    """Draw the closing page when it is open."""
    if session.scene != tour.CLOSING:
        return
    scenes = tour.lesson_content().scenes
    with st.container(key="scene"):
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Back",
                key="scene.back",
                shortcut="shift+n",
                on_click=tour.enter,
                args=(session, scenes[-1]),
            )
            st.button(
                "Open the lab",
                key="scene.leave",
                shortcut="l",
                type="primary",
                on_click=tour.leave,
                args=(session,),
            )
        st.markdown("#### What you guessed, and what was so")
        st.markdown(_count(session, scenes))
        st.markdown("**Try now**")
        for number, (text, _, _) in enumerate(_TRIES):
            st.button(
                text, key=f"try.{number}", on_click=_try, args=(session, number), width="stretch"
            )
        for scene in scenes:
            st.markdown(_line(session, scene))


def _count(session: Session, scenes: tuple[Scene, ...]) -> str:
    guessed = [scene for scene in scenes if session.guesses.get(scene.key, tour.REVEALED) >= 0]
    if not guessed:
        return f"You made no guess yet in the {len(scenes)} scenes; below is what was so."
    right = sum(
        scene.question is not None and session.guesses[scene.key] == scene.question.answer
        for scene in guessed
    )
    rest = " The others are worth a second look." if right < len(guessed) else ""
    return f"You guessed in {len(guessed)} of {len(scenes)} scenes; {right} were right.{rest}"


def _line(session: Session, scene: Scene) -> str:
    """Return question, guess and answer of a scene."""
    assert scene.question is not None
    question = scene.question
    guess = session.guesses.get(scene.key, tour.REVEALED)
    right = question.choices[question.answer]
    head = f"**{scene.title}.** {question.ask}"
    if guess == question.answer:
        return f"{head}  \n✓ {right}"
    said = f" You said: {tour.guess_words(session, scene)}." if guess >= 0 else ""
    return f"{head}  \n{'✗' if said else '–'} {right}.{said}"


def _try(session: Session, number: int) -> None:
    """Open the lab with a setting changed, and train it."""
    _, key, changes = _TRIES[number]
    preset = next(each for each in presets() if each.key == key)
    tour.leave(session)
    session.enter(dataclasses.replace(preset.experiment, **changes), preset.view)
