"""The lesson -> a folder of pages, whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from l2viz.lesson import read_lesson
from l2viz.lesson.content import Preset
from l2viz.lesson.loader import LessonContent
from l2viz.lesson.presets import presets
from l2viz.site.frame import Page, written
from l2viz.site.reading_pages import cards_page, plan_pages, reference_page
from l2viz.site.run_files import RunFiles
from l2viz.site.scene_pages import closing_page, scene_page, tour_page
from l2viz.site.shared_files import shared_files
from l2viz.site.stage_pages import lesson_page, lessons_page, passage_page
from l2viz.site.translator_page import translator_page
from l2viz.validation import InvalidValue

_MARK = "files/made-by-l2viz.txt"  # what makes a folder a site, which may be replaced


def write_site(
    folder: str | Path, *, address: str = "", progress: Callable[[str], None] = lambda _: None
) -> int:
    """Write the lesson as pages that need no server; return their number.

    Raises InvalidValue, a ValueError, for a folder that cannot be written or holds other things.

    folder    is made, or replaced if it is a site
    address   at which the site will stand, for search engines and link previews; "" if unknown
    progress  is called with the name of each page
    """
    target = _target(folder)
    site = _site(address)
    try:
        with _replaced(target) as beside:
            pages, files = _contents(progress)
            shared, shared_contents = shared_files()
            texts = {page.file: written(page, shared, site).encode() for page in pages}
            if site:
                texts["sitemap.xml"] = _sitemap(site, pages)
            mark = {_MARK: b"This folder was written by `l2viz site`, which may replace it.\n"}
            _write(beside, {**texts, **files, **shared_contents, **mark})
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise InvalidValue(
            "folder", f"be where files can be written ({reason})", str(folder)
        ) from None
    return len(pages)


def _contents(progress: Callable[[str], None]) -> tuple[list[Page], Mapping[str, bytes]]:
    """Return all pages, and the parts of their runs by address."""
    runs = RunFiles()
    pages: list[Page] = []
    for page in _pages(read_lesson(), presets(), runs):
        progress(page.file)
        pages.append(page)
    return pages, runs.files


def _pages(content: LessonContent, lessons: tuple[Preset, ...], runs: RunFiles) -> Iterator[Page]:
    for number in range(len(content.opening)):
        yield passage_page(content, number, lessons, runs)
    yield lessons_page(lessons)
    for preset in lessons:
        yield lesson_page(preset, runs)
    yield tour_page(content)
    for scene in content.scenes:
        yield scene_page(content, scene, runs)
    yield closing_page(content)
    yield cards_page(content)
    yield translator_page()
    yield reference_page(content)
    yield from plan_pages()


def _target(folder: object) -> Path:
    """Return the folder. Raise InvalidValue if it may not be replaced."""
    if not isinstance(folder, str | Path) or "\0" in str(folder):
        raise InvalidValue("folder", "be the path of a folder", folder)
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise InvalidValue("folder", "be a folder, not a file", str(folder))
    if target.is_dir() and any(target.iterdir()) and not (target / _MARK).is_file():
        raise InvalidValue("folder", "be new, empty, or a site that l2viz wrote", str(folder))
    return target


def _site(address: object) -> str:
    """Return an address with a slash at its end, or ""."""
    if address == "":
        return ""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
        raise InvalidValue("address", "be like https://example.org/l2/", address)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


@contextlib.contextmanager
def _replaced(target: Path) -> Iterator[Path]:
    """Yield a new folder beside the target, which takes its place once it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    old = beside.with_name(f"{beside.name}.old")
    try:
        beside.mkdir()
        yield beside
        if target.exists():
            target.replace(old)
        try:
            beside.replace(target)
        except OSError:
            if old.exists():
                old.replace(target)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _sitemap(site: str, pages: list[Page]) -> bytes:
    places = "".join(f"<url><loc>{site}{page.file}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    ).encode()
