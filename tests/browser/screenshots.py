"""Pictures of the page for README and course material: ``python -m tests.browser.screenshots``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import launch_arguments
from tests.browser.page import ViewedPage
from tests.browser.server import ROOT, Server


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One picture: the address, the window's size and the theme."""

    name: str
    query: str
    width: int = 1280
    height: int = 720
    theme: str = "light"
    charts: int = 6
    member: int | None = None  # to drag the strength to, where the address cannot say


SHOTS = (
    Shot(name="opening", query="?story=network", charts=2, member=12),
    Shot(name="light", query="?dataset=digits&strength=0.00905"),
    Shot(name="dark", query="?strength=0.00182", theme="dark"),
    Shot(name="compare", query="?dataset=digits&strength=0.00905&a=0.0011&b=0.0548"),
    Shot(name="phone", query="?strength=0.00182", width=390, height=844),
)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        for shot in SHOTS:
            viewport = {"width": shot.width, "height": shot.height}
            page = browser.new_page(viewport=viewport, color_scheme=shot.theme)
            viewed = ViewedPage(page, server.address).open(shot.query)
            viewed.wait_for(charts=shot.charts)
            if shot.member is not None:
                viewed.set("Strength λ", shot.member)
                viewed.settle()
            page.evaluate("document.fonts.ready")
            page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
            path = folder / f"{shot.name}.png"
            page.screenshot(path=path)
            page.close()
            print(path)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "assets" / "screenshots")
