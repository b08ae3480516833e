"""The summary of regularizers: every kind of model, against `sum(model.losses)` and `summary()`."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import layers, regularizers

import l2viz
from l2viz.interop.model_summary import LAYER_LOSSES, summary
from l2viz.interop.summary_table import ModelSummary, SummaryRow
from l2viz.validation import InvalidValue

pytestmark = pytest.mark.usefixtures("one_thread")

BATCH = np.linspace(-1.0, 1.0, 12, dtype="float32").reshape(3, 4)


def sequential() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, kernel_regularizer=regularizers.L2(0.02), bias_regularizer="l1"),
            layers.BatchNormalization(gamma_regularizer=regularizers.L2(0.5)),
            layers.Dropout(0.5),
            layers.Dense(3, kernel_regularizer=regularizers.L1L2(0.1, 0.2)),
            layers.Dense(2),
        ]
    )


def functional() -> keras.Model:
    """Return a model with two inputs, a layer used twice and a nested model."""
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4, kernel_regularizer="l2", name="deep")], name="inner"
    )
    twice = layers.Dense(4, kernel_regularizer=regularizers.L2(0.3), name="twice")
    left, right = keras.Input((4,)), keras.Input((4,))
    merged = layers.Add()([twice(left), twice(inner(right))])
    return keras.Model([left, right], layers.Dense(1, name="last")(merged))


class Scale(layers.Layer):
    """A user's layer: its own weight, its own regularizer, an `add_loss`."""

    def build(self, shape: tuple[int, ...]) -> None:
        self.scale = self.add_weight(
            shape=(shape[-1],), initializer="ones", regularizer=hundredth, name="scale"
        )

    def call(self, inputs: object) -> object:
        self.add_loss(0.25 * keras.ops.mean(keras.ops.square(inputs)))
        return inputs * self.scale


def hundredth(weights: object) -> object:
    return 0.01 * keras.ops.sum(keras.ops.abs(weights))


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="subclassed")
        self.blocks = [layers.Dense(4, kernel_regularizer="l2"), Scale()]
        self.attention = layers.MultiHeadAttention(2, 3, kernel_regularizer="l2")
        self.recurrent = layers.Bidirectional(
            layers.LSTM(2, recurrent_regularizer=regularizers.OrthogonalRegularizer(0.7))
        )
        self.own = self.add_weight(shape=(2,), initializer="ones", regularizer="l2", name="own")

    def call(self, inputs: object) -> object:
        for block in self.blocks:
            inputs = block(inputs)
        series = keras.ops.expand_dims(inputs, 1)
        return self.recurrent(self.attention(series, series)) + keras.ops.sum(self.own)


def subclassed() -> keras.Model:
    model = Subclassed()
    model(keras.Input((4,)))
    return model


def frozen() -> keras.Model:
    model = functional()
    model.get_layer("inner").trainable = False
    return model


class Transposed(layers.Layer):
    """Multiplies by the transposed kernel of another layer, which it contains."""

    def __init__(self, other: layers.Dense) -> None:
        super().__init__(name="transposed")
        self.kernel = other.kernel

    def call(self, inputs: object) -> object:
        return keras.ops.matmul(inputs, keras.ops.transpose(self.kernel))


def tied() -> keras.Model:
    first = layers.Dense(5, kernel_regularizer=regularizers.L2(0.25))
    model = keras.Sequential([keras.Input((4,)), first])
    model.add(Transposed(first))
    return model


MODELS: dict[str, Callable[[], keras.Model]] = {
    model.__name__: model for model in (sequential, functional, subclassed, frozen, tied)
}


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> keras.Model:
    """Make a model in the test: at import it would start TensorFlow before its threads are set."""
    return MODELS[request.param]()


def test_the_penalty_is_the_sum_of_keras_losses(model: keras.Model) -> None:
    result = summary(model)
    assert result.penalty == pytest.approx(float(sum(model.losses)), rel=1e-6)
    assert result.penalty > 0.01


def test_the_parameters_are_those_keras_counts(model: keras.Model) -> None:
    result = summary(model)
    assert result.parameters == model.count_params()
    assert result.trainable_parameters == sum(
        int(np.prod(v.shape)) for v in model.trainable_weights
    )
    printed: list[str] = []
    model.summary(print_fn=printed.append)
    total = re.search(r"Total params: ([\d,]+)", "\n".join(printed))
    assert total is not None
    assert f"{result.parameters:,}" == total[1]


def test_every_variable_has_one_row(model: keras.Model) -> None:
    rows = [row for row in summary(model).rows if row.variable not in ("", LAYER_LOSSES)]
    assert len(rows) == len(model.weights)
    assert sorted(row.shape for row in rows) == sorted(tuple(v.shape) for v in model.weights)


