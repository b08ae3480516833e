"""The page as Streamlit's AppTest runs it, and training processes that never train."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

import l2viz.ui.main_page
from l2viz.trainer import Trainer

# Sends nothing, and ends when its input is closed.
SILENT = (sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.buffer.read()")
DYING = (sys.executable, "-I", "-S", "-c", "raise SystemExit(3)")

_KINDS = ("selectbox", "number_input", "text_input", "toggle", "pills", "segmented_control")

PAGE = Path(l2viz.ui.main_page.__file__).with_name("script.py")


class Page:
    """The page as Streamlit's AppTest runs it; the lab if nothing is asked."""

    def __init__(self, **query: str) -> None:
        self.test = AppTest.from_file(PAGE, default_timeout=120)
        self.test.query_params.update(query or {"lab": ""})
        self.run()

    def run(self) -> None:
        self.check(self.test.run())

    def check(self, test: AppTest) -> None:
        """Assert that no run of the script ends in an exception."""
        assert [element.message for element in test.exception] == []

    def set(self, name: str, value: Any) -> None:
        """Set the widget of a setting, as a viewer would."""
        for kind in _KINDS:
            for widget in getattr(self.test, kind):
                if (widget.key or "").partition("#")[0] == f"setting.{name}":
                    self.check(widget.set_value(value).run())
                    return
        raise LookupError(name)

    def train(self) -> None:
        """Press the stage's Train button, as the page hears of it."""
        self.test.session_state["l2viz"].train = True
        self.run()

    def press(self, key: str) -> None:
        """Press a button of the sidebar."""
        self.check(self.test.button(key=key).click().run())

    def setting(self, name: str) -> Any:
        """Return the value that a setting's widget shows."""
        (value,) = (
            widget.value
            for kind in _KINDS
            for widget in getattr(self.test, kind)
            if (widget.key or "").partition("#")[0] == f"setting.{name}"
        )
        return value

    @property
    def sent(self) -> dict[str, Any]:
        """Return the data that the page sends the stage."""
        (component,) = self.test.get("bidi_component")
        return json.loads(component.proto.json)

    @property
    def query(self) -> dict[str, str]:
        return {
            name: value[0] if isinstance(value, list) else value
            for name, value in self.test.query_params.items()
        }

    @property
    def words(self) -> str:
        return "\n".join(element.value for element in self.test.main.markdown)

    @property
    def warnings(self) -> list[str]:
        return [element.value for element in self.test.warning]


MakeTrainer = Callable[..., Trainer]
OpenPage = Callable[..., Page]
