"""Who is looking: a viewer counts while the connection of the page is open."""

from __future__ import annotations

import uuid

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def viewer_id() -> str:
    """Of the session whose script runs now: a reload is another viewer, a reconnection is not."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not runtime.exists():  # a script run without a server, by a test
        return uuid.uuid4().hex
    return context.session_id


def is_present(viewer: str) -> bool:
    """Whether the page of this viewer is open. Safe to call from any thread."""
    return not runtime.exists() or runtime.get_instance().is_active_session(viewer)
