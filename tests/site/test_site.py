"""The folder of a site: its pages, their links, their words, and where it can be written."""

from __future__ import annotations

import errno
import html.parser
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from l2viz.__main__ import main
from l2viz.analysis.metrics import best_strength
from l2viz.lesson import read_lesson
from l2viz.lesson.presets import presets
from l2viz.site import places, site, write_site
from l2viz.site.run_files import RunFiles
from l2viz.validation import InvalidValue
from tests.site.small_lesson import small_lesson, write_small_site

APP = "http://localhost:8501/"


class Links(html.parser.HTMLParser):
    """The addresses in a page, its title and its description."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.meta: dict[str, str] = {}
        self.headings = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag in ("a", "link", "script", "img"):
            self.addresses += [found[name] for name in ("href", "src") if found.get(name)]
        if tag == "meta":
            self.meta[found.get("name") or found.get("property", "")] = found.get("content", "")
        self.headings += tag == "h1"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small site."""
    folder = tmp_path_factory.mktemp("site") / "l2"
    write_small_site(folder)
    return folder


def pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


def test_it_has_a_page_for_each_part_of_the_lesson(small: Path) -> None:
    assert set(pages(small)) == {
        *("index.html", "lessons.html", "lesson-curve.html", "tour.html", "scene-define.html"),
        *("scene-evaluate.html", "scene-shrinks.html", "closing.html", "misconceptions.html"),
        *("translator.html", "reference.html", "plans.html", "plan-10.html", "plan-30.html"),
        "plan-60.html",
    }


def test_every_link_is_relative_and_leads_to_a_file(small: Path) -> None:
    left_out = {places.of_scene(each) for each in read_lesson().scenes}  # of the small lesson
    for name, text in pages(small).items():
        for address in Links(text).addresses:
            if address.startswith(("#", "data:")):
                continue
            parts = urlsplit(address)
            if address.startswith(APP):
                assert name.startswith("plan-") and parts.query == "page=code", (name, address)
                continue
            assert not parts.scheme and not parts.netloc and not address.startswith("/"), address
            assert (small / parts.path).is_file() or parts.path in left_out, (name, address)


def test_every_page_has_words_for_search_engines_and_previews_of_its_own(small: Path) -> None:
    found = {name: Links(text) for name, text in pages(small).items()}
    titles = {each.meta["og:title"] for each in found.values()}
    descriptions = {each.meta["description"] for each in found.values()}
    assert len(titles) == len(descriptions) == len(found)
    for name, each in found.items():
        assert each.headings == 1, name
        assert len(each.meta["description"]) > 20, name
        assert not re.search(r"[*`$]|\{\{", each.meta["description"]), each.meta["description"]
        assert each.meta["og:description"] == each.meta["description"]


def test_a_page_asks_only_its_own_folder(small: Path) -> None:
    for text in pages(small).values():
        policy = html.unescape(Links(text).meta[""])  # http-equiv has no name
        assert policy.startswith("default-src 'none'")
        assert "http" not in policy


def test_texts_are_whole_without_scripts(small: Path) -> None:
    content, _ = small_lesson()
    written = pages(small)
    for scene in content.scenes:
        assert scene.question is not None
        text = html.unescape(re.sub(r"<[^>]+>|\s+", " ", written[places.of_scene(scene)]))
        for part in (scene.title, scene.question.choices[scene.question.answer]):
            assert " ".join(part.replace("`", " ").split()) in " ".join(text.split()), part
    assert "<math" in written["reference.html"] and "$" not in written["translator.html"]


def test_numbers_of_texts_are_those_of_the_app(small: Path) -> None:
    (scene,) = (each for each in read_lesson().claims if each.key == "shrinks")
    numbers = re.findall(r"\d+\.\d+", scene.text + scene.conditions)
    page = pages(small)["scene-shrinks.html"]
    assert numbers and all(number in page for number in numbers)


def test_a_scene_opens_at_its_own_view(small: Path) -> None:
    (scene,) = (each for each in read_lesson().tour if each.key == "define")
    (facts,) = re.findall(r'id="facts">(.*?)</script>', pages(small)["scene-define.html"])
    said = json.loads(facts)
    assert said["view"] == {**scene.view.as_json(), "charts": list(scene.view.charts or ())}
    assert said["scene"]["open"] == ["unit_pictures", "histogram_dense_1"]
    assert said["scene"]["quiet"] is True
    for name in said["run"].values():
        assert (small / "files" / "runs" / f"{name}.js").is_file()


