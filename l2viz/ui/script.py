"""The page's script, run by Streamlit for every viewer and every change."""

from __future__ import annotations

from l2viz.ui.main_page import page

page()
