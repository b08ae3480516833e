"""The stage as a Streamlit component: a few inline lines that import the served modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
<div data-l2viz-stage></div>
"""

_component = st.components.v2.component("l2viz_stage", html=_HTML, js=_SCRIPT, isolate_styles=False)


def stage(
    data: Mapping[str, Any],
    *,
    key: str,
    on_view: Callable[[], None],
    on_ignored: Callable[[], None],
    on_train: Callable[[], None],
    on_stop: Callable[[], None],
) -> None:
    """Mounts the stage. What it tells is in ``st.session_state[key]`` when a callback runs.

    data: run (id), ended (of that run), view ({strength, epoch, a, b, charts}: where to start),
    stale and others (a sentence, or ""), train_label, blocked (why nothing can be trained, or "").
    """
    _component(
        key=key,
        data=dict(data),
        on_view_change=on_view,
        on_ignored_change=on_ignored,
        on_train_change=on_train,
        on_stop_change=on_stop,
    )
