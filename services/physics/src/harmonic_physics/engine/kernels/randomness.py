"""Random numbers by address: a pure function of (seed, stream, index, counter), so that a run resumes without a state.

Philox 4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). Whole-number
arithmetic and our own logarithm and sincos: the same bits on any machine.
"""

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.elementary import logarithm, sincos

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF_WORD = np.uint64(32)
TWO_PI = 6.283185307179586


@inner
def philox(k0: Any, k1: Any, c0: Any, c1: Any, c2: Any, c3: Any) -> tuple[Any, Any, Any, Any]:
    """Four random words of 32 bits, each in a uint64, from a key of two and a counter of four words."""
    a, b, c, d = np.uint64(c0) & LOW, np.uint64(c1) & LOW, np.uint64(c2) & LOW, np.uint64(c3) & LOW
    p, q = np.uint64(k0) & LOW, np.uint64(k1) & LOW
    for _ in range(10):
        first, second = M0 * a, M1 * c
        a, b, c, d = (second >> HALF_WORD) ^ b ^ p, second & LOW, (first >> HALF_WORD) ^ d ^ q, first & LOW
        p, q = (p + W0) & LOW, (q + W1) & LOW
    return a, b, c, d


@inner
def uniforms(seed: int, stream: int, index: int, counter: int) -> tuple[float, float]:
    """Two numbers in the open interval (0, 1): 53 bits each, shifted by half a unit away from 0."""
    word = np.uint64(counter)
    a, b, c, d = philox(seed, stream, index, np.uint64(seed) >> HALF_WORD, word, word >> HALF_WORD)
    u = (float(a >> np.uint64(5)) * 67108864.0 + float(b >> np.uint64(6)) + 0.5) * 1.1102230246251565e-16
    v = (float(c >> np.uint64(5)) * 67108864.0 + float(d >> np.uint64(6)) + 0.5) * 1.1102230246251565e-16
    return u, v


@inner
def normals(seed: int, stream: int, index: int, counter: int) -> tuple[float, float]:
    """Two independent standard normal numbers (Box and Muller 1958)."""
    u, v = uniforms(seed, stream, index, counter)
    radius = sqrt(-2.0 * logarithm(u))
    sine, cosine = sincos(TWO_PI * v)
    return radius * cosine, radius * sine


@kernel
def fill_uniform(seed: int, stream: int, out: Floats) -> None:
    """out[i] uniform in (0, 1), each from its own address."""
    for i in range(out.shape[0]):
        out[i] = uniforms(seed, stream, i, 0)[0]


@kernel
def fill_normal(seed: int, stream: int, out: Floats) -> None:
    """out[i] standard normal, each from its own address."""
    for i in range(out.shape[0]):
        out[i] = normals(seed, stream, i, 0)[0]


@kernel
def philox_words(key: Ints, counter: Ints, out: Ints) -> None:
    """The generator itself, int64 arrays (2,), (4,), (4,): for its published test vectors."""
    a, b, c, d = philox(key[0], key[1], counter[0], counter[1], counter[2], counter[3])
    out[0], out[1], out[2], out[3] = np.int64(a), np.int64(b), np.int64(c), np.int64(d)
