"""A script of the stage that is not loaded: the page says so, and a reload mends it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.page import ViewedPage
from tests.browser.server import Server


@pytest.mark.parametrize(
    "script",
    [
        "stage.js",
        pytest.param("chart_renderer.js", marks=pytest.mark.slow),
        pytest.param("wire.js", marks=pytest.mark.slow),
    ],
)
def test_a_script_that_fails_to_load_is_told(browser: Browser, server: Server, script: str) -> None:
    with browser.new_context() as context:
        page = ViewedPage(context.new_page(), server.address)
        # Each time: the page asks for it early (modulepreload), and again if that failed.
        page.page.route(f"**/stage/*/{script}", lambda route: route.abort())
        page.page.goto(f"{server.address}?lab")
        stage = page.page.locator("[data-l2viz-stage]")
        stage.get_by_text(
            "The charts could not be loaded. Reload the page to try again."
        ).wait_for()
        assert page.data["state"] == "failed"
        page.page.unroute_all()
        page.page.reload()
        page.wait_for(state="finished", charts=6)
