"""JavaScript modules as one script: what each exports is what node's own imports give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from l2viz.export.modules import one_script, without_comments
from l2viz.site.shared_files import ENTRIES, _source
from l2viz.stage.files import stage_files
from tests.node import PACKAGES, in_node, needs_node, needs_packages

SOURCES = {
    "entry.js": """
import { twice, three as drei } from "./numbers.js";
import * as words from "../../stage/frontend/words.js";
import {
  LATE,
} from "./late.js";

/** @import { Type } from "./types" */
/** @type {import("./types").Other} */
export const six = twice(drei);
export async function later() {
  const { seven } = await import("./seven.js");
  return `${seven} ${words.said("</b>")} ${LATE}`;
}
export class Import {
  import() { return "no import"; }
}
""",
    "numbers.js": """
const TWO = 2;
export function twice(number) {
  return TWO * number;
}
export const three = 3;
""",
    "words.js": 'const TWO = "zwei";\nexport function said(text) {\n  return TWO + text;\n}\n',
    "late.js": "export const LATE = 1;\n",
    "seven.js": "globalThis.ran = true;\nexport const seven = 7;\nexport default seven;\n",
}
CALL = """
const { six, later, Import } = l2viz("entry.js");
const before = globalThis.ran === true;
later().then((text) => console.log(JSON.stringify(
  [six, text, new Import().import(), before, l2viz("entry.js") === l2viz("entry.js")])));
"""
EVALUATE = 'import { readFileSync } from "node:fs"; (0, eval)(readFileSync(0, "utf-8"));'


def as_script(text: str) -> str:
    """Run a plain script in node, and return what it prints."""
    return in_node(EVALUATE, sent=text)


@needs_node
def test_modules_run_once_and_when_they_are_asked_for() -> None:
    script = one_script(["entry.js"], SOURCES.__getitem__)
    assert json.loads(as_script(script + CALL)) == [6, "7 zwei</b> 1", "no import", False, True]


@needs_node
@pytest.mark.parametrize("entries", [("lab.js",), ENTRIES], ids=["file", "site"])
def test_the_scripts_of_file_and_site_are_whole(entries: tuple[str, ...]) -> None:
    as_script(one_script(entries, _source))


@needs_node
def test_each_module_exports_what_node_finds_in_it(tmp_path: Path) -> None:
    for name, file in stage_files().by_name.items():
        (tmp_path / name).write_bytes(file.content)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    names = ["format.js", "bindings.js", "webm.js", "wire.js", "lab_address.js", "qr_drawing.js"]
    ours = "".join(
        f"console.log(Object.keys(l2viz({json.dumps(name)})).sort().join());\n" for name in names
    )
    theirs = "".join(
        f"console.log(Object.keys(await import({json.dumps((tmp_path / name).as_uri())}))"
        ".sort().join());\n"
        for name in names
    )
    assert as_script(one_script(names, _source) + ours) == in_node(theirs)


TYPESCRIPT = PACKAGES / "typescript/lib/typescript.js"
PRINTED = """
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const { createPrinter, createSourceFile } = createRequire(import.meta.url)(process.argv[1]);
const { sources } = JSON.parse(readFileSync(0, "utf-8"));
const printer = createPrinter({ removeComments: true });
console.log(JSON.stringify(
  sources.map((source) => printer.printFile(createSourceFile("module.js", source)))));
"""


@needs_packages
@needs_node
def test_nothing_but_comments_is_left_out() -> None:
    odd = '/** @type {A} */ (a).b();\n/** one */\n// two\nc(); // three\nd("// four");\n'
    scripts = [f.content.decode() for n, f in stage_files().by_name.items() if n.endswith(".js")]
    sources = [odd, *(source for source in scripts if "Copyright" not in source)]
    left = [without_comments(source) for source in sources]
    assert sum(map(len, left)) < 0.8 * sum(map(len, sources))
    before, after = (
        json.loads(in_node(PRINTED, str(TYPESCRIPT), sent=json.dumps({"sources": each})))
        for each in (sources, left)
    )
    assert before == after


@needs_node
def test_the_licence_of_a_script_of_others_stays() -> None:
    assert "Licensed under the MIT license" in one_script(["qr_drawing.js"], _source)


@pytest.mark.parametrize(
    "line",
    [
        'import "./numbers.js";',
        'import twice from "./numbers.js";',
        'import { twice } from "https://example.org/numbers.js";',
        "export { twice };",
        'export * from "./numbers.js";',
        "export let three = 3;",
        "const here = import.meta.url;",
    ],
)
def test_what_it_does_not_know_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match=r"^x\.js has an import or export in words unknown here"):
        one_script(["x.js"], {"x.js": f"\n{line}\n", **SOURCES}.__getitem__)
