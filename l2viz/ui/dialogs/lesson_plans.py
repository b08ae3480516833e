"""The lesson plans, as the files of l2viz/lesson/files/plans have them."""

from __future__ import annotations

import streamlit as st

from l2viz.lesson import FILES
from l2viz.trainer import Run
from l2viz.ui.session import Session

LOCAL = "http://localhost:8501/"  # where the files look for the page
FOLDER = FILES / "plans"


def draw(session: Session, run: Run) -> None:
    """One of them at a time, the shortest first."""
    files = {f"{int(path.stem)} minutes": path for path in sorted(FOLDER.glob("*.md"))}
    if not files:  # an installed package comes without them
        st.markdown("The lesson plans are in the folder l2viz/lesson/files/plans of the project.")
        return
    chosen = st.segmented_control(
        "Lesson plan", list(files), default=next(iter(files)), required=True, key="plan"
    )
    text = files[chosen].read_text(encoding="utf-8")
    st.markdown(text.replace(f"({LOCAL}?", "(?"))  # here, the page's own scenes
    st.download_button("Download", text, file_name=files[chosen].name, mime="text/markdown")
