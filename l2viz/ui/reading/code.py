"""The shown experiment as code: diff, script, notebook."""

from __future__ import annotations

import streamlit as st

from l2viz.codegen import keras_diff, keras_notebook, keras_script
from l2viz.experiment import Experiment
from l2viz.experiment.penalties import PENALTIES
from l2viz.experiment.strength_grid import nearest_strength, strength_text
from l2viz.trainer import Run
from l2viz.ui.reading.shown_strength import shown_strength
from l2viz.ui.refusals import in_words
from l2viz.ui.session import Session
from l2viz.validation import ExperimentError

_FORMS = {
    "Diff": (keras_diff, "l2viz.diff", "diff", "The lines to change in your own code."),
    "Script": (
        *(keras_script, "l2viz_member.py", "python"),
        "Plain Keras, without l2viz: it trains this one network and prints its results as JSON.",
    ),
    "Notebook": (keras_notebook, "l2viz_member.ipynb", "json", "The script, split into cells."),
}


def draw(session: Session, run: Run) -> None:
    """Draw one form of the code, for one strength of the shown path."""
    experiment = run.experiment
    preset, why = shown_strength(run, session.view.strength)
    if why:
        st.caption(why)
    strength, penalty = _member(experiment, preset)
    form = st.segmented_control(
        "Form", list(_FORMS), default="Diff", required=True, key="code.form"
    )
    write, name, language, words = _FORMS[form]
    st.markdown(words)
    try:
        text = write(experiment, strength=strength, penalty=penalty)
    except ExperimentError as refusal:
        st.warning(f"This experiment cannot be written as code: {in_words(refusal)}.")
        return
    if not text:
        st.info(
            "Nothing to change: with this strength and penalty, the code is the same as without a "
            "penalty."
        )
        return
    st.download_button(f"Download {name}", text, file_name=name, on_click="ignore")
    st.code(text, language=language, wrap_lines=True)


def _member(experiment: Experiment, strength: float) -> tuple[float, str]:
    """Draw the choice of strength and penalty, and return both; the viewer's strength is preset."""
    left, right = st.columns(2)
    chosen: float = left.selectbox(
        "Strength in the code",
        experiment.strengths,
        index=nearest_strength(experiment.strengths, strength),
        format_func=strength_text,
    )
    penalty: str = right.selectbox(
        "Penalty in the code",
        experiment.penalties,
        format_func=lambda each: PENALTIES[each].title,
    )
    return chosen, penalty
