"""The same dense path in JAX: `vmap` over the members, `scan` over the steps, all compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from l2viz.data import Dataset
from l2viz.engine.model import initial_weights
from l2viz.experiment import Experiment

_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7  # Adam's, as in Keras


def jax_epochs(experiment: Experiment, dataset: Dataset) -> Callable[[], None]:
    """Return a function that trains every member for one epoch and waits until it is done."""
    inputs, targets = jnp.array(dataset.train_inputs), jnp.array(dataset.train_targets)
    size, members = experiment.batch_size, len(experiment.strengths)
    whole = len(targets) // size * size
    generator = np.random.default_rng(experiment.seed)

    def loss(weights: list[Any], strength: Any, batch: Any) -> Any:
        outputs = inputs[batch]
        for i in range(0, len(weights), 2):
            outputs = outputs @ weights[i] + weights[i + 1]
            if i + 2 < len(weights):
                outputs = jax.nn.relu(outputs)
        logs = jax.nn.log_softmax(outputs)
        data_loss = -jnp.mean(logs[jnp.arange(len(batch)), targets[batch]])
        return data_loss + strength * sum((kernel**2).sum() for kernel in weights[::2])

    def step(state: Any, strength: Any, batch: Any) -> Any:
        weights, means, squares, count = state
        gradients = jax.grad(loss)(weights, strength, batch)
        count = count + 1
        means = [_BETA_1 * m + (1 - _BETA_1) * g for m, g in zip(means, gradients, strict=True)]
        squares = [
            _BETA_2 * s + (1 - _BETA_2) * g * g for s, g in zip(squares, gradients, strict=True)
        ]
        rate = experiment.learning_rate * jnp.sqrt(1 - _BETA_2**count) / (1 - _BETA_1**count)
        moved = [
            w - rate * m / (jnp.sqrt(s) + _EPSILON)
            for w, m, s in zip(weights, means, squares, strict=True)
        ]
        return moved, means, squares, count

    def epoch(state: Any, strength: Any, order: Any) -> Any:
        batches = order[:whole].reshape(-1, size)
        state, _ = jax.lax.scan(lambda s, batch: (step(s, strength, batch), None), state, batches)
        return step(state, strength, order[whole:]) if whole < len(targets) else state

    compiled = jax.jit(jax.vmap(epoch, (0, 0, None)))
    weights = [jnp.array(np.stack([w] * members)) for w in initial_weights(experiment)]
    zeros = [jnp.zeros_like(w) for w in weights]
    state = [(weights, zeros, zeros, jnp.zeros(members))]
    strengths = jnp.array(experiment.strengths, dtype=weights[0].dtype)

    def train() -> None:
        state[0] = compiled(state[0], strengths, generator.permutation(len(targets)))
        jax.block_until_ready(state[0])

    return train
