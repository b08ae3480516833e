"""What a sweep refuses, keeps and says: arguments, Ctrl-C, progress, the caller's own settings."""

from __future__ import annotations

import io
import random
from typing import Any

import keras
import numpy as np
import pytest

import l2viz
from l2viz.progress import Progress, duration
from tests.sweeps import models

pytestmark = pytest.mark.usefixtures("one_thread")

STRENGTHS = (0.0, 0.01)


def short(build: Any = models.dense, strengths: Any = STRENGTHS, **settings: Any) -> Any:
    given = {"epochs": 2, "batch_size": 11, "verbose": False}
    return l2viz.sweep(build, models.numbers(), strengths, **(given | settings))


class TestArguments:
    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"strengths": (0.1, 0.2)}, "strengths must rise, from 0 if there are several, got"),
            ({"strengths": (0.0, 0.2, 0.1)}, "strengths must rise, from 0 if there are several"),
            ({"strengths": ()}, "strengths must rise, from 0 if there are several, got ()"),
            ({"strengths": (0.0, -1.0)}, "strengths must be >= 0, got -1.0"),
            ({"build": 3}, "build_model must be a function of the strength, got 3"),
            ({"build": lambda strength: strength}, "build_model must return a compiled"),
            ({"epochs": 0}, "epochs must be >= 1, got 0"),
            ({"batch_size": 2.5}, "batch_size must be an integer, got 2.5"),
            ({"seed": -1}, "seed must be >= 0, got -1"),
            ({"together": 1}, "together must be True or False, got 1"),
            ({"executor": 2}, "executor must be a concurrent.futures.Executor, got 2"),
            ({"executor": 2, "shard_size": 0}, "shard_size must be >= 1, got 0"),
            ({"verbose": 2}, "verbose must be True or False, got 2"),
            ({"name": 2}, "name must be text, got 2"),
            ({"sample": 2}, "sample must be a tuple: inputs, targets, or with weights, got 2"),
            ({"validation_data": 2}, "validation_data must be a tuple: inputs, targets"),
        ],
    )
    def test_an_error_names_the_argument(self, settings: dict[str, Any], message: str) -> None:
        with pytest.raises(l2viz.InvalidValue) as caught:
            short(**settings)
        assert str(caught.value).startswith(message)

    @pytest.mark.parametrize(
        ("data", "rule"),
        [
            (np.zeros((3, 4)), "be a tuple: inputs, targets, or with weights"),
            ((np.zeros((3, 4)), np.zeros(2)), "have arrays of one length, and at least one"),
            ((np.zeros((0, 4)), np.zeros(0)), "have arrays of one length, and at least one"),
            ((np.array(["a"]), np.zeros(1)), "be arrays of numbers, an example to a row"),
            ((np.float64(1.0), np.zeros(1)), "be arrays of numbers, an example to a row"),
        ],
    )
    def test_data(self, data: Any, rule: str) -> None:
        with pytest.raises(l2viz.InvalidValue) as caught:
            l2viz.sweep(models.dense, data, STRENGTHS)
        assert (caught.value.field, caught.value.rule[: len(rule)]) == ("data", rule)

    def test_together_refuses_what_cannot_be_stacked(self) -> None:
        with pytest.raises(l2viz.InvalidValue) as caught:
            short(models.secret, together=True)
        assert str(caught.value) == (
            "together must not be True here: a layer or loss depends on the strength, beside the "
            "regularizers, got True"
        )

    def test_one_strength_alone(self) -> None:
        path = short(strengths=(0.02,))
        assert path.strengths.tolist() == [0.02]


