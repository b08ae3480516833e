"""Numbers have the same text in the browser as in Python: format.js in node."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import l2viz.stage.component
from tests.experiment.test_number_text import FORMS
from tests.node import in_node, needs_node

FORMAT = Path(l2viz.stage.component.__file__).parent / "frontend" / "format.js"
SCRIPT = f"""
import {{ readFileSync }} from "node:fs";
import {{ readout, short }} from {json.dumps(FORMAT.as_uri())};
const {{ form, values }} = JSON.parse(readFileSync(0, "utf-8"));
const text = value => form === "short" ? short(value) : readout(value, form);
process.stdout.write(JSON.stringify(values.map(text)));
"""
TIES = [1.125, 2.625, -12.25, 122.5, 123.5, 0.4375, 0.03125]  # exactly halfway between two texts

pytestmark = needs_node


def in_javascript(form: str, values: list[float]) -> list[str]:
    printed = in_node(SCRIPT, sent=json.dumps({"form": form, "values": values}))
    texts: list[str] = json.loads(printed)
    return texts


def many_numbers() -> list[float]:
    """Return numbers of every size and sign, decimals, some of them as float32, and all bits."""
    generator = np.random.default_rng(5)
    sizes = 10.0 ** generator.uniform(-12, 12, 5000)
    middling = 10.0 ** generator.uniform(-4, 3, 5000)
    decimals = np.arange(1, 3000) / 1000
    powers = 10.0 ** np.arange(-9, 9)
    bits = generator.integers(0, 2**63, 3000, dtype=np.uint64).view(np.float64)
    values = np.concatenate([sizes, middling, decimals, powers, powers * 0.9995, powers * 1.005])
    values = np.concatenate([values, -values[::7], values[::5].astype(np.float32)])
    return [0.0, *TIES, *values.tolist(), *bits[np.isfinite(bits)].tolist()]


@pytest.mark.parametrize("form", FORMS)
def test_numbers_are_written_as_python_writes_them(form: str) -> None:
    shares = form in ("percent", "points")
    values = [value for value in many_numbers() if not shares or abs(value) < 1e6]
    assert len(values) > 10_000
    assert in_javascript(form, values) == [FORMS[form](value) for value in values]
