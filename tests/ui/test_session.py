"""What the stage tells is heard once, however often it comes, and stays a wish until followed."""

from __future__ import annotations

from typing import Any

import pytest

from l2viz.experiment.url import View
from l2viz.lesson.presets import LESSONS
from l2viz.trainer import Trainer
from l2viz.ui import actions
from l2viz.ui.session import Session
from l2viz.ui.sidebar.settings import Settings

TOLD: dict[str, Any] = {"view": None, "ignored": None, "train": None, "stop": None}


@pytest.fixture
def session() -> Session:
    settings = Settings(LESSONS[0].experiment)
    return Session(settings=settings, view=View(), asker="me", ignored=("nonsense",))


def test_a_wish_comes_with_every_message_and_is_one(session: Session, trainer: Trainer) -> None:
    actions.show(session, LESSONS[0].experiment)
    recorded = session.run
    session.hear(TOLD | {"train": 1})
    session.hear(TOLD | {"train": 1})  # the run of the script that heard it first was ended
    actions.follow(session, set())
    anew = session.run
    assert trainer.get(anew).experiment == trainer.get(recorded).experiment
    assert anew != recorded
    session.hear(TOLD | {"train": 1})
    actions.follow(session, set())
    assert session.run == anew
    session.hear(TOLD | {"train": 1, "stop": 2})
    actions.follow(session, set())
    assert trainer.get(anew).state == "stopped"


def test_a_view_is_kept_and_what_a_run_lacks_is_added_once(session: Session) -> None:
    view = {"strength": 0.01, "epoch": 25, "a": None, "b": 0.1, "charts": ["norms"], "place": 0}
    told = TOLD | {"view": view | {"ended": "some-run"}, "ignored": ["nowhere"]}
    session.hear(told)
    session.hear(told)
    assert session.view == View(strength=0.01, epoch=25, b=0.1, charts=("norms",))
    assert session.ignored == ("nonsense", "nowhere")


def test_a_view_of_before_the_viewer_was_sent_on_is_none_of_theirs(session: Session) -> None:
    session.send_to(View(strength=0.5))
    session.hear(TOLD | {"view": {"strength": 0.1, "place": 0}})
    assert session.view == View(strength=0.5)
    session.hear(TOLD | {"view": {"strength": 0.1, "place": 1}})
    assert session.view == View(strength=0.1)
