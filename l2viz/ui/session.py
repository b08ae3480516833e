"""What the page keeps of one viewer.

Streamlit may end a run of the script at every access to ``st.session_state``, in callbacks too,
when the next message has come. So all of it is one plain object: what is done to that is done
whole, and what a viewer asked for stays a wish in it until it has been followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from l2viz.experiment import Experiment
from l2viz.experiment.url import View
from l2viz.ui.sidebar.settings import Settings

_KEY = "l2viz"


@dataclass(kw_only=True)
class Session:
    """One viewer's place, settings and wishes.

    settings   of the controls
    view       where the viewer stands on the run
    place      counts the views that the viewer was sent to
    asker      who asks the trainer
    ignored    names in the address that could not be read
    run        id of the run on the stage
    refused    why the last request for a run was refused, or ""
    others     a sentence about other viewers of the run, or ""
    scene      key of the scene that is open, or ""
    guesses    the choice made in each scene, by its key; -1 for none, where it was just revealed
    page       key of the page that is open before the lab, or ""
    follow     an experiment to be put into the controls and trained
    train, stop   the viewer asked for it
    """

    settings: Settings
    view: View
    asker: str
    ignored: tuple[str, ...]
    place: int = 0
    run: str = ""
    refused: str = ""
    others: str = ""
    scene: str = ""
    guesses: dict[str, int] = field(default_factory=dict)
    page: str = ""
    follow: Experiment | None = None
    train: bool = False
    stop: bool = False
    _told: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_viewer(cls) -> Session | None:
        """That of the viewer whose script runs, once it was kept."""
        session: Session | None = st.session_state.get(_KEY)
        return session

    def keep(self) -> None:
        st.session_state[_KEY] = self

    def send_to(self, view: View) -> None:
        """Brings the stage to a view: other charts, another strength."""
        self.view = view
        self.place += 1

    def wish(self, experiment: Experiment) -> None:
        """For buttons: to be followed by the script."""
        self.follow = experiment

    def hear(self, told: Mapping[str, Any]) -> None:
        """What the stage tells: all that it ever told comes again with every message."""
        news = {name: value for name, value in told.items() if value != self._told.get(name)}
        self._told.update(news)
        view = dict(news.get("view") or {})
        view.pop("ended", None)  # that the script runs is all it is for
        if view.pop("place", None) == self.place:  # else it is of before the viewer was sent on
            charts = view.get("charts")
            self.view = View(**view | {"charts": tuple(charts) if charts else None})
        # Charts that the address names and the run does not have.
        self.ignored += tuple(str(name) for name in news.get("ignored") or ())
        self.train |= bool(news.get("train"))
        self.stop |= bool(news.get("stop"))
