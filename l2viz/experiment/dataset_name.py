"""DatasetName: the kind of the setting that names the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from l2viz.experiment.dataset_specs import DATASETS, is_brought
from l2viz.experiment.kinds import Choice, Given


class _Titles(Mapping[str, str]):
    """The title of every dataset; only those of the project are listed."""

    def __getitem__(self, name: str) -> str:
        return DATASETS[name].title

    def __iter__(self) -> Iterator[str]:
        return iter(DATASETS)

    def __len__(self) -> int:
        return len(DATASETS)


def _offered(given: Given) -> tuple[str, ...]:
    """Return the datasets of the project, and the one in use if a viewer has brought it."""
    used = given.get("dataset", "")
    return (*DATASETS, used) if is_brought(used) else tuple(DATASETS)


@dataclass(frozen=True, kw_only=True)
class DatasetName(Choice):
    """A dataset of the project, or one that a viewer has brought to this process."""

    titles: Mapping[str, str] = field(default_factory=_Titles)
    offered: Callable[[Given], tuple[str, ...]] | None = _offered

    def check(self, name: str, value: object, given: Given) -> str:
        """Return the name of a dataset that is there."""
        if isinstance(value, str) and DATASETS.is_known_as_brought(value):
            return value
        return super().check(name, value, given)

    def read(self, text: str) -> str:
        """Return the name of a dataset of the project: what was brought is in no address."""
        if text not in self.names:
            raise ValueError(f"not one of {', '.join(self.names)}: {text!r}")
        return text
