"""One server and one browser for the whole suite; every page is watched for complaints."""

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
    """The app, warmed up; for tests that leave it as it was."""
    with Server() as server:
        yield server
        assert "Traceback" not in server.output


@pytest.fixture(scope="session")
def projector(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for the pages of all tests, so that scripts are compiled only once."""
    context = browser.new_context(viewport=PROJECTOR, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def viewer(server: Server, projector: BrowserContext) -> Iterator[Callable[..., ViewedPage]]:
    """``viewer(query="", state="finished", context=None)`` opens a page, as often as asked."""
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
    assert [page.complaints for page in pages] == [[] for _ in pages]


@pytest.fixture(scope="session")
def kept_page(server: Server, projector: BrowserContext) -> Iterator[ViewedPage]:
    """One page on the recorded curve, for all tests that only look around on it."""
    page = ViewedPage(projector.new_page(), server.address)
    page.open()
    yield page
    page.page.close()


@pytest.fixture
def curve(kept_page: ViewedPage) -> Iterator[ViewedPage]:
    """The recorded curve as it opens: λ = 0, last epoch, no pins, full speed, nothing focused."""
    kept_page.complaints.clear()
    kept_page.start_afresh()
    yield kept_page
    assert kept_page.complaints == []


@pytest.fixture(scope="session")
def recorded() -> dict[str, Trajectory]:
    """The recorded runs by the name of their file."""
    return {path.stem: Trajectory.load(path) for path in RECORDINGS.glob("*.npz")}
