"""Training: every member of a path is what plain `model.fit` computes, and runs repeat exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from l2viz.engine import program_pool, shard_training
from l2viz.engine.model import compiled_model
from l2viz.engine.training import PathTraining, run, train
from l2viz.experiment import Experiment
from l2viz.path.divergence import Diverged
from l2viz.path.structure import Structure
from l2viz.trajectory import MEASURED, Trajectory
from l2viz.trajectory.divergence import diverged_at, divergence_sentence
from tests.cases import others_slow
from tests.fresh_process import run_python
from tests.plain_keras import Batches, batch_orders, optimizer_state
from tests.trajectories import bits

pytestmark = pytest.mark.usefixtures("one_thread")

STRENGTHS = (0.0, 1e-4, 3e-3, 0.03)

# Six for the proofs and two more; 300 examples in batches of 32 leave a last one of 12.
EXPERIMENTS: dict[str, dict[str, Any]] = {
    "digits lesson": {"epochs": 80, "strengths": STRENGTHS},
    "digits, one hidden layer, first kernel": {
        "hidden": (48,),
        "regularized": "first",
        "epochs": 80,
        "strengths": STRENGTHS,
    },
    "digits, SGD with momentum": {
        "optimizer": "sgd",
        "momentum": 0.9,
        "learning_rate": 0.02,
        "activation": "elu",
        "epochs": 80,
        "strengths": STRENGTHS,
    },
    "digits, RMSprop, first kernel": {
        "optimizer": "rmsprop",
        "learning_rate": 1e-3,
        "activation": "gelu",
        "regularized": "first",
        "epochs": 80,
        "strengths": STRENGTHS,
    },
    "digits, plain SGD, one member": {
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "hidden": (32,),
        "activation": "sigmoid",
        "epochs": 80,
        "strengths": (0.0,),
    },
    "digits, no hidden layer": {
        "hidden": (),
        "epochs": 40,
        "strengths": STRENGTHS,
    },
    "curve lesson": {"dataset": "curve", "epochs": 2_000, "strengths": (0.0, 2e-3, 0.03)},
    "curve, RMSprop with momentum, one hidden layer": {
        "dataset": "curve",
        "optimizer": "rmsprop",
        "momentum": 0.5,
        "learning_rate": 1e-3,
        "hidden": (32,),
        "batch_size": 4,
        "epochs": 100,
        "strengths": STRENGTHS,
    },
}
SHORT = 2  # epochs of the runs that are not marked slow
WHOLE_RUN = pytest.mark.slow

named = pytest.mark.parametrize("name", EXPERIMENTS)
quick = pytest.mark.parametrize(
    "name",
    others_slow(
        EXPERIMENTS,
        quick=["digits, RMSprop, first kernel", "digits, no hidden layer", "curve lesson"],
    ),
)
whole = pytest.mark.parametrize(
    "epochs", [SHORT, pytest.param(None, marks=WHOLE_RUN)], ids=["short", "whole"]
)


def experiment_of(name: str, epochs: int | None, **more: Any) -> Experiment:
    fields = EXPERIMENTS[name] | more
    if epochs is not None:  # a short variant, of the two strengths at the ends
        ends = fields["strengths"][:: max(len(fields["strengths"]) - 1, 1)]
        fields |= {"epochs": epochs, "strengths": ends}
    return Experiment(**fields)


@named
@WHOLE_RUN  # short runs of every kind: test_exactness
@pytest.mark.usefixtures("floatx64")
def test_in_float64_every_member_is_what_fit_gives(name: str) -> None:
    """Weights after the whole run, absolute difference at most 1e-9."""
    experiment = experiment_of(name, None, dtype="float64")
    with PathTraining(experiment) as path:
        path.train_epochs(experiment.epochs)
        members = [path.member_weights(k) for k in range(len(experiment.strengths))]
        batches = Batches(experiment, path.datasets[0])
    for strength, weights in zip(experiment.strengths, members, strict=True):
        model = compiled_model(experiment, strength=strength)
        batches.fit(model, *batch_orders(experiment))
        for ours, theirs in zip(weights, model.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=1e-9)


@quick
@whole
def test_in_float32_every_epoch_is_what_fit_gives(name: str, epochs: int | None) -> None:
    """One epoch of fit from the path's own state, at each epoch: absolute difference 1e-5."""
    experiment = experiment_of(name, epochs)
    members = range(len(experiment.strengths))
    models = [compiled_model(experiment, strength=strength) for strength in experiment.strengths]
    for model in models:
        model.optimizer.build(model.trainable_variables)
    with PathTraining(experiment) as path:
        batches = Batches(experiment, path.datasets[0])
        for order in batch_orders(experiment):
            for member, model in zip(members, models, strict=True):
                model.set_weights(path.member_weights(member))
                state = optimizer_state(path, member)
                for variable, value in zip(model.optimizer.variables, state, strict=True):
                    assert variable.shape == value.shape
                    variable.assign(value)
                batches.fit(model, order)
            path.train_epochs(1)
            for member, model in zip(members, models, strict=True):
                for ours, theirs in zip(
                    path.member_weights(member), model.get_weights(), strict=True
                ):
                    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=1e-5)


