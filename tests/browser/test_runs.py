"""Training as viewers see it: begun, followed, stopped, found again, shared, failed."""

from __future__ import annotations

import math
import os
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.page import ViewedPage
from tests.browser.server import PROC, Server
from tests.cases import rest_slow

Viewer = Callable[..., ViewedPage]
SHORT = "?dataset=digits&epochs=40"
LONG = "?dataset=digits&epochs=10000&record_every=10&train_size=1000"  # minutes: always stopped

_STOPPED = re.compile(r"Stopped at epoch (\d+)\. Train starts it again\.")

# Records every change of the stage's data attributes.
_LISTEN = """
() => {
  const stage = document.querySelector("[data-l2viz-stage]");
  window.changes = [];
  new MutationObserver(() => window.changes.push({ ...stage.dataset }))
    .observe(stage, { attributes: true });
}
"""

_RANGES = """
() => {
  const panels = [...document.querySelectorAll(".l2viz-panel:has(.js-plotly-plot)")];
  return Object.fromEntries(panels.map(panel => {
    const axes = Object.entries(panel.querySelector(".js-plotly-plot")._fullLayout)
      .filter(([name]) => /^[xy]axis\\d?$/.test(name));
    return [panel.dataset.chart, axes.map(([name, { range }]) => [name, ...range])];
  }));
}
"""


def stop(page: ViewedPage) -> int:
    """Stop the shown run; return the epoch in its message."""
    page.button("Stop").click()
    page.wait_for(state="finished")
    found = _STOPPED.fullmatch(page.notice)
    assert found, page.notice
    return int(found[1])


def train_long(viewer: Viewer, seed: int) -> ViewedPage:
    """Open settings that take minutes, and press Train: an address alone does not start them."""
    page = viewer(f"{LONG}&seed={seed}")
    assert page.notice.endswith(" here. Press Train to start."), page.notice
    page.run_ids.clear()
    page.button("Train").click()
    page.wait_for(state="training", stale="false")
    return page


def kill_the_trainers(server: Server) -> set[int]:
    """Kill all training processes with SIGKILL; return their ids.

    A run may have started when one of them was busy, and is then the other's alone.
    """
    if not PROC.is_dir():
        pytest.skip("training processes are found through /proc")
    killed = server.trainer_pids()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    return set(killed)


def test_train_again_trains_visibly_and_shows_the_new_run(viewer: Viewer) -> None:
    page = viewer(f"{SHORT}&seed=21")
    page.wait_for(epoch=40)
    (before,) = set(page.run_ids)
    shown = page.figures
    page.page.evaluate(_LISTEN)
    page.button("Retrain").click()
    page.page.wait_for_function(
        """before => window.changes.some(each => each.state === "training") &&
             window.changes.at(-1).state === "finished" &&
             Number(window.changes.at(-1).epoch) === 40""",
        arg=before,
    )
    changes = page.page.evaluate("window.changes")
    states = [each["state"] for each in changes]
    while_training = [int(each["epoch"]) for each in changes if each["state"] == "training"]
    rising = while_training[while_training.index(0) :]  # the old run is shown until then
    assert states == ["finished"] * states.index("training") + ["training"] * states.count(
        "training"
    ) + ["finished"] * (len(states) - states.index("training") - states.count("training"))
    assert rising == sorted(rising) and len(set(rising)) > 3
    assert page.run_ids[-1] != before
    assert page.figures == shown  # equal experiments give equal bits


def test_the_strength_slider_works_while_training_and_stop_keeps_what_was_measured(
    viewer: Viewer,
) -> None:
    page = train_long(viewer, 22)
    assert page.button("Stop").is_enabled()
    seen = []
    for member in (4, 20, 9):
        page.set("Strength λ", member)
        page.page.wait_for_function(
            "member => document.querySelector('.l2viz-lambda').textContent !== '= 0'", arg=member
        )
        page.wait_for_frame(page.frame)
        assert page.data["state"] == "training"
        seen.append(page.strength)
    assert seen[0] < seen[2] < seen[1]
    page.page.wait_for_function(
        "Number(document.querySelector('[data-l2viz-stage]').dataset.epoch) >= 50"
    )
    assert page.page.locator(".l2viz-epoch progress").is_visible()
    ticks = page.page.locator('[data-chart="loss_ledger"] .xtick text').all_text_contents()
    assert ticks[0] == "0" and ticks[-1] == "10000"
    assert all(tick.replace(",", "").isdecimal() for tick in ticks), ticks
    epoch = stop(page)
    page.wait_for(epoch=epoch)
    assert epoch < 10_000 and epoch % 10 == 0
    assert page.button("Stop").is_disabled()
    for name in ("loss_ledger", "accuracy", "penalty"):
        traces = page.figures[name]
        assert traces
        assert traces[0]["x"] == [float(at) for at in range(0, epoch + 1, 10)], name
    page.set("Epoch", 2)
    page.wait_for(epoch=20)
    page.set("Strength λ", 0)
    page.wait_for(strength=0.0)


