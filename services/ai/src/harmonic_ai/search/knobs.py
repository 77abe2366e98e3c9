"""What a suggestion may turn: bounded numbers of a universe's environment or of a soundscape."""

import math
from dataclasses import dataclass
from typing import Any, Literal

DocumentKind = Literal["universe", "soundscape"]
REACH = 0.5
"""A suggestion moves a knob by at most this part of its range: a change, not another piece."""


@dataclass(frozen=True)
class Knob:
    """A number in a document: where it is, what it may be and what it is now."""

    document: DocumentKind
    path: tuple[str, ...]
    minimum: float
    maximum: float
    current: float
    unit: str
    logarithmic: bool = False
    integer: bool = False

    @property
    def name(self) -> str:
        return ".".join((self.document, *self.path))

    def at(self, offset: float) -> float:
        """The value at an offset from the current one, in parts of the range, kept inside the range."""
        position = min(max(self._position(self.current) + offset, 0.0), 1.0)
        value = self._value(position)
        return float(round(value)) if self.integer else float(f"{value:.4g}")

    def _position(self, value: float) -> float:
        if self.logarithmic:
            return math.log(value / self.minimum) / math.log(self.maximum / self.minimum)
        return (value - self.minimum) / (self.maximum - self.minimum)

    def _value(self, position: float) -> float:
        if self.logarithmic:
            value = self.minimum * float((self.maximum / self.minimum) ** position)
        else:
            value = self.minimum + position * (self.maximum - self.minimum)
        return min(max(value, self.minimum), self.maximum)


def read(document: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of a JSON document; None where the path leads nowhere."""
    for part in path:
        if isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        elif isinstance(document, dict) and part in document:
            document = document[part]
        else:
            return None
    return document


def write(document: Any, path: tuple[str, ...], value: float) -> Any:
    """A copy of a JSON document with another value at a path that exists."""
    if not path:
        return int(value) if isinstance(document, int) and not isinstance(document, bool) else value
    head, rest = path[0], path[1:]
    if isinstance(document, list):
        return [write(item, rest, value) if str(i) == head else item for i, item in enumerate(document)]
    return {key: write(item, rest, value) if key == head else item for key, item in document.items()}
