"""Pitch rules: one or more frequencies for each event of a selection."""

from fractions import Fraction
from functools import cache
from itertools import pairwise

import numpy as np

from harmonic_audio.mapping.chords import timeline
from harmonic_audio.mapping.motion import Floats, Ints
from harmonic_audio.mapping.quantising import binned, note_hz
from harmonic_audio.mapping.selection import Selection, followed, scaled_data
from harmonic_audio.mapping.values import between, fraction
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.pitches import (
    BodyPitch,
    ChordPitch,
    DegreePitch,
    ListPitch,
    PitchRule,
    RatePitch,
    ScalePitch,
)
from harmonic_audio.soundscape.scaling import Scaling
from harmonic_audio.tuning import Tuning

AUDIBLE_HZ = (20.0, 16_000.0)


def pitches(rule: PitchRule, selection: Selection, document: Soundscape) -> list[Floats]:
    """Frequencies in hertz, a list of columns of shape (events,): more than one where each event sounds a chord."""
    tuning = document.key.tuned()
    match rule:
        case RatePitch():
            quantise = "none" if rule.quantise == "chord" else rule.quantise
            plain = rate_pitches(selection.rates, rule.model_copy(update={"quantise": quantise}), tuning)
            found = [selection.per_body(plain)]
            if rule.quantise == "chord":
                found = [to_chords(found[0], selection.onset_s, document)]
        case ScalePitch():
            found = [_scale(rule, selection, document)]
        case DegreePitch():
            found = [_degrees(rule, selection, tuning)]
        case ListPitch():
            found = [_listed(rule, selection, document.key.reference_hz)]
        case BodyPitch():
            ladder = [tuning.degree_hz(rule.first_degree + rule.step * n, rule.octave) for n in range(rule.span)]
            found = [np.array(ladder)[selection.events.body_a % rule.span]]
        case ChordPitch():
            found = _chord(rule, selection, document)
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


def _scale(rule: ScalePitch, selection: Selection, document: Soundscape) -> Floats:
    low, high = sorted((rule.low_hz, rule.high_hz))
    exact = between(low, high, fraction(*_of(rule, selection)), rule.spacing)
    if rule.quantise == "chord":
        return to_chords(exact, selection.onset_s, document)
    return quantised(exact, rule.quantise, document.key.tuned())


def quantised(frequency: Floats, quantise: str, tuning: Tuning) -> Floats:
    """Frequencies moved to the key's scale, to the nearest of its twelve semitones, or left as they are."""
    if quantise == "none":
        return frequency
    ladder = tuning if quantise == "scale" else Tuning(tuning.tonic, "chromatic", tuning.tuning, tuning.reference_hz)
    return ladder.nearest(frequency)


def _degrees(rule: DegreePitch, selection: Selection, tuning: Tuning) -> Floats:
    share = fraction(*_of(rule, selection))
    degree = np.floor(rule.low + (rule.high - rule.low) * share + 0.5).astype(np.int64)
    lowest = int(degree.min(initial=0))
    ladder = [tuning.degree_hz(n, rule.octave) for n in range(lowest, int(degree.max(initial=0)) + 1)]
    return np.array(ladder)[degree - lowest]


def _listed(rule: ListPitch, selection: Selection, reference_hz: float) -> Floats:
    data, *_ = scaled_data(rule, rule.source, selection)
    share = fraction(*_of(rule, selection))
    rungs = np.array([note_hz(name, reference_hz) for name in rule.notes])
    order = data if rule.polarity == "up" else -data
    return binned(order, share, rungs, adaptive=rule.binning == "adaptive")


def _of(
    rule: ScalePitch | DegreePitch | ListPitch, selection: Selection
) -> tuple[Floats, Scaling, Ints, Floats | None]:
    """The arguments of `fraction` for a pitch rule."""
    data, series, whole = scaled_data(rule, rule.source, selection)
    return data, rule, series, whole


def to_chords(frequency: Floats, onset_s: Floats, document: Soundscape) -> Floats:
    """Frequencies moved to the nearest tone, in any octave, of the chord of their time; same shape."""
    return timeline(document).quantised(frequency, onset_s)


def _chord(rule: ChordPitch, selection: Selection, document: Soundscape) -> list[Floats]:
    chords = timeline(document)
    number = chords.at(selection.onset_s)
    added = np.zeros(len(number), dtype=np.int64)
    if rule.degree is not None:
        added = np.floor(followed(rule.degree, selection) + 0.5).astype(np.int64)
    said = list(zip(number.tolist(), added.tolist(), strict=True))
    table = {(n, d): [chords.degree_hz(n, d + tone, rule.octave) for tone in rule.tones] for n, d in set(said)}
    return [np.array([table[row][place] for row in said]) for place in range(len(rule.tones))]
