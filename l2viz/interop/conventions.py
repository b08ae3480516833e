"""λ of Keras <-> the setting for the same penalty in other libraries.

Keras minimizes data loss + λ·Σw²; the data loss is a mean over the examples of a batch. Each
Convention states what its library minimizes, and the setting that gives the same weights.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from l2viz.validation import InvalidValue, choice, integer, number

LARGEST = 1e100  # strength or setting; the product of a larger one and a count may overflow
SMALLEST = sys.float_info.min


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How one library defines the strength.

    key          for `translate(to=...)`
    library      its name
    setting      its argument for the strength
    objective    what it minimizes, or its update step, in its own notation (TeX)
    formula      λ from the setting, as text
    formula_tex  the same in TeX
    needs        other arguments of the formula: "samples", "batch_size", "learning_rate"
    exact        False if no setting gives the same training, only the same shrinkage per step
    assumptions  under which the formula holds
    source       where the library defines it
    scale        f(samples, batch_size, learning_rate) with λ = f · setting
    inverse      True if the setting decreases as λ increases: λ = f / setting
    """

    key: str
    library: str
    setting: str
    objective: str
    formula: str
    formula_tex: str
    needs: tuple[str, ...] = ()
    exact: bool = True
    assumptions: tuple[str, ...]
    source: str
    scale: Callable[[float, float, float], float]
    inverse: bool = False


_SAME_LOSS = "the same data loss as in Keras, a mean over the batch"
_BIASES = "biases are decayed too, unless they stand in a parameter group of their own"
_ONE_TARGET = "one target; for several, samples × targets takes the place of samples"
_NO_BIAS = "intercepts carry no penalty, as biases in Keras"

