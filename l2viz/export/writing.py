"""Text -> a file, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from l2viz.trajectory.file_format import replacing
from l2viz.validation import InvalidValue


def write_text(path: object, text: str) -> None:
    """Write a file by way of another one beside it. Raise InvalidValue if that is not possible."""
    if not isinstance(path, str | Path):
        raise InvalidValue("path", "be the path of a file", path)
    target = Path(path)
    try:
        if target.is_dir():
            raise InvalidValue("path", "name a file, not a folder", str(path))
        if not target.parent.is_dir():
            raise InvalidValue("path", "be in a folder that exists", str(path))
        with replacing(target) as stream:
            stream.write(text.encode())
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise InvalidValue(
            "path", f"be where a file can be written ({reason})", str(path)
        ) from None
    except InvalidValue:
        raise
    except ValueError:  # of a path that no system takes, with a NUL in it
        raise InvalidValue("path", "be a path that the system takes", str(path)) from None
