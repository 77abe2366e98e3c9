"""A head without ears: a rigid sphere in a plane wave, solved exactly, and its fit by ambisonics of a low order.

The pressure at a point of the sphere, against that at its centre without it, for an angle g between the point and where
the wave comes from (Rayleigh; Duda and Martens, J. Acoust. Soc. Am. 104, 1998, equation 3 for a distant source):
H = (1 / u^2) sum_l i^(l-1) (2 l + 1) P_l(cos g) / h_l'(u), u = 2 pi f a / c, h the outgoing Hankel function.

An ambisonic scene knows P_l up to its order alone. Where u is below the order, the truncated sum is H. Above, the
coefficients are fitted to the magnitude of H, with phases that go on smoothly (Schoerkhuber, Zaunschirm, Hoeldrich,
"Binaural rendering of ambisonic signals via magnitude least squares", DAGA 2018).
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
HEAD_RADIUS_M: Final = 0.0875
SPEED_OF_SOUND: Final = 343.0
TAPS: Final = 256
LEAD: Final = 64
"""Samples by which the responses lag: room for what arrives at an ear before the head's centre."""
MOST_DEGREE: Final = 60
ANGLES: Final = 91


def terms(u: Floats, most: int = MOST_DEGREE) -> Complexes:
    """Coefficients of P_l(cos g) in H, shape (most + 1, n), for u = 2 pi f a / c > 0; time goes as exp(+i w t)."""
    from scipy.special import spherical_jn, spherical_yn

    out = np.zeros((most + 1, len(u)), dtype=np.complex128)
    for degree in range(most + 1):
        # h' of the second kind: outgoing for exp(+i w t). It overflows where the term is nothing.
        with np.errstate(over="ignore", invalid="ignore"):
            slope = spherical_jn(degree, u, derivative=True) - 1j * spherical_yn(degree, u, derivative=True)
            term = 1j ** (degree - 1) * (2 * degree + 1) / (u * u * slope)
        out[degree] = np.where(np.isfinite(term), term, 0.0)
    return out


def pressure(hertz: ArrayLike, angle_deg: ArrayLike, radius_m: float = HEAD_RADIUS_M) -> Complexes:
    """H at frequencies and angles; shape (angles, frequencies)."""
    from scipy.special import eval_legendre

    u = np.maximum(2.0 * np.pi * np.asarray(hertz) * radius_m / SPEED_OF_SOUND, 1e-3)
    degrees = np.arange(MOST_DEGREE + 1)
    legendre = eval_legendre(degrees, np.cos(np.radians(np.asarray(angle_deg)))[:, np.newaxis])
    return np.asarray(legendre @ terms(u))


@lru_cache(maxsize=8)
def responses(order: int, sample_rate: int) -> Floats:
    """Impulse responses of the degrees 0 to order: an ear is their sum, each times P_l; shape (order + 1, TAPS)."""
    from scipy.special import eval_legendre

    hertz = np.fft.rfftfreq(TAPS, 1.0 / sample_rate)
    u = np.maximum(2.0 * np.pi * hertz * HEAD_RADIUS_M / SPEED_OF_SOUND, 1e-3)
    angles = (np.arange(ANGLES) + 0.5) * 180.0 / ANGLES
    exact = pressure(hertz, angles)
    known = eval_legendre(np.arange(order + 1), np.cos(np.radians(angles))[:, np.newaxis])
    weights = np.sqrt(np.sin(np.radians(angles)))[:, np.newaxis]
    fit = np.linalg.pinv(weights * known)
    parts = terms(u, order)
    for row in np.flatnonzero(u > order):
        before = known @ parts[:, row - 1]
        # The phase goes on as it went: by the turn from the bin before that.
        turn = before / (known @ parts[:, row - 2])
        phase = np.exp(1j * (np.angle(before) + np.angle(turn)))
        parts[:, row] = fit @ (weights[:, 0] * np.abs(exact[:, row]) * phase)
    parts = parts * np.exp(-2j * np.pi * hertz * LEAD / sample_rate)
    parts[:, -1] = parts[:, -1].real
    out = np.fft.irfft(parts, TAPS)
    edge = np.minimum(1.0, np.minimum(np.arange(TAPS) + 0.5, TAPS - np.arange(TAPS) - 0.5) / 24.0)
    return np.asarray(out * (0.5 - 0.5 * np.cos(np.pi * edge)))
