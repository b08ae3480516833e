"""Markdown with TeX -> HTML with MathML."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

_PARAGRAPH = re.compile(r"^<p>(.*)</p>$", re.DOTALL)
_HREF = re.compile(r'href="([^"]*)"')


@functools.cache
def _parser() -> MarkdownIt:
    """Return a parser that takes markup as text: the lesson's files have none."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.use(
        dollarmath_plugin,
        renderer=lambda content, options: math(content, block=options["display_mode"]),
    )


def markdown(text: str, link: Callable[[str], str] = str) -> str:
    """Return paragraphs, lists, tables and code as HTML.

    link    address in the text -> address on the page
    """
    written: str = _parser().render(text.strip())
    written = written.replace("<table>", '<div class="table" tabindex="0"><table>')
    written = written.replace("</table>", "</table></div>")
    return _HREF.sub(lambda found: f'href="{_linked(found[1], link)}"', written).strip()


def inline(text: str) -> str:
    """Return one paragraph's HTML without the paragraph."""
    written = markdown(text)
    found = _PARAGRAPH.match(written)
    return found[1] if found and "<p>" not in found[1] else written


def plain(text: str) -> str:
    """Return Markdown as text without marks, for titles and descriptions."""
    return html.unescape(re.sub(r"<[^>]+>", "", inline(text))).strip()


def math(tex: str, *, block: bool = False) -> str:
    """Return a formula as MathML."""
    return str(convert(tex.strip(), display="block" if block else "inline"))


def _linked(address: str, link: Callable[[str], str]) -> str:
    return html.escape(link(html.unescape(address)))