_ALL = (
    Convention(
        key="playground",
        library="TensorFlow Playground",
        setting="Regularization rate",
        objective=r"\frac{1}{B}\sum\tfrac12(o-y)^2 + \tfrac{r}{2}\sum w^2",
        formula="λ = rate",
        formula_tex=r"\lambda = r",
        assumptions=(
            "Keras's mean squared error, which is twice the Playground's loss",
            "so a plain SGD step there equals one in Keras at half the learning rate",
        ),
        source="tensorflow/playground, src/nn.ts: Errors.SQUARE, RegularizationFunction.L2 "
        "and updateWeights",
        scale=lambda samples, batch, rate: 1.0,
    ),
    Convention(
        key="playground_own_loss",
        library="TensorFlow Playground, its own loss",
        setting="Regularization rate",
        objective=r"\frac{1}{B}\sum\tfrac12(o-y)^2 + \tfrac{r}{2}\sum w^2",
        formula="λ = rate / 2",
        formula_tex=r"\lambda = \frac{r}{2}",
        assumptions=("half the mean squared error as the data loss in Keras",),
        source="tensorflow/playground, src/nn.ts: Errors.SQUARE, RegularizationFunction.L2 "
        "and updateWeights",
        scale=lambda samples, batch, rate: 0.5,
    ),
    Convention(
        key="torch_sgd",
        library="PyTorch, torch.optim.SGD",
        setting="weight_decay",
        objective=r"g \leftarrow g + d\,w",
        formula="λ = weight_decay / 2",
        formula_tex=r"\lambda = \frac{d}{2}",
        assumptions=(_SAME_LOSS, _BIASES, "with or without momentum: the decay is in the gradient"),
        source="PyTorch, torch/optim/sgd.py: grad.add(param, alpha=weight_decay)",
        scale=lambda samples, batch, rate: 0.5,
    ),
    Convention(
        key="torch_adam",
        library="PyTorch, torch.optim.Adam",
        setting="weight_decay",
        objective=r"g \leftarrow g + d\,w",
        formula="λ = weight_decay / 2",
        formula_tex=r"\lambda = \frac{d}{2}",
        assumptions=(
            _SAME_LOSS,
            _BIASES,
            "not AdamW, nor decoupled_weight_decay=True",
            "the same epsilon: 1e-8 by default in PyTorch, 1e-7 in Keras",
        ),
        source="PyTorch, torch/optim/adam.py: grad.add(param, alpha=weight_decay)",
        scale=lambda samples, batch, rate: 0.5,
    ),
    Convention(
        key="keras_sgd_decay",
        library="Keras, SGD(weight_decay=…)",
        setting="weight_decay",
        objective=r"w \leftarrow w - \eta\,d\,w - \eta\,g",
        formula="λ = weight_decay / 2",
        formula_tex=r"\lambda = \frac{d}{2}",
        assumptions=(
            "momentum 0: the decay does not pass through the momentum",
            "biases are decayed too, unless exclude_from_weight_decay names them",
        ),
        source="Keras, optimizers/base_optimizer.py: _apply_weight_decay",
        scale=lambda samples, batch, rate: 0.5,
    ),
    Convention(
        key="adamw",
        library="AdamW of Keras and PyTorch",
        setting="weight_decay",
        objective=r"w \leftarrow w - \eta\,d\,w - \eta\,\frac{\hat m}{\sqrt{\hat v}+\epsilon}",
        formula="λ ≈ weight_decay / 2",
        formula_tex=r"\lambda \approx \frac{d}{2}",
        exact=False,
        assumptions=(
            "no λ gives the same training: L2's gradient passes through m/√v, the decay does not",
            "this one takes as large a share of a weight each step as L2 does under plain SGD",
            "biases are decayed too, unless they are excluded",
        ),
        source="Keras, optimizers/base_optimizer.py: _apply_weight_decay; "
        "Loshchilov and Hutter, arXiv 1711.05101",
        scale=lambda samples, batch, rate: 0.5,
    ),
    Convention(
        key="adamw_paper",
        library="AdamW as in its paper",
        setting="weight decay factor, per step",
        objective=r"w \leftarrow w - d\,w - \alpha\,\frac{\hat m}{\sqrt{\hat v}+\epsilon}",
        formula="λ ≈ weight decay factor / (2 · learning rate)",
        formula_tex=r"\lambda \approx \frac{d}{2\eta}",
        needs=("learning_rate",),
        exact=False,
        assumptions=(
            "no λ gives the same training, as with every AdamW",
            "the paper's decay is not multiplied by the learning rate, its schedule at 1",
        ),
        source="Loshchilov and Hutter, arXiv 1711.05101, algorithm 2 and proposition 1",
        scale=lambda samples, batch, rate: 0.5 / rate,
    ),
    Convention(
        key="sklearn_ridge",
        library="scikit-learn, Ridge",
        setting="alpha",
        objective=r"\|y - Xw\|^2 + \alpha\|w\|^2",
        formula="λ = alpha / samples",
        formula_tex=r"\lambda = \frac{\alpha}{n}",
        needs=("samples",),
        assumptions=("mean squared error, one linear layer", _ONE_TARGET, _NO_BIAS),
        source="scikit-learn, linear_model/_ridge.py: Ridge",
        scale=lambda samples, batch, rate: 1.0 / samples,
    ),
    Convention(
        key="sklearn_mlp_classifier",
        library="scikit-learn, MLPClassifier",
        setting="alpha",
        objective=r"\frac{1}{B}\sum\mathrm{loss} + \frac{\alpha}{2B}\sum w^2",
        formula="λ = alpha / (2 · batch size)",
        formula_tex=r"\lambda = \frac{\alpha}{2B}",
        needs=("batch_size",),
        assumptions=(
            "cross-entropy as a mean over the batch",
            "every batch of the same size: the penalty there is divided by that of each",
            "solver='lbfgs' has one batch, of all samples",
            _NO_BIAS,
        ),
        source="scikit-learn, neural_network/_multilayer_perceptron.py: _backprop",
        scale=lambda samples, batch, rate: 0.5 / batch,
    ),
    Convention(
        key="sklearn_mlp_regressor",
        library="scikit-learn, MLPRegressor",
        setting="alpha",
        objective=r"\frac{1}{B}\sum\tfrac12(o-y)^2 + \frac{\alpha}{2B}\sum w^2",
        formula="λ = alpha / batch size",
        formula_tex=r"\lambda = \frac{\alpha}{B}",
        needs=("batch_size",),
        assumptions=(
            "one target, and Keras's mean squared error, which is twice the loss there",
            "every batch of the same size: the penalty there is divided by that of each",
            _NO_BIAS,
        ),
        source="scikit-learn, neural_network/_base.py: squared_loss; _multilayer_perceptron.py",
        scale=lambda samples, batch, rate: 1.0 / batch,
    ),
    Convention(
        key="sklearn_logistic",
        library="scikit-learn, LogisticRegression",
        setting="C",
        objective=r"C\sum\mathrm{loss} + \tfrac12\|w\|^2",
        formula="λ = 1 / (2 · C · samples)",
        formula_tex=r"\lambda = \frac{1}{2\,C\,n}",
        needs=("samples",),
        assumptions=(
            "cross-entropy as a mean over all samples",
            "two classes: one output with a sigmoid; more: one with a softmax for each",
            "any solver but liblinear, which also penalizes the intercept",
        ),
        source="scikit-learn, linear_model/_logistic.py: l2_reg_strength = 1 / (C · samples)",
        scale=lambda samples, batch, rate: 0.5 / samples,
        inverse=True,
    ),
    Convention(
        key="convnetjs",
        library="ConvNetJS",
        setting="l2_decay",
        objective=r"\frac{1}{B}\left(\sum\mathrm{loss} + \tfrac{d}{2}\sum w^2\right)",
        formula="λ = l2_decay / (2 · batch size)",
        formula_tex=r"\lambda = \frac{d}{2B}",
        needs=("batch_size",),
        assumptions=("the same data loss", "biases have l2_decay_mul 0, as they do by default"),
        source="karpathy/convnetjs, src/convnet_trainers.js: gij",
        scale=lambda samples, batch, rate: 0.5 / batch,
    ),
    Convention(
        key="d2l",
        library="Dive into Deep Learning",
        setting="λ (lambd, wd)",
        objective=r"L(w, b) + \tfrac{\lambda'}{2}\|w\|^2",
        formula="λ = (their λ) / 2",
        formula_tex=r"\lambda = \frac{\lambda'}{2}",
        assumptions=(
            "the same data loss; against its ½(ŷ − y)², half the mean squared error",
            "the formulas of the book: its TensorFlow code hands the number to Keras's L2 unhalved",
        ),
        source="d2l-ai/d2l-en, chapter_linear-regression/weight-decay.md",
        scale=lambda samples, batch, rate: 0.5,
    ),
    Convention(
        key="d2l_squared_loss",
        library="Dive into Deep Learning, squared loss",
        setting="λ (lambd, wd)",
        objective=r"\frac{1}{n}\sum\tfrac12(\hat y-y)^2 + \tfrac{\lambda'}{2}\|w\|^2",
        formula="λ = their λ",
        formula_tex=r"\lambda = \lambda'",
        assumptions=("Keras's mean squared error, which is twice the loss there",),
        source="d2l-ai/d2l-en, chapter_linear-regression/weight-decay.md",
        scale=lambda samples, batch, rate: 1.0,
    ),
)
CONVENTIONS = MappingProxyType({convention.key: convention for convention in _ALL})


