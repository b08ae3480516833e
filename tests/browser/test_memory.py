"""The page's memory over many runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession

from tests.browser.page import ViewedPage

WARM_RUNS = 4  # the first ones fill caches and compile code
RUNS = 20


@pytest.mark.slow
def test_a_page_does_not_grow_over_many_runs(viewer: Callable[..., ViewedPage]) -> None:
    page = viewer("?dataset=curve&epochs=60&seed=500")
    inspector = page.page.context.new_cdp_session(page.page)
    seed = page.setting("Data", "Seed")
    used = []
    for number in range(1, WARM_RUNS + RUNS + 1):
        seed.fill(str(500 + number))
        seed.press("Enter")
        page.wait_for_query(seed=str(500 + number))
        page.wait_for(stale="true")
        page.button("Train").click()
        page.wait_for(state="finished", stale="false")
        assert len(set(page.run_ids)) == number + 1
        used.append(_heap_used(inspector))
    grown = used[-1] / used[WARM_RUNS - 1]
    assert grown < 1.1, used


def _heap_used(inspector: CDPSession) -> float:
    """Return the heap's size in bytes after a garbage collection."""
    inspector.send("HeapProfiler.collectGarbage")
    return float(inspector.send("Runtime.getHeapUsage")["usedSize"])
