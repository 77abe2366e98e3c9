"""Voices: exact, band-limited, free of clicks, and the same whatever the cut."""

import numpy as np
import pytest

from harmonic_audio.synthesis.bank import CHUNK, Bank, Poles, Strike
from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_audio.synthesis.partials import Partials
from harmonic_audio.synthesis.parts import Part, chunks_of
from harmonic_audio.synthesis.struck import Struck
from harmonic_audio.testing.measures import played
from harmonic_contracts.score import ControlCurve, ControlPoint, KeyMark, Note, Score, TempoMark, Voice

RATE = 48_000


def _score(instrument: str, *notes: Note, seconds: float = 2.0, curves: list[ControlCurve] | None = None) -> Score:
    return Score(
        title="test",
        duration_s=seconds,
        voices=[Voice(name="v", instrument=instrument)],
        notes=list(notes),
        curves=curves or [],
        tempo_map=[TempoMark(time_s=0, bpm=120)],
        key_map=[KeyMark(time_s=0, tonic="C", scale="major", tonic_hz=261.6)],
    )


def _note(hz: float, onset: float = 0.1, duration: float = 1.0, loudness: float = 1.0, pan: float = 0.0) -> Note:
    return Note(onset_s=onset, duration_s=duration, frequency_hz=hz, loudness=loudness, pan=pan, voice=0)


def _sound(score: Score) -> np.ndarray:
    part = Part(score, 0, width=1.0, sample_rate=RATE)
    chunks = range(chunks_of(score.duration_s, RATE))
    return np.concatenate([part.stem(chunk * CHUNK) for chunk in chunks], axis=1).astype(np.float64)


def _decibels(error: np.ndarray, signal: np.ndarray) -> float:
    return 10 * float(np.log10(np.mean(error**2) / np.mean(signal**2)))


def test_the_bank_is_the_closed_form_to_minus_130_decibels() -> None:
    """Strikes at fractional samples, over several chunks, against sums of exp(-dt) sin(wt) in double precision."""
    partials = INSTRUMENTS["piano"].model.partials(220.0, 1.5, RATE)
    strikes = [Strike(onset, partials.amplitudes(0.6, 0.8), 10**9) for onset in (100.25, 5_000.5, 12_288.0, 20_000.9)]
    bank = Bank(Poles(partials, RATE), strikes, np.ones(1))
    sound = np.zeros((4, 1, CHUNK), dtype=np.float32)
    for chunk in range(4):
        bank.add_to(sound[chunk], chunk * CHUNK)
    found = sound.ravel().astype(np.float64)
    exact = np.zeros(4 * CHUNK)
    for strike in strikes:
        t = (np.arange(4 * CHUNK) - strike.onset) / RATE
        body = np.zeros_like(t)
        for amplitude, hz, decay in zip(strike.amplitudes, partials.frequency_hz, partials.decay_per_s, strict=True):
            body += amplitude * np.exp(-decay * np.maximum(t, 0)) * np.sin(2 * np.pi * hz * t)
        exact += np.where(t >= 0, body * (1 - np.exp(-partials.attack_per_s * np.maximum(t, 0))), 0.0)
    assert _decibels(found - exact, exact) < -130


def test_a_chunk_does_not_depend_on_the_ones_before_it() -> None:
    """Rendering the last chunk alone gives the same bits."""
    score = _score("vibraphone", _note(440.0), _note(660.0, onset=0.4))
    part, fresh = (Part(score, 0, width=1.0, sample_rate=RATE) for _ in range(2))
    for chunk in range(5):
        last = part.stem(chunk * CHUNK)
    np.testing.assert_array_equal(last, fresh.stem(4 * CHUNK))


def _partials(name: str, hz: float) -> Partials:
    model = INSTRUMENTS[name].model
    return model.partials(hz, 8.0, RATE) if isinstance(model, Struck) else model.partials(hz, RATE)


@pytest.mark.parametrize("name", sorted(n for n, i in INSTRUMENTS.items() if i.model.kind in ("struck", "held")))
def test_no_instrument_aliases(name: str) -> None:
    """A high note: what lies between its partials, after the start, is 80 dB below it or further."""
    hz = 4186.0
    score = _score(name, _note(hz, onset=0.0, duration=8.0), seconds=3.5)
    piece = _sound(score)[0, RATE * 2 : RATE * 2 + 65_536]
    window = np.blackman(len(piece)) ** 2
    spectrum = np.abs(np.fft.rfft(piece * window))
    axis = np.fft.rfftfreq(len(piece), 1 / RATE)
    partials = _partials(name, hz)
    near = np.min(np.abs(axis[:, None] - partials.frequency_hz), axis=1) < 40.0
    assert 20 * np.log10(spectrum[~near].max() / spectrum.max()) < -80
    assert partials.frequency_hz.max() < RATE / 2


