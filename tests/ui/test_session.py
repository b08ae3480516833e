"""The stage's messages take effect once, however often they are sent, and are never lost."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.experiment import Experiment
from l2viz.experiment.url import View, to_query
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


HOSTILE: list[Any] = [
    1,
    "view",
    ["strength"],
    {"strength": None},
    {"strength": "0.1"},
    {"strength": math.inf},
    {"strength": math.nan},
    {"strength": -1},
    {"strength": 10**400},
    {"strength": True},
    {"strength": 0.1, "epoch": 1.5},
    {"strength": 0.1, "epoch": -1},
    {"strength": 0.1, "a": [0.1]},
    {"strength": 0.1, "b": {"b": 1}},
    {"strength": 0.1, "charts": "norms"},
    {"strength": 0.1, "charts": ["norms", 7]},
    {"strength": 0.1, "charts": ["<script>"]},
    {"strength": 0.1, "charts": ["norms"] * 7},
    {"strength": 0.1, "presenter": "yes"},
    {"strength": 0.1, "__class__": "x"},
]


@pytest.mark.parametrize("view", HOSTILE, ids=str)
def test_what_is_no_view_changes_nothing(session: Session, view: Any) -> None:
    before = session.view
    session.receive(SENT | {"view": view | {"place": 0} if isinstance(view, dict) else view})
    assert session.view == before


@pytest.mark.parametrize("ignored", [1, "norms", {"a": 1}, True])
def test_names_that_are_no_list_are_not_taken(session: Session, ignored: Any) -> None:
    session.receive(SENT | {"ignored": ignored})
    assert session.ignored == ("nonsense",)


@given(
    st.dictionaries(
        st.sampled_from(["view", "ignored", "train", "stop", "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    )
)
def test_whatever_a_browser_sends_is_taken_without_an_error(sent: dict[str, Any]) -> None:
    settings = Settings(presets()[0].experiment)
    session = Session(settings=settings, view=View(), client="me", ignored=())
    session.receive(sent)
    to_query(presets()[0].experiment, session.view)


@pytest.mark.parametrize(
    ("sent", "query"),
    [
        ("1 ?dataset=moons&story=", {"dataset": "moons", "story": ""}),
        ("1 ", {}),
        ("", {}),
        ("1 ?a=%ff%00&&=&b", {"a": "\ufffd\x00", "": "", "b": ""}),
        ("1 ?" + "x" * 100_000, {"x" * 19_997: ""}),
        (5, None),
        (None, None),
        ({"search": "?a"}, None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_address_to_which_the_viewer_returns_is_read_whatever_it_is(
    session: Session, sent: object, query: dict[str, str] | None
) -> None:
    session.receive({"returned": sent})
    assert session.returned == query


def test_moved_points_are_trained_at_once_and_others_draw_them_anew(
    session: Session, trainer: Trainer
) -> None:
    curve = Experiment(dataset="curve")
    actions.show(session, trainer, curve)
    points = [[-0.5, 1.0], [0.25, -2.0], *([x / 20, 0.0] for x in range(14))]
    session.receive(SENT | {"points": {"time": 1, "points": points}})
    actions.follow(session, trainer, set())
    shown = trainer.get(session.run).experiment
    assert shown.points == tuple(map(tuple, points))
    assert (shown.train_size, shown.batch_size) == (16, 16)  # one batch before, one batch now
    assert session.settings.experiment() == shown
    assert session.points is None  # carried out
    session.settings.values["noise"] = 0.5
    actions.follow(session, trainer, {"noise"})
    assert session.settings.experiment().points == ()


@pytest.mark.parametrize(
    "points",
    [
        *(None, 1, "points", [], [[0, 0]], {"points": None}, {"points": 3}, {"points": "00"}),
        *({"points": each} for each in ([], [[0, 0]], [[0, 0]] * 101, [[0]] * 3, [[0, 0, 0]] * 3)),
        *({"points": [[0, 0], [0, bad]]} for bad in (None, "1", math.nan, math.inf, 1e99, True)),
        *({"points": [[0, 0], bad]} for bad in (None, 7, "00", {"x": 1}, [[0, 0], 0])),
    ],
)
def test_points_that_are_none_change_nothing(
    session: Session, trainer: Trainer, points: Any
) -> None:
    actions.show(session, trainer, presets()[0].experiment)
    shown = session.run
    session.receive(SENT | {"points": points})
    actions.follow(session, trainer, set())
    assert session.run == shown
    asked = isinstance(points, dict) and isinstance(points["points"], list)
    assert session.refused.startswith("The training points stay as they were: they must ") == asked


def test_points_of_a_run_without_them_are_refused(session: Session, trainer: Trainer) -> None:
    (digits,) = [each for each in presets() if each.name == "Digits, wrong labels"]
    actions.show(session, trainer, digits.experiment)
    shown = session.run
    session.receive(SENT | {"points": {"points": [[0, 0], [1, 1]]}})
    actions.follow(session, trainer, set())
    assert session.run == shown and session.refused
