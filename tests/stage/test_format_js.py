"""Numbers have the same three digits in the browser as in Python: format.js in node."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context
from pathlib import Path

import numpy as np
import pytest

import l2viz.stage.component
from l2viz.experiment.strength_grid import strength_text

FORMAT = Path(l2viz.stage.component.__file__).parent / "frontend" / "format.js"
SCRIPT = f"""
import {{ readFileSync }} from "node:fs";
import {{ number }} from {json.dumps(FORMAT.as_uri())};
const values = JSON.parse(readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(values.map(number)));
"""
TIES = [1.125, 2.625, -12.25, 122.5, 123.5, 0.4375]  # exactly halfway between two texts
UP = Context(prec=3, rounding=ROUND_HALF_UP)
DOWN = Context(prec=3, rounding=ROUND_HALF_DOWN)

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed: format.js cannot be run"
)


def in_javascript(values: list[float]) -> list[str]:
    ran = subprocess.run(
        ["node", "--input-type=module", "--eval", SCRIPT],
        input=json.dumps(values).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)


def many_numbers() -> list[float]:
    """Return numbers of every size and sign, decimals, and some of them rounded to float32."""
    generator = np.random.default_rng(5)
    sizes = 10.0 ** generator.uniform(-12, 12, 5000)
    middling = 10.0 ** generator.uniform(-3, 3, 5000)
    decimals = np.arange(1, 3000) / 1000
    powers = 10.0 ** np.arange(-9, 9)
    values = np.concatenate([sizes, middling, decimals, powers, powers * 0.9995, powers * 1.005])
    values = np.concatenate([values, -values[::7], values[::5].astype(np.float32)])
    return [0.0, *TIES, *values.tolist()]


def is_tie(value: float) -> bool:
    return UP.create_decimal(value) != DOWN.create_decimal(value)


def test_numbers_have_the_digits_that_python_gives_them() -> None:
    values = many_numbers()
    texts = in_javascript(values)
    assert len(texts) == len(values)
    assert [float(text) for text in texts] == [float(UP.create_decimal(value)) for value in values]


def test_they_are_written_as_python_writes_strengths() -> None:
    """Between a thousandth and a thousand; halfway between two texts, Python takes the even one."""
    assert all(is_tie(value) for value in TIES)
    sized = [value for value in many_numbers() if 1e-3 <= abs(value) < 999.4 or value == 0.0]
    values = [value for value in sized if not is_tie(value)]
    assert len(values) > 6000
    assert in_javascript(values) == [strength_text(value) for value in values]