@pytest.mark.slow
def test_a_reload_while_training_finds_the_run_again(viewer: Viewer, server: Server) -> None:
    page = train_long(viewer, 23)
    (run,) = set(page.run_ids)
    page.page.wait_for_function(
        "Number(document.querySelector('[data-l2viz-stage]').dataset.epoch) >= 30"
    )
    before = page.epoch
    page.run_ids.clear()
    page.page.reload()
    page.wait_for(state="training")
    page.page.wait_for_function(
        "before => Number(document.querySelector('[data-l2viz-stage]').dataset.epoch) > before",
        arg=before,
    )
    assert set(page.run_ids) == {run}
    kill_the_trainers(server)
    page.wait_for(state="failed")


@pytest.mark.slow
def test_stop_stops_after_a_reload_too(viewer: Viewer, server: Server) -> None:
    page = train_long(viewer, 29)
    page.page.reload()
    page.wait_for(state="training")
    page.button("Stop").click()  # within the grace of the page that was reloaded
    try:
        page.wait_for(state="finished", timeout=15_000)
    finally:
        if page.data["state"] == "training":
            kill_the_trainers(server)
            page.wait_for(state="failed")


@pytest.mark.slow
def test_two_viewers_of_one_experiment_share_its_run(viewer: Viewer, browser: Browser) -> None:
    with browser.new_context() as other:
        first = train_long(viewer, 24)
        second = viewer(f"{LONG}&seed=24", state="training", context=other)
        assert len({*first.run_ids, *second.run_ids}) == 1
        second.button("Stop").click()
        second.wait_for_notice("Other viewers are watching this run, so training continues.")
        before = second.epoch
        second.page.wait_for_function(
            "before => Number(document.querySelector('[data-l2viz-stage]').dataset.epoch) > before",
            arg=before,
        )
        assert first.data["state"] == second.data["state"] == "training"
        assert first.notice != second.notice
        second.button("Train").click()  # it requests the run again, and its message is gone
        second.wait_for_notice("")
        second.button("Stop").click()
        second.wait_for_notice("Other viewers are watching this run, so training continues.")
        epoch = stop(first)
        second.wait_for(state="finished")
        assert second.notice == first.notice == f"Stopped at epoch {epoch}. Train starts it again."


@pytest.mark.slow
def test_what_may_follow_is_offered_though_the_viewer_paused_before_the_end(viewer: Viewer) -> None:
    page = viewer("?dataset=linear&seed=62&epochs=10000&record_every=10", state="training")
    page.page.keyboard.press("Space")
    page.wait_for_query(at_epoch=str(page.epoch))  # Python has the position, and is idle
    page.wait_for(state="finished")
    assert page.epoch < 10_000
    expect(page.button("Retrain")).to_be_enabled()


def test_a_changed_control_makes_the_charts_stale_until_train(viewer: Viewer) -> None:
    page = viewer(f"{SHORT}&seed=25")
    page.wait_for(epoch=40)
    (before,) = set(page.run_ids)
    shown = page.figures
    seed = page.setting("Data", "Seed")
    seed.fill("26")
    seed.press("Enter")
    page.wait_for(stale="true")
    page.wait_for_notice(
        "The charts show a run with other settings (seed 25). Press Train to use yours."
    )
    page.wait_for_query(seed="26")
    assert page.figures == shown and set(page.run_ids) == {before}
    page.page.evaluate(_LISTEN)
    page.button("Train").click()
    page.wait_for(stale="false", state="training")
    page.wait_for(stale="false", state="finished", epoch=40)
    changes = page.page.evaluate("window.changes")
    moments = [(each["state"], each["stale"]) for each in changes]
    first_of_the_new = next(i for i, (_, stale) in enumerate(moments) if stale == "false")
    assert {stale for _, stale in moments[first_of_the_new:]} == {"false"}
    assert set(moments[:first_of_the_new]) <= {("finished", "true"), ("training", "true")}
    assert int(changes[first_of_the_new]["epoch"]) < 40  # painted already
    assert set(moments[first_of_the_new:]) == {("training", "false"), ("finished", "false")}
    assert page.run_ids[-1] != before
    assert "other settings" not in page.notice
    assert page.figures != shown


