"""The parts of a lesson."""

from __future__ import annotations

import math
from dataclasses import dataclass

from l2viz.experiment import Experiment
from l2viz.experiment.url import View


@dataclass(frozen=True, kw_only=True)
class Preset:
    """An experiment that the page opens with its recorded run, and a text about it.

    key       the name of its file, of its recording and of its results
    name      on its button; title: above the stage
    text      two sentences: what it is, and what to do; Markdown
    finding   the result over many seeds, with measured numbers; empty until it is measured
    view      the opening view
    """

    key: str
    order: int
    name: str
    title: str
    experiment: Experiment
    text: str
    finding: str
    view: View


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A part of the opening: one picture of one run, and one slider.

    key         the name of its file, also in an address
    text        Markdown: what it is, and what to drag
    experiment  of a preset, so that its run is recorded
    view        the opening view
    """

    key: str
    order: int
    title: str
    text: str
    experiment: Experiment
    view: View


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question for a guess, before the result is shown.

    choices   2 to 5 answers
    answer    position of the right answer, from 0
    why       one or two sentences, shown with the answer
    draws     name of an array of shares over λ, whose peak is drawn; empty if the guess is chosen
    strengths the strength of each choice, for a guess that is drawn
    """

    ask: str
    choices: tuple[str, ...]
    answer: int
    why: str
    draws: str = ""
    strengths: tuple[float, ...] = ()

    def nearest_choice(self, strength: float) -> int:
        """Return the choice for a drawn peak: 0 for itself, others by the ratio."""
        if strength <= 0.0:
            return self.strengths.index(min(self.strengths))
        positive = [each for each in self.strengths if each > 0.0]
        nearest = min(positive, key=lambda each: abs(math.log(each / strength)))
        return self.strengths.index(nearest)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One step or claim of the tour: an experiment, a view of it, and text.

    key         the name of its file, also in an address
    part        "tour" for a step of the process flow, "claim" for a claim with evidence
    order       its place in that part
    text        Markdown, with measured results
    view        the opening view
    claim       a claim about L2, one sentence; empty for a step
    conditions  when it holds and when not, Markdown, with measured results
    counter     key of a scene where it does not hold
    measure     name of the study in l2viz.studies.claims that measures the results
    covers      charts of the view that are hidden until there is a guess
    plays       what the stage then plays: "epochs", "strengths" up to the view's, or ""
    tells_best  False if the best strength is the answer of a later scene
    """

    key: str
    part: str
    order: int
    title: str
    text: str
    experiment: Experiment
    view: View
    question: Question | None = None
    claim: str = ""
    conditions: str = ""
    counter: str = ""
    measure: str = ""
    covers: tuple[str, ...] = ()
    plays: str = ""
    tells_best: bool = True


@dataclass(frozen=True, kw_only=True)
class Card:
    """A misconception: what people think, what is true, the line of code, and a scene.

    proof   the source: a file of Keras, or the study that measures it
    """

    key: str
    order: int
    think: str
    so: str
    code: str
    scene: str
    proof: str


@dataclass(frozen=True, kw_only=True)
class Term:
    """An entry of the reference: a question (what, where, ...) or a key term.

    kind      "question" or "term"
    formula   TeX, or empty
    scene     key of the scene that shows it
    """

    name: str
    kind: str
    text: str
    scene: str
    formula: str = ""
