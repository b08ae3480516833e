"""`l2viz site`: the whole lesson as a folder of pages."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path

_NEEDS = ("markdown_it", "mdit_py_plugins", "latex2mathml")


def site(into: Path, address: str) -> int:
    """Write the site."""
    if any(util.find_spec(name) is None for name in _NEEDS):
        print("The site needs more packages: pip install 'l2viz[site]'.", file=sys.stderr)
        return 1
    from l2viz.site import write_site

    shown = sys.stderr.isatty()

    def progress(name: str) -> None:
        if shown:
            print(f"\r\x1b[K{name}", end="", file=sys.stderr, flush=True)

    try:
        count = write_site(into, address=address, progress=progress)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr)
    size = sum(path.stat().st_size for path in into.rglob("*") if path.is_file())
    print(f"{into}: {count} pages, {size / 1e6:.0f} MB; open {into / 'index.html'} with a browser.")
    return 0
