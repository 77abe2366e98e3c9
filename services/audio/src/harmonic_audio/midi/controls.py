"""Control curves of a score as controllers and pitch bend."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.midi import specs
from harmonic_audio.midi.channels import BEND_RANGE, Placed
from harmonic_audio.midi.clock import TickClock
from harmonic_audio.midi.table import Events, short
from harmonic_audio.synthesis.curves import Curve
from harmonic_contracts.score import ControlCurve

STEP_S: Final = 0.02
"""Distance at which a curve is looked at; a value that stays is not said again."""
MOST_STEPS: Final = 50_000
CONTROLLERS: Final = {
    "loudness": specs.EXPRESSION,
    "pan": specs.PAN,
    "brightness": specs.BRIGHTNESS,
    "modulation": specs.MODULATION,
    "resonance": specs.RESONANCE,
    "reverb_send": specs.REVERB,
    "tremolo_depth": specs.TREMOLO,
}
BENDING: Final = ("frequency_hz", "detune_cents")
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def controller_value(target: str, value: Floats) -> Ints:
    """Controller values 0..127: loudness by the square root, pan about 64, all else linear."""
    if target == "loudness":
        scaled = 127.0 * np.sqrt(np.clip(value, 0.0, 1.0))
    elif target == "pan":
        scaled = 64.0 + 63.0 * np.clip(value, -1.0, 1.0)
    else:
        scaled = 127.0 * np.clip(value, 0.0, 1.0)
    return np.rint(scaled).astype(np.int64)


def curve_events(
    curve: ControlCurve, rows: Ints, on: Ints, off: Ints, places: Placed, clock: TickClock
) -> list[Events]:
    """A curve on every channel that its voice's notes (``rows``) are played on; none for what MIDI has no message for.

    Where notes have channels of their own the curve is said to each while it sounds.
    """
    if curve.target not in (*CONTROLLERS, *BENDING) or not len(rows):
        return []
    points = Curve.of(curve)
    spans = (
        _spans(rows, on, off, places) if len(set(places.channel[rows].tolist())) > 1 else _whole(rows, on, off, places)
    )
    made = [_said(curve.target, points, curve, row, start, end, places, clock) for row, start, end in spans]
    return [events for events in made if len(events.tick)]


def _spans(rows: Ints, on: Ints, off: Ints, places: Placed) -> list[tuple[int, int, int]]:
    return [(row, int(on[row]), int(off[row])) for row in rows.tolist()]


def _whole(rows: Ints, on: Ints, off: Ints, places: Placed) -> list[tuple[int, int, int]]:
    return [(int(rows[0]), 0, int(off[rows].max()))]


def _said(
    target: str,
    points: Curve,
    curve: ControlCurve,
    row: int,
    start: int,
    end: int,
    places: Placed,
    clock: TickClock,
) -> Events:
    first, last = clock.second_of(np.array([start, end])).tolist()
    begins, ends = max(first, curve.points[0].time_s), min(last, curve.points[-1].time_s)
    count = int(np.clip(np.ceil((ends - begins) / STEP_S), 0, MOST_STEPS)) + 1
    seconds = np.concatenate([[first], np.linspace(begins, max(begins, ends), count)])
    tick = np.clip(clock.tick_of(seconds), start, end)
    value = points.at(clock.second_of(tick))
    channel = int(places.channel[row])
    if target in BENDING:
        said = _bend(target, value, row, places)
        message = short(specs.BEND | channel, said & 0x7F, said >> 7)
    else:
        said = controller_value(target, value)
        message = short(specs.CONTROL | channel, np.full(len(said), CONTROLLERS[target]), said)
    # Of several values in one tick the last is meant; one that stays is not said again.
    final = np.concatenate([tick[1:] != tick[:-1], [True]])
    tick, said, message = tick[final], said[final], message[final]
    new = np.concatenate([[True], said[1:] != said[:-1]])
    return Events(tick[new], message[new], rank=4)


def _bend(target: str, value: Floats, row: int, places: Placed) -> Ints:
    """Bend from the note's key (frequency) or from its own bend (detune)."""
    unit = specs.BEND_CENTRE / BEND_RANGE
    if target == "frequency_hz":
        semitones = 69.0 + 12.0 * np.log2(np.maximum(value, 1e-3) / places.reference_hz) - places.sounding[row]
        bent = specs.BEND_CENTRE + semitones * unit
    else:
        bent = places.bend[row] + value / 100.0 * unit
    return np.asarray(np.clip(np.rint(bent), 0, 16383), dtype=np.int64)
