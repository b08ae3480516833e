"""JavaScript modules as one plain script: a page on a disk may load scripts, but no modules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

_FROM = r'"(?:\./|(?:\.\./)+stage/frontend/)([\w.]+)"'  # a name in the same folder or the stage's
_NAMED = re.compile(rf"^import (\{{[^}}]*\}}) from {_FROM};$", re.MULTILINE)
_WHOLE = re.compile(rf"^import \* as (\w+) from {_FROM};$", re.MULTILINE)
_LATER = re.compile(rf"\bawait import\({_FROM}\)")
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default .*;$", re.MULTILINE)  # which none of ours has
_LEFT = re.compile(r"^(?:import|export)\b.*|\bimport\.meta\b", re.MULTILINE)
# Of whole lines.
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/)\n", re.MULTILINE | re.DOTALL)
_SCRIPT = """"use strict";
// The stage's modules. Each is run when it is first asked for: l2viz("stage.js").mount
globalThis.l2viz = ((modules) => {{
  const run = {{}};
  const use = (name) => (run[name] ??= modules[name](use));
  return use;
}})({{
{modules}
}});
"""


def one_script(entries: Iterable[str], read: Callable[[str], str]) -> str:
    """Return a script with modules and all that they import; `l2viz(name)` gives what one exports.

    entries  names of files
    read     name of a file -> its source
    """
    written: dict[str, str] = {}
    left = list(entries)
    while left:
        name = left.pop()
        if name in written:
            continue
        source = read(name)
        left += [found[-1] for each in (_NAMED, _WHOLE, _LATER) for found in _found(each, source)]
        written[name] = _function(name, source)
    return _SCRIPT.format(modules="\n".join(written[name] for name in sorted(written)))


def _function(name: str, source: str) -> str:
    """Return a module as a property: a function that returns its exports."""
    source = without_comments(source)
    exported = ", ".join(_EXPORT.findall(source))
    source = _NAMED.sub(lambda found: _destructured(*found.groups()), source)
    source = _WHOLE.sub(r'const \1 = use("\2");', source)
    source = _LATER.sub(r'use("\1")', source)
    source = _DEFAULT.sub("", _EXPORT.sub("", source))
    if left := _LEFT.search(source):
        raise ValueError(f"{name} has an import or export in words unknown here: {left[0]}")
    return f"{json.dumps(name)}(use) {{\n{source}\nreturn {{ {exported} }};\n}},"


def without_comments(source: str) -> str:
    """Leave out comments, a quarter of our modules; those of others name their licence."""
    return source if "Copyright" in source else _COMMENT.sub("", source)


def _destructured(names: str, module: str) -> str:
    return f'const {names.replace(" as ", ": ")} = use("{module}");'


def _found(pattern: re.Pattern[str], source: str) -> list[tuple[str, ...]]:
    return [found.groups() for found in pattern.finditer(source)]
