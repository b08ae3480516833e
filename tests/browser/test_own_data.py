"""A viewer's own table: chosen in the page, trained at once, and named to nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.browser.page import ViewedPage
from tests.cases import rest_slow

Viewer = Callable[..., ViewedPage]
HOSTILE = "<img src=x onerror=alert(1)>"


def upload(page: ViewedPage, name: str, content: bytes) -> None:
    page.page.get_by_role("button", name="Your data").click()
    files: Any = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.page.locator("input[type=file]").set_input_files(files)


def table() -> bytes:
    generator = np.random.default_rng(1)
    rows = [
        f"{x:.3f},{y:.3f},{'left' if x < 0 else 'right'}" for x, y in generator.normal(size=(80, 2))
    ]
    return "\n".join([f"{HOSTILE},=1+1,side", *rows]).encode()


def test_a_table_is_trained_and_its_name_is_in_no_address(viewer: Viewer) -> None:
    page = viewer("?lab")
    upload(page, "my _data_ <b>.csv", table())
    target = page.page.get_by_role("combobox", name="Target")
    assert target.input_value() == "side" or "side" in target.inner_text()
    page.page.get_by_text("80 examples, 2 inputs, 2 classes.").wait_for()
    before = page.run_ids[-1]
    page.page.get_by_role("button", name="Train on these data").click()
    page.page.get_by_text("Your own experiment on your data").wait_for()
    page.page.locator(".st-key-reading").wait_for(state="detached")
    page.wait_for(state="finished")
    page.page.wait_for_function(
        "[...document.querySelectorAll('.l2viz-panel')].some(p => p.dataset.chart === 'boundary')"
    )
    page.settle()
    assert page.run_ids[-1] != before
    assert page.page.url.endswith("/?lab=")  # nothing of the data, and nothing of the run
    side = page.page.locator("[data-testid=stSidebar]")
    shown = side.get_by_role("combobox", name="Dataset").input_value()
    assert " ".join(shown.split()) == "your data: my data b"  # no markup of Markdown, none of HTML
    assert page.page.locator("img[src=x]").count() == 0
    page.choose_lesson("Moons")
    page.wait_for_query(dataset="moons")
    page.page.get_by_role("button", name="Your data").click()
    page.page.get_by_role("button", name="Show your data").click()
    page.page.get_by_text("Your own experiment on your data").wait_for()
    page.wait_for(state="finished")
    assert page.errors == []


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    rest_slow(
        [
            ("empty.csv", b"\n", "The file is empty."),
            ("picture.csv", b"\x89PNG\x00\x00", "This is no text file."),
            ("array.npy", b"\x93NUMPY", "One .npy file holds one array."),
            ("archive.npz", b"PK\x03\x04", "The archive cannot be read"),
        ],
        first=1,
    ),
)
def test_a_file_that_cannot_be_used_gets_one_sentence(
    viewer: Viewer, name: str, content: bytes, sentence: str
) -> None:
    page = viewer("?lab")
    upload(page, name, content)
    page.page.get_by_role("alert").get_by_text(sentence).wait_for()
    assert page.page.get_by_role("button", name="Train on these data").count() == 0
    assert page.errors == []
