"""The page of a lab: the stage's own modules and styles, Plotly and one run, in one HTML text."""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass

from l2viz.export.modules import one_script
from l2viz.stage.files import PLOTLY, STYLES, StageFiles

_ENTRY = "lab.js"
# The page asks nobody for anything.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; connect-src data: blob:"
)
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="generator" content="l2viz">
<meta name="description" content="{description}">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{styles}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{description}</p>
</header>
<main data-l2viz-stage data-alone></main>
<footer>
{footer}
</footer>
<script type="text/plain" data-l2viz-inlined="plotly">
{plotly}
</script>
<script type="text/plain" data-l2viz-inlined="run">
{run}
</script>
<script>
{modules}
l2viz("{entry}").openLab(document.querySelector("[data-l2viz-stage]"));
</script>
<noscript><p>This page draws its charts by JavaScript, which is switched off.</p></noscript>
</body>
</html>
"""


@dataclass(frozen=True, kw_only=True)
class PageText:
    """What a page says in words: plain text, except for `code` in the footer's paragraphs.

    title         of the page
    description   one line of what it is
    footer        paragraphs; parts between backquotes are code
    """

    title: str
    description: str
    footer: tuple[str, ...]


def page(text: PageText, run: bytes, files: StageFiles) -> str:
    """Return the whole page.

    text    its words
    run     the run, packed and compressed by gzip
    files   of the stage
    """
    plotly = files.by_name[PLOTLY].compressed
    return _PAGE.format(
        policy=html.escape(_POLICY),
        title=html.escape(text.title),
        description=html.escape(text.description),
        styles="\n".join(_text(files, name) for name in (*STYLES, "lab.css")),
        # "</script" would end the element; in a string or a comment "<\\/" is the same.
        modules=one_script((_ENTRY,), lambda name: _text(files, name)).replace("</", "<\\/"),
        footer="\n".join(f"<p>{_with_code(paragraph)}</p>" for paragraph in text.footer),
        plotly=base64.b64encode(plotly).decode(),
        run=base64.b64encode(run).decode(),
        entry=_ENTRY,
    )


def _text(files: StageFiles, name: str) -> str:
    return files.by_name[name].content.decode()


def _with_code(paragraph: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(paragraph))
