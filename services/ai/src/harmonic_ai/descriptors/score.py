"""Descriptors of a score, from its notes alone: what is heard before any sample is made."""

import numpy as np
from numpy.typing import NDArray

from harmonic_ai.descriptors.key import find_key, pitch_class_weights
from harmonic_ai.descriptors.roughness import dissonance, harmonic_partials
from harmonic_ai.descriptors.tempo import find_tempo
from harmonic_ai.descriptors.values import Descriptor, Descriptors
from harmonic_contracts.score import Score

MOMENTS = 64
"""Number of instants, evenly spread, at which roughness is measured."""
Array = NDArray[np.float64]


def describe_score(score: Score) -> Descriptors:
    """Every descriptor of a score. A score without notes has neutral values with confidence 0."""
    notes = np.array(
        [(n.onset_s, n.duration_s, n.frequency_hz, n.loudness, n.brightness) for n in score.notes]
    ).reshape(-1, 5)
    onset, duration, frequency, loudness, brightness = notes.T
    pitch = 69.0 + 12.0 * np.log2(frequency / 440.0)
    weight = duration * loudness
    bpm, pulse = find_tempo(onset, loudness)
    sure = _evidence(len(notes))
    centre, width = _moments(pitch, weight, 60.0)
    return Descriptors(
        key=find_key(pitch_class_weights(pitch, weight)),
        tempo=Descriptor(value=bpm, unit="bpm", confidence=pulse),
        note_density=Descriptor(value=len(notes) / score.duration_s, unit="1/s", confidence=1.0),
        register_centre=Descriptor(value=centre, unit="midi", confidence=sure),
        register_width=Descriptor(value=width, unit="semitone", confidence=sure),
        brightness=Descriptor(value=_centroid(frequency, weight, brightness), unit="Hz", confidence=0.5 * sure),
        roughness=Descriptor(value=_roughness(notes, score.duration_s), unit="1", confidence=0.7 * sure),
        loudness=Descriptor(value=_level_db(weight, score.duration_s), unit="dB", confidence=0.5 * sure),
    )


def _evidence(count: int) -> float:
    """Confidence by number of notes: 0 for none, 0.5 for 8, towards 1 for many."""
    return count / (count + 8.0)


def _moments(value: Array, weight: Array, neutral: float) -> tuple[float, float]:
    if weight.sum() <= 0.0:
        return neutral, 0.0
    mean = float(np.average(value, weights=weight))
    return mean, float(np.sqrt(np.average((value - mean) ** 2, weights=weight)))


def _centroid(frequency: Array, weight: Array, brightness: Array) -> float:
    if weight.sum() <= 0.0:
        return 0.0
    partials, amplitudes = harmonic_partials(frequency, weight, brightness)
    return float(np.average(partials, weights=amplitudes))


def _roughness(notes: Array, duration_s: float) -> float:
    """Mean dissonance over instants of what sounds then, each note decaying over its duration."""
    total = 0.0
    for instant in (np.arange(MOMENTS) + 0.5) * duration_s / MOMENTS:
        age = instant - notes[:, 0]
        sounding = notes[(age >= 0.0) & (age < notes[:, 1])]
        if len(sounding):
            left = 1.0 - (instant - sounding[:, 0]) / sounding[:, 1]
            total += dissonance(*harmonic_partials(sounding[:, 2], sounding[:, 3] * left, sounding[:, 4]))
    return total / MOMENTS


def _level_db(weight: Array, duration_s: float) -> float:
    return float(10.0 * np.log10(max(weight.sum() / duration_s, 1e-6)))
