"""Runs the studies: trains their experiments over all seeds and checks their claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.studies.claims import CLAIMS
from l2viz.studies.presets import preset_studies
from l2viz.studies.roundoff import largest_difference, last_place_outcomes
from l2viz.studies.statistics import SEEDS, Verdict, over_seeds

LAST_PLACE = "last_place"
STUDIES = {**CLAIMS, **preset_studies()}
NAMES = (*STUDIES, LAST_PLACE)


def verdicts(names: Iterable[str] = NAMES) -> Iterator[tuple[str, Verdict]]:
    """Yield name and verdict of each study; an experiment of two studies is trained twice."""
    for name in names:
        yield name, _last_place() if name == LAST_PLACE else _measured(name)


def _measured(name: str) -> Verdict:
    """Train the experiments of a study and return its verdict."""
    study = STUDIES[name]
    paths = {
        key: [run(repeat) for repeat in experiment.each_repeat]
        for key, experiment in study.experiments.items()
    }
    verdict = study.verdict(paths)
    return Verdict(results={"seeds": SEEDS} | dict(verdict.results), holds=verdict.holds)


def _last_place() -> Verdict:
    """Return the verdict on rounding noise, trained by Keras's `fit`, which lets us add it.

    It holds if in most runs some weight ends more than 0.001 away from the run without noise.
    """
    experiment = Experiment(strengths=(0.0, 0.01))
    results: dict[str, float] = {"runs": SEEDS - 1}
    for name, strength in (("without", 0.0), ("held", 0.01)):
        outcomes = last_place_outcomes(experiment, strength=strength, count=SEEDS)
        moved = [outcome["moved"] for outcome in outcomes[1:]]
        results |= {
            f"{key}_{name}": value
            for key, value in largest_difference(outcomes).items()
            if key != "moved"
        }
        results |= over_seeds(f"moved_{name}", moved)
        results[f"apart_{name}"] = sum(distance > 1e-3 for distance in moved)
    return Verdict(results=results, holds=results["apart_without"] > results["runs"] / 2)
