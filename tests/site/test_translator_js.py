"""The translator on a site gives Python's numbers, and a drawn guess Python's choice."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from typing import Any

import pytest

from l2viz.interop.conventions import CONVENTIONS, translate, translate_back
from l2viz.lesson import Question
from l2viz.site.shared_files import FRONTEND
from l2viz.site.translator_page import facts_of

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")

_TRANSLATE = """
import {{ settingOf, sixDigits, strengthOf }} from {module};
const cases = {cases};
const told = (number) => (Number.isFinite(number) ? number : "∞");
process.stdout.write(JSON.stringify(cases.map(({{ convention, numbers, strength, setting }}) => [
  told(settingOf(strength, convention, numbers)), strengthOf(setting, convention, numbers),
  sixDigits(settingOf(strength, convention, numbers)),
])));
"""
_NEAREST = """
import {{ nearestChoice }} from {module};
const cases = {cases};
process.stdout.write(JSON.stringify(cases.map(([all, drawn]) => nearestChoice(all, drawn))));
"""


def in_node(script: str, module: str, cases: Any) -> Any:
    text = script.format(module=json.dumps((FRONTEND / module).as_uri()), cases=json.dumps(cases))
    ran = subprocess.run(
        ["node", "--input-type=module"],
        input=text.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)


def test_every_convention_translates_as_in_python_to_the_last_bit() -> None:
    chance = random.Random(3)
    cases = []
    for key in CONVENTIONS:
        for _ in range(60):
            numbers = {
                "samples": round(10 ** chance.uniform(0, 9)),
                "batch_size": round(10 ** chance.uniform(0, 5)),
                "learning_rate": 10 ** chance.uniform(-8, 2),
            }
            strength = chance.choice([0.0, 10 ** chance.uniform(-12, 6), 0.01, 1.0])
            setting = 10 ** chance.uniform(-12, 6)
            cases.append((key, numbers, strength, setting))
    sent = [
        {
            "convention": facts_of(CONVENTIONS[key]),
            "numbers": numbers,
            "strength": strength,
            "setting": setting,
        }
        for key, numbers, strength, setting in cases
    ]
    answers = in_node(_TRANSLATE, "translator.js", sent)
    for (key, numbers, strength, setting), (there, back, text) in zip(cases, answers, strict=True):
        expected = translate(strength, to=key, **numbers)
        assert (math.inf if there == "∞" else there) == expected, (key, strength)
        assert back == translate_back(setting, of=key, **numbers), (key, setting)
        assert text == ("∞" if math.isinf(expected) else f"{expected:.6g}")


def test_a_drawn_peak_is_the_choice_that_python_takes() -> None:
    chance = random.Random(5)
    cases = []
    for _ in range(300):
        strengths = chance.sample([0.0, 1e-4, 1e-3, 0.003, 0.01, 0.1, 1.0], chance.randint(2, 5))
        drawn = chance.choice([0.0, 10 ** chance.uniform(-6, 1)])
        if drawn > 0 or 0.0 in strengths:
            cases.append((strengths, drawn))
    expected = [
        Question(
            ask="", choices=(), answer=0, why="", draws="x", strengths=tuple(strengths)
        ).nearest_choice(drawn)
        for strengths, drawn in cases
    ]
    assert in_node(_NEAREST, "guesses.js", cases) == expected
