"""The stage's messages take effect once, however often they are sent, and are never lost."""

from __future__ import annotations

from typing import Any

import pytest

from l2viz.experiment.url import View
from l2viz.lesson.presets import presets
from l2viz.trainer import Trainer
from l2viz.ui import actions
from l2viz.ui.session import Session
from l2viz.ui.sidebar.settings import Settings

SENT: dict[str, Any] = {"view": None, "ignored": None, "train": None, "stop": None}


@pytest.fixture
def session() -> Session:
    settings = Settings(presets()[0].experiment)
    return Session(settings=settings, view=View(), client="me", ignored=("nonsense",))


def test_a_request_comes_with_every_message_and_is_one(session: Session, trainer: Trainer) -> None:
    actions.show(session, trainer, presets()[0].experiment)
    recorded = session.run
    session.receive(SENT | {"train": 1})
    session.receive(SENT | {"train": 1})  # after the run that received it first was stopped
    actions.follow(session, trainer, set())
    retrained = session.run
    assert trainer.get(retrained).experiment == trainer.get(recorded).experiment
    assert retrained != recorded
    session.receive(SENT | {"train": 1})
    actions.follow(session, trainer, set())
    assert session.run == retrained
    session.receive(SENT | {"train": 1, "stop": 2})
    actions.follow(session, trainer, set())
    assert trainer.get(retrained).state.status == "stopped"


def test_a_view_is_kept_and_what_a_run_lacks_is_added_once(session: Session) -> None:
    view = {"strength": 0.01, "epoch": 25, "a": None, "b": 0.1, "charts": ["norms"], "place": 0}
    sent = SENT | {"view": view | {"ended": "some-run"}, "ignored": ["nowhere"]}
    session.receive(sent)
    session.receive(sent)
    assert session.view == View(strength=0.01, epoch=25, b=0.1, charts=("norms",))
    assert session.ignored == ("nonsense", "nowhere")


def test_a_view_from_before_the_viewer_was_sent_on_is_ignored(session: Session) -> None:
    session.send_to(View(strength=0.5))
    session.receive(SENT | {"view": {"strength": 0.1, "place": 0}})
    assert session.view == View(strength=0.5)
    session.receive(SENT | {"view": {"strength": 0.1, "place": 1}})
    assert session.view == View(strength=0.1)
