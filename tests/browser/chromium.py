"""The browser that tests use, without background network requests."""

from __future__ import annotations

import shutil
from typing import Any

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# For each new window Chromium 156 loads pages of its own below the address bar: some 400 files, and
# more of a core's time than ours. The last switch of a name counts, so that those which Playwright
# switches off are named too.
_OFF = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "AimEnabled",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_OFF)}",
)


def launch_arguments() -> dict[str, Any]:
    """Return arguments for Playwright's `launch`: the installed browser, else Playwright's own."""
    found = next(filter(None, map(shutil.which, INSTALLED)), None)
    return {"args": list(FLAGS)} | ({"executable_path": found} if found else {})
