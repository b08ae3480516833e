"""The optimizer's own weight decay in an experiment: how much, and of which variables."""

from __future__ import annotations

from l2viz.experiment.experiment import Experiment
from l2viz.experiment.layer_plan import LayerPlan
from l2viz.experiment.penalties import PENALTIES


def optimizer_decay(experiment: Experiment, penalty: str, strength: float) -> float:
    """Return the optimizer's `weight_decay` at a strength: its own, and the penalty's."""
    facts = PENALTIES[penalty]
    return experiment.weight_decay + (facts.decay + facts.kernel_decay) * strength


def decayed_variables(plan: LayerPlan, penalty: str) -> frozenset[str]:
    """Return the names of a layer's variables that the optimizer may decay.

    Where a penalty decays kernels alone, all others are in Keras's one list of excluded variables,
    so that AdamW's own decay leaves them out too.
    """
    if not PENALTIES[penalty].kernel_decay:
        return frozenset(variable.name for variable in plan.variables if variable.trainable)
    decayed = plan.regularized and plan.multiplier
    return frozenset(name for name, _ in plan.kernels) if decayed else frozenset()
