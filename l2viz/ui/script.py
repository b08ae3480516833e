"""The page's script, which Streamlit runs for every viewer and every change."""

from __future__ import annotations

from l2viz.ui.main_page import page
from l2viz.ui.server.trainer_service import shared_trainer

page(shared_trainer())
