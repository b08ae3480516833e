"""The stage as a Streamlit component: an inline script imports its JavaScript modules by HTTP."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from l2viz.experiment.url import View
from l2viz.stage.files import FRONTEND, PLOTLY, STYLES, stage_files

_FOLDER = f"stage/{stage_files().version}"
# The inline script is sent with every message, so it only imports the modules from the routes.
_SCRIPT = f"""
export default function (component) {{
  const base = new URL("l2viz/", document.baseURI).href
  const removed = import(base + "{_FOLDER}/stage.js").then(
    (stage) => stage.mount(component, base),
    (problem) => {{
      console.error("l2viz: the stage was not loaded:", problem)
      const root = component.parentElement.querySelector("[data-l2viz-stage]")
      root.dataset.state = "failed"
      root.textContent = "The charts could not be loaded. Reload the page to try again."
      return () => {{}}
    }},
  )
  return () => removed.then((remove) => remove())
}}
"""
# The modules import each other eight deep; named here, they are all fetched at once.
_LINKS = (
    *(f'rel="stylesheet" href="l2viz/{_FOLDER}/{name}"' for name in STYLES),
    *(
        f'rel="modulepreload" href="l2viz/{_FOLDER}/{path.name}"'
        for path in sorted(FRONTEND.glob("*.js"))
    ),
    f'data-l2viz-plotly href="l2viz/{_FOLDER}/{PLOTLY}"',
)
_HTML = "".join(f"<link {link}>" for link in _LINKS) + "<div data-l2viz-stage></div>"

_component = st.components.v2.component("l2viz_stage", html=_HTML, js=_SCRIPT, isolate_styles=False)


@dataclass(frozen=True, kw_only=True)
class StageData:
    """The data that the page sends the stage; the run itself is fetched by HTTP.

    run           id of the run to show
    ended         whether that run has ended
    view          the viewer's selection
    place         a counter; when it changes, the stage moves to `view`
    covered       whether the result is hidden until the viewer has made a guess
    open          names of the charts that stay open then
    quiet         whether the best strength and the verdict are not told
    plays         what the stage plays when the result is uncovered: "epochs", "strengths" or ""
    draws         a guess to draw: scene, array and question; None if there is none
    stale         how the settings differ from those of the run, a sentence, or ""
    refused       a sentence why the viewer's last request did not start a run, or ""
    others        a sentence about other viewers of the run, or ""
    train_label   text of the Train button
    blocked       a sentence why training is not possible, or ""
    simple        whether to show one slider and the charts alone
    broadcast     code of the broadcast that the page follows or is, or ""
    teaches       whether it is this page that is shown there
    """

    run: str
    ended: bool
    view: View
    place: int
    covered: bool
    open: tuple[str, ...]
    quiet: bool
    plays: str
    draws: dict[str, str] | None
    stale: str
    refused: str
    others: str
    train_label: str
    blocked: str
    simple: bool
    broadcast: str
    teaches: bool

    def as_json(self) -> dict[str, Any]:
        """Return the object that `mount` of stage.js receives as `component.data`."""
        return asdict(self) | {"view": self.view.as_json()}


def stage(data: StageData, *, key: str) -> None:
    """Mount the stage, or update the one that is mounted.

    The stage's values are in ``st.session_state[key]``. Each message has all of them, so that none
    can be lost: view (with its place, and the id of the run if the stage has seen its end), ignored
    (names of charts), train and stop (time of the last press of each button), followed (id of
    the run that the teacher shows), points (time, and all training points), returned (time, and
    the query to which the viewer went back), guess (scene and strength of a drawn peak).
    """
    _component(
        key=key,
        data=data.as_json(),
        on_view_change=_rerun,
        on_ignored_change=_rerun,
        on_train_change=_rerun,
        on_stop_change=_rerun,
        on_followed_change=_rerun,
        on_points_change=_rerun,
        on_returned_change=_rerun,
        on_guess_change=_rerun,
    )


def _rerun() -> None:
    """Do nothing: Streamlit reruns the script, which reads the message."""
