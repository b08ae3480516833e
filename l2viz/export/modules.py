"""JavaScript modules under names that need no folder, for an import map."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_IMPORT = re.compile(
    r"""
    ^( (?:import|export)\b[^"\n]* | \}\ from\  | .*\bimport\( )  # \1 with what may stand before
    "(?:\./|(?:\.\./)+stage/frontend/) ([\w.]+)"                # \2 name
    (?=\)?;$)
    """,
    re.MULTILINE | re.VERBOSE,
)


def renamed_modules(entries: Iterable[str], read: Callable[[str], str]) -> dict[str, str]:
    """Return the sources of modules and of all that they import, by the names for a map.

    A module at a data: or blob: address has no folder, so that "./wire.js" means nothing in it:
    every import is written as "l2viz/wire.js".

    entries  names of files
    read     name of a file -> its source
    """
    sources: dict[str, str] = {}
    left = list(entries)
    while left:
        name = left.pop()
        if name in sources:
            continue
        source = read(name)
        left += [found for _, found in _IMPORT.findall(source)]
        sources[name] = _IMPORT.sub(r'\1"l2viz/\2"', source)
    return {f"l2viz/{name}": source for name, source in sorted(sources.items())}
