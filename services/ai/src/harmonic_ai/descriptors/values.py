"""The descriptor vector: perceptual measurements with unit and confidence."""

from pydantic import Field

from harmonic_contracts.base import Contract


class Descriptor(Contract):
    """One measurement. Confidence 0 means a guess from no evidence, 1 means certainty."""

    value: float
    unit: str
    confidence: float = Field(ge=0.0, le=1.0)


class KeyDescriptor(Contract):
    """The key that fits best; confidence is the margin over the best key of another tonic, scaled to 0..1."""

    tonic: str
    mode: str
    confidence: float = Field(ge=0.0, le=1.0)


class Descriptors(Contract):
    """How a score or sound is perceived."""

    key: KeyDescriptor
    tempo: Descriptor = Field(description="Strongest pulse of the onsets, beats a minute")
    note_density: Descriptor = Field(description="Notes a second")
    register_centre: Descriptor = Field(description="Loudness-weighted mean pitch, MIDI note number")
    register_width: Descriptor = Field(description="Loudness-weighted standard deviation of pitch, semitones")
    brightness: Descriptor = Field(description="Spectral centroid, hertz")
    roughness: Descriptor = Field(description="Mean sensory dissonance of what sounds together, Sethares units")
    loudness: Descriptor = Field(description="Integrated loudness, LUFS; of a score alone, mean level in dB")

    def numbers(self) -> dict[str, float]:
        """The measurements that have an order, by name."""
        return {name: value.value for name, value in self if isinstance(value, Descriptor)}
