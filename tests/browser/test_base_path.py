"""The page below a base path, as Streamlit's own setting puts it: with its stage and its runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.page import ViewedPage
from tests.browser.server import Server


@pytest.mark.slow
@pytest.mark.parametrize("slash", ["/", ""], ids=["with a slash", "without"])
def test_the_page_is_whole_below_a_base_path(browser: Browser, slash: str) -> None:
    with Server(base="class/l2") as server, browser.new_context() as context:
        page = ViewedPage(context.new_page(), server.address.rstrip("/") + slash)
        page.open("?dataset=curve&epochs=40&seed=3")
        page.wait_for(state="finished", epoch=40)
        assert page.data["charts"] == "6"
