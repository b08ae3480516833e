"""SoftThreshold: the proximal operator of L1, as a Keras constraint."""

from __future__ import annotations

from typing import Any

import keras


class SoftThreshold(keras.constraints.Constraint):  # type: ignore[misc]
    """sign(w) · max(|w| - threshold, 0), applied by Keras after each optimizer step.

    With threshold = learning rate × λ, SGD becomes proximal gradient descent on λ·Σ|w|, which sets
    weights to exactly zero. Source: the proximal operator of the L1 norm (Parikh and Boyd,
    Proximal Algorithms, 2014, section 6.5.2).
    """

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def __call__(self, w: Any) -> Any:
        return keras.ops.sign(w) * keras.ops.relu(keras.ops.abs(w) - self.threshold)

    def get_config(self) -> dict[str, Any]:
        return {"threshold": self.threshold}
