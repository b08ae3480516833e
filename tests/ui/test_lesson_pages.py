"""The lesson on the page: scenes by address, a guess before the result, and every page to read."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from l2viz.lesson import Scene
from l2viz.trainer import Trainer
from l2viz.ui import tour
from l2viz.ui.reading import lesson_plans
from l2viz.ui.reading.catalogue import PAGES
from tests.cases import rest_slow
from tests.ui.pages import OpenPage, Page

LESSON = tour.lesson_content()


def keys_of(page: Page) -> set[str]:
    return {button.key for button in page.test.button}


@pytest.mark.parametrize("scene", rest_slow(LESSON.scenes, first=3), ids=lambda scene: scene.key)
def test_a_scene_opens_by_its_address(trainer: Trainer, open_page: OpenPage, scene: Scene) -> None:
    opened = open_page(scene=scene.key)
    assert opened.warnings == []
    assert opened.query == {"scene": scene.key}
    assert trainer.get(opened.sent["run"]).experiment == scene.experiment
    assert opened.sent["view"] == dataclasses.asdict(scene.view) | {
        "charts": list(scene.view.charts)
    }
    assert opened.sent["covered"] is True
    assert f"#### {scene.title}" in opened.words
    assert scene.question.ask in opened.words
    assert scene.question.why not in opened.words


def test_a_guess_comes_before_the_outcome(trainer: Trainer, open_page: OpenPage) -> None:
    scene = LESSON.scene("generalization")
    opened = open_page(scene=scene.key)
    assert scene.conditions not in opened.words
    opened.press(f"guess.{scene.key}.0")
    right = scene.question.choices[scene.question.answer]
    (shown,) = opened.test.info
    assert shown.value == (
        f"{scene.question.ask} **{right}**. You said: {scene.question.choices[0]}. "
        f"{scene.question.why}"
    )
    assert scene.text in opened.words
    assert scene.conditions in opened.words
    assert opened.sent["covered"] is False
    opened.press(f"counter.{scene.key}")
    assert opened.query == {"scene": scene.counter}
    assert opened.sent["covered"] is True


@pytest.mark.slow  # in the browser it is quick
def test_the_way_through_all_scenes_and_back_to_the_lab(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page()
    opened.press("door.tour")
    seen = [opened.query["scene"]]
    for put in range(2, len(LESSON.scenes) + 1):
        scene = LESSON.scene(seen[-1])
        opened.press(f"guess.{scene.key}.{scene.question.answer}")
        (answer,) = opened.test.success
        assert answer.value.endswith(f"as you said. {scene.question.why}")
        opened.press("scene.next")
        assert opened.sent["place"] == put
        seen.append(opened.query["scene"])
    assert seen == [scene.key for scene in LESSON.scenes]
    opened.press(f"guess.{seen[-1]}.{LESSON.scene(seen[-1]).question.answer}")
    opened.press("scene.next")
    assert "#### What you guessed, and what was so" in opened.words
    assert f"{len(LESSON.scenes)} were right" in opened.words
    opened.press("scene.back")
    assert opened.query == {"scene": seen[-1]}
    opened.press("scene.back")
    opened.press("scene.leave")
    last = LESSON.scene(seen[-2])
    assert trainer.get(opened.sent["run"]).experiment == last.experiment
    assert opened.sent["view"]["strength"] == last.view.strength
    assert opened.setting("batch_norm") is last.experiment.batch_norm


def test_what_the_viewer_changes_in_a_scene_is_in_its_address(
    trainer: Trainer, open_page: OpenPage
) -> None:
    opened = open_page(scene="tuning", strength="0.003", presenter="yes")
    assert opened.sent["view"]["strength"] == 0.003
    assert opened.query["scene"] == "tuning"
    assert opened.query["strength"] == "0.003"
    assert open_page(scene="tuning", presenter="yes").query == {
        "scene": "tuning",
        "presenter": "yes",
    }


def test_an_unknown_scene_or_page_is_named(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page(scene="nowhere", page="nothing")
    assert opened.warnings == ["Ignored in the address, as it could not be read: scene, page."]


@pytest.mark.parametrize("key", rest_slow(PAGES, first=3))
def test_a_page_opens_by_its_address_and_by_its_link(
    trainer: Trainer, open_page: OpenPage, key: str
) -> None:
    opened = open_page(page=key)
    sent = opened.sent
    assert opened.query["page"] == key
    other = open_page()
    other.press(f"door.{key}")
    assert other.query["page"] == key
    assert other.sent["run"] == sent["run"]
    assert keys_of(other) == keys_of(opened)


@pytest.mark.slow
def test_every_link_of_a_page_opens_its_scene(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page(page="cards")
    for card in LESSON.cards:
        assert card.so not in "\n".join(element.value for element in opened.test.markdown)
        opened.press(f"judge.{card.key}.False")
        assert card.so in "\n".join(element.value for element in opened.test.markdown)
    opened.press(f"link.card.{LESSON.cards[-1].key}")
    assert opened.query == {"scene": LESSON.cards[-1].scene}
    assert not any(key.startswith("link.") for key in keys_of(opened))


def test_the_line_of_links_counts_the_lesson_s_scenes(
    trainer: Trainer, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def help_of(page: Page) -> str:
        return page.test.button(key="door.tour").help

    assert help_of(open_page()) == (
        f"{len(LESSON.tour)} steps and {len(LESSON.claims)} claims: first your guess, then what "
        "was measured."
    )
    shorter = dataclasses.replace(LESSON, claims=LESSON.claims[:2])
    monkeypatch.setattr(tour, "lesson_content", lambda: shorter)
    assert f"{len(LESSON.tour)} steps and 2 claims" in help_of(open_page())


def test_a_plan_may_have_any_name(
    trainer: Trainer, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("60", "5", "05", "intro", "²", "first-hour"):
        (tmp_path / f"{name}.md").write_text(f"This is {name}.", encoding="utf-8")
    monkeypatch.setattr(lesson_plans, "FOLDER", tmp_path)
    opened = open_page(page="plans")
    plans = opened.test.get("button_group")[-1]
    assert plans.options == ["5 minutes", "5 minutes", "60 minutes", "first hour", "intro", "²"]
    assert "This is 05." in [element.value for element in opened.test.markdown]


def send_guess(page: Page, scene: str, strength: object) -> None:
    """Let the page hear of a drawn peak."""
    page.test.session_state["l2viz"].receive({"guess": {"scene": scene, "strength": strength}})
    page.run()


@pytest.mark.parametrize(
    ("strength", "choice"),
    rest_slow([(0.0, 0), (1e-4, 1), (0.003, 1), (0.0033, 2), (0.012, 2), (0.1, 3)], first=2),
)
def test_a_drawn_peak_is_the_nearest_choice(
    trainer: Trainer, open_page: OpenPage, strength: float, choice: int
) -> None:
    scene = LESSON.scene("evaluate")
    opened = open_page(scene=scene.key)
    assert opened.sent["draws"] == {
        "scene": "evaluate",
        "array": "val_accuracy",
        "ask": scene.question.ask,
    }
    send_guess(opened, "evaluate", strength)
    assert opened.sent["draws"] is None
    assert opened.sent["covered"] is False
    assert opened.test.session_state["l2viz"].guesses == {"evaluate": choice}
    answers = [*opened.test.success, *opened.test.info]
    assert ("as you said" in answers[0].value) == (choice == scene.question.answer)


@pytest.mark.parametrize(
    "sent", rest_slow([None, {}, "x", -1.0, float("nan"), float("inf"), [1]], first=2)
)
def test_what_is_no_drawn_peak_is_no_guess(
    trainer: Trainer, open_page: OpenPage, sent: object
) -> None:
    opened = open_page(scene="evaluate")
    send_guess(opened, "evaluate", sent)
    send_guess(opened, "train", 0.01)
    assert opened.sent["covered"] is True


def test_a_scene_covers_what_answers_it_and_the_first_steps_do_not_tell_the_best() -> None:
    for scene in LESSON.scenes:
        assert set(scene.covers) <= set(scene.view.charts), scene.key
        assert scene.covers, scene.key
    before = LESSON.tour[: [scene.key for scene in LESSON.tour].index("evaluate")]
    assert [scene.tells_best for scene in before] == [False] * len(before)


def test_the_closing_page_leads_to_the_lab(trainer: Trainer, open_page: OpenPage) -> None:
    opened = open_page(scene=LESSON.scenes[-1].key)
    opened.press("scene.next")
    assert "You made no guess yet" in opened.words
    opened.press("try.1")
    assert opened.query["repeats"] == "5"
    assert trainer.get(opened.sent["run"]).experiment.repeats == 5
