"""What the page keeps of one viewer.

Streamlit may end a run of the script at every access to ``st.session_state``, in callbacks too,
when the next message has come. So all of it is one plain object: a change of that is never cut
short, and a viewer's request stays in it until the script has carried it out.
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
    """One viewer's view, settings and requests.

    settings      of the controls
    view          where the viewer stands on the run
    place         counts the views that the viewer was sent to
    client        the viewer's name at the trainer
    ignored       names in the address that could not be read
    run           id of the run on the stage
    refused       why the last request for a run was refused, or ""
    others        a sentence about other viewers of the run, or ""
    scene         key of the scene that is open, or ""
    guesses       the choice made in each scene, by its key; -1 where it was shown without a guess
    dialog        key of the dialog that is open, or ""
    requested     an experiment to be put into the controls and trained
    train, stop   the viewer pressed the button
    """

    settings: Settings
    view: View
    client: str
    ignored: tuple[str, ...]
    place: int = 0
    run: str = ""
    refused: str = ""
    others: str = ""
    scene: str = ""
    guesses: dict[str, int] = field(default_factory=dict)
    dialog: str = ""
    requested: Experiment | None = None
    train: bool = False
    stop: bool = False
    _received: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_viewer(cls) -> Session | None:
        """Return the session of the viewer whose script runs, once it was kept."""
        session: Session | None = st.session_state.get(_KEY)
        return session

    def keep(self) -> None:
        """Keep the session for the next run of the script."""
        st.session_state[_KEY] = self

    def send_to(self, view: View) -> None:
        """Move the stage to a view: other charts, another strength."""
        self.view = view
        self.place += 1

    def request(self, experiment: Experiment) -> None:
        """Ask the script, from a button, to put an experiment into the controls and train it."""
        self.requested = experiment

    def receive(self, sent: Mapping[str, Any]) -> None:
        """Take what the stage sends: all that it ever sent comes again with every message."""
        news = {name: value for name, value in sent.items() if value != self._received.get(name)}
        self._received.update(news)
        view = dict(news.get("view") or {})
        view.pop("ended", None)  # its only purpose is to run the script
        if view.pop("place", None) == self.place:  # else the viewer was sent on in between
            charts = view.get("charts")
            self.view = View(**view | {"charts": tuple(charts) if charts else None})
        # Charts that the address names and the run does not have.
        self.ignored += tuple(str(name) for name in news.get("ignored") or ())
        self.train |= bool(news.get("train"))
        self.stop |= bool(news.get("stop"))
