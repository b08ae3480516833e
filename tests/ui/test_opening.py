"""The opening: which addresses lead to it, and what it writes there."""

from __future__ import annotations

import itertools

import pytest
from streamlit.testing.v1 import AppTest

from l2viz.lesson import Passage, read_lesson
from l2viz.lesson.presets import presets
from l2viz.trainer import Trainer
from tests.cases import rest_slow
from tests.ui.pages import PAGE, OpenPage, Page

PASSAGES = read_lesson().opening


class Bare(Page):
    """The page at an address without anything."""

    def __init__(self) -> None:
        self.test = AppTest.from_file(PAGE, default_timeout=120)
        self.run()


def test_a_bare_address_opens_the_first_passage(trainer: Trainer) -> None:
    page = Bare()
    assert page.sent["simple"] is True
    assert page.sent["view"]["charts"] == list(PASSAGES[0].view.charts or ())
    assert trainer.get(page.sent["run"]).experiment == PASSAGES[0].experiment
    assert PASSAGES[0].title in page.words
    assert page.query == {}
    assert len(page.test.sidebar) == 0


def test_its_steps_lead_through_all_passages_to_the_lab(trainer: Trainer) -> None:
    page = Bare()
    for before, passage in itertools.pairwise(PASSAGES):
        page.press("opening.next")
        assert passage.title in page.words and before.title not in page.words
        assert page.query == {"story": passage.key}
        assert trainer.get(page.sent["run"]).experiment == passage.experiment
        assert page.sent["view"]["charts"] == list(passage.view.charts or ())
    page.press("opening.back")
    assert page.query == {"story": PASSAGES[-2].key}
    page.press("opening.lab")
    assert page.sent["simple"] is False
    assert page.query["dataset"] == PASSAGES[-2].experiment.dataset
    assert page.setting("dataset") == PASSAGES[-2].experiment.dataset


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda passage: passage.key)
def test_each_passage_has_an_address(
    open_page: OpenPage, trainer: Trainer, passage: Passage
) -> None:
    page = open_page(story=passage.key)
    assert page.sent["simple"] is True
    assert passage.title in page.words


@pytest.mark.parametrize(
    "query",
    rest_slow(
        [
            {"lab": ""},
            {"lab": "yes", "story": "network"},
            {"dataset": "curve", "seed": "7"},
            {"strength": "0.001"},
            {"presenter": "yes"},
            {"story": "network", "dataset": "moons"},
            {"page": "cards"},
            {"scene": "add"},
        ],
        first=3,
    ),
    ids=str,
)
def test_an_address_that_asks_for_anything_does_not_open_it(
    open_page: OpenPage, trainer: Trainer, query: dict[str, str]
) -> None:
    page = open_page(**query)
    assert page.sent["simple"] is False
    assert "opening.lab" not in {button.key for button in page.test.button}


def test_a_passage_that_is_none_is_named(open_page: OpenPage, trainer: Trainer) -> None:
    page = open_page(story="nothing")
    assert page.warnings == ["Ignored in the address, as it could not be read: story."]
    assert trainer.get(page.sent["run"]).experiment == presets()[0].experiment


def test_the_tour_begins_from_the_opening(trainer: Trainer) -> None:
    page = Bare()
    page.press("door.tour")
    assert page.query == {"scene": read_lesson().tour[0].key}
    assert page.sent["simple"] is False
