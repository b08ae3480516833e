"""The state of one viewer's page.

Streamlit may stop a run of the script at any access to ``st.session_state``, also in callbacks,
when the next message arrives. So all state is in one plain object: changing it is never
interrupted, and a viewer's request stays in it until the script has carried it out.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from l2viz.data.brought import Table
from l2viz.experiment import Experiment
from l2viz.experiment.url import LARGEST_STAGE, View
from l2viz.ui.server.opened_runs import OpenedRun
from l2viz.ui.sidebar.settings import Settings

_KEY = "l2viz"
_LONGEST_ADDRESS = 20_000  # characters
_NOT_OF_THE_VIEW = (
    "place",
    "ended",
    "playing",
    "covered",
)  # `ended` is only sent to rerun the script


@dataclass(kw_only=True)
class Session:
    """One viewer's view, settings and requests.

    settings      values of the controls
    view          the viewer's selection on the run
    place         counts how often the page has set the view
    client        the viewer's id for the trainer
    ignored       names in the address that could not be read
    run           id of the run on the stage
    refused       why the last request for a run did not start it, or ""
    others        a sentence about other viewers of the run, or ""
    passage       key of the passage of the opening, or ""
    scene         key of the scene that is open, or ""
    guesses       the choice in each scene, by its key; -1 if shown without a guess
    drawn         the peak that was drawn in each scene, by its key, as a strength
    judged        whether the viewer believed each misconception, by its key
    following     code of the broadcast that the page follows, or ""
    sharing       secret of the broadcast that the page is, or ""
    playing       whether the playhead moves, as far as a page that shares has said
    hidden        whether results are covered there, as far as it has said; None: not said yet
    page          key of the page that is open beside the stage, or ""
    requested     an experiment to show in the controls and train
    returned      query of the address to which the viewer went back, or None
    points        the training points, as the viewer has moved them on the stage, or None
    dataset       the name of the data that the viewer has brought, or ""
    table         these data, or None: nobody else holds them
    opened        a run from a file, which is on the stage while its page is open, or None
    train, stop   whether the viewer has pressed the button
    """

    settings: Settings
    view: View
    client: str
    ignored: tuple[str, ...]
    place: int = 0
    run: str = ""
    refused: str = ""
    others: str = ""
    passage: str = ""
    scene: str = ""
    guesses: dict[str, int] = field(default_factory=dict)
    drawn: dict[str, float] = field(default_factory=dict)
    judged: dict[str, bool] = field(default_factory=dict)
    following: str = ""
    sharing: str = ""
    playing: bool = False
    hidden: bool | None = None
    page: str = ""
    requested: Experiment | None = None
    returned: dict[str, str] | None = None
    points: list[Any] | None = None
    dataset: str = ""
    table: Table | None = None
    opened: OpenedRun | None = None
    train: bool = False
    stop: bool = False
    _received: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_viewer(cls) -> Session | None:
        """Return the session of the viewer whose script is running, or None before `keep`."""
        session: Session | None = st.session_state.get(_KEY)
        return session

    def keep(self) -> None:
        """Store the session for the next runs of the script."""
        st.session_state[_KEY] = self

    def send_to(self, view: View) -> None:
        """Move the stage to a view: other charts, another strength."""
        self.view = view
        self.place += 1
        self.hidden = None

    def enter(self, experiment: Experiment, view: View) -> None:
        """Move the stage to a view, in the mode it is in, and request the view's experiment."""
        self.send_to(view.presented(self.view.presenter))
        self.request(experiment)

    def request(self, experiment: Experiment) -> None:
        """Request that the script show an experiment in the controls and train it."""
        self.requested = experiment

    def receive(self, sent: Mapping[str, Any]) -> None:
        """Take over what has changed in the stage's values, all of which are in every message."""
        news = {name: value for name, value in sent.items() if value != self._received.get(name)}
        self._received.update(news)
        self._receive_view(news.get("view"))
        ignored = news.get("ignored")  # names of charts in the address that the run does not have
        if isinstance(ignored, list):
            self.ignored += tuple(str(name) for name in ignored[:LARGEST_STAGE])
        self._receive_guess(news.get("guess"))
        returned = news.get("returned")  # "TIME ?QUERY": a browser can send anything
        if isinstance(returned, str):
            search = returned[:_LONGEST_ADDRESS].partition("?")[2]
            self.returned = dict(parse_qsl(search, keep_blank_values=True))
        points = news.get("points")  # {"time": ..., "points": [[x, y], ...]}
        if isinstance(points, dict) and isinstance(points.get("points"), list):
            self.points = points["points"]
        self.train |= bool(news.get("train"))
        self.stop |= bool(news.get("stop"))

    def _receive_guess(self, sent: object) -> None:
        """Take over a drawn peak, for the scene in which it was drawn."""
        if not isinstance(sent, dict) or sent.get("scene") != self.scene or not self.scene:
            return
        strength = sent.get("strength")
        if isinstance(strength, int | float) and 0.0 <= strength < math.inf:
            self.drawn[self.scene] = float(strength)

    def _receive_view(self, sent: object) -> None:
        """Take over a view, unless it is none, or the page has set another one since."""
        if isinstance(sent, dict) and sent.get("place") == self.place:
            fields = {name: value for name, value in sent.items() if name not in _NOT_OF_THE_VIEW}
            with contextlib.suppress(ValueError):  # a browser can send anything
                self.view = View.from_json(fields)
                self.playing = sent.get("playing") is True
                self.hidden = sent.get("covered") is True
