"""What axe-core finds on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

from tests.browser.page import ViewedPage


def serious(page: ViewedPage) -> list[str]:
    """Return violations that axe-core rates serious or critical, each with its elements."""
    page.wait_for_script()
    found = Axe().run(page.page).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:200] for node in each['nodes']]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def assert_clean_with_what_keys_open(page: ViewedPage) -> None:
    """Assert that axe finds nothing serious, also in the chooser and the list of keys."""
    assert serious(page) == []
    for key in ("c", "?"):
        page.focus_nothing()
        page.page.keyboard.press(key)
        page.page.get_by_role("dialog").wait_for()
        assert serious(page) == []
        page.page.keyboard.press("Escape")
