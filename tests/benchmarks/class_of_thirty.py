"""A class at one server: thirty viewers with runs of their own, or all with the same, as a table.

    python -m tests.benchmarks.class_of_thirty [viewers]

The viewers are WebSocket clients of Streamlit's own protocol that read their runs as the stage
does. Their runs are also trained one after the other on one process, in the same minutes, for
comparison. Then three of the viewers are browsers whose sliders move all the time.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

from l2viz.experiment import Experiment
from l2viz.experiment.url import from_query
from l2viz.trainer import Trainer
from l2viz.trainer.status import resident_bytes
from tests.benchmarks.command import repetitions
from tests.benchmarks.probe import Probe
from tests.benchmarks.scrubbing import scrub
from tests.benchmarks.viewer import Told, Viewer
from tests.benchmarks.workers import seconds
from tests.browser.chromium import launch_arguments
from tests.browser.server import Server

DATASETS = ("digits", "curve", "moons")
SECONDS_TO_WARM = 20.0  # of the training processes
BROWSERS = 3
SCRUBS = 3  # of one page, then it is the next one's turn
Seen = TypeVar("Seen")
_FINISHED = "[data-l2viz-stage][data-frame][data-state=finished]"


@dataclass(frozen=True)
class Request:
    """A page that is opened on the lesson of a dataset, and then trains it with another seed."""

    dataset: str
    seed: int

    @property
    def query(self) -> str:
        return f"dataset={self.dataset}"


def requests(count: int, first_seed: int) -> list[Request]:
    return [Request(DATASETS[i % len(DATASETS)], first_seed + i) for i in range(count)]


# ---- what the viewers do


async def open_at_once(server: Server, count: int) -> list[Told]:
    """Open the recorded lesson in so many pages at the same moment."""

    async def one() -> Told:
        async with Viewer(server.address, "") as viewer:
            return await viewer.watch()

    return await asyncio.gather(*(one() for _ in range(count)))


async def press_at_once(server: Server, wanted: Sequence[Request]) -> list[Told]:
    """Open all pages, then press Train in all at the same moment; watch to the end of the runs."""
    ready = asyncio.Barrier(len(wanted))

    async def one(request: Request) -> Told:
        async with Viewer(server.address, request.query) as viewer:
            await viewer.watch()  # the lesson
            await ready.wait()
            await viewer.press(request.seed)
            return await viewer.watch()

    return await asyncio.gather(*(one(request) for request in wanted))


async def after_one_who_leaves(server: Server) -> float:
    """Return the seconds of a short run whose viewer comes when that of a long one has left."""
    async with Viewer(server.address, "dataset=digits&epochs=3000&record_every=20&seed=9") as long:
        await long.opened()
        await asyncio.sleep(2.0)
    async with Viewer(server.address, "dataset=curve&seed=77") as short:
        return (await short.watch()).ended


def slider_of_browsers(browser: Browser, server: Server, count: int) -> list[float]:
    """Return the milliseconds of slider moves in three browsers, while others press Train."""
    pages = [open_page(browser, server, number) for number in range(BROWSERS)]
    taken: list[float] = []
    with ThreadPoolExecutor(1) as executor:
        others = executor.submit(
            asyncio.run, press_at_once(server, requests(count - BROWSERS, 700))
        )
        for number, page in enumerate(pages):
            train(page, 800 + number)
        while not others.done():
            for page in pages:
                taken += scrub(page, "Strength λ", SCRUBS)
        assert all(told.state == "finished" for told in others.result())
    for page in pages:
        page.wait_for_selector(_FINISHED)
        page.context.close()
    return taken


def open_page(browser: Browser, server: Server, number: int) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(f"{server.address}?{requests(number + 1, 0)[number].query}")
    page.wait_for_selector(_FINISHED)
    scrub(page, "Strength λ", SCRUBS)  # the first ones compile
    return page


def train(page: Page, seed: int) -> None:
    """Set the seed and press Train in a browser."""
    field = page.get_by_role("spinbutton", name="Seed")
    field.fill(str(seed))
    field.press("Enter")
    page.get_by_role("button", name="Train", exact=True).click()


# ---- the same without a server


def one_after_the_other(wanted: Sequence[Request]) -> float:
    """Return the seconds to train the same runs on one process, warm, one after the other."""
    trainer = Trainer()
    trainer.start()
    try:
        for dataset in DATASETS:
            train_here(trainer, Request(dataset, 499))
        start = time.monotonic()
        for request in wanted:
            train_here(trainer, request)
        return time.monotonic() - start
    finally:
        trainer.close()


def train_here(trainer: Trainer, request: Request) -> None:
    named = {"dataset": request.dataset, "seed": str(request.seed)}
    experiment = from_query(named, opening=Experiment()).experiment
    seconds(trainer, experiment)


# ---- the table


def megabytes(pid: int) -> float:
    """Return the resident memory of a process, in units of 2**20 bytes."""
    return (resident_bytes(pid) or 0) / 2**20


def table(count: int) -> str:
    rows: list[tuple[str, str]] = []
    with Server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        time.sleep(SECONDS_TO_WARM)
        in_thread(press_at_once(server, requests(len(DATASETS), 498)))
        rows += rows_of_opening(server, count)
        rows += rows_of_own_runs(server, count)
        rows += rows_of_one_run(server, count)
        left = in_thread(after_one_who_leaves(server))
        rows.append(("a short run, opened when the viewer of a long one has left", f"{left:.1f} s"))
        moves = slider_of_browsers(browser, server, count)
        rows.append(
            (
                f"slider of three browsers among the {count}, median (95th percentile)",
                f"{statistics.median(moves):.0f} ms ({statistics.quantiles(moves, n=20)[-1]:.0f})",
            )
        )
        browser.close()
        page, *workers = (megabytes(pid) for pid in (server.pid, *server.trainer_pids()))
        memory = f"{page:.0f} MB, {', '.join(f'{worker:.0f}' for worker in workers)} MB"
        rows.append(("memory of the page's process, of each training process", memory))
        faults = len(re.findall(r"Traceback|ERROR|CRITICAL", server.output))
        rows.append(("errors in the log", str(faults)))
    lines = ["| a class at one server | |", "| --- | ---: |"]
    return "\n".join([*lines, *(f"| {words} | {value} |" for words, value in rows)])


def rows_of_opening(server: Server, count: int) -> list[tuple[str, str]]:
    alone = [in_thread(open_at_once(server, 1))[0].ended for _ in range(9)]
    one = statistics.median(alone)
    thirty = in_thread(open_at_once(server, count))
    slowest = max(told.ended for told in thirty)
    value = f"{slowest:.2f} s, {slowest / one:.1f} ×"
    return [(f"the lesson opened by {count} at once: the slowest, and compared with one", value)]


def rows_of_own_runs(server: Server, count: int) -> list[tuple[str, str]]:
    wanted = requests(count, 500)
    with Probe(server.address) as probe:
        own = in_thread(press_at_once(server, wanted))
    sequential = one_after_the_other(wanted)
    first, last = max(told.first for told in own), max(told.ended for told in own)
    finished = sum(told.state == "finished" for told in own)
    return [
        (f"{count} press Train, with runs of their own: finished", f"{finished} of {count}"),
        ("first place in the queue or first epoch, the slowest", f"{first:.1f} s"),
        ("the longest answer about the server's health meanwhile", f"{probe.longest:.2f} s"),
        ("last run finished", f"{last:.1f} s"),
        ("the same runs one after the other on one process", f"{sequential:.1f} s"),
        ("ratio", f"{last / sequential:.2f}"),
    ]


def rows_of_one_run(server: Server, count: int) -> list[tuple[str, str]]:
    (alone,) = in_thread(press_at_once(server, [Request("digits", 900)]))
    same = in_thread(press_at_once(server, [Request("digits", 901)] * count))
    answer = statistics.median(alone.answers)
    together = statistics.median(taken for told in same for taken in told.answers)
    began = max(told.began for told in same)
    return [
        (f"{count} press Train for one run: trainings", str(len({told.run for told in same}))),
        ("first epochs on every page, the slowest", f"{began:.2f} s"),
        ("an answer, compared with one viewer, medians", f"{together / answer:.1f} ×"),
    ]


def in_thread(viewers: Coroutine[object, object, Seen]) -> Seen:
    """Run a coroutine to its end; in a thread, as Playwright has a loop in this one."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, viewers).result()


if __name__ == "__main__":
    print(table(repetitions(30)))
