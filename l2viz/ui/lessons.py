"""The lessons that the page opens: an experiment each, and what to look for in it."""

from __future__ import annotations

from dataclasses import dataclass

from l2viz.experiment import Experiment


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """One lesson: its name on the page, its experiment, and two or three sentences."""

    name: str
    title: str
    experiment: Experiment
    text: str


LESSONS = (
    Lesson(
        name="Curve",
        title="A wiggly curve straightens",
        experiment=Experiment(dataset="curve", seed=7),
        text="Fifteen noisy points of a sine, and a network with room to learn them by heart. "
        "Drag the strength to the right: the curve calms down, then turns into the sine, then "
        "into a flat line.",
    ),
    Lesson(
        name="Digits, wrong labels",
        title="Where L2 pays: labels that lie",
        experiment=Experiment(dataset="digits"),
        text="300 digits, 30 % of whose labels were re-drawn at random. Without penalty the "
        "network learns the lies by heart. Drag the strength: training accuracy falls, "
        "validation accuracy rises, until the network collapses.",
    ),
    Lesson(
        name="Digits, clean labels",
        title="Where L2 does not pay: nothing to overfit",
        experiment=Experiment(dataset="digits", label_noise=0.0),
        text="The same 300 digits with their true labels. There is little to overfit, so a "
        "penalty gains nothing here, and the customary 0.01 costs accuracy.",
    ),
)


def lesson_of(experiment: Experiment) -> Lesson | None:
    """The lesson whose experiment this is."""
    return next((lesson for lesson in LESSONS if lesson.experiment == experiment), None)
