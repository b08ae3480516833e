"""The files that a browser loads for the stage, and a version that changes with any of them."""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

FRONTEND = Path(__file__).with_name("frontend")
# Published scripts of others, unchanged; tests/stage/test_vendored.py says how to take newer ones.
VENDORED = Path(__file__).with_name("vendored")
# Lines, points and bars: a quarter of the bytes of the whole plotly.js. The stage paints heatmaps.
PLOTLY = "plotly-basic.min.js"
# The first line of Plotly's script. Chromium then compiles it whole beside the page, as it arrives,
# and not piece by piece when it is run: the first chart is there about a sixth sooner.
COMPILED_AT_ONCE = b"//# allFunctionsCalledOnLoad\n"
STYLES = ("stage.css", "popovers.css", "save_menu.css", "opening.css", "guess.css", "qr_code.css")
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}


@dataclass(frozen=True)
class StageFile:
    """A script or a style as it was when the server started."""

    media_type: str
    content: bytes

    @functools.cached_property
    def compressed(self) -> bytes:
        """Return the content compressed by gzip: once, and not at every load."""
        return gzip.compress(self.content, mtime=0)


@dataclass(frozen=True)
class StageFiles:
    """The files by name, and their version: browsers keep an address with it for good."""

    by_name: Mapping[str, StageFile]
    version: str

    @classmethod
    def of(cls, frontend: Path) -> StageFiles:
        """Read the scripts and styles of a folder, and the scripts of others."""
        paths = [*frontend.iterdir(), *VENDORED.iterdir()]
        files: dict[str, StageFile] = {}
        digest = hashlib.sha256()
        for path in sorted(paths, key=lambda path: path.name):
            if path.suffix in _MEDIA_TYPES and path.is_file():
                content = path.read_bytes()
                if path.name == PLOTLY:
                    content = COMPILED_AT_ONCE + content
                files[path.name] = StageFile(_MEDIA_TYPES[path.suffix], content)
                digest.update(path.name.encode() + b"\0" + content)
        return cls(MappingProxyType(files), digest.hexdigest()[:16])


@functools.cache
def stage_files() -> StageFiles:
    """Return the files of the installed stage."""
    return StageFiles.of(FRONTEND)
