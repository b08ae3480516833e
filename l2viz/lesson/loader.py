"""Files of a folder -> the lesson's content, or an error with file, field, rule and value.

The folder holds `presets/*.toml`, `opening/*.toml`, `scenes/*.toml`, `cards/*.toml` and
`reference.toml`.
In texts, {{name}} or {{name:.1f}} is replaced by a result of l2viz.lesson.published_results.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l2viz.experiment import Experiment
from l2viz.experiment.url import LARGEST_STAGE, View
from l2viz.lesson.content import Card, Passage, Preset, Question, Scene, Term
from l2viz.lesson.fields import Fields, LessonError
from l2viz.lesson.published_results import FILE as RESULTS
from l2viz.lesson.published_results import Results, read_results

__all__ = ["FILES", "LessonContent", "LessonError", "read_lesson", "read_presets"]

FILES = Path(__file__).parent / "files"
_PARTS = ("tour", "claim")
_PLAYS = ("epochs", "strengths")
_DRAWN = ("val_accuracy", "train_accuracy")
_KINDS = ("question", "term")
_RESULT = re.compile(r"\{\{\s*(\w+)(?::([^{}]*))?\s*\}\}")
_LARGEST_ORDER = 1_000


@dataclass(frozen=True, kw_only=True)
class LessonContent:
    """Passages, scenes, cards and terms, each kind sorted by `order`."""

    opening: tuple[Passage, ...]
    tour: tuple[Scene, ...]
    claims: tuple[Scene, ...]
    cards: tuple[Card, ...]
    reference: tuple[Term, ...]

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """Return the scenes of tour and claims."""
        return self.tour + self.claims

    def scene(self, key: str) -> Scene:
        """Return the scene with this key. Raises KeyError."""
        return {scene.key: scene for scene in self.scenes}[key]


def read_lesson(folder: Path = FILES, *, results_file: Path = RESULTS) -> LessonContent:
    """Read a lesson's folder. Raises LessonError for the first field that is not valid."""
    results = _results(results_file)
    scenes = [_scene(fields, results) for fields in _each(folder, "scenes")]
    cards = [_card(fields, results) for fields in _each(folder, "cards")]
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
    presets = {each.key: each.experiment for each in read_presets(folder, results_file=None)}
    passages = [_passage(fields, presets) for fields in _each(folder, "opening")]
    return LessonContent(
        opening=tuple(sorted(passages, key=lambda passage: (passage.order, passage.key))),
        tour=tuple(scene for scene in in_order if scene.part == "tour"),
        claims=tuple(scene for scene in in_order if scene.part == "claim"),
        cards=tuple(sorted(cards, key=lambda card: (card.order, card.key))),
        reference=tuple(terms),
    )


def read_presets(
    folder: Path = FILES, *, results_file: Path | None = RESULTS
) -> tuple[Preset, ...]:
    """Read the presets, sorted by `order`; without a results file, their findings are empty.

    Raises LessonError for the first field that is not valid.
    """
    results = _results(results_file) if results_file else {}
    read = [_preset(fields, results) for fields in _each(folder, "presets")]
    return tuple(sorted(read, key=lambda preset: (preset.order, preset.key)))


def _passage(fields: Fields, presets: Mapping[str, Experiment]) -> Passage:
    experiment = presets[fields.choice("preset", tuple(presets))]
    passage = Passage(
        key=fields.stem,
        order=fields.integer("order", 0, _LARGEST_ORDER),
        title=fields.text("title"),
        text=fields.text("text"),
        experiment=experiment,
        view=_view(fields.table("view"), experiment),
    )
    fields.nothing_else()
    return passage


def _preset(fields: Fields, results: Results) -> Preset:
    experiment = fields.made("experiment", Experiment.from_json)
    preset = Preset(
        key=fields.stem,
        order=fields.integer("order", 0, _LARGEST_ORDER),
        name=fields.text("name"),
        title=fields.text("title"),
        experiment=experiment,
        text=fields.text("text"),
        finding=_finding(fields, results),
        view=_view(fields.table("view"), experiment),
    )
    fields.nothing_else()
    return preset


def _finding(fields: Fields, results: Results) -> str:
    """Return the finding; empty until the preset has been measured."""
    measured = results.get(fields.stem)
    if measured is None:
        fields.text("finding")
        return ""
    return _filled(fields, "finding", measured)


