"""Broadcasts: what is shown, how many follow, and what an address can do."""

from __future__ import annotations

import dataclasses
import json
import time

import pytest

from l2viz.experiment.url import View
from l2viz.ui.server import broadcasts
from l2viz.ui.server.broadcasts import Broadcasts, Shown, code_of, new_secret, shared_broadcasts
from tests.ui.test_routes import get

SHOWN = Shown(run="1", view=View(strength=0.1, charts=("gap",)).as_json(), playing=False)


def test_each_change_is_news_and_the_same_again_is_none() -> None:
    shared = Broadcasts()
    assert shared.news("c") is None
    assert shared.shown("c") is None
    shared.show("c", SHOWN)
    first = shared.news("c", "anna")
    assert first == {
        "number": 1,
        "run": "1",
        "view": SHOWN.view,
        "playing": False,
        "followers": 1,
        "covered": False,
        "open": (),
        "scene": "",
        "ask": "",
        "choices": (),
        "tally": [],
        "guessed": False,
    }
    shared.show("c", dataclasses.replace(SHOWN))
    assert shared.news("c", "anna") == first
    shared.show("c", dataclasses.replace(SHOWN, playing=True))
    second = shared.news("c")
    assert second is not None
    assert (second["number"], second["playing"], second["followers"]) == (2, True, 1)
    shared.end("c")
    shared.end("c")
    assert shared.news("c", "anna") is None


def test_a_class_is_counted_while_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Broadcasts()
    shared.show("c", SHOWN)
    for number in range(30):
        shared.news("c", f"student {number}")
    news = shared.news("c", "x" * 10_000)
    assert news is not None
    assert news["followers"] == 31
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 4.0)
    later = shared.news("c", "student 1")
    assert later is not None
    assert later["followers"] == 1


def test_the_number_of_followers_and_of_broadcasts_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(broadcasts, "LARGEST_CLASS", 5)
    shared = Broadcasts()
    for number in range(broadcasts.LARGEST_COUNT + 10):
        shared.show(f"{number}", SHOWN)
    assert shared.news("0") is None
    last = f"{broadcasts.LARGEST_COUNT}"
    for number in range(20):
        shared.news(last, f"{number}")
    news = shared.news(last)
    assert news is not None
    assert news["followers"] == 5


def test_the_link_of_the_class_does_not_tell_the_secret() -> None:
    secrets = {new_secret() for _ in range(50)}
    codes = {code_of(secret) for secret in secrets}
    assert len(codes) == len(secrets) == 50
    assert not codes & secrets


def test_the_route_answers_for_any_code() -> None:
    shared_broadcasts().show("of a test", SHOWN)
    answer = get("/l2viz/watch/of%20a%20test?viewer=anna")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert json.loads(answer.body)["followers"] == 1
    shared_broadcasts().end("of a test")
    for code in ("of%20a%20test", "%00", "..", "x" * 5000, "<script>"):
        answer = get(f"/l2viz/watch/{code}?viewer=%FF")
        assert (answer.status, json.loads(answer.body)) == (200, None)


def asked(scene: str, *, covered: bool = True) -> Shown:
    """Return what a teacher shows in a scene whose question has three choices."""
    choices = ("a", "b", "c")
    return dataclasses.replace(SHOWN, covered=covered, scene=scene, ask="Why?", choices=choices)


def test_each_of_a_class_guesses_once_and_is_not_named() -> None:
    shared = Broadcasts()
    shared.show("c", asked("one"))
    for number in range(5):
        assert shared.guess("c", f"student {number}", "one", number % 2)
    assert not shared.guess("c", "student 0", "one", 2)
    for refused in (
        ("c", "", "one", 0),
        ("c", "x", "two", 0),
        ("c", "x", "one", 3),
        ("d", "x", "one", 0),
    ):
        assert not shared.guess(*refused)
    news = shared.news("c", "student 1")
    assert news is not None
    assert (news["tally"], news["guessed"]) == ([3, 2, 0], True)
    assert "student" not in json.dumps(news)
    shared.show("c", asked("one", covered=False))
    assert not shared.guess("c", "late", "one", 0)
    uncovered = shared.news("c")
    assert uncovered is not None
    assert uncovered["tally"] == [3, 2, 0]
    shared.show("c", asked("two"))
    other = shared.news("c", "student 1")
    assert other is not None
    assert (other["tally"], other["guessed"]) == ([0, 0, 0], False)


def test_the_route_of_guesses_counts_what_is_one() -> None:
    shared_broadcasts().show("of a vote", asked("one"))
    address = "/l2viz/watch/of%20a%20vote/guess?viewer=anna&scene=one&choice="
    for choice in ("", "x", "-1", "3", "99999", "%C2%B2"):
        answer = get(f"{address}{choice}", method="POST")
        assert (answer.status, json.loads(answer.body)) == (200, {"counted": False})
    assert json.loads(get(f"{address}1", method="POST").body) == {"counted": True}
    assert get(f"{address}1").status == 405
    shared_broadcasts().end("of a vote")
