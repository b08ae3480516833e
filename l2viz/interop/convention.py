"""Convention: how one library defines the strength of L2."""

from __future__ import annotations

from dataclasses import dataclass

SAME_LOSS = "the same data loss as in Keras, a mean over the batch"
BIASES = "biases are decayed too, unless they stand in a parameter group of their own"


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How one library defines the strength.

    key          for `translate(to=...)`
    library      its name
    setting      its argument for the strength
    objective    what it minimizes, or its update step, in its own notation (TeX)
    formula      λ from the setting, as text
    formula_tex  the same in TeX
    needs        other numbers in the formula: "samples", "batch_size" or "learning_rate"
    exact        False if no setting gives the same training, only the same shrinkage per step
    assumptions  under which the formula holds
    source       where the library defines it
    factor       with f = factor ÷ (what it needs), λ = f · setting
    inverse      True if the setting decreases as λ increases: λ = f ÷ setting
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
    factor: float
    inverse: bool = False


@dataclass(frozen=True, kw_only=True)
class NotOnWeights:
    """A setting that is called λ or L2, and is no penalty on the weights of a network.

    key          as it is asked for
    library      its name
    setting      its argument
    objective    what it minimizes, in its own notation (TeX)
    why          why there is no λ for it, in one sentence
    source       where the library defines it
    """

    key: str
    library: str
    setting: str
    objective: str
    why: str
    source: str
