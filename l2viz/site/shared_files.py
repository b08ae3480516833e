"""The files that all pages of a site share: styles, modules, Plotly."""

from __future__ import annotations

import hashlib
from pathlib import Path

from l2viz.export.modules import one_script
from l2viz.site.frame import Shared
from l2viz.stage.files import PLOTLY, STYLES, stage_files

FRONTEND = Path(__file__).with_name("frontend")
ENTRIES = ("stage_page.js", "cards_page.js", "closing_page.js", "translator_page.js")


def shared_files() -> tuple[Shared, dict[str, bytes]]:
    """Return the addresses of the shared files, and the files by address.

    Their names change with their contents, so that a host may let browsers keep them for good.
    """
    stage = stage_files()
    own = (FRONTEND / "site.css").read_bytes()
    styles = b"\n".join([*(stage.by_name[name].content for name in (*STYLES, "lab.css")), own])
    contents = {
        "site.css": styles,
        "l2viz.js": one_script(ENTRIES, _source).encode(),
        "plotly.js": stage.by_name[PLOTLY].content,
    }
    addresses = {name: f"files/{_versioned(name, content)}" for name, content in contents.items()}
    shared = Shared(
        styles=addresses["site.css"],
        modules=addresses["l2viz.js"],
        plotly=addresses["plotly.js"],
    )
    return shared, {addresses[name]: content for name, content in contents.items()}


def _source(name: str) -> str:
    """Return the source of a module: the site's own, or the stage's."""
    if (FRONTEND / name).is_file():
        return (FRONTEND / name).read_text(encoding="utf-8")
    return stage_files().by_name[name].content.decode()


def _versioned(name: str, content: bytes) -> str:
    stem, _, extension = name.partition(".")
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{extension}"
