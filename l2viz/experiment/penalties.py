"""The penalties that can be compared: terms in the loss, weight decay or soft threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class PenaltyFacts:
    """The factor of λ in each term of the loss, and in each change of the weights outside it.

    title         shown to the viewer
    squares       factor of Σw² in the loss (Keras: regularizers.L2)
    magnitudes    factor of Σ|w| in the loss (Keras: regularizers.L1)
    decay         the optimizer's `weight_decay` ÷ λ, for every variable
    kernel_decay  the same, only for the regularized kernels
    proximal      soft threshold after each step ÷ (learning rate · λ)
    """

    title: str
    squares: float = 0.0
    magnitudes: float = 0.0
    decay: float = 0.0
    kernel_decay: float = 0.0
    proximal: float = 0.0

    @property
    def multipliers(self) -> frozenset[float] | None:
        """Return the multipliers that a layer's λ may have; None for any.

        Keras's optimizer has one weight decay, and a list of variables that are excluded from it.
        """
        if self.decay:
            return frozenset({1.0})
        return frozenset({0.0, 1.0}) if self.kernel_decay else None

    @property
    def in_loss(self) -> bool:
        """Return whether it adds a term to the loss."""
        return self.squares != 0.0 or self.magnitudes != 0.0


# `weight_decay` is 2λ, so that under plain SGD decoupled decay is equivalent to L2(λ).
PENALTIES: Mapping[str, PenaltyFacts] = MappingProxyType(
    {
        "l2": PenaltyFacts(title="L2", squares=1.0),
        "none": PenaltyFacts(title="no penalty"),
        "l1": PenaltyFacts(title="L1", magnitudes=1.0),
        "l1l2": PenaltyFacts(title="L1L2", squares=1.0, magnitudes=1.0),
        "decay": PenaltyFacts(title="weight decay", decay=2.0),
        "kernel_decay": PenaltyFacts(title="weight decay of kernels", kernel_decay=2.0),
        "proximal_l1": PenaltyFacts(title="proximal L1", proximal=1.0),
    }
)
