"""The stage as a Streamlit component: a few inline lines import the modules that are served."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from l2viz.experiment.url import View

# The inline script travels with every message, so it only imports what the routes serve.
_SCRIPT = """
export default function (component) {
  const base = new URL("l2viz/", document.baseURI).href
  const removed = import(base + "stage/stage.js").then((stage) => stage.mount(component, base))
  return () => removed.then((remove) => remove())
}
"""
_HTML = """
<link rel="stylesheet" href="l2viz/stage/stage.css">
<link rel="stylesheet" href="l2viz/stage/popovers.css">
<link rel="stylesheet" href="l2viz/stage/save_menu.css">
<div data-l2viz-stage></div>
"""

_component = st.components.v2.component("l2viz_stage", html=_HTML, js=_SCRIPT, isolate_styles=False)


@dataclass(frozen=True, kw_only=True)
class StageData:
    """All that the page sends the stage; the numbers of the run come by HTTP.

    run           id of the run to show
    ended         whether that run has ended
    view          where the viewer stands
    place         a number; when it is another one than before, the stage moves to `view`
    covered       the outcome is hidden until the viewer has made a guess
    stale         how the settings differ from those of the run, a sentence, or ""
    others        a sentence about other viewers of the run, or ""
    train_label   of the button
    blocked       why nothing can be trained, a sentence, or ""
    """

    run: str
    ended: bool
    view: View
    place: int
    covered: bool
    stale: str
    others: str
    train_label: str
    blocked: str

    def as_json(self) -> dict[str, Any]:
        """Return the object that `mount` of stage.js receives as `component.data`."""
        return asdict(self) | {"view": self.view.as_json()}


def stage(data: StageData, *, key: str) -> None:
    """Mount the stage, or update the one that is mounted.

    The stage's messages are in ``st.session_state[key]``. Each message carries all of them again,
    so that none can be lost: view (with its place, and the run that the stage saw end), ignored
    (names of charts), train and stop (when the viewer last pressed the button).
    """
    _component(
        key=key,
        data=data.as_json(),
        on_view_change=_rerun,
        on_ignored_change=_rerun,
        on_train_change=_rerun,
        on_stop_change=_rerun,
    )


def _rerun() -> None:
    """Run the script again, which reads the message."""