@pytest.mark.parametrize("name", ["flute", "organ", "strings", "bass"])
def test_held_notes_begin_and_end_without_a_click(name: str) -> None:
    """Above 16 kHz, in 20 ms round note on and off, at most 6 dB over the steady state or -80 dBFS."""
    sound = _sound(_score(name, _note(220.0, onset=0.3, duration=0.9)))[0]
    size = 960
    edges = [round(0.3 * RATE), round((1.2 + INSTRUMENTS[name].model.release_s) * RATE)]
    steady = round(0.9 * RATE)

    def high(at: int) -> float:
        piece = sound[at - size // 2 : at + size // 2] * np.hanning(size)
        return float(np.sqrt(np.mean(np.fft.rfft(piece)[int(16_000 / RATE * size) :].__abs__() ** 2)) / size)

    for edge in edges:
        assert high(edge) <= max(2 * high(steady), 1e-4)


def test_a_struck_note_fades_by_sixty_decibels_in_its_duration() -> None:
    """T60 of the lowest partial within 1 %."""
    sound = _sound(_score("glass", _note(500.0, onset=0.0, duration=1.6), seconds=2.0))[0]
    t = np.arange(len(sound)) / RATE
    analytic = sound * np.exp(-2j * np.pi * 500.0 * t)
    level = np.abs(np.convolve(analytic, np.hanning(2_400), mode="valid"))
    slope = np.polyfit(t[20_000:60_000], 20 * np.log10(level[20_000:60_000]), 1)[0]
    assert -60.0 / slope == pytest.approx(1.6, rel=0.01)


def test_pitch_is_exact() -> None:
    """The lowest partial stands within 0.1 cent of the score."""
    sound = _sound(_score("marimba", _note(313.7, onset=0.0, duration=4.0), seconds=2.0))[0]
    t = np.arange(len(sound)) / RATE
    base = np.convolve(sound * np.exp(-2j * np.pi * 313.7 * t), np.hanning(4_800), mode="valid")[10_000:70_000]
    drift = np.polyfit(np.arange(len(base)) / RATE, np.unwrap(np.angle(base)), 1)[0] / (2 * np.pi)
    assert abs(1200 * np.log2(1 + drift / 313.7)) < 0.1


def test_a_gliding_voice_follows_its_curve() -> None:
    """A sine from 300 to 600 Hz has the phase that the integral of the curve says."""
    points = [ControlPoint(time_s=0.0, value=300.0), ControlPoint(time_s=2.0, value=600.0)]
    curve = ControlCurve(voice=0, target="frequency_hz", points=points)
    sound = _sound(_score("sine", _note(300.0, onset=0.0, duration=1.9), curves=[curve]))[0]
    t = np.arange(len(sound)) / RATE
    phase = 2 * np.pi * (300.0 * t + 75.0 * t * t)
    middle = slice(RATE // 2, RATE * 3 // 2)
    basis = np.stack([np.sin(phase[middle]), np.cos(phase[middle])], axis=1)
    residual = sound[middle] - basis @ np.linalg.lstsq(basis, sound[middle], rcond=None)[0]
    assert _decibels(residual, sound[middle]) < -100


def test_pan_and_loudness_curves_move_a_voice() -> None:
    """A pan curve from left to right moves the power from left to right."""
    pan = [ControlPoint(time_s=0.0, value=-1.0), ControlPoint(time_s=2.0, value=1.0)]
    sound = _sound(
        _score("organ", _note(220.0, onset=0.0, duration=1.9), curves=[ControlCurve(voice=0, target="pan", points=pan)])
    )
    power = [np.mean(sound[:, at : at + 4800] ** 2, axis=1) for at in (5_000, 85_000)]
    assert power[0][0] > 30 * power[0][1] and power[1][1] > 30 * power[1][0]


def test_a_short_note_of_a_slow_voice_still_rises_and_falls() -> None:
    """A pad of 0.1 s reaches its peak before it is released."""
    envelope = INSTRUMENTS["pad"].model.envelope(0.1)
    level = envelope.at(np.linspace(0, envelope.total_s, 1000))
    assert level.max() > 0.9 and level[0] == 0.0 and level[-1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("name", ["marimba", "bell", "organ"])
def test_a_voice_asked_backwards_gives_the_same_bits(name: str) -> None:
    """Strikes of one pitch, dense and far apart: each chunk is the same, asked for in order or from the end."""
    onsets = [0.0, 0.1, 0.25, 0.256, 0.9, 6.0, 6.1234567]
    notes = [_note(330.0, onset, 0.3) for onset in onsets]
    model = INSTRUMENTS[name].model
    np.testing.assert_array_equal(played(model, notes, 7.0), played(model, notes, 7.0, backwards=True))


def test_strikes_of_one_pitch_at_many_places_are_each_heard_from_their_own() -> None:
    """Five places of one pitch on two channels are what five notes alone give, to -130 dB."""
    notes = [_note(440.0, 0.1 * n, 1.0, pan=p) for n, p in enumerate((-0.9, -0.3, 0.1, 0.5, 0.8))]
    together = _sound(_score("marimba", *notes))
    alone = sum(_sound(_score("marimba", note)) for note in notes)
    assert _decibels(together - alone, together) < -130
