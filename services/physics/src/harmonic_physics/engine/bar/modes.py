"""Exact modes of uniform bars: roots of the transcendental equations, shapes without cancellation."""

from __future__ import annotations

from collections.abc import Sequence
from math import fabs, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.phases import cosine_turns, exp, sine_turns
from harmonic_physics.engine.systems.bar import BarBody, Ends
from harmonic_physics.engine.vibration.bank import Values, Vibrator
from harmonic_physics.engine.vibration.losses import loaded_by_air, sheet_in_air, softened

Floats = NDArray[np.float64]
STARTS = {"free": 0.5, "clamped": 0.5, "clamped_free": -0.5, "clamped_supported": 0.25}
"""The n-th root is near (n + start) pi, and exponentially nearer with growing n."""


def sincos(x: float) -> tuple[float, float]:
    """sin x and cos x, without libm."""
    return sine_turns(x / (2 * pi)), cosine_turns(x / (2 * pi))


def root(ends: Ends, n: int) -> float:
    """The n-th positive root (n = 1, 2, ...) of the equation of these ends, by Newton's method on a bounded form.

    cos b cosh b = 1 is solved as cos b - 1/cosh b = 0, and tan b = tanh b as sin b - cos b tanh b = 0.
    """
    if ends == "supported":
        return n * pi
    beta = (n + STARTS[ends]) * pi
    for _ in range(50):
        s, c = sincos(beta)
        decay = exp(-beta)
        one_over_cosh = 2.0 * decay / (1.0 + decay * decay)
        tanh = (1.0 - decay * decay) / (1.0 + decay * decay)
        if ends == "clamped_supported":
            step = (s - c * tanh) / (c + s * tanh - c * one_over_cosh * one_over_cosh)
        else:
            sign = 1.0 if ends == "clamped_free" else -1.0
            step = (c + sign * one_over_cosh) / (-s - sign * tanh * one_over_cosh)
        beta -= step
        if fabs(step) <= 4e-16 * beta:
            break
    return beta


def shape(ends: Ends, beta: float, x: float) -> float:
    """The mode at x = 0..1, with a mean square of 1. Growing exponentials appear only as exp(beta (x - 1)).

    Free: cosh + cos - r (sinh + sin); otherwise cosh - cos - r (sinh - sin). cosh - r sinh is the sum of
    (1 - r) e^{bx} / 2 and (1 + r) e^{-bx} / 2, where (1 - r) e^b is formed without cancellation.
    """
    sine, cosine = sincos(beta * x)
    if ends == "supported":
        return sqrt(2.0) * sine
    s, c = sincos(beta)
    decay = exp(-beta)
    if ends == "clamped_free":  # r = (sinh b - sin b) / (cosh b + cos b)
        excess = (c + s + decay) / (0.5 * (1.0 + decay * decay) + c * decay)
    else:  # r = (cosh b - cos b) / (sinh b - sin b)
        excess = (c - s - decay) / (0.5 * (1.0 - decay * decay) - s * decay)
    r = 1.0 - excess * decay
    bent = 0.5 * excess * exp(beta * (x - 1.0)) + 0.5 * (1.0 + r) * exp(-beta * x)
    waving = cosine - r * sine
    return bent + waving if ends == "free" else bent - waving


class VibratingBar(Vibrator):
    """One bar. Modes above the highest frequency are left out, by the parameters at the start."""

    def __init__(self, body: BarBody, highest: float, parameters: Values) -> None:
        self.body, self.bar = body, body
        self.betas = np.array([root(body.ends, n) for n in range(1, body.modes + 1)])
        factors = self.betas**2
        tuned = [ratio * float(factors[0]) for ratio in body.partials[: body.modes]]
        factors[: len(tuned)] = tuned
        lowest = (
            2 * pi * body.frequency / float(factors[0]) if body.frequency else body.stiffness_speed / body.length**2
        )
        self.rest = lowest * factors
        self.length = body.length if body.frequency is None else sqrt(body.stiffness_speed / lowest)
        self.surface_density = body.density * body.thickness
        kept = self.frequencies(parameters) <= 2 * pi * highest
        kept[0] = True
        self.rest, self.betas = self.rest[kept], self.betas[kept]

    def frequencies(self, parameters: Values) -> Floats:
        soft = parameters["stiffness"] * softened(self.bar.softening, parameters["temperature"])
        wave_number = self.betas / self.length
        return loaded_by_air(self.rest * sqrt(soft), wave_number, self.surface_density, parameters["fluid_density"])

    def air(self, omega: Floats, parameters: Values) -> Floats:
        return sheet_in_air(omega, self.surface_density, parameters["fluid_density"], parameters["viscosity"])

    def shape(self, point: Sequence[float]) -> Floats:
        unit = 1.0 / sqrt(self.surface_density * self.bar.width * self.length)
        return unit * np.array([shape(self.bar.ends, beta, point[0]) for beta in self.betas.tolist()])

    def place(self, point: Sequence[float]) -> tuple[float, float, float]:
        return (point[0] * self.length, 0.0, 0.0)

    def antinode(self, index: int) -> tuple[float, float, float]:
        """The first loop of the mode, about half a wave from the origin."""
        return (0.5 * self.length * pi / float(self.betas[index]), 0.0, 0.0)