@pytest.mark.slow
def test_axes_grow_with_a_run_to_what_the_finished_one_has(viewer: Viewer) -> None:
    page = viewer("?dataset=digits&optimizer=sgd&learning_rate=0.1&epochs=30&seed=28")
    page.wait_for(epoch=30)
    page.settle()
    grown = page.page.evaluate(_RANGES)
    assert len(grown) >= 4
    assert all(ranges for ranges in grown.values())
    page.page.reload()
    page.wait_for(epoch=30)
    page.settle()
    assert page.page.evaluate(_RANGES) == grown


@pytest.mark.parametrize("strengths", rest_slow(["0.0,0.01,10.1", "0.0,0.01,20"], first=1))
def test_a_strength_that_diverges_is_named_and_the_others_finish(
    viewer: Viewer, strengths: str
) -> None:
    page = viewer(
        f"?dataset=digits&optimizer=sgd&learning_rate=0.1&strengths={strengths}&seed=27&epochs=30"
    )
    page.wait_for(epoch=30)
    bad = float(strengths.rpartition(",")[2])
    found = re.match(
        rf"At λ = {bad:g} the loss was no longer a finite number by epoch (\d+)\. Plain SGD "
        rf"diverges when learning rate × λ exceeds 1, and here it is 0\.1 × {bad:g} = "
        rf"{0.1 * bad:.3g}: lower either\. Validation data chooses λ = ",
        page.notice,
    )
    assert found, page.notice
    lost = int(found[1])
    for member, strength in ((1, 0.01), (2, bad), (0, 0.0)):
        page.set("Strength λ", member)
        page.wait_for(strength=strength)
        for name in ("loss_ledger", "accuracy", "penalty"):
            (trace, *_) = page.figures[name]
            assert trace["x"] == [float(at) for at in range(31)], name
            measured = [value is not None and math.isfinite(value) for value in trace["y"]]
            fine = lost if strength == bad else 31
            assert measured == [True] * fine + [False] * (31 - fine), name
    assert page.page.locator(".stException, [data-testid=stException]").count() == 0


def test_a_path_without_any_finite_loss_says_why(viewer: Viewer) -> None:
    page = viewer(
        "?dataset=curve&optimizer=sgd&learning_rate=100&activation=linear&strengths=0.0,1.0&seed=27",
        state="failed",
    )
    assert re.fullmatch(
        r"At any strength the loss was no longer a finite number by epoch \d+\. Lower the learning "
        r"rate \(100\)\.",
        page.notice,
    ), page.notice
    assert page.data["charts"] == "6"
    assert page.page.locator(".stException, [data-testid=stException]").count() == 0


def test_charts_of_a_single_snapshot_are_drawn_without_complaint(
    server: Server, projector: BrowserContext
) -> None:
    page = ViewedPage(projector.new_page(), server.address)
    page.open(
        "?dataset=curve&optimizer=sgd&learning_rate=100&activation=linear&strengths=0.0&record_every=100",
        state="failed",
    )
    assert page.epoch == 0
    errors = page.errors
    page.page.close()
    assert errors == []


@pytest.mark.slow
def test_a_killed_training_process_is_said_and_replaced(viewer: Viewer, server: Server) -> None:
    page = train_long(viewer, 28)
    page.page.wait_for_function(
        "Number(document.querySelector('[data-l2viz-stage]').dataset.epoch) >= 20"
    )
    killed = kill_the_trainers(server)
    page.wait_for(state="failed")
    found = re.fullmatch(
        r"The training process ended unexpectedly at epoch (\d+); what was measured up to then is "
        r"shown\. Train starts it again\.",
        page.notice,
    )
    assert found, page.notice
    page.wait_for(epoch=int(found[1]))
    epochs = page.setting("Training", "Epochs")
    epochs.fill("40")
    epochs.press("Enter")
    page.wait_for_query(epochs="40")
    page.button("Train").click()
    page.wait_for(state="finished", epoch=40)
    assert killed.isdisjoint(server.trainer_pids())


@pytest.mark.slow
def test_what_is_known_at_the_end_alone_comes_to_a_chart_that_was_there_before(
    viewer: Viewer,
) -> None:
    page = viewer(  # some seconds
        "?dataset=linear&seed=61&epochs=10000&record_every=10&charts=curvature", state="training"
    )
    page.wait_for(charts=1)
    assert "trained, last epoch" not in {trace["name"] for trace in page.figures["curvature"]}
    page.wait_for(state="finished", epoch=10_000)
    dots = {trace["name"]: trace for trace in page.figures["curvature"]}["trained, last epoch"]
    assert len(dots["y"]) == len(dots["x"]) > 10
    page.set("Epoch", 0)  # an epoch without this data
    page.wait_for(epoch=0)
    assert "trained, last epoch" not in {trace["name"] for trace in page.figures["curvature"]}
