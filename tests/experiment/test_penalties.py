"""The penalties' factors of λ, against Keras's regularizers."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from l2viz.experiment.penalties import PENALTIES

pytestmark = pytest.mark.usefixtures("one_thread")

WEIGHTS = np.array([[-2.0, 0.5], [0.0, 3.0]], np.float32)
THEIRS = {
    "l2": keras.regularizers.L2,
    "l1": keras.regularizers.L1,
}


@pytest.mark.parametrize("name", PENALTIES)
def test_what_is_in_the_loss_is_what_keras_adds(name: str) -> None:
    facts, strength = PENALTIES[name], 0.25
    squares, magnitudes = np.square(WEIGHTS).sum(), np.abs(WEIGHTS).sum()
    ours = strength * (facts.squares * squares + facts.magnitudes * magnitudes)
    if name == "l1l2":
        theirs = float(keras.regularizers.L1L2(l1=strength, l2=strength)(WEIGHTS))
    else:
        theirs = float(THEIRS[name](strength)(WEIGHTS)) if name in THEIRS else 0.0
    assert ours == pytest.approx(theirs)
    assert facts.in_loss is (theirs > 0.0)


def test_what_acts_beside_the_loss() -> None:
    beside = {
        name: (facts.decay, facts.kernel_decay, facts.proximal)
        for name, facts in PENALTIES.items()
        if facts.decay or facts.kernel_decay or facts.proximal
    }
    assert beside == {
        "decay": (2.0, 0.0, 0.0),
        "kernel_decay": (0.0, 2.0, 0.0),
        "proximal_l1": (0.0, 0.0, 1.0),
    }


def test_titles_tell_them_apart() -> None:
    titles = [facts.title for facts in PENALTIES.values()]
    assert len(set(titles)) == len(titles)
    assert PENALTIES["proximal_l1"].title == "proximal L1"


def test_nothing_can_be_changed() -> None:
    with pytest.raises(TypeError):
        PENALTIES["l3"] = PENALTIES["l2"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        PENALTIES["l2"].squares = 2.0  # type: ignore[misc]
