"""Who may meet whom within a step: a list with a skin, which never misses a meeting and never changes a result."""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner
from harmonic_physics.engine.kernels.spheres import WRAP, Floats, Ints, Spheres, World


@inner
def image_square(a: Floats, b: Floats, w: World) -> float:
    """Squared distance of the nearest images of two points."""
    square = 0.0
    for k in range(3):
        d = abs(b[k] - a[k])
        if w.faces[k] == WRAP:
            d = min(d, abs(w.size[k] - d))
        square += d * d
    return square


@inner
def near(anchor: Floats, w: World, i: int, j: int, skin: float) -> bool:
    """Whether the nearest images of i and j are closer than touching plus the skin."""
    square = image_square(anchor[i], anchor[j], w)
    reach = w.radius[i] + w.radius[j] + skin
    return bool(square < reach * reach)


@inner
def build(anchor: Floats, alive: Ints, w: World, skin: float) -> tuple[Ints, Ints]:
    """Neighbours of body i are others[first[i]:first[i + 1]], in order."""
    n = anchor.shape[0]
    first = np.zeros(n + 1, np.int64)
    for i in range(n):
        for j in range(i + 1, n):
            if alive[i] and alive[j] and near(anchor, w, i, j, skin):
                first[i + 1] += 1
                first[j + 1] += 1
    for i in range(n):
        first[i + 1] += first[i]
    others = np.empty(first[n], np.int64)
    filled = first[:-1].copy()
    for i in range(n):
        for j in range(i + 1, n):
            if alive[i] and alive[j] and near(anchor, w, i, j, skin):
                others[filled[i]] = j
                filled[i] += 1
                others[filled[j]] = i
                filled[j] += 1
    return first, others


@inner
def fastest(s: Spheres, w: World, step: float) -> float:
    """Twice the largest speed that a body can have in the step without a contact."""
    most = 0.0
    pull = 0.0
    for k in range(3):
        pull = max(pull, abs(w.fall[k]))
    for i in range(s.x.shape[0]):
        most = max(most, s.v[i, 0] ** 2 + s.v[i, 1] ** 2 + s.v[i, 2] ** 2)
    return 2.0 * (sqrt(most) + pull * step)


@inner
def outdated(s: Spheres, w: World, anchor: Floats, skin: float, reach: float) -> bool:
    """Whether some body may use up half of the skin within the step, in which it goes at most `reach`."""
    room = 0.5 * skin - reach
    if room < 0.0:
        return True
    for i in range(s.x.shape[0]):  # noqa: SIM110 - the compiler knows no generator expressions
        if image_square(s.x[i], anchor[i], w) > room * room:
            return True
    return False
