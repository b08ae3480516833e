"""The L2-aware summary of the shown network, from what was measured of it: Keras is not asked."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from l2viz.experiment import Experiment
from l2viz.experiment.layer_plan import LayerPlan
from l2viz.experiment.strength_grid import nearest_strength
from l2viz.interop.model_summary import ModelSummary, SummaryRow
from l2viz.trainer import Run
from l2viz.trajectory import Trajectory
from l2viz.ui.session import Session

_KINDS = {"dense": "Dense", "conv2d": "Conv2D", "gated": "Gated"}
_STYLE = """
<style>.l2viz-summary { overflow-x: auto; font-size: 0.82rem }
.l2viz-summary td, .l2viz-summary th { padding: 2px 8px; white-space: nowrap; text-align: left }
.l2viz-summary caption { text-align: left; font-weight: 600 }</style>
"""


def draw(session: Session, run: Run) -> None:
    """At the viewer's strength and epoch; `model.summary()` would leave the regularizers out."""
    trajectory = run.trajectory()
    if trajectory is None:
        st.info("The run has not begun yet.")
        return
    view = session.view
    strength = nearest_strength(trajectory.strengths, view.strength)
    epochs = trajectory.epochs
    epoch = int(np.argmin(np.abs(epochs - (epochs[-1] if view.epoch is None else view.epoch))))
    st.markdown(
        f"The shown network at λ = {trajectory.strengths[strength]:.3g} after epoch "
        f"{epochs[epoch]}. Keras's own `model.summary()` has the first five columns alone: it "
        "prints the same with and without a regularizer."
    )
    table = summary_of(trajectory, strength, epoch)._repr_html_()
    st.html(f"{_STYLE}<div class='l2viz-summary'>{table}</div>")
    st.markdown("For a model of your own:")
    st.code("import l2viz\n\nprint(l2viz.summary(model))", language="python")


def summary_of(trajectory: Trajectory, strength: int, epoch: int) -> ModelSummary:
    """Of the first twin's first repeat, at positions of its axes; the data loss is training's."""
    path = trajectory.twin()
    experiment = path.experiment
    value = float(path.strengths[strength])
    penalties = path.penalty[strength, epoch].astype(float)
    norms = path.kernel_norm[strength, epoch].astype(float)
    names = experiment.kernel_names
    rows: list[SummaryRow] = []
    for layer in experiment.layers:
        for kernel, shape in layer.kernels:
            name = layer.name if len(layer.kernels) == 1 else f"{layer.name} {kernel}"
            is_held = name in names
            at = names.index(name) if is_held else 0
            cost = _kernel_penalty(experiment, value, penalties[at], norms[at]) if is_held else 0.0
            rows.append(_row(experiment, layer, kernel, shape, value if is_held else None, cost))
        if layer.bias:
            held = layer.regularized and experiment.bias_regularizer
            own = [i for i, name in enumerate(names) if name.partition(" ")[0] == layer.name]
            kernels = sum(_kernel_penalty(experiment, value, penalties[i], norms[i]) for i in own)
            cost = max(0.0, float(penalties[own].sum()) - kernels) if held else 0.0
            bias = (layer.units,)
            rows.append(_row(experiment, layer, "bias", bias, value if held else None, cost))
        if layer.batch_norm:
            rows += [
                _row(experiment, layer, part, (layer.units,), None, 0.0, kind="BatchNormalization")
                for part in ("gamma", "beta")
            ]
    data_loss = float(path.train_data_loss[strength, epoch])
    return ModelSummary(name=f"{experiment.dataset}", rows=tuple(rows), data_loss=data_loss)


def _kernel_penalty(experiment: Experiment, strength: float, measured: float, norm: float) -> float:
    """Without the bias that was measured with it: λ‖w‖², where the penalty is L2."""
    apart = experiment.bias_regularizer and experiment.penalties[0] == "l2"
    return strength * norm**2 if apart else float(measured)


def _row(
    experiment: Experiment,
    layer: LayerPlan,
    variable: str,
    shape: tuple[int, ...],
    strength: float | None,
    penalty: float,
    kind: str = "",
) -> SummaryRow:
    regularizer = "" if strength is None else _written(experiment.penalties[0], strength)
    return SummaryRow(
        layer=layer.name + (" norm" if kind else ""),
        kind=kind or _KINDS[layer.kind],
        output_shape=f"(…, {layer.units})",
        variable=variable,
        shape=shape,
        parameters=math.prod(shape),
        regularizer=regularizer,
        strengths={"l2": strength} if regularizer and strength is not None else {},
        penalty=penalty if regularizer else 0.0,
    )


def _written(penalty: str, strength: float) -> str:
    """The regularizer as in the code; empty for what acts beside the loss."""
    shown = f"{strength:g}"
    return {
        "l2": f"L2(l2={shown})",
        "l1": f"L1(l1={shown})",
        "l1l2": f"L1L2(l1={shown}, l2={shown})",
    }.get(penalty, "")
