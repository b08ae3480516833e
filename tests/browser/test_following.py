"""A class follows a teacher's view, each free to leave and return; the teacher sees how many."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.page import ViewedPage
from tests.browser.server import Server
from tests.cases import rest_slow

Viewer = Callable[..., ViewedPage]


@pytest.fixture
def student(server: Server, browser: Browser) -> Iterator[ViewedPage]:
    """Yield a page of another profile."""
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = ViewedPage(context.new_page(), server.address)
        yield page
        assert page.errors == []


def share(page: ViewedPage) -> str:
    """Let the class follow a page; return the query of the link."""
    press(page, "For teachers")
    press(page, "Let the class follow this page")
    link = page.page.locator(".st-key-sharing code").inner_text()
    assert link.startswith(page.address)
    page.page.locator(".st-key-reading").wait_for(state="detached")
    return link.removeprefix(page.address)


def press(page: ViewedPage, name: str) -> None:
    """Press a button outside of the stage."""
    page.page.get_by_role("button", name=name).click()


def words(page: ViewedPage, text: str) -> None:
    expect(page.page.locator(".l2viz-following output")).to_have_text(text, timeout=20_000)


def test_a_class_follows_leaves_and_returns(viewer: Viewer, student: ViewedPage) -> None:
    teacher = viewer("?dataset=curve")
    link = share(teacher)
    words(teacher, "0 follow")
    teacher.set("Strength λ", 9)
    student.open(link)
    words(student, "Following")
    words(teacher, "1 follow")
    student.wait_for(strength=teacher.strength)
    assert student.query == {"follow": link.partition("=")[2]}
    assert not student.page.locator(".l2viz-train").is_visible()
    assert not student.page.get_by_role("spinbutton", name="Seed").is_visible()
    # What the teacher does, the student sees.
    teacher.button("pin A").click()
    teacher.set("Strength λ", 20)
    teacher.set("Epoch", 33)
    student.wait_for(strength=teacher.strength, epoch=teacher.epoch)
    expect(student.page.locator(".l2viz-pin-a")).to_have_attribute("aria-pressed", "true")
    # The student looks around, and the teacher does not notice.
    shown, alone = teacher.data["strength"], student.epoch
    student.set("Strength λ", 2)
    words(student, "On your own")
    teacher.set("Epoch", 40)
    assert student.epoch == alone
    assert teacher.data["strength"] == shown
    student.button("Follow").click()
    student.wait_for(strength=float(shown), epoch=teacher.epoch)
    words(student, "Following")
    # Another run.
    seed = teacher.setting("Data", "Seed")
    seed.fill("58")
    seed.press("Enter")
    teacher.wait_for_query(seed="58")
    teacher.button("Train").click()
    teacher.wait_for(state="finished", stale="false")
    student.page.wait_for_function(
        "run => performance.getEntriesByType('resource').some(each => each.name.includes(run))",
        arg=teacher.run_ids[-1],
    )
    student.wait_for(state="finished", strength=teacher.strength)
    assert student.run_ids[-1] == teacher.run_ids[-1]
    press(teacher, "Stop sharing")
    words(student, "Nobody shares a view here now")
    expect(teacher.page.locator(".l2viz-following")).to_have_count(0)


@pytest.mark.slow
def test_a_played_run_plays_for_the_class(viewer: Viewer, student: ViewedPage) -> None:
    teacher = viewer("?dataset=curve")
    student.open(share(teacher))
    words(student, "Following")
    student.wait_for(epoch=teacher.epoch)
    teacher.page.get_by_label("Pace").select_option("slow")
    teacher.button("Start over").click()
    student.page.wait_for_function(
        "() => document.querySelector('.l2viz-play').getAttribute('aria-label') === 'Pause'",
        timeout=20_000,
    )
    teacher.button("Pause").click()
    student.wait_for(epoch=teacher.epoch)
    press(teacher, "Stop sharing")


@pytest.mark.slow
def test_a_reload_goes_on_with_the_class(viewer: Viewer, student: ViewedPage) -> None:
    teacher = viewer("?dataset=curve")
    link = share(teacher)
    student.open(link)
    words(student, "Following")
    teacher.wait_for_query(dataset="curve")
    teacher.page.reload()
    teacher.wait_for(state="finished")
    teacher.set("Strength λ", 14)
    student.wait_for(strength=teacher.strength)
    press(teacher, "Stop sharing")


@pytest.mark.parametrize("code", rest_slow(["0123456789", "../status", "<b>", "x" * 4000], first=1))
def test_a_link_to_no_class_opens_the_lesson_and_says_so(viewer: Viewer, code: str) -> None:
    page = viewer(f"?follow={code}")
    assert page.data["charts"] == "6"
    if code == "0123456789":
        words(page, "Nobody shares a view here now")


@pytest.mark.slow
def test_a_class_guesses_in_the_teacher_s_scene(viewer: Viewer, student: ViewedPage) -> None:
    teacher = viewer("?lab")
    student.open(share(teacher))
    words(student, "Following")
    teacher.page.keyboard.press("n")
    ballot = student.page.locator(".l2viz-ballot")
    ballot.wait_for(timeout=20_000)
    student.wait_for(covered="true")
    student.page.keyboard.press("h")  # it is the teacher who uncovers
    assert student.data["covered"] == "true"
    ballot.get_by_role("button", name="About half").click()
    shown = teacher.page.locator(".l2viz-ballot")
    expect(shown.get_by_role("button", name="About half · 1")).to_be_disabled(timeout=20_000)
    press(teacher, "Show it without a guess")
    student.wait_for(covered="false")
    expect(ballot.get_by_role("button", name="About half · 1")).to_be_disabled()
    press(teacher, "Stop sharing")
