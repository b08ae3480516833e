"""The settings in the sidebar: which ones apply, and the next steps after a run."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from l2viz.analysis.grid_refinement import finer_grid
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import nearest_strength
from l2viz.experiment.url import View, from_query, to_query
from l2viz.lesson.presets import presets
from l2viz.trainer import Trainer
from l2viz.ui.sidebar.next_steps import branch
from l2viz.ui.sidebar.settings import Settings
from l2viz.validation import ExperimentError
from tests.cases import rest_slow
from tests.ui.pages import OpenPage

CURVE = presets()[0].experiment


@pytest.mark.parametrize(
    ("dataset", "changes", "expected"),
    rest_slow(
        [
            (
                "digits",
                {"model": "conv2d", "filters": "4", "hidden": "16"},
                {"model": "conv2d", "filters": (4,), "hidden": (16,), "record_every": 2},
            ),
            ("digits", {"model": "custom"}, {"model": "custom"}),
            ("digits", {"batch_norm": True, "dropout": 0.2}, {"batch_norm": True, "dropout": 0.2}),
            ("curve", {"noise": 0.5, "repeats": 3}, {"noise": 0.5, "repeats": 3}),
            ("curve", {"penalties": ["l2", "l1"]}, {"penalties": ("l2", "l1")}),
            (
                "curve",
                {"regularized": "last", "bias_regularizer": True},
                {"regularized": "last", "bias_regularizer": True},
            ),
            (
                "curve",
                {"schedule": "warmup", "schedule_from": 0.5, "schedule_epoch": 300},
                {"schedule": "warmup", "schedule_from": 0.5, "schedule_epoch": 300},
            ),
            (
                "curve",
                {"strength_multipliers": "1, 0.5, 0"},
                {"strength_multipliers": (1.0, 0.5, 0.0)},
            ),
            ("curve", {"optimizer": "adamw"}, {"optimizer": "adamw", "weight_decay": 0.004}),
            (
                "curve",
                {"optimizer": "adamw", "weight_decay": 0.1},
                {"optimizer": "adamw", "weight_decay": 0.1},
            ),
        ],
        first=5,
    ),
)
def test_settings_reach_the_experiment(
    trainer: Trainer,
    open_page: OpenPage,
    dataset: str,
    changes: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    opened = open_page(dataset=dataset)
    for name, value in changes.items():
        opened.set(name, value)
    lesson = Experiment(dataset=dataset)
    assert opened.query == to_query(dataclasses.replace(lesson, **expected), View())
    (field, *_) = expected
    assert opened.sent["stale"].startswith("The charts show a run with other settings (")
    assert field.replace("_", " ") in opened.sent["stale"]


@pytest.mark.parametrize(
    ("dataset", "changes"),
    rest_slow(
        [
            ("curve", {"epochs": 400}),
            ("curve", {"epochs": 1}),
            ("curve", {"epochs": 10_000}),
            ("digits", {"epochs": 10}),
            ("digits", {"model": "conv2d"}),
            ("digits28", {"model": "conv2d", "epochs": 80}),
        ],
        first=2,
    ),
)
def test_the_controls_record_as_often_as_an_address_does(
    trainer: Trainer, open_page: OpenPage, dataset: str, changes: dict[str, Any]
) -> None:
    """The interval equals that of an address without `record_every`."""
    opened = open_page(dataset=dataset)
    for name, value in changes.items():
        opened.set(name, value)
    by_address = Experiment(dataset=dataset, **changes)
    assert "record_every" not in opened.query
    assert from_query(opened.query, opening=CURVE).experiment.record_every == (
        by_address.record_every
    )


def test_an_address_keeps_the_pace_that_it_names(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page(dataset="curve", epochs="400", record_every="4")
    opened.set("batch_size", 5)
    assert opened.query == {
        "dataset": "curve",
        "epochs": "400",
        "batch_size": "5",
        "record_every": "4",
    }


def test_without_any_penalty_nothing_can_be_trained(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page()
    opened.set("penalties", [])
    assert opened.sent["blocked"] == (
        "These settings cannot be trained: Penalties side by side must not be empty, got ()."
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1, x", "be numbers separated by commas, like 1, 0.5, 0, got '1, x'"),
        ("1, 0.5", "have one number for each regularized layer, 3 layers here, got (1.0, 0.5)"),
        ("1, -1, 1", "be >= 0, got -1.0"),
    ],
)
def test_multipliers_that_do_not_fit_the_layers_are_refused_in_words(
    trainer: Trainer, open_page: OpenPage, text: str, rule: str
) -> None:
    opened = open_page()
    opened.set("strength_multipliers", text)
    assert opened.sent["blocked"] == (
        f"These settings cannot be trained: Multipliers of λ, by layer must {rule}."
    )
    opened.set("strength_multipliers", "")
    assert (opened.sent["blocked"], opened.sent["stale"]) == ("", "")


def test_an_address_shows_its_multipliers(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page(dataset="curve", strength_multipliers="1,0.5,0")
    assert opened.setting("strength_multipliers") == "1, 0.5, 0"
    run = trainer.get(opened.sent["run"])
    assert run.experiment == Experiment(dataset="curve", strength_multipliers=(1, 0.5, 0))
    said = "Each layer has a strength of its own: 1 λ in dense_1, 0.5 λ in dense_2, none in dense_3"
    assert said in opened.words
    opened.set("strength_multipliers", "1, 1, 1")
    assert "(strength multipliers 1-0.5-0)" in opened.sent["stale"]
    assert "strength_multipliers" not in opened.query


def test_images_alone_have_convolutions(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page(dataset="digits", model="conv2d")
    assert opened.setting("filters") == "8, 16"
    opened.set("dataset", "curve")
    assert opened.setting("model") == "dense"
    assert opened.sent["blocked"] == ""


def test_a_finer_grid_around_the_best_is_trained_and_shown(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page()
    proposal = finer_grid(trainer.get(opened.sent["run"]).trajectory())
    assert opened.test.button(key="finer").help == proposal.sentence
    opened.press("finer")
    run = trainer.get(opened.sent["run"])
    assert run.experiment == dataclasses.replace(CURVE, strengths=proposal.strengths)
    assert opened.sent["stale"] == ""
    assert opened.query == to_query(run.experiment, View())
    finer = opened.test.button(key="finer")  # it has not finished, so that there is no best yet
    assert (finer.disabled, finer.help) == (True, "Available when the run has finished.")


def test_the_strength_changes_from_where_the_viewer_stands(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page(strength="0.002", at_epoch="500")
    strength = CURVE.strengths[nearest_strength(CURVE.strengths, 0.002)]
    assert opened.test.button(key="branch").help == (
        f"Trains with λ = {strength:.3g} up to epoch 500, and then with every strength of the grid."
    )
    opened.press("branch")
    assert trainer.get(opened.sent["run"]).experiment == dataclasses.replace(
        CURVE, schedule="step", schedule_epoch=500, schedule_from=strength
    )
    assert opened.setting("schedule") == "step"
    assert opened.test.button(key="branch").disabled  # it already has a schedule


@pytest.mark.parametrize("epoch", [None, 0, 2_000])
def test_at_an_end_there_is_no_strength_to_change(epoch: int | None) -> None:
    assert branch(CURVE, View(epoch=epoch)) is None


def test_strengths_in_any_order_are_sorted_and_a_minus_stays_with_its_number() -> None:
    settings = Settings(Experiment(dataset="moons"))
    settings.values |= {"grid": "list", "strengths": "0.1, 0, 0.01, 0.1"}
    assert settings.experiment().strengths == (0.0, 0.01, 0.1)
    for text, units in (("8-4", (8, 4)), ("8, 4", (8, 4)), (" 8 - 4 ", (8, 4)), ("", ())):
        settings.values["hidden"] = text
        assert settings.experiment().hidden == units
    for text in ("-5", "8, -4", "8--4", "8-"):
        settings.values["hidden"] = text
        with pytest.raises(ExperimentError, match="hidden"):
            settings.experiment()
