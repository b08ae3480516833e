"""The pages of the guided tour: a list of its scenes, each scene, and its end."""

from __future__ import annotations

import html
import json
from typing import Any

from l2viz.analysis.verdict import verdict
from l2viz.lesson import LessonContent, Question, Scene
from l2viz.site import places
from l2viz.site.frame import Page, Script
from l2viz.site.guess import SHOWN, choice_buttons
from l2viz.site.markup import inline, markdown, plain
from l2viz.site.run_files import RunFiles
from l2viz.site.stage_pages import STAGE, stage_script, training_footer

_PARTS = {"tour": "Step", "claim": "Claim"}


def tour_page(content: LessonContent) -> Page:
    """Return the list of scenes."""
    lists = "\n".join(
        f"<h2>{heading}</h2>\n<ol>{''.join(map(_item, scenes))}</ol>"
        for heading, scenes in (("Steps", content.tour), ("Claims", content.claims))
    )
    first = places.of_scene(content.scenes[0])
    return Page(
        file=places.TOUR,
        kind="text",
        title="Guided tour · l2viz",
        description=f"{len(content.tour)} steps from the model to the choice of the strength, and "
        f"{len(content.claims)} claims about L2: a guess first, then what was measured.",
        body=f"""<h1>Guided tour</h1>
<p>Each scene asks for your guess before it shows the result.
The keys n and Shift + n go on and back.</p>
<p class="buttons"><a class="button primary" href="{first}">Begin the tour</a></p>
{lists}""",
    )


def scene_page(content: LessonContent, scene: Scene, runs: RunFiles) -> Page:
    """Return the page of a scene: its text and question beside the stage."""
    scenes = content.scenes
    number = scenes.index(scene)
    part = content.tour if scene.part == "tour" else content.claims
    before = _link(scenes[number - 1], "Back", "prev") if number else ""
    last = number + 1 == len(scenes)
    after = (
        f'<a class="button primary" href="{places.CLOSING}" rel="next">Next</a>'
        if last
        else _link(scenes[number + 1], "Next", "next")
    )
    body = f"""<div class="beside">
<section class="scene">
<p class="buttons">{before}{after}<a class="button" href="{places.TOUR}" data-leave>Leave</a></p>
<p class="small">{_PARTS[scene.part]} {part.index(scene) + 1} of {len(part)}</p>
<h1>{html.escape(scene.title)}</h1>
{_before(scene)}
{_after(content, scene, runs)}
</section>
{STAGE.format(more=" data-tour")}
</div>"""
    return Page(
        file=places.of_scene(scene),
        kind="scene",
        title=f"{scene.title} · l2viz",
        description=plain(scene.claim or scene.text),
        body=body,
        footer=training_footer(scene.experiment),
        script=stage_script(scene.experiment, scene.view, runs, scene=_facts(scene)),
    )


def closing_page(content: LessonContent) -> Page:
    """Return the end of the tour: the viewer's guesses beside what was so."""
    lines = "\n".join(_line(scene) for scene in content.scenes)
    return Page(
        file=places.CLOSING,
        kind="text",
        title="What you guessed, and what was so · l2viz",
        description="The end of the guided tour: each question with its measured answer.",
        body=f"""<p class="buttons">{_link(content.scenes[-1], "Back", "prev")}
<a class="button primary" href="{places.LESSONS}" data-leave>Lessons</a></p>
<h1>What you guessed, and what was so</h1>
<p data-count>You made no guess yet in the {len(content.scenes)} scenes; below is what was so.</p>
<ol class="guesses">
{lines}
</ol>""",
        script=Script(module="closing_page.js", function="openClosing", facts={}),
    )


def _facts(scene: Scene) -> dict[str, Any] | None:
    """Return what the page's script needs of a scene."""
    question = scene.question
    if question is None:
        return None
    draws = {"scene": scene.key, "array": question.draws, "ask": question.ask}
    return {
        "key": scene.key,
        "open": [name for name in scene.view.charts or () if name not in scene.covers],
        "quiet": not scene.tells_best,
        "plays": scene.plays,
        "draws": draws if question.draws else None,
        "answer": question.answer,
        "strengths": question.strengths,
    }


def _before(scene: Scene) -> str:
    """Return what is there until there is a guess."""
    question = scene.question
    if question is None:
        return ""
    said = f"<p><strong>{inline(scene.claim)}</strong></p>" if scene.claim else markdown(scene.text)
    draw = "<p>Draw it beside this text, or choose:</p>" if question.draws else ""
    return f"""<div data-before>
{said}
<p><strong>Your guess first.</strong> {inline(question.ask)}</p>
{draw}
<div class="choices">
{choice_buttons((*enumerate(question.choices), (SHOWN, "Show it without a guess")))}
</div>
</div>"""


def _after(content: LessonContent, scene: Scene, runs: RunFiles) -> str:
    """Return the answer."""
    claim = f"<p><strong>{inline(scene.claim)}</strong></p>" if scene.claim else ""
    parts = [claim, markdown(scene.text)]
    if scene.question:
        parts.append(_answer(scene.question))
    if scene.conditions:
        parts.append(markdown(scene.conditions))
    if scene.tells_best:
        parts.append(f"<p><strong>This run.</strong> {verdict(runs.run(scene.experiment))}</p>")
    if scene.counter:
        counter = content.scene(scene.counter)
        words = f"Counter-example: {counter.title}"
        parts.append(f'<p><a class="button" href="{places.of_scene(counter)}">{words}</a></p>')
    said = "\n".join(parts)
    hidden = " hidden" if scene.question else ""
    return f"<div data-after{hidden}>\n{said}\n</div>"


def _answer(question: Question) -> str:
    right = inline(question.choices[question.answer])
    ask, why = inline(question.ask), inline(question.why)
    return f"""<p class="answer" data-said="right" hidden>
<strong>{right}</strong>: as you said. {why}</p>
<p class="answer" data-said="other">
{ask} <strong>{right}</strong>.<span data-yours></span> {why}</p>"""


def _item(scene: Scene) -> str:
    words = inline(scene.claim) if scene.claim else ""
    said = f" {words}" if words else ""
    return f'<li><a href="{places.of_scene(scene)}">{html.escape(scene.title)}</a>{said}</li>\n'


def _line(scene: Scene) -> str:
    """Return question and answer of a scene; the script adds the viewer's guess."""
    question = scene.question
    link = f'<a href="{places.of_scene(scene)}">{html.escape(scene.title)}</a>'
    if question is None:
        return f"<li>{link}</li>"
    choices = html.escape(json.dumps(question.choices, ensure_ascii=False))
    return (
        f'<li data-scene="{scene.key}" data-answer="{question.answer}" data-choices="{choices}">'
        f"<strong>{link}.</strong> {inline(question.ask)}<br>"
        f"<span data-right>{inline(question.choices[question.answer])}</span>."
        "<span data-yours></span></li>"
    )


def _link(scene: Scene, words: str, relation: str) -> str:
    kind = "button primary" if relation == "next" else "button"
    about = f'rel="{relation}" title="{html.escape(scene.title)}"'
    return f'<a class="{kind}" href="{places.of_scene(scene)}" {about}>{words}</a>'
