"""The steps of a tuning as ratios: one period of them, which repeats up and down."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

from harmonic_audio.tuning.documents import (
    EqualTuning,
    JustTuning,
    MeantoneTuning,
    PythagoreanTuning,
    ScalaTuning,
    TuningDocument,
    TuningName,
)
from harmonic_audio.tuning.keyboard import mapped_cents, parse_kbm
from harmonic_audio.tuning.scala import parse_scl, parse_tone
from harmonic_audio.tuning.scales import JUST_RATIOS, SEVEN_LIMIT_RATIOS

SYNTONIC_COMMA: Final = 81.0 / 80.0
NEAR_OCTAVE: Final = 2.0 ** (40.0 / 1200.0)
"""A period this near to the octave (a stretched one) still carries the scales of the catalogue."""


@dataclass(frozen=True)
class Ladder:
    """``ratios`` above the tonic within a period, ascending from 1; ``chosen`` are those of the tuning's own scale;
    ``base_hz`` is the pitch of the first where the tuning itself says it."""

    ratios: tuple[float, ...]
    period: float = 2.0
    chosen: tuple[float, ...] | None = None
    base_hz: float | None = None

    @property
    def has_octave(self) -> bool:
        """Whether the period is an octave, if a stretched one."""
        return 1.0 / NEAR_OCTAVE <= self.period / 2.0 <= NEAR_OCTAVE

    def nearest_ratio(self, ratio: float) -> float:
        """The step nearest in cents to a ratio, in any period."""
        periods = math.floor(math.log(ratio) / math.log(self.period) + 1e-12)
        near = [step * self.period**p for p in (periods - 1, periods, periods + 1) for step in self.ratios]
        return min(near, key=lambda step: (abs(math.log(step / ratio)), step))


@cache
def ladder_of(tuning: TuningName | TuningDocument) -> Ladder:
    """The ladder of a tuning document, or of the plain names `equal` and `just`."""
    match tuning:
        case "equal":
            return _equal(EqualTuning())
        case EqualTuning():
            return _equal(tuning)
        case "just":
            return Ladder(tuple(float(ratio) for ratio in JUST_RATIOS))
        case JustTuning():
            return Ladder(tuple(float(r) for r in (JUST_RATIOS if tuning.limit == 5 else SEVEN_LIMIT_RATIOS)))
        case PythagoreanTuning():
            return _chain_of_fifths(1.5, tuning.flats)
        case MeantoneTuning():
            return _chain_of_fifths(1.5 / SYNTONIC_COMMA**tuning.comma, tuning.flats)
        case ScalaTuning():
            return _scala(tuning)


def _equal(tuning: EqualTuning) -> Ladder:
    period = parse_tone(tuning.period).ratio
    ratios = tuple(period ** (step / tuning.divisions) for step in range(tuning.divisions))
    return Ladder(ratios, period, _chosen(tuning.steps, ratios))


def _chain_of_fifths(fifth: float, flats: int) -> Ladder:
    """Twelve notes from ``flats`` fifths below the tonic upwards, each brought into the octave above the tonic."""
    ratios = [0.0] * 12
    for count in range(-flats, 12 - flats):
        octaves, semitone = divmod(7 * count, 12)
        ratios[semitone] = fifth**count * 2.0**-octaves
    return Ladder(tuple(ratios))


def _scala(tuning: ScalaTuning) -> Ladder:
    scale = parse_scl(tuning.scl)
    if tuning.kbm is None:
        pattern: tuple[float | None, ...] = (1.0, *(tone.ratio for tone in scale.tones[:-1]))
        return _pattern(pattern, scale.tones[-1].ratio, tuning.steps, None)
    cents, period, base_hz = mapped_cents(scale, parse_kbm(tuning.kbm))
    ratios = tuple(None if c is None else math.exp2(c / 1200.0) for c in cents)
    return _pattern(ratios, math.exp2(period / 1200.0), tuning.steps, base_hz)


def _pattern(
    pattern: tuple[float | None, ...], period: float, steps: tuple[int, ...] | None, base_hz: float | None
) -> Ladder:
    """A ladder of steps in any order and range: each brought into the period above the first."""
    folded = [None if ratio is None else _folded(ratio, period) for ratio in pattern]
    kept = tuple(sorted({ratio for ratio in folded if ratio is not None}))
    chosen = None if steps is None else tuple(sorted({ratio for s in steps if (ratio := folded[s]) is not None}))
    return Ladder(kept, period, chosen, base_hz)


def _folded(ratio: float, period: float) -> float:
    return ratio if 1.0 <= ratio < period else ratio * period ** -math.floor(math.log(ratio) / math.log(period))


def _chosen(steps: tuple[int, ...] | None, ratios: tuple[float, ...]) -> tuple[float, ...] | None:
    return None if steps is None else tuple(ratios[step] for step in steps)
