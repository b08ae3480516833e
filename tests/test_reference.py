"""The page of the public names: each is there, with what it takes and what it says of itself."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

import l2viz
from tests.fresh_process import run_python

COMMAND = "import sys; from l2viz.__main__ import main; sys.exit(main(sys.argv[1:]))"
SECTION = r'<section id="{}"(.*?)(?=<section id="[A-Za-z_]+"|</main>)'


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page, as the command writes it; pdoc warns of what it cannot find."""
    file = tmp_path_factory.mktemp("reference") / "new" / "page.html"
    ended = run_python(COMMAND, "reference", "--into", str(file))
    assert ended.stdout == f"{file}: {len(l2viz.__all__)} names\n"
    assert "Warn" not in ended.stderr
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", l2viz.__all__)
def test_each_public_name_is_on_it_with_its_docstring(written: str, name: str) -> None:
    (section,) = re.findall(SECTION.format(name), written, re.DOTALL)
    words = " ".join(html.unescape(re.sub(r"<[^>]+>|`", "", section)).split())
    said = (getattr(l2viz, name).__doc__ or "").partition("\n\n")[0].replace("`", "")
    assert said and " ".join(said.split()) in words


def test_it_is_one_page_of_the_public_names_alone(written: str) -> None:
    sections = re.findall(r'<section id="([A-Za-z_]+)"', written)
    assert sections == list(l2viz.__all__)
    assert not re.search(r'<(?:script|link|img)[^>]+(?:src|href)="(?!data:)', written)


def test_without_pdoc_it_says_what_to_install(tmp_path: Path) -> None:
    hidden = f"import sys; sys.modules['pdoc'] = None\n{COMMAND}"
    ended = run_python(hidden, "reference", "--into", str(tmp_path / "page.html"), check=False)
    assert ended.returncode == 1
    assert ended.stderr == "The reference needs pdoc: pip install 'l2viz[docs]'.\n"
