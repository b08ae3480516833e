"""The entry of ``streamlit run app.py``: page, routes, and the trainer's life."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from l2viz.trainer import Trainer
from l2viz.trainer.settings import server_settings
from l2viz.ui import main_page
from l2viz.ui.server import log
from l2viz.ui.server.guard import Guard
from l2viz.ui.server.presence import is_present
from l2viz.ui.server.routes import routes
from l2viz.ui.server.trainer_service import recording_files, recordings, share, shared_trainer
from l2viz.validation import InvalidValue

PAGE = Path(main_page.__file__).with_name("script.py")

try:
    SETTINGS = server_settings()
except InvalidValue as problem:
    raise SystemExit(f"l2viz: {problem}") from None


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the trainer before the first viewer comes, and close it after the last."""
    log.configure(SETTINGS.log)
    trainer = Trainer(
        recordings=recordings(),
        is_present=is_present,
        workers=SETTINGS.workers,
        idle_seconds=SETTINGS.idle_seconds,
        shared_folder=SETTINGS.shared_folder,
        recording_files=recording_files(),
    )
    share(trainer)
    trainer.start()
    try:
        yield
    finally:
        trainer.close()


app = st.App(
    PAGE,
    routes=routes(shared_trainer, base=st.get_option("server.baseUrlPath")),
    lifespan=lifespan,
    middleware=[Middleware(Guard)],
)