@quick
@whole
def test_losses_and_accuracies_are_what_evaluate_gives(name: str, epochs: int | None) -> None:
    """Losses within 1e-5 of the larger of 1 and their size; accuracies to the last example."""
    experiment = experiment_of(name, epochs, record_every=epochs or 20)
    models = [compiled_model(experiment, strength=strength) for strength in experiment.strengths]
    with PathTraining(experiment) as path:
        dataset = path.datasets[0]
        parts = {
            "train": (dataset.train_inputs, dataset.train_targets),
            "val": (dataset.val_inputs, dataset.val_targets),
            "test": (dataset.test_inputs, dataset.test_targets),
        }
        for snapshot in path.snapshots():
            for member, model in enumerate(models):
                model.set_weights(path.member_weights(member))
                penalty = snapshot.penalty[member].sum()
                assert penalty == pytest.approx(float(sum(model.losses)), rel=1e-5, abs=1e-9)
                for part, (inputs, targets) in parts.items():
                    loss = getattr(snapshot, f"{part}_data_loss")[member] + penalty
                    result = model.evaluate(
                        inputs, targets, batch_size=64, verbose=0, return_dict=True
                    )
                    assert loss == pytest.approx(result["loss"], rel=1e-5, abs=1e-5)
                    accuracy = getattr(snapshot, f"{part}_accuracy")
                    if experiment.task == "regression":
                        assert accuracy is None
                    else:
                        right = round(result["accuracy"] * len(targets))
                        assert round(float(accuracy[member]) * len(targets)) == right


def test_fit_on_arrays_is_the_same(floatx64: None) -> None:
    """The proofs feed `fit` a dataset; given arrays and shuffle=False it gives the same bits."""
    experiment = small(dtype="float64", epochs=2)
    with PathTraining(experiment) as path:
        dataset = path.datasets[0]
    models = [compiled_model(experiment, strength=0.01) for _ in range(2)]
    batches = Batches(experiment, dataset)
    for order in batch_orders(experiment):
        batches.fit(models[0], order)
        models[1].fit(
            dataset.train_inputs[order],
            dataset.train_targets[order],
            batch_size=experiment.batch_size,
            shuffle=False,
            verbose=0,
        )
    for one, other in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def small(**fields: Any) -> Experiment:
    settings: dict[str, Any] = {
        "train_size": 50,
        "hidden": (8,),
        "epochs": 4,
        "record_every": 2,
        "strengths": (0.0, 1e-3, 1e-2),
    }
    return Experiment(**(settings | fields))


BITS_IN_A_FRESH_PROCESS = """
import sys
sys.path.insert(0, sys.argv[1])
from test_training import bits, small
from l2viz.engine.training import run
for dataset in sys.argv[2:]:
    print(bits(run(small(dataset=dataset))))
"""
DATASETS = ("digits", "curve")


