"""Conventions of objectives: the penalty is a term that is added to a loss."""

from __future__ import annotations

from l2viz.interop.convention import Convention, NotOnWeights

_ONE_TARGET = "one target; for several, samples × targets takes the place of samples"
_NO_BIAS = "intercepts carry no penalty, as biases in Keras"

OF_OBJECTIVES = (
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
        factor=1.0,
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
        factor=0.5,
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
        factor=1.0,
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
        factor=0.5,
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
        factor=1.0,
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
        factor=0.5,
        inverse=True,
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
        factor=0.5,
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
        factor=1.0,
    ),
    Convention(
        key="tf_l2_loss",
        library="TensorFlow, tf.nn.l2_loss",
        setting="its factor in the loss",
        objective=r"L + c\,\tfrac12\sum w^2",
        formula="λ = factor / 2",
        formula_tex=r"\lambda = \frac{c}{2}",
        assumptions=("the same data loss", "added for the kernels alone"),
        source="TensorFlow, tf.nn.l2_loss: sum(t ** 2) / 2",
        factor=0.5,
    ),
    Convention(
        key="tf_contrib",
        library="TensorFlow 1, tf.contrib.layers.l2_regularizer",
        setting="scale",
        objective=r"L + s\,\tfrac12\sum w^2",
        formula="λ = scale / 2",
        formula_tex=r"\lambda = \frac{s}{2}",
        assumptions=(
            "the same data loss, to which the collection REGULARIZATION_LOSSES was added by hand",
            "TF-Slim has the same one; tf.keras.regularizers.l2 has no ½",
        ),
        source="TensorFlow 1.15, tensorflow/contrib/layers/python/layers/regularizers.py: "
        "l2_regularizer",
        factor=0.5,
    ),
    Convention(
        key="textbook_2m",
        library="Textbooks with λ/2m, as Andrew Ng's course",
        setting="λ",
        objective=r"\frac{1}{m}\sum\mathrm{loss} + \frac{\lambda'}{2m}\sum w^2",
        formula="λ = (their λ) / (2 · samples)",
        formula_tex=r"\lambda = \frac{\lambda'}{2m}",
        needs=("samples",),
        assumptions=(
            "cross-entropy as a mean over all samples",
            "m counts all samples; with minibatches, in which m is the batch, give that size",
        ),
        source="Andrew Ng, Machine Learning: regularized logistic regression and neural networks",
        factor=0.5,
    ),
    Convention(
        key="textbook_2m_squared_loss",
        library="Textbooks with λ/2m, squared loss",
        setting="λ",
        objective=r"\frac{1}{2m}\left(\sum(\hat y - y)^2 + \lambda'\sum w^2\right)",
        formula="λ = (their λ) / samples",
        formula_tex=r"\lambda = \frac{\lambda'}{m}",
        needs=("samples",),
        assumptions=("Keras's mean squared error, which is twice the loss there", _ONE_TARGET),
        source="Andrew Ng, Machine Learning: regularized linear regression",
        factor=1.0,
    ),
    Convention(
        key="textbook_2n",
        library="Textbooks with λ/2n, as Michael Nielsen's",
        setting="λ",
        objective=r"C_0 + \frac{\lambda'}{2n}\sum w^2",
        formula="λ = (their λ) / (2 · samples)",
        formula_tex=r"\lambda = \frac{\lambda'}{2n}",
        needs=("samples",),
        assumptions=(
            "C₀ is the same data loss: his quadratic cost is half a sum over the outputs",
            "n counts all training samples, also where the gradient is that of a minibatch",
        ),
        source="Michael Nielsen, Neural Networks and Deep Learning, chapter 3",
        factor=0.5,
    ),
)

NOT_ON_WEIGHTS = (
    NotOnWeights(
        key="xgboost",
        library="XGBoost",
        setting="lambda (reg_lambda)",
        objective=r"\sum\mathrm{loss} + \sum_{\mathrm{trees}}\left(\gamma T + "
        r"\tfrac{\lambda'}{2}\sum_{j=1}^{T} v_j^2\right),\quad v_j = -\frac{G_j}{H_j + \lambda'}",
        why="it shrinks the answers v of a tree's leaves, by G / (H + λ) instead of G / H, so that "
        "leaves with few examples answer little; there are no weights that inputs are multiplied "
        "by, and no λ of Keras does this",
        source="Chen and Guestrin, arXiv 1603.02754, equations 2 and 5",
    ),
    NotOnWeights(
        key="lightgbm",
        library="LightGBM",
        setting="lambda_l2 (reg_lambda)",
        objective=r"v_j = -\frac{\sum g}{\sum h + \lambda'}",
        why="it shrinks the answers of a tree's leaves, as XGBoost's lambda does; there are no "
        "weights that inputs are multiplied by, and no λ of Keras does this",
        source="LightGBM, src/treelearner/feature_histogram.hpp: CalculateSplittedLeafOutput",
    ),
)
