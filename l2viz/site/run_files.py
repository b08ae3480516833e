"""The runs of a site: of each, a part for each page that opens with it, and one with all charts."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import zlib

from l2viz.charts import charts_of, usual_charts
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import nearest_strength
from l2viz.experiment.url import View
from l2viz.export import lab
from l2viz.export.answer import answer_parts
from l2viz.export.packing import Parts, compressed
from l2viz.lesson import FILES
from l2viz.lesson.recorded import recorded_experiments
from l2viz.trajectory import Trajectory
from l2viz.validation import InvalidValue


class RunFiles:
    """Collects the parts of runs, each once.

    files   by address
    """

    def __init__(self) -> None:
        self._keys = {each: key for key, each in recorded_experiments().items()}
        self._runs: dict[Experiment, Trajectory] = {}
        self._listed: dict[Experiment, tuple[str, ...]] = {}
        self._parts: dict[tuple[Experiment, tuple[str, ...]], str] = {}
        self.files: dict[str, bytes] = {}

    def run(self, experiment: Experiment) -> Trajectory:
        """Return the recorded run of an experiment.

        Raises InvalidValue, a ValueError, if there is none that can be read.
        """
        if experiment not in self._runs:
            key = self._keys[experiment]
            try:
                found = Trajectory.load(FILES / "recordings" / f"{key}.npz")
            except (OSError, ValueError) as problem:
                rule = f"be recorded: python -m l2viz record ({problem})"
                raise InvalidValue("lesson", rule, key) from None
            if found.experiment != experiment:
                raise InvalidValue("lesson", "be recorded anew: python -m l2viz record", key)
            self._runs[experiment] = found
        return self._runs[experiment]

    def view(self, experiment: Experiment, view: View) -> View:
        """Return a view at strengths that the run has, as the stage reports them."""
        strengths = self.run(experiment).strengths

        def there(strength: float | None) -> float | None:
            if strength is None:
                return None
            return float(strengths[nearest_strength(strengths, strength)])

        strength = there(view.strength) or 0.0
        return dataclasses.replace(view, strength=strength, a=there(view.a), b=there(view.b))

    def opening(self, experiment: Experiment, charts: tuple[str, ...] | None) -> str:
        """Add the part that a page opens with, and return its name."""
        run = self.run(experiment)
        names = charts or tuple(chart.name for chart in usual_charts(charts_of(run)))
        return self._add(experiment, names)

    def whole(self, experiment: Experiment) -> str:
        """Add the part with all charts that go into a file, and return its name."""
        return self._add(experiment, self._charts(experiment))

    def _charts(self, experiment: Experiment) -> tuple[str, ...]:
        """Return the charts that the pages of a run offer: those of its lab."""
        if experiment not in self._listed:
            self._listed[experiment] = lab(self.run(experiment)).charts
        return self._listed[experiment]

    def _add(self, experiment: Experiment, charts: tuple[str, ...]) -> str:
        at = experiment, charts
        if at not in self._parts:
            listed = {*self._charts(experiment), *charts}
            parts = answer_parts(self.run(experiment), charts, listed=listed)
            text = _text(parts)
            name = f"{self._keys[experiment]}-{hashlib.sha256(text).hexdigest()[:10]}"
            self._parts[at] = name
            self.files[f"files/runs/{name}.js"] = b"(globalThis.l2vizRuns ??= {})[%s] = %s;\n" % (
                json.dumps(name).encode(),
                json.dumps(text.decode()).encode(),
            )
        return self._parts[at]


def _text(parts: Parts) -> bytes:
    """Compress by the strategy that takes fewer bytes: it depends on how rare repeats are."""
    packed = parts.packed()
    strategies = zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED
    return base64.b64encode(min((compressed(packed, each) for each in strategies), key=len))
