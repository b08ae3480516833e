"""`l2viz reference`: one page of the public names, from their docstrings and types."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path

import l2viz


def reference(into: Path) -> int:
    """Write the page as HTML that needs no other file."""
    if util.find_spec("pdoc") is None:
        print("The reference needs pdoc: pip install 'l2viz[docs]'.", file=sys.stderr)
        return 1
    import pdoc

    for name in l2viz.__all__:
        setattr(l2viz, name, getattr(l2viz, name))  # pdoc looks at what is loaded alone
    pdoc.render.configure(docformat="numpy", search=False, show_source=False)
    page = pdoc.pdoc("l2viz", r"!l2viz\.")
    into.parent.mkdir(parents=True, exist_ok=True)
    into.write_text(page, encoding="utf-8")
    print(f"{into}: {len(l2viz.__all__)} names")
    return 0
