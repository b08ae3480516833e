"""The words for a layer's own λ, where λ is multiplied layer by layer."""

from __future__ import annotations

from l2viz.experiment.number_text import short_number_text
from l2viz.trajectory import Trajectory


def own_lambda(trajectory: Trajectory, layer: int) -> str:
    """Return "λ", or "(0.5λ)" for a kernel with a multiplier, for use in a formula."""
    multiplier = trajectory.trained.kernel_multipliers[layer]
    return "λ" if multiplier == 1.0 else f"({short_number_text(multiplier)}λ)"


def penalized_names(trajectory: Trajectory) -> list[str]:
    """Return the kernels' names, with the multiplier where it is not 1: "dense_1 (0.5λ)"."""
    own = [own_lambda(trajectory, layer) for layer in range(len(trajectory.layer_names))]
    return [
        name if words == "λ" else f"{name} {words}"
        for name, words in zip(trajectory.layer_names, own, strict=True)
    ]
