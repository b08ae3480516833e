"""The address of the page identifies run and view: a copied address opens both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from l2viz.trajectory import Trajectory
from tests.browser.page import ViewedPage
from tests.cases import rest_slow

Viewer = Callable[..., ViewedPage]


def test_the_strength_is_in_the_address_after_a_rest(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    strength = float(recorded["curve"].strengths[6])
    curve.set("Strength λ", 6)
    curve.wait_for_query(strength=f"{strength!r}")
    curve.set("Epoch", 4)
    curve.wait_for_query(at_epoch=str(recorded["curve"].epochs[4]))
    curve.reset()
    curve.wait_for_query(strength=None, at_epoch=None)


def test_a_copied_address_opens_the_same_run_and_view(viewer: Viewer, browser: Browser) -> None:
    page = viewer("?dataset=digits&epochs=30&seed=31&hidden=16&strengths=0.0,0.001,0.01,0.03")
    page.wait_for(epoch=30)
    page.button("pin A").click()
    page.set("Strength λ", 2)
    page.button("pin B").click()
    page.set("Strength λ", 1)
    page.set("Epoch", 12)
    page.wait_for_query(strength="0.001", at_epoch="12", a="0.0", b="0.01")
    with browser.new_context() as elsewhere:
        copied = page.page.url.removeprefix(page.address)
        other = viewer(copied, context=elsewhere)
        other.wait_for(strength=0.001, epoch=12)
        assert set(other.run_ids) == set(page.run_ids)
        assert other.query == page.query
        assert other.readouts() == page.readouts()
        assert other.figures == page.figures
        assert other.setting("Model", "Hidden layers").input_value() == "16"


@pytest.mark.parametrize(
    ("query", "named"),
    rest_slow(
        [
            ("?strength=much&epochs=-3&colour=blue", "strength, colour, epochs"),
            ("?dataset=cats&%3Cb%3Ex=1&seed=NaN", "dataset, ?b?x, seed"),
        ],
        first=1,
    ),
)
def test_nonsense_is_named_in_one_line_and_the_page_is_usable(
    viewer: Viewer, query: str, named: str
) -> None:
    page = viewer(query)
    warning = page.page.get_by_test_id("stAlert")
    assert warning.count() == 1
    text = warning.inner_text().splitlines()[-1]
    assert text == f"Ignored in the address, as it could not be read: {named}."
    assert warning.locator("p").evaluate("line => line.getClientRects().length") == 1
    assert (page.data["charts"], page.query) == ("6", {"dataset": "curve", "seed": "7"})
    page.set("Strength λ", 3)
    page.page.wait_for_function("new URLSearchParams(location.search).has('strength')")
    assert float(page.query["strength"]) == page.strength
