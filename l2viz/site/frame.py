"""What all pages of a site have around their contents: head, links, footer, scripts."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import Any

from l2viz.site import places

# A page asks nobody but its own folder. Chromium takes a file on a disk as "file:" and not as
# 'self'.
_POLICY = (
    "default-src 'none'; script-src 'self' file: 'unsafe-inline'; "
    "style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data: blob:; "
    "media-src blob:; connect-src data: blob:; base-uri 'none'; form-action 'none'"
)
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<meta name="description" content="{description}">
<meta name="generator" content="l2viz">
<meta property="og:type" content="website">
<meta property="og:site_name" content="l2viz">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{description}">
{address}<link rel="icon" href="data:,">
<link rel="stylesheet" href="{styles}">
{head}</head>
<body data-page="{kind}">
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="home" href="index.html">l2viz</a>
<nav aria-label="Site">{links}</nav>
</header>
<main id="content">
{body}
</main>
<footer>
{footer}
</footer>
{scripts}<noscript><style>[data-after] {{ display: block !important }}</style>
<p>Charts and questions need JavaScript, which is switched off. All texts are here.</p></noscript>
</body>
</html>
"""
_STAGE_HEAD = """<link rel="preload" as="script" href="{plotly}" data-l2viz-plotly>
<link rel="preload" as="script" href="files/runs/{run}.js">
"""
_SCRIPTS = """<script src="{modules}"></script>
<script type="application/json" id="facts">{facts}</script>
<script>{call}</script>
"""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Addresses of what all pages share."""

    styles: str
    modules: str
    plotly: str


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a page's script does.

    module    its file
    function  of that module, which is called with the element `on` and the facts
    on        a selector; "" to call it with nothing
    facts     of the page, as JSON
    run       name of the part of a run that is read first, or ""
    """

    module: str
    function: str
    on: str = ""
    facts: dict[str, Any]
    run: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a site.

    file          its name
    kind          for its styles: "stage", "scene", "text"
    title         of the browser's tab and in a search engine
    description   one or two sentences, for link previews too
    body, footer  HTML
    script        None for none
    """

    file: str
    kind: str
    title: str
    description: str
    body: str
    footer: str = ""
    script: Script | None = None


def written(page: Page, shared: Shared, site: str) -> str:
    """Return a page's whole text.

    site    address at which the site will stand, with a slash at its end, or ""
    """
    here = html.escape(site + ("" if page.file == places.START else page.file))
    address = f'<link rel="canonical" href="{here}">\n<meta property="og:url" content="{here}">\n'
    script = page.script
    return _PAGE.format(
        policy=html.escape(_POLICY),
        title=html.escape(page.title),
        description=html.escape(page.description),
        address=address if site else "",
        styles=shared.styles,
        head=_STAGE_HEAD.format(plotly=shared.plotly, run=script.run)
        if script and script.run
        else "",
        kind=page.kind,
        links="".join(_link(file, name, page) for file, name in places.PAGES.items()),
        body=page.body,
        footer=page.footer or "<p>Made by l2viz. This site needs no server and no network.</p>",
        scripts=_scripts(script, shared) if script else "",
    )


def _link(file: str, name: str, page: Page) -> str:
    current = ' aria-current="page"' if file == page.file else ""
    return f'<a href="{file}"{current}>{html.escape(name)}</a>'


def _scripts(script: Script, shared: Shared) -> str:
    """Return the elements that read the modules and call the page's function."""
    given = 'JSON.parse(document.getElementById("facts").textContent)'
    on = f'document.querySelector("{script.on}"), {given}'
    return _SCRIPTS.format(
        modules=shared.modules,
        # "</script>" within a string would end the element.
        facts=json.dumps(script.facts, allow_nan=False).replace("<", "\\u003c"),
        call=f'l2viz("{script.module}").{script.function}({on if script.on else ""});',
    )
