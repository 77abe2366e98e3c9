"""Moving sources: the retarded time, the Doppler effect, distance and air against closed forms."""

import numpy as np
import pytest

from harmonic_audio.mix.fractional import AFTER, BEFORE, read
from harmonic_audio.mix.motion import (
    SPEED_OF_SOUND,
    Path,
    air_absorption_db_per_m,
    air_poles,
    distance_gain,
    doppler_ratio,
    emission_times,
    softened,
)
from harmonic_audio.mix.moving import MovingEffect

RATE = 48_000
C = SPEED_OF_SOUND


def _passing(speed: float, aside: float, units: float = 1.0) -> Path:
    """Along a straight line, at the listener's side at time 0."""
    return Path.of([-12.0, 12.0], np.array([[-12 * speed, aside], [12 * speed, aside]]) / units, units)


def _left_at(heard: np.ndarray, speed: float, aside: float) -> np.ndarray:
    """Closed form of when what is heard left: the earlier root of c^2 (t - t')^2 = aside^2 + (speed t')^2."""
    a = C * C - speed * speed
    return (C * C * heard - np.sqrt((C * speed * heard) ** 2 + a * aside * aside)) / a


@pytest.mark.parametrize(("speed", "aside"), [(0.5, 1.0), (30.0, 5.0), (120.0, 20.0), (250.0, 3.0)])
def test_a_passing_source_is_heard_from_where_it_was(speed: float, aside: float) -> None:
    """The emission time agrees with the closed form to 1e-11 s, a scale of metres per unit included."""
    heard = np.linspace(-2, 3, 2001)
    path = _passing(speed, aside, units=1.496e11)
    np.testing.assert_allclose(emission_times(heard, path.distance_m), _left_at(heard, speed, aside), atol=1e-11)


@pytest.mark.parametrize(("speed", "aside"), [(10.0, 2.0), (60.0, 10.0)])
def test_the_doppler_shift_is_the_textbooks(speed: float, aside: float) -> None:
    """Heard over sent frequency is 1 / (1 + v_r / c), v_r the radial speed when the sound left: within 0.01 cent."""
    heard = np.linspace(-3, 3, 1001)
    left = _left_at(heard, speed, aside)
    radial = speed * speed * left / np.hypot(speed * left, aside)
    cents = 1200 * np.log2(doppler_ratio(heard, _passing(speed, aside).distance_m) * (1 + radial / C))
    assert np.abs(cents).max() < 0.01


