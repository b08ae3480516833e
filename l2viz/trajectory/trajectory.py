"""Trajectory: what was measured of a path, epoch by epoch. numpy only."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from l2viz.experiment import Experiment
from l2viz.trajectory import file_format
from l2viz.trajectory.array_checks import check_arrays
from l2viz.trajectory.frame import summary_frame
from l2viz.trajectory.html_table import html_table
from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import (
    MEASURED,
    PICTURES,
    SUMMARIES,
    Array,
    Measured,
    RunContext,
    Snapshot,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False)
class Trajectory(Measured):
    """All measurements of a path: the arrays of Measured, with an epoch axis after the strengths.

    Attributes
    ----------
    context : RunContext
        All that is known before the first step.
    strengths : array (K,), float64
        Rising, the first is 0.
    epochs : array (E+1,), int64
        The recorded epochs; the first is 0, the initialization.
    kernels : tuple of L arrays (K, *kernel shape)
        The regularized kernels at the last epoch, of the first repeat, in the experiment's dtype.
        With several twins or repeats (T, 1, K, *kernel shape). Empty while the path is training.
    **measured
        Every field of `Measured` as (K, E+1, ...); unit_pictures as (K, P, ...), with P the
        `picture_epochs` reached. With several twins or repeats two more axes come first,
        (T, R, K, E+1, ...), from which `twin` and `repeats` select.

    Notes
    -----
    Whole kernels are kept at the last epoch alone. Every recorded epoch keeps the summaries, and
    as details 128 weights of each kernel with their gradients and velocities, 61 bins, 33
    thresholds, the norms of 64 units, and a boundary of 40 × 40. Pictures are of 16 units, at every
    recorded epoch, or at 12 epochs where all would take more than 8 MB. 32 strengths × 200 epochs
    of 784-64-32-10 take 61 MB; all kernels would take 1.35 GB.
    """

    context: RunContext
    strengths: Array
    epochs: Array
    kernels: tuple[Array, ...] = ()

    @property
    def experiment(self) -> Experiment:
        """Return the experiment that was trained. Raises TypeError for anyone's own model."""
        return self.context.experiment

    @property
    def trained(self) -> Experiment | RecordedModel:
        """Return what was trained: an experiment, or a model whose training was recorded."""
        return self.context.trained

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Return the names of the regularized kernels, in the order of every L axis."""
        return self.context.layer_names

    @classmethod
    def of(
        cls,
        context: RunContext,
        snapshots: Sequence[Snapshot],
        kernels: Sequence[Array] = (),
    ) -> Trajectory:
        """Return the trajectory of consecutive snapshots.

        Parameters
        ----------
        context : RunContext
            Of the run that the snapshots are from.
        snapshots : sequence of Snapshot
            At least one; their arrays are copied.
        kernels : sequence of arrays, optional
            The regularized kernels at the last epoch.

        Returns
        -------
        Trajectory
        """
        axis = context.trained.leading_axes + 1
        measured = {}
        for name in MEASURED:
            taken = [
                array for snapshot in snapshots if (array := getattr(snapshot, name)) is not None
            ]
            if taken:
                measured[name] = np.stack(taken, axis=axis)
        return cls(
            context=context,
            strengths=np.array(context.trained.strengths),
            epochs=np.array([snapshot.epoch for snapshot in snapshots]),
            kernels=tuple(kernels),
            **measured,
        )

    def snapshots(self) -> list[Snapshot]:
        """Return one snapshot for each recorded epoch; the arrays are views."""
        snapshots = []
        for position, epoch in enumerate(self.epochs):
            measured: dict[str, Any] = {name: self._at(name, position) for name in MEASURED}
            snapshots.append(Snapshot(epoch=int(epoch), **measured))
        return snapshots

    def after(self, count: int) -> Trajectory:
        """Return the trajectory without its first `count` snapshots; at least one must remain."""
        return Trajectory.of(self.context, self.snapshots()[count:], self.kernels)

    def _at(self, name: str, position: int) -> Array | None:
        """Return an array at the epoch of this position; None where it has none."""
        array: Array | None = getattr(self, name)
        if array is None:
            return None
        if name == PICTURES:
            pictured = np.flatnonzero(self.pictured == self.epochs[position])
            if not pictured.size:
                return None
            position = int(pictured[0])
        return np.moveaxis(array, self.trained.leading_axes + 1, 0)[position]

    @property
    def pictured(self) -> Array:
        """Return the epochs that have pictures, (P,)."""
        return np.intersect1d(self.context.picture_epochs, self.epochs)

    @property
    def kept_pictures(self) -> Array:
        """Return the positions on the epoch axis that have pictures, (P,)."""
        return np.flatnonzero(np.isin(self.epochs, self.pictured))

    def twin(self, penalty: str | None = None) -> Trajectory:
        """Return the path of one penalty: its first repeat, without twin and repeat axes.

        Parameters
        ----------
        penalty
            One of the experiment's penalties; the first one if it is not named.

        Returns
        -------
        Trajectory
            With arrays of shape (K, E+1, ...).

        Raises
        ------
        ValueError
            For a penalty that was not trained.

        """
        position = self._twin_position(penalty)
        if self.trained.leading_axes == 0:
            return self
        experiment = self.experiment
        alone = dataclasses.replace(
            experiment, penalties=(experiment.penalties[position],), repeats=1
        )
        measured: dict[str, Any] = {
            name: array[position, 0]
            for name in MEASURED
            if (array := getattr(self, name)) is not None
        }
        return dataclasses.replace(
            self,
            context=dataclasses.replace(self.context, trained=alone),
            kernels=tuple(kernel[position, 0] for kernel in self.kernels),
            **measured,
        )

    def repeats(self, name: str, penalty: str | None = None) -> Array:
        """Return one summary, for every repeat of one penalty.

        Parameters
        ----------
        name
            One of `l2viz.trajectory.SUMMARIES`.
        penalty
            One of the experiment's penalties; the first one if it is not named.

        Returns
        -------
        array
            (R, K, E+1, ...), float32 or the experiment's dtype.

        Raises
        ------
        ValueError
            For a penalty that was not trained, for an array that is not a summary, and for one
            that this run does not measure.

        """
        if name not in SUMMARIES:
            raise ValueError(f"name must be one of {', '.join(SUMMARIES)}, got {name!r}")
        array: Array | None = getattr(self, name)
        if array is None:
            raise ValueError(f"name must be something this run measures, got {name!r}")
        position = self._twin_position(penalty)
        return array[None] if self.trained.leading_axes == 0 else array[position]

    def _twin_position(self, penalty: str | None) -> int:
        """Return the index of a penalty on the twin axis. Raises ValueError."""
        penalties = self.trained.penalties
        if penalty is None:
            return 0
        if penalty not in penalties:
            raise ValueError(f"penalty must be one of {', '.join(penalties)}, got {penalty!r}")
        return penalties.index(penalty)

    def arrays(self) -> dict[str, Array]:
        """Return all arrays, by their names in a file."""
        measured = {name: getattr(self, name) for name in MEASURED}
        kernels = {f"kernel.{layer}": kernel for layer, kernel in enumerate(self.kernels)}
        arrays = {name: array for name, array in measured.items() if array is not None}
        return arrays | kernels | {"epochs": self.epochs}

    def to_frame(self) -> pd.DataFrame:
        """Return the summaries as a tidy table: one number in each row.

        Returns
        -------
        pandas.DataFrame
            With the columns ``strength`` (λ), ``epoch``, ``layer`` ("" for what is of the whole
            network), ``quantity`` (the name of a field of `Measured` that is a summary) and
            ``value``. With several penalties or seeds, also ``penalty`` and ``seed``. Curves and
            details, such as histograms and single weights, are not in it.

        Raises
        ------
        ImportError
            If pandas is not installed.

        """
        measured = {name: getattr(self, name) for name in SUMMARIES}
        return summary_frame(self.context, self.epochs, measured)

    def _repr_html_(self) -> str:
        """Return a table of all strengths at the last epoch, for a notebook."""
        return html_table(self.context, int(self.epochs[-1]), self.twin())

    def __repr__(self) -> str:
        trained, (*_, last) = self.trained, self.epochs
        name = trained.name if isinstance(trained, RecordedModel) else trained.dataset
        return (
            f"<Trajectory of {name}: {', '.join(trained.penalties)}, "
            f"{len(self.strengths)} strengths, {len(self.epochs)} recorded epochs up to {last}>"
        )

    def save(self, path: str | Path) -> None:
        """Write one compressed, lossless file of numpy's `.npz` format.

        Parameters
        ----------
        path
            The file, whatever its ending. It is replaced if it exists; if it cannot be written
            whole, the old one stays.

        Raises
        ------
        OSError
            If the file cannot be written.

        """
        file_format.write(Path(path), self.context, self.arrays())

    @classmethod
    def load(cls, path: str | Path, content: IO[bytes] | None = None) -> Trajectory:
        """Read what `save` wrote, or a recorded run of the package.

        Parameters
        ----------
        path
            The file.
        content
            Its bytes, if they are there already; the path is then a name for messages alone.

        Returns
        -------
        Trajectory
            Equal to the one that was saved, to the last bit.

        Raises
        ------
        OSError
            If there is no such file, or it may not be read.
        ValueError
            If the file is not a saved trajectory; the message names the file and the reason.

        """
        path = Path(path)
        try:
            with contextlib.nullcontext(content) if content else path.open("rb") as stream:
                context, arrays = file_format.read(stream)
            check_arrays(context, arrays)
        except ValueError as problem:
            raise ValueError(f"{path} is not a saved trajectory: {problem}") from None
        count = sum(name.startswith("kernel.") for name in arrays)
        return cls(
            context=context,
            strengths=np.array(context.trained.strengths),
            epochs=arrays["epochs"],
            kernels=tuple(arrays[f"kernel.{layer}"] for layer in range(count)),
            **{name: arrays[name] for name in MEASURED if name in arrays},
        )
