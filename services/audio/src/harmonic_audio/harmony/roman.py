"""Roman numerals: ``I vi7 ii65 V7/V bVII``, in any key of any scale.

Upper case is a major triad, lower case a minor one. A numeral without an accidental is a degree of the key's scale
(of the major scale where that has not seven notes); with one it is counted from the major scale, so that bVII lies a
whole tone under the tonic in every mode. A seventh or ninth is the key's own; a secondary dominant's is that of the
key that it leads to. Figures give inversions: 6, 64; 65, 43, 42 or 2.
"""

import re
from typing import Final

from harmonic_audio.harmony.symbols import LONGEST_SYMBOL, NATURAL, ChordShape, quality
from harmonic_audio.tuning.scales import SCALES

_NUMERAL = re.compile(r"(b|#)?(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(°|o|ø|\+|dim|aug)?(.*)$")
_DEGREES: Final = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_FIGURES: Final = {"6": (0, 1), "64": (0, 2), "65": (7, 1), "43": (7, 2), "42": (7, 3), "2": (7, 3)}
"""Figures as the seventh that they imply (0: none) and the chord tone in the bass."""
MAJOR: Final = SCALES["major"].semitones
Scale = tuple[int, ...]


def parse_roman(text: str, scale: str = "major") -> ChordShape:
    """The chord of a numeral; root and bass are semitones above the key's tonic. Raises ValueError with the reason."""
    text = text.strip()
    if not text or len(text) > LONGEST_SYMBOL:
        raise ValueError(f"a Roman numeral has 1 to {LONGEST_SYMBOL} characters, e.g. vi7 or V7/V")
    *chain, home = text.split("/")[0], *text.split("/")[1:]
    numerals = [*chain, home]
    if len(numerals) > 3:
        raise ValueError(f"the numeral {text!r}: at most two keys may follow, as in V/V/V")
    steps = SCALES[scale].semitones if len(SCALES[scale].semitones) == 7 else MAJOR
    tonic = 0
    for target in reversed(numerals[1:]):
        root, tones = _read(target, steps, text)
        tonic, steps = (tonic + root) % 12, SCALES["natural_minor" if _third(tones) == 3 else "major"].semitones
    bass_tone, plain = _figured(numerals[0])
    root, tones = _read(plain, steps, text)
    if bass_tone >= len(tones):
        raise ValueError(f"the numeral {text!r}: its chord has no tone for that inversion")
    root = (tonic + root) % 12
    ordered = sorted(tones.items(), key=lambda tone: (tone[1], tone[0]))
    bass = root if bass_tone == 0 else (root + ordered[bass_tone][1]) % 12
    return ChordShape(text, root, tuple(ordered), bass)


def _third(tones: dict[int, int]) -> int:
    return tones.get(3, 4)


def _figured(numeral: str) -> tuple[int, str]:
    """Which chord tone is in the bass, and the numeral without its figures of inversion."""
    found = re.match(r"(.*?[IViv](?:°|o|ø|\+|dim|aug)?)(65|64|43|42|6|2)$", numeral)
    if not found:
        return 0, numeral
    seventh, bass = _FIGURES[found[2]]
    return bass, found[1] + ("7" if seventh else "")


def _read(numeral: str, steps: Scale, whole: str) -> tuple[int, dict[int, int]]:
    """Root above the tonic of the scale and the tones above the root."""
    found = _NUMERAL.match(numeral.strip())
    if not found:
        raise ValueError(f"{whole!r} is no Roman numeral: write e.g. I, vi7, bVII, viiø7 or V7/V")
    accidental, letters, bent, rest = found.groups()
    degree = _DEGREES[letters.upper()]
    root = steps[degree] if accidental is None else MAJOR[degree] + (1 if accidental == "#" else -1)
    mark = bent or ("m" if letters.islower() else "")
    try:
        tones = dict(quality(mark + rest))
    except ValueError as error:
        raise ValueError(f"the numeral {whole!r}: {error}") from None
    if re.match(r"7|9|11|13", rest) and bent is None and accidental is None:
        _of_the_key(tones, degree, steps)
    return root % 12, tones


def _of_the_key(tones: dict[int, int], degree: int, steps: Scale) -> None:
    """Sevenths and ninths as the scale has them, where the symbol leaves them unaltered."""
    for number, natural in ((7, 10), (9, NATURAL[9]), (13, NATURAL[13])):
        if tones.get(number) == natural:
            octaves, place = divmod(degree + number - 1, 7)
            own = steps[place] + 12 * octaves - steps[degree]
            tones[number] = own
