"""The page: controls at the side, the lesson's words, and the stage."""

from __future__ import annotations

import dataclasses
import re

import streamlit as st

from l2viz.address import Address, View, from_query, to_query
from l2viz.experiment import Experiment
from l2viz.rules import ExperimentError
from l2viz.stage.component import stage
from l2viz.trainer import QueueFull, Run, Trainer, TrainerUnavailable
from l2viz.ui import controls, next_steps, settings
from l2viz.ui.lessons import LESSONS, Lesson, lesson_of
from l2viz.ui.presence import viewer_id
from l2viz.ui.service import trainer

_STAGE = "stage"
_OTHERS_WANT_IT = "Others still want this run, so it goes on."
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
    _begin_session()
    settings.keep()
    try:
        run = _shown_run()
    except (TrainerUnavailable, QueueFull) as problem:  # and the recordings are missing
        st.error(str(problem))
        return
    with st.sidebar:
        controls.draw(_open_lesson, lambda: next_steps.draw(run, st.session_state["view"], _follow))
    draft, refusal = _draft(run)
    _draw_words(run)
    view: View = st.session_state["view"]
    stage(
        {
            "run": run.id,
            "ended": run.ended,
            "view": view.as_json(),
            "others": st.session_state["others"],
            "stale": _stale_sentence(run.experiment, draft),
            "train_label": "Train anew" if draft == run.experiment and run.ended else "Train",
            "blocked": refusal or trainer().unavailable_because or st.session_state["refused"],
        },
        key=_STAGE,
        on_view=_on_view,
        on_ignored=_on_ignored,
        on_train=_on_train,
        on_stop=_on_stop,
    )
    _write_address(draft, view)


# ---- the session


def _begin_session() -> None:
    """What the address says, once for each viewer."""
    if "asker" in st.session_state:
        return
    trainer().start()
    address: Address = from_query(st.query_params.to_dict(), opening=LESSONS[0].experiment)
    st.session_state["asker"] = viewer_id()
    st.session_state["ignored"] = address.ignored
    st.session_state["view"] = address.view
    st.session_state["refused"] = st.session_state["others"] = ""
    _put(address.experiment)
    _ask(address.experiment)


def _open_lesson(lesson: Lesson, chosen: str) -> None:
    """A lesson chosen by the control `chosen`: its settings at the side, its run on the stage."""
    st.session_state["ignored"] = ()
    settings.put(lesson.experiment, lesson.name, chosen=chosen)
    _ask(lesson.experiment)


def _follow(experiment: Experiment) -> None:
    """Puts an experiment that follows from the shown run into the controls, and trains it."""
    _put(experiment)
    _ask(experiment)


def _put(experiment: Experiment) -> None:
    lesson = lesson_of(experiment)
    settings.put(experiment, lesson.name if lesson else None)


def _ask(experiment: Experiment, *, anew: bool = False) -> None:
    """Has an experiment trained, or found, and shows it; a refusal leaves what is shown."""
    st.session_state["refused"] = st.session_state["others"] = ""
    try:
        run = trainer().submit(experiment, asker=st.session_state["asker"], anew=anew)
    except (TrainerUnavailable, QueueFull) as refusal:
        st.session_state["refused"] = str(refusal)
        return
    st.session_state["run"] = run.id


def _shown_run() -> Run:
    """The run on the stage; when there is none, the recorded opening lesson."""
    service: Trainer = trainer()
    run = service.get(st.session_state.get("run", ""))
    return run or service.submit(LESSONS[0].experiment, asker=st.session_state["asker"])


def _draft(run: Run) -> tuple[Experiment, str]:
    """What the controls ask for, and why it cannot be trained if so."""
    try:
        return settings.experiment(), ""
    except ExperimentError as error:
        return run.experiment, f"These settings cannot be trained: {error}."


# ---- what the stage tells


def _on_view() -> None:
    told = st.session_state[_STAGE]["view"]
    if told:
        charts = told.get("charts")
        st.session_state["view"] = View(**told | {"charts": tuple(charts) if charts else None})


def _on_ignored() -> None:
    """Charts that the address names and the run does not have; it may come after the run."""
    names = st.session_state[_STAGE]["ignored"]
    if names:
        st.session_state["ignored"] += tuple(str(name) for name in names)


def _on_train() -> None:
    try:
        draft = settings.experiment()
    except ExperimentError:
        return  # the page already says why
    shown = trainer().get(st.session_state.get("run", ""))
    anew = shown is not None and shown.experiment == draft and shown.ended
    _ask(draft, anew=anew)


def _on_stop() -> None:
    run = trainer().get(st.session_state.get("run", ""))
    if run is None or run.ended:
        return
    stops = trainer().withdraw(run.id, asker=st.session_state["asker"])
    st.session_state["others"] = "" if stops or run.ended else _OTHERS_WANT_IT


# ---- words


def _draw_words(run: Run) -> None:
    lesson = lesson_of(run.experiment)
    if st.session_state["ignored"]:
        names = _plain(st.session_state["ignored"])
        st.warning(
            f"Ignored in the address, as it could not be read: {names}.", icon=":material/link_off:"
        )
    if lesson:
        st.markdown(f"**{lesson.title}.** {lesson.text} {lesson.found()}")
    else:
        st.markdown(f"**An experiment of your own** on the {run.experiment.dataset} data.")


def _plain(names: tuple[str, ...]) -> str:
    """Names from an address, which anyone may write: no markup, no end of line, not too long."""
    shown = ", ".join(re.sub(r"[^\w.-]", "?", name)[:30] or "?" for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _stale_sentence(shown: Experiment, draft: Experiment) -> str:
    """How the shown run's settings differ from those of the controls; empty if they do not."""
    changed = [
        f"{field.name.replace('_', ' ')} {_short(getattr(shown, field.name))}"
        for field in dataclasses.fields(Experiment)
        if getattr(shown, field.name) != getattr(draft, field.name)
    ]
    if not changed:
        return ""
    named = ", ".join(changed[:3]) + (" and more" if len(changed) > 3 else "")
    return f"The charts show a run of other settings ({named}). Press Train for those at the side."


def _short(value: object) -> str:
    if isinstance(value, tuple) and len(value) > 4:
        return f"0 to {value[-1]:g} in {len(value)}"
    if isinstance(value, tuple):
        return "-".join(_short(part) for part in value) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _write_address(draft: Experiment, view: View) -> None:
    query = to_query(draft, view)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
