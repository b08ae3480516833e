"""The members of a shard trained in one compiled step, and each recorded as by a Recorder."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from l2viz.interop.regularizers import reason as in_one_line
from l2viz.progress import Progress
from l2viz.recorder.penalty_terms import MeanOverSteps
from l2viz.recorder.recording import Recording
from l2viz.recorder.sample import Sample
from l2viz.sweeps.examples import orders
from l2viz.sweeps.first_step import problem_of
from l2viz.sweeps.member_step import is_fastest_alone, patches_of
from l2viz.sweeps.plan import LARGEST_STACK, LARGEST_TRAINED, Plan, Trained, with_kernels
from l2viz.sweeps.stacked_program import Scores, StackedProgram
from l2viz.trajectory import Array


def largest_stack(model: Any, plan: Plan) -> int:
    """Return how many members like this one are trained together, at least one."""
    weights = sum(math.prod(variable.shape) for variable in model.trainable_variables)
    size = min(plan.batch_size, plan.examples.count)
    patches = 0 if is_fastest_alone(model, size) else patches_of(model) * size
    return max(1, min(LARGEST_STACK, LARGEST_TRAINED // max(weights, patches, 1)))


class StackedTraining:
    """The training of models that `stackable` and `difference` have nothing against.

    problem   why they cannot be stacked after all; "" if they can
    program   with its traces, for the next ones

    There may be more models than strengths: those beyond are trained, and not recorded.
    """

    def __init__(
        self,
        plan: Plan,
        strengths: Sequence[float],
        models: list[Any],
        program: StackedProgram | None = None,
    ) -> None:
        self._plan, self.models, self.program = plan, models, program
        sample = None if plan.sample is None else Sample(plan.sample)
        self._recordings = [
            Recording(model, sample, strength, plan.name)
            for model, strength in zip(models, strengths, strict=False)
        ]
        self._sampled = sample is not None
        self.problem = ""
        try:
            if program is None or not program.fits(models):
                self.program = StackedProgram(models, plan.batch_size)
            self._program.load(models)
            first = plan.examples.rows(slice(0, plan.batch_size))
            first = tf.nest.map_structure(tf.convert_to_tensor, first)
            self.problem = problem_of(self._program, models, first)
            if not self.problem:
                self._program.trace("train", plan.examples)
                if plan.validation is not None:
                    self._program.trace("evaluate", plan.validation)
        except Exception as problem:  # noqa: BLE001 - of a layer of anyone's that cannot be mapped
            self.problem = f"a step cannot be stacked: {in_one_line(problem)}"

    @property
    def _program(self) -> StackedProgram:
        assert self.program is not None
        return self.program

    @np.errstate(over="ignore", invalid="ignore")  # of members that diverge
    def train(self, progress: Progress) -> Trained:
        """Train all epochs; after Ctrl-C return the finished ones."""
        plan, program = self._plan, self._program
        interrupted = False
        self._record({}, {}, program.penalties())
        try:
            for order in itertools.islice(orders(plan.seed, plan.examples.count), plan.epochs):
                scores, penalties = program.train(plan.examples, order)
                of_validation = {} if plan.validation is None else program.evaluate(plan.validation)
                at_end = program.penalties()
                scores["data_loss"] = scores["loss"] - _mean(penalties, at_end.sum(axis=1))
                self._record(scores, of_validation, at_end)
                progress.advance(len(self._recordings))
        except KeyboardInterrupt:
            interrupted = True
        self._write_back()
        runs = [recording.trajectory() for recording in self._recordings]
        if not interrupted:
            runs = [with_kernels(*pair) for pair in zip(runs, self.models, strict=False)]
        return Trained(runs=tuple(runs), reason="", interrupted=interrupted)

    def _record(self, scores: Scores, of_validation: Scores, penalties: Array) -> None:
        """Record the weights now, with the scores of an epoch, as a Recorder would."""
        if self._sampled:
            self._write_back()
        if of_validation:
            of_validation["data_loss"] = of_validation["loss"] - penalties.sum(axis=1)
        logs = scores | {f"val_{name}": values for name, values in of_validation.items()}
        weights = self._program.weights()
        for member, recording in enumerate(self._recordings):
            variables = self.models[member].trainable_variables
            ids = [id(variable) for variable in variables]
            recording.add(
                dict(zip(ids, penalties[member].tolist(), strict=True)),
                {name: float(values[member]) for name, values in logs.items()},
                {key: each[member] for key, each in zip(ids, weights, strict=True)},
            )

    def _write_back(self) -> None:
        """Give every model its weights and state."""
        weights = self._program.weights()
        state = [variable.numpy() for variable in self._program.state]
        for member, model in enumerate(self.models):
            for variable, values in zip(model.trainable_variables, weights, strict=True):
                variable.assign(values[member])
            for variable, values in zip(model.non_trainable_variables, state, strict=True):
                variable.assign(values[member])


def _mean(penalties: Array, at_end: Array) -> Array:
    """Return the mean penalty of each member over the steps, (S,) of (T, S), as a Recorder does."""
    steps = len(penalties)
    mean = MeanOverSteps(steps)
    for step, of_step in enumerate(penalties):
        if mean.wants(step):
            mean.add(step, of_step)
    return mean.result(steps, steps, np.asarray(at_end))
