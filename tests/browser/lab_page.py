"""The file of a lab in a browser, opened from the disk with the network cut."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, Request

from tests.browser.page import ViewedPage

LOCAL = ("file:", "blob:", "data:", "about:srcdoc")


class LabPage(ViewedPage):
    """A lab in a browser's tab; its view stands behind the "#" of the address."""

    def __init__(self, page: Page, path: Path) -> None:
        super().__init__(page, path.as_uri())

    def open(self, query: str = "", *, state: str = "finished") -> LabPage:
        """Open the file at a view, "#strength=0.01", and wait for its first frame."""
        self.page.goto("about:blank")  # or another "#" alone would not load it anew
        self.page.goto(self.address + query)
        self.wait_for(state=state)
        self.settle()
        return self

    def wait_for_script(self) -> None:
        """Do not wait: there is none behind a file."""

    def wait_for_hash(self, expected: str) -> None:
        """Wait until the address has this behind its file, "#" included."""
        self.page.wait_for_function("expected => location.hash === expected", arg=expected)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(LOCAL):
            self.errors.append(f"request to {request.url[:200]}")
