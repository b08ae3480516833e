"""Which strength a page shows: the viewer's, but not λ = 0, where there is no penalty to show."""

from __future__ import annotations

from l2viz.analysis.metrics import best_on_average
from l2viz.experiment.strength_grid import nearest_strength, strength_text
from l2viz.trainer import Run


def shown_strength(run: Run, strength: float) -> tuple[float, str]:
    """Return the nearest strength of a path, or its best one for 0; and a sentence if it is that.

    Where 0 is the best, the smallest positive strength stands for it.
    """
    strengths = run.experiment.strengths
    nearest = nearest_strength(strengths, strength)
    if nearest > 0 or len(strengths) == 1:
        return strengths[nearest], ""
    trajectory = run.trajectory()
    best = int(best_on_average(trajectory)[0][-1]) if trajectory is not None else 0
    chosen = strengths[max(best, 1)]
    which = "the best on validation data" if best else "the smallest of this path"
    return chosen, (
        f"At λ = 0 there is no penalty to show. This is λ = {strength_text(chosen)}, {which}."
    )
