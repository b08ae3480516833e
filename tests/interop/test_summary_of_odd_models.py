"""The summary of models that are unusual: each is first what Keras says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import layers, optimizers, regularizers

from l2viz.interop.model_summary import LAYER_LOSSES, summary
from l2viz.interop.summary_table import ModelSummary, SummaryRow
from l2viz.validation import InvalidValue

pytestmark = pytest.mark.usefixtures("one_thread")

L2 = regularizers.L2
BATCH = np.linspace(-1.0, 1.0, 12, dtype="float32").reshape(3, 4)


def dense(**settings: Any) -> keras.Model:
    """Return a model of one Dense layer, "d", on four inputs."""
    return keras.Sequential([keras.Input((4,)), layers.Dense(3, name="d", **settings)])


def rows_of(result: ModelSummary, layer: str) -> dict[str, SummaryRow]:
    return {row.variable: row for row in result.rows if row.layer == layer}


class TestRegularizersSetLate:
    """What has an effect is what `sum(model.losses)` contains."""

    def check(self, model: keras.Model, *remarks: str) -> None:
        result = summary(model)
        losses = float(sum(model.losses)) if model.losses else 0.0
        assert result.penalty == pytest.approx(losses, rel=1e-6)
        assert result.remarks == remarks
        assert result.notes()[2:] == remarks

    def test_on_the_layer_it_does_nothing(self) -> None:
        model = dense()
        model.get_layer("d").kernel_regularizer = L2(5.0)
        self.check(
            model,
            "d.kernel_regularizer is L2(l2=5), but no weight has it, kernel has none: "
            "it has no effect",
        )
        assert model.losses == []

    def test_on_the_variable_it_works(self) -> None:
        model = dense(kernel_regularizer=L2(0.01))
        model.get_layer("d").kernel.regularizer = L2(0.5)
        assert float(sum(model.losses)) > 0.0
        self.check(
            model,
            "d.kernel_regularizer is L2(l2=0.01), but no weight has it, kernel has L2(l2=0.5): "
            "it has no effect",
        )

    def test_off_on_the_variable_it_is_off(self) -> None:
        model = dense(kernel_regularizer=L2(0.01))
        model.get_layer("d").kernel.regularizer = None
        self.check(
            model,
            "d.kernel_regularizer is L2(l2=0.01), but no weight has it, kernel has none: "
            "it has no effect",
        )

    def test_off_on_the_layer_it_stays(self) -> None:
        model = dense(kernel_regularizer=L2(0.01))
        model.get_layer("d").kernel_regularizer = None
        assert float(sum(model.losses)) > 0.0
        self.check(
            model, "d.kernel has L2(l2=0.01), which no setting of the layer names: it is in effect"
        )

    def test_with_equal_settings_nothing_differs(self) -> None:
        model = dense(kernel_regularizer="l2")
        model.get_layer("d").kernel_regularizer = L2(0.01)
        self.check(model)

    def test_for_a_bias_that_is_not_there(self) -> None:
        self.check(
            dense(use_bias=False, bias_regularizer="l2"),
            "d.bias_regularizer is L2(l2=0.01), but no weight has it: it has no effect",
        )

    def test_whatever_its_name(self) -> None:
        model = keras.Sequential([keras.Input((8, 4)), layers.GRU(2, name="g")])
        model.get_layer("g").cell.recurrent_regularizer = L2(0.3)
        self.check(
            model,
            "g/gru_cell.recurrent_regularizer is L2(l2=0.3), but no weight has it: "
            "it has no effect",
        )
        model = keras.Sequential([keras.Input((8, 8, 2)), layers.SeparableConv2D(2, 3, name="s")])
        layer = model.get_layer("s")
        layer.depthwise_regularizer, layer.pointwise_regularizer = L2(0.3), L2(0.4)
        self.check(
            model,
            "s.depthwise_regularizer is L2(l2=0.3), but no weight has it: it has no effect",
            "s.pointwise_regularizer is L2(l2=0.4), but no weight has it: it has no effect",
        )

    def test_a_layer_of_ones_own_need_not_keep_its_regularizer(self) -> None:
        class Own(layers.Layer):
            def __init__(self, regularizer: object) -> None:
                super().__init__()
                self.kernel_regularizer = regularizer

            def build(self, shape: tuple[int, ...]) -> None:
                named = self.kernel_regularizer
                self.w = self.add_weight(shape=(shape[-1], 2), name="w", regularizer=named)

            def call(self, inputs: object) -> object:
                return keras.ops.matmul(inputs, self.w)

        for named in ("l2", L2(0.3), {"class_name": "L2", "config": {"l2": 0.02}}):
            self.check(keras.Sequential([keras.Input((4,)), Own(named)]))

    @pytest.mark.parametrize(
        "make",
        [
            lambda: layers.MultiHeadAttention(2, 3, kernel_regularizer="l2", bias_regularizer="l1"),
            lambda: layers.Bidirectional(layers.LSTM(2, recurrent_regularizer="l2")),
            lambda: layers.TimeDistributed(layers.Dense(2, kernel_regularizer="l2")),
            lambda: layers.BatchNormalization(gamma_regularizer="l2", beta_regularizer="l1"),
            lambda: layers.SeparableConv1D(2, 2, depthwise_regularizer="l2"),
            lambda: layers.PReLU(alpha_regularizer="l2"),
            lambda: layers.EinsumDense("btf,fu->btu", (None, 2), kernel_regularizer="l2"),
        ],
    )
    def test_keras_layers_that_work_are_not_remarked_on(self, make: Callable[[], Any]) -> None:
        inputs = keras.Input((5, 4))
        layer = make()
        attends = isinstance(layer, layers.MultiHeadAttention)
        self.check(keras.Model(inputs, layer(inputs, inputs) if attends else layer(inputs)))


class Adding(layers.Layer):
    """Adds a loss of its weights, 0.5 · Σw², in `call`."""

    def build(self, shape: tuple[int, ...]) -> None:
        self.w = self.add_weight(shape=(shape[-1], 3), initializer="ones", name="w")

    def call(self, inputs: object) -> object:
        self.add_loss(0.5 * keras.ops.sum(self.w**2))
        return inputs @ self.w


class TestLossesOfABatch:
    def test_add_loss_is_named_and_summed_where_a_batch_is_given(self) -> None:
        inputs = keras.Input((4,))
        model = keras.Model(inputs, Adding(name="own")(inputs))
        assert summary(model).notes()[-1] == (
            "not in the penalty, as it depends on a batch: add_loss of own"
        )
        assert summary(model, inputs=BATCH).penalty == 6.0
        assert model.losses == []  # the model was not touched
        model(BATCH)
        assert float(sum(model.losses)) == 6.0
        assert summary(model).penalty == 0.0
        assert summary(model).depends_on_a_batch[0].layer == "own"

    def test_a_layer_that_does_both_has_one_row(self) -> None:
        layer = Adding(name="own", activity_regularizer=L2(0.1))
        model = keras.Sequential([keras.Input((4,)), layer])
        row = rows_of(summary(model), "own")[LAYER_LOSSES]
        assert row.regularizer == "activity L2(l2=0.1) + add_loss"
        found = summary(model, inputs=BATCH).penalty
        outputs = model(BATCH)
        assert found == pytest.approx(float(sum(model.losses)), rel=1e-6)
        activity = 0.1 * float(np.square(outputs).sum()) / 3
        assert found == pytest.approx(6.0 + activity, rel=1e-5)

    def test_after_fit_too(self) -> None:
        """`sum(model.losses)` then raises a TypeError: its tensors are of a graph that is gone."""
        model = dense(kernel_regularizer="l2", activity_regularizer="l1")
        model.compile("sgd", "mse")
        model.fit(BATCH, np.ones((3, 3)), verbose=0)
        with pytest.raises(TypeError):
            float(sum(model.losses))
        kernel = float(0.01 * np.square(model.get_layer("d").kernel).sum())
        assert summary(model).penalty == pytest.approx(kernel, rel=1e-6)
        targets = model.predict(BATCH, verbose=0)  # so that the data loss is 0
        loss = model.evaluate(BATCH, targets, verbose=0)
        assert summary(model, inputs=BATCH).penalty == pytest.approx(loss, rel=1e-5)

    def test_a_call_with_several_arguments(self) -> None:
        class Two(keras.Model):
            def __init__(self) -> None:
                super().__init__(name="two")
                self.dense = layers.Dense(2, kernel_regularizer="l2", name="dense")

            def call(self, left: object, right: object, training: bool = False) -> object:
                assert not training
                self.add_loss(keras.ops.mean(left * right))
                return self.dense(left) + self.dense(right)

        model = Two()
        model(BATCH, BATCH)
        expected = float(sum(model.losses))
        for inputs in ((BATCH, BATCH), {"left": BATCH, "right": BATCH}):
            assert summary(model, inputs=inputs).penalty == pytest.approx(expected, rel=1e-6)
        with pytest.raises(InvalidValue) as caught:
            summary(model, inputs=BATCH)
        assert str(caught.value).startswith(
            "inputs must be a batch that the model can be called on (TypeError: "
        )

    def test_inputs_by_name_of_a_functional_model(self) -> None:
        left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
        model = keras.Model({"left": left, "right": right}, Adding()(left + right))
        assert summary(model, inputs={"left": BATCH, "right": BATCH}).penalty == 6.0

    def test_nothing_of_the_model_changes(self) -> None:
        model = keras.Sequential(
            [keras.Input((4,)), layers.BatchNormalization(), layers.Dropout(0.5), Adding()]
        )
        before = [variable.numpy() for variable in model.variables]
        summary(model, inputs=BATCH)
        for old, variable in zip(before, model.variables, strict=True):
            np.testing.assert_array_equal(old, variable.numpy())


class Failing(regularizers.Regularizer):
    """Works, and cannot tell its settings."""

    def __init__(self, rate: float) -> None:
        pass

    def __call__(self, weights: object) -> object:
        return 0.1 * keras.ops.sum(weights * weights)

    def get_config(self) -> dict[str, object]:
        return {"rate": self.rate}


class TestOneBadRegularizer:
    def test_it_costs_its_own_row(self) -> None:
        conv = layers.Conv2D(4, 3, kernel_regularizer="l2", name="first")
        second = layers.Conv2D(
            4, 3, kernel_regularizer=regularizers.OrthogonalRegularizer(), name="second"
        )
        model = keras.Sequential([keras.Input((8, 8, 3)), conv, second])
        with pytest.raises(ValueError, match="rank 2"):
            _ = model.losses
        result = summary(model)
        assert result.penalty == pytest.approx(float(0.01 * np.square(conv.kernel).sum()), rel=1e-6)
        (row,) = result.failing
        assert (row.layer, row.variable, row.penalty) == ("second", "kernel", None)
        assert result.depends_on_a_batch == ()
        assert result.notes()[-1].startswith(
            "not in the penalty, as it fails: OrthogonalRegularizer(factor=0.01, mode='rows') of "
            "second.kernel (ValueError: Inputs to OrthogonalRegularizer must have rank 2."
        )
        assert "fails" in str(result)

    def test_settings_that_it_cannot_tell(self) -> None:
        model = dense(kernel_regularizer=Failing(0.5))
        row = rows_of(summary(model), "d")["kernel"]
        assert (row.regularizer, row.strengths, row.problem) == ("Failing()", {}, "")
        assert row.penalty == pytest.approx(float(sum(model.losses)), rel=1e-6)
        assert row.regularized


def test_bfloat16() -> None:
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, kernel_regularizer="l2", dtype="bfloat16"),
            layers.Dense(1, kernel_regularizer="l2"),
        ]
    )
    expected = sum(float(loss) for loss in model.losses)
    assert summary(model).penalty == pytest.approx(expected, rel=1e-6)
    kernel = keras.ops.convert_to_numpy(keras.ops.cast(model.layers[0].kernel, "float32"))
    assert summary(model).failing == ()
    (first,) = [row for row in summary(model).rows if row.shape == (4, 3)]
    assert first.penalty == pytest.approx(0.01 * np.square(kernel).sum(), rel=2**-6)


@pytest.mark.parametrize(
    ("make", "regularized"),
    [  # made in the test: regularizers hold tensors, and TensorFlow has no threads to set after one
        (lambda: "l1l2", 0),
        (lambda: L2(0.0), 0),
        (lambda: regularizers.OrthogonalRegularizer(0.0), 0),
        (lambda: L2(1e-30), 12),
        (lambda: regularizers.L1L2(0.0, 0.1), 12),
    ],
)
def test_a_strength_of_zero_regularizes_nothing(
    make: Callable[[], object], regularized: int
) -> None:
    result = summary(dense(kernel_regularizer=make()))
    assert result.regularized_parameters == regularized
    assert f"{regularized} regularized" in result.notes()[0]


def test_a_penalty_that_is_zero_now_regularizes_all_the_same() -> None:
    result = summary(dense(kernel_regularizer="l2", kernel_initializer="zeros"))
    assert (result.penalty, result.regularized_parameters) == (0.0, 12)


def test_layers_of_one_name_are_two_layers() -> None:
    class Twice(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="twice")
            self.one = layers.Dense(4, name="same", use_bias=False)
            self.other = layers.Dense(4, name="same", use_bias=False)

        def call(self, inputs: object) -> object:
            return self.other(self.one(inputs))

    model = Twice()
    model(BATCH)
    shown = [cells[0] for cells in summary(model).table()[1:]]
    assert shown == ["same (Dense)"] * 2


class TestDecayOfTheOptimizer:
    """Each decay against one step of the optimizer whose gradients are all zero."""

    def decayed(self, model: keras.Model, optimizer: Any) -> list[float]:
        """Return by which share of rate · w each variable shrinks, measured."""
        model.compile(optimizer, "mse")
        for variable in model.trainable_variables:
            variable.assign(keras.ops.ones_like(variable))
        expected = [row.decay for row in summary(model).rows if row.trainable and row.variable]
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        inner.apply(
            [keras.ops.zeros_like(v) for v in model.trainable_variables], model.trainable_variables
        )
        rate = float(inner.learning_rate)
        measured = [1.0 - float(np.mean(v)) for v in model.trainable_variables]
        np.testing.assert_allclose(np.array(measured) / rate, expected, rtol=1e-3, atol=1e-5)
        return expected

    @pytest.mark.parametrize("frozen", [False, True])
    def test_what_is_excluded_is_not_decayed(self, frozen: bool) -> None:
        model = keras.Sequential(
            [keras.Input((4,)), layers.Dense(3, name="d"), layers.Dense(1, name="last")]
        )
        model.get_layer("d").trainable = not frozen
        optimizer = optimizers.AdamW(0.1, weight_decay=0.5)
        optimizer.exclude_from_weight_decay(
            var_list=[model.get_layer("last").kernel], var_names=["bias"]
        )
        expected = self.decayed(model, optimizer)
        assert expected == ([0.0, 0.0] if frozen else [0.5, 0.0, 0.0, 0.0])
        decays = {v: row.decay for v, row in rows_of(summary(model), "d").items()}
        assert decays == {"kernel": 0.0 if frozen else 0.5, "bias": 0.0}

    @pytest.mark.parametrize(
        "make",
        [
            lambda: optimizers.AdamW(0.1),
            lambda: optimizers.SGD(0.1, weight_decay=0.2),
            lambda: optimizers.Lion(0.1, weight_decay=0.3),
            lambda: optimizers.Adam(0.1),
            lambda: optimizers.LossScaleOptimizer(optimizers.AdamW(0.1, weight_decay=0.5)),
            lambda: optimizers.Muon(0.1, weight_decay=0.4, adam_weight_decay=0.7),
            lambda: optimizers.Muon(0.1, weight_decay=0.4, adam_weight_decay=None),
        ],
    )
    def test_every_optimizer_that_decays(self, make: Callable[[], Any]) -> None:
        self.decayed(dense(), make())

    def test_the_note(self) -> None:
        model = dense()
        assert summary(model).decay is None
        model.compile(optimizers.AdamW(0.002), "mse")
        result = summary(model)
        assert result.notes()[-1] == (
            "not in any loss: in each step AdamW subtracts learning rate (0.002) × decay × weight "
            "from 15 parameters"
        )
        assert result.table()[0][-1] == "Optimizer's decay"
        assert [cells[-1] for cells in result.table()[1:]] == ["0.004", "0.004"]
        assert result.regularized_parameters == 0


@given(
    late=st.deferred(lambda: st.sampled_from([None, L2(0.1), L2(0.2), regularizers.L1(0.1)])),
    made=st.deferred(lambda: st.sampled_from([None, L2(0.1), regularizers.L1(0.1)])),
    attached=st.deferred(
        lambda: st.sampled_from(["as it was", None, L2(0.2), regularizers.L1(0.3)])
    ),
)
def test_remarks_are_made_where_a_rebuilt_copy_would_differ(
    late: object, made: object, attached: object
) -> None:
    """Keras's own answer: a copy from the layer's configuration has another penalty."""
    model = dense(kernel_regularizer=made, kernel_initializer="ones")
    layer = model.get_layer("d")
    layer.kernel_regularizer = late
    if attached != "as it was":
        layer.kernel.regularizer = attached
    copy = layers.Dense.from_config(layer.get_config())
    copy.build((None, 4))
    penalties = [float(sum(each.losses)) if each.losses else 0.0 for each in (layer, copy)]
    result = summary(model)
    assert result.penalty == pytest.approx(penalties[0], rel=1e-6)
    assert bool(result.remarks) == (penalties[0] != pytest.approx(penalties[1]))