def test_an_address_makes_canonical_links_and_a_map(tmp_path: Path) -> None:
    count = write_small_site(tmp_path / "site", address="https://example.org/l2")
    written = pages(tmp_path / "site")
    assert count == len(written)
    assert '<link rel="canonical" href="https://example.org/l2/tour.html">' in written["tour.html"]
    assert Links(written["index.html"]).meta["og:url"] == "https://example.org/l2/"
    listed = (tmp_path / "site" / "sitemap.xml").read_text(encoding="utf-8")
    assert listed.count("<loc>https://example.org/l2/") == len(written)


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org/", "https://", 3])
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(InvalidValue, match=r"^address must be like https://"):
        write_site(tmp_path / "site", address=address)


def test_a_site_is_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write_small_site(folder)
    (folder / "old.html").write_text("old", encoding="utf-8")
    write_small_site(folder)
    assert not (folder / "old.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"^folder must be new, empty, or a site"):
        write_site(other)
    assert (other / "thesis.txt").read_text(encoding="utf-8") == "mine"
    with pytest.raises(InvalidValue, match=r"^folder must be a folder, not a file"):
        write_site(other / "thesis.txt")
    with pytest.raises(InvalidValue, match=r"^folder must be where files can be written"):
        write_site(other / "thesis.txt" / "site")


def test_a_full_disk_leaves_the_old_site_and_no_half_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    monkeypatch.setattr(site, "_contents", lambda progress: ([], {"files/run.js": b"1"}))
    write_site(folder)
    monkeypatch.setattr(site, "_contents", lambda progress: ([], {"files/run.js": b"2"}))
    written = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "run.js":
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InvalidValue, match=r"\(No space left on device\)"):
        write_site(folder)
    assert (folder / "files" / "run.js").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_site_that_cannot_take_its_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    monkeypatch.setattr(site, "_contents", lambda progress: ([], {"files/run.js": b"1"}))
    write_site(folder)
    replace = Path.replace

    def busy(path: Path, target: Path) -> Path:
        if (path / "files").is_dir() and path.name.startswith(".") and path.suffix != ".old":
            raise OSError(errno.EBUSY, "Device or resource busy")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", busy)
    with pytest.raises(InvalidValue, match=r"resource busy"):
        write_site(folder)
    assert (folder / "files" / "run.js").read_bytes() == b"1"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_missing_recording_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = presets()[0].experiment
    monkeypatch.setattr("l2viz.site.run_files.FILES", tmp_path)
    with pytest.raises(InvalidValue, match=r"^lesson must be recorded: python -m l2viz record"):
        RunFiles().run(experiment)


def test_the_views_strengths_are_those_of_the_run() -> None:
    runs = RunFiles()
    for preset in presets():
        strengths = runs.run(preset.experiment).strengths
        view = runs.view(preset.experiment, preset.view)
        assert view.strength in strengths
        assert 0 <= best_strength(runs.run(preset.experiment).twin()) < len(strengths)


def test_the_command_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["site", str(tmp_path / "site")]) == 1
    assert capsys.readouterr().err == ("The site needs more packages: pip install 'l2viz[site]'.\n")
    assert not (tmp_path / "site").exists()


@pytest.mark.slow
def test_the_whole_site_and_what_a_page_loads_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "site"
    assert main(["site", str(folder)]) == 0
    assert capsys.readouterr().out.startswith(f"{folder}: {len(pages(folder))} pages, ")
    lesson = read_lesson()
    expected = len(lesson.scenes) + len(lesson.opening) + len(presets())
    with_stage = {name: text for name, text in pages(folder).items() if "data-l2viz-stage" in text}
    assert len(with_stage) == expected
    for name, text in pages(folder).items():
        for address in Links(text).addresses:
            if not address.startswith(("#", "data:", APP)):
                assert (folder / urlsplit(address).path).is_file(), (name, address)
        first = [text.encode()]
        first += [
            (folder / address).read_bytes()
            for address in Links(text).addresses
            if address.startswith("files/") and "plotly" not in address
        ]
        assert sum(map(len, first)) <= 2_000_000, name  # on a host that does not compress
