"""Chord symbols as jazz and pop write them: ``Am7``, ``D9``, ``F#m7b5/E``, ``Csus4``, ``Bbmaj7#11``.

A chord is kept as its generic intervals (1, 3, 5, 7, 9, ...) with the semitones of each above the root.
"""

import re
from dataclasses import dataclass
from typing import Final

from harmonic_audio.tuning.pitch import pitch_class

LONGEST_SYMBOL: Final = 32
DEFAULT_OCTAVE: Final = 4
NATURAL: Final = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 10, 9: 14, 11: 17, 13: 21}
"""Semitones of an unaltered interval in a symbol: the seventh is the minor one."""
_ROOT = re.compile(r"([A-G][#b]?)(.*)$")
_TRIADS: Final = (
    ("dim", (3, 6)),
    ("aug", (4, 8)),
    ("°", (3, 6)),
    ("o", (3, 6)),
    ("ø", (3, 6)),
    ("+", (4, 8)),
    ("min", (3, 7)),
    ("mi", (3, 7)),
    ("-", (3, 7)),
)
_MAJOR_SEVENTH = re.compile(r"(?:maj|Maj|M|Δ)(7|9|11|13)?")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_MINOR = re.compile(r"m(?!aj)")
_CHANGES = re.compile(r"(?:(add|no|sus)(2|3|4|5|6|9|11|13)?|([#b])(5|9|11|13)|(alt)),?")


@dataclass(frozen=True)
class ChordShape:
    """``root`` and ``bass`` are semitones (pitch classes of a symbol; above the tonic for a Roman numeral);
    ``tones`` are pairs of generic interval and semitones above the root, in order of height; ``octave`` is the
    octave that a sequence asks for."""

    name: str
    root: int
    tones: tuple[tuple[int, int], ...]
    bass: int
    octave: int | None = None

    @property
    def semitones(self) -> tuple[int, ...]:
        """Semitones above the root, ascending from 0."""
        return tuple(sorted(semitones for _, semitones in self.tones))


def parse_symbol(text: str) -> ChordShape:
    """A chord symbol, with ``/E`` for another bass and ``_4`` for an octave. Raises ValueError with the reason."""
    text = text.strip()
    if not text or len(text) > LONGEST_SYMBOL:
        raise ValueError(f"a chord symbol has 1 to {LONGEST_SYMBOL} characters, e.g. Am7 or F#m7b5/E")
    whole, _, octave_text = text.partition("_")
    body, slash, bass_text = (whole, "", "") if whole.endswith("6/9") else whole.rpartition("/")
    if not slash:
        body, bass_text = whole, ""
    found = _ROOT.match(body)
    if not found:
        raise ValueError(f"{text!r} does not begin with a root: write A to G, then nothing, # or b")
    root = pitch_class(found[1])
    try:
        tones = quality(found[2])
        bass = pitch_class(bass_text) if slash else root
    except ValueError as error:
        raise ValueError(f"the chord {text!r}: {error}") from None
    return ChordShape(text, root, tones, bass, _octave(text, octave_text) if "_" in text else None)


def _octave(text: str, octave: str) -> int:
    if not re.fullmatch(r"[0-8]", octave):
        raise ValueError(f"the chord {text!r}: the octave after _ is 0 to 8")
    return int(octave)


def parse_sequence(text: str) -> list[ChordShape]:
    """Chords with bars between them: ``Am7_4 | D9_3 | Gmaj7``. Raises ValueError with the place of what is wrong."""
    found = []
    for place, part in enumerate(text.split("|"), start=1):
        try:
            found.append(parse_symbol(part))
        except ValueError as error:
            raise ValueError(f"chord {place} of the sequence: {error}") from None
    return found


def quality(text: str) -> tuple[tuple[int, int], ...]:
    """The intervals of what follows the root, e.g. ``m7b5``. Raises ValueError naming what it cannot read."""
    text = _BRACKETS.sub(r"\1", text)
    tones, rest = _triad(text)
    rest = _extended(tones, rest, half=text.startswith("ø"), dim=text.startswith(("dim", "°", "o")))
    while rest:
        change = _CHANGES.match(rest)
        if not change or not change[0]:
            raise ValueError(f"{rest!r} is no quality: write e.g. m, 7, maj7, m7b5, sus4, add9, dim, aug")
        _change(tones, change)
        rest = rest[change.end() :]
    return tuple(sorted(tones.items(), key=lambda tone: (tone[1], tone[0])))


def _triad(text: str) -> tuple[dict[int, int], str]:
    for name, (third, fifth) in _TRIADS:
        if text.startswith(name):
            return {1: 0, 3: third, 5: fifth}, text[len(name) :]
    if found := _MINOR.match(text):
        return {1: 0, 3: 3, 5: 7}, text[found.end() :]
    return {1: 0, 3: 4, 5: 7}, text


def _extended(tones: dict[int, int], text: str, *, half: bool, dim: bool) -> str:
    """Sixths, sevenths and what is stacked above them; what is left of the text."""
    if half:
        tones[7] = 10
        return text.removeprefix("7")
    if found := _MAJOR_SEVENTH.match(text):
        top = int(found[1] or (7 if found[0] == "Δ" else 0))
        _stack(tones, top, seventh=11)
        return text[found.end() :]
    if text.startswith(("6/9", "69")):
        tones.update({6: 9, 9: 14})
        return text[3:] if text.startswith("6/9") else text[2:]
    if found := re.match(r"13|11|9|7|6|5", text):
        number = int(found[0])
        if number == 6:
            tones[6] = 9
        elif number == 5:
            del tones[3]
        else:
            _stack(tones, number, seventh=9 if dim else 10)
        return text[found.end() :]
    return text


def _stack(tones: dict[int, int], top: int, *, seventh: int) -> None:
    """Thirds from the seventh up; an eleventh takes the place of a major third that it would rub against."""
    for number in (7, 9, 11, 13):
        if number <= top and not (number == 11 and top == 13):
            tones[number] = seventh if number == 7 else NATURAL[number]
    if top == 11 and tones.get(3) == 4:
        del tones[3]


def _change(tones: dict[int, int], change: re.Match[str]) -> None:
    word, number, sign, altered, every = change.groups()
    if every:
        tones.update({5: 8, 7: 10, 9: 13})
    elif sign:
        tones[int(altered)] = NATURAL[int(altered)] + (1 if sign == "#" else -1)
    elif word == "sus":
        tones.pop(3, None)
        suspended = int(number or 4)
        if suspended not in (2, 4):
            raise ValueError(f"sus{suspended} is unknown: write sus2 or sus4")
        tones[suspended] = NATURAL[suspended]
    elif word == "add" and number and number not in ("3", "5"):
        tones[int(number)] = NATURAL[int(number)]
    elif word == "no" and number in ("3", "5"):
        tones.pop(int(number), None)
    else:
        raise ValueError(f"{change[0]!r} is unknown: write e.g. add9 or no3")