@pytest.mark.parametrize("speed", [-40.0, 40.0])
def test_a_tone_that_comes_or_goes_is_shifted_to_a_tenth_of_a_cent(speed: float) -> None:
    """A second of a 1 kHz tone from a source on the listener's line: its phase runs at 1000 / (1 + v / c) Hz."""
    path = Path.of([-1.0, 4.0], [[500 - speed, 0.0], [500 + 4 * speed, 0.0]])
    heard = 2.0 + np.arange(RATE) / RATE
    left = emission_times(heard, path.distance_m)
    n = np.arange(3 * RATE)
    tone = np.sin(2 * np.pi * 1000 / RATE * n)
    sound = read(tone, left * RATE)
    # Frequency by the phase of two windows, half a second apart.
    window, expected = np.hanning(RATE // 2), 1000 / (1 + speed / C)
    carrier = np.exp(-2j * np.pi * expected * heard)
    halves = [np.sum(window * (sound * carrier)[at : at + RATE // 2]) for at in (0, RATE // 2)]
    found = expected + np.angle(halves[1] / halves[0]) / (2 * np.pi * 0.5)
    assert abs(1200 * np.log2(found / expected)) < 0.1 / 100


@pytest.mark.parametrize("hertz", [50.0, 997.0, 7000.0, 15_000.0, 20_000.0])
def test_reading_between_samples_is_exact_to_a_hundred_decibels(hertz: float) -> None:
    """A sine read at 5,000 places off the grid differs from the sine by less than -100 dB."""
    places = np.random.default_rng(2).uniform(BEFORE, 4000 - AFTER - 1, 5000)
    error = read(np.sin(2 * np.pi * hertz / RATE * np.arange(4000)), places) - np.sin(2 * np.pi * hertz / RATE * places)
    assert 20 * np.log10(np.abs(error).max()) < -100


def test_on_the_samples_reading_is_the_samples_and_beyond_the_ends_silence() -> None:
    """Whole places give the signal within 1e-12; places far outside give exactly nothing."""
    signal = np.random.default_rng(3).standard_normal(500)
    np.testing.assert_allclose(read(signal, np.arange(500.0)), signal, atol=1e-12)
    assert not read(signal, np.array([-100.0, -33.0, 532.5, 1e9])).any()


def test_level_falls_with_distance_and_not_under_the_near_limit() -> None:
    """6.02 dB for each doubling beyond a metre; 1 within it, at 0 too."""
    np.testing.assert_allclose(distance_gain([0.0, 0.5, 1.0, 2.0, 8.0]), [1, 1, 1, 0.5, 0.125])


def test_air_absorbs_as_the_standard_tabulates() -> None:
    """ISO 9613-1 table 1 at 20 C and 50 % (dB per km): 4.66 at 1 kHz, 9.86 at 2, 29.7 at 4, 105 at 8 kHz, to 1 %."""
    loss = 1000 * air_absorption_db_per_m([1000.0, 2000.0, 4000.0, 8000.0])
    np.testing.assert_allclose(loss, [4.66, 9.89, 29.7, 105.0], rtol=0.01)


@pytest.mark.parametrize("distance", [5.0, 60.0, 300.0])
def test_the_one_pole_air_meets_the_standard_where_that_takes_three_decibels(distance: float) -> None:
    """There within 0.05 dB (16 kHz where the air takes less than 3 dB); the low pass of a click shows it by FFT."""
    hertz = np.geomspace(20, 16_000, 4000)
    loss = distance * air_absorption_db_per_m(hertz)
    at = hertz[min(int(np.searchsorted(loss, 3.0)), len(hertz) - 1)]
    click = np.zeros(RATE)
    click[0] = 1.0
    heard = softened(click, np.full(RATE, air_poles(distance, RATE)), np.zeros(1))
    level = 20 * np.log10(np.abs(np.sum(heard * np.exp(-2j * np.pi * at / RATE * np.arange(RATE)))))
    assert level == pytest.approx(-distance * air_absorption_db_per_m(at), abs=0.05)


@pytest.mark.parametrize(
    ("times", "places", "scale", "reason"),
    [
        ([0.0], [[0, 0]], 1.0, "at least two places"),
        ([0.0, 0.0], [[0, 0], [1, 1]], 1.0, "at a later time"),
        ([0.0, 1.0], [[0], [1]], 1.0, "two or three finite"),
        ([0.0, 1.0], [[0, 0], [np.nan, 1]], 1.0, "two or three finite"),
        ([0.0, 1.0], [[0, 0], [1, 1]], 0.0, "metres_per_unit must be positive"),
    ],
)
def test_what_is_no_path_is_refused(times: list[float], places: list[list[float]], scale: float, reason: str) -> None:
    """Each error says what a path needs."""
    with pytest.raises(ValueError, match=reason):
        Path.of(times, places, scale)


def test_a_path_knows_directions() -> None:
    """+90 degrees is left, elevation counts from the plane, and before its first time it stands still."""
    path = Path.of([0.0, 1.0], [[0.0, 2.0, 0.0], [0.0, 0.0, 2.0]])
    azimuth, elevation = path.direction_deg(np.array([-5.0, 1.0]))
    assert azimuth[0] == pytest.approx(90.0) and elevation[1] == pytest.approx(90.0)


def test_a_moving_stream_is_heard_late_softer_and_shifted() -> None:
    """A 500 Hz tone receding at 30 m/s is always the sine of when it left, over the distance, under the air."""
    path = Path.of([-1.0, 3.0], [[10 - 30.0, 0.0], [10 + 90.0, 0.0]])
    n = np.arange(2 * RATE)
    heard = MovingEffect(path.distance_m, 100.0, RATE)(np.sin(2 * np.pi * 500 / RATE * n)[None])[0]
    left = (n / RATE - 10 / C) / (1 + 30 / C)
    distance = 10 + 30 * left
    pole = air_poles(distance, RATE)
    turn = pole * np.exp(-2j * np.pi * 500 / (1 + 30 / C) / RATE)
    expected = np.imag((1 - pole) / (1 - turn) * np.exp(2j * np.pi * 500 * left)) / distance
    late = n > 0.5 * RATE
    assert np.abs(heard - expected)[late].max() < 1e-4 * np.abs(expected[late]).max()
    assert not heard[: int(10 / C * RATE) - 40].any()


def test_without_doppler_nothing_is_late() -> None:
    """Level and air change, the click stays in its place; a distance beyond what is kept is refused."""
    click = np.zeros((1, 100))
    click[0, 50] = 1.0
    heard = MovingEffect(lambda t: np.full(len(t), 4.0), 10.0, RATE, doppler=False)(click)[0]
    assert np.argmax(heard) == 50 and heard[50] == pytest.approx((1 - air_poles(4.0, RATE)) / 4)
    with pytest.raises(ValueError, match="1 to 3000 m"):
        MovingEffect(lambda t: t, 1e6, RATE)
