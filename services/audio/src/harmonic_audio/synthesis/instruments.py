"""The catalogue of instruments, as data: which partials, how strong, how long, how they begin.

A *struck* instrument rings by itself: a note's duration is the time in which its lowest partial fades by 60 dB.
A *held* one sounds for the note's duration under an attack-decay-sustain-release envelope.
Sources of the mode ratios: free-free bar 1, 2.756, 5.404, 8.933 (Euler-Bernoulli); circular membrane zeros of J_m
divided by j01; bell partials hum, prime, tierce, quint, nominal; tuned bars of marimba 1:3.9:9.2 and vibraphone 1:4:10.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Instrument:
    """A voice model. Amplitudes are relative; the renderer brings every instrument to the same loudness at 1."""

    name: str
    family: Literal["struck", "held"]
    description: str
    ratios: tuple[float, ...]
    """Frequencies of the partials over the note's."""
    amplitudes: tuple[float, ...]
    """Amplitudes of the partials at brightness 0.5."""
    ring_s: float = 2.0
    """Struck: T60 of the lowest partial at 440 Hz where the note names no duration; longer below, shorter above."""
    damping: float = 0.5
    """Struck: T60 of a partial of ratio r is the first one's over r**damping."""
    attack_s: float = 0.002
    decay_s: float = 0.1
    sustain: float = 1.0
    release_s: float = 0.1
    """Held: the envelope. Struck: attack only."""
    detune_cents: float = 0.0
    """Held: two further copies of the partials, this much above and below, for breadth."""
    reverb_send: float = 1.0
    program: int = 0
    """General MIDI program, 0..127, nearest to it."""


def _harmonics(count: int, slope: float, even: float = 1.0) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Whole-number ratios with amplitudes n**-slope; even partials weighted."""
    numbers = range(1, count + 1)
    return tuple(float(n) for n in numbers), tuple(n**-slope * (even if n % 2 == 0 else 1.0) for n in numbers)


def _stiff(count: int, slope: float, stiffness: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A stiff string: n sqrt((1 + B n^2) / (1 + B)), so that the first partial is the note."""
    numbers = range(1, count + 1)
    ratios = tuple(n * ((1.0 + stiffness * n * n) / (1.0 + stiffness)) ** 0.5 for n in numbers)
    # Struck at an eighth of the string: partials that have a node there stay silent.
    weights = tuple(n**-slope * (0.12 if n % 8 == 0 else 1.0) for n in numbers)
    return ratios, weights


def _struck(name: str, text: str, modes: tuple[tuple[float, ...], tuple[float, ...]], **rest: Any) -> Instrument:
    return Instrument(name, "struck", text, *modes, **rest)


def _held(name: str, text: str, modes: tuple[tuple[float, ...], tuple[float, ...]], **rest: Any) -> Instrument:
    return Instrument(name, "held", text, *modes, **rest)


_BAR = ((1.0, 2.7565, 5.4039, 8.9330, 13.344), (1.0, 0.42, 0.20, 0.09, 0.04))
_MEMBRANE = (
    (1.0, 1.593341, 2.135549, 2.295417, 2.653066, 2.917295, 3.155465, 3.500147, 3.598485),
    (1.0, 0.62, 0.42, 0.36, 0.30, 0.24, 0.18, 0.14, 0.10),
)
_BELL = (
    (0.5, 1.0, 1.183, 1.506, 2.0, 2.514, 2.662, 3.011, 4.166, 5.433),
    (0.5, 1.0, 0.55, 0.3, 0.7, 0.2, 0.2, 0.16, 0.12, 0.07),
)

