"""The stage as a Streamlit component: a few inline lines import the modules that are served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

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


def stage(data: Mapping[str, Any], *, key: str) -> None:
    """Mount the stage, or update the one that is mounted.

    data: run (id), ended (whether it has), view ({strength, epoch, a, b, charts, presenter}), place
    (a number; when it changes, the viewer is moved to the view), covered (whether results are
    hidden until a guess), stale and others (a sentence, or ""), train_label, blocked (why nothing
    can be trained, or "").

    The stage's messages are in ``st.session_state[key]``. Each message carries all of them again,
    so that none can be lost: view (with its place, and the run that the stage saw end), ignored
    (names of charts), train and stop (when the viewer last pressed the button).
    """
    _component(
        key=key,
        data=dict(data),
        on_view_change=_rerun,
        on_ignored_change=_rerun,
        on_train_change=_rerun,
        on_stop_change=_rerun,
    )


def _rerun() -> None:
    """Run the script again, which reads the message."""
