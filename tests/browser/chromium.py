"""Which browser is driven, and how it is told to mind its own business."""

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
    """For Playwright's `launch`: the installed browser if there is one, else Playwright's own."""
    found = next(filter(None, map(shutil.which, INSTALLED)), None)
    return {"args": list(FLAGS)} | ({"executable_path": found} if found else {})
