"""A QR code over the stage: what a phone's reader finds in a picture of the window."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Locator, expect

from tests.browser.axe import serious
from tests.browser.conftest import PROJECTOR
from tests.browser.page import ViewedPage
from tests.browser.server import Server
from tests.cases import others_slow
from tests.site.small_lesson import write_small_site
from tests.site.static_host import static_host

Viewer = Callable[..., ViewedPage]
NAME = "class.test"  # of this machine, but a phone could know it
VIEW = "?dataset=digits&strength=0.00905&a=0.0011&b=0.0548&charts=gap,norms&presenter=yes"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def other_browser(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Browser]:
    """Yield a browser that finds the server by a name which is not local."""
    flags = [*browser_type_launch_args["args"], f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": flags})
    yield browser
    browser.close()


@pytest.fixture
def named(other_browser: Browser, server: Server) -> Iterator[Viewer]:
    """Yield ``named(query, **options)``: a page at the name; of its window are the options."""
    pages: list[ViewedPage] = []

    def open_page(query: str, **options: Any) -> ViewedPage:
        page = other_browser.new_page(**{"viewport": PROJECTOR, **options})
        viewed = ViewedPage(page, server.address.replace("127.0.0.1", NAME))
        pages.append(viewed)
        return viewed.open(query)

    yield open_page
    for page in pages:
        page.page.close()
    assert [page.errors for page in pages] == [[] for _ in pages]


def opened(page: ViewedPage) -> Locator:
    """Open the code by its key, and return its sheet."""
    page.focus_nothing()
    page.page.keyboard.press("q")
    sheet = page.page.get_by_role("dialog", name="QR code of this page")
    sheet.wait_for()
    return sheet


def drawn(page: ViewedPage) -> Locator:
    """Wait until the text below the code is the page's address."""
    page.page.wait_for_function(
        "() => document.querySelector('.l2viz-qr-address').textContent === location.href"
    )
    image = page.page.get_by_role("img", name="QR code")
    image.evaluate("image => image.decode()")
    return image


def read(page: ViewedPage) -> str:
    """Return what a reader finds in a picture of the whole window."""
    window = Image.open(io.BytesIO(page.page.screenshot())).convert("L")
    (found,) = zxingcpp.read_barcodes(window)
    return found.text


@pytest.mark.parametrize("theme", others_slow(["light", "dark"], quick=["dark"]))
@pytest.mark.parametrize("size", others_slow([(1280, 720), (1024, 768)], quick=[(1024, 768)]))
def test_a_phone_reads_the_pages_address(named: Viewer, theme: str, size: tuple[int, int]) -> None:
    width, height = size
    page = named(VIEW, viewport={"width": width, "height": height}, color_scheme=theme)
    page.wait_for(charts=2, presenter="true")
    page.wait_for_query(a="0.0011")
    opened(page)
    box = drawn(page).bounding_box()
    assert read(page) == page.page.url
    assert box is not None
    assert min(box["width"], box["height"]) >= 0.45 * height
    text = page.page.locator(".l2viz-qr-address")
    assert text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)") >= 24
    assert text.evaluate("text => text.scrollHeight <= text.clientHeight")
    assert serious(page) == []


def test_it_is_opened_and_closed_by_button_key_and_escape(named: Viewer) -> None:
    page = named(VIEW)
    sheet = page.page.get_by_role("dialog", name="QR code of this page")
    button = page.button("QR code")
    button.click()
    drawn(page)
    expect(button).to_have_attribute("aria-expanded", "true")
    for close in ("q", "Escape"):
        page.page.keyboard.press(close)
        sheet.wait_for(state="hidden")
        opened(page)
    sheet.get_by_role("button", name="Close").click()
    sheet.wait_for(state="hidden")
    expect(button).to_have_attribute("aria-expanded", "false")
    page.page.keyboard.press("p")
    page.wait_for(presenter="false")
    expect(button).to_be_hidden()


def test_the_code_follows_the_view(named: Viewer) -> None:
    page = named(VIEW)
    opened(page)
    drawn(page)
    first = read(page)
    page.set("Strength λ", 4)
    page.page.wait_for_function("first => location.href !== first", arg=first)
    drawn(page)
    second = read(page)
    assert second == page.page.url != first


def test_on_a_phone_it_fits_too(named: Viewer) -> None:
    page = named(VIEW, viewport=PHONE)
    sheet = opened(page)
    code = drawn(page).bounding_box()
    close = sheet.get_by_role("button", name="Close").bounding_box()
    assert read(page) == page.page.url
    assert code is not None and close is not None
    assert code["x"] >= 0 and code["x"] + code["width"] <= PHONE["width"]
    assert close["y"] + close["height"] <= code["y"]
    assert sheet.evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth")


@pytest.mark.slow
def test_a_site_has_the_code_too(
    other_browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("site")
    write_small_site(folder)
    with static_host(folder) as host:
        address = host.replace("127.0.0.1", NAME)
        page = ViewedPage(other_browser.new_page(viewport=PROJECTOR), address)
        page.page.goto(f"{address}scene-define.html#presenter=yes")
        page.wait_for(state="finished", presenter="true")
        opened(page)
        drawn(page)
        assert read(page) == page.page.url
        page.page.close()
        assert page.errors == []


# ---- where the page is open at a name that a phone takes for its own


def test_at_a_local_name_it_says_how_phones_can_follow(viewer: Viewer) -> None:
    """This server listens at the local address alone, so that no other one reaches it."""
    page = viewer(VIEW)
    sheet = opened(page)
    port = page.address.rsplit(":", 1)[1].strip("/")
    said = (
        "Phones cannot open 127.0.0.1. Open this page by the machine's network address, for "
        f"example http://192.168.1.20:{port}, then phones can follow."
    )
    expect(sheet.get_by_role("status")).to_have_text(said)
    assert not sheet.get_by_role("img").is_visible()


def test_at_a_local_name_the_code_has_the_machines_address(viewer: Viewer) -> None:
    page = viewer(VIEW)
    page.page.route("**/network.json", lambda route: route.fulfill(json={"host": NAME}))
    sheet = opened(page)
    expected = page.page.url.replace("127.0.0.1", NAME)
    expect(sheet.get_by_label("Address")).to_have_text(expected)
    assert read(page) == expected
    expect(sheet.get_by_role("status")).to_contain_text("so the code has this machine's network")


def test_an_address_that_is_too_long_is_said(named: Viewer) -> None:
    page = named(VIEW)
    page.page.evaluate("history.replaceState(null, '', '?lab&x=' + 'x'.repeat(2000))")
    sheet = opened(page)
    expect(sheet.get_by_role("status")).to_contain_text("at most 2000 characters")
    assert not sheet.get_by_role("img").is_visible()
