"""`l2viz summary`: which weights of a saved Keras model are regularized, and by what."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from l2viz.interop.model_summary import summary as summary_of
from l2viz.interop.regularizers import reason


def summary(file: Path, *, as_json: bool) -> int:
    """Print the summary of a `.keras` or `.h5` file; code inside it is not run."""
    import keras

    try:
        model = keras.saving.load_model(file)
    except Exception as problem:  # noqa: BLE001 - anything that the file holds may raise anything
        print(f"{file} is not a Keras model that can be read: {reason(problem)}", file=sys.stderr)
        return 1
    found = summary_of(model)
    print(json.dumps(dataclasses.asdict(found), default=_plain) if as_json else found)
    return 0


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "keys") else str(value)
