"""The lesson's files: their content, and the errors for files that are not valid."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l2viz import data
from l2viz.experiment import Experiment
from l2viz.lesson import LessonContent, LessonError, read_lesson, read_presets
from l2viz.lesson.loader import FILES
from l2viz.lesson.published_results import read_results
from l2viz.ui.reading.catalogue import PAGES

LESSON = read_lesson()
PLANS = sorted((FILES / "plans").glob("*.md"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the lesson's files for a test that edits them."""
    return shutil.copytree(FILES, tmp_path / "files")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_lesson_that_is_there() -> None:
    assert [scene.key for scene in LESSON.tour] == [
        *("define", "add", "compile", "train", "evaluate", "adjust")
    ]
    presets = {preset.key for preset in read_presets()}
    of_cards = {"val_loss"}
    assert {scene.measure for scene in LESSON.claims} == set(read_results()) - presets - of_cards
    for scene in LESSON.scenes:
        assert scene.question is not None, scene.key  # a guess before each result
        assert "{{" not in f"{scene.text}{scene.conditions}{scene.question}", scene.key
        assert (scene.part == "claim") == bool(scene.claim and scene.conditions), scene.key
    for card in LESSON.cards:
        assert card.code, card.key
        assert "{{" not in card.so, card.key
    kinds = [term.kind for term in LESSON.reference]
    assert kinds.count("question") >= 8  # what, where, why, when, who, how, pros, cons
    assert kinds.count("term") >= 8


def test_proofs_of_cards_are_files_of_keras_or_tests() -> None:
    import keras

    root = Path(__file__).parents[2]
    keras_root = Path(keras.__file__).parents[1]
    for card in LESSON.cards:
        for file in re.findall(r"[\w/]+\.py", card.proof):
            assert (root / file).exists() or (keras_root / file).exists(), (card.key, file)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "scenes/tuning.toml",
            'part = "claim"',
            'part = "act"',
            "scenes/tuning.toml: part must be one of tour, claim, got 'act'",
        ),
        (
            "scenes/tuning.toml",
            "order = 6",
            "order = -1",
            "scenes/tuning.toml: order must be >= 0, got -1",
        ),
        (
            "scenes/tuning.toml",
            'title = "Too little, too much"',
            "",
            "scenes/tuning.toml: title must be given, got None",
        ),
        (
            "scenes/tuning.toml",
            'title = "Too little, too much"',
            'title = " "',
            "scenes/tuning.toml: title must be a text, got ' '",
        ),
        (
            "scenes/tuning.toml",
            "answer = 1",
            "answer = 3",
            "scenes/tuning.toml: question.answer must be <= 2, got 3",
        ),
        (
            "scenes/tuning.toml",
            "strength = 0.1",
            "strength = 7.0",
            "scenes/tuning.toml: view.strength must be <= 0.1, got 7.0",
        ),
        (
            "scenes/tuning.toml",
            'dataset = "digits"',
            'dataset = "cats"',
            "scenes/tuning.toml: experiment.dataset must be one of ",
        ),
        (
            "scenes/tuning.toml",
            "{{test_right:.1f}}",
            "{{best:.1f}}",
            "scenes/tuning.toml: text must use only measured results (seeds, ",
        ),
        (
            "scenes/tuning.toml",
            "{{test_right:.1f}}",
            "{{test_right:.1z}}",
            ("scenes/tuning.toml: text must use a number format of Python, got '{{test_right"),
        ),
        (
            "scenes/tuning.toml",
            "[question]",
            "[quiz]\n[question]",
            "scenes/tuning.toml: quiz must be one of ",
        ),
        (
            "scenes/generalization.toml",
            'counter = "adjust"',
            'counter = "nowhere"',
            "scenes/generalization.toml: counter must be the name of a file in scenes, got 'nowh",
        ),
        (
            "cards/half.toml",
            'scene = "add"',
            'scene = "subtract"',
            "cards/half.toml: scene must be the name of a file in scenes, got 'subtract'",
        ),
        (
            "reference.toml",
            'kind = "term"',
            'kind = "word"',
            "reference.toml: entry[",
        ),
        (
            "cards/half.toml",
            "order = 1",
            "order = ",
            "cards/half.toml: the file must be TOML in UTF-8, got ",
        ),
    ],
)
def test_a_file_that_is_not_as_it_must_be_is_named(
    folder: Path, file: str, old: str, new: str, message: str
) -> None:
    edit(folder / file, old, new)
    with pytest.raises(LessonError) as caught:
        read_lesson(folder)
    assert str(caught.value).startswith(message)


