"""The arguments of the commands that make pictures."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

_STATUS = "Exit status: 0 written, 1 not possible here, 2 an argument is wrong, 130 stopped."
_NEEDS = "It needs the extra: pip install 'l2viz[pictures]', and Chromium or Chrome."


def add_pictures(commands: Any) -> None:
    """Add the commands `figures`, `film` and `strip`."""
    _add_figures(commands)
    _add_film(commands)
    _add_strip(commands)


def _add_figures(commands: Any) -> None:
    figures = commands.add_parser(
        "figures",
        help="save charts of a run as PNG, SVG or PDF",
        description=f"Save charts of a run as pictures. {_NEEDS} {_STATUS}",
        epilog="example: l2viz figures run.npz --chart norms,gap --format png,pdf --into pictures",
    )
    _add_common(figures, "FOLDER", formats="png,svg,pdf", theme="print", size="800x450")
    figures.add_argument(
        "--chart",
        action="append",
        metavar="NAME",
        help="a chart, or several with commas; may be repeated; by default every chart of the run",
    )
    _add_scale(figures)


def _add_film(commands: Any) -> None:
    film = commands.add_parser(
        "film",
        help="save a chart over the epochs or the strengths as GIF, MP4 or WebM",
        description=f"Save a film of a chart. {_NEEDS} MP4 and WebM need ffmpeg. {_STATUS}",
        epilog="example: l2viz film run.npz --chart norms --over strengths --into norms.gif",
    )
    _add_common(film, "FOLDER_OR_FILE", formats="gif,mp4,webm", theme="light", size="800x450")
    film.add_argument("--chart", required=True, metavar="NAME")
    film.add_argument("--over", default="epochs", help="epochs (the default) or strengths")
    film.add_argument("--seconds", type=float, default=6.0, help="by default 6, and 1.5 at the end")
    film.add_argument("--frames", type=int, default=60, help="at most so many, by default 60")


def _add_strip(commands: Any) -> None:
    strip = commands.add_parser(
        "strip",
        help="save a chart at several strengths or epochs, side by side",
        description=f"Save one row of panels for print. {_NEEDS} {_STATUS}",
        epilog="example: l2viz strip run.npz --chart norms --strengths 0,0.01 --into strip.pdf",
    )
    _add_common(strip, "FOLDER_OR_FILE", formats="png,svg,pdf", theme="print", size="by panels")
    strip.add_argument("--chart", required=True, metavar="NAME")
    strip.add_argument("--strengths", metavar="λ,λ,…", help="one panel for each")
    strip.add_argument("--epochs", metavar="N,N,…", help="one panel for each")
    _add_scale(strip)


def _add_common(parser: ArgumentParser, into: str, *, formats: str, theme: str, size: str) -> None:
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="RUN.npz", help="written by `train` or a Recorder"
    )
    parser.add_argument("--into", required=True, metavar=into)
    parser.add_argument("--strength", metavar="λ", help="by default the best on validation data")
    parser.add_argument("--epoch", metavar="N", help="by default the last")
    parser.add_argument("--a", metavar="λ", help="pinned strength A")
    parser.add_argument("--b", metavar="λ", help="pinned strength B")
    parser.add_argument("--format", metavar="FORMAT,…", help=f"some of {formats}")
    parser.add_argument("--size", metavar="WIDTHxHEIGHT", help=f"CSS pixels, by default {size}")
    parser.add_argument("--theme", help=f"light, dark or print, by default {theme}")


def _add_scale(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scale",
        type=float,
        default=2.0,
        help="pixels of a PNG for each of its size, by default 2",
    )
