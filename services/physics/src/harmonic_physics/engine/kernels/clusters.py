"""Neighbour lists by clusters: sixteen atoms that lie together share one list, so that the SIMD lanes are across them.

Atoms are sorted into columns and along them (Pall and Hess, Comput. Phys. Commun. 184 (2013) 2641), each run of LANES
is a cluster. A list entry is an atom and the periodic image of it: entry = atom << 5 | image. All images within reach
are listed, so that boxes may be small. A list holds until an atom has moved by half of the skin (Verlet 1967).

Shapes: x (3, n), sorted; box (3,), where a length of 0 is an axis that does not exist (2-D).
"""

from math import floor, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LANES = 16
IMAGES = 27


class Lists(NamedTuple):
    """`first` (clusters + 1,): ranges of atoms; `begin` (clusters + 1,): ranges of `entry`; `shift` (27, 3): images."""

    first: Ints
    begin: Ints
    entry: Ints
    shift: Floats


@kernel
def wrap(x: Floats, box: Floats) -> None:
    """Bring every atom into [0, L)."""
    for k in range(3):
        if box[k] > 0.0:
            for i in range(x.shape[1]):
                x[k, i] -= box[k] * floor(x[k, i] / box[k])
                if x[k, i] >= box[k]:  # a tiny negative place rounds up to L itself
                    x[k, i] = 0.0


@inner
def columns(box: Floats, n: int) -> tuple[int, int]:
    """How many columns there are along x and y, so that a cluster is about as long as it is wide."""
    if box[2] > 0.0:
        width = (LANES * box[0] * box[1] * box[2] / n) ** (1.0 / 3.0)
        return max(1, int(box[0] / width)), max(1, int(box[1] / width))
    return max(1, int(box[0] / sqrt(LANES * box[0] * box[1] / n))), 1


@kernel
def arrange(x: Floats, box: Floats) -> tuple[Ints, Ints]:
    """The order (n,) that sorts the wrapped atoms into columns, and the ends of the columns."""
    n = x.shape[1]
    nx, ny = columns(box, n)
    along = 2 if box[2] > 0.0 else 1
    column = np.empty(n, np.int64)
    end = np.zeros(nx * ny + 1, np.int64)
    for i in range(n):
        a = min(int(x[0, i] / box[0] * nx), nx - 1)
        b = min(int(x[1, i] / box[1] * ny), ny - 1)
        column[i] = a * ny + b
        end[column[i] + 1] += 1
    for c in range(nx * ny):
        end[c + 1] += end[c]
    place = end[:-1].copy()
    order = np.empty(n, np.int64)
    for i in range(n):
        order[place[column[i]]] = i
        place[column[i]] += 1
    for c in range(nx * ny):  # insertion sort: after a rebuild the atoms are nearly in order
        for i in range(end[c] + 1, end[c + 1]):
            atom = order[i]
            j = i - 1
            while j >= end[c] and x[along, order[j]] > x[along, atom]:
                order[j + 1] = order[j]
                j -= 1
            order[j + 1] = atom
    return order, end


