"""A class at one server: thirty viewers with runs of their own, or all with the same, as a table.

    python -m tests.benchmarks.class_of_thirty [viewers]

The viewers are WebSocket clients of Streamlit's own protocol that read their runs as the stage
does. Their runs are also trained one after the other on one process, in the same minutes, for
comparison.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import time

from l2viz.experiment import Experiment
from l2viz.experiment.url import from_query
from l2viz.trainer import Trainer
from tests.benchmarks.command import repetitions
from tests.benchmarks.viewer import Told, Viewer
from tests.browser.server import PROC, Server

DATASETS = ("digits", "curve", "moons")
TRACES_AND_WARMING = 20.0  # seconds for the processes to start


def query(number: int) -> str:
    return f"dataset={DATASETS[number % len(DATASETS)]}&seed={500 + number}"


async def all_at_once(server: Server, queries: list[str]) -> list[Told]:
    """Open all pages at the same moment and watch them to the end of their runs."""

    async def one(text: str) -> Told:
        async with Viewer(server.address, text) as viewer:
            return await viewer.watch()

    return await asyncio.gather(*(one(text) for text in queries))


async def after_one_who_leaves(server: Server) -> float:
    """Return the seconds of a short run whose viewer comes when that of a long one has left."""
    async with Viewer(server.address, "dataset=digits&epochs=3000&record_every=20&seed=9") as long:
        while not long.told.run:
            await asyncio.sleep(0.01)
        await asyncio.sleep(2.0)
    async with Viewer(server.address, "dataset=curve&seed=77") as short:
        return (await short.watch()).ended


def one_after_the_other(queries: list[str]) -> float:
    """Return the seconds to train the same runs on one process, warm, one after the other."""
    trainer = Trainer()
    trainer.start()
    try:
        for dataset in DATASETS:
            train(trainer, Experiment(dataset=dataset, seed=499))
        start = time.monotonic()
        for text in queries:
            named = dict(part.split("=") for part in text.split("&"))
            train(trainer, from_query(named, opening=Experiment()).experiment)
        return time.monotonic() - start
    finally:
        trainer.close()


def train(trainer: Trainer, experiment: Experiment) -> None:
    run = trainer.submit(experiment, client="benchmark")
    while not run.state.ended:
        time.sleep(0.002)
    assert run.state.status == "finished", run.state.message


def megabytes(pid: int) -> float:
    """Return the resident memory of a process."""
    status = (PROC / str(pid) / "status").read_text()
    (line,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
    return int(line) / 1024


def table(count: int) -> str:
    distinct = [query(number) for number in range(count)]
    with Server() as server:
        time.sleep(TRACES_AND_WARMING)
        asyncio.run(all_at_once(server, [f"dataset={name}&seed=498" for name in DATASETS]))
        own = asyncio.run(all_at_once(server, distinct))
        alone = asyncio.run(all_at_once(server, ["dataset=digits&seed=800"]))
        same = asyncio.run(all_at_once(server, ["dataset=digits&seed=801"] * count))
        left = asyncio.run(after_one_who_leaves(server))
        page, *workers = (megabytes(pid) for pid in (server.pid, *server.trainer_pids()))
        faults = len(re.findall(r"Traceback|ERROR|CRITICAL", server.output))
    sequential = one_after_the_other(distinct)
    first = max(told.first for told in own)
    last = max(told.ended for told in own)
    answer = statistics.median(alone[0].answers)
    together = statistics.median(time for told in same for time in told.answers)
    rows = [
        (f"{count} viewers with runs of their own: finished", f"{finished(own)} of {count}"),
        (
            "first place in the queue or first epoch, the slowest",
            f"{first:.1f} s",
        ),
        ("last run finished", f"{last:.1f} s"),
        ("the same runs one after the other on one process", f"{sequential:.1f} s"),
        ("ratio", f"{last / sequential:.2f}"),
        (f"{count} viewers with one run: trainings", str(len({told.run for told in same}))),
        ("an answer, compared with one viewer, medians", f"{together / answer:.1f} ×"),
        ("a short run, opened when the viewer of a long one has left", f"{left:.1f} s"),
        (
            "memory of the page's process, of each training process",
            f"{page:.0f} MB, {', '.join(f'{worker:.0f}' for worker in workers)} MB",
        ),
        ("errors in the log", str(faults)),
    ]
    lines = ["| a class at one server | |", "| --- | ---: |"]
    return "\n".join([*lines, *(f"| {words} | {value} |" for words, value in rows)])


def finished(told: list[Told]) -> int:
    return sum(each.state == "finished" for each in told)


if __name__ == "__main__":
    print(table(repetitions(30)))
