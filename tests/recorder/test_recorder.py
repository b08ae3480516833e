"""The recorder: losses apart in Keras's logs, the same training, and what it warns of."""

from __future__ import annotations

import csv
import importlib.util
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops, regularizers

import l2viz
from tests.cases import others_slow
from tests.recorder import architectures
from tests.recorder.architectures import ARCHITECTURES

pytestmark = pytest.mark.usefixtures("one_thread")

GENERATOR = np.random.default_rng(1)
INPUTS = GENERATOR.normal(size=(48, 4)).astype("float32")
TARGETS = (INPUTS @ [1.0, -2.0, 0.5, 0.0])[:, None].astype("float32")
L2 = regularizers.L2
NAMES = {"data_loss", "penalty", "val_data_loss", "val_penalty"}


def small(strength: float = 0.05, cls: type[keras.Model] = keras.Model, **compile_: Any) -> Any:
    """Return a compiled model of two Dense layers, the same at every call."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((4,))
    hidden = layers.Dense(6, "tanh", kernel_regularizer=L2(strength), name="first")(inputs)
    model = cls(inputs, layers.Dense(1, kernel_regularizer=L2(strength), name="last")(hidden))
    model.compile(keras.optimizers.SGD(0.05), "mse", **compile_)
    return model


def fit(model: Any, *callbacks: Any, **settings: Any) -> dict[str, list[float]]:
    """Return the history of a `fit` with validation data and six equal batches."""
    given = {"batch_size": 8, "epochs": 3, "verbose": 0, "validation_data": (INPUTS, TARGETS)}
    return model.fit(INPUTS, TARGETS, callbacks=list(callbacks), **given | settings).history


@pytest.mark.parametrize("name", others_slow(ARCHITECTURES, quick=["mlp", "cnn", "two_outputs"]))
def test_every_architecture(name: str) -> None:
    architectures.check(name)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends(backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    root = Path(l2viz.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "tests.recorder.architectures"],
        env=os.environ | {"KERAS_BACKEND": backend},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == list(ARCHITECTURES)


class TestLogs:
    def test_the_data_loss_is_the_mean_of_the_metric_of_the_same_name(self) -> None:
        """Keras keeps a metric's mean over the epoch exactly as it keeps that of the loss."""
        history = fit(small(metrics=["mse"]), l2viz.Recorder())
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-5)
        np.testing.assert_allclose(history["val_data_loss"], history["val_mse"], rtol=1e-5)
        assert history["penalty"][0] > 0.01

    def test_also_in_an_epoch_of_more_steps_than_are_measured(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("l2viz.recorder.penalty_terms.MOST_POINTS", 16)
        model = small(metrics=["mse"])
        model.optimizer.learning_rate = 0.002
        history = fit(model, l2viz.Recorder(), batch_size=1)
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-3)

    @pytest.mark.parametrize("settings", [{"steps_per_execution": 3}, {"run_eagerly": True}])
    def test_however_the_steps_are_run(self, settings: dict[str, Any]) -> None:
        history = fit(small(metrics=["mse"], **settings), l2viz.Recorder())
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-3)
        np.testing.assert_allclose(history["val_data_loss"], history["val_mse"], rtol=1e-5)

    @pytest.mark.filterwarnings("ignore:Your input ran out of data")
    def test_a_data_set_without_a_known_number_of_steps(self) -> None:
        def batches() -> Any:
            for start in range(0, 48, 8):
                yield INPUTS[start : start + 8], TARGETS[start : start + 8]

        signature = (tf.TensorSpec((None, 4)), tf.TensorSpec((None, 1)))
        data = tf.data.Dataset.from_generator(batches, output_signature=signature)
        model = small(metrics=["mse"])
        recorder = l2viz.Recorder()
        history = model.fit(data, epochs=2, verbose=0, shuffle=False, callbacks=[recorder]).history
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-5)

    def test_without_validation_data_and_without_penalties(self) -> None:
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        model.compile("sgd", "mse")
        recorder = l2viz.Recorder()
        history = fit(model, recorder, validation_data=None)
        assert history["penalty"] == [0.0] * 3
        assert history["data_loss"] == history["loss"]
        assert not any(name.startswith("val") for name in history)
        assert np.isnan(recorder.trajectory.val_data_loss).all()

    def test_validation_every_other_epoch(self) -> None:
        history = fit(small(), l2viz.Recorder(), epochs=4, validation_freq=2)
        assert len(history["val_data_loss"]) == 2
        assert len(history["data_loss"]) == 4

    @pytest.mark.parametrize("first", [True, False])
    def test_other_callbacks_have_them_before_it_and_behind(
        self, first: bool, tmp_path: Path
    ) -> None:
        seen: list[set[str]] = []
        others = [
            keras.callbacks.EarlyStopping("val_data_loss", mode="min", patience=9),
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.LambdaCallback(on_epoch_end=lambda _, logs: seen.append(set(logs))),
        ]
        recorder = l2viz.Recorder()
        callbacks = [recorder, *others] if first else [*others, recorder]
        history = fit(small(), *callbacks)
        assert set(history) >= NAMES
        assert all(names >= NAMES for names in seen)
        with (tmp_path / "log.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert [float(row["data_loss"]) for row in rows] == history["data_loss"]
        assert others[0].best == min(history["val_data_loss"])

    def test_tensorboard_has_them(self, tmp_path: Path) -> None:
        pytest.importorskip("tensorboard")
        board = keras.callbacks.TensorBoard(tmp_path / "board")
        history = fit(small(), board, l2viz.Recorder())
        written = board_scalars(tmp_path / "board" / "train")
        np.testing.assert_allclose(written["epoch_penalty"], history["penalty"], rtol=1e-6)
        written = board_scalars(tmp_path / "board" / "validation")
        np.testing.assert_allclose(written["epoch_data_loss"], history["val_data_loss"], rtol=1e-6)

    def test_the_progress_bar_has_them(self, capsys: pytest.CaptureFixture[str]) -> None:
        fit(small(), l2viz.Recorder(), verbose=2)
        printed = capsys.readouterr().out
        assert all(f" {name}: " in printed for name in NAMES)

    def test_early_stopping_stops_by_the_data_loss(self) -> None:
        """`val_loss` falls with the penalty, while the data loss rises from the first epoch on."""
        model = small(0.5)
        model.optimizer.learning_rate = 0.02
        model.fit(INPUTS, TARGETS, epochs=30, verbose=0)  # to the best fit, and then much more λ
        stopping = keras.callbacks.EarlyStopping("val_data_loss", mode="min", patience=2)
        for layer in (model.get_layer("first"), model.get_layer("last")):
            layer.kernel.regularizer = layer.kernel_regularizer = L2(3.0)
        model.compile(keras.optimizers.SGD(0.002), "mse")
        history = fit(model, stopping, l2viz.Recorder(), epochs=30)
        assert history["val_loss"] == sorted(history["val_loss"], reverse=True)
        assert len(history["loss"]) == 3


def board_scalars(folder: Path) -> dict[str, list[float]]:
    """Return the numbers that TensorBoard's files hold, by tag."""
    found: dict[str, list[float]] = {}
    for file in folder.iterdir():
        for record in tf.data.TFRecordDataset(str(file)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                number = tf.make_ndarray(value.tensor)
                if number.ndim == 0 and number.dtype.kind == "f":
                    found.setdefault(value.tag, []).append(float(number))
    return found


class LeavesOut(keras.Model):
    """A training step whose loss has no penalty."""

    def train_step(self, data: Any) -> dict[str, Any]:
        inputs, targets = data
        with tf.GradientTape() as tape:
            loss = ops.mean(ops.square(self(inputs, training=True) - targets))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        return {"loss": loss}


class Includes(LeavesOut):
    """A training step of one's own whose loss has the penalty."""

    def train_step(self, data: Any) -> dict[str, Any]:
        inputs, targets = data
        with tf.GradientTape() as tape:
            loss = ops.mean(ops.square(self(inputs, training=True) - targets))
            loss += ops.sum(self.losses)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        return {"loss": loss}


class TestWarnings:
    def test_a_step_that_leaves_the_penalties_out(self) -> None:
        model, recorder = small(cls=LeavesOut), l2viz.Recorder()
        with pytest.warns(UserWarning, match=r"l2viz\.Recorder") as caught:
            history = fit(model, recorder)
        (warning,) = caught
        assert str(warning.message) == (
            "l2viz.Recorder: the training step does not call the regularizer of first.kernel, "
            "last.kernel, so that no such penalty is in its loss. A custom train_step must add "
            "sum(self.losses), or call self.compute_loss."
        )
        assert history["penalty"] == [0.0] * 3
        assert history["data_loss"] == history["loss"]
        # Keras's own test_step does have the penalties.
        assert history["val_penalty"][-1] == pytest.approx(float(sum(model.losses)), rel=1e-5)
        assert recorder.trajectory.penalty[0, 1:].sum() == 0.0

    @pytest.mark.parametrize("settings", [{}, {"run_eagerly": True}])
    def test_a_step_of_ones_own_that_has_them(self, settings: dict[str, Any]) -> None:
        model = small(cls=Includes, **settings)
        history = fit(model, l2viz.Recorder())
        assert history["penalty"][0] > 0.01
        history = fit(model, l2viz.Recorder())  # the traced step is known from before
        assert history["penalty"][0] > 0.01

    def test_what_was_seen_holds_in_a_later_fit(self) -> None:
        model = small(cls=LeavesOut)
        for _ in range(2):
            with pytest.warns(UserWarning, match="does not call the regularizer"):
                history = fit(model, l2viz.Recorder())
            assert history["penalty"] == [0.0] * 3

    def test_a_regularizer_set_on_the_layer(self) -> None:
        model = small()
        model.get_layer("first").kernel_regularizer = L2(7.0)
        with pytest.warns(UserWarning, match=r"l2viz\.Recorder") as caught:
            fit(model, l2viz.Recorder())
        (warning,) = caught
        assert str(warning.message) == (
            "l2viz.Recorder: first.kernel_regularizer is L2(l2=7), but no weight has it, kernel "
            "has L2(l2=0.05): it has no effect."
        )

    @pytest.mark.parametrize("kind", ["number", "regularizer"])
    def test_a_strength_changed_while_training(self, kind: str) -> None:
        """The gradient goes on with the old one, as the weights show."""

        def change(epoch: int, logs: Any) -> None:
            kernel = model.get_layer("first").kernel
            if epoch == 0:
                return
            if kind == "number":
                kernel.regularizer.l2 = 0.5
            else:
                kernel.regularizer = L2(0.5)

        model = small(metrics=["mse"])
        changing = keras.callbacks.LambdaCallback(on_epoch_begin=change)
        with pytest.warns(UserWarning, match=r"l2viz\.Recorder") as caught:
            history = fit(model, changing, l2viz.Recorder())
        assert len(caught) == 1
        messages = [str(each.message) for each in caught]
        assert messages[0] == (
            "l2viz.Recorder: the regularizer of first.kernel was changed after the training step "
            "was traced: the step keeps the old one. Compile the model again."
        )
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-5)
        same = fit(small())
        assert history["loss"] == same["loss"]

    def test_a_strength_changed_between_two_fits(self) -> None:
        model = small(metrics=["mse"])
        fit(model, l2viz.Recorder())
        model.get_layer("first").kernel.regularizer.l2 = 0.5
        with pytest.warns(UserWarning, match=r"of first\.kernel was changed after"):
            history = fit(model, l2viz.Recorder())
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-5)
        model.compile("sgd", "mse", metrics=["mse"])
        history = fit(model, l2viz.Recorder())  # no warning: it is in effect now
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-5)

    def test_where_a_change_takes_effect_there_is_no_warning(self) -> None:
        model = small(metrics=["mse"], run_eagerly=True)

        def change(epoch: int, logs: Any) -> None:
            model.get_layer("first").kernel.regularizer.l2 = 0.1 * epoch

        changing = keras.callbacks.LambdaCallback(on_epoch_begin=change)
        history = fit(model, changing, l2viz.Recorder())
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-5)

    def test_a_strength_that_is_a_variable_works_live(self) -> None:
        class Live(regularizers.Regularizer):
            def __init__(self) -> None:
                self.strength = keras.Variable(0.0, trainable=False)

            def __call__(self, weights: Any) -> Any:
                return self.strength * ops.sum(ops.square(weights))

            def get_config(self) -> dict[str, Any]:
                return {"strength": float(self.strength)}

        model, live = small(metrics=["mse"]), Live()
        model.get_layer("first").kernel.regularizer = live
        model.compile("sgd", "mse", metrics=["mse"])
        rising = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: live.strength.assign(0.1 * epoch)
        )
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*but no weight has it.*")
            history = fit(model, rising, l2viz.Recorder())
        assert history["penalty"] == sorted(history["penalty"])
        np.testing.assert_allclose(history["data_loss"], history["mse"], rtol=1e-5)

    def test_the_regularizers_are_the_users_again(self) -> None:
        model = small()
        before = [v.regularizer for v in model.trainable_variables]
        fit(model, l2viz.Recorder())
        assert [v.regularizer for v in model.trainable_variables] == before

    def test_also_after_a_fit_that_an_error_has_ended(self) -> None:
        class Fails(Includes):
            broken = True

            def train_step(self, data: Any) -> dict[str, Any]:
                if self.broken:
                    raise RuntimeError("broken")
                return super().train_step(data)

        model, recorder = small(cls=Fails), l2viz.Recorder()
        before = [v.regularizer for v in model.trainable_variables]
        with pytest.raises(RuntimeError, match="broken"):
            fit(model, recorder)
        assert [v.regularizer for v in model.trainable_variables] != before
        model.broken = False
        fit(model, recorder)
        assert [v.regularizer for v in model.trainable_variables] == before
        assert recorder.trajectory.penalty[0, -1].sum() == pytest.approx(
            float(sum(model.losses)), rel=1e-5
        )