def translate(
    strength: float,
    *,
    to: str,
    samples: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
) -> float:
    """λ ÷ f, or f ÷ λ for an inverse setting: Keras's λ in the convention of another library.

    f and its source are in ``CONVENTIONS[to]``.

    Parameters
    ----------
    strength
        λ of ``keras.regularizers.L2``, from 0 to 1e100.
    to
        A key of ``CONVENTIONS``: "sklearn_ridge", "torch_adam".
    samples, batch_size, learning_rate
        Required if the formula needs them, else ignored.

    Returns
    -------
    float
        The setting with the same penalty; ∞ for λ = 0 and an inverse setting.

    Raises
    ------
    InvalidValue
        A ValueError, for a missing or invalid argument.
    """
    convention = _convention("to", to)
    scale = _scale(convention, samples, batch_size, learning_rate)
    strength = number("strength", strength, 0.0, LARGEST)
    if convention.inverse:
        return math.inf if strength < SMALLEST else scale / strength
    return strength / scale


def translate_back(
    setting: float,
    *,
    of: str,
    samples: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
) -> float:
    """f · setting, or f ÷ setting for an inverse one: Keras's λ for another library's setting.

    The inverse of `translate`.

    Parameters
    ----------
    setting
        From 0 to 1e100; an inverse setting is positive, and may be ∞.
    of
        A key of ``CONVENTIONS``: "sklearn_ridge", "torch_adam".
    samples, batch_size, learning_rate
        Required if the formula needs them, else ignored.

    Returns
    -------
    float
        λ of ``keras.regularizers.L2``.

    Raises
    ------
    InvalidValue
        A ValueError, for a missing or invalid argument.
    """
    convention = _convention("of", of)
    scale = _scale(convention, samples, batch_size, learning_rate)
    if convention.inverse:
        if setting == math.inf:
            return 0.0
        if not number("setting", setting, 0.0, LARGEST) >= SMALLEST:
            raise InvalidValue("setting", f"be > 0 as {convention.setting}", setting)
        return scale / float(setting)
    return number("setting", setting, 0.0, LARGEST) * scale


def _convention(field: str, key: object) -> Convention:
    return CONVENTIONS[choice(field, key, tuple(CONVENTIONS))]


def _scale(
    convention: Convention,
    samples: int | None,
    batch_size: int | None,
    learning_rate: float | None,
) -> float:
    given = {"samples": samples, "batch_size": batch_size, "learning_rate": learning_rate}
    values = dict.fromkeys(given, 1.0)
    for name in convention.needs:
        value = given[name]
        if value is None:
            rule = f"be given for {convention.library} ({convention.formula})"
            raise InvalidValue(name, rule, value)
        if name == "learning_rate":
            values[name] = number(name, value, 1e-12, 1e6)
        else:
            values[name] = float(integer(name, value, 1, 10**12))
    return convention.scale(values["samples"], values["batch_size"], values["learning_rate"])
