"""Files of a folder -> Lesson, or an error that names file, field, rule and value.

The folder holds `scenes/*.toml`, `cards/*.toml` and `reference.toml`. Measured figures, those of
l2viz.lesson.published_results, stand in a scene's texts as {{name}} or {{name:.1f}}.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l2viz.experiment import Experiment
from l2viz.lesson.content import Card, Question, Scene, Term
from l2viz.lesson.fields import Fields, LessonError
from l2viz.lesson.published_results import FILE as FIGURES
from l2viz.lesson.published_results import Figures, read_figures

__all__ = ["FILES", "Lesson", "LessonError", "read_lesson"]

FILES = Path(__file__).parent / "files"
_PARTS = ("tour", "claim")
_KINDS = ("question", "term")
_FIGURE = re.compile(r"\{\{\s*(\w+)(?::([^{}]*))?\s*\}\}")
_LARGEST_ORDER = 1_000


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """All of it, each kind in its order. ``scene(key)`` finds one, or raises KeyError."""

    tour: tuple[Scene, ...]
    claims: tuple[Scene, ...]
    cards: tuple[Card, ...]
    reference: tuple[Term, ...]

    @property
    def scenes(self) -> tuple[Scene, ...]:
        return self.tour + self.claims

    def scene(self, key: str) -> Scene:
        return {scene.key: scene for scene in self.scenes}[key]


def read_lesson(folder: Path = FILES, *, figures_file: Path = FIGURES) -> Lesson:
    """Raises LessonError for the first thing in the files that is not as it must be."""
    figures = _figures(figures_file)
    scenes = [_scene(fields, figures) for fields in _each(folder, "scenes")]
    cards = [_card(fields) for fields in _each(folder, "cards")]
    terms = _terms(folder / "reference.toml")
    keys = {scene.key for scene in scenes}
    for file, field, key in (
        *((f"scenes/{s.key}.toml", "counter", s.counter) for s in scenes if s.counter),
        *((f"cards/{card.key}.toml", "scene", card.scene) for card in cards),
        *(("reference.toml", f"{term.name}.scene", term.scene) for term in terms),
    ):
        if key not in keys:
            raise LessonError(file, field, "be the name of a file in scenes", key)
    in_order = sorted(scenes, key=lambda scene: (scene.order, scene.key))
    return Lesson(
        tour=tuple(scene for scene in in_order if scene.part == "tour"),
        claims=tuple(scene for scene in in_order if scene.part == "claim"),
        cards=tuple(sorted(cards, key=lambda card: (card.order, card.key))),
        reference=tuple(terms),
    )


def _each(folder: Path, name: str) -> list[Fields]:
    return [_fields(path, f"{name}/{path.name}") for path in sorted((folder / name).glob("*.toml"))]


def _fields(path: Path, name: str) -> Fields:
    try:
        return Fields(name, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise LessonError(name, "the file", "be readable", str(error)) from error
    except ValueError as error:  # TOML's errors and bytes that are no text
        raise LessonError(name, "the file", "be TOML in UTF-8", str(error)) from error


def _figures(path: Path) -> Figures:
    try:
        return read_figures(path)
    except (OSError, ValueError) as error:
        raise LessonError(path.name, "the file", "be readable JSON", str(error)) from error


def _scene(fields: Fields, figures: Figures) -> Scene:
    part = fields.choice("part", _PARTS)
    is_claim = part == "claim"
    is_measured = is_claim or "measure" in fields
    measure = fields.choice("measure", tuple(figures)) if is_measured else ""
    measured = figures.get(measure, {})
    view = fields.table("view")
    experiment = fields.made("experiment", Experiment.from_json)
    largest = experiment.strengths[-1]
    scene = Scene(
        key=fields.stem,
        part=part,
        order=fields.integer("order", 0, _LARGEST_ORDER),
        title=fields.text("title"),
        text=_filled(fields, "text", measured),
        experiment=experiment,
        strength=view.number("strength", 0.0, largest),
        epoch=view.integer("epoch", 0, experiment.epochs) if "epoch" in view else None,
        a=view.number("a", 0.0, largest) if "a" in view else None,
        b=view.number("b", 0.0, largest) if "b" in view else None,
        charts=view.texts("charts", 1, 6) if "charts" in view else None,
        question=_question(fields.table("question"), measured) if "question" in fields else None,
        claim=fields.text("claim") if is_claim else "",
        conditions=_filled(fields, "conditions", measured) if is_claim else "",
        counter=fields.text("counter") if "counter" in fields else "",
        measure=measure,
    )
    view.nothing_else()
    fields.nothing_else()
    return scene


def _question(fields: Fields, figures: Mapping[str, float]) -> Question:
    choices = fields.texts("choices", 2, 5)
    question = Question(
        ask=_filled(fields, "ask", figures),
        choices=choices,
        answer=fields.integer("answer", 0, len(choices) - 1),
        why=_filled(fields, "why", figures),
    )
    fields.nothing_else()
    return question


def _card(fields: Fields) -> Card:
    card = Card(
        key=fields.stem,
        order=fields.integer("order", 0, _LARGEST_ORDER),
        **{name: fields.text(name) for name in ("think", "so", "code", "scene", "proof")},
    )
    fields.nothing_else()
    return card


def _terms(path: Path) -> list[Term]:
    whole = _fields(path, path.name)
    terms = []
    for fields in whole.tables("entry"):
        terms.append(
            Term(
                name=fields.text("name"),
                kind=fields.choice("kind", _KINDS),
                text=fields.text("text"),
                scene=fields.text("scene"),
                formula=fields.text("formula") if "formula" in fields else "",
            )
        )
        fields.nothing_else()
    whole.nothing_else()
    return terms


def _filled(fields: Fields, name: str, figures: Mapping[str, float]) -> str:
    """The text, with the measured figures in it."""
    text = fields.text(name)

    def figure(found: re.Match[str]) -> str:
        value: Any = figures.get(found[1])
        if value is None:
            known = ", ".join(figures) or "none"
            raise LessonError(
                fields.file, name, f"take its figures from those measured ({known})", found[1]
            )
        try:
            return f"{value:{found[2] or 'g'}}".replace("-", "−")
        except ValueError as error:
            raise LessonError(
                fields.file, name, "have figures in a format of Python", found[0]
            ) from error

    return _FIGURE.sub(figure, text)
