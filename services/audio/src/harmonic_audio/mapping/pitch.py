"""Pitch rules: one or more frequencies for each event of a selection."""

from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np

from harmonic_audio.mapping.motion import Floats
from harmonic_audio.mapping.selection import Selection
from harmonic_audio.mapping.values import between, fraction
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.rules import BodyPitch, ChordPitch, PitchRule, RatePitch, ScalePitch
from harmonic_audio.tuning import Tuning

AUDIBLE_HZ = (20.0, 16_000.0)


def pitches(rule: PitchRule, selection: Selection, document: Soundscape) -> list[Floats]:
    """Frequencies in hertz, a list of columns of shape (events,): more than one where each event sounds a chord."""
    tuning = document.key.tuned()
    match rule:
        case RatePitch():
            found = [selection.per_body(rate_pitches(selection.rates, rule, tuning))]
        case ScalePitch():
            found = [_scale(rule, selection, tuning)]
        case BodyPitch():
            ladder = [tuning.degree_hz(rule.first_degree + rule.step * n, rule.octave) for n in range(rule.span)]
            found = [np.array(ladder)[selection.events.body_a % rule.span]]
        case ChordPitch():
            found = _chord(rule, selection, document, tuning)
    return [np.clip(column, *AUDIBLE_HZ) for column in found]


def rate_pitches(rates: dict[int, float], rule: RatePitch, tuning: Tuning) -> dict[int, float]:
    """Each body's frequency: the slowest at the tonic, the others by their rates against it."""
    bodies = sorted(rates, key=lambda b: (rates[b], -b))
    neighbours = [rates[fast] / rates[slow] for slow, fast in pairwise(bodies)]
    steps = [snapped(ratio, rule.snap_cents, rule.largest_number) for ratio in neighbours]
    heights: Floats = np.cumprod(np.array([1.0, *steps]), dtype=np.float64)
    frequency = quantised(_within_reach(tuning.tonic_hz(rule.octave), heights, rule), rule.quantise, tuning)
    return dict(zip(bodies, frequency.tolist(), strict=False))


def _within_reach(tonic_hz: float, heights: Floats, rule: RatePitch) -> Floats:
    """Frequencies at the heights (ratios, ascending from 1) above the tonic, under the highest pitch."""
    reach = rule.highest_hz / tonic_hz
    if rule.too_high == "compress" and heights[-1] > max(reach, 1.0):
        return np.asarray(tonic_hz * heights ** (np.log(reach) / np.log(heights[-1])))
    octaves = np.ceil(np.maximum(np.log2(heights / reach) - 1e-9, 0.0))
    return np.asarray(tonic_hz * heights / 2.0**octaves)


def snapped(ratio: float, cents: float, largest: int) -> float:
    """The nearest ratio of whole numbers up to ``largest``, if it lies within ``cents``; else the ratio itself."""
    best = min(_small_ratios(largest), key=lambda pure: abs(np.log(ratio / float(pure))))
    distance = 1200.0 * abs(float(np.log2(ratio / float(best))))
    return float(best) if distance <= cents else ratio


@cache
def _small_ratios(largest: int) -> tuple[Fraction, ...]:
    numbers = range(1, largest + 1)
    return tuple(sorted({Fraction(p, q) for p in numbers for q in numbers if p >= q}))


def _scale(rule: ScalePitch, selection: Selection, tuning: Tuning) -> Floats:
    low, high = sorted((rule.low_hz, rule.high_hz))
    return quantised(
        between(low, high, fraction(selection.field(rule.source), rule), "geometric"), rule.quantise, tuning
    )


def quantised(frequency: Floats, quantise: str, tuning: Tuning) -> Floats:
    """Frequencies moved to the key's scale, to the nearest of its twelve semitones, or left as they are."""
    if quantise == "none":
        return frequency
    ladder = tuning if quantise == "scale" else Tuning(tuning.tonic, "chromatic", tuning.tuning, tuning.reference_hz)
    return ladder.nearest(frequency)


def _chord(rule: ChordPitch, selection: Selection, document: Soundscape, tuning: Tuning) -> list[Floats]:
    starts = np.array([chord.at for chord in document.progression]) * document.length_s
    # An event at the very start of a chord belongs to it, whatever the last bit of its time says.
    index = np.searchsorted(starts, selection.onset_s + 1e-9, side="right") - 1
    roots = [chord.degree for chord in document.progression]
    return [
        np.array([tuning.degree_hz(root + tone, rule.octave) for root in roots])[np.maximum(index, 0)]
        for tone in rule.tones
    ]
