"""The pages to read: misconceptions, the reference, lesson plans."""

from __future__ import annotations

import html
from pathlib import Path

from l2viz.lesson import FILES, Card, LessonContent, Term
from l2viz.site import places
from l2viz.site.frame import Page, Script
from l2viz.site.markup import inline, markdown, math, plain

_HEADINGS = {"question": "In short", "term": "Key terms"}
_FOLDER = FILES / "plans"


def cards_page(content: LessonContent) -> Page:
    """Return all misconceptions, each closed until it has been judged."""
    cards = "\n".join(_card(content, card) for card in content.cards)
    return Page(
        file=places.CARDS,
        kind="text",
        title="Misconceptions about L2 in Keras · l2viz",
        description="What people think that Keras's L2 does, what it really does, the line of "
        "code, and a scene that shows it.",
        body=f"""<h1>Misconceptions</h1>
<p>True or false? Judge each sentence before you read on.</p>
{cards}""",
        script=Script(module="cards_page.js", function="openCards", facts={}),
    )


def _card(content: LessonContent, card: Card) -> str:
    scene = content.scene(card.scene)
    return f"""<article data-card="{card.key}" id="{card.key}">
<h2>“{inline(card.think)}”</h2>
<p class="buttons" data-before><button type="button" data-judge="true">True</button>
<button type="button" data-judge="false">False</button></p>
<div data-after hidden>
<p><span data-believed hidden>You said: true. It is not. </span>{inline(card.so)}</p>
<pre tabindex="0"><code>{html.escape(card.code)}</code></pre>
<p><a href="{places.of_scene(scene)}">Open the scene: {html.escape(scene.title)}</a></p>
<p class="small">Source: {html.escape(card.proof)}</p>
</div>
</article>"""


def reference_page(content: LessonContent) -> Page:
    """Return questions and key terms."""
    parts = "\n".join(
        f"<h2>{heading}</h2>\n"
        + "\n".join(_entry(content, each) for each in content.reference if each.kind == kind)
        for kind, heading in _HEADINGS.items()
    )
    return Page(
        file=places.REFERENCE,
        kind="text",
        title="Reference: L2 regularization in Keras · l2viz",
        description=plain(content.reference[0].text),
        body=f"<h1>Reference</h1>\n{parts}",
    )


def _entry(content: LessonContent, term: Term) -> str:
    scene = content.scene(term.scene)
    formula = f'<p class="formula">{math(term.formula, block=True)}</p>' if term.formula else ""
    return f"""<section class="term">
<h3>{html.escape(term.name)}</h3>
<p>{inline(term.text)}</p>
{formula}
<p class="small"><a href="{places.of_scene(scene)}">{html.escape(scene.title)}</a></p>
</section>"""


def plan_pages() -> list[Page]:
    """Return the lesson plans, and the page that lists them; the shortest is first."""
    plans = sorted(_FOLDER.glob("*.md"), key=_order)
    texts = {plan.stem: plan.read_text(encoding="utf-8") for plan in plans}
    titles = {name: _title(text) for name, text in texts.items()}
    items = "\n".join(
        f'<li><a href="{places.of_plan(name)}"><strong>{html.escape(title)}</strong></a></li>'
        for name, title in titles.items()
    )
    shown = [
        Page(
            file=places.of_plan(name),
            kind="text",
            title=f"{titles[name]} · l2viz",
            description=f"A lesson plan: {titles[name]}.",
            body=markdown(text, link=places.of_the_app),
        )
        for name, text in texts.items()
    ]
    return [
        Page(
            file=places.PLANS,
            kind="text",
            title="For teachers · l2viz",
            description="Lesson plans: " + "; ".join(titles.values()) + ".",
            body=f"<h1>For teachers</h1>\n<ul>\n{items}\n</ul>",
        ),
        *shown,
    ]


def _title(text: str) -> str:
    return plain(text.partition("\n")[0].lstrip("# "))


def _order(plan: Path) -> tuple[bool, int, str]:
    minutes = plan.stem.isdecimal()
    return not minutes, int(plan.stem) if minutes else 0, plan.stem
