"""The browser that tests use, without background network requests."""

from __future__ import annotations

import shutil
from typing import Any

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch_arguments() -> dict[str, Any]:
    """Return arguments for Playwright's `launch`: the installed browser, else Playwright's own."""
    found = next(filter(None, map(shutil.which, INSTALLED)), None)
    return {"args": list(FLAGS)} | ({"executable_path": found} if found else {})
