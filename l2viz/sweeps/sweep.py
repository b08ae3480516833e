"""l2viz.sweep: a function of the strength that returns a compiled model becomes a path."""

from __future__ import annotations

import dataclasses
import itertools
import pickle
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from typing import Any

from l2viz.progress import Progress
from l2viz.sweeps.building import KerasSettings
from l2viz.sweeps.examples import Examples
from l2viz.sweeps.plan import LARGEST_KEPT, Plan, Trained
from l2viz.sweeps.shard import train, train_elsewhere
from l2viz.trajectory import Trajectory
from l2viz.trajectory.merging import merge
from l2viz.trajectory.recorded_model import LARGEST
from l2viz.validation import InvalidValue, as_tuple, flag, integer, number


def sweep(
    build_model: Callable[[float], Any],
    data: object,
    strengths: Sequence[float],
    *,
    validation_data: object = None,
    epochs: int = 10,
    batch_size: int = 32,
    seed: int = 0,
    sample: object = None,
    together: bool | None = None,
    executor: Executor | None = None,
    shard_size: int = 4,
    name: str | None = None,
    verbose: bool = True,
) -> Trajectory:
    """Train a model of your own at many strengths, and return what was measured as one path.

    Members that differ in the strengths of their regularizers alone are trained together, in one
    compiled step; others one after another, with `fit`. It prints which, and why: see
    `l2viz.stackable`. Either way each member is what a `fit` of its own gives, in the same order of
    the examples.

    Parameters
    ----------
    build_model : function of float
        Returns a compiled `keras.Model` for a strength λ. While it is called, Python's `random` has
        the `seed`, from which layers without a seed draw theirs: so all members begin with equal
        weights.
    data : tuple of inputs and targets, or inputs, targets and sample weights
        Arrays of numbers, or structures of them for several inputs or outputs.
    strengths : sequence of float
        λ of each member, rising, from 0 if there are several; see `l2viz.strength_grid`.
    validation_data : tuple, optional
        Like `data`: evaluated after each epoch.
    epochs, batch_size : int
        As of `fit`. The last batch of an epoch may be smaller.
    seed : int
        Of the order of the examples, a new one in each epoch, and of unseeded layers.
    sample : tuple, optional
        Like `data`: examples on which gradients are measured, see `l2viz.Recorder`.
    together : bool, optional
        True refuses models that cannot be trained together, False trains none so.
    executor : concurrent.futures.Executor, optional
        Trains shards of the path: processes, ``client.get_executor()`` of Dask, or any other. For
        processes `build_model` must be a function that they can import.
    shard_size : int
        Members of a shard, for an executor.
    name : str, optional
        Of the run; by default the model's.
    verbose : bool
        Whether a line says how members are trained, and, on a terminal, a bar how far it is.

    Returns
    -------
    Trajectory
        As `l2viz.merge` makes of runs recorded with `l2viz.Recorder`, and with the last kernels,
        unless they are more than 20 million numbers.

    Raises
    ------
    InvalidValue
        A ValueError that names the argument, the rule and the value.
    KeyboardInterrupt
        On Ctrl-C, if nothing has been finished. Otherwise it returns what has been: the finished
        members, or the finished epochs of those that were trained first. A warning says so.

    Notes
    -----
    The models that `build_model` returned in this process have their last weights afterwards. It is
    called more than once for some strengths: the last model of a strength is the trained one.

    Members in one stack have equal bits at every repetition; in stacks of another size their last
    bits may differ.
    """
    given = _checked_strengths(strengths)
    plan = Plan(
        build_model=_checked_function(build_model),
        examples=Examples.of("data", data),
        validation=None
        if validation_data is None
        else Examples.of("validation_data", validation_data),
        epochs=integer("epochs", epochs, 1, 10**6),
        batch_size=integer("batch_size", batch_size, 1, 10**9),
        seed=integer("seed", seed, 0, 2**32 - 1),
        sample=None if sample is None else Examples.of("sample", sample).parts,
        together=None if together is None else flag("together", together),
        name=_checked_name(name),
    )
    progress = Progress(len(given) * plan.epochs, shown=_shown(verbose))
    try:
        if executor is None:
            trained = train(plan, given, progress)
        else:
            size = integer("shard_size", shard_size, 1, 10**6)
            shards = [given[start : start + size] for start in range(0, len(given), size)]
            trained = _spread(plan, shards, executor, progress)
    finally:
        progress.end()
    return _joined(plan, given, trained)


