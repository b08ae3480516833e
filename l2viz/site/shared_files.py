"""The files that all pages of a site share: styles, modules, Plotly."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from l2viz.export.modules import renamed_modules
from l2viz.site.frame import Shared
from l2viz.stage.files import PLOTLY, STYLES, stage_files

FRONTEND = Path(__file__).with_name("frontend")
ENTRIES = ("stage_page.js", "cards_page.js", "closing_page.js", "translator_page.js")
# A page on a disk may load scripts, but not modules: one script makes the modules of their sources.
_BUNDLE = """// The modules of all pages, and the map of their names.
const sources = {sources};
const imports = Object.fromEntries(
  Object.entries(sources).map(([name, source]) => {{
    const named = [source, `\\n//# sourceURL=${{name}}`];
    return [name, URL.createObjectURL(new Blob(named, {{ type: "text/javascript" }}))];
  }}),
);
const map = document.createElement("script");
map.type = "importmap";
map.textContent = JSON.stringify({{ imports }});
document.head.append(map);
"""


def shared_files() -> tuple[Shared, dict[str, bytes]]:
    """Return the addresses of the shared files, and the files by address.

    Their names change with their contents, so that a host may let browsers keep them for good.
    """
    stage = stage_files()
    own = (FRONTEND / "site.css").read_bytes()
    styles = b"\n".join([*(stage.by_name[name].content for name in (*STYLES, "lab.css")), own])
    modules = json.dumps(renamed_modules(ENTRIES, _source), ensure_ascii=False, indent=0)
    contents = {
        "site.css": styles,
        "modules.js": _BUNDLE.format(sources=modules).encode(),
        "plotly.js": stage.by_name[PLOTLY].content,
    }
    addresses = {name: f"files/{_versioned(name, content)}" for name, content in contents.items()}
    shared = Shared(
        styles=addresses["site.css"],
        modules=addresses["modules.js"],
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
