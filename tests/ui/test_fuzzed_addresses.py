"""A thousand addresses of anything: each opens the page, and none leaves a traceback on it."""

from __future__ import annotations

import random
import string

import pytest

from l2viz.experiment import SETTINGS
from l2viz.trainer import Trainer
from tests.ui.pages import Page

COUNT = 1_000
OTHERS = ("scene", "page", "follow", "share", "charts", "strength", "epoch", "a", "b", "presenter")
ODD = (
    *("", "0", "-1", "1e309", "nan", "inf", "null", "true", "٣", "1_000", "0x10", "9" * 400),
    *(
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00",
        "\\x00",
        "\\ud800",
        "'; --",
        "{{7*7}}",
    ),
    *(
        "digits",
        "curve",
        "moons",
        "dense",
        "adam",
        "l2",
        "l2,l1",
        "4-4",
        "0,0.1",
        "tuning",
        "cards",
    ),
)


def value(chance: random.Random) -> str:
    if chance.random() < 0.6:
        return chance.choice(ODD)
    letters = string.printable + "λ–🙂\u202e"
    return "".join(chance.choice(letters) for _ in range(chance.randrange(30)))


def address(chance: random.Random) -> dict[str, str]:
    names = [*SETTINGS, *OTHERS, "".join(chance.choices(string.printable, k=5))]
    count = chance.randrange(1, 7)
    query = {chance.choice(names): value(chance) for _ in range(count)}
    if "epochs" not in query:
        query["epochs"] = "1"  # what is trained is not the question here
    return query


@pytest.mark.slow
def test_a_thousand_addresses_open_the_page(trainer: Trainer) -> None:
    chance = random.Random(7)
    for _ in range(COUNT):
        query = address(chance)
        page = Page(**query).test  # without an exception
        assert page.get("bidi_component"), query
        assert not any("Traceback" in str(each.value) for each in page.error), query
