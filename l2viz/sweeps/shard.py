"""Some strengths of a sweep, trained in one process: together where that can be."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Sequence
from typing import Any

import keras

from l2viz.progress import Progress
from l2viz.recorder.recorder import Recorder
from l2viz.sweeps.building import KerasSettings
from l2viz.sweeps.examples import OrderedBatches, orders
from l2viz.sweeps.plan import Plan, Trained, with_kernels
from l2viz.sweeps.stackable import difference, stackable
from l2viz.trajectory import Trajectory
from l2viz.validation import InvalidValue


def train_elsewhere(plan: Plan, strengths: Sequence[float], settings: KerasSettings) -> Trained:
    """Train in a process of an executor, with the settings that Keras has in the caller's."""
    if multiprocessing.parent_process() is not None and keras.backend.backend() == "tensorflow":
        from l2viz.engine.threads import set_threads

        set_threads(1)  # the other processes use the other cores
    with settings.used():
        return train(plan, strengths, Progress(1, shown=False))


def train(plan: Plan, strengths: Sequence[float], progress: Progress) -> Trained:
    """Train the members of these strengths; after Ctrl-C return what there is."""
    done = Trained(runs=(), reason="together is False")
    if plan.together is not False:
        done = _together(plan, strengths, progress)
        if done.reason and plan.together:
            raise InvalidValue("together", f"not be True here: {done.reason}", True)
    rest = strengths[len(done.runs) :]
    if done.interrupted or not rest:
        return done
    progress.say(f"{len(rest)} strengths, one after another with fit: {done.reason}.")
    return done + _one_by_one(plan, rest, progress)


def _together(plan: Plan, strengths: Sequence[float], progress: Progress) -> Trained:
    """Train stack after stack, until one cannot be stacked."""
    (first,) = plan.models(strengths[:1])
    if reason := stackable(first):
        return Trained(runs=(), reason=reason)
    from l2viz.sweeps.stacked_training import StackedTraining, largest_stack  # TensorFlow alone

    stacks = math.ceil(len(strengths) / largest_stack(first, plan))
    size = math.ceil(len(strengths) / stacks)
    done, kept = Trained(runs=(), reason=""), None
    for start in range(0, len(strengths), size):
        own = list(strengths[start : start + size])
        models = plan.models(own + own[-1:] * (size - len(own)))  # of one size: traced once
        reason = next((found for model in models if (found := stackable(model))), "")
        reason = reason or difference(models)
        if not reason:
            training = StackedTraining(plan, own, models, kept)
            reason, kept = training.problem, training.program
        if reason:
            return done + Trained(runs=(), reason=reason)
        progress.say(f"{len(strengths)} strengths, {min(size, len(strengths))} at a time.")
        done += training.train(progress)
        if done.interrupted:
            break
    return done


def _one_by_one(plan: Plan, strengths: Sequence[float], progress: Progress) -> Trained:
    """Call `fit` for one strength after the other."""
    runs: list[Trajectory] = []
    tick = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: progress.advance(1))
    for strength in strengths:
        recorder = Recorder(sample=plan.sample, strength=strength, name=plan.name)
        try:
            (model,) = plan.models([strength])
            fit(plan, model, [recorder, tick])
        except KeyboardInterrupt:
            if recorder.has_recorded:
                runs.append(recorder.trajectory)
            return Trained(runs=tuple(runs), reason="", interrupted=True)
        runs.append(with_kernels(recorder.trajectory, model))
    return Trained(runs=tuple(runs), reason="")


def fit(plan: Plan, model: Any, callbacks: list[Any]) -> None:
    """Call `fit` as a sweep does, which shuffles by its own seed."""
    batches = OrderedBatches(plan.examples, plan.batch_size)
    following = orders(plan.seed, plan.examples.count)

    def shuffle(epoch: int, logs: Any) -> None:
        batches.order = next(following)

    model.fit(
        batches,
        shuffle=False,
        epochs=plan.epochs,
        verbose=0,
        callbacks=[*callbacks, keras.callbacks.LambdaCallback(on_epoch_begin=shuffle)],
        validation_data=None if plan.validation is None else plan.validation.parts,
        validation_batch_size=plan.batch_size,
    )
