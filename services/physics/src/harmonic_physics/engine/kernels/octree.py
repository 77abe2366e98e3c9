"""An octree over bodies in Morton order, with the mass, centre and second moments of each cell.

Bodies are sorted by interleaved bits of their places (Morton 1966); a cell is then a range of the order, and its
children are found by bisection (Warren and Salmon 1993). Nothing depends on the order of the bodies but ties, which
keep it. Moments are raw, S = sum m d d^T, so that softened quadrupoles are exact derivatives of Plummer's kernel.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BITS = 21
DIGIT, DIGITS = 11, 6
LEAF = 16
"""A cell with no more bodies is not divided."""
GROUP = 64
"""Bodies that walk the tree together, at most: the lanes."""


class Tree(NamedTuple):
    """Cells breadth first. `order` (n,) sorts the bodies; `x` (3, n) and `gm` (n,) are sorted so.

    `span` (cells, 2): the range of bodies; `child` (cells, 2): the first child and how many; `moment` (cells, 10):
    centre, G mass, Sxx, Syy, Szz, Sxy, Sxz, Syz; `reach` (cells,): no body is farther from the centre.
    """

    order: Ints
    x: Floats
    gm: Floats
    span: Ints
    child: Ints
    moment: Floats
    reach: Floats


@inner
def spread(v: int) -> int:
    """The low 21 bits of v, two zeros between neighbours."""
    v = (v | (v << 32)) & 0x1F00000000FFFF
    v = (v | (v << 16)) & 0x1F0000FF0000FF
    v = (v | (v << 8)) & 0x100F00F00F00F00F
    v = (v | (v << 4)) & 0x10C30C30C30C30C3
    return (v | (v << 2)) & 0x1249249249249249


@inner
def morton(x: Floats) -> Ints:
    """Keys (n,) of 63 bits, in the cube that holds all bodies."""
    n = x.shape[1]
    low = np.empty(3)
    size = 0.0
    for k in range(3):
        low[k] = x[k].min()
        size = max(size, x[k].max() - low[k])
    scale = float((1 << BITS) - 1) / size if size > 0.0 else 0.0
    keys = np.empty(n, np.int64)
    for i in range(n):
        a = spread(int((x[0, i] - low[0]) * scale))
        b = spread(int((x[1, i] - low[1]) * scale))
        c = spread(int((x[2, i] - low[2]) * scale))
        keys[i] = (a << 2) | (b << 1) | c
    return keys


@inner
def sort_by(keys: Ints) -> tuple[Ints, Ints]:
    """Sorted keys and the order that sorts them: radix sort from the lowest digit, stable."""
    n = keys.shape[0]
    order, other = np.arange(n), np.empty(n, np.int64)
    key, moved = keys.copy(), np.empty(n, np.int64)
    for digit in range(DIGITS):
        count = np.zeros((1 << DIGIT) + 1, np.int64)
        for i in range(n):
            count[((key[i] >> (DIGIT * digit)) & ((1 << DIGIT) - 1)) + 1] += 1
        for d in range(1 << DIGIT):
            count[d + 1] += count[d]
        for i in range(n):
            d = (key[i] >> (DIGIT * digit)) & ((1 << DIGIT) - 1)
            moved[count[d]] = key[i]
            other[count[d]] = order[i]
            count[d] += 1
        key, moved = moved, key
        order, other = other, order
    return key, order


@inner
def bisect(keys: Ints, low: int, high: int, shift: int, value: int) -> int:
    """The first place in low..high whose key, shifted, is at least `value`."""
    while low < high:
        middle = (low + high) // 2
        if (keys[middle] >> shift) < value:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def divide(keys: Ints, span: Ints, child: Ints) -> int:
    """Fill the cells breadth first. Returns how many there are."""
    n = keys.shape[0]
    level = np.zeros(span.shape[0], np.int64)
    span[0, 0], span[0, 1] = 0, n
    count, cell = 1, 0
    while cell < count:
        low, high = span[cell, 0], span[cell, 1]
        child[cell, 0], child[cell, 1] = count, 0
        if high - low > LEAF and level[cell] < BITS:
            shift = 3 * (BITS - 1 - level[cell])
            prefix = (keys[low] >> (shift + 3)) << 3
            for octant in range(8):
                end = bisect(keys, low, high, shift, prefix + octant + 1)
                if end > low:
                    span[count, 0], span[count, 1] = low, end
                    level[count] = level[cell] + 1
                    child[cell, 1] += 1
                    count += 1
                    low = end
        cell += 1
    return count


@inner
def add_second(moment: Floats, cell: int, g: float, dx: float, dy: float, dz: float) -> None:
    """S += g d d^T."""
    moment[cell, 4] += g * dx * dx
    moment[cell, 5] += g * dy * dy
    moment[cell, 6] += g * dz * dz
    moment[cell, 7] += g * dx * dy
    moment[cell, 8] += g * dx * dz
    moment[cell, 9] += g * dy * dz


@inner
def measure_leaf(x: Floats, gm: Floats, low: int, high: int, cell: int, moment: Floats, reach: Floats) -> None:
    """Moments of a cell from its bodies."""
    mass = 0.0
    for i in range(low, high):
        mass += gm[i]
        for k in range(3):
            moment[cell, k] += gm[i] * x[k, i]
    for k in range(3):
        moment[cell, k] /= mass
    moment[cell, 3] = mass
    far = 0.0
    for i in range(low, high):
        dx, dy, dz = x[0, i] - moment[cell, 0], x[1, i] - moment[cell, 1], x[2, i] - moment[cell, 2]
        add_second(moment, cell, gm[i], dx, dy, dz)
        far = max(far, dx * dx + dy * dy + dz * dz)
    reach[cell] = sqrt(far)


@inner
def measure_parent(first: int, count: int, cell: int, moment: Floats, reach: Floats) -> None:
    """Moments of a cell from its children, by the theorem of parallel axes."""
    mass = 0.0
    for c in range(first, first + count):
        mass += moment[c, 3]
        for k in range(3):
            moment[cell, k] += moment[c, 3] * moment[c, k]
    for k in range(3):
        moment[cell, k] /= mass
    moment[cell, 3] = mass
    for c in range(first, first + count):
        dx = moment[c, 0] - moment[cell, 0]
        dy = moment[c, 1] - moment[cell, 1]
        dz = moment[c, 2] - moment[cell, 2]
        for k in range(4, 10):
            moment[cell, k] += moment[c, k]
        add_second(moment, cell, moment[c, 3], dx, dy, dz)
        reach[cell] = max(reach[cell], reach[c] + sqrt(dx * dx + dy * dy + dz * dz))


@kernel
def grow(x: Floats, gm: Floats) -> Tree:
    """The tree of bodies x (3, n) with positive gm (n,)."""
    n = x.shape[1]
    keys, order = sort_by(morton(x))
    placed, heavy = np.empty((3, n)), np.empty(n)
    for i in range(n):
        heavy[i] = gm[order[i]]
        for k in range(3):
            placed[k, i] = x[k, order[i]]
    room = 2 * n + 64  # a divided cell has more than LEAF bodies; chains of single children end after BITS levels
    span, child = np.empty((room * 2, 2), np.int64), np.empty((room * 2, 2), np.int64)
    cells = divide(keys, span, child)
    moment, reach = np.zeros((cells, 10)), np.zeros(cells)
    for cell in range(cells - 1, -1, -1):
        if child[cell, 1] == 0:
            measure_leaf(placed, heavy, span[cell, 0], span[cell, 1], cell, moment, reach)
        else:
            measure_parent(child[cell, 0], child[cell, 1], cell, moment, reach)
    return Tree(order, placed, heavy, span[:cells].copy(), child[:cells].copy(), moment, reach)