def _each(folder: Path, name: str) -> list[Fields]:
    return [_fields(path, f"{name}/{path.name}") for path in sorted((folder / name).glob("*.toml"))]


def _fields(path: Path, name: str) -> Fields:
    try:
        return Fields(name, tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise LessonError(name, "the file", "be readable", str(error)) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise LessonError(name, "the file", "be TOML in UTF-8", str(error)) from error


def _results(path: Path) -> Results:
    try:
        return read_results(path)
    except (OSError, ValueError) as error:
        raise LessonError(path.name, "the file", "be readable JSON", str(error)) from error


def _scene(fields: Fields, results: Results) -> Scene:
    part = fields.choice("part", _PARTS)
    is_claim = part == "claim"
    is_measured = is_claim or "measure" in fields
    measure = fields.choice("measure", tuple(results)) if is_measured else ""
    measured = results.get(measure, {})
    experiment = fields.made("experiment", Experiment.from_json)
    view = _view(fields.table("view"), experiment)
    scene = Scene(
        key=fields.stem,
        part=part,
        order=fields.integer("order", 0, _LARGEST_ORDER),
        title=fields.text("title"),
        text=_filled(fields, "text", measured),
        experiment=experiment,
        view=view,
        question=_question(fields.table("question"), measured) if "question" in fields else None,
        claim=fields.text("claim") if is_claim else "",
        conditions=_filled(fields, "conditions", measured) if is_claim else "",
        counter=fields.text("counter") if "counter" in fields else "",
        measure=measure,
        covers=_covers(fields, view),
        plays=fields.choice("plays", _PLAYS) if "plays" in fields else "",
        tells_best=fields.flag("tells_best") if "tells_best" in fields else True,
    )
    fields.nothing_else()
    return scene


def _covers(fields: Fields, view: View) -> tuple[str, ...]:
    """Return the charts that wait for a guess: those named, or all of the view."""
    shown = view.charts or ()
    if "covers" not in fields:
        return shown
    covers = fields.texts("covers", 1, LARGEST_STAGE)
    for name in covers:
        if name not in shown:
            raise LessonError(fields.file, "covers", f"name charts of {list(shown)}", name)
    return covers


def _view(fields: Fields, experiment: Experiment) -> View:
    largest = experiment.strengths[-1]
    view = View(
        strength=fields.number("strength", 0.0, largest),
        epoch=fields.integer("epoch", 0, experiment.epochs) if "epoch" in fields else None,
        a=fields.number("a", 0.0, largest) if "a" in fields else None,
        b=fields.number("b", 0.0, largest) if "b" in fields else None,
        charts=fields.texts("charts", 1, LARGEST_STAGE) if "charts" in fields else None,
    )
    fields.nothing_else()
    return view


def _question(fields: Fields, results: Mapping[str, float]) -> Question:
    choices = fields.texts("choices", 2, 5)
    draws = fields.choice("draws", _DRAWN) if "draws" in fields else ""
    question = Question(
        draws=draws,
        strengths=fields.numbers("strengths", len(choices)) if draws else (),
        ask=_filled(fields, "ask", results),
        choices=choices,
        answer=fields.integer("answer", 0, len(choices) - 1),
        why=_filled(fields, "why", results),
    )
    fields.nothing_else()
    return question


def _card(fields: Fields, results: Results) -> Card:
    measure = fields.choice("measure", tuple(results)) if "measure" in fields else ""
    card = Card(
        key=fields.stem,
        order=fields.integer("order", 0, _LARGEST_ORDER),
        so=_filled(fields, "so", results.get(measure, {})),
        **{name: fields.text(name) for name in ("think", "code", "scene", "proof")},
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


def _filled(fields: Fields, name: str, results: Mapping[str, float]) -> str:
    """Return the text with measured results in place of {{name}}."""
    text = fields.text(name)

    def result(found: re.Match[str]) -> str:
        value: Any = results.get(found[1])
        if value is None:
            known = ", ".join(results) or "none"
            raise LessonError(fields.file, name, f"use only measured results ({known})", found[1])
        try:
            return f"{value:{found[2] or 'g'}}".replace("-", "−")
        except ValueError as error:
            raise LessonError(
                fields.file, name, "use a number format of Python", found[0]
            ) from error

    return _RESULT.sub(result, text)
