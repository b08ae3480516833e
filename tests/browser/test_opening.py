"""The first page: a finished lesson, only from this server, in a process without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from l2viz.trajectory import Trajectory
from tests.browser.page import ViewedPage
from tests.browser.server import PROC, Server

Viewer = Callable[..., ViewedPage]


def test_opens_on_the_finished_curve(viewer: Viewer, recorded: dict[str, Trajectory]) -> None:
    page = viewer()
    assert page.data == {
        "l2vizStage": "",
        "state": "finished",
        "stale": "false",
        "theme": "light",
        "presenter": "false",
        "covered": "false",
        "strength": "0",
        "epoch": str(recorded["curve"].epochs[-1]),
        "charts": "6",
        "frame": page.data["frame"],
        "asked": page.data["answered"],
        "answered": page.data["answered"],
    }
    assert page.query == {"dataset": "curve", "seed": "7"}
    assert list(page.figures) == [
        "fitted_curve",
        "histogram_dense_2",
        "norms",
        "loss_ledger",
        "error",
        "penalty",
    ]
    assert page.page.title() == "l2viz: see L2 regularization"


def test_a_chosen_lesson_is_shown_finished(viewer: Viewer, recorded: dict[str, Trajectory]) -> None:
    page = viewer()
    for lesson, recording in (
        ("Digits, wrong labels", "digits-wrong-labels"),
        ("Digits, clean labels", "digits-clean-labels"),
    ):
        read = len(page.run_ids)
        with page.page.expect_request("**/l2viz/runs/**"):
            page.choose_lesson(lesson)
        page.wait_for(state="finished", epoch=float(recorded[recording].epochs[-1]), charts=6)
        assert len(page.run_ids) == read + 1
        assert list(page.figures) == [
            "unit_pictures",
            "histogram_dense_1",  # of the widest layer
            "norms",
            "loss_ledger",
            "accuracy",
            "penalty",
        ]


def test_tensorflow_lives_in_the_training_process_alone(viewer: Viewer, server: Server) -> None:
    if not PROC.is_dir():
        pytest.skip("which libraries a process has loaded is seen through /proc")
    page = viewer("?dataset=digits&epochs=20&seed=11")
    page.wait_for(epoch=20)  # the processes have been used
    trainers = server.trainer_pids()
    loaded = {pid: (PROC / str(pid) / "maps").read_text() for pid in (server.pid, *trainers)}
    assert any("libtensorflow" in loaded[trainer] for trainer in trainers)
    assert "tensorflow" not in loaded[server.pid]
