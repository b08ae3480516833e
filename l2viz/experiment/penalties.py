"""The penalties that can be compared: what each does to a network at strength λ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class PenaltyFacts:
    """Multiples of λ: of a loss's own terms, or of what is done to the weights beside the loss.

    title         as a viewer reads it
    squares       of Σw² in the loss (Keras: regularizers.L2)
    magnitudes    of Σ|w| in the loss (Keras: regularizers.L1)
    decay         of every variable as the optimizer's `weight_decay`, and
    kernel_decay  of the regularized kernels alone
    proximal      of the soft threshold after each step, in units of the learning rate
    """

    title: str
    squares: float = 0.0
    magnitudes: float = 0.0
    decay: float = 0.0
    kernel_decay: float = 0.0
    proximal: float = 0.0

    @property
    def in_loss(self) -> bool:
        return self.squares != 0.0 or self.magnitudes != 0.0


# `weight_decay` is 2λ, so that under plain SGD decoupled decay is just what L2(λ) does.
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
