"""Runs of anyone's own model: as files, and merged to a path."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import l2viz
from l2viz.trajectory import MEASURED, RecordedModel, Trajectory
from l2viz.trajectory.divergence import diverged_at, divergence_sentence, without_diverged
from l2viz.validation import InvalidValue
from tests import trajectories
from tests.recorded_runs import recorded

STRENGTHS = (0.1, 0.0, 0.001)


def same(one: Trajectory, other: Trajectory) -> None:
    for name in MEASURED:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for field in dataclasses.fields(one.context):
        found, wanted = getattr(other.context, field.name), getattr(one.context, field.name)
        np.testing.assert_equal(found, wanted)


@pytest.mark.parametrize(
    "make",
    [
        recorded,
        lambda: recorded(sample=False, validated=False),
        lambda: l2viz.merge([recorded(strength) for strength in STRENGTHS]),
        trajectories.digits,
    ],
)
def test_saved_and_opened_it_is_the_same_and_saved_again_the_same_bytes(
    make: Callable[[], Trajectory], tmp_path: Path
) -> None:
    run = make()
    run.save(tmp_path / "one.npz")
    opened = l2viz.open(tmp_path / "one.npz")
    same(run, opened)
    opened.save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_it_has_no_experiment() -> None:
    run = recorded()
    assert run.trained.name == "mine"
    with pytest.raises(TypeError, match="mine is a model of your own: it has no experiment"):
        _ = run.experiment
    assert repr(run) == "<Trajectory of mine: l2, 1 strengths, 4 recorded epochs up to 3>"
    assert len(run.snapshots()) == 4
    assert run.twin() is run


class TestFilesThatAreRefused:
    def changed(self, tmp_path: Path, **words: Any) -> Path:
        """Return a file with other words in its context; None takes one away."""
        recorded().save(tmp_path / "run.npz")
        with np.load(tmp_path / "run.npz") as file:
            arrays = dict(file)
        context = json.loads(str(arrays["context"]))
        context["model"] |= words.pop("model", {})
        context |= words
        for name in [name for name, value in words.items() if value is None]:
            del context[name]
        path = tmp_path / "changed.npz"
        np.savez(path, **arrays | {"context": np.array(json.dumps(context))})
        return path

    def refused(self, path: Path, reason: str) -> None:
        with pytest.raises(ValueError) as caught:
            l2viz.open(path)
        message = str(caught.value)
        assert message.startswith(f"{path} is not a saved trajectory: {reason}")
        assert "\n" not in message

    @pytest.mark.parametrize("version", [2, 0, "1", 1e99])
    def test_another_version(self, version: object, tmp_path: Path) -> None:
        path = self.changed(tmp_path, version=version)
        self.refused(path, f"its version is {version!r}, and this l2viz reads 1")

    def test_a_file_without_a_number_is_older_and_read(self, tmp_path: Path) -> None:
        same(recorded(), l2viz.open(self.changed(tmp_path, version=None)))

    @pytest.mark.parametrize(
        ("words", "reason"),
        [
            ({"shapes": [[4, 6], [6, 3]]}, "shapes must be 3, got "),
            ({"shapes": [[4, 6], [6, 3], [10**13]]}, "shapes must be <= 1000000000000, got 1"),
            ({"strengths": [0.1, 0.2]}, "strengths must rise, from 0 if there are several, got "),
            ({"strengths": []}, "strengths must rise, "),
            ({"strengths": ["a"]}, "strengths must be a number, got 'a'"),
            ({"variables": "abc"}, "variables must be a tuple of words, got 'abc'"),
            ({"variables": [1, 2, 3]}, "variables must be words, got [1, 2, 3]"),
            ({"penalty": "l3"}, "penalty must be one of l2, l1, l1l2, other, got 'l3'"),
            ({"epochs": -1}, "epochs must be >= 0, got -1"),
            ({"epochs": 2}, "epochs must be recorded epochs of the experiment"),
            ({"name": None}, "name must be text, got None"),
            ({"on_sample": 1}, "on_sample must be True or False, got 1"),
            ({"regularizers": [["a"]]}, "regularizers must be 3, got ('a',)"),
            ({"more": 1}, "model must have the fields name, strengths, epochs, "),
        ],
    )
    def test_what_it_says_of_its_model(
        self, words: dict[str, Any], reason: str, tmp_path: Path
    ) -> None:
        self.refused(self.changed(tmp_path, model=words), reason)

    def test_a_claim_of_a_huge_shape(self, tmp_path: Path) -> None:
        recorded().save(tmp_path / "run.npz")
        forged = tmp_path / "forged.npz"
        with zipfile.ZipFile(tmp_path / "run.npz") as old, zipfile.ZipFile(forged, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                if name == "penalty.npy":
                    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }"
                    padded = header + b" " * (118 - len(header) - 1) + b"\n"
                    content = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + padded + b"1234"
                new.writestr(name, content)
        reason = "penalty claims the shape (99999999999,), which is not the size of its bytes"
        self.refused(forged, reason)

    def test_a_file_that_was_cut(self, tmp_path: Path) -> None:
        recorded().save(tmp_path / "run.npz")
        whole = (tmp_path / "run.npz").read_bytes()
        for size in (0, 1, 100, len(whole) // 2, len(whole) - 1):
            path = tmp_path / f"{size}.npz"
            path.write_bytes(whole[:size])
            self.refused(path, "")

    @pytest.mark.parametrize(
        "content", [b"a,b\n1,2\n", b"\x89HDF\r\n\x1a\n", b"", b"PK\x05\x06" + bytes(18)]
    )
    def test_a_file_of_another_kind(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "other.npz"
        path.write_bytes(content)
        self.refused(path, "")

    def test_nothing_is_unpickled(self, tmp_path: Path) -> None:
        class Evil:
            def __reduce__(self) -> Any:
                return (Path.touch, (tmp_path / "touched",))

        path = tmp_path / "evil.npz"
        np.savez(path, context=np.array([Evil()], dtype=object))
        self.refused(path, "")
        assert not (tmp_path / "touched").exists()


class TestMerging:
    def test_runs_become_a_path_in_the_order_of_their_strengths(self) -> None:
        runs = {
            strength: recorded(strength, epochs=3 + (strength == 0.0)) for strength in STRENGTHS
        }
        path = l2viz.merge(list(runs.values()))
        assert path.strengths.tolist() == [0.0, 0.001, 0.1]
        assert path.epochs.tolist() == [0, 1, 2, 3]
        assert path.trained.regularizers[2] == ("L2(l2=0.1)",) * 3
        assert path.trained.penalty == "l2"
        for position, strength in enumerate(path.strengths):
            for name in ("penalty", "histogram", "sampled_weights", "val_data_loss"):
                np.testing.assert_array_equal(
                    getattr(path, name)[position], getattr(runs[strength], name)[0, :4]
                )

    def test_a_path_can_be_merged_with_more_runs(self) -> None:
        path = l2viz.merge([recorded(0.1), recorded(0.0)])
        more = l2viz.merge([recorded(0.01), path])
        assert more.strengths.tolist() == [0.0, 0.01, 0.1]

    def test_one_run_alone(self) -> None:
        same(recorded(), l2viz.merge([recorded()]))

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (list, "trajectories must be trajectories, at least one, got []"),
            (lambda: ["run.npz"], "trajectories must be trajectories, at least one, got ["),
            (lambda: 3, "trajectories must be a tuple of trajectories, got 3"),
            (lambda: [trajectories.curve()], "trajectories must be recorded with l2viz.Recorder"),
            (
                lambda: [recorded(0.1), recorded(0.2)],
                "trajectories must have one run with strength 0, with which the others",
            ),
            (
                lambda: [recorded(0.0), recorded(0.1), recorded(0.1, seed=1)],
                "trajectories must have a strength each: Recorder(strength=...) gives it one, got",
            ),
            (
                lambda: [recorded(0.0), recorded(0.1, variables=("a", "b", "c"))],
                "trajectories must be of one model, with the same variables",
            ),
            (
                lambda: [recorded(0.0), recorded(0.1, sample=False)],
                "trajectories must all have a sample, or none",
            ),
        ],
    )
    def test_what_does_not_belong_together_is_refused(
        self, make: Callable[[], Any], message: str
    ) -> None:
        with pytest.raises(InvalidValue) as caught:
            l2viz.merge(make())
        assert str(caught.value).startswith(message)


def test_a_run_that_diverges_is_left_out_of_ranges() -> None:
    path = l2viz.merge([recorded(0.0), recorded(0.1)])
    assert diverged_at(path).tolist() == [-1, -1]  # a loss that is not known is no divergence
    path.kernel_norm[1, 2:] = np.inf
    assert diverged_at(path).tolist() == [-1, 2]
    assert np.isnan(without_diverged(path).penalty[1]).all()
    assert divergence_sentence(path) == (
        "At λ = 0.1 the loss was no longer a finite number by epoch 2. "
        "Lower the learning rate or the strength."
    )


def test_the_model_is_what_its_json_says() -> None:
    model = recorded().trained
    assert isinstance(model, RecordedModel)
    assert RecordedModel.from_json(json.loads(json.dumps(model.as_json()))) == model
