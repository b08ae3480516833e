"""Points: the kind of a setting that holds training points of a viewer's own."""

from __future__ import annotations

from dataclasses import dataclass

from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.kinds import Given
from l2viz.validation import InvalidValue, as_tuple, number

Point = tuple[float, ...]

POINT_DECIMALS = 3  # so that a hundred points fit into an address
_BETWEEN_POINTS, _BETWEEN_NUMBERS = "~", "_"  # a browser writes both as they are


def takes_points(given: Given) -> bool:
    """Return whether the examples of a dataset are points in a picture, which can be moved."""
    facts = DATASETS[given["dataset"]]
    return facts.line or facts.plane


@dataclass(frozen=True, kw_only=True)
class Points:
    """(x, y) of a line or (x, y, class) of a plane, each: "0.5_-1~0.25_0" in an address.

    least, most   points, unless there are none
    reach         largest magnitude of x and y
    """

    least: int
    most: int
    reach: float

    @property
    def words(self) -> str:
        """Return type and bounds."""
        return f"tuple of (x, y) or (x, y, class), {self.least} to {self.most} of them, or none"

    def check(self, name: str, value: object, given: Given) -> tuple[Point, ...]:
        """Return a tuple of points, rounded to POINT_DECIMALS."""
        points = as_tuple(name, value, "points")
        if points and not self.least <= len(points) <= self.most:
            rule = f"have {self.least} to {self.most} points, or none"
            raise InvalidValue(name, rule, f"{len(points)} of them")
        facts = DATASETS[given["dataset"]]
        return tuple(self._point(name, point, facts.outputs, facts.plane) for point in points)

    def _point(self, name: str, value: object, classes: int, plane: bool) -> Point:
        point = as_tuple(name, value, "numbers")
        if len(point) != (3 if plane else 2):
            raise InvalidValue(name, f"be points ({'x, y, class' if plane else 'x, y'})", point)
        place = tuple(
            round(number(name, each, -self.reach, self.reach), POINT_DECIMALS) + 0.0  # no -0
            for each in point[:2]
        )
        if not plane:
            return place
        if number(name, point[2], 0, classes - 1) % 1:
            raise InvalidValue(name, "have whole numbers as classes", point[2])
        return (*place, float(point[2]))

    def read(self, text: str) -> tuple[Point, ...]:
        """Return the points."""
        points = text.split(_BETWEEN_POINTS) if text else []
        return tuple(tuple(map(float, point.split(_BETWEEN_NUMBERS))) for point in points)

    def write(self, value: tuple[Point, ...]) -> str:
        """Return the points."""
        return _BETWEEN_POINTS.join(
            _BETWEEN_NUMBERS.join(f"{number:g}" for number in point) for point in value
        )
