"""Which numbers of a universe and of a soundscape a suggestion may turn, and how far."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harmonic_ai.search.knobs import Knob, read
from harmonic_contracts.environment import PARAMETERS


@dataclass(frozen=True)
class Lever:
    """A place in a soundscape, `*` for every item of a list, and the musical range that a suggestion keeps to."""

    path: tuple[str, ...]
    minimum: float
    maximum: float
    unit: str
    logarithmic: bool = False
    integer: bool = False


SOUNDSCAPE = (
    Lever(("length_s",), 15.0, 300.0, "s", logarithmic=True),
    Lever(("density", "notes_per_s"), 1.0, 48.0, "1/s", logarithmic=True),
    Lever(("events", "*", "every"), 1.0, 8.0, "1", integer=True),
    Lever(("events", "*", "pitch", "octave"), 1.0, 6.0, "octave", integer=True),
    Lever(("events", "*", "pitch", "snap_cents"), 0.0, 50.0, "cent"),
    Lever(("events", "*", "duration_s"), 0.1, 6.0, "s", logarithmic=True),
    Lever(("events", "*", "brightness"), 0.0, 1.0, "1"),
    Lever(("tempo_bpm",), 40.0, 220.0, "bpm", logarithmic=True),
    Lever(("mix", "target_lufs"), -30.0, -12.0, "LUFS"),
)


def soundscape_knobs(document: dict[str, Any]) -> list[Knob]:
    """The knobs of a soundscape: those levers that lead to a number in it."""
    return [
        Knob("soundscape", path, min(lever.minimum, value), max(lever.maximum, value), float(value), lever.unit,
             lever.logarithmic and value > 0, lever.integer)
        for lever in SOUNDSCAPE
        for path in _expanded(document, lever.path)
        if isinstance(value := read(document, path), int | float) and not isinstance(value, bool)
    ]  # fmt: skip


def environment_knobs(environment: dict[str, Any]) -> list[Knob]:
    """The knobs of a universe's environment: every parameter that its system accepts."""
    return [
        Knob("universe", ("environment", name), known.minimum, known.maximum, float(value), known.unit)
        for name, value in sorted(environment.items())
        if (known := PARAMETERS.get(name)) is not None
    ]


def _expanded(document: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The paths that a pattern stands for in this document."""
    if "*" not in path:
        yield path
        return
    star = path.index("*")
    items = read(document, path[:star])
    for number in range(len(items) if isinstance(items, list) else 0):
        yield from _expanded(document, (*path[:star], str(number), *path[star + 1 :]))
