"""Numpy files: Keras's own layout works; what is forged, cut or pickled gets one sentence."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from l2viz import data
from l2viz.data.array_file import LARGEST_BYTES, read_arrays, to_table
from l2viz.data.brought import Table, bring
from l2viz.data.usable import LARGEST_ROWS, UnusableData
from l2viz.experiment import Experiment


def npy(array: Any, **settings: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **settings)
    return stream.getvalue()


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def table_of(files: dict[str, bytes]) -> Table:
    return to_table(*read_arrays(files), title="mine")[0]


generator = np.random.default_rng(0)
IMAGES = generator.integers(0, 256, (200, 28, 28), dtype=np.uint8)
DIGITS = (np.arange(200) % 10).astype(np.uint8)
ROWS = generator.normal(size=(50, 4))


def test_kerass_own_layout_becomes_images_from_0_to_1() -> None:
    other = IMAGES[:20]
    table = table_of(
        {"mnist.npz": npz(x_train=IMAGES, y_train=DIGITS, x_test=other, y_test=DIGITS[:20])}
    )
    assert (table.shape, table.classes) == ((28, 28), tuple(map(str, range(10))))
    np.testing.assert_allclose(table.inputs, IMAGES.reshape(200, -1) / 255.0)
    experiment = Experiment(dataset=bring(table), model="conv2d")
    assert data.load(experiment).train_inputs.shape == (experiment.train_size, 784)


@pytest.mark.parametrize("names", [("x.npy", "y.npy"), ("b_labels.npy", "a_images.npy")])
def test_two_arrays_are_inputs_and_targets(names: tuple[str, str]) -> None:
    first, second = names
    arrays = {first: ROWS[:, 0] > 0, second: ROWS} if "labels" in first else None
    arrays = arrays or {first: ROWS, second: ROWS[:, 0] > 0}
    table = table_of({name: npy(array) for name, array in arrays.items()})
    np.testing.assert_array_equal(table.inputs, ROWS)
    np.testing.assert_array_equal(table.targets, ROWS[:, 0] > 0)


def test_one_hot_targets_are_classes_and_others_values() -> None:
    hot = np.eye(3)[np.arange(50) % 3]
    np.testing.assert_array_equal(table_of({"a": npz(x=ROWS, y=hot)}).targets, np.arange(50) % 3)
    values = table_of({"a": npz(x=ROWS, y=ROWS[:, :1])})
    assert values.classes == ()
    np.testing.assert_array_equal(values.targets, ROWS[:, 0])


def test_of_many_examples_a_sample_is_taken() -> None:
    many = np.arange(3 * LARGEST_ROWS, dtype=float)
    table, notes = to_table(many, many % 2, title="mine")
    assert len(table.targets) == LARGEST_ROWS
    assert notes == (
        f"A random sample of {LARGEST_ROWS:,} of {3 * LARGEST_ROWS:,} examples is used.",
    )


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("something was unpickled",))


def forged(shape: tuple[int, ...], content: bytes = b"") -> bytes:
    """Return a .npy file that claims a shape which it does not hold."""
    header = repr({"descr": "<f8", "fortran_order": False, "shape": shape}).encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


objects = np.array([Evil()] * 20, dtype=object)
Y = npy(np.arange(50) % 2)
REFUSED: dict[str, tuple[dict[str, bytes], str]] = {
    "one array": ({"x.npy": npy(ROWS)}, "One .npy file holds one array."),
    "three arrays": (dict.fromkeys("abc", Y), "Choose one .npz file, or two .npy files"),
    "pickled": (
        {"a.npz": npz(x=objects, y=np.arange(20))},
        "“x.npy” holds object, and no numbers.",
    ),
    "a pickle": ({"x.npy": pickle.dumps(1), "y.npy": Y}, "“x.npy” is no array of numpy"),
    "texts": ({"a.npz": npz(x=np.array(["a"] * 20), y=np.arange(20))}, "“x.npy” holds <U1"),
    "complex": ({"a.npz": npz(x=ROWS + 1j, y=Y[:50])}, "“x.npy” holds complex128"),
    "other names": ({"a.npz": npz(u=ROWS, v=ROWS)}, "The archive holds u, v. Name the inputs"),
    "no archive": ({"a.npz": b"PK\x03\x04" + b"x" * 100}, "The archive cannot be read"),
    "huge claim": (
        {"a.npz": zipped(x=forged((10**12,)), y=Y)},
        "“x.npy” should hold 8000000000000",
    ),
    "overflow": ({"a.npz": zipped(x=forged((2**62, 8)), y=Y)}, "“x.npy” should hold "),
    "negative": ({"a.npz": zipped(x=forged((-1, 8), b"1" * 8), y=Y)}, "“x.npy” should hold -64"),
    "cut": ({"a.npz": zipped(x=npy(ROWS)[:-8], y=Y)}, "“x.npy” should hold 1600 bytes and holds"),
    "other lengths": ({"a.npz": npz(x=ROWS, y=np.arange(49))}, "The inputs have 50 examples and"),
    "few": ({"a.npz": npz(x=ROWS[:5], y=np.arange(5))}, "There are 5 examples."),
    "a scalar": ({"a.npz": npz(x=np.float64(1), y=np.arange(5))}, "The inputs have 0 examples and"),
    "volumes": (
        {"a.npz": npz(x=np.zeros((50, 2, 2, 2, 2)), y=np.arange(50))},
        "The inputs have the",
    ),
    "large images": (
        {"a.npz": npz(x=np.zeros((50, 65, 65)), y=np.arange(50) % 2)},
        "The images have",
    ),
    "many targets": ({"a.npz": npz(x=ROWS, y=ROWS)}, "The targets have 4 columns that are not 0"),
    "no target": (
        {"a.npz": npz(x=ROWS, y=np.full(50, np.nan))},
        "The targets have values that are",
    ),
    "one target": ({"a.npz": npz(x=ROWS, y=np.ones(50))}, "All targets are equal"),
    "huge": ({"a.npz": npz(x=ROWS * 1e40, y=np.arange(50))}, "The inputs have numbers beyond"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_says_why(name: str) -> None:
    files, expected = REFUSED[name]
    with pytest.raises(UnusableData) as refusal:
        table_of(files)
    assert str(refusal.value).startswith(expected), str(refusal.value)


def test_a_bomb_is_not_unpacked() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("x.npy", "w", force_zip64=True) as member:
            for _ in range(LARGEST_BYTES // 2**20 + 1):
                member.write(bytes(2**20))
        archive.writestr("y.npy", Y)
    assert len(stream.getvalue()) < 2 * 2**20
    with pytest.raises(UnusableData, match=r"^“x.npy” is larger than 500 MB when unpacked\."):
        table_of({"a.npz": stream.getvalue()})


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    cut=st.integers(0, 400),
    changes=st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=6),
)
def test_damaged_files_train_or_get_one_sentence(cut: int, changes: list[tuple[int, int]]) -> None:
    content = bytearray(zipped(x=npy(ROWS), y=Y))
    for place, value in changes:
        content[place % len(content)] = value
    try:
        table = table_of({"a.npz": bytes(content[: len(content) - cut])})
    except UnusableData as problem:
        assert str(problem)[-1] in ".?"
    else:
        loaded = data.load(Experiment(dataset=bring(table)))
        assert np.isfinite(loaded.train_inputs).all()
