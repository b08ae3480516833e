"""The open scene, beside the stage: its text, a guess, then the measured result."""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

from l2viz.analysis.verdict import verdict
from l2viz.experiment.strength_grid import strength_text
from l2viz.lesson import LessonContent, Scene, read_lesson
from l2viz.trainer import Run
from l2viz.ui.session import Session

REVEALED = -1  # shown without a guess
CLOSING = "closing"  # in place of a scene's key
_PARTS = {"tour": "Step", "claim": "Claim"}


@functools.cache
def lesson_content() -> LessonContent:
    """Read the package's lesson, once. Raises LessonError if a file is not valid."""
    return read_lesson()


def find(key: str) -> Scene | None:
    """Return the scene with this key, if there is one."""
    return next((scene for scene in lesson_content().scenes if scene.key == key), None)


def begins_at(key: str) -> Scene | None:
    """Return the scene whose charts an address with this key opens: the last, when it closes."""
    return lesson_content().scenes[-1] if key == CLOSING else find(key)


def enter(session: Session, scene: Scene) -> None:
    """Open a scene: set controls and stage, and close any page."""
    session.scene = scene.key
    session.passage = session.page = ""
    session.ignored = ()
    session.enter(scene.experiment, scene.view)


def finish(session: Session) -> None:
    """Open the closing page, beside the last scene's charts."""
    session.scene = CLOSING


def leave(session: Session) -> None:
    """Go back to the lab, and keep the scene's settings."""
    session.scene = ""


def covered(session: Session) -> bool:
    """Return whether the result is hidden until the viewer makes a guess."""
    scene = find(session.scene)
    return scene is not None and scene.question is not None and scene.key not in session.guesses


def take_drawn(session: Session) -> None:
    """Make the choice nearest to a drawn peak the guess."""
    scene = find(session.scene)
    if scene and scene.question and scene.question.draws and scene.key in session.drawn:
        choice = scene.question.nearest_choice(session.drawn[scene.key])
        session.guesses.setdefault(scene.key, choice)


def open_charts(scene: Scene) -> tuple[str, ...]:
    """Return the charts of a scene that stay open until there is a guess."""
    return tuple(name for name in scene.view.charts or () if name not in scene.covers)


def stage_data(session: Session) -> dict[str, Any]:
    """Return the fields of StageData that say what a scene covers, draws and plays."""
    scene = find(session.scene)
    if scene is None:
        return {"open": (), "quiet": False, "plays": "", "draws": None}
    question = scene.question
    draws = None
    if question and question.draws and covered(session):
        draws = {"scene": scene.key, "array": question.draws, "ask": question.ask}
    return {
        "open": open_charts(scene),
        "quiet": not scene.tells_best,
        "plays": scene.plays,
        "draws": draws,
    }


def draw(session: Session, run: Run) -> None:
    """Draw the open scene; nothing when there is none."""
    scene = find(session.scene)
    if scene is None:
        return
    with st.container(key="scene"):
        _draw_navigation(session, scene)
        _draw_head(session, scene)
        waits = covered(session)
        st.markdown(scene.claim if scene.claim and waits else scene.text)
        if waits:
            _ask(session, scene)
        else:
            _answer(session, scene, run)


def _draw_head(session: Session, scene: Scene) -> None:
    part = lesson_content().tour if scene.part == "tour" else lesson_content().claims
    st.caption(f"{_PARTS[scene.part]} {part.index(scene) + 1} of {len(part)}")
    st.markdown(f"#### {scene.title}")
    if scene.claim and not covered(session):
        st.markdown(f"**{scene.claim}**")


def _ask(session: Session, scene: Scene) -> None:
    assert scene.question is not None
    st.markdown(f"**Your guess first.** {scene.question.ask}")
    if scene.question.draws:
        st.markdown("Draw it beside this text, or choose:")
    choices = [*enumerate(scene.question.choices), (REVEALED, "Show it without a guess")]
    for number, choice in choices:
        st.button(
            choice,
            key=f"guess.{scene.key}.{number}",
            on_click=session.guesses.__setitem__,
            args=(scene.key, number),
            type="tertiary" if number == REVEALED else "secondary",
            width="stretch",
        )


def _answer(session: Session, scene: Scene, run: Run) -> None:
    question = scene.question
    if question is not None:
        guess = session.guesses[scene.key]
        right = question.choices[question.answer]
        if guess == question.answer:
            st.success(f"**{right}**: as you said. {question.why}")
        else:
            said = "" if guess == REVEALED else f" You said: {guess_words(session, scene)}."
            st.info(f"{question.ask} **{right}**.{said} {question.why}")
    if scene.conditions:
        st.markdown(scene.conditions)
    trajectory = run.trajectory() if run.state.status == "finished" else None
    if trajectory is not None and scene.tells_best:
        st.markdown(f"**This run.** {verdict(trajectory)}")
    counter = find(scene.counter)
    if counter is not None:
        st.button(
            f"Counter-example: {counter.title}",
            key=f"counter.{scene.key}",
            icon=":material/compare_arrows:",
            on_click=enter,
            args=(session, counter),
            width="stretch",
        )


def guess_words(session: Session, scene: Scene) -> str:
    """Return the viewer's guess in words."""
    assert scene.question is not None
    if scene.key in session.drawn:
        return f"λ = {strength_text(session.drawn[scene.key])}, drawn"
    return scene.question.choices[session.guesses[scene.key]]


def _draw_navigation(session: Session, scene: Scene) -> None:
    scenes = lesson_content().scenes
    position = scenes.index(scene)
    with st.container(horizontal=True, gap="small"):
        for name, to, shortcut in (("Back", position - 1, "shift+n"), ("Next", position + 1, "n")):
            there = scenes[to] if 0 <= to < len(scenes) else None
            last = to == len(scenes)
            st.button(
                name,
                key=f"scene.{name.lower()}",
                shortcut=shortcut,
                disabled=there is None and not last,
                on_click=finish if last else enter,
                args=(session,) if last else (session, there),
                help=there.title if there else "What you guessed, and what to try now" * last,
                type="primary" if name == "Next" else "secondary",
            )
        st.button(
            "Leave",
            key="scene.leave",
            shortcut="l",
            on_click=leave,
            args=(session,),
            help="Leave the tour; all settings stay as they are.",
        )


def draw_door(session: Session) -> None:
    """Draw the button that begins the tour."""
    content = lesson_content()
    st.button(
        "**Guided tour**",
        key="door.tour",
        type="tertiary",
        shortcut="n",
        on_click=enter,
        args=(session, content.scenes[0]),
        help=f"{len(content.tour)} steps and {len(content.claims)} claims: first your guess, "
        "then what was measured.",
    )


def draw_link(session: Session, key: str, *, identity: str) -> None:
    """Draw a button, on a page, that opens a scene and closes the page."""
    scene = find(key)
    if scene and st.button(f"Open the scene: {scene.title}", key=f"link.{identity}"):
        enter(session, scene)
        st.rerun()
