"""Scala scale files (.scl), read strictly: what is wrong is refused with its line and the reason.

The format is Manuel Op de Coul's: lines that begin with ``!`` are comments; then a description, the number of notes,
and a note a line. A note with a point is in cents, one without is a ratio or a whole number; what follows it after a
space is ignored. The last note is the period.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

LONGEST_FILE: Final = 65_536
MOST_NOTES: Final = 1024
WIDEST_CENTS: Final = 100_000.0
_CENTS = re.compile(r"([+-]?(?:\d{1,12}\.\d{0,24}|\.\d{1,24}))(?:\s.*|!.*)?$")
_RATIO = re.compile(r"([+-]?\d{1,18})(?:\s*/\s*([+-]?\d{1,18}))?(?:\s.*|!.*)?$")
_COUNT = re.compile(r"([+-]?\d{1,9})(?:\s.*)?$")


class ScalaError(ValueError):
    """A malformed file; ``line`` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        super().__init__(f"line {line}: {reason}")


@dataclass(frozen=True)
class Tone:
    """A pitch above the first note: cents, and the ratio as a float."""

    cents: float
    ratio: float


@dataclass(frozen=True)
class ScalaScale:
    """A scale: ``tones`` above the unison, which is not among them; the last is the period."""

    description: str
    tones: tuple[Tone, ...]

    @property
    def cents(self) -> tuple[float, ...]:
        """The tones in cents."""
        return tuple(tone.cents for tone in self.tones)

    def cents_of(self, degree: int) -> float:
        """Cents above the unison of any degree."""
        periods, within = divmod(degree, len(self.tones))
        return periods * self.tones[-1].cents + (self.tones[within - 1].cents if within else 0.0)

    def ratio(self, degree: int) -> float:
        """Frequency ratio of any degree; 0 is the unison, degrees beyond the period run on."""
        periods, within = divmod(degree, len(self.tones))
        base = 1.0 if within == 0 else self.tones[within - 1].ratio
        return base * self.tones[-1].ratio ** periods


def parse_tone(text: str) -> Tone:
    """A note as Scala writes it. Raises ValueError with the reason."""
    text = text.strip()
    if found := _CENTS.match(text):
        cents = float(found[1])
        if abs(cents) > WIDEST_CENTS:
            raise ValueError(f"{found[1]} cents is outside -100000 to 100000")
        return Tone(cents, math.exp2(cents / 1200.0))
    if not (found := _RATIO.match(text)):
        raise ValueError(f"{text[:40]!r} is no note: write cents with a point (701.955) or a ratio (3/2)")
    above, below = int(found[1]), int(found[2] or 1)
    if above <= 0 or below <= 0:
        raise ValueError(f"the ratio {above}/{below} is not above zero")
    ratio = float(Fraction(above, below))
    return Tone(1200.0 * math.log2(ratio), ratio)


def meaningful(text: str) -> list[tuple[int, str]]:
    """The lines that are no comments, each with its number from 1. Raises ScalaError on what is no text file."""
    if len(text) > LONGEST_FILE:
        raise ScalaError(1, f"the file has {len(text)} characters; the most is {LONGEST_FILE}")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if any(ord(letter) < 32 and letter != "\t" for letter in line):
            raise ScalaError(number, "there is a control character: this is no text file")
    return [(number, line) for number, line in enumerate(lines, start=1) if not line.startswith("!")]


def parse_scl(text: str) -> ScalaScale:
    """The scale of a .scl file's text. Raises ScalaError."""
    lines = meaningful(text)
    last = text.count("\n") + 1
    if not lines or not any(line.strip() for _, line in lines):
        raise ScalaError(last, "the file ends before the description and the number of notes")
    if len(lines) < 2:
        raise ScalaError(last, "the file ends before the number of notes")
    (_, description), (count_line, count_text), *rest = lines
    count = _count(count_line, count_text)
    notes = [(number, line) for number, line in rest if line.strip()]
    if len(notes) < count:
        raise ScalaError(last, f"the file ends after {len(notes)} notes; line {count_line} says {count}")
    if len(notes) > count:
        raise ScalaError(notes[count][0], f"there is more after the {count} notes that line {count_line} says")
    tones = []
    for number, line in notes:
        try:
            tones.append(parse_tone(line))
        except ValueError as error:
            raise ScalaError(number, str(error)) from None
    if tones[-1].cents <= 0.0:
        raise ScalaError(notes[-1][0], "the last note is the period and must lie above the first")
    return ScalaScale(description.strip(), tuple(tones))


def _count(number: int, text: str) -> int:
    found = _COUNT.match(text.strip())
    if not found:
        raise ScalaError(number, f"{text.strip()[:40]!r} is not a number of notes")
    count = int(found[1])
    if not 1 <= count <= MOST_NOTES:
        raise ScalaError(number, f"{count} notes: a scale has 1 to {MOST_NOTES}")
    return count
