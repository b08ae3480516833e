"""A run -> the answer that the stage reads where no server is asked."""

from __future__ import annotations

from collections.abc import Collection

from l2viz.charts import charts_of
from l2viz.export.packing import Parts
from l2viz.stage.protocol import Answer, encode
from l2viz.trajectory import Trajectory


def answer_parts(
    trajectory: Trajectory, charts: tuple[str, ...], *, listed: Collection[str]
) -> Parts:
    """Return the answer with some charts, and without what needs a trainer.

    charts  names of those that are drawn
    listed  names of those that the chooser offers
    """
    answer = Answer(
        state="finished",
        ended=True,
        message="",
        first=0,
        new=trajectory,
        so_far=trajectory,
        share=1.0,
        seconds_left=None,
        pause=0.0,
        charts=charts,
    )
    parts = Parts.of(encode(answer))
    about = {each.name: each.about for each in charts_of(trajectory)}
    header = parts.header
    header["charts"] = [each for each in header["charts"] if each["name"] in listed]
    for chart in header["charts"]:
        chart["about"] = about[chart["name"]]
        for trace in chart.get("traces", ()):
            trace.get("meta", {}).pop("edits", None)  # nothing can be trained anew
    return parts
