"""The summary of the shown network with its regularizers, from plan and measured penalties."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from l2viz.analysis.metrics import strengths_in_force
from l2viz.codegen.model_source import OPTIMIZERS
from l2viz.experiment import Experiment
from l2viz.experiment.architecture import plan_layers
from l2viz.experiment.dataset_specs import dataset_words
from l2viz.experiment.decay import decayed_variables, optimizer_decay
from l2viz.experiment.layer_plan import KerasObject
from l2viz.experiment.strength_grid import nearest_strength, strength_text
from l2viz.interop.summary_table import ModelSummary, OptimizerDecay, SummaryRow, written
from l2viz.trainer import Run
from l2viz.trajectory import Trajectory
from l2viz.ui.reading.shown_strength import shown_strength
from l2viz.ui.session import Session

_STYLE = """
<style>.l2viz-summary { overflow-x: auto; font-size: 0.82rem }
.l2viz-summary td, .l2viz-summary th { padding: 2px 8px; white-space: nowrap; text-align: left }
.l2viz-summary caption { text-align: left; font-weight: 600 }</style>
"""


def draw(session: Session, run: Run) -> None:
    """Draw the summary at the viewer's strength and epoch."""
    trajectory = run.trajectory()
    if trajectory is None:
        st.info("The run has not begun yet.")
        return
    view = session.view
    shown, why = shown_strength(run, view.strength)
    if why:
        st.caption(why)
    strength = nearest_strength(trajectory.strengths, shown)
    epochs = trajectory.epochs
    epoch = int(np.argmin(np.abs(epochs - (epochs[-1] if view.epoch is None else view.epoch))))
    in_force = strengths_in_force(trajectory)[strength, epoch]
    st.markdown(
        f"This is the network at λ = {strength_text(in_force)} after epoch {epochs[epoch]}. "
        "Keras's own `model.summary()` has three columns: layer, output shape and parameters. It "
        "prints the same with and without a regularizer."
    )
    table = summary_of(trajectory, strength, epoch)._repr_html_()
    st.html(f"{_STYLE}<div class='l2viz-summary' tabindex='0'>{table}</div>")
    st.markdown("For your own model:")
    st.code("import l2viz\n\nprint(l2viz.summary(model))", language="python")


def summary_of(trajectory: Trajectory, strength: int, epoch: int) -> ModelSummary:
    """Return what `l2viz.summary` would return for a member, by positions of strength and epoch.

    The member is of the first twin and repeat, λ is that of the epoch under a schedule, and the
    data loss is the training data loss.
    """
    path = trajectory.twin()
    in_force = float(strengths_in_force(path)[strength, epoch])
    penalties = _penalties(path, strength, epoch)
    penalty = path.experiment.penalties[0]
    decay = optimizer_decay(path.experiment, penalty, in_force)
    rows: list[SummaryRow] = []
    for place, layer in enumerate(plan_layers(path.experiment)):
        about: dict[str, Any] = {
            "place": place,
            "layer": layer.name,
            "kind": layer.class_name,
            "output_shape": str(layer.output_shape),
        }
        decayed = decayed_variables(layer, penalty)
        for variable in layer.variables:
            regularizer = layer.regularizer(variable.name)
            settings = _settings(regularizer, in_force)
            rows.append(
                SummaryRow(
                    **about,
                    variable=variable.name,
                    shape=variable.shape,
                    parameters=math.prod(variable.shape),
                    trainable=variable.trainable,
                    regularizer=written(regularizer.class_name, settings) if regularizer else "",
                    strengths=settings,
                    penalty=penalties.get((layer.name, variable.name), 0.0),
                    decay=decay if variable.name in decayed else 0.0,
                )
            )
        if not layer.variables and layer.class_name != "Input":
            rows.append(SummaryRow(**about, strengths={}))
    data_loss = float(path.train_data_loss[strength, epoch])
    return ModelSummary(
        name=dataset_words(path.experiment.dataset),
        rows=tuple(rows),
        data_loss=data_loss,
        decay=_optimizer(path.experiment) if any(row.decay for row in rows) else None,
    )


def _optimizer(experiment: Experiment) -> OptimizerDecay:
    return OptimizerDecay(
        optimizer=OPTIMIZERS[experiment.optimizer], learning_rate=experiment.learning_rate
    )


def _penalties(path: Trajectory, strength: int, epoch: int) -> dict[tuple[str, str], float]:
    """Return the measured penalty of each regularized variable, by layer and variable."""
    of_both = path.penalty[strength, epoch].astype(float)
    of_bias = np.zeros_like(of_both)
    if path.bias_penalty is not None:
        of_bias = path.bias_penalty[strength, epoch].astype(float)
    kernels = [
        (layer.name, kernel)
        for layer in path.experiment.layers
        if layer.regularized
        for kernel, _ in layer.kernels
    ]
    penalties: dict[tuple[str, str], float] = {}
    for (layer, kernel), both, bias in zip(kernels, of_both, of_bias, strict=True):
        penalties[layer, kernel] = float(both - bias)
        penalties[layer, "bias"] = penalties.get((layer, "bias"), 0.0) + float(bias)
    return penalties


def _settings(regularizer: KerasObject | None, strength: float) -> dict[str, float]:
    """Return a regularizer's settings by name, as in its config: {"l2": 0.01}."""
    if regularizer is None:
        return {}
    names = (regularizer.class_name.lower(),)
    given = dict(zip(names, regularizer.arguments, strict=False)) | dict(regularizer.keywords)
    return {name: times.at(strength) for name, times in given.items()}