def test_shares_add_up(model: keras.Model) -> None:
    result = summary(model, data_loss=0.75)
    assert result.total_loss == pytest.approx(0.75 + float(sum(model.losses)), rel=1e-6)
    of_penalty = [result.share_of_penalty(row) or 0.0 for row in result.rows]
    of_total = [result.share_of_total_loss(row) or 0.0 for row in result.rows]
    assert sum(of_penalty) == pytest.approx(1.0)
    assert sum(of_total) + 0.75 / result.total_loss == pytest.approx(1.0)


def row_of(result: ModelSummary, layer: str, variable: str) -> SummaryRow:
    (row,) = [row for row in result.rows if (row.layer, row.variable) == (layer, variable)]
    return row


def test_a_row_says_all_of_a_variable() -> None:
    model = sequential()
    first, normalized, _, second, last = model.layers
    result = summary(model)
    assert row_of(result, second.name, "kernel") == SummaryRow(
        layer=second.name,
        kind="Dense",
        output_shape="(None, 3)",
        variable="kernel",
        shape=(5, 3),
        parameters=15,
        trainable=True,
        regularizer="L1L2(l1=0.1, l2=0.2)",
        strengths={"l1": 0.1, "l2": 0.2},
        penalty=pytest.approx(
            float(np.sum(0.1 * np.abs(second.kernel) + 0.2 * np.square(second.kernel)))
        ),
        place=5,
    )
    assert row_of(result, first.name, "bias").regularizer == "L1(l1=0.01)"
    assert row_of(result, normalized.name, "gamma").penalty == pytest.approx(2.5)
    assert row_of(result, normalized.name, "beta").regularizer == ""
    assert not row_of(result, normalized.name, "moving_mean").trainable
    assert row_of(result, last.name, "kernel").strengths == {}
    (dropout,) = [row for row in result.rows if row.kind == "Dropout"]
    assert (dropout.variable, dropout.parameters, dropout.penalty) == ("", 0, 0.0)


def test_a_shared_layer_counts_once_and_a_nested_one_by_its_path() -> None:
    model = functional()
    rows = [(row.layer, row.variable) for row in summary(model).rows if row.variable]
    assert rows.count(("twice", "kernel")) == 1
    assert rows.count(("inner/deep", "kernel")) == 1


def test_a_frozen_layer_keeps_its_regularizer_and_costs_nothing() -> None:
    result = summary(frozen())
    row = row_of(result, "inner/deep", "kernel")
    assert (row.trainable, row.regularizer, row.penalty) == (False, "L2(l2=0.01)", 0.0)
    assert result.regularized_parameters == 16
    assert "L2(l2=0.01) (not trained)" in str(result)


def test_functions_and_classes_of_ones_own_are_named() -> None:
    class Bare(regularizers.Regularizer):
        def __call__(self, weights: object) -> object:
            return keras.ops.sum(keras.ops.square(weights))

    class Settled(Bare):
        def get_config(self) -> dict[str, object]:
            return {"power": 2, "flag": True, "name": "square" * 20}

    model = keras.Sequential([keras.Input((4,))])
    for regularizer in (hundredth, Bare(), Settled()):
        model.add(layers.Dense(4, kernel_regularizer=regularizer, use_bias=False))
    rows = summary(model).rows
    assert [row.regularizer for row in rows] == [
        "hundredth",
        "Bare()",
        "Settled(power=2, flag=True, name='squaresquaresquaresquaresqua…)",
    ]
    assert [row.strengths for row in rows] == [{}, {}, {"power": 2.0}]
    assert summary(model).penalty == pytest.approx(float(sum(model.losses)))


def test_what_depends_on_a_batch_is_named_and_summed_only_on_one() -> None:
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(4, kernel_regularizer="l2", activity_regularizer="l1", name="active"),
            Scale(name="scaled"),
        ]
    )
    without = summary(model)
    kernel = float(0.01 * np.square(model.get_layer("active").kernel).sum())
    assert without.penalty == pytest.approx(kernel + 0.04, rel=1e-6)
    row = row_of(without, "active", LAYER_LOSSES)
    assert (row.regularizer, row.strengths, row.penalty) == (
        "activity L1(l1=0.01)",
        {"l1": 0.01},
        None,
    )
    assert without.notes()[-1] == (
        "not in the penalty, as it depends on a batch: activity L1(l1=0.01) of active, "
        "add_loss of scaled"
    )
    on_batch = summary(model, inputs=BATCH)
    model(BATCH)
    assert on_batch.penalty == pytest.approx(float(sum(model.losses)), rel=1e-6)
    assert on_batch.depends_on_a_batch == ()
    active = 0.01 * np.abs(model.get_layer("active")(BATCH)).sum() / len(BATCH)
    assert row_of(on_batch, "active", LAYER_LOSSES).penalty == pytest.approx(active, rel=1e-5)
    assert row_of(on_batch, "scaled", LAYER_LOSSES).regularizer == "add_loss"
    model.compile(loss="mse")
    total = model.evaluate(BATCH, model(BATCH), batch_size=3, verbose=0)  # the data loss is 0
    assert on_batch.penalty == pytest.approx(total, rel=1e-5)


