"""The weight decay that an optimizer itself applies to a variable: not part of any loss."""

from __future__ import annotations

from typing import Any

from l2viz.interop.regularizers import as_written


def optimizer_of(model: Any) -> Any:
    """Return the optimizer of a compiled model, without a loss scale around it; else None."""
    optimizer = getattr(model, "optimizer", None)
    return getattr(optimizer, "inner_optimizer", optimizer)


def decay_of(optimizer: Any, variable: Any) -> float:
    """Return the decay d of w ← w − learning rate · d · w; 0 if the optimizer leaves w alone.

    See Keras, optimizers/base_optimizer.py: `_apply_weight_decay`.
    """
    uses = getattr(optimizer, "_use_weight_decay", None)  # knows exclude_from_weight_decay
    if uses is None or not uses(variable):
        return 0.0
    decay = optimizer.weight_decay
    if hasattr(optimizer, "adam_weight_decay") and optimizer._should_use_adamw(variable):
        decay = optimizer.adam_weight_decay  # Muon trains vectors and embeddings with AdamW
    return as_written(float(decay)) if decay else 0.0
