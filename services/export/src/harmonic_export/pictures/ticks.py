"""Round numbers for axes, and names of pitches."""

from math import ceil, floor, log2, log10

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
A4_HZ = 440.0
A4_MIDI = 69
STEPS = (1.0, 2.0, 5.0, 10.0)


def round_step(span: float, count: int) -> float:
    """The round step (1, 2 or 5 times a power of ten) that cuts the span into at most about `count` parts."""
    if span <= 0.0:
        return 1.0
    raw = span / max(1, count)
    power = 10.0 ** floor(log10(raw))
    return next(step * power for step in STEPS if step * power >= raw * (1 - 1e-9))


def round_ticks(start: float, end: float, count: int) -> list[float]:
    """Multiples of a round step within [start, end]."""
    step = round_step(end - start, count)
    return [i * step for i in range(ceil(start / step - 1e-9), floor(end / step + 1e-9) + 1)]


def label(value: float) -> str:
    """The number without needless digits."""
    return f"{value:.6g}"


def midi_of(frequency_hz: float) -> float:
    """The frequency in semitones, 69 at 440 Hz."""
    return A4_MIDI + 12.0 * log2(frequency_hz / A4_HZ)


def hertz_of(midi: float) -> float:
    """The frequency of a pitch in semitones."""
    return float(A4_HZ * 2.0 ** ((midi - A4_MIDI) / 12.0))


def pitch_ticks(low: float, high: float) -> list[int]:
    """Pitches to mark between two heights in semitones: octaves, or finer where the range is small."""
    span = high - low
    step = 12 if span > 40 else 6 if span > 22 else 4 if span > 12 else 2 if span > 6 else 1
    return [m for m in range(ceil(low), floor(high) + 1) if m % step == 0]


def pitch_name(midi: int) -> str:
    """The name in scientific pitch notation, C4 = middle C."""
    return f"{NAMES[midi % 12]}{midi // 12 - 1}"
