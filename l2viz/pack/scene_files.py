"""A scene and its run -> the files of its folder in a course pack."""

from __future__ import annotations

import json
from pathlib import Path

from l2viz.analysis.metrics import best_strength
from l2viz.charts.core.saving import experiment_words
from l2viz.codegen import keras_notebook, keras_script
from l2viz.experiment.strength_grid import nearest_strength, strength_text
from l2viz.export import lab
from l2viz.lesson import Scene
from l2viz.pictures import save_figures, save_film
from l2viz.trajectory import Trajectory

FORMATS = ("png", "svg", "pdf")
_FRAMES = 40
_SECONDS = 4.0


def write_scene(scene: Scene, run: Trajectory, folder: Path, *, film: bool, verbose: bool) -> None:
    """Write all files of a scene."""
    (folder / "scene.md").write_text(scene_text(scene), encoding="utf-8")
    lab(run, title=scene.title).save(folder / "lab.html")
    run.save(folder / "run.npz")
    run.to_frame().to_csv(folder / "measurements.csv", index=False)
    fields = json.dumps(run.experiment.as_json(), indent=2)
    (folder / "experiment.json").write_text(f"{fields}\n", encoding="utf-8")
    strength = strength_of_code(scene, run)
    for name, write in (("keras_script.py", keras_script), ("notebook.ipynb", keras_notebook)):
        text = write(run.experiment, strength=strength)
        (folder / name).write_text(text, encoding="utf-8")
    _draw(scene, run, folder, film=film, verbose=verbose)


def strength_of_code(scene: Scene, run: Trajectory) -> float:
    """Return the strength that the code trains: the scene's, or the best if that is 0."""
    if scene.view.strength:
        member = nearest_strength(run.strengths, scene.view.strength)
    else:
        member = max(1, best_strength(run.twin()))
    return float(run.strengths[member])


def scene_text(scene: Scene) -> str:
    """Return a scene as Markdown: claim, text, question, answer, when it holds."""
    parts = [f"# {scene.title}"]
    if scene.claim:
        parts.append(f"**{scene.claim}**")
    parts.append(scene.text)
    if question := scene.question:
        choices = "\n".join(f"- {choice}" for choice in question.choices)
        parts.append(f"**Question.** {question.ask}\n\n{choices}")
        parts.append(f"**Answer.** {question.choices[question.answer]}. {question.why}")
    if scene.conditions:
        parts.append(scene.conditions)
    parts.append(f"The run: {experiment_words(scene.experiment)}, seed {scene.experiment.seed}.")
    return "\n\n".join(part.strip() for part in parts) + "\n"


def readme_lines(scene: Scene, run: Trajectory, *, film: bool) -> str:
    """Say what each file of a scene is."""
    code = strength_text(strength_of_code(scene, run))
    lines = [
        f"## {scene.key}/: {scene.title}",
        "",
        "- `scene.md`: text, question and answer",
        "- `lab.html`: the run with its charts and sliders; open it with a browser",
        "- `pictures/`: the scene's charts where it opens, as PNG, SVG and PDF",
        *(["- `film/`: the first chart over the epochs, as GIF"] if film else []),
        "- `measurements.csv`: penalty, seed, strength, epoch, layer, quantity, value",
        "- `run.npz`: all measurements, for `l2viz.open`",
        "- `experiment.json`: all settings, for `l2viz.Experiment.from_json`",
        f"- `keras_script.py`, `notebook.ipynb`: the training at λ = {code} in plain Keras",
    ]
    return "\n".join(lines)


def _draw(scene: Scene, run: Trajectory, folder: Path, *, film: bool, verbose: bool) -> None:
    """Draw the scene's charts at its view, and a film of the first one."""
    view = scene.view
    strength = float(run.strengths[nearest_strength(run.strengths, view.strength)])
    save_figures(
        run,
        folder / "pictures",
        charts=view.charts,
        strength=strength,
        epoch=view.epoch,
        formats=FORMATS,
        verbose=verbose,
    )
    if film:
        (folder / "film").mkdir()
        chart = (view.charts or ("loss_ledger",))[0]
        save_film(
            run,
            folder / "film",
            chart=chart,
            strength=strength,
            formats=("gif",),
            frames=_FRAMES,
            seconds=_SECONDS,
            verbose=verbose,
        )
