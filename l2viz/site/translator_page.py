"""The translator: a form, a table that the browser fills, and what each formula assumes."""

from __future__ import annotations

import html
from typing import Any

from l2viz.interop.convention import Convention, NotOnWeights
from l2viz.interop.conventions import CONVENTIONS, COUNTS, LARGEST, RATES
from l2viz.interop.objective_conventions import NOT_ON_WEIGHTS
from l2viz.site import places
from l2viz.site.frame import Page, Script
from l2viz.site.markup import math

_FIELDS = {  # name: label, bounds, opening value, whether it is a whole number
    "setting": ("Its value", (0.0, LARGEST), 0.01, False),
    "samples": ("Samples", COUNTS, 300, True),
    "batch_size": ("Batch", COUNTS, 32, True),
    "learning_rate": ("Learning rate", RATES, 0.001, False),
}
_NUMBER = 'inputmode="decimal" autocomplete="off"'


def translator_page() -> Page:
    """Return the translator."""
    conventions = tuple(CONVENTIONS.values())
    options = "".join(
        f'<option value="{each.key}">{html.escape(_name(each))}</option>' for each in conventions
    )
    fields = "\n".join(
        f'<label>{label} <input name="{name}" value="{value:g}" {_NUMBER}></label>'
        for name, (label, _, value, _) in _FIELDS.items()
    )
    body = f"""<section id="translator" class="wide">
<h1>λ elsewhere</h1>
<p>The strength λ of Keras's L2 in other libraries, and back.</p>
<form onsubmit="return false">
<label>From <select name="from"><option value="">Keras, L2(λ)</option>{options}</select></label>
{fields}
</form>
<p data-strength role="status"></p>
<div class="table" tabindex="0"><table>
<thead><tr><th>Value</th><th>Setting</th><th>Library</th><th>Formula</th></tr></thead>
<tbody>
{"".join(map(_row, conventions))}</tbody>
</table></div>
<h2>What each formula assumes</h2>
{"".join(map(_assumptions, conventions))}
<h2>Not the same thing, though it is called λ or L2</h2>
{"".join(map(_other, NOT_ON_WEIGHTS))}
</section>"""
    return Page(
        file=places.TRANSLATOR,
        kind="text",
        title="λ elsewhere: weight_decay, alpha and C as Keras's L2 · l2viz",
        description="Translates the strength of L2 between Keras and PyTorch, AdamW, scikit-learn, "
        "TensorFlow Playground and other libraries, with the assumptions of each formula.",
        body=body,
        script=Script(
            module="translator_page.js",
            function="openTranslator",
            on="#translator",
            facts={
                "conventions": [facts_of(each) for each in conventions],
                "rules": {
                    name: _rule(label, bounds, whole)
                    for name, (label, bounds, _, whole) in _FIELDS.items()
                },
                "largestStrength": LARGEST,
            },
        ),
    )


def facts_of(convention: Convention) -> dict[str, Any]:
    """Return a convention's formula for the browser; see frontend/translator.js."""
    return {
        "key": convention.key,
        "factor": convention.factor,
        "needs": convention.needs,
        "inverse": convention.inverse,
        "exact": convention.exact,
    }


def _rule(label: str, bounds: tuple[float, float], whole: bool) -> dict[str, Any]:
    smallest, largest = bounds
    kind = "a whole number" if whole else "a number"
    return {
        "smallest": smallest,
        "largest": largest,
        "whole": whole,
        "refusal": f"{label} must be {kind} from {smallest:g} to {largest:g}.",
    }


def _name(convention: Convention | NotOnWeights) -> str:
    return f"{convention.library}: {convention.setting}"


def _row(each: Convention) -> str:
    cells = "".join(
        f"<td>{html.escape(text)}</td>" for text in (each.setting, each.library, each.formula)
    )
    return f'<tr><td data-value="{each.key}"></td>{cells}</tr>\n'


def _assumptions(each: Convention) -> str:
    items = "".join(f"<li>{html.escape(assumption)}</li>" for assumption in each.assumptions)
    return f"""<details>
<summary>{html.escape(_name(each))}</summary>
{math(each.objective, block=True)}
{math(each.formula_tex, block=True)}
<ul>{items}</ul>
<p class="small">{html.escape(each.source)}</p>
</details>
"""


def _other(other: NotOnWeights) -> str:
    return f"""<details>
<summary>{html.escape(_name(other))}</summary>
{math(other.objective, block=True)}
<p>{html.escape(other.why[0].upper() + other.why[1:])}.</p>
<p class="small">{html.escape(other.source)}</p>
</details>
"""