def test_a_teacher_adds_a_scene(folder: Path) -> None:
    shutil.copy(folder / "scenes" / "tuning.toml", folder / "scenes" / "mine.toml")
    edit(folder / "scenes" / "mine.toml", "order = 6", "order = 99")
    added: LessonContent = read_lesson(folder)
    assert added.claims[-1].key == "mine"
    assert len(added.scenes) == len(LESSON.scenes) + 1


@pytest.mark.parametrize("text", ["", "{"])
def test_results_that_cannot_be_read_are_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "results.json"
    file.write_text(text)
    with pytest.raises(LessonError, match=r"^results\.json: the file must be readable JSON"):
        read_lesson(results_file=file)


def test_published_results_are_written_as_they_were_measured(tmp_path: Path) -> None:
    results: dict[str, Any] = {name: dict(of_one) for name, of_one in read_results().items()}
    results["tuning"]["test_right"] = 12.34
    results["tuning"]["test_much"] = -0.5
    file = tmp_path / "results.json"
    file.write_text(json.dumps(results))
    text = read_lesson(results_file=file).scene("tuning").text
    assert "12.3 % at 0.01, −0.5 % at 0.1" in text  # a minus, not a hyphen


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.stem)
def test_addresses_in_a_lesson_plan_are_those_of_scenes_and_pages(plan: Path) -> None:
    found = re.findall(r"\]\(http://localhost:8501/\?(\w+)=([\w-]+)\)", plan.read_text("utf-8"))
    assert len(found) >= 4
    for kind, key in found:
        assert key in {"scene": [scene.key for scene in LESSON.scenes], "page": PAGES}[kind]
    assert len(re.findall(r"\]\(", plan.read_text("utf-8"))) == len(found)


def test_there_are_plans_of_three_lengths() -> None:
    assert [int(plan.stem) for plan in PLANS] == [10, 30, 60]


def test_the_presets_that_are_there() -> None:
    presets = read_presets()
    assert [preset.key for preset in presets] == [
        *("curve", "digits-wrong-labels", "digits-clean-labels", "page-network", "moons"),
        "playground",
    ]
    for preset in presets:
        assert preset.finding
        assert "{{" not in preset.finding


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "Curve"', "", "presets/curve.toml: name must be given, got None"),
        ("seed = 7", "seed = -7", "presets/curve.toml: experiment.seed must be >= 0, got -7"),
        (
            "gain_count:.0f",
            "wins:.0f",
            "presets/curve.toml: finding must use only measured results",
        ),
        ("strength = 0.0", "", "presets/curve.toml: view.strength must be given"),
        ("[view]\nstrength = 0.0", "", "presets/curve.toml: view must be given"),
    ],
)
def test_a_preset_that_breaks_a_rule_is_named(
    folder: Path, old: str, new: str, message: str
) -> None:
    edit(folder / "presets" / "curve.toml", old, new)
    with pytest.raises(LessonError) as caught:
        read_presets(folder)
    assert str(caught.value).startswith(message)


def test_a_preset_not_yet_measured_has_no_finding(folder: Path) -> None:
    shutil.copy(folder / "presets" / "moons.toml", folder / "presets" / "mine.toml")
    assert {preset.key: preset.finding for preset in read_presets(folder)}["mine"] == ""
    assert {preset.finding for preset in read_presets(folder, results_file=None)} == {""}


def test_as_many_labels_are_wrong_as_the_texts_say() -> None:
    """Of 30 % that are drawn again among ten classes, one in ten comes out right."""
    noisy = [Experiment(dataset="digits", seed=seed) for seed in range(20)]
    clean = [dataclasses.replace(each, label_noise=0.0) for each in noisy]
    wrong = [
        np.mean(data.load(one).train_targets != data.load(other).train_targets)
        for one, other in zip(noisy, clean, strict=True)
    ]
    assert np.mean(wrong) == pytest.approx(0.27, abs=0.01)
    for text in (LESSON.scene("define").text, LESSON.scene("generalization").text):
        assert "27 %" in text
