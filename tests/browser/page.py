"""A page for tests to control: reads what it shows, and waits until it shows it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request

WAIT = 60_000  # milliseconds: longer than any step takes, so that a failure ends with a message
STAGE = "[data-l2viz-stage]"
_RUN = re.compile(r"/l2viz/runs/([^?/]+)")

# True once painted, not only requested: numbers of the position, and at least one frame.
_SHOWS = """
expected => {
  const stage = document.querySelector("[data-l2viz-stage]");
  return stage?.dataset.frame && Object.entries(expected).every(([name, value]) =>
    ["strength", "epoch", "charts"].includes(name)
      ? Math.abs(Number(stage.dataset[name]) - value) <= 1e-9 * Math.abs(value)
      : stage.dataset[name] === value);
}
"""
_FIGURES = """
() => Object.fromEntries([...document.querySelectorAll(".l2viz-panel")].map(panel => {
  const plot = panel.querySelector(".l2viz-plot");
  const plain = value => value === undefined ? null : Array.from(value, Number);
  const traces = plot.data?.map(({ name, x, y }) => ({ name, x: plain(x), y: plain(y) }));
  return [panel.dataset.chart, traces ?? null];
}))
"""


class ViewedPage:
    """The l2viz page in a browser's tab.

    errors   console errors and warnings, page errors, and requests that went elsewhere
    run_ids      of all runs it has read, in order
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        self.run_ids: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", self._note_error)
        page.on("request", self._note_request)

    # ---- navigation

    def open(self, query: str = "", *, state: str = "finished") -> ViewedPage:
        """Load the page and wait for its first frame in this state; the lab if nothing is asked."""
        self.page.goto(self.address + (query or "?lab"))
        self.wait_for(state=state)
        return self

    def wait_for(self, *, timeout: int = WAIT, **expected: str | float) -> None:
        """Wait until the stage has these values: state, stale, strength (λ), epoch, charts."""
        try:
            self.page.wait_for_function(_SHOWS, arg=expected, timeout=timeout)
        except Error as problem:
            raise AssertionError(
                f"expected {expected}, shown is {self.data}, notice: {self.notice}"
            ) from problem

    def wait_for_frame(self, after: int) -> int:
        """Wait until a frame newer than number `after` is painted; return its number."""
        handle = self.page.wait_for_function(
            "after => Number(document.querySelector('[data-l2viz-stage]').dataset.frame) > after",
            arg=after,
            timeout=WAIT,
        )
        handle.dispose()
        return self.frame

    def wait_for_script(self) -> None:
        """Wait until the page's script has run."""
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")

    def wait_for_notice(self, text: str) -> None:
        """Wait until the line above the charts is this text."""
        try:
            self.page.wait_for_function(
                "text => document.querySelector('.l2viz-notice')?.textContent === text",
                arg=text,
                timeout=WAIT,
            )
        except Error as problem:
            raise AssertionError(f"expected {text!r}, shown is {self.notice!r}") from problem

    def wait_for_query(self, **expected: str | None) -> None:
        """Wait until the address has these parameters; None: the parameter is not in it."""
        self.page.wait_for_function(
            """expected => Object.entries(expected).every(([name, value]) =>
                 new URLSearchParams(location.search).get(name) === value)""",
            arg=expected,
            timeout=WAIT,
        )

    # ---- what it shows, once it is painted

    def settle(self) -> None:
        """Wait until everything that was requested is painted."""
        asked = self.page.evaluate(f"Number(document.querySelector('{STAGE}').dataset.asked)")
        self.page.wait_for_function(
            "asked => Number(document.querySelector('[data-l2viz-stage]').dataset.answered)"
            " >= asked",
            arg=asked,
            timeout=WAIT,
        )

    @property
    def data(self) -> dict[str, str]:
        """Return the stage's data attributes, without waiting."""
        return self.page.evaluate(f"({{...document.querySelector('{STAGE}')?.dataset}})")

    @property
    def strength(self) -> float:
        self.settle()
        return float(self.data["strength"])

    @property
    def epoch(self) -> int:
        self.settle()
        return int(self.data["epoch"])

    @property
    def frame(self) -> int:
        self.settle()
        return int(self.data["frame"])

    @property
    def notice(self) -> str:
        return self.page.evaluate("document.querySelector('.l2viz-notice')?.textContent ?? ''")

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    @property
    def figures(self) -> dict[str, list[dict[str, Any]] | None]:
        """Return name, x and y of the traces of each Plotly chart, by the chart's name."""
        self.settle()
        return self.page.evaluate(_FIGURES)

    def readouts(self) -> list[list[str]]:
        """Return the numbers beside the charts: a row for the chosen strength and for each pin."""
        self.settle()
        rows = self.page.locator(".l2viz-readouts tbody tr")
        return rows.evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )

    # ---- its controls

    def slider(self, name: str) -> Locator:
        return self.page.locator(f'{STAGE} input[type=range][aria-label="{name}"]')

    def button(self, name: str) -> Locator:
        return self.page.locator(STAGE).get_by_role("button", name=name, exact=True)

    def set(self, name: str, position: int) -> None:
        """Set a slider's position and send an input event, as dragging does."""
        self.slider(name).evaluate(
            """(slider, position) => {
                 slider.value = position;
                 slider.dispatchEvent(new Event("input", { bubbles: true }));
               }""",
            position,
        )

    def setting(self, tab: str, name: str) -> Locator:
        """Return the field of a setting in the sidebar, after opening its tab."""
        side = self.page.locator("[data-testid=stSidebar]")
        side.get_by_role("tab", name=tab).click()
        return side.get_by_role("textbox", name=name).or_(
            side.get_by_role("spinbutton", name=name, exact=True)
        )

    def choose_lesson(self, name: str) -> None:
        sidebar = self.page.locator("[data-testid=stSidebar]")
        sidebar.get_by_role("radio", name=name).or_(
            sidebar.get_by_role("button", name=name)
        ).click()

    def focus_nothing(self) -> None:
        self.page.evaluate("document.activeElement?.blur()")

    def reset(self) -> None:
        """Reset to λ = 0, the last epoch, no pins, full speed and the usual charts, without loading
        the page.
        """
        for pinned in self.page.locator(f'{STAGE} .l2viz-pin[aria-pressed="true"]').all()[::-1]:
            pinned.click()
        self.page.get_by_label("Pace").select_option(label="full speed")
        if self.query.get("charts"):
            self.button("Charts").click()
            self.button("usual ones").click()
            self.button("Close").click()
            self.wait_for(charts=6)
        self.set("Epoch", 1_000_000)
        self.set("Strength λ", 0)
        self.focus_nothing()
        (last,) = re.findall(r" of (\d+)$", self.slider("Epoch").get_attribute("aria-valuetext"))
        self.wait_for(state="finished", strength=0.0, epoch=int(last))

    # ---- errors

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"console {message.type}: {message.text}")

    def _note_error(self, error: Error) -> None:
        self.errors.append(f"page error: {error}")

    def _note_request(self, request: Request) -> None:
        origin = "/".join(self.address.split("/")[:3])
        own = request.url.startswith((self.address, f"blob:{origin}/", "data:"))
        if not own:
            self.errors.append(f"request to {request.url}")
        if run := _RUN.search(request.url):
            self.run_ids.append(run[1])
