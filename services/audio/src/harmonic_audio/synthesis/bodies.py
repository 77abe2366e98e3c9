"""Built-in bodies: frequencies over the lowest one's, and shapes at the places of the stroke and of the ear.

Places run from 0 to 1: along a string or bar, from the centre of a round membrane to its rim, and along both sides of
a rectangle. Shapes are normalised to equal modal mass. Fletcher and Rossing, The Physics of Musical Instruments.
"""

from collections.abc import Callable
from functools import cache
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["string", "bar", "round_membrane", "membrane", "plate", "bell"]
ORDERS: Final = 24
"""Of a round membrane: nodal diameters and nodal circles that are looked at."""
BELL: Final = (
    (0.5, 1.0, 1.183, 1.506, 2.0, 2.514, 2.662, 3.011, 4.166, 5.433),
    (0.5, 1.0, 0.55, 0.3, 0.7, 0.2, 0.2, 0.16, 0.12, 0.07),
)
"""Hum, prime, tierce, quint, nominal and above; a bell has no closed form, so these amplitudes are a struck one's."""


class Body(NamedTuple):
    """Modes by rising frequency; every array has shape (modes,)."""

    ratio: Floats
    struck: Floats
    heard: Floats


@cache
def body_of(kind: Kind, count: int, stiffness: float, aspect: float, stroke: float, ear: float) -> Body:
    """The lowest ``count`` modes. ``stiffness``: B of a string; ``aspect``: sides of a rectangle, longer over other."""
    makers: dict[str, Callable[[], Body]] = {
        "string": lambda: _string(count, stiffness, stroke, ear),
        "bar": lambda: _bar(count, stroke, ear),
        "round_membrane": lambda: _round(count, stroke, ear),
        "membrane": lambda: _rectangle(count, 0.5, aspect, stroke, ear),
        "plate": lambda: _rectangle(count, 1.0, aspect, stroke, ear),
        "bell": lambda: Body(np.array(BELL[0]), np.array(BELL[1]), np.ones(len(BELL[0]))),
    }
    return makers[kind]()


def _string(count: int, stiffness: float, stroke: float, ear: float) -> Body:
    """f_k = k f sqrt((1 + B k^2) / (1 + B)): exact for a stiff string with hinged ends."""
    k = np.arange(1.0, count + 1.0)
    ratio = k * np.sqrt((1.0 + stiffness * k * k) / (1.0 + stiffness))
    return Body(ratio, np.sin(np.pi * k * stroke), np.sin(np.pi * k * ear))


def _bar(count: int, stroke: float, ear: float) -> Body:
    """A free bar of Euler and Bernoulli: cos x cosh x = 1, f as x^2."""
    x = (np.arange(1, count + 1) + 0.5) * np.pi
    for _ in range(4):  # Newton on cos x - 1 / cosh x
        x = x - (np.cos(x) - 1.0 / np.cosh(x)) / (np.tanh(x) / np.cosh(x) - np.sin(x))

    def shape(place: float) -> Floats:
        # cosh + cos - s (sinh + sin), its growing part written so that no large numbers cancel.
        s = (np.cosh(x) - np.cos(x)) / (np.sinh(x) - np.sin(x))
        share = (np.cos(x) - np.sin(x) - np.exp(-x)) / (1.0 - np.exp(-2.0 * x) - 2.0 * np.exp(-x) * np.sin(x))
        growing = share * np.exp(x * (place - 1.0))
        return np.asarray(np.cos(x * place) - s * np.sin(x * place) + 0.5 * (1.0 + s) * np.exp(-x * place) + growing)

    return Body((x / x[0]) ** 2, shape(stroke), shape(ear))


def _round(count: int, stroke: float, ear: float) -> Body:
    """A round membrane: zeros of J_m; stroke and ear on one radius, so that the cosine of each pair sounds."""
    from scipy.special import jn_zeros, jv

    order = np.repeat(np.arange(ORDERS), ORDERS)
    zero = np.concatenate([jn_zeros(m, ORDERS) for m in range(ORDERS)])
    lowest = np.argsort(zero)[:count]
    order, zero = order[lowest], zero[lowest]
    norm = np.abs(jv(order + 1, zero)) * np.where(order == 0, np.sqrt(2.0), 1.0)
    return Body(zero / zero[0], jv(order, zero * stroke) / norm, jv(order, zero * ear) / norm)


def _rectangle(count: int, power: float, aspect: float, stroke: float, ear: float) -> Body:
    """A rectangle with hinged edges: f as (m^2 + (aspect n)^2) ** power, 1/2 a membrane's and 1 a plate's."""
    m, n = (index.ravel() for index in np.meshgrid(np.arange(1.0, 65.0), np.arange(1.0, 65.0), indexing="ij"))
    square = m * m + (aspect * n) ** 2
    lowest = np.argsort(square, kind="stable")[:count]
    m, n, square = m[lowest], n[lowest], square[lowest]

    def shape(place: float) -> Floats:
        # Off the middle of the shorter side, so that no family of modes stays silent.
        return np.asarray(np.sin(np.pi * m * place) * np.sin(np.pi * n * 0.8 * place))

    return Body((square / square[0]) ** power, shape(stroke), shape(ear))
