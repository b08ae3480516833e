"""What each command takes; what it does is in the module of its name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from l2viz.commands.picture_arguments import add_pictures
from l2viz.experiment.fields import SETTINGS
from l2viz.lesson import FILES


def parser(description: str | None, version: str) -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="l2viz", description=description)
    parser.add_argument("--version", action="version", version=f"%(prog)s {version}")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_page(commands)
    _add_train(commands)
    _add_lab(commands)
    add_pictures(commands)
    _add_site(commands)
    _add_pack(commands)
    summary = commands.add_parser(
        "summary",
        help="say which weights of a saved model are regularized",
        description="Print each variable of a saved Keras model: its regularizer, its penalty now, "
        "and the optimizer's own decay. Code inside the file is not run.",
    )
    summary.add_argument(
        "file", type=Path, metavar="MODEL.keras", help="written by model.save(...); .h5 too"
    )
    summary.add_argument("--json", action="store_true", help="print JSON")
    record = commands.add_parser(
        "record", help="train presets and scenes, and write their recorded runs"
    )
    record.add_argument("--into", type=Path, default=FILES / "recordings")
    measure = commands.add_parser("measure", help="run the studies over ten seeds")
    measure.add_argument("names", nargs="*", help="claims and presets; all if none is named")
    reference = commands.add_parser("reference", help="write a page of the public names")
    reference.add_argument("--into", type=Path, default=Path("build/reference.html"))
    return parser


def _add_page(commands: Any) -> None:
    of_streamlit = "Further options are Streamlit's own, such as --server.port 8502."
    commands.add_parser(
        "app",
        help="open the page; further options are Streamlit's own",
        description="Open the page, until Ctrl-C. It needs the extra of that name: "
        f"pip install 'l2viz[app]'. {of_streamlit}",
    )
    opened = commands.add_parser(
        "open",
        help="open the page on a recorded run, or on runs of one model",
        description="Open the page on what `l2viz train`, Recorder.save or Trajectory.save wrote. "
        f"Runs of one model at several strengths become a path. {of_streamlit}",
    )
    opened.add_argument("files", nargs="+", type=Path, metavar="RUN.npz")


def _add_lab(commands: Any) -> None:
    lab = commands.add_parser(
        "lab",
        help="write a run and its charts as one HTML file",
        description="Write a run, or the path of several, with its sliders and charts as one file "
        "that a browser opens without a server.",
    )
    lab.add_argument(
        "files", nargs="+", type=Path, metavar="RUN.npz", help="written by `train` or a Recorder"
    )
    lab.add_argument("--into", type=Path, required=True, metavar="LAB.html")


def _add_site(commands: Any) -> None:
    site = commands.add_parser(
        "site",
        help="write the whole lesson as a folder of pages",
        description="Write the lesson as a folder that any static host, or a disk, serves: the "
        "opening, all lessons, the guided tour, misconceptions, translator, reference and lesson "
        "plans. It needs the extra of that name: pip install 'l2viz[site]'.",
    )
    site.add_argument("into", type=Path, metavar="FOLDER", help="new, empty, or a site before")
    site.add_argument(
        "--address",
        default="",
        metavar="URL",
        help="where the site will stand, for search engines and link previews",
    )


def _add_pack(commands: Any) -> None:
    pack = commands.add_parser(
        "pack",
        help="write a scene of the tour, or all, as a ZIP for a course",
        description="Write all that belongs to scenes as one ZIP: the page with its sliders, "
        "pictures, a film, measurements, settings, Keras script, notebook and text. It needs the "
        "extra `pictures`, and pandas.",
    )
    pack.add_argument("into", type=Path, metavar="PACK.zip", help="the file to write")
    pack.add_argument(
        "--scene", action="append", default=[], metavar="NAME", help="by default every scene"
    )
    pack.add_argument("--without-film", action="store_true", help="write no film")


def _add_train(commands: Any) -> None:
    train = commands.add_parser(
        "train",
        help="train all strengths of an experiment, and write the run",
        description="Train all strengths of an experiment together. Print the score and the "
        "penalty of each, and write the run. What is not set is as in Experiment(). "
        "Exit status: 0 written, 1 training failed, 2 a setting is wrong, 130 stopped.",
        epilog="example: l2viz train dataset=digits epochs=40 strengths=0,0.001,0.01 "
        "--into run.npz",
    )
    train.add_argument(
        "settings",
        nargs="*",
        metavar="NAME=VALUE",
        help=f"settings, as in the page's address: {', '.join(SETTINGS)}",
    )
    train.add_argument(
        "--into", type=Path, required=True, metavar="RUN.npz", help="the file to write"
    )
    train.add_argument("--json", action="store_true", help="print JSON")
