"""One server and one browser for the whole suite; every page is checked for errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from l2viz.trajectory import Trajectory
from l2viz.ui.server.trainer_service import RECORDINGS
from tests.browser.chromium import launch_arguments
from tests.browser.page import ViewedPage
from tests.browser.server import Server

PROJECTOR = {"width": 1280, "height": 720}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | launch_arguments()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Yield the app, warmed up, for tests that do not change its state."""
    with Server() as server:
        yield server
        assert "Traceback" not in server.output


@pytest.fixture(scope="session")
def projector(browser: Browser) -> Iterator[BrowserContext]:
    """Yield one browser profile for all tests, so that scripts are compiled only once."""
    context = browser.new_context(viewport=PROJECTOR, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def viewer(server: Server, projector: BrowserContext) -> Iterator[Callable[..., ViewedPage]]:
    """Yield ``viewer(query="", state="finished", context=None)``, which opens a page."""
    pages: list[ViewedPage] = []

    def open_page(
        query: str = "", *, state: str = "finished", context: BrowserContext | None = None
    ) -> ViewedPage:
        page = ViewedPage((context or projector).new_page(), server.address)
        pages.append(page)
        return page.open(query, state=state)

    yield open_page
    for page in pages:
        if page.page.is_closed():  # with its context
            continue
        if page.data.get("state") == "training":  # a test that failed: free the trainer
            page.button("Stop").click()
        page.page.close()
    assert [page.errors for page in pages] == [[] for _ in pages]


@pytest.fixture(scope="session")
def kept_page(server: Server, projector: BrowserContext) -> Iterator[ViewedPage]:
    """Yield one page on the recorded curve, for all tests that only change the view."""
    page = ViewedPage(projector.new_page(), server.address)
    page.open()
    yield page
    page.page.close()


@pytest.fixture
def curve(kept_page: ViewedPage) -> Iterator[ViewedPage]:
    """Return the curve's page as opened: λ = 0, last epoch, no pins, full speed, no focus."""
    kept_page.errors.clear()
    kept_page.reset()
    yield kept_page
    assert kept_page.errors == []


@pytest.fixture(scope="session")
def recorded() -> dict[str, Trajectory]:
    """Load the recorded runs by the name of their file."""
    return {path.stem: Trajectory.load(path) for path in RECORDINGS.glob("*.npz")}