def _spread(
    plan: Plan, shards: list[tuple[float, ...]], executor: Executor, progress: Progress
) -> Trained:
    """Train shards with an executor; after Ctrl-C return those that have ended."""
    if not isinstance(executor, Executor):
        raise InvalidValue("executor", "be a concurrent.futures.Executor", executor)
    if isinstance(executor, ProcessPoolExecutor):
        _check_importable(plan.build_model)
    settings = KerasSettings.now()
    futures: list[Future[Trained]] = [
        executor.submit(train_elsewhere, plan, shard, settings) for shard in shards
    ]
    done: dict[Future[Trained], Trained] = {}
    interrupted = False
    try:
        for future in as_completed(futures):
            done[future] = found = future.result()
            how = f"one after another with fit: {found.reason}" if found.reason else "together"
            progress.say(f"shards of up to {len(shards[0])} strengths, {how}.")
            progress.advance(len(found.runs) * plan.epochs)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        for future in futures:
            future.cancel()
    ended = [done[future] for future in futures if future in done]
    return sum(ended, Trained(runs=(), reason="", interrupted=interrupted))


def _check_importable(build_model: Callable[[float], Any]) -> None:
    try:
        pickle.dumps(build_model)
    except (AttributeError, TypeError, pickle.PicklingError):
        rule = "be a function that other processes can import"
        raise InvalidValue("build_model", rule, build_model) from None


def _joined(plan: Plan, strengths: tuple[float, ...], trained: Trained) -> Trajectory:
    """Return the path of all runs; of an interrupted sweep, of the finished ones."""
    runs = [run for run in trained.runs if run.epochs[-1] == plan.epochs]
    if not trained.interrupted:
        return merge(_light(runs))
    runs = runs or [run for run in trained.runs if run.epochs[-1] > 0]
    if all(float(run.strengths[0]) != strengths[0] for run in runs):
        raise KeyboardInterrupt
    path = merge(_light(runs))
    warnings.warn(
        f"l2viz.sweep: interrupted; the path has {len(runs)} of {len(strengths)} strengths and "
        f"{path.epochs[-1]} of {plan.epochs} epochs.",
        UserWarning,
        stacklevel=3,
    )
    return path


def _light(runs: list[Trajectory]) -> list[Trajectory]:
    """Leave out kernels that would be too many."""
    if sum(kernel.size for run in runs for kernel in run.kernels) <= LARGEST_KEPT:
        return runs
    return [dataclasses.replace(run, kernels=()) for run in runs]


def _checked_strengths(strengths: object) -> tuple[float, ...]:
    given = as_tuple("strengths", strengths, "numbers")
    checked = tuple(number("strengths", strength, 0.0, LARGEST) for strength in given)
    rising = all(one < other for one, other in itertools.pairwise(checked))
    if not checked or not rising or (len(checked) > 1 and checked[0] != 0.0):
        raise InvalidValue("strengths", "rise, from 0 if there are several", strengths)
    return checked


def _checked_function(build_model: object) -> Callable[[float], Any]:
    if not callable(build_model):
        raise InvalidValue("build_model", "be a function of the strength", build_model)
    return build_model


def _checked_name(name: object) -> str | None:
    if name is not None and not isinstance(name, str):
        raise InvalidValue("name", "be text", name)
    return name


def _shown(verbose: object) -> bool:
    return bool(verbose) if verbose in (0, 1) else flag("verbose", verbose)
