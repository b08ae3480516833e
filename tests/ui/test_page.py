"""The page's script, run by Streamlit's AppTest: what it shows, trains, and sends the stage."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from l2viz.experiment import Experiment
from l2viz.experiment.url import View, to_query
from l2viz.lesson import Preset
from l2viz.lesson.presets import presets
from l2viz.trainer import Trainer
from l2viz.trainer.trainer import LARGEST_QUEUE
from l2viz.ui.actions import LONGEST_UNASKED
from l2viz.ui.server import trainer_service
from tests.cases import rest_slow
from tests.experiment.test_url import experiments
from tests.trainer.waiting import wait_until
from tests.ui.pages import DYING, MakeTrainer, OpenPage

EVERY_LESSON = pytest.mark.parametrize(
    "lesson", rest_slow(presets(), first=2), ids=lambda lesson: lesson.key
)


def test_opens_on_the_recorded_curve_without_training(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page()
    run = trainer.get(opened.sent["run"])
    assert run is not None
    assert run.recorded
    assert run.experiment == presets()[0].experiment
    assert opened.sent == {
        "run": run.id,
        "ended": True,
        "view": {
            "strength": 0.0,
            "epoch": None,
            "a": None,
            "b": None,
            "charts": None,
            "large": None,
            "presenter": False,
        },
        "place": 0,
        "covered": False,
        "open": [],
        "quiet": False,
        "plays": "",
        "draws": None,
        "stale": "",
        "refused": "",
        "others": "",
        "train_label": "Retrain",
        "blocked": "",
        "simple": False,
        "broadcast": "",
        "teaches": False,
    }
    assert opened.warnings == []
    assert presets()[0].title in opened.words
    assert opened.query == to_query(presets()[0].experiment, View())


@EVERY_LESSON
def test_a_lesson_sets_the_controls_and_shows_its_recorded_run(
    trainer: Trainer, open_page: OpenPage, lesson: Preset
) -> None:
    opened = open_page(dataset="digits", label_noise="0.0", nonsense="1")
    opened.set("lesson", lesson.name)
    run = trainer.get(opened.sent["run"])
    assert run is not None
    assert (run.recorded, run.experiment) == (True, lesson.experiment)
    assert opened.sent["stale"] == ""
    assert f"**{lesson.title}.** {lesson.text} {lesson.finding}" in opened.words
    assert opened.query == to_query(lesson.experiment, lesson.view or View())
    if lesson is not presets()[2]:  # already open, so that nothing changes
        assert opened.warnings == []


@EVERY_LESSON
def test_a_lesson_opens_by_its_address(
    trainer: Trainer, open_page: OpenPage, lesson: Preset
) -> None:
    view = View(strength=0.01, epoch=50, a=0.0, b=0.1, charts=("norms", "penalty"))
    query = to_query(lesson.experiment, view)
    opened = open_page(**query)
    assert opened.sent["view"] == {
        "strength": 0.01,
        "epoch": 50,
        "a": 0.0,
        "b": 0.1,
        "charts": ["norms", "penalty"],
        "large": None,
        "presenter": False,
    }
    assert trainer.get(opened.sent["run"]).experiment == lesson.experiment
    assert opened.setting("lesson") == lesson.name
    assert opened.query == query


def test_a_changed_control_makes_the_charts_stale_and_writes_the_address(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page()
    before = opened.sent
    opened.set("epochs", 100)
    assert opened.sent == before | {
        "stale": "The charts show a run with other settings (epochs 2000, record every 25). "
        "Press Train to use yours.",
        "train_label": "Train",
    }
    assert opened.query == {"dataset": "curve", "seed": "7", "epochs": "100"}
    opened.set("hidden", "8")
    opened.set("activation", "relu")
    assert opened.sent["stale"] == (
        "The charts show a run with other settings (hidden 64-64, activation tanh, epochs 2000 and "
        "more). Press Train to use yours."
    )
    opened.set("hidden", "64, 64")
    opened.set("activation", "tanh")
    opened.set("epochs", 2000)
    assert opened.sent == before
    assert opened.query == {"dataset": "curve", "seed": "7"}


@pytest.mark.slow
def test_another_grid_is_named_by_its_end(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page()
    opened.set("grid_count", 5)
    assert opened.sent["stale"] == (
        "The charts show a run with other settings (strengths 0 to 0.1 in 25). Press Train to "
        "use yours."
    )
    opened.set("grid", "list")
    opened.set("strengths", "0, 0.5")
    assert opened.query == {"dataset": "curve", "seed": "7", "strengths": "0.0,0.5"}
    opened.set("grid", "log-spaced")
    assert opened.query == {"dataset": "curve", "seed": "7", "strengths": "1e-05:0.1:5"}


@pytest.mark.parametrize(
    ("changes", "why"),
    rest_slow(
        [
            (
                {"hidden": "many"},
                "Hidden layers must be whole numbers separated by commas, like 64, 32, got 'many'",
            ),
            (
                {"hidden": "1, 2, 3, 4, 5"},
                "Hidden layers must have at most 4 layers, got (1, 2, 3, 4, 5)",
            ),
            ({"grid_smallest": 0.1}, "Strengths must reach from 0.1 to a larger λ, got 0.1"),
            (
                {"grid": "list", "strengths": "0, x"},
                "Strengths must be numbers separated by commas, 0 first, got '0, x'",
            ),
            ({"grid": "list", "strengths": "0.1, 1"}, "Strengths must start at 0, got 0.1"),
            (
                {"train_size": 500, "batch_size": 1},
                "Epochs must ask for at most 500000 steps (500 an epoch here), got 2000",
            ),
        ],
        first=2,
    ),
)
def test_settings_that_cannot_be_trained_are_said_and_the_charts_stay(
    trainer: Trainer, open_page: OpenPage, changes: dict[str, Any], why: str
) -> None:
    opened = open_page()
    before = opened.sent
    for name, value in changes.items():
        opened.set(name, value)
    assert opened.sent == before | {"blocked": f"These settings cannot be trained: {why}."}


def test_another_dataset_brings_its_own_lesson(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page()
    opened.set("dataset", "digits")
    assert opened.setting("lesson") == presets()[1].name
    assert trainer.get(opened.sent["run"]).experiment == presets()[1].experiment
    opened.set("dataset", "curve")
    assert opened.setting("lesson") == presets()[0].name
    assert trainer.get(opened.sent["run"]).experiment == presets()[0].experiment
    assert opened.sent["stale"] == ""


def test_momentum_is_there_for_the_optimizers_that_have_it(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page(dataset="curve", optimizer="sgd", momentum="0.9")
    assert opened.query == {"dataset": "curve", "optimizer": "sgd", "momentum": "0.9"}
    opened.set("momentum", 0.5)
    assert opened.query["momentum"] == "0.5"
    opened.set("optimizer", "adam")
    assert opened.query == {"dataset": "curve"}
    assert opened.sent["blocked"] == ""


@pytest.mark.slow
@settings(  # each opens the page twice
    max_examples=settings.default.max_examples // 8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(experiment=experiments())
def test_the_controls_keep_every_experiment_of_an_address(
    make_trainer: MakeTrainer, open_page: OpenPage, experiment: Experiment
) -> None:
    trainer = make_trainer()
    try:
        opened = open_page(**to_query(experiment, View()))
        assert opened.query == to_query(experiment, View())
        shown = trainer.get(opened.sent["run"]).experiment
        is_long = trainer.seconds(experiment) > LONGEST_UNASKED
        assert shown == (presets()[0].experiment if is_long else experiment)
        assert bool(opened.sent["refused"]) == is_long
        opened.run()
        assert opened.query == to_query(experiment, View())
    finally:
        trainer.close()


def test_an_address_of_nonsense_opens_the_lesson_and_says_what_it_ignored(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page(dataset="iris", epochs="many", strength="nan", colour="red")
    assert opened.warnings == [
        "Ignored in the address, as it could not be read: dataset, epochs, strength, colour."
    ]
    assert trainer.get(opened.sent["run"]).experiment == presets()[0].experiment
    assert opened.query == {"dataset": "curve", "seed": "7"}
    opened.set("batch_size", 5)
    assert len(opened.warnings) == 1
    opened.set("lesson", presets()[1].name)
    assert opened.warnings == []


def test_names_from_an_address_are_no_markup(trainer: Trainer, open_page: OpenPage) -> None:
    names = ["![x](http://a.b/c)", "<b>", "`", "\n\n# x", "", "x" * 10_000, "y"]
    opened = open_page(**dict.fromkeys(names, "1"))
    (warning,) = opened.warnings
    assert warning == (
        "Ignored in the address, as it could not be read: ??x??http???a.b?c?, ?b?, ?, ????x, ? "
        "and 2 more."
    )


def test_an_experiment_of_ones_own_waits_to_be_trained(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page(dataset="curve", epochs="50")
    run = trainer.get(opened.sent["run"])
    assert (run.state.status, run.experiment.epochs) == ("queued", 50)
    assert "**Your own experiment** on the dataset *curve*." in opened.words
    assert opened.sent["train_label"] == "Train"


def test_two_viewers_share_a_run(trainer: Trainer, open_page: OpenPage) -> None:
    first, second = open_page(dataset="curve", epochs="50"), open_page(dataset="curve", epochs="50")
    assert first.sent["run"] == second.sent["run"]


def test_a_full_queue_is_said_and_the_opening_lesson_stands_in(
    trainer: Trainer, open_page: OpenPage
) -> None:
    for seed in range(LARGEST_QUEUE):
        trainer.submit(Experiment(dataset="curve", seed=100 + seed), client=f"other {seed}")
    opened = open_page(dataset="curve", epochs="50")
    assert trainer.get(opened.sent["run"]).experiment == presets()[0].experiment
    assert (opened.sent["refused"], opened.sent["blocked"]) == (
        "100 runs are waiting already. Train again when one has finished.",
        "",  # Train may be pressed again
    )
    assert opened.query == {"dataset": "curve", "epochs": "50"}
    waiting = trainer.submit(Experiment(dataset="curve", seed=100), client="other 0")
    assert trainer.withdraw(waiting.id, client="other 0")
    opened.train()
    assert opened.sent["refused"] == ""
    assert trainer.get(opened.sent["run"]).experiment == Experiment(dataset="curve", epochs=50)


def test_an_address_alone_starts_no_long_training(trainer: Trainer, open_page: OpenPage) -> None:
    query = {"dataset": "digits", "model": "conv2d", "epochs": "2000"}
    opened = open_page(**query)
    assert trainer.get(opened.sent["run"]).experiment == presets()[0].experiment
    assert re.fullmatch(
        r"To train these settings takes about \d+ (min|h) here\. Press Train to start\.",
        opened.sent["refused"],
    )
    assert (opened.sent["blocked"], opened.sent["train_label"]) == ("", "Train")
    assert opened.query == query
    opened.train()
    run = trainer.get(opened.sent["run"])
    assert to_query(run.experiment, View()) == query
    assert opened.sent["refused"] == ""
    assert open_page(**query).sent["run"] == run.id  # it trains already: nothing to ask


def impossible(why: str) -> str:
    return (
        f"Training is not possible now: the training process failed to start 3 times in a row "
        f"({why}). Recorded runs still work. It is tried again in a minute; if that does not help, "
        "install the packages of requirements.txt again."
    )


@pytest.mark.parametrize(
    "query", [{}, pytest.param({"dataset": "curve", "epochs": "50"}, marks=pytest.mark.slow)]
)
def test_without_a_training_process_the_recorded_lessons_still_work(
    make_trainer: MakeTrainer, open_page: OpenPage, tmp_path: Path, query: dict[str, str]
) -> None:
    trainer = make_trainer((str(tmp_path / "nothing"),))
    opened = open_page(**query)
    sentence = impossible("it could not be started (No such file or directory)")
    assert opened.sent["blocked"] == sentence
    assert trainer.get(opened.sent["run"]).experiment == presets()[0].experiment
    for lesson in presets()[::-1]:
        opened.set("lesson", lesson.name)
        assert trainer.get(opened.sent["run"]).experiment == lesson.experiment
        assert opened.sent["blocked"] == sentence
    opened.set("batch_size", 5)
    assert opened.sent["stale"]


def test_a_training_process_that_always_dies(
    make_trainer: MakeTrainer, open_page: OpenPage
) -> None:
    trainer = make_trainer(DYING)
    run = trainer.submit(Experiment(dataset="curve", epochs=50), client="me")
    wait_until(run, lambda state: state.ended)
    opened = open_page(dataset="curve", epochs="50")
    assert opened.sent["blocked"] == impossible("it ended with exit code 3")
    assert trainer.get(opened.sent["run"]).experiment == presets()[0].experiment


def test_without_training_and_recordings_the_page_says_why(
    make_trainer: MakeTrainer, open_page: OpenPage, tmp_path: Path
) -> None:
    make_trainer((str(tmp_path / "nothing"),), recorded=False)
    opened = open_page()
    (error,) = opened.test.error
    assert error.value == impossible("it could not be started (No such file or directory)")


def test_a_recording_that_cannot_be_read_is_left_out_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keys = sorted(lesson.key for lesson in presets())
    whole = (trainer_service.RECORDINGS / f"{keys[0]}.npz").read_bytes()
    contents = (whole, b"PK\x03\x04 no archive", b"", whole[: len(whole) // 2])
    for key, content in zip(keys, contents, strict=False):
        (tmp_path / f"{key}.npz").write_bytes(content)
    with caplog.at_level(logging.WARNING):
        (found,) = trainer_service.recordings(tmp_path)
    assert found.experiment in [lesson.experiment for lesson in presets()]
    messages = [record.getMessage() for record in caplog.records]
    unread = sorted(message.partition(" was not read: ")[0] for message in messages)
    assert unread == [f"{key}.npz" for key in keys[1:]]


def test_a_lesson_is_marked_as_long_as_the_settings_are_its_own(
    trainer: Trainer, open_page: OpenPage
) -> None:
    first = presets()[0]
    opened = open_page()
    assert opened.setting("lesson") == first.name
    opened.set("noise", 0.4)
    assert opened.setting("lesson") is None
    opened.set("noise", first.experiment.noise)
    assert opened.setting("lesson") == first.name
    opened.set("noise", 0.4)
    opened.set("lesson", first.name)  # one press returns
    assert opened.setting("noise") == first.experiment.noise
    assert opened.sent["stale"] == ""
    opened.set("lesson", None)  # a press on the marked one
    assert opened.setting("lesson") == first.name
