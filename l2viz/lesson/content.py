"""What a lesson is made of."""

from __future__ import annotations

from dataclasses import dataclass

from l2viz.experiment import Experiment
from l2viz.experiment.url import View


@dataclass(frozen=True, kw_only=True)
class Preset:
    """An experiment that the page opens with its recorded run, and words about it.

    key       the name of its file, of its recording and of its results
    name      on its button; title: above the stage
    text      two sentences: what it is, and what to do; Markdown
    finding   what came out over many seeds, its results filled in; empty until it is measured
    view      where the viewer starts; None: where they already stand
    """

    key: str
    order: int
    name: str
    title: str
    experiment: Experiment
    text: str
    finding: str
    view: View | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """A prediction, asked before the result is seen.

    choices   2 to 5 of them
    answer    the position of the right one, from 0
    why       one or two sentences, shown with the answer
    """

    ask: str
    choices: tuple[str, ...]
    answer: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One thing to see: a preset experiment, where to stand on it, and words.

    key         the name of its file, and of its address
    part        "tour" for a step of the process flow, "claim" for a claim with evidence
    order       its place in that part
    text        Markdown, its results filled in
    view        where the stage stands first
    claim       what is said of L2, in one sentence; empty for a step
    conditions  when it holds and when not, Markdown, its results filled in
    counter     the key of a scene where it does not hold
    measure     the name of the study behind the results, of l2viz.studies.claims
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


@dataclass(frozen=True, kw_only=True)
class Card:
    """A misconception: what people think, what is so, the line of code, the scene that shows it.

    proof   the file of Keras that says so, or the test that measured it
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
    scene     the key of the scene that shows it
    """

    name: str
    kind: str
    text: str
    scene: str
    formula: str = ""
