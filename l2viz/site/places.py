"""Which file of a site each part of the lesson is, and the links between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from l2viz.lesson import Passage, Scene
from l2viz.lesson.content import Preset

START = "index.html"
TOUR = "tour.html"
LESSONS = "lessons.html"
CARDS = "misconceptions.html"
TRANSLATOR = "translator.html"
REFERENCE = "reference.html"
PLANS = "plans.html"
CLOSING = "closing.html"
PAGES: Mapping[str, str] = MappingProxyType(
    {
        LESSONS: "Lessons",
        TOUR: "Guided tour",
        CARDS: "Misconceptions",
        TRANSLATOR: "λ elsewhere",
        REFERENCE: "Reference",
        PLANS: "For teachers",
    }
)
# The app's names of pages, in addresses of lesson plans.
_OF_THE_APP = {"cards": CARDS, "translate": TRANSLATOR, "reference": REFERENCE, "plans": PLANS}
_APP = re.compile(r"^http://localhost:8501/")


def of_preset(preset: Preset) -> str:
    """Return the file of a lesson."""
    return f"lesson-{preset.key}.html"


def of_scene(scene: Scene) -> str:
    """Return the file of a scene."""
    return f"scene-{scene.key}.html"


def of_passage(passages: tuple[Passage, ...], number: int) -> str:
    """Return the file of a passage of the opening; the first one is the start page."""
    return f"opening-{passages[number].key}.html" if number else START


def of_plan(name: str) -> str:
    """Return the file of a lesson plan."""
    return f"plan-{name}.html"


def of_the_app(address: str) -> str:
    """Return the file of the site for an address of the app; what is of the app alone stays."""
    if not _APP.match(address):
        return address
    query = dict(parse_qsl(urlsplit(address).query))
    if set(query) == {"scene"}:
        return f"scene-{query['scene']}.html"
    return _OF_THE_APP.get(query.get("page", ""), address)
