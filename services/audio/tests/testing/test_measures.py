"""The measures see what they claim to see, on sounds whose truth is known."""

import numpy as np
import pytest

from harmonic_audio.testing.measures import (
    RATE,
    alias_db,
    cents,
    click_excess,
    delay_between,
    frequency_of,
    harmonics_below,
    t60_of,
)

T = np.arange(RATE) / RATE


def test_pitch_and_decay_are_found_among_other_partials() -> None:
    """A decaying partial of 313.7 Hz beside two others: within 0.0001 cent and 0.001 %."""
    sound = np.sin(2 * np.pi * 627.5 * T) + np.sin(2 * np.pi * 941.0 * T + 1.0)
    sound += np.exp(-6.907755 * T / 1.6) * np.sin(2 * np.pi * 313.7 * T)
    assert abs(cents(frequency_of(sound, 313.5, 0, RATE), 313.7)) < 1e-4
    assert t60_of(sound, 313.7, 0, RATE) == pytest.approx(1.6, rel=1e-5)


def test_delays_are_found_to_a_thousandth_of_a_sample() -> None:
    """A decaying chord delayed by 0.37 samples, in closed form."""

    def chord(delay: float) -> np.ndarray:
        t = T - delay / RATE
        return (
            np.where(t >= 0, sum(np.sin(2 * np.pi * f * t) for f in (200.0, 1234.5, 5000.0)), 0.0)
            * t**3
            * np.exp(-30 * t)
        )

    assert delay_between(chord(100.0), chord(100.37)) == pytest.approx(0.37, abs=1e-3)


def test_a_step_is_a_click_and_a_slope_is_none() -> None:
    """A tone switched on at its peak clicks; under a rise of 10 ms it does not."""
    tone = np.cos(2 * np.pi * 220.0 * T)
    assert click_excess(np.where(T >= 0.5, tone, 0.0), [RATE // 2], 36_000) > 20
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip((T - 0.5) / 0.01, 0, 1))
    assert click_excess(tone * rise, [RATE // 2], 36_000) <= 0


def test_aliases_are_told_from_partials() -> None:
    """A naive sawtooth at 4186 Hz has aliases at about -9 dB; the sum of its partials has none to -200 dB."""
    naive = 2.0 * ((4186.0 * T) % 1.0) - 1.0
    exact = sum(np.sin(2 * np.pi * f * T) / f for f in harmonics_below(4186.0))
    assert -12 < alias_db(naive, harmonics_below(4186.0)) < -6
    assert alias_db(exact, harmonics_below(4186.0)) < -200
