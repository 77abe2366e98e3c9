"""The document of an analysis: what a sound is like as a whole."""

from typing import Final

from pydantic import Field

from harmonic_contracts.base import Contract

MOST_LISTED: Final = 10_000


class KeyFound(Contract):
    """The key that fits the pitch classes best (Krumhansl and Kessler)."""

    tonic: str
    mode: str
    correlation: float = Field(ge=-1.0, le=1.0, description="With the profile of this key")
    lead: float = Field(description="By how much the correlation leads the next key's")


class BandLevel(Contract):
    """A third of an octave."""

    centre_hz: float
    level_db: float = Field(description="Mean power, 0 dB is a mean square of 1; -200 for none")


class SoundReport(Contract):
    """What a sound is like as a whole, measured on the mean of its channels."""

    rms_dbfs: float | None = Field(description="Null for silence; a full-scale sine reads -3.01")
    pitch_hz: float | None = Field(description="Median fundamental frequency; null where nothing has a pitch")
    pitched_share: float = Field(ge=0.0, le=1.0, description="Share of the time that has a pitch")
    onsets: int = Field(ge=0, description="Notes that begin")
    onset_times_s: list[float] = Field(description=f"Their times, the first {MOST_LISTED}; all are in the tracks")
    tempo_bpm: float | None = Field(description="Of the first ten minutes; null where nothing repeats")
    key: KeyFound | None = Field(description="Null where no pitch classes stand out")
    chroma: list[float] = Field(description="Share of each pitch class, C first")
    centroid_hz: float = Field(description="Mean spectral centroid")
    rolloff_hz: float = Field(description="Mean frequency below which 85 % of the power lies")
    flatness: float = Field(description="Mean spectral flatness: near 0 for tones, 0.56 for white noise")
    flux: float = Field(description="Mean rise of spectral magnitude from hop to hop")
    mfcc: list[float] = Field(description="Mean of 13 cepstral coefficients, 40 mel bands (Slaney)")
    bands: list[BandLevel]
