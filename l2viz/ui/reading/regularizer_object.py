"""The regularizer object: `regularizers.L2` made, called on an editable tensor, and attached."""

from __future__ import annotations

import numpy as np
import streamlit as st

from l2viz.analysis import l2_formula
from l2viz.trainer import Run
from l2viz.ui import tour
from l2viz.ui.session import Session
from l2viz.validation import InvalidValue

_FIRST = "[[1, -2, 3], [0.5, 0, -0.1]]"
_ATTACHED = """
layers.Dense(64, kernel_regularizer=regularizers.L2({strength}))    # λ·Σw² of the kernel
layers.Dense(64, bias_regularizer=regularizers.L2({strength}))      # of the bias
layers.Dense(64, activity_regularizer=regularizers.L2({strength}))  # of outputs / batch size
layers.Dense(64, kernel_regularizer="l2")  # the string always means L2(0.01)
"""


def draw(session: Session, run: Run) -> None:
    """Draw construction, call, gradient, config round trip and use of the object."""
    left, right = st.columns([1, 2])
    strength = left.number_input(
        "λ of the object", 0.0, 1e6, 0.01, format="%g", key="object.strength"
    )
    text = right.text_input("Tensor", _FIRST, key="object.tensor")
    try:
        tensor = l2_formula.read_tensor(text)
    except InvalidValue as error:
        st.warning(f"{error}.")
        return
    shown = f"{strength:g}"
    made = f"regularizer = regularizers.L2({shown})"
    squares = np.square(tensor.astype(float))
    st.code(
        f"{made}\nregularizer(tensor)  # {l2_formula.penalty(tensor, strength):.6g}",
        language="python",
        wrap_lines=True,
    )
    st.latex(
        rf"\lambda \sum_i w_i^2 = {shown} \times {squares.sum():.6g} = "
        rf"{strength * squares.sum():.6g}"
    )
    st.markdown("Its gradient, $2 \\lambda w$: for each weight, 2λ times the weight.")
    st.code(_numbers(l2_formula.gradient(tensor, strength)), language="python", wrap_lines=True)
    st.markdown("Saved as a configuration, and created again from it:")
    st.code(
        f'regularizer.get_config()  # {{"l2": {shown}}}\n'
        f'regularizers.L2.from_config({{"l2": {shown}}})  # L2({shown}) again\n'
        'regularizers.get("l2").get_config()  # {"l2": 0.01}',
        language="python",
        wrap_lines=True,
    )
    st.markdown("As an argument of a layer:")
    st.code(_ATTACHED.format(strength=shown).strip(), language="python", wrap_lines=True)
    tour.draw_link(session, "add", identity="object.scene")


def _numbers(tensor: l2_formula.Tensor) -> str:
    return np.array2string(tensor, separator=", ", precision=6, threshold=100)
