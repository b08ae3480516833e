"""Name and seed -> Dataset: the arrays of one experiment, drawn or loaded offline."""

from __future__ import annotations

import numpy as np

from l2viz.data.brought import load_brought
from l2viz.data.dataset import Dataset
from l2viz.data.digits import enlarged, load_large_digits, load_small_digits
from l2viz.data.planar import load_circles, load_moons, load_spirals, load_xor
from l2viz.data.plane_grid import BOUNDARY_SIDE
from l2viz.data.regression import load_curve, load_linear
from l2viz.data.tabular import load_breast_cancer_table, load_wine_table
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import is_brought

__all__ = ["BOUNDARY_SIDE", "DATA_STREAM", "LOADERS", "Dataset", "enlarged", "load"]

DATA_STREAM = 1  # makes the random numbers of data independent of those of the batch order

LOADERS = {
    "digits": load_small_digits,
    "digits28": load_large_digits,
    "curve": load_curve,
    "moons": load_moons,
    "circles": load_circles,
    "spirals": load_spirals,
    "xor": load_xor,
    "linear": load_linear,
    "breast_cancer": load_breast_cancer_table,
    "wine": load_wine_table,
}


def load(experiment: Experiment) -> Dataset:
    """Make or load the dataset of an experiment; equal experiments get equal arrays."""
    generator = np.random.default_rng([experiment.seed, DATA_STREAM])
    loader = load_brought if is_brought(experiment.dataset) else LOADERS[experiment.dataset]
    return loader(experiment, generator)