def test_a_regularizer_that_works_is_not_remarked_on(model: keras.Model) -> None:
    assert summary(model).remarks == ()


def test_a_layer_alone_has_a_summary() -> None:
    layer = layers.Dense(2, kernel_regularizer="l2", name="alone")
    layer.build((None, 3))
    result = summary(layer)
    assert [row.layer for row in result.rows] == ["alone", "alone"]
    assert result.penalty == pytest.approx(float(sum(layer.losses)))


def test_the_text() -> None:
    model = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(
                2, kernel_initializer="ones", kernel_regularizer=regularizers.L2(0.25), name="a"
            ),
            layers.Activation("relu", name="b"),
        ],
        name="small",
    )
    assert str(summary(model, data_loss=3.0)) == (
        "small\n"
        "Layer           Output shape  Variable  Shape   Parameters  Regularizer"
        "  Penalty now  Of penalty  Of total loss\n"
        + "─" * 111
        + "\n"
        + "a (Dense)       (None, 2)     kernel    (2, 2)           4  L2(l2=0.25)"
        "            1      100.0%          25.0%\n"
        "                              bias      (2,)             2  –\n"
        "b (Activation)  (None, 2)                                0\n"
        + "─" * 111
        + "\n6 parameters, 6 trainable, 4 regularized\npenalty 1 + data loss 3 = total loss 4"
    )


class Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.lasttag in ("th", "td"):
            self.rows[-1][-1] += data


def test_the_html_table_holds_the_same_cells(model: keras.Model) -> None:
    result = summary(model)
    reader = Cells()
    reader.feed(result._repr_html_())
    assert tuple(tuple(row) for row in reader.rows) == result.table()


def test_names_cannot_write_html() -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="a<b>")])
    shown = summary(model)._repr_html_()
    assert "a<b>" not in shown
    assert "a&lt;b&gt;" in shown


def test_keras_own_summary_names_no_regularizer() -> None:
    printed = io.StringIO()
    sequential().summary(print_fn=printed.write)
    assert "L1" not in printed.getvalue()
    assert "egulariz" not in printed.getvalue()


@pytest.mark.parametrize("make", [lambda: keras.Sequential([layers.Dense(2)]), Subclassed])
def test_a_model_without_weights_yet_is_refused(make: Callable[[], keras.Model]) -> None:
    model = make()
    with pytest.raises(InvalidValue) as caught:
        summary(model)
    message = f"model must have its weights: call it on a batch first, got {model!r}"
    assert str(caught.value) == message


def test_what_is_no_model_and_no_loss_is_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        summary("model")
    assert str(caught.value) == "model must be a Keras model or layer, got 'model'"
    with pytest.raises(InvalidValue) as caught:
        summary(sequential(), data_loss=float("nan"))
    assert str(caught.value) == "data_loss must be finite, got nan"


REGULARIZERS = st.one_of(
    st.none(),
    st.builds(regularizers.L1, st.floats(0.0, 1.0)),
    st.builds(regularizers.L2, st.floats(0.0, 1.0)),
    st.builds(regularizers.L1L2, st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
    st.builds(regularizers.OrthogonalRegularizer, st.floats(0.0, 1.0)),
    st.just(hundredth),
)
LAYERS = st.lists(st.tuples(REGULARIZERS, REGULARIZERS, st.booleans()), min_size=1, max_size=3)


@given(drawn=LAYERS)
def test_any_regularizers_sum_to_keras_losses(drawn: list[tuple[object, object, bool]]) -> None:
    model = keras.Sequential([keras.Input((3,))])
    for kernel, bias, trainable in drawn:
        square = isinstance(bias, regularizers.OrthogonalRegularizer)  # only for matrices
        layer = layers.Dense(
            3,
            kernel_regularizer=kernel,
            bias_regularizer=None if square else bias,
            bias_initializer="ones",
        )
        model.add(layer)
        layer.trainable = trainable
    expected = float(sum(model.losses)) if model.losses else 0.0
    assert summary(model).penalty == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_it_is_a_public_name() -> None:
    assert l2viz.summary is summary
    assert l2viz.ModelSummary is ModelSummary
