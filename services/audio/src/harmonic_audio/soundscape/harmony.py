"""The harmony of a soundscape: its chords, and the voices that play them whatever the universe does."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from harmonic_audio.harmony.patterns import Order
from harmonic_audio.harmony.roman import parse_roman
from harmonic_audio.harmony.symbols import parse_symbol
from harmonic_contracts.base import Contract

Hertz = Annotated[float, Field(ge=16.0, le=16_000.0)]
BEATS = "Beats from one note to the next; left out: once a chord"


class Chord(Contract):
    """A chord of the progression: by degree, symbol or Roman numeral; at a time, or for so many bars."""

    at: float = Field(default=0.0, ge=0.0, lt=1.0, description="Where it begins, as a fraction of the length")
    bars: float | None = Field(
        default=None,
        ge=0.125,
        le=64.0,
        description="Its length in bars; then all chords have one, none has `at`, and the progression repeats",
    )
    degree: int = Field(default=0, ge=-14, le=14, description="Degree of its root; 0 is the tonic")
    symbol: str | None = Field(default=None, description="Chord symbol instead, e.g. Am7, D9, F#m7b5/E")
    roman: str | None = Field(default=None, description="Roman numeral instead, e.g. vi7, bVII, V7/V")

    @field_validator("symbol")
    @classmethod
    def _a_chord(cls, text: str | None) -> str | None:
        if text is not None:
            parse_symbol(text)
        return text

    @field_validator("roman")
    @classmethod
    def _a_numeral(cls, text: str | None) -> str | None:
        if text is not None:
            parse_roman(text)
        return text

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if (self.symbol is not None) + (self.roman is not None) + (self.degree != 0) > 1:
            raise ValueError("a chord is said by one of degree, symbol and roman")
        if self.bars is not None and self.at != 0.0:
            raise ValueError("a chord has a time (at) or a length in bars, not both")
        return self


def in_order(chords: list[Chord]) -> list[Chord]:
    """A progression that can be played. Raises ValueError with the reason."""
    if not chords or chords[0].at != 0.0:
        raise ValueError("the progression begins with a chord at 0")
    if any(chord.bars is not None for chord in chords):
        if any(chord.bars is None for chord in chords):
            raise ValueError("where one chord has a length in bars, all have one")
    elif any(b.at <= a.at for a, b in pairwise(chords)):
        raise ValueError("the chords' times must increase")
    return chords


class HarmonyVoice(Contract):
    """What all voices of the harmony have."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_ -]*$", max_length=60, description="Name of the voice")
    instrument: str = Field(default="pad", description="Instrument that plays it")
    gain_db: float = Field(default=-6.0, ge=-48.0, le=12.0, description="Level of the voice in the mix [dB]")
    loudness: float = Field(default=0.35, ge=0.0, le=1.0, description="Linear amplitude of its notes, 0 to 1")
    pan: float = Field(default=0.0, ge=-1.0, le=1.0, description="-1 left, +1 right")
    brightness: float = Field(default=0.4, ge=0.0, le=1.0, description="0 dark, 1 bright")


class Drone(HarmonyVoice):
    """Notes that stay under everything, whatever the chords do."""

    kind: Literal["drone"] = Field(default="drone", description="Held under everything")
    octave: int = Field(default=2, ge=0, le=7, description="Octave of the tonic that degrees count from")
    degrees: list[Annotated[int, Field(ge=-21, le=21)]] = Field(
        default=[0], min_length=1, max_length=4, description="Degrees of the scale that sound; 0 is the tonic"
    )
    bars: float | None = Field(
        default=None, ge=0.25, le=64.0, description="Bars from one stroke to the next; left out: one long note"
    )


class Bass(HarmonyVoice):
    """The lowest tone of each chord, in a rhythm."""

    kind: Literal["bass"] = Field(default="bass", description="The chords' lowest tones")
    octave: int = Field(default=2, ge=0, le=5, description="Octave in which it lies, from the key's tonic up")
    beats: float | None = Field(default=None, ge=0.125, le=64.0, description=BEATS)
    figure: list[Literal["bass", "root", "fifth", "octave"]] = Field(
        default=["bass"], min_length=1, max_length=16, description="Tones in turn; each chord begins at the first"
    )
    legato: float = Field(default=0.95, gt=0.0, le=1.0, description="Length of a note as a fraction of the distance")


class Pad(HarmonyVoice):
    """The chords, in voices that move as little as they can."""

    kind: Literal["pad"] = Field(default="pad", description="The chords, led voice by voice")
    voices: int = Field(default=4, ge=1, le=6, description="How many voices")
    low_hz: Hertz = Field(default=146.8, description="Lowest pitch [Hz]")
    high_hz: Hertz = Field(default=587.4, description="Highest pitch [Hz]")
    beats: float | None = Field(default=None, ge=0.125, le=64.0, description=BEATS)
    legato: float = Field(default=1.0, gt=0.0, le=1.0, description="Length of a note as a fraction of the distance")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 1.5 * self.low_hz <= self.high_hz <= 8.0 * self.low_hz:
            raise ValueError("high_hz lies between 1.5 and 8 times low_hz")
        return self


class Arpeggio(HarmonyVoice):
    """The chord's tones one after another."""

    kind: Literal["arpeggio"] = Field(default="arpeggio", description="The chords' tones in turn")
    low_hz: Hertz = Field(default=261.6, description="Lowest pitch [Hz]")
    high_hz: Hertz = Field(default=1046.6, description="Highest pitch [Hz]")
    beats: float = Field(default=0.5, ge=0.0625, le=16.0, description="Beats from one note to the next")
    order: Order = Field(default="up", description="Order of the tones, from each chord's beginning")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Of the random order")
    legato: float = Field(default=0.9, gt=0.0, le=4.0, description="Length of a note as a fraction of the distance")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low_hz < self.high_hz:
            raise ValueError("low_hz lies below high_hz")
        return self


HarmonyRule = Annotated[Drone | Bass | Pad | Arpeggio, Field(discriminator="kind")]
