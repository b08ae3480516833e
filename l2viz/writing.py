"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from l2viz.validation import InvalidValue


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a name beside this one, and put that file in its place once the block has ended."""
    other = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield other
        other.replace(path)
    except BaseException:
        other.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file beside this one, and put it in its place once it is written whole."""
    with beside(path) as other, other.open("xb") as stream:
        yield stream


@contextlib.contextmanager
def path_errors(path: object, *, field: str = "path") -> Iterator[None]:
    """Convert what the system says of a path to InvalidValue, which names it and the reason."""
    try:
        yield
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise InvalidValue(field, f"be where a file can be written ({reason})", path) from None
    except InvalidValue:
        raise
    except ValueError:  # of a path that no system takes, with a NUL in it
        raise InvalidValue(field, "be a path that the system takes", path) from None


def write_bytes(path: object, content: bytes, *, field: str = "path") -> Path:
    """Write a file by way of another one beside it. Raise InvalidValue if that is not possible."""
    target = file_path(path, field=field)
    with path_errors(str(path), field=field), replacing(target) as stream:
        stream.write(content)
    return target


def file_path(path: object, *, field: str = "path") -> Path:
    """Return the path of a file that may be there or not, in a folder that is there."""
    if not isinstance(path, str | Path):
        raise InvalidValue(field, "be the path of a file", path)
    target = Path(path)
    with path_errors(str(path), field=field):
        if target.is_dir():
            raise InvalidValue(field, "name a file, not a folder", str(path))
        if not target.parent.is_dir():
            raise InvalidValue(field, "be in a folder that exists", str(path))
    return target


def folder_path(path: object, *, field: str = "folder") -> Path:
    """Return the path of a folder, and make it if it is not there."""
    if not isinstance(path, str | Path) or not str(path):
        raise InvalidValue(field, "be the path of a folder", path)
    target = Path(path)
    with path_errors(str(path), field=field):
        if target.exists() and not target.is_dir():
            raise InvalidValue(field, "name a folder, not a file", str(path))
        target.mkdir(parents=True, exist_ok=True)
    return target
