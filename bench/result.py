"""What a measurement gives: figures with units, and the bars that some of them have to hold."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured number. With a bar it holds when it is not above it (or not below it, where more is better)."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    more_is_better: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether it keeps to its bar; None where it has none."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.more_is_better else self.value <= self.bar


@dataclass(frozen=True)
class Measurement:
    """The figures of one benchmark, and the command that repeats it."""

    name: str
    command: str
    figures: list[Figure]
    notes: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """For the JSON file."""
        return asdict(self)