class TestSurroundings:
    def test_unseeded_members_begin_with_equal_weights(self) -> None:
        def build(strength: float) -> Any:
            model = keras.Sequential(
                [keras.Input((4,)), keras.layers.Dense(3, kernel_regularizer=l2(strength))]
            )
            model.add(keras.layers.Dense(1))
            model.compile("sgd", "mse")
            return model

        l2 = keras.regularizers.L2
        paths = [short(build, seed=seed) for seed in (0, 0, 1)]
        starts = [path.sampled_weights[:, 0] for path in paths]
        np.testing.assert_array_equal(starts[0][0], starts[0][1])
        np.testing.assert_array_equal(starts[0], starts[1])
        assert (starts[0] != starts[2]).any()
        for one, other in zip(paths[0].kernels, paths[1].kernels, strict=True):
            np.testing.assert_array_equal(one, other)

    def test_random_numbers_and_names_of_the_caller_go_on(self) -> None:
        random.seed(5)
        expected = random.random()
        keras.layers.Dense(1)  # of a number, and not "dense" itself
        before = int(keras.layers.Dense(1).name.split("_")[-1])
        random.seed(5)
        path = short()
        assert random.random() == expected
        assert keras.layers.Dense(1).name == f"dense_{before + 1}"
        assert path.layer_names == ("dense.kernel", "dense_1.kernel")


class TestInterrupted:
    """Ctrl-C, which Python raises where the progress bar counts an epoch."""

    def path(self, monkeypatch: pytest.MonkeyPatch, after: int, *, together: bool) -> Any:
        counted = []

        def advance(self: Progress, epochs: int) -> None:
            counted.append(epochs)
            if len(counted) == after:
                raise KeyboardInterrupt

        monkeypatch.setattr(Progress, "advance", advance)
        return short(together=together, epochs=4)

    def test_a_stack_keeps_the_finished_epochs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.warns(UserWarning, match="interrupted") as caught:
            path = self.path(monkeypatch, 3, together=True)
        assert str(caught[0].message) == (
            "l2viz.sweep: interrupted; the path has 2 of 2 strengths and 3 of 4 epochs."
        )
        assert path.epochs.tolist() == [0, 1, 2, 3]
        assert path.strengths.tolist() == list(STRENGTHS)
        assert path.kernels == ()

    def test_of_fits_the_finished_members(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.warns(UserWarning, match="1 of 2 strengths and 4 of 4 epochs"):
            path = self.path(monkeypatch, 6, together=False)
        assert path.strengths.tolist() == [0.0]

    def test_and_of_the_first_one_its_epochs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.warns(UserWarning, match="1 of 2 strengths and 2 of 4 epochs"):
            path = self.path(monkeypatch, 2, together=False)
        assert path.epochs.tolist() == [0, 1, 2]

    def test_nothing_to_keep(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("l2viz.sweeps.stacked_program.StackedProgram.train", interrupt)
        with pytest.raises(KeyboardInterrupt):
            short()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestProgress:
    def test_a_bar_with_the_time_left(self) -> None:
        progress = Progress(8, shown=True, stream=Terminal())
        assert progress.text(0.0).endswith("  0 %, 0 s left")
        progress.advance(2)
        assert progress.text(30.0) == f"{'━' * 6}{'─' * 18}  25 %, 1:30 left"
        progress.advance(6)
        assert progress.text(125.0) == f"{'━' * 24} 100 %, 2:05"

    def test_a_terminal_has_it_and_a_file_has_lines(self) -> None:
        written = []
        for stream in (Terminal(), io.StringIO()):
            progress = Progress(2, shown=True, stream=stream)
            for _ in range(2):
                progress.say("2 strengths, 2 at a time.")
                progress.advance(1)
            progress.end()
            written.append(stream.getvalue())
        assert written[0].startswith("2 strengths, 2 at a time.\n\r")
        assert written[0].endswith(" 100 %, 0 s\033[K\n")
        assert written[1] == "2 strengths, 2 at a time.\n"

    def test_silence(self) -> None:
        stream = Terminal()
        progress = Progress(2, shown=False, stream=stream)
        progress.say("nothing")
        progress.advance(2)
        progress.end()
        assert stream.getvalue() == ""

    def test_durations(self) -> None:
        assert [duration(s) for s in (0.4, 59.0, 61.0, 3_725.0)] == [
            *("0 s", "59 s", "1:01", "1:02:05")
        ]
