"""Presence of viewers: a viewer is present while the page is connected."""

from __future__ import annotations

import uuid

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def viewer_id() -> str:
    """Return the id of the viewer whose script is running; reloading the page makes a new id."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not runtime.exists():  # a script run without a server, by a test
        return uuid.uuid4().hex
    return context.session_id


def is_present(viewer: str) -> bool:
    """Return whether the page of this viewer is open. Safe to call from any thread."""
    return not runtime.exists() or runtime.get_instance().is_active_session(viewer)
