"""Bytes of answers about a run, as the server sends them."""

from __future__ import annotations

from typing import Any

from l2viz.stage.protocol import Answer, encode
from l2viz.trainer.run import ENDED
from l2viz.trajectory import Trajectory


def answer(new: Trajectory | None, so_far: Trajectory | None = None, **fields: Any) -> bytes:
    """Encode an answer with these snapshots: of a finished run, unless `fields` say otherwise."""
    settings: dict[str, Any] = {
        "state": "finished",
        "ended": fields.get("state", "finished") in ENDED,
        "message": "",
        "first": 0,
        "new": new,
        "so_far": so_far or new,
        "share": 1.0,
        "seconds_left": None,
        "pause": 0.04,
    }
    return encode(Answer(**(settings | fields)))
