"""The lessons that the page opens: an experiment each, and what to look for in it."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l2viz.experiment import Experiment
from l2viz.experiment.url import View

FIGURES = Path(__file__).parents[2] / "assets" / "lessons.json"


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson: its key in files, its name on the page, its experiment, and its words.

    text      two sentences: what it is, and what to do
    finding   what came out over many seeds, to be filled with the figures of assets/lessons.json
    view      where it opens, if not where the viewer stands
    """

    key: str
    name: str
    title: str
    experiment: Experiment
    text: str
    finding: str
    view: View | None = None

    def found(self) -> str:
        """The finding with its figures; empty while they have not been measured."""
        figures = _figures().get(self.key)
        return self.finding.format_map(figures) if figures else ""


@functools.cache
def _figures() -> dict[str, dict[str, Any]]:
    """Shares become percentage points, as the sentences speak of them."""
    try:
        measured = json.loads(FIGURES.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {
        key: {
            name: value if name in ("seeds", "gain_count") else _Points(100 * value)
            for name, value in figures.items()
        }
        for key, figures in measured.items()
    }


class _Points(float):
    """Percentage points, written with one digit and without a sign."""

    def __format__(self, _: str) -> str:
        return f"{abs(float(self)):.1f}"


LESSONS = (
    Lesson(
        key="curve",
        name="Curve",
        title="A wiggly curve straightens",
        experiment=Experiment(dataset="curve", seed=7),
        text="Fifteen noisy points of a sine, and a network with room to learn them by heart. "
        "Drag the strength to the right: the curve calms down, becomes the sine, then flattens.",
        finding="Over {seeds} seeds the strength chosen on validation beats λ = 0 in {gain_count}.",
    ),
    Lesson(
        key="digits-wrong-labels",
        name="Digits, wrong labels",
        title="Where L2 pays: labels that lie",
        experiment=Experiment(dataset="digits"),
        text="300 digits, 30 % of whose labels were re-drawn. Without penalty the network learns "
        "the lies by heart; drag the strength, and validation rises until the network collapses.",
        finding="Over {seeds} seeds the chosen strength gains {gain_mean} points of test accuracy "
        "(standard deviation {gain_deviation}).",
    ),
    Lesson(
        key="digits-clean-labels",
        name="Digits, clean labels",
        title="Where L2 does not pay: nothing to overfit",
        experiment=Experiment(dataset="digits", label_noise=0.0),
        text="300 digits with their true labels: there is little to overfit, so a penalty gains "
        "next to nothing.",
        finding="Over {seeds} seeds the chosen strength changes test accuracy by {gain_mean} "
        "points (standard deviation {gain_deviation}); the λ nearest to the customary 0.01 "
        "costs {customary_mean}.",
    ),
    Lesson(
        key="page-network",
        name="The L2 page's network",
        title="L2 on the first layer alone",
        experiment=Experiment(
            dataset="digits28", label_noise=0.0, regularized="first", learning_rate=1e-3
        ),
        text="The network of the page that this one illustrates: 784-64-32-10, Adam. Drag the "
        "strength to its 0.01: the pictures of its units fade, and it is less sure of what random "
        "pixels show.",
        finding="Over {seeds} seeds its 0.01 changes test accuracy by {customary_mean} points "
        "(standard deviation {customary_deviation}).",
        view=View(
            strength=0.01,
            charts=("unit_pictures", "dummy_answer", "norms", "loss_ledger", "accuracy", "penalty"),
        ),
    ),
    Lesson(
        key="moons",
        name="Moons",
        title="A boundary calms down",
        experiment=Experiment(dataset="moons"),
        text="Sixty noisy points of two half circles, and a network that can wind around each. "
        "Drag the strength: the boundary becomes a simple bend, then a straight line.",
        finding="Over {seeds} seeds the chosen strength gains {gain_mean} points of test accuracy "
        "(standard deviation {gain_deviation}), and leaves {loss_left} % of the test data loss.",
    ),
)


def lesson_of(experiment: Experiment) -> Lesson | None:
    """The lesson whose experiment this is."""
    return next((lesson for lesson in LESSONS if lesson.experiment == experiment), None)
