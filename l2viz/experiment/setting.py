"""A row of the table of settings, which stands in `l2viz.experiment.fields`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.kinds import Given, Kind


@dataclass(frozen=True, kw_only=True)
class Applies:
    """When a setting applies; otherwise it must have the value `off`.

    when   whether it applies, given the settings that it depends on
    rule   the rule otherwise, as in error messages; {names} stand for other settings
    """

    when: Callable[[Given], bool]
    rule: str
    off: Any = 0


class _Lesson:
    """Placeholder for the value of the dataset's lesson, until an Experiment is made."""

    def __repr__(self) -> str:
        return "<as in the dataset's lesson>"


LESSON: Any = _Lesson()


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One row of the table.

    kind      its type, bounds, spelling in an address and control
    default   a value, LESSON, or a function of the settings that lead
    leads     whether defaults of other settings depend on it
    meaning   for the documentation, if it is not `help`
    label, help   of its control in the sidebar
    tab       of the sidebar, one of TABS; None for a setting without a control there
    paired    whether its control has half the width, beside that of its neighbour
    applies   when it applies; None for always
    first     initial value of its control if it did not apply before: a value or a function
    traced    whether the traced program depends on it: another value needs a new trace
    argument  the keyword argument of Keras's optimizer that it sets, whose default is `default`
    newer     whether `as_json` leaves it out at its default, so that experiments that are older
              than the setting keep their files and keys
    """

    name: str = ""
    kind: Kind
    default: Any
    leads: bool = False
    meaning: str = ""
    label: str = ""
    help: str = ""
    tab: str | None = None
    paired: bool = False
    applies: Applies | None = None
    first: Any = None
    traced: bool = False
    argument: str = ""
    newer: bool = False

    @property
    def words(self) -> str:
        """Return its name for use in a sentence."""
        return self.name.replace("_", " ")

    def default_for(self, given: Given) -> Any:
        """Return its default, given at least the settings that lead."""
        if self.default is LESSON:
            return DATASETS[given["dataset"]].defaults[self.name]
        return self.default(given) if callable(self.default) else self.default

    def applies_to(self, given: Given) -> bool:
        """Return whether it applies, given the other settings."""
        return self.applies is None or self.applies.when(given)

    def first_for(self, given: Given) -> Any:
        """Return the initial value of its control."""
        if self.first is None or self.applies_to(given):
            return given[self.name]
        return self.first(given) if callable(self.first) else self.first


def setting_field(**entry: Any) -> Any:
    """Return a dataclass field with a Setting as metadata."""
    setting = Setting(**entry)
    plain = LESSON if callable(setting.default) else setting.default
    return dataclasses.field(default=plain, metadata={"setting": setting})
