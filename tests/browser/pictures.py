"""All pictures of the project, from scratch: ``python -m tests.browser.pictures``."""

from __future__ import annotations

from tests.browser import gallery, screenshots
from tests.browser.server import ROOT

if __name__ == "__main__":
    screenshots.main(ROOT / "assets" / "screenshots")
    gallery.main(ROOT / "assets" / "gallery")
