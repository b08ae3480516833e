"""Settings that the page sets itself are not overwritten by messages sent before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, WebSocketRoute

from tests.browser.page import ViewedPage
from tests.browser.server import Server

MOST_FRAMES = 2_000  # more than any step takes


class HeldLine:
    """The page's connection to the server, on which answers can be delayed.

    sent    messages that the page has sent since
    """

    def __init__(self) -> None:
        self.sent = 0
        self._held: list[str | bytes] | None = None
        self._line: WebSocketRoute | None = None

    def connect(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        self._line = line

        def to_server(message: str | bytes) -> None:
            self.sent += 1
            server.send(message)

        def to_page(message: str | bytes) -> None:
            if self._held is None:
                line.send(message)
            else:
                self._held.append(message)

        line.on_message(to_server)
        server.on_message(to_page)

    def hold(self) -> None:
        self._held, self.sent = [], 0

    def wait_for_told(self, count: int, page: ViewedPage) -> None:
        for _ in range(MOST_FRAMES):
            if self.sent >= count:
                return
            page.page.evaluate("new Promise(requestAnimationFrame)")
        raise AssertionError(f"{self.sent} messages sent, not {count}")

    def release(self) -> None:
        assert self._line and self._held is not None
        held, self._held = self._held, None
        for message in held:
            self._line.send(message)


@pytest.fixture
def held_page(server: Server, projector: BrowserContext) -> Iterator[tuple[ViewedPage, HeldLine]]:
    line = HeldLine()
    page = ViewedPage(projector.new_page(), server.address)
    page.page.route_web_socket("**/_stcore/stream", line.connect)
    yield page.open("?dataset=digits"), line
    page.page.close()
    assert page.errors == []


def test_a_view_told_before_the_page_heard_of_a_lesson_does_not_undo_it(
    held_page: tuple[ViewedPage, HeldLine],
) -> None:
    page, line = held_page
    line.hold()
    page.choose_lesson("Curve")
    line.wait_for_told(1, page)
    page.set("Strength λ", 5)  # sent a moment later, with the old values of all widgets
    line.wait_for_told(2, page)
    line.release()
    page.wait_for(state="finished", stale="false", epoch=2000)
    page.wait_for_query(dataset="curve")


def test_a_lesson_with_a_view_of_its_own_brings_the_viewer_there(
    viewer: Callable[..., ViewedPage],
) -> None:
    page = viewer("?dataset=digits&strength=0.001&a=0.0")
    page.choose_lesson("The L2 page's network")
    page.wait_for_query(dataset="digits28", strength="0.01", a=None)
    page.wait_for(state="finished", stale="false", strength=0.01)
    assert page.page.locator('.l2viz-panel[data-chart="dummy_answer"]').is_visible()
    page.set("Strength λ", 0)
    page.wait_for_query(strength=None)
    page.choose_lesson("Digits, wrong labels")  # which has a view of its own too
    page.wait_for(state="finished", stale="false", strength=0.0, epoch=80)
