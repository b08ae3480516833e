"""The lesson plans: every Markdown file in l2viz/lesson/files/plans."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from l2viz.lesson import FILES
from l2viz.trainer import Run
from l2viz.ui import following
from l2viz.ui.session import Session

LOCAL = "http://localhost:8501/"  # address of the page in the files
FOLDER = FILES / "plans"


def draw(session: Session, run: Run) -> None:
    """Draw one plan, and a choice of all: by minutes first, the shortest first, then by name."""
    following.draw_start(session)
    plans = sorted(FOLDER.glob("*.md"), key=_order)
    if not plans:
        st.markdown("There are no lesson plans in the folder l2viz/lesson/files/plans.")
        return
    names = [plan.name for plan in plans]
    titles = {plan.name: _title(plan) for plan in plans}
    chosen = st.segmented_control(
        "Lesson plan",
        names,
        default=names[0],
        format_func=titles.__getitem__,
        required=True,
        key="plan",
    )
    text = (FOLDER / chosen).read_text(encoding="utf-8")
    st.markdown(text.replace(f"({LOCAL}?", "(?"))  # links to this page's scenes
    here = (st.context.url or LOCAL).partition("?")[0].rstrip("/") + "/"
    st.download_button(
        "Download", text.replace(f"({LOCAL}?", f"({here}?"), file_name=chosen, mime="text/markdown"
    )


def _minutes(plan: Path) -> int | None:
    return int(plan.stem) if plan.stem.isdecimal() else None


def _order(plan: Path) -> tuple[bool, int, str]:
    minutes = _minutes(plan)
    return minutes is None, minutes or 0, plan.stem


def _title(plan: Path) -> str:
    minutes = _minutes(plan)
    return plan.stem.replace("-", " ") if minutes is None else f"{minutes} minutes"
