"""Every instrument of the catalogue keeps what all of them promise."""

import base64
from typing import Any

import numpy as np
import pyebur128
import pytest

from harmonic_audio.synthesis.families import Ringing
from harmonic_audio.synthesis.instruments import INSTRUMENTS, natural_duration
from harmonic_audio.testing.measures import RATE, cents, click_excess, frequency_of, played
from harmonic_contracts.score import Note, Waveform
from harmonic_contracts.trajectory import Mode

_TONE = np.sin(2.0 * np.pi * 440.0 * np.arange(3 * RATE) / RATE).astype("<f4")
WAVEFORM = Waveform(sample_rate_hz=RATE, data=base64.b64encode(_TONE.tobytes()).decode())
MODES = [
    Mode(body=0, frequency=261.6 * ratio, decay_rate=3.0 * ratio, excitation=1.0 / ratio, pickups=[1.0])
    for ratio in (1.0, 2.0, 3.01)
]
TOLD: Any = {"waveform": WAVEFORM, "modes": MODES}
UNPITCHED = {
    "body",
    "body_as_it_is",
    "noise",
    "wind",
    "whistle",
    "gamelan",
    "cloud",
    "drum",
    "wood",
    "bell",
    "tubular_bell",
}
"""Of noise, of beating pairs or bands, of detuned grains; bells whose strike note is between partials."""
PITCHED = sorted(name for name, i in INSTRUMENTS.items() if name not in UNPITCHED and i.model.kind != "percussion")


def _note(name: str, hertz: float = 261.6, onset: float = 0.1, seconds: float = 1.5, loudness: float = 0.8) -> Note:
    if isinstance(INSTRUMENTS[name].model, Ringing):
        seconds = float(natural_duration(INSTRUMENTS[name], np.array([hertz]))[0])
    return Note(onset_s=onset, duration_s=seconds, frequency_hz=hertz, loudness=loudness, voice=0)


def _loudness(name: str) -> float:
    meter = pyebur128.R128State(1, RATE, pyebur128.MeasurementMode.MODE_I)
    sound = played(INSTRUMENTS[name].model, [_note(name)], 2.5, **TOLD).astype(np.float32)
    meter.add_frames(sound, len(sound))
    return float(pyebur128.get_loudness_global(meter))


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_any_order_of_the_chunks_gives_the_same_bytes(name: str) -> None:
    """Notes that overlap, between samples and over chunks: asked for from the end, every bit is the same."""
    notes = [_note(name, 220.0 * 1.5**k, 0.0801 + 0.2337 * k, 0.45) for k in range(3)]
    forward = played(INSTRUMENTS[name].model, notes, 1.3, **TOLD, seed=7)
    backward = played(INSTRUMENTS[name].model, notes, 1.3, **TOLD, seed=7, backwards=True)
    assert np.array_equal(forward, backward)
    assert np.all(np.isfinite(forward)) and np.max(np.abs(forward)) > 0.05


def test_equal_notes_of_all_instruments_are_equally_loud() -> None:
    """Integrated loudness (libebur128) of the same note: every instrument within 3 LU of the middle one."""
    found = {name: _loudness(name) for name in INSTRUMENTS}
    middle = float(np.median(list(found.values())))
    assert {name: round(value - middle, 1) for name, value in found.items() if abs(value - middle) > 3.0} == {}


@pytest.mark.parametrize("name", PITCHED)
def test_every_pitched_instrument_is_in_tune(name: str) -> None:
    """Its partial at the score's frequency, without vibrato and detuned copies, is within 0.1 cent."""
    model = INSTRUMENTS[name].model
    plain = {"vibrato_depth_cents": 0.0, "detune_cents": 0.0, "unison": 1, "lfos": (), "breath": 0.0}
    model = model.model_copy(
        update={field: value for field, value in plain.items() if field in type(model).model_fields}
    )
    if name == "electric_piano":
        # Its second tine is 3 cents sharp, which is its charm and no fault of pitch.
        model = model.model_copy(update={"operators": model.operators[:2], "links": model.links[:1]})
    note = _note(name, 441.3, 0.0, 1.9).model_copy(update={"duration_s": 1.9})
    sound = played(model, [note], 1.8, **TOLD)
    assert abs(cents(frequency_of(sound, 441.3, 24_000, 76_000), 441.3)) < 0.1


@pytest.mark.parametrize("name", sorted(n for n, i in INSTRUMENTS.items() if i.family == "held"))
def test_held_notes_begin_and_end_without_a_click(name: str) -> None:
    """Above 16 kHz, in 20 ms round note on and off: at most 6 dB over the steady state, or -80 dBFS."""
    sound = played(INSTRUMENTS[name].model, [_note(name, 220.0, 0.2, 0.8, 1.0)], 1.2, **TOLD)
    edges = [round(0.2 * RATE), round(1.0 * RATE)]
    assert click_excess(sound, edges, round(0.8 * RATE)) <= 0.0


@pytest.mark.parametrize("name", sorted(INSTRUMENTS))
def test_an_instrument_sounds_or_is_silent_at_the_ends_of_the_range(name: str) -> None:
    """At 20 Hz and at 15 kHz nothing overflows: finite, and not above eight times full scale."""
    for hertz in (20.0, 15_000.0):
        sound = played(INSTRUMENTS[name].model, [_note(name, hertz, 0.0, 0.05)], 0.1, **TOLD)
        assert np.all(np.isfinite(sound)) and np.max(np.abs(sound)) < 8.0


def test_every_field_of_every_model_says_what_it_is() -> None:
    """A form can be made of the schema: each field of a model has a description or is an enumeration."""
    kinds = {type(i.model) for i in INSTRUMENTS.values()}
    silent = [
        f"{kind.__name__}.{name}"
        for kind in kinds
        for name, field in kind.model_fields.items()
        if name != "kind" and not field.description
    ]
    assert silent == []
