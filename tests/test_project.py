"""The project's files: valid Streamlit settings, and a complete wheel."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from l2viz.__main__ import main
from l2viz.charts.core.theme import THEMES

ROOT = Path(__file__).parents[1]
PLANS = ROOT / "l2viz" / "lesson" / "files" / "plans"


def streamlit_settings() -> dict[str, Any]:
    """Return every setting of .streamlit/config.toml by its full name."""
    flat: dict[str, Any] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, part in value.items():
                walk(f"{prefix}.{name}" if prefix else name, part)
        else:
            flat[prefix] = value

    walk("", tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")))
    return flat


def test_streamlit_knows_every_setting() -> None:
    from streamlit import config

    known = config.get_config_options()
    settings = streamlit_settings()
    assert len(settings) > 10
    assert [name for name in settings if name not in known] == []


def test_the_page_is_coloured_like_its_charts() -> None:
    settings = streamlit_settings()
    for theme in ("light", "dark"):
        assert settings[f"theme.{theme}.backgroundColor"] == THEMES[theme]["@ground"]
        assert settings[f"theme.{theme}.textColor"] == THEMES[theme]["@text"]


def luminance(colour: str) -> float:
    """Return the relative luminance of "#RRGGBB" by WCAG 2."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_links_stand_out_on_page_and_sidebar(theme: str) -> None:
    settings = streamlit_settings()
    grounds = [
        settings[f"theme.{theme}.backgroundColor"],
        settings[f"theme.{theme}.secondaryBackgroundColor"],
        settings[f"theme.{theme}.sidebar.backgroundColor"],
        settings[f"theme.{theme}.sidebar.secondaryBackgroundColor"],
    ]
    for ground in grounds:
        assert contrast(settings[f"theme.{theme}.textColor"], ground) >= 7.0  # WCAG AAA
        assert contrast(settings[f"theme.{theme}.linkColor"], ground) >= 4.5  # WCAG AA
    assert contrast(settings[f"theme.{theme}.primaryColor"], grounds[0]) >= 4.5


_BROWSER = """
import sys
from urllib.request import urlopen

with open(sys.argv[1], "wb") as page, urlopen(sys.argv[2]) as served:
    page.write(served.read())
"""


def python_of_the_readme() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 7
    return blocks


def test_a_newcomers_ten_lines_run_as_written(tmp_path: Path) -> None:
    first = python_of_the_readme()[0]
    assert len(["pip install .", *first.splitlines()]) <= 10
    program = first + 'print(history["loss"][-1])'
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    apart, loss = done.stdout.splitlines()
    data_loss, penalty = map(float, apart.split())
    assert penalty > 0.0
    assert data_loss + penalty == pytest.approx(float(loss))


@pytest.mark.slow
def test_the_readmes_other_python_runs_as_written(tmp_path: Path) -> None:
    # It writes the address it opens; as it keeps stdout open, run() returns after it.
    browser, page = tmp_path / "browser.py", tmp_path / "page.html"
    browser.write_text(_BROWSER, encoding="utf-8")
    outputs = [
        subprocess.run(
            [sys.executable, "-c", block],
            cwd=tmp_path,
            env=os.environ
            | {"PYTHONPATH": str(ROOT)}
            | {"PLOTLY_RENDERER": "browser"}
            | {"BROWSER": f"{sys.executable} {browser} {page} %s &"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        for block in python_of_the_readme()[1:]
    ]
    assert "Plotly.newPlot" in page.read_text(encoding="utf-8")
    assert outputs[0].splitlines()[80].startswith("80 [")
    assert 0.0 <= float(outputs[1]) <= 0.1
    assert b"data-l2viz-stage" in (tmp_path / "lab.html").read_bytes()
    saved = [Path(line) for line in outputs[2].splitlines()]
    assert [path.suffix for path in saved] == [".png", ".svg"]
    made = [tmp_path / path for path in (*saved, "fit.gif", "strip.pdf")]
    assert all(path.stat().st_size for path in made)
    assert outputs[3].splitlines()[-1] == "0.0002"
    assert " - data_loss: " in outputs[4]
    assert outputs[4].splitlines()[-1].startswith("[")
    said, best = outputs[5].splitlines()
    assert said == "16 strengths, 16 at a time."
    assert 0.0 <= float(best) <= 0.1


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras
def test_the_readmes_commands_run_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    (commands,) = [block for block in blocks if block.startswith("l2viz")]
    monkeypatch.chdir(tmp_path)
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save("model.keras")
    started: list[list[str]] = []
    monkeypatch.setattr("subprocess.call", lambda command, env: started.append(command) or 0)
    names = []
    for line in commands.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        assert program == "l2viz"
        assert main(arguments) == 0, capsys.readouterr().err
        names.append(arguments[0])
    assert names == ["train", "open", "lab", "figures", "film", "strip", "summary"]
    assert [command[1:4] for command in started] == [["-m", "streamlit", "run"]]
    assert "Best on validation data" in capsys.readouterr().out


def test_the_readmes_links_lead_to_files() -> None:
    for page in (ROOT / "README.md", *(ROOT / "assets").rglob("*.md"), *PLANS.glob("*.md")):
        links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
        for link in links:
            if not link.startswith("http"):
                assert (page.parent / link).is_file(), f"{page.name}: {link}"


def test_the_package_layout_names_every_room() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = text.partition("## Package layout")[2].partition("\n## ")[0]
    for path in sorted((ROOT / "l2viz").iterdir()):
        name = f"{path.name}/" if path.is_dir() else path.name
        if not path.name.startswith("_") and (path.is_dir() or path.suffix == ".py"):
            assert re.search(rf"`(l2viz/)?{re.escape(name)}`", rooms), name
