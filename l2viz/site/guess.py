"""The buttons of a guess."""

from __future__ import annotations

from collections.abc import Iterable

from l2viz.site.markup import inline

SHOWN = -1  # the answer without a guess; see frontend/guesses.js


def choice_buttons(choices: Iterable[tuple[int, str]]) -> str:
    """Return a button for each choice, by its position."""
    return "\n".join(
        f'<button type="button" data-choice="{number}"{" class=quiet" * (number == SHOWN)}>'
        f"{inline(words)}</button>"
        for number, words in choices
    )
