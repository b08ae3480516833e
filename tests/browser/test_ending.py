"""One Ctrl-C ends the server and its training processes, also while a browser reads a run."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from playwright.sync_api import Browser

from tests.browser.page import ViewedPage
from tests.browser.server import PROC, Server, processes

SECONDS = 3.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_ctrl_c_during_training_ends_everything(browser: Browser) -> None:
    with Server() as server, browser.new_context() as context:
        page = ViewedPage(context.new_page(), server.address)
        page.open("?dataset=digits&epochs=10000&record_every=10&train_size=1000")
        page.button("Train").click()
        page.wait_for(state="training", stale="false")
        page.wait_for_frame(page.frame)
        trainers = server.trainer_pids()
        assert trainers or not PROC.is_dir()
        server.interrupt()
        started = time.monotonic()
        try:
            server.wait(SECONDS)
        except subprocess.TimeoutExpired:
            pytest.fail(f"still there after {SECONDS} s; it wrote:\n{server.output}")
        left = SECONDS - (time.monotonic() - started)
        assert left > 0
        alive = {process.pid for process in processes()}
        assert alive.isdisjoint(trainers)
        assert "Traceback" not in server.output
        assert "Error" not in server.output
        page.wait_for_notice("The server does not answer; trying again. What was received stays.")
        assert page.data["charts"] == "6"
