"""The status of the server as a page that reloads itself: for a teacher, and for an operator."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from l2viz.trainer.sentences import duration
from l2viz.trainer.status import RunLine, TrainerStatus

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width">
<title>l2viz: status</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 16px/1.5 "Source Sans", sans-serif; max-width: 44rem; margin: 2rem auto; }}
  body {{ padding: 0 1rem; }}
  table {{ border-collapse: collapse; width: 100%; }}
  th, td {{ text-align: left; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid #8884; }}
  td:not(:first-child), th:not(:first-child) {{ text-align: right; }}
</style>
</head>
<body>
<h1>l2viz: status</h1>
<p>{summary}</p>
{tables}
</body>
</html>
"""
_MEGA = 1e6


def status_page(status: TrainerStatus) -> str:
    """Return the page as HTML."""
    tables = [
        _table("In training", ("data", "networks", "epoch", "left", "viewers"), status.training),
        _table("Waiting", ("data", "networks", "epoch", "left", "viewers"), status.waiting),
    ]
    processes = [("page", "", _megabytes(status.bytes))]
    processes += [("training", line.state, _megabytes(line.bytes)) for line in status.workers]
    tables.append(_rows("Processes", ("process", "state", "memory"), processes))
    return _PAGE.format(summary=escape(_summary(status)), tables="\n".join(tables))


def _summary(status: TrainerStatus) -> str:
    if status.unavailable_because:
        return status.unavailable_because
    training, waiting = len(status.training), len(status.waiting)
    if not training:
        return f"Nothing is trained now. {status.kept_runs} runs can be shown."
    runs = "1 run is" if training == 1 else f"{training} runs are"
    last = max(line.seconds_left for line in (*status.training, *status.waiting))
    return f"{runs} trained, {waiting} wait; all have ended in about {duration(last)}."


def _table(title: str, heads: tuple[str, ...], lines: Iterable[RunLine]) -> str:
    rows = [
        (
            line.dataset,
            str(line.members),
            f"{'–' if line.epoch is None else line.epoch} of {line.epochs}",
            duration(line.seconds_left),
            str(line.viewers),
        )
        for line in lines
    ]
    return _rows(title, heads, rows) if rows else ""


def _rows(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "\n".join(
        f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows
    )
    return f"<h2>{escape(title)}</h2>\n<table>\n<tr>{head}</tr>\n{body}\n</table>"


def _megabytes(size: int | None) -> str:
    return "unknown" if size is None else f"{size / _MEGA:.0f} MB"
