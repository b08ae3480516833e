"""Scenes -> one ZIP, whole or not at all."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from l2viz.lesson import Scene, read_lesson
from l2viz.pack.scene_files import readme_lines, write_scene
from l2viz.site.run_files import RunFiles
from l2viz.validation import InvalidValue
from l2viz.writing import beside, file_path, path_errors

_TIME = (2020, 1, 1, 0, 0, 0)  # equal contents give equal files


def write_pack(
    into: str | Path,
    scenes: Sequence[str] = (),
    *,
    film: bool = True,
    verbose: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[str, ...]:
    """Write all that belongs to scenes as a ZIP with a folder for each; return its names.

    Raises InvalidValue, a ValueError, for a scene that there is not and a file that cannot be
    written; ImportError where pandas or kaleido is missing; OSError without a browser.

    into      the file
    scenes    their keys; all scenes of the tour if none is named
    film      whether there is a film of each scene's first chart
    verbose   whether a terminal shows a bar for pictures
    progress  is called with the key of each scene
    """
    target = file_path(into, field="into")
    chosen = _chosen(scenes)
    runs = RunFiles()
    parts = [_HEAD.format(keys=" ".join(f"--scene {key}" for key in scenes))]
    with tempfile.TemporaryDirectory(prefix="l2viz-pack-") as made:
        folder = Path(made)
        for scene in chosen:
            progress(scene.key)
            run = runs.run(scene.experiment)
            (folder / scene.key).mkdir()
            write_scene(scene, run, folder / scene.key, film=film, verbose=verbose)
            parts.append(readme_lines(scene, run, film=film))
        (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        with path_errors(str(into), field="into"), beside(target) as new:
            return _zip(folder, new)


_HEAD = """# Course pack

Made by `l2viz pack PACK.zip {keys}`, which makes it anew.
The runs are those of the guided tour. To train with other settings, start `l2viz app`,
or change `experiment.json`."""


def _chosen(keys: Sequence[str]) -> list[Scene]:
    """Return the scenes of these keys, in the order of the tour. Raise InvalidValue for others."""
    scenes = read_lesson().scenes
    known = [scene.key for scene in scenes]
    for key in keys:
        if key not in known:
            raise InvalidValue("scene", f"be one of {', '.join(known)}", key)
    return [scene for scene in scenes if not keys or scene.key in keys]


def _zip(folder: Path, target: Path) -> tuple[str, ...]:
    """Put all files of a folder into a ZIP, sorted; return their names in it."""
    names = []
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as pack:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                entry = zipfile.ZipInfo(name, _TIME)
                entry.external_attr = 0o644 << 16
                pack.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
                names.append(name)
    return tuple(names)
