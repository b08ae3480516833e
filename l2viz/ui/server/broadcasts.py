"""Broadcasts: the views that teachers share, and how many follow each."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from cachetools import TTLCache

LARGEST_COUNT = 500  # of broadcasts
LARGEST_CLASS = 1_000  # followers that are counted
_KEPT_FOR = 12 * 3_600.0  # seconds after the last change
_PRESENT_FOR = 3.0  # seconds after a follower's last question
_LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a teacher shows.

    run       id of the run on the stage
    view      as View.as_json
    playing   whether the playhead moves on from there
    covered   whether the results are covered, and for the class too
    open      names of the charts that stay open then
    scene     key of the open scene, or ""
    ask       its question, and the choices
    choices
    """

    run: str
    view: dict[str, Any]
    playing: bool
    covered: bool = False
    open: tuple[str, ...] = ()
    scene: str = ""
    ask: str = ""
    choices: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Broadcast:
    shown: Shown
    number: int = 1  # counts the changes
    followers: dict[str, float] = field(default_factory=dict)  # when each has asked last
    guesses: dict[str, int] = field(default_factory=dict)  # in the present scene


class Broadcasts:
    """All views that are shared by this server. Safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._broadcasts: TTLCache[str, _Broadcast] = TTLCache(LARGEST_COUNT, _KEPT_FOR)

    def show(self, code: str, shown: Shown) -> None:
        """Begin a broadcast, or change what it shows."""
        with self._lock:
            known = self._broadcasts.get(code)
            if known is None:
                known = _Broadcast(shown=shown)
            elif known.shown != shown:
                if known.shown.scene != shown.scene:
                    known.guesses = {}
                known.shown, known.number = shown, known.number + 1
            self._broadcasts[code] = known

    def end(self, code: str) -> None:
        """End a broadcast, if it is there."""
        with self._lock:
            self._broadcasts.pop(code, None)

    def shown(self, code: str) -> Shown | None:
        """Return what a broadcast shows; None if there is none."""
        with self._lock:
            known = self._broadcasts.get(code)
            return known.shown if known else None

    def guess(self, code: str, follower: str, scene: str, choice: int) -> bool:
        """Count a follower's guess, once in each scene, and only while its results are covered."""
        with self._lock:
            known = self._broadcasts.get(code)
            if known is None or not follower:
                return False
            shown, name = known.shown, follower[:_LONGEST_NAME]
            fits = shown.covered and scene == shown.scene and 0 <= choice < len(shown.choices)
            full = len(known.guesses) >= LARGEST_CLASS
            if not fits or full or name in known.guesses:
                return False
            known.guesses[name] = choice
            return True

    def news(self, code: str, follower: str = "") -> dict[str, Any] | None:
        """Return what a broadcast shows and how many follow, for JSON; None if there is none.

        `follower` is a name that the browser of a follower has made up; "" is not counted.
        """
        with self._lock:
            known = self._broadcasts.get(code)
            if known is None:
                return None
            now = time.monotonic()
            if follower and len(known.followers) < LARGEST_CLASS:
                known.followers[follower[:_LONGEST_NAME]] = now
            known.followers = {
                name: asked for name, asked in known.followers.items() if now - asked < _PRESENT_FOR
            }
            return {
                "number": known.number,
                "run": known.shown.run,
                "view": known.shown.view,
                "playing": known.shown.playing,
                "followers": len(known.followers),
                "covered": known.shown.covered,
                "open": known.shown.open,
                "scene": known.shown.scene,
                "ask": known.shown.ask,
                "choices": known.shown.choices,
                "tally": _tally(known),
                "guessed": follower[:_LONGEST_NAME] in known.guesses,
            }


def _tally(known: _Broadcast) -> list[int]:
    """Return how many made each choice, without names."""
    made = list(known.guesses.values())
    return [made.count(choice) for choice in range(len(known.shown.choices))]


def new_secret() -> str:
    """Return what a teacher's own address holds, so that a reload goes on with the broadcast."""
    return secrets.token_urlsafe(12)


def code_of(secret: str) -> str:
    """Return the code in the address of those who follow; it does not tell the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()[:10]


_SHARED = Broadcasts()


def shared_broadcasts() -> Broadcasts:
    """Return those of this server, for pages and routes."""
    return _SHARED