@inner
def cut(end: Ints, n: int) -> Ints:
    """Ranges of clusters: runs of LANES within each column."""
    first = np.empty(n // LANES + end.shape[0] + 1, np.int64)
    count = 0
    for c in range(end.shape[0] - 1):
        for i in range(end[c], end[c + 1], LANES):
            first[count] = i
            count += 1
    first[count] = n
    return first[: count + 1].copy()


@inner
def images(box: Floats) -> Floats:
    """The shifts (27, 3): image (a + 1) * 9 + (b + 1) * 3 + (c + 1) lies at (a, b, c) boxes."""
    shift = np.zeros((IMAGES, 3))
    for s in range(IMAGES):
        shift[s, 0] = (s // 9 - 1) * box[0]
        shift[s, 1] = (s // 3 % 3 - 1) * box[1]
        shift[s, 2] = (s % 3 - 1) * box[2]
    return shift


@inner
def cells_of(x: Floats, box: Floats, reach: float) -> tuple[Ints, Ints, Ints]:
    """A grid of cells no smaller than half the reach: counts (3,), first atom of each cell, atoms by cell."""
    size = np.ones(3, np.int64)
    for k in range(3):
        if box[k] > 0.0:
            size[k] = max(1, min(200, int(2.0 * box[k] / reach)))
    total, n = size[0] * size[1] * size[2], x.shape[1]
    first, home = np.zeros(total + 1, np.int64), np.empty(n, np.int64)
    for i in range(n):
        cell = 0
        for k in range(3):
            place = min(int(x[k, i] / box[k] * size[k]), size[k] - 1) if box[k] > 0.0 else 0
            cell = cell * size[k] + place
        home[i] = cell
        first[cell + 1] += 1
    for c in range(total):
        first[c + 1] += first[c]
    filled, atoms = first[:-1].copy(), np.empty(n, np.int64)
    for i in range(n):
        atoms[filled[home[i]]] = i
        filled[home[i]] += 1
    return size, first, atoms


@inner
def nearest(x: Floats, low: int, high: int, px: float, py: float, pz: float) -> float:
    """The smallest squared distance of a point from the atoms of a cluster."""
    best = np.inf
    for i in range(low, high):
        dx, dy, dz = x[0, i] - px, x[1, i] - py, x[2, i] - pz
        best = min(best, dx * dx + dy * dy + dz * dz)
    return best


@inner
def gather(
    x: Floats, box: Floats, low: int, high: int, reach: float,
    size: Ints, first: Ints, atoms: Ints, shift: Floats, out: Ints, count: int,
) -> int:  # fmt: skip
    """Append the entries of one cluster from `count` on, as long as there is room. Returns the new count."""
    least, most, a, b = np.empty(3), np.empty(3), np.zeros(3, np.int64), np.zeros(3, np.int64)
    for k in range(3):
        least[k], most[k] = x[k, low:high].min(), x[k, low:high].max()
        if box[k] > 0.0:
            a[k] = floor((least[k] - reach) / box[k] * size[k])
            b[k] = floor((most[k] + reach) / box[k] * size[k])
    limit = reach * reach
    for i in range(a[0], b[0] + 1):
        s0 = i // size[0]
        for j in range(a[1], b[1] + 1):
            s1 = j // size[1]
            for l in range(a[2], b[2] + 1):  # noqa: E741 - the third of i, j, l
                s2 = l // size[2]
                image = (s0 + 1) * 9 + (s1 + 1) * 3 + s2 + 1
                cell = ((i - s0 * size[0]) * size[1] + j - s1 * size[1]) * size[2] + l - s2 * size[2]
                for p in range(first[cell], first[cell + 1]):
                    atom = atoms[p]
                    px, py, pz = (
                        x[0, atom] + shift[image, 0],
                        x[1, atom] + shift[image, 1],
                        x[2, atom] + shift[image, 2],
                    )
                    dx = max(least[0] - px, px - most[0], 0.0)
                    dy = max(least[1] - py, py - most[1], 0.0)
                    dz = max(least[2] - pz, pz - most[2], 0.0)
                    if dx * dx + dy * dy + dz * dz < limit and nearest(x, low, high, px, py, pz) < limit:
                        if count < out.shape[0]:
                            out[count] = atom << 5 | image
                        count += 1
    return count


@kernel
def list_neighbours(x: Floats, box: Floats, end: Ints, reach: float) -> Lists:
    """Lists of all pairs closer than `reach` (each from both sides) of atoms sorted by `arrange`."""
    first = cut(end, x.shape[1])
    clusters = first.shape[0] - 1
    size, cell_first, atoms = cells_of(x, box, reach)
    shift = images(box)
    begin = np.zeros(clusters + 1, np.int64)
    entry = np.empty(24 * x.shape[1] + 4096, np.int64)
    count = 0
    for c in range(clusters):
        ready = gather(x, box, first[c], first[c + 1], reach, size, cell_first, atoms, shift, entry, count)
        if ready > entry.shape[0]:  # the list was too short: make it longer, and fill this cluster's part again
            longer = np.empty(2 * ready, np.int64)
            longer[:count] = entry[:count]
            entry = longer
            ready = gather(x, box, first[c], first[c + 1], reach, size, cell_first, atoms, shift, entry, count)
        count = ready
        begin[c + 1] = count
    return Lists(first, begin, entry, shift)


@kernel
def farthest_square(x: Floats, v: Floats, h: float, anchor: Floats) -> float:
    """The largest squared way from the anchor (3, n) that an atom will have gone after drifting for h."""
    most = 0.0
    for i in range(x.shape[1]):
        dx = x[0, i] + h * v[0, i] - anchor[0, i]
        dy = x[1, i] + h * v[1, i] - anchor[1, i]
        dz = x[2, i] + h * v[2, i] - anchor[2, i]
        most = max(most, dx * dx + dy * dy + dz * dz)
    return most
