"""Scala keyboard mappings (.kbm): which key of a keyboard sounds which degree of a scale, and at which pitch.

Seven values, a line each, then the mapping: size of the pattern (0: every key the next degree), first and last key to
retune, the middle key where degree 0 lies, the reference key, its frequency, and the degree at which the pattern
repeats; then a degree or ``x`` (silent) for each key of the pattern. As in the Surge tuning library, first and last
key are read but all 128 keys are tuned, and a pattern whose repeating degree is neither 0 nor its own size repeats at
the scale's period.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.tuning.scala import WIDEST_CENTS, ScalaError, ScalaScale, meaningful

KEYS: Final = 128
LARGEST_PATTERN: Final = 1024
_WHOLE = re.compile(r"(\d{1,9})(?:\s.*|!.*)?$")
_NUMBER = re.compile(r"(\d{1,12}(?:\.\d{0,24})?)(?:\s.*|!.*)?$")
_SILENT = re.compile(r"[xX](?:\s.*|!.*)?$")
_HEADER = (
    "size of the pattern",
    "first key",
    "last key",
    "middle key",
    "reference key",
    "reference frequency",
    "degree at which the pattern repeats",
)


@dataclass(frozen=True)
class KeyboardMapping:
    """A mapping; ``degrees`` is empty for a linear one, None in it is a silent key. Lines are for messages."""

    first: int = 0
    last: int = KEYS - 1
    middle: int = 60
    reference_key: int = 69
    reference_hz: float = 440.0
    repeats_at: int = 0
    degrees: tuple[int | None, ...] = ()
    reference_line: int = 0
    repeats_line: int = 0

    def degree(self, key: int, period: int) -> int | None:
        """Degree of the scale that a key sounds; ``period`` is the number of notes of the scale."""
        if not self.degrees:
            return key - self.middle
        round_, place = divmod(key - self.middle, len(self.degrees))
        within = self.degrees[place]
        if within is None:
            return None
        return within + round_ * self.pattern_degrees(period)

    def pattern_degrees(self, period: int) -> int:
        """Degrees from one pattern to the next."""
        if not self.degrees or self.repeats_at in (0, len(self.degrees)):
            return len(self.degrees) or period
        return period


def parse_kbm(text: str) -> KeyboardMapping:
    """The mapping of a .kbm file's text. Raises ScalaError."""
    lines = [(number, line.strip()) for number, line in meaningful(text) if line.strip()]
    last = text.count("\n") + 1
    if len(lines) < len(_HEADER):
        raise ScalaError(last, f"the file ends before the {_HEADER[len(lines)]}")
    head, rest = lines[: len(_HEADER)], lines[len(_HEADER) :]
    size, first, last_key, middle, reference = (_whole(*line, _HEADER[i]) for i, line in enumerate(head[:5]))
    if size > LARGEST_PATTERN:
        raise ScalaError(head[0][0], f"a pattern of {size} keys: the most is {LARGEST_PATTERN}")
    for place, key in ((1, first), (2, last_key), (3, middle), (4, reference)):
        if key >= KEYS:
            raise ScalaError(head[place][0], f"the {_HEADER[place]} is {key}; keys are 0 to 127")
    if last_key < first:
        raise ScalaError(head[2][0], f"the last key {last_key} lies below the first, {first}")
    repeats = _whole(*head[6], _HEADER[6])
    if len(rest) < size:
        raise ScalaError(last, f"the file ends after {len(rest)} keys; line {head[0][0]} says {size}")
    if len(rest) > size:
        raise ScalaError(rest[size][0], f"there is more after the {size} keys that line {head[0][0]} says")
    degrees = tuple(_degree(*line) for line in rest)
    return KeyboardMapping(
        first, last_key, middle, reference, _hertz(*head[5]), repeats, degrees, head[4][0], head[6][0]
    )


def _whole(number: int, text: str, what: str) -> int:
    found = _WHOLE.match(text)
    if not found:
        raise ScalaError(number, f"{text[:40]!r} is not the {what}: a whole number from 0")
    return int(found[1])


def _hertz(number: int, text: str) -> float:
    found = _NUMBER.match(text)
    if not found or not 1e-3 <= float(found[1]) <= 1e6:
        raise ScalaError(number, f"{text[:40]!r} is not a reference frequency: hertz from 0.001 to 1000000")
    return float(found[1])


def _degree(number: int, text: str) -> int | None:
    if _SILENT.match(text):
        return None
    degree = _whole(number, text, "degree of a key, or x")
    if degree > LARGEST_PATTERN:
        raise ScalaError(number, f"degree {degree}: the largest is {LARGEST_PATTERN}")
    return degree


def key_frequencies(scale: ScalaScale, mapping: KeyboardMapping | None = None) -> NDArray[np.float64]:
    """Hertz of the 128 keys, shape (128,); NaN for a silent key. Raises ScalaError where the two do not fit.

    Without a mapping every key is the next degree, degree 0 at key 60 with 12-step C4.
    """
    mapping = mapping or KeyboardMapping(reference_key=60, reference_hz=440.0 * math.exp2(-0.75))
    period = len(scale.tones)
    reference = mapping.degree(mapping.reference_key, period)
    if reference is None:
        raise ScalaError(
            mapping.reference_line, f"the reference key {mapping.reference_key} is one that the pattern leaves unmapped"
        )
    found = [mapping.degree(key, period) for key in range(KEYS)]
    base = scale.ratio(reference)
    with np.errstate(over="ignore"):
        return np.array([np.nan if d is None else mapping.reference_hz * _over(scale, d, base) for d in found])


def _over(scale: ScalaScale, degree: int, base: float) -> float:
    try:
        return scale.ratio(degree) / base
    except OverflowError:
        return math.inf


def mapped_cents(scale: ScalaScale, mapping: KeyboardMapping) -> tuple[tuple[float | None, ...], float, float]:
    """A pattern as cents above the middle key, None for silent ones; its period in cents; the middle key's hertz.

    Raises ScalaError where the mapping does not fit the scale, or its pattern does not rise.
    """
    period = len(scale.tones)
    middle_hz = float(key_frequencies(scale, mapping)[mapping.reference_key])
    reference = mapping.degree(mapping.reference_key, period) or 0
    middle_hz *= math.exp2(-scale.cents_of(reference) / 1200.0)
    degrees = mapping.degrees or tuple(range(period))
    cents = tuple(None if d is None else scale.cents_of(d) for d in degrees)
    rises = scale.cents_of(mapping.pattern_degrees(period))
    line = mapping.repeats_line
    if not 1.0 <= rises <= WIDEST_CENTS:
        raise ScalaError(line, f"the pattern repeats {rises:g} cents above its start: it must be 1 to {WIDEST_CENTS:g}")
    if not 0.01 <= middle_hz <= 1e6:
        raise ScalaError(mapping.reference_line, f"the middle key would sound at {middle_hz:g} Hz")
    return cents, rises, middle_hz
