"""The stage as a Streamlit component: a few inline lines that import the served modules."""

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
<link rel="stylesheet" href="l2viz/stage/chooser.css">
<link rel="stylesheet" href="l2viz/stage/save.css">
<div data-l2viz-stage></div>
"""

_component = st.components.v2.component("l2viz_stage", html=_HTML, js=_SCRIPT, isolate_styles=False)


def stage(data: Mapping[str, Any], *, key: str) -> None:
    """Mounts the stage.

    data: run (id), ended (of that run), view ({strength, epoch, a, b, charts, presenter}), place
    (whenever that is another, the viewer is brought to the view), covered (what comes out is
    hidden until a guess), stale and others (a sentence, or ""), train_label, blocked (why nothing
    can be trained, or "").

    What it tells is in ``st.session_state[key]``, and comes again with every message, so that none
    of it can be lost: view (with its place, and the run that the stage saw end), ignored (names of
    charts), train and stop (when the viewer last asked).
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
    """What is told is read when the script runs again."""
