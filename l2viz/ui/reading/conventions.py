"""The strength translator: λ of Keras <-> the settings of other libraries."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from l2viz.interop.convention import Convention
from l2viz.interop.conventions import CONVENTIONS, translate, translate_back
from l2viz.interop.objective_conventions import NOT_ON_WEIGHTS
from l2viz.trainer import Run
from l2viz.ui.refusals import in_words
from l2viz.ui.session import Session
from l2viz.validation import InvalidValue

_LABELS = {
    **dict.fromkeys(("setting", "strength", *CONVENTIONS), "Its value"),
    "samples": "Samples",
    "batch_size": "Batch",
    "learning_rate": "Rate",
}
_NUMBER: Mapping[str, Any] = {"format": "%g", "min_value": 0.0}


def draw(session: Session, run: Run) -> None:
    """Draw a library's setting as λ and in every other library; the run's sizes are preset."""
    experiment = run.experiment
    names = {"": "Keras, L2(λ)"} | {key: _name(each) for key, each in CONVENTIONS.items()}
    left, right = st.columns([3, 2])
    given = left.selectbox("From", list(names), format_func=names.__getitem__, key="translate.from")
    setting = right.number_input("Its value", value=0.01, key="translate.setting", **_NUMBER)
    columns = st.columns(3)
    samples = columns[0].number_input("Samples", 1, value=experiment.train_size)
    batch = columns[1].number_input("Batch", 1, value=experiment.batch_size)
    rate = columns[2].number_input(
        "Rate", value=experiment.learning_rate, help="Learning rate.", **_NUMBER
    )
    numbers: dict[str, Any] = {"samples": samples, "batch_size": batch, "learning_rate": rate}
    try:
        strength = translate_back(setting, of=given, **numbers) if given else float(setting)
        rows = [_row(each, translate(strength, to=each.key, **numbers)) for each in _conventions()]
    except InvalidValue as error:
        st.warning(f"This value cannot be translated: {in_words(error, _LABELS)}.")
        return
    st.markdown(f"**λ = {strength:.6g}** in Keras, `regularizers.L2({strength:.6g})`, equals:")
    st.markdown("\n".join(["| Value | Setting | Library | Formula |", "|--:|---|---|---|", *rows]))
    for convention in _conventions():
        with st.expander(_name(convention)):
            st.latex(convention.objective)
            st.latex(convention.formula_tex)
            st.markdown("\n".join(f"- {assumption}" for assumption in convention.assumptions))
            st.caption(convention.source)
    st.markdown("**Not the same thing**, though it is called λ or L2:")
    for other in NOT_ON_WEIGHTS:
        with st.expander(f"{other.library}: {other.setting}"):
            st.latex(other.objective)
            st.markdown(f"{other.why[0].upper()}{other.why[1:]}.")
            st.caption(other.source)


def _conventions() -> tuple[Convention, ...]:
    return tuple(CONVENTIONS.values())


def _name(convention: Convention) -> str:
    return f"{convention.library}: {convention.setting}"


def _row(convention: Convention, number: float) -> str:
    value = "∞" if math.isinf(number) else f"{number:.6g}"
    if not convention.exact:
        value = f"none equal; {value} takes the same share per step"
    return f"| {value} | {convention.setting} | {convention.library} | {convention.formula} |"
