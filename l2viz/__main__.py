"""See what L2 regularization does to a network: open the page, train, look at your own model."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from l2viz import __version__
from l2viz.commands.arguments import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    commands = parser(__doc__, __version__)
    chosen, others = commands.parse_known_args(arguments)
    if others and chosen.command not in ("app", "open"):
        commands.error(f"unrecognized arguments: {' '.join(others)}")
    return _run(chosen, others)


def _run(chosen: argparse.Namespace, others: Sequence[str]) -> int:
    """Run the chosen command, and import only what it needs."""
    if chosen.command in ("app", "open"):
        from l2viz.commands import app

        return app.app(others) if chosen.command == "app" else app.open_runs(chosen.files, others)
    if chosen.command == "train":
        from l2viz.commands import training

        return training.train(chosen.settings, chosen.into, as_json=chosen.json)
    if chosen.command == "lab":
        from l2viz.commands import lab_file

        return lab_file.write(chosen.files, chosen.into)
    if chosen.command in ("figures", "film", "strip"):
        from l2viz.commands import pictures

        make: Callable[[argparse.Namespace], int] = getattr(pictures, chosen.command)
        return make(chosen)
    if chosen.command == "summary":
        from l2viz.commands import summary

        return summary.summary(chosen.file, as_json=chosen.json)
    if chosen.command == "reference":
        from l2viz.commands import reference

        return reference.reference(chosen.into)
    if chosen.command == "site":
        from l2viz.commands import site

        return site.site(chosen.into, chosen.address)
    if chosen.command == "pack":
        from l2viz.commands import pack

        return pack.pack(chosen.into, chosen.scene, film=not chosen.without_film)
    from l2viz.commands import lesson_files

    if chosen.command == "record":
        return lesson_files.record(chosen.into)
    return lesson_files.measure(chosen.names)


if __name__ == "__main__":
    raise SystemExit(main())
