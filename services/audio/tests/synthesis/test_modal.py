"""Modal voices: the body's own frequencies, shapes and decays, from physics or built in."""

import numpy as np
import pytest
from scipy.special import jn_zeros

from harmonic_audio.synthesis.bodies import body_of
from harmonic_audio.synthesis.modal import Modal
from harmonic_audio.testing.measures import RATE, cents, click_excess, error_db, frequency_of, played, t60_of
from harmonic_contracts.score import Note
from harmonic_contracts.trajectory import Mode

MODES = [
    Mode(body=0, frequency=f, decay_rate=d, excitation=e, pickups=[p, 1.0])
    for f, d, e, p in ((311.0, 3.0, 0.4, 0.7), (871.3, 5.0, -0.8, 0.9), (1717.1, 9.0, 0.5, -0.6))
]


def _note(hz: float, duration: float = 1.5, onset: float = 0.0, loudness: float = 0.5) -> Note:
    return Note(onset_s=onset, duration_s=duration, frequency_hz=hz, loudness=loudness, brightness=0.5, voice=0)


def test_a_simulated_body_sounds_as_its_own_equations_to_minus_130_decibels() -> None:
    """Velocity at the pickup after a stroke, with the onset factor, against the sum over modes in closed form."""
    model = Modal(pitch="as_it_is")
    sound = played(model, [_note(440.0, onset=0.1 + 0.3 / RATE)], 1.0, modes=MODES)
    t = np.maximum(np.arange(RATE) / RATE - (0.1 + 0.3 / RATE), 0.0)
    exact = np.zeros(RATE)
    for m in MODES:
        w, d = 2 * np.pi * m.frequency, m.decay_rate
        exact += m.excitation * m.pickups[0] * np.exp(-d * t) * (np.cos(w * t) - d / w * np.sin(w * t))
    exact *= 1 - np.exp(-3.0 / model.attack_s * t)
    scale = (sound @ exact) / (exact @ exact)
    assert error_db(sound, scale * exact) < -130


def test_a_tuned_body_has_the_notes_pitch_and_the_bodys_intervals() -> None:
    """Lowest mode within 0.1 cent of the note; the second one's interval is the body's; T60 is physics' own."""
    sound = played(Modal(), [_note(220.0)], 1.5, modes=MODES)
    assert abs(cents(frequency_of(sound, 220.0, 2_400, RATE), 220.0)) < 0.1
    second = 220.0 * 871.3 / 311.0
    assert abs(cents(frequency_of(sound, second, 2_400, RATE), second)) < 0.1
    assert t60_of(sound, 220.0, 2_400, RATE) == pytest.approx(np.log(1000.0) / 3.0, rel=0.01)


@pytest.mark.parametrize("body", ["string", "bar", "round_membrane", "membrane", "plate"])
def test_built_in_bodies_are_in_tune_and_fade_in_time(body: str) -> None:
    """Pitch within 0.1 cent, T60 within 1 %."""
    sound = played(Modal(body=body), [_note(196.0)], 1.5)
    assert abs(cents(frequency_of(sound, 196.0, 9_600, len(sound)), 196.0)) < 0.1
    assert t60_of(sound, 196.0, 9_600, len(sound)) == pytest.approx(1.5, rel=0.01)


def test_built_in_ratios_are_the_published_ones() -> None:
    """Free bar 1 : 2.7565 : 5.4039 : 8.9330; round membrane by the zeros of J; rectangles by their squares."""
    ratio = body_of("bar", 4, 0.0, 1.0, 0.2, 0.3).ratio
    np.testing.assert_allclose(ratio, [1.0, 2.756538507, 5.403917632, 8.932950352], rtol=1e-8)
    zeros = np.sort(np.concatenate([jn_zeros(m, 8) for m in range(12)]))
    np.testing.assert_allclose(
        body_of("round_membrane", 12, 0.0, 1.0, 0.2, 0.3).ratio, zeros[:12] / zeros[0], rtol=1e-12
    )
    np.testing.assert_allclose(body_of("plate", 3, 0.0, 1.0, 0.2, 0.3).ratio, [1.0, 2.5, 2.5], rtol=1e-12)
    np.testing.assert_allclose(body_of("string", 2, 0.01, 1.0, 0.2, 0.3).ratio[1], 2 * np.sqrt(1.04 / 1.01), rtol=1e-12)


def test_the_shape_of_a_bar_is_the_closed_form_and_orthogonal() -> None:
    """cosh + cos - s (sinh + sin) at several places for low modes; high ones stay bounded by 2."""
    x = np.sqrt(body_of("bar", 3, 0.0, 1.0, 0.0, 0.0).ratio) * 4.730040744862704
    s = (np.cosh(x) - np.cos(x)) / (np.sinh(x) - np.sin(x))
    for place in (0.0, 0.21, 0.5, 0.9, 1.0):
        direct = np.cosh(x * place) + np.cos(x * place) - s * (np.sinh(x * place) + np.sin(x * place))
        np.testing.assert_allclose(body_of("bar", 3, 0.0, 1.0, place, 0.3).struck, direct, atol=1e-8)
    assert np.abs(body_of("bar", 120, 0.0, 1.0, 1.0, 0.37).struck).max() < 2.001


def test_a_stroke_on_a_node_does_not_sound_that_mode() -> None:
    """A string struck in its middle has no even partials."""
    struck = body_of("string", 6, 0.0, 1.0, 0.5, 0.3).struck
    np.testing.assert_allclose(struck[1::2], 0.0, atol=1e-12)


@pytest.mark.parametrize("body", ["string", "plate"])
def test_modal_notes_do_not_click(body: str) -> None:
    """Above 16 kHz round the stroke and where the last mode is given up."""
    sound = played(Modal(body=body, attack_s=0.003), [_note(180.0, 0.4, 0.2)], 1.3)
    assert click_excess(sound, [9_600, 9_600 + round(0.8 * RATE)], 14_400) <= 0


@pytest.mark.parametrize(
    ("patch", "modes", "told"),
    [
        ({}, [], "needs the modes of a vibrating body"),
        ({"pickup": 5}, MODES, "no pickup 5"),
        ({"body": "string", "stroke": 0.0}, [], "nothing moves"),
    ],
)
def test_a_body_that_cannot_sound_says_why(patch: dict[str, object], modes: list[Mode], told: str) -> None:
    """The message tells what to do."""
    with pytest.raises(ValueError, match=told):
        played(Modal(**patch), [_note(220.0)], 0.1, modes=modes)
