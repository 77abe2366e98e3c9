"""Where the energy of a vibrating body goes: its own losses, and the air. Arrays over modes, no libm."""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.vibration.spec import Body

Floats = NDArray[np.float64]
SIXTY_DECIBELS = 6.907755278982137
"""ln 1000: amplitudes fall so far within a decay time."""
ROOM = 293.15
"""Temperature in K at which materials are as described."""


def own_decay(body: Body, omega: Floats) -> Floats:
    """Decay rates [1/s] at angular frequencies: s0 + s2 omega^2 (Bilbao 2009, section 7.3), from two decay times."""
    low = SIXTY_DECIBELS / body.decay_time if body.decay_time is not None else 0.0
    high = SIXTY_DECIBELS / body.decay_time_1khz if body.decay_time_1khz is not None else low
    turns = omega / (2e3 * np.pi)
    return low + (high - low) * turns * turns


def wire_in_air(omega: Floats, radius: float, density: float, fluid: float, viscosity: float) -> Floats:
    """Stokes' drag on a thin cylinder: 1/Q = (fluid / density) (2 sqrt2 M + 1) / M^2, M = (r / 2) sqrt(omega / nu).

    Fletcher and Rossing, The Physics of Musical Instruments (1998), section 2.12.
    """
    if fluid == 0.0 or viscosity == 0.0:
        return np.zeros_like(omega)
    m2 = 0.25 * radius * radius * omega * fluid / viscosity
    return 0.5 * omega * (fluid / density) * (np.sqrt(8.0 * m2) + 1.0) / m2


def sheet_in_air(omega: Floats, surface_density: float, fluid: float, viscosity: float) -> Floats:
    """Decay by the viscous layers on both faces: sqrt(fluid viscosity omega / 2) / surface density.

    Landau and Lifshitz, Fluid Mechanics (1987), section 24: each face takes sqrt(omega viscosity fluid / 8) v^2.
    """
    return np.sqrt(0.5 * fluid * viscosity * omega) / surface_density


def loaded_by_air(omega: Floats, wave_number: Floats, surface_density: float, fluid: float) -> Floats:
    """Angular frequencies lowered by the air that moves with a sheet: fluid / k a face (Lamb 1920)."""
    return omega / np.sqrt(1.0 + 2.0 * fluid / (wave_number * surface_density))


def softened(coefficient: float, temperature: float, least: float = 0.02) -> float:
    """Elasticity or tension over that at room temperature; never below `least`."""
    return max(least, 1.0 - coefficient * (temperature - ROOM))
