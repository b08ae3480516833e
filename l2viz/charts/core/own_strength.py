"""The words for a layer's own λ, where λ is multiplied layer by layer."""

from __future__ import annotations

from l2viz.experiment.number_text import short_number_text
from l2viz.trajectory import Trajectory


def own_lambda(trajectory: Trajectory, layer: int) -> str:
    """Return "λ", or "(0.5λ)" for a kernel with a multiplier, for use in a formula."""
    multiplier = trajectory.trained.kernel_multipliers[layer]
    return "λ" if multiplier == 1.0 else f"({short_number_text(multiplier)}λ)"


def penalized_names(trajectory: Trajectory) -> list[str]:
    """Return the kernels' names, with their strength where it is not λ: "dense_1 (0.5λ)"."""
    names = []
    for layer, name in enumerate(trajectory.layer_names):
        multiplier = trajectory.trained.kernel_multipliers[layer]
        own = own_lambda(trajectory, layer) if multiplier else "(no penalty)"
        names.append(name if multiplier == 1.0 else f"{name} {own}")
    return names
