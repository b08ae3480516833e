"""A finer grid around the best strength, and new members for a finished path."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from l2viz.analysis.metrics import best_on_average
from l2viz.experiment import LARGEST_GRID, LARGEST_STRENGTH, Experiment
from l2viz.experiment.strength_grid import SMALLEST_STRENGTH, strength_grid, strength_text
from l2viz.trajectory import MEASURED, PICTURES, Array, RunContext, Snapshot, Trajectory
from l2viz.validation import InvalidValue

NEW_STRENGTHS = 8  # in a proposal, or fewer if the grid is nearly full
_COMPARED = ("train_data_loss", "val_data_loss", "kernel_norm", "sampled_weights")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What to train next.

    strengths   those of the path and the new ones, rising; only the path's if the grid is full
    sentence    where the best strength lies, and where the new ones lie
    at_edge     the best strength is the first or the last of the grid: a better one may lie beyond
    """

    strengths: tuple[float, ...]
    sentence: str
    at_edge: bool


def finer_grid(trajectory: Trajectory, count: int = NEW_STRENGTHS) -> Proposal:
    """Propose `count` log-spaced strengths around the one that is best on validation data.

    They lie between its two neighbours; at an edge of the grid, up to a factor of ten beyond it.
    With repeats, the best strength is the one with the best mean.
    """
    own = trajectory.experiment.strengths
    best = int(best_on_average(trajectory)[0][-1])
    count = min(count, LARGEST_GRID - len(own))
    strength, last = own[best], len(own) - 1
    text = strength_text(strength)
    if count < 1 or last == 0:
        return Proposal(strengths=own, sentence="The grid has no place for more.", at_edge=False)
    if best == 0:
        lowest, highest, at_edge = max(own[1] / 10.0, SMALLEST_STRENGTH), own[1], True
        sentence = f"The best strength is 0: the new ones lie below {strength_text(own[1])}."
    elif best == last:
        lowest, highest, at_edge = strength, min(strength * 10.0, LARGEST_STRENGTH), True
        sentence = f"The best strength, {text}, is the largest: the new ones lie beyond it."
    else:
        lowest = own[best - 1] if best > 1 else max(strength / 10.0, SMALLEST_STRENGTH)
        highest, at_edge = own[best + 1], best == 1
        sentence = f"The best strength is {text}: the new ones lie around it."
        if at_edge:
            sentence = (
                f"The best strength, {text}, is the smallest above 0: the new ones lie "
                "below and above it."
            )
    try:
        new = strength_grid(lowest, highest, count + 2)[2:-1]  # without 0 and the two ends
        if best == last:
            new = strength_grid(lowest, highest, count + 1)[2:]
    except InvalidValue:  # no four digits between them, or nothing beyond the largest λ there is
        sentence = f"There is no place for more strengths around the best, {text}."
        return Proposal(strengths=own, sentence=sentence, at_edge=at_edge)
    return Proposal(strengths=tuple(sorted({*own, *new})), sentence=sentence, at_edge=at_edge)


def missing_members(whole: Experiment, part: Experiment) -> Experiment | None:
    """Return an experiment with the members of `whole` that `part` does not have, and λ = 0.

    None if there is nothing to add or to reuse, or if the two differ in more than strengths.
    """
    missing = set(whole.strengths) - set(part.strengths)
    if (
        not missing
        or not set(part.strengths) < set(whole.strengths)
        or len(part.strengths) < 2
        or dataclasses.replace(part, strengths=whole.strengths) != whole
    ):
        return None
    return dataclasses.replace(whole, strengths=(0.0, *sorted(missing)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Merging:
    """Merge new members into a finished path, snapshot by snapshot.

    Both paths contain λ = 0, and its numbers must agree bit by bit: this shows that both were
    trained on the same data, in the same order, from the same weights. A path that trains all
    members together differs in the last bits (up to 3e-8), as sums depend on their number.
    """

    whole: Experiment
    finished: Trajectory

    def context(self, added: RunContext) -> RunContext:
        """Return the context of the merged run."""
        pictured = set(self.finished.context.picture_epochs) & set(added.picture_epochs)
        return dataclasses.replace(
            added, trained=self.whole, picture_epochs=tuple(sorted(pictured))
        )

    def snapshot(self, added: Snapshot) -> Snapshot:
        """Return all members at the epoch of `added`. Raises Disagreement."""
        ours = self._by_epoch[added.epoch]
        if not all(self._same_at_zero(ours, added, name) for name in _COMPARED):
            raise Disagreement(
                "λ = 0 of the new members is not λ = 0 of those there: they cannot be joined. "
                "Press Train to train all of them together."
            )
        merged: dict[str, Any] = {
            name: self._merged(getattr(ours, name), getattr(added, name)) for name in MEASURED
        }
        if ours.unit_pictures is None or added.unit_pictures is None:
            merged[PICTURES] = None
        return Snapshot(epoch=added.epoch, **merged)

    def kernels(self, added: Sequence[Array]) -> tuple[Array, ...]:
        """Return all members' kernels at the last epoch, as in Trajectory."""
        merged = [
            self._merged(mine, new) for mine, new in zip(self.finished.kernels, added, strict=True)
        ]
        return tuple(array for array in merged if array is not None)

    @property
    def added(self) -> Experiment:
        """Return the experiment to train: the missing members, and λ = 0."""
        added = missing_members(self.whole, self.finished.experiment)
        assert added is not None
        return added

    @functools.cached_property
    def _by_epoch(self) -> dict[int, Snapshot]:
        return {snapshot.epoch: snapshot for snapshot in self.finished.snapshots()}

    @property
    def _axis(self) -> int:
        """Return the index of the strength axis."""
        return self.whole.leading_axes

    def _same_at_zero(self, ours: Snapshot, added: Snapshot, name: str) -> bool:
        mine, new = (getattr(each, name).take(0, axis=self._axis) for each in (ours, added))
        return bool(np.array_equal(mine, new, equal_nan=True))

    def _merged(self, ours: Array | None, added: Array | None) -> Array | None:
        """Join both on the strength axis, sorted by strength, with λ = 0 once."""
        if ours is None or added is None:
            return None
        new = added.take(range(1, added.shape[self._axis]), axis=self._axis)
        have = self.finished.experiment.strengths
        order = np.argsort([*have, *(s for s in self.whole.strengths if s not in have)])
        return np.concatenate([ours, new], axis=self._axis).take(order, axis=self._axis)


class Disagreement(Exception):
    """The two paths differ at λ = 0 and cannot be merged; the message is shown to the viewer."""
