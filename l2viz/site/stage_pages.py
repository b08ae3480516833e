"""Pages with a stage: the opening's passages, the lessons, and the scenes of the tour."""

from __future__ import annotations

import html
from typing import Any

from l2viz.experiment import Experiment
from l2viz.experiment.url import View
from l2viz.export.page_text import training_words
from l2viz.lesson import LessonContent
from l2viz.lesson.content import Preset
from l2viz.site import places
from l2viz.site.frame import Page, Script
from l2viz.site.markup import inline, markdown, plain
from l2viz.site.run_files import RunFiles

STAGE = "<div data-l2viz-stage data-alone{more}></div>"


def passage_page(
    content: LessonContent, number: int, presets: tuple[Preset, ...], runs: RunFiles
) -> Page:
    """Return the page of a passage; the first one is the start page, and lists what there is."""
    passages = content.opening
    passage = passages[number]
    following = number + 1 < len(passages)
    links = [_button(places.of_passage(passages, number - 1), "Back", "prev")] if number else []
    if following:
        links.append(_button(places.of_passage(passages, number + 1), "Next", "next"))
    else:
        links.append(_button(places.LESSONS, "Your turn: the lessons", "next"))
    body = f"""<section class="passage">
<p class="lead"><strong>l2viz</strong> · see what L2 regularization does to a neural network</p>
<h1>{html.escape(passage.title)}</h1>
{markdown(passage.text)}
<p class="buttons">{" ".join(links)} <span class="small">{number + 1} of {len(passages)}</span></p>
</section>
{STAGE.format(more="")}"""
    if not number:
        body += _contents(content, presets)
    title = "l2viz: see what L2 regularization does" if not number else f"{passage.title} · l2viz"
    return Page(
        file=places.of_passage(passages, number),
        kind="stage",
        title=title,
        description=plain(passage.text),
        body=body,
        script=stage_script(passage.experiment, passage.view, runs, simple=True),
    )


def lesson_page(preset: Preset, runs: RunFiles) -> Page:
    """Return the page of a lesson: the whole stage, with all its charts."""
    body = f"""<section class="lesson">
<h1>{html.escape(preset.title)}</h1>
{markdown(f"{preset.text} {preset.finding}")}
</section>
{STAGE.format(more="")}"""
    return Page(
        file=places.of_preset(preset),
        kind="stage",
        title=f"{preset.title} · l2viz",
        description=plain(preset.text),
        body=body,
        footer=training_footer(preset.experiment),
        script=stage_script(preset.experiment, preset.view, runs),
    )


def lessons_page(presets: tuple[Preset, ...]) -> Page:
    """Return the list of lessons."""
    return Page(
        file=places.LESSONS,
        kind="text",
        title="Lessons · l2viz",
        description="Trained networks to explore by the strength of their L2 penalty: "
        + "; ".join(preset.title for preset in presets)
        + ".",
        body=f"<h1>Lessons</h1>\n{_lessons(presets)}",
    )


def stage_script(
    experiment: Experiment,
    view: View,
    runs: RunFiles,
    *,
    simple: bool = False,
    scene: dict[str, Any] | None = None,
) -> Script:
    """Return what opens the stage of a page."""
    opening = runs.opening(experiment, view.charts)
    return Script(
        module="stage_page.js",
        function="openPage",
        on="[data-l2viz-stage]",
        facts={
            "run": {"opening": opening, "whole": runs.whole(experiment)},
            "view": runs.view(experiment, view).as_json(),
            "simple": simple,
            "scene": scene,
        },
        run=opening,
    )


def training_footer(experiment: Experiment) -> str:
    """Say how to train with other settings."""
    return f"<p>{inline(training_words(experiment))}</p>"


def _contents(content: LessonContent, presets: tuple[Preset, ...]) -> str:
    first = content.scenes[0]
    return f"""<section class="contents">
<h2>Lessons</h2>
{_lessons(presets)}
<h2>Guided tour</h2>
<p>{len(content.tour)} steps and {len(content.claims)} claims. Each asks for your guess, then shows
what was measured.
{_button(places.of_scene(first), "Begin the tour", "")}</p>
</section>"""


def _lessons(presets: tuple[Preset, ...]) -> str:
    items = "\n".join(
        f'<li><a href="{places.of_preset(preset)}"><strong>{html.escape(preset.title)}</strong></a>'
        f"<span>{inline(preset.text)}</span></li>"
        for preset in presets
    )
    return f'<ul class="cards">\n{items}\n</ul>'


def _button(file: str, words: str, relation: str) -> str:
    rel = f' rel="{relation}"' if relation else ""
    kind = "button" if relation == "prev" else "button primary"
    return f'<a class="{kind}" href="{file}"{rel}>{html.escape(words)}</a>'