@pytest.fixture(scope="module")
def bits_in_a_fresh_process() -> dict[str, str]:
    """Return the digest of a small run of each dataset."""
    fresh = run_python(BITS_IN_A_FRESH_PROCESS, str(Path(__file__).parent), *DATASETS)
    return dict(zip(DATASETS, fresh.stdout.split()[-len(DATASETS) :], strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("dataset", DATASETS)
def test_equal_experiments_give_equal_bits(
    dataset: str, bits_in_a_fresh_process: dict[str, str]
) -> None:
    experiment = small(dataset=dataset)
    first = bits(run(experiment))
    others = [{"seed": 1}, {"train_size": 33}, {"strengths": (0.0, 1.0, 2.0)}, {"momentum": 0.5}]
    for fields in others:
        optimizer = {"optimizer": "sgd"} if "momentum" in fields else {}
        assert bits(run(small(dataset=dataset, **fields, **optimizer))) != first
    assert bits(run(small(dataset=dataset))) == first
    assert bits_in_a_fresh_process[dataset] == first


def test_paths_in_training_at_the_same_time_do_not_mix() -> None:
    experiments = [small(seed=5), small(seed=6), small(seed=5)]
    alone = [bits(run(experiment)) for experiment in experiments]
    iterators = [train(experiment) for experiment in experiments]
    together = zip(*iterators, strict=True)
    snapshots = list(zip(*together, strict=True))
    for experiment, measured, expected in zip(experiments, snapshots, alone, strict=True):
        with PathTraining(experiment) as path:
            context = path.context
        digest = bits(Trajectory.of(context, measured))
        kernels_apart = bits(Trajectory.of(context, list(train(experiment))))
        assert digest == kernels_apart
        assert expected != digest  # which has no kernels
    assert alone[0] == alone[2] != alone[1]


@pytest.mark.slow
def test_a_path_alone_is_measured_like_one_among_others() -> None:
    """K = 1 is traced without the map over members; up to rounding it is the same network."""
    together = run(small(strengths=(0.0, 1e-2), dtype="float64"))
    alone = run(small(strengths=(0.0,), dtype="float64"))
    for name in MEASURED:
        one, both = getattr(alone, name), getattr(together, name)
        if one is not None and name != "gradient_angle":
            np.testing.assert_allclose(one[0], both[0], rtol=1e-9, atol=1e-12)


def traces_and_program(experiment: Experiment) -> tuple[int, int]:
    with PathTraining(experiment) as path:
        program = path._program
        return program.train.experimental_get_tracing_count(), id(program)


def test_traces_are_reused_across_strengths_seeds_and_data_of_one_shape() -> None:
    shape = {"hidden": (9, 3), "activation": "tanh"}
    run(small(**shape))
    first = traces_and_program(small(**shape))
    for fields in (
        {"strengths": (0.0, 0.5, 0.75)},
        {"seed": 9},
        {"train_size": 70, "epochs": 3, "record_every": 1},
        {"learning_rate": 1e-4},
        {"label_noise": 0.9},
    ):
        run(small(**shape, **fields))
        assert traces_and_program(small(**shape, **fields)) == first
    assert first[0] == 1
    other = small(**shape, batch_size=16)
    assert Structure.of(other) != Structure.of(small(**shape))


@pytest.mark.slow
def test_an_iterator_closed_early_gives_its_program_back() -> None:
    experiment = small(hidden=(7,))
    whole_run = bits(run(experiment))
    program = traces_and_program(experiment)
    iterator = train(experiment)
    next(iterator)
    assert traces_and_program(experiment) != program, "one in use is never lent"
    iterator.close()
    assert traces_and_program(experiment) == program
    del iterator
    unstarted = train(experiment)
    assert traces_and_program(experiment) == program
    unstarted.close()
    assert bits(run(experiment)) == whole_run


def test_idle_programs_are_kept_only_so_many() -> None:
    for units in range(1, program_pool.IDLE_PROGRAMS + 4):
        with PathTraining(small(hidden=(units,), epochs=1, record_every=1)):
            pass
    assert len(program_pool._idle) == program_pool.IDLE_PROGRAMS


def test_idle_programs_hold_only_so_many_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    one_path = 3 * (64 * 8 + 8 + 8 * 10 + 10)
    monkeypatch.setattr(program_pool, "LARGEST_PATH_WEIGHTS", 2 * one_path)
    for batch_size in (10, 11, 12):
        with PathTraining(small(batch_size=batch_size)) as path:
            assert path._program.model.weight_count == one_path
    kept = [program.structure.batch_size for program in program_pool._idle]
    assert kept == [11, 12]
    monkeypatch.setattr(program_pool, "LARGEST_PATH_WEIGHTS", 1)
    with PathTraining(small(batch_size=13)):
        pass
    assert [program.structure.batch_size for program in program_pool._idle] == [13]


def test_a_program_dropped_for_its_weights_is_counted_when_traced_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(program_pool, "LARGEST_PATH_WEIGHTS", 1)
    before = program_pool.traced_programs()
    for count, batch_size in enumerate((21, 22, 21), start=1):
        for _ in range(2):  # the second time it is the idle one
            with PathTraining(small(batch_size=batch_size)):
                pass
            assert program_pool.traced_programs() == before + count


def test_the_recorded_epochs_are_measured() -> None:
    experiment = small(epochs=7, record_every=3)
    assert [snapshot.epoch for snapshot in train(experiment)] == [0, 3, 6, 7]
    trajectory = run(experiment)
    assert trajectory.epochs.tolist() == [0, 3, 6, 7]
    each = run(small(epochs=7, record_every=1))
    for name in MEASURED:
        some, all_of_them = getattr(trajectory, name), getattr(each, name)
        if some is not None:
            np.testing.assert_array_equal(some, all_of_them[:, [0, 3, 6, 7]])


def test_epoch_0_is_the_initialization() -> None:
    experiment = small()
    model = compiled_model(experiment, strength=0.0)
    first = next(train(experiment))
    for layer, kernel in enumerate(w for w in model.get_weights() if w.ndim == 2):
        expected = np.full(3, np.linalg.norm(kernel))
        np.testing.assert_allclose(first.kernel_norm[:, layer], expected, rtol=1e-6)


def test_many_epochs_at_once_are_the_same_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = bits(run(small(epochs=9, record_every=9)))
    monkeypatch.setattr(shard_training, "_ROWS_PER_CALL", 100)  # two epochs of 50
    assert bits(run(small(epochs=9, record_every=9))) == expected


SGD = {"dataset": "curve", "optimizer": "sgd", "hidden": (4,), "train_size": 20}


def diverging(**fields: Any) -> Diverged:
    with pytest.raises(Diverged) as caught:
        run(Experiment(**(SGD | fields)))
    return caught.value


TWINS = {"repeats": 2, "penalties": ("l2", "none")}


@pytest.mark.parametrize("more", others_slow([{}, TWINS], quick=[TWINS]), ids=str)
def test_a_strength_that_diverges_is_marked_and_does_not_touch_the_others(
    more: dict[str, Any],
) -> None:
    settings = {**SGD, **more, "learning_rate": 0.5, "epochs": 400, "record_every": 5}
    settings["batch_size"] = 20
    alone = run(Experiment(**settings, strengths=(0.0, 1e-3)))
    both = run(Experiment(**settings, strengths=(0.0, 1e-3, 3.0)))
    *fine, epoch = diverged_at(both).tolist()
    assert fine == [-1, -1]
    assert 0 < epoch < 400
    strengths = both.experiment.leading_axes  # their axis
    at = both.epochs.tolist().index(epoch)
    for name in MEASURED:
        array, expected = getattr(both, name), getattr(alone, name)
        if array is None:
            continue
        good, bad = np.split(array, [2], axis=strengths)
        np.testing.assert_array_equal(good, expected, err_msg=name)
        before, after = np.split(np.moveaxis(bad, strengths + 1, 0), [at])
        if array.dtype.kind == "f":
            first = (slice(None), 0) if more else ()  # the twin with the penalty
            assert np.isnan(after[first]).all(), name
            if name != "gradient_angle":
                assert np.isfinite(before).all(), name
        elif not more:
            assert not after.any(), name
    assert divergence_sentence(both) == (
        f"At λ = 3 the loss was no longer a finite number by epoch {epoch}. Plain SGD "
        "diverges when learning rate × λ exceeds 1, and here it is 0.5 × 3 = 1.5: lower either."
    )


def test_a_path_without_any_finite_loss_says_why_and_keeps_its_curves() -> None:
    error = diverging(learning_rate=100.0, strengths=(0.0, 1.0), activation="linear", epochs=400)
    assert str(error) == (
        f"At any strength the loss was no longer a finite number by epoch {error.epoch}. "
        "Lower the learning rate (100)."
    )
    assert error.strength == 1.0
    kept = error.trajectory
    assert kept is not None
    assert kept.epochs.max() < error.epoch
    assert kept.kernels == ()
    finite = np.isfinite(kept.train_data_loss + kept.val_data_loss + kept.penalty.sum(axis=2))
    assert finite.any(axis=0).all()


def test_momentum_moves_the_bound_that_is_told() -> None:
    settings = {"momentum": 0.5, "epochs": 400, "record_every": 400}
    below = Experiment(**SGD, **settings, learning_rate=0.05, strengths=(0.0, 25.0))
    assert np.isfinite(run(below).penalty).all()
    above = run(Experiment(**SGD, **settings, learning_rate=0.05, strengths=(0.0, 32.0)))
    assert divergence_sentence(above) == (
        "At λ = 32 the loss was no longer a finite number by epoch 400. SGD with momentum 0.5 "
        "diverges when learning rate × λ exceeds 1.5, and here it is 0.05 × 32 = 1.6: lower either."
    )


def test_the_largest_multiplier_is_in_the_bound_that_is_told() -> None:
    settings = {"epochs": 400, "record_every": 400, "learning_rate": 0.05}
    multiplied = {"strength_multipliers": (0.0, 4.0), "hidden": (4,)}
    above = run(Experiment(**SGD | settings | multiplied, strengths=(0.0, 8.0)))
    assert divergence_sentence(above) == (
        "At λ = 8 the loss was no longer a finite number by epoch 400. Plain SGD diverges when "
        "learning rate × λ exceeds 1, and here it is 0.05 × 32 = 1.6 in the layer of the largest "
        "multiplier: lower either."
    )


def test_train_raises_too_and_the_next_run_is_not_touched() -> None:
    settings = SGD | {"epochs": 400, "record_every": 5}
    good = Experiment(**settings, learning_rate=0.01, strengths=(0.0, 1e-3))
    bad = Experiment(**settings, learning_rate=100.0, activation="linear", strengths=(0.0,))
    before = bits(run(good))
    measured = []
    with pytest.raises(Diverged) as caught:
        measured.extend(train(bad))
    assert caught.value.trajectory is None
    assert bits(run(good)) == before


def test_the_threads_are_kept_with_the_run() -> None:
    trajectory = run(small())
    assert trajectory.context.threads == 1
    assert trajectory.context.versions["keras"] == keras.__version__
