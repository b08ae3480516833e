"""QR codes: what a phone's reader finds in what the stage's script draws, run in node."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from l2viz.stage.files import stage_files
from tests.node import in_node, needs_node

LONGEST = 2_000
HERE = "http://class.test"
ADDRESSES = [
    f"{HERE}/",
    f"{HERE}/?dataset=digits&strength=0.00905&a=0.0011&b=0.0548&charts=gap,norms&presenter=yes",
    "https://course.example/l2/scene-tuning.html#strength=0.01&points=%5B1%2C2%5D",
    f"{HERE}/?x=%CE%BB",
    f"{HERE}/?{'x' * (LONGEST - len(HERE) - 2)}",
]
SCRIPT = """
import { readFileSync } from "node:fs";
const { codeOf } = await import(process.argv[1]);
const drawn = JSON.parse(readFileSync(0, "utf-8")).map(
  (address) => codeOf(address).catch((problem) => problem.message));
process.stdout.write(JSON.stringify(await Promise.all(drawn)));
"""
SVG = "{http://www.w3.org/2000/svg}"

pytestmark = needs_node


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the stage's files side by side, as a browser finds them."""
    folder = tmp_path_factory.mktemp("stage")
    for name, file in stage_files().by_name.items():
        (folder / name).write_bytes(file.content)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def drawn(served: Path, addresses: list[str]) -> list[str]:
    printed = in_node(SCRIPT, (served / "qr_drawing.js").as_uri(), sent=json.dumps(addresses))
    codes: list[str] = json.loads(printed)
    return codes


def painted(svg: str, scale: int = 4) -> np.ndarray:
    """Return the pixels of a code, from the path of its modules."""
    tree = ET.fromstring(svg)
    size = int(tree.get("viewBox", "").split()[2])
    (modules,) = tree.iter(f"{SVG}path")
    pixels = np.full((size, size), 255, np.uint8)
    for x, y in re.findall(r"M(\d+),(\d+)l1,0 0,1 -1,0 0,-1z", modules.get("d", "")):
        pixels[int(y), int(x)] = 0
    return pixels.repeat(scale, 0).repeat(scale, 1)


def test_a_reader_finds_each_address(served: Path) -> None:
    found = [zxingcpp.read_barcodes(painted(svg)) for svg in drawn(served, ADDRESSES)]
    assert [[code.text for code in codes] for codes in found] == [[each] for each in ADDRESSES]
    assert {code.format for (code,) in found} == {zxingcpp.BarcodeFormat.QRCode}


def test_a_code_is_black_on_white_with_its_quiet_zone(served: Path) -> None:
    (svg,) = drawn(served, ADDRESSES[:1])
    pixels = painted(svg, scale=1)
    assert (np.argwhere(pixels == 0).min(0) == 4).all()
    assert (np.argwhere(pixels == 0).max(0) == len(pixels) - 5).all()
    (ground,) = ET.fromstring(svg).iter(f"{SVG}rect")
    (modules,) = ET.fromstring(svg).iter(f"{SVG}path")
    assert (ground.get("fill"), modules.get("fill")) == ("white", "black")


def test_a_longer_address_is_refused_with_what_to_do(served: Path) -> None:
    (said,) = drawn(served, [f"{ADDRESSES[-1]}x"])
    assert said == (
        "A QR code holds an address of at most 2000 characters, and this one has 2001. "
        "Choose fewer charts, or move fewer points."
    )