class TestWhatIsRecorded:
    def test_the_arrays_at_the_end_are_those_of_the_weights(self) -> None:
        model, recorder = small(), l2viz.Recorder()
        history = fit(model, recorder)
        path = recorder.trajectory
        assert path.layer_names == ("first.kernel", "last.kernel")
        assert path.epochs.tolist() == [0, 1, 2, 3]
        assert path.strengths.tolist() == [0.05]
        for position, layer in enumerate(("first", "last")):
            kernel = model.get_layer(layer).kernel.numpy()
            np.testing.assert_allclose(
                path.kernel_norm[0, -1, position], np.linalg.norm(kernel), rtol=1e-6
            )
            np.testing.assert_allclose(
                path.penalty[0, -1, position], 0.05 * np.square(kernel).sum(), rtol=1e-5
            )
            edges = path.context.bin_edges[position].copy()
            edges[[0, -1]] = -np.inf, np.inf
            counts = np.histogram(kernel, edges)[0]
            assert path.histogram[0, -1, position].tolist() == counts.tolist()
            place = path.context.sampled_layer == position
            index = path.context.sampled_index[place]
            np.testing.assert_allclose(
                path.sampled_weights[0, -1, place], kernel.reshape(-1)[index], rtol=1e-6
            )
            for tau, share in zip(
                path.context.thresholds, path.sparsity[0, -1, position], strict=True
            ):
                assert share == pytest.approx(np.mean(np.abs(kernel) <= tau))
        np.testing.assert_allclose(path.val_data_loss[0, 1:], history["val_data_loss"], rtol=1e-6)
        np.testing.assert_allclose(path.train_data_loss[0, 1:], history["data_loss"], rtol=1e-6)
        assert np.isnan(path.data_gradient_norm).all()

    def test_gradients_on_a_sample_are_those_of_a_tape(self) -> None:
        model, recorder = small(), l2viz.Recorder(sample=(INPUTS[:20], TARGETS[:20]))
        fit(model, recorder)
        kernels = [model.get_layer(name).kernel.value for name in ("first", "last")]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(INPUTS[:20]) - TARGETS[:20]))
        gradients = [each.numpy() for each in tape.gradient(loss, kernels)]
        path = recorder.trajectory
        norms = [np.linalg.norm(each) for each in gradients]
        np.testing.assert_allclose(path.data_gradient_norm[0, -1], norms, rtol=1e-5)
        for position, (one, kernel) in enumerate(zip(gradients, kernels, strict=True)):
            other = kernel.numpy()
            cosine = (one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other)
            angle = np.degrees(np.arccos(cosine))
            np.testing.assert_allclose(path.gradient_angle[0, -1, position], angle, rtol=1e-4)
        assert path.train_data_loss[0, -1] == pytest.approx(float(loss), rel=1e-5)

    def test_a_second_fit_continues(self) -> None:
        model, recorder = small(), l2viz.Recorder()
        for _ in range(3):
            fit(model, recorder, epochs=1)
        assert recorder.trajectory.epochs.tolist() == [0, 1, 2, 3]
        fit(small(), recorder, epochs=1)  # another model begins anew
        assert recorder.trajectory.epochs.tolist() == [0, 1]

    def test_a_run_that_diverges_is_recorded(self) -> None:
        model, recorder = small(), l2viz.Recorder()
        model.optimizer.learning_rate = 1e30
        fit(model, recorder)
        assert not np.isfinite(recorder.trajectory.kernel_norm[0, -1]).all()

    def test_mixed_precision(self) -> None:
        model = keras.Sequential(
            [keras.Input((4,)), layers.Dense(1, kernel_regularizer="l2", dtype="mixed_bfloat16")]
        )
        model.compile("sgd", "mse")
        recorder = l2viz.Recorder()
        history = fit(model, recorder)
        assert history["val_penalty"][-1] == pytest.approx(float(sum(model.losses)), rel=1e-5)

    def test_before_a_fit_there_is_nothing(self) -> None:
        with pytest.raises(l2viz.InvalidValue, match="recorder must be used in a fit first"):
            _ = l2viz.Recorder().trajectory

    @pytest.mark.parametrize("sample", [INPUTS, (INPUTS,), [INPUTS, TARGETS]])
    def test_a_sample_is_inputs_and_targets(self, sample: object) -> None:
        with pytest.raises(l2viz.InvalidValue, match="sample must be a tuple"):
            l2viz.Recorder(sample=sample)