INSTRUMENTS: Final[dict[str, Instrument]] = {
    instrument.name: instrument
    for instrument in (
        _struck(
            "marimba",
            "Rosewood bar over a tube: round and short",
            ((1.0, 3.932, 9.538, 16.688), (1.0, 0.20, 0.06, 0.015)),
            ring_s=0.9,
            damping=1.1,
            attack_s=0.0025,
            program=12,
        ),
        _struck(
            "vibraphone",
            "Metal bar: clear and long",
            ((1.0, 3.997, 10.02, 17.6), (1.0, 0.22, 0.06, 0.02)),
            ring_s=3.2,
            damping=0.75,
            attack_s=0.002,
            program=11,
        ),
        _struck("glockenspiel", "Free metal bar: bright", _BAR, ring_s=1.8, damping=0.6, attack_s=0.001, program=9),
        _struck(
            "celesta",
            "Small bars, softly struck",
            ((1.0, 2.0, 4.003, 6.31), (1.0, 0.10, 0.22, 0.05)),
            ring_s=1.4,
            damping=0.7,
            attack_s=0.002,
            program=8,
        ),
        _struck(
            "kalimba",
            "Plucked tongue: dark with a hard start",
            ((1.0, 2.0, 5.41, 6.27, 13.1), (1.0, 0.10, 0.16, 0.07, 0.03)),
            ring_s=1.3,
            damping=1.0,
            attack_s=0.0015,
            program=108,
        ),
        _struck(
            "glass",
            "Glass bowls: pure, soft start",
            ((1.0, 2.32, 4.25, 6.63), (1.0, 0.14, 0.06, 0.025)),
            ring_s=3.0,
            damping=0.8,
            attack_s=0.006,
            program=92,
        ),
        _struck(
            "bell",
            "Church bell with hum, prime and minor tierce",
            _BELL,
            ring_s=4.5,
            damping=0.6,
            attack_s=0.0015,
            program=14,
        ),
        _struck(
            "tubular_bell",
            "Long tubes: the strike note lies between its partials",
            ((0.5, 1.0, 1.51, 2.0, 2.53, 3.1, 3.72), (0.25, 1.0, 0.35, 0.6, 0.3, 0.2, 0.12)),
            ring_s=4.0,
            damping=0.55,
            attack_s=0.002,
            program=14,
        ),
        _struck(
            "harp", "Plucked string, soft", _stiff(18, 1.7, 4e-5), ring_s=2.2, damping=0.75, attack_s=0.002, program=46
        ),
        _struck(
            "pluck",
            "Plucked steel string, bright",
            _stiff(24, 1.15, 1.2e-4),
            ring_s=2.0,
            damping=0.7,
            attack_s=0.001,
            program=25,
        ),
        _struck(
            "piano", "Struck stiff strings", _stiff(22, 1.35, 3e-4), ring_s=3.2, damping=0.8, attack_s=0.0025, program=0
        ),
        _struck(
            "drum", "Round membrane", _MEMBRANE, ring_s=0.45, damping=0.5, attack_s=0.001, reverb_send=0.6, program=47
        ),
        _struck(
            "wood", "Wooden block: dry", _BAR, ring_s=0.16, damping=0.9, attack_s=0.001, reverb_send=0.7, program=115
        ),
        _held(
            "pad",
            "Slow and wide",
            _harmonics(14, 1.55),
            attack_s=0.9,
            decay_s=1.0,
            sustain=0.8,
            release_s=1.6,
            detune_cents=5.0,
            program=89,
        ),
        _held(
            "strings",
            "Bowed section",
            _harmonics(20, 1.2),
            attack_s=0.25,
            decay_s=0.4,
            sustain=0.85,
            release_s=0.5,
            detune_cents=6.0,
            program=48,
        ),
        _held(
            "choir",
            "Open vowel, breathed in",
            ((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0), (1.0, 0.62, 0.5, 0.22, 0.08, 0.06, 0.09, 0.06, 0.02)),
            attack_s=0.35,
            decay_s=0.5,
            sustain=0.85,
            release_s=0.7,
            detune_cents=7.0,
            program=52,
        ),
        _held(
            "organ",
            "Pipes at octaves and fifths",
            ((1.0, 2.0, 3.0, 4.0, 6.0, 8.0), (1.0, 0.6, 0.3, 0.35, 0.12, 0.15)),
            attack_s=0.04,
            decay_s=0.1,
            sustain=1.0,
            release_s=0.12,
            program=19,
        ),
        _held(
            "flute",
            "Almost pure, gently started",
            _harmonics(6, 2.4),
            attack_s=0.08,
            decay_s=0.15,
            sustain=0.9,
            release_s=0.15,
            program=73,
        ),
        _held(
            "clarinet",
            "Odd partials",
            _harmonics(13, 1.1, even=0.08),
            attack_s=0.05,
            decay_s=0.1,
            sustain=0.9,
            release_s=0.1,
            program=71,
        ),
        _held(
            "bass",
            "Deep and round",
            _harmonics(10, 1.5),
            attack_s=0.03,
            decay_s=0.6,
            sustain=0.6,
            release_s=0.35,
            reverb_send=0.35,
            program=38,
        ),
        _held(
            "sine",
            "One partial: the plainest sound",
            ((1.0,), (1.0,)),
            attack_s=0.01,
            decay_s=0.05,
            sustain=1.0,
            release_s=0.05,
            program=80,
        ),
    )
}


def natural_duration(instrument: Instrument, frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds in which the lowest partial of a struck instrument fades by 60 dB: ring_s at 440 Hz, as 1/sqrt(f)."""
    return np.asarray(instrument.ring_s * np.sqrt(440.0 / frequency_hz))
