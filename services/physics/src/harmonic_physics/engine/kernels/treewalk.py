"""Gravity from the octree: groups of bodies walk it together, so that the SIMD lanes are across the bodies of a group.

A cell is taken as a whole when its reach is less than theta times its distance from the group's box (Barnes and Hut,
Nature 324 (1986) 446; the walk by groups is Barnes, J. Comput. Phys. 87 (1990) 161). Its field is that of the softened
monopole and quadrupole: with d from the centre and rho^2 = d^2 + eps^2,
phi = -M / rho - (3 d.S.d / rho^5 - tr S / rho^3) / 2, and the acceleration is its exact derivative.
"""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.octree import BITS, GROUP, Floats, Ints, Tree, bisect, morton

LANE = 8
"""Groups are filled up to a multiple of it: the widest registers hold so many float64."""
CELLS = 512
"""Cells of one group that are gathered before their pull is summed."""


@inner
def groups(x: Floats) -> Ints:
    """Ends of the ranges of sorted bodies that walk together: at most GROUP, divided bit by bit of their keys."""
    n = x.shape[1]
    keys = morton(x)
    ends = np.empty(n, np.int64)
    stack = np.empty((3 * BITS + 2, 3), np.int64)
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, n, 3 * BITS
    depth, count = 1, 0
    while depth > 0:
        depth -= 1
        low, high, bit = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        if high - low <= GROUP:
            ends[count] = high
            count += 1
            continue
        middle = (low + high) // 2  # where the places are one: any cut will do
        while bit > 0:
            bit -= 1
            cut = bisect(keys, low, high, bit, ((keys[low] >> (bit + 1)) << 1) + 1)
            if low < cut < high:
                middle = cut
                break
        stack[depth, 0], stack[depth, 1], stack[depth, 2] = middle, high, bit
        stack[depth + 1, 0], stack[depth + 1, 1], stack[depth + 1, 2] = low, middle, bit
        depth += 2
    return ends[:count].copy()


@inner
def pull_of_bodies(tree: Tree, low: int, high: int, lanes: int, square: float, p: Floats, f: Floats) -> None:
    """Add the pull of the bodies low..high-1 on the lanes p (3, lanes) to f (4, lanes)."""
    px, py, pz = p[0], p[1], p[2]
    ax, ay, az, phi = f[0], f[1], f[2], f[3]
    for j in range(low, high):
        xj, yj, zj, g = tree.x[0, j], tree.x[1, j], tree.x[2, j], tree.gm[j]
        for i in range(lanes):
            dx, dy, dz = xj - px[i], yj - py[i], zj - pz[i]
            r2 = dx * dx + dy * dy + dz * dz + square
            s = g / (r2 * sqrt(r2))
            ax[i] += s * dx
            ay[i] += s * dy
            az[i] += s * dz
            phi[i] -= s * r2


@inner
def pull_of_cells(cells: Ints, count: int, moment: Floats, lanes: int, square: float, p: Floats, f: Floats) -> None:
    """Add the pull of cells as monopole and quadrupole on the lanes."""
    px, py, pz = p[0], p[1], p[2]
    ax, ay, az, phi = f[0], f[1], f[2], f[3]
    for c in range(count):
        m = moment[cells[c]]
        cx, cy, cz, g = m[0], m[1], m[2], m[3]
        xx, yy, zz, xy, xz, yz = m[4], m[5], m[6], m[7], m[8], m[9]
        half = 0.5 * (xx + yy + zz)
        for i in range(lanes):
            dx, dy, dz = px[i] - cx, py[i] - cy, pz[i] - cz
            r2 = dx * dx + dy * dy + dz * dz + square
            u = 1.0 / r2
            w = sqrt(u)  # 1 / rho
            u3 = u * w
            u5 = u3 * u
            sx = xx * dx + xy * dy + xz * dz
            sy = xy * dx + yy * dy + yz * dz
            sz = xz * dx + yz * dy + zz * dz
            q = 1.5 * (sx * dx + sy * dy + sz * dz) * u5
            radial = g * u3 + 5.0 * q * u - 3.0 * half * u5
            t = 3.0 * u5
            ax[i] += t * sx - radial * dx
            ay[i] += t * sy - radial * dy
            az[i] += t * sz - radial * dz
            phi[i] += half * u3 - g * w - q


@inner
def box(x: Floats, low: int, high: int, bounds: Floats) -> None:
    """bounds (2, 3) of the bodies low..high-1."""
    for k in range(3):
        bounds[0, k], bounds[1, k] = x[k, low], x[k, low]
        for i in range(low + 1, high):
            bounds[0, k] = min(bounds[0, k], x[k, i])
            bounds[1, k] = max(bounds[1, k], x[k, i])


@inner
def distance_square(moment: Floats, cell: int, bounds: Floats) -> float:
    """From a cell's centre to the box."""
    total = 0.0
    for k in range(3):
        d = max(bounds[0, k] - moment[cell, k], moment[cell, k] - bounds[1, k], 0.0)
        total += d * d
    return total


@inner
def walk(
    tree: Tree, theta: float, square: float, lanes: int, bounds: Floats, stack: Ints, cells: Ints, p: Floats, f: Floats
) -> int:
    """Sum the field on one group. Returns the number of pulls of a cell or body on the group."""
    stack[0] = 0
    depth, count, pulls = 1, 0, 0
    theta2 = theta * theta
    while depth > 0:
        depth -= 1
        cell = stack[depth]
        reach = tree.reach[cell]
        if reach * reach < theta2 * distance_square(tree.moment, cell, bounds):
            if count == CELLS:
                pull_of_cells(cells, count, tree.moment, lanes, square, p, f)
                count = 0
            cells[count] = cell
            count += 1
            pulls += 1
        elif tree.child[cell, 1] == 0:
            pull_of_bodies(tree, tree.span[cell, 0], tree.span[cell, 1], lanes, square, p, f)
            pulls += tree.span[cell, 1] - tree.span[cell, 0]
        else:
            for c in range(tree.child[cell, 1] - 1, -1, -1):
                stack[depth] = tree.child[cell, 0] + c
                depth += 1
    pull_of_cells(cells, count, tree.moment, lanes, square, p, f)
    return pulls


@kernel
def feel(tree: Tree, theta: float, square: float, field: Floats) -> int:
    """The field (4, n) on all bodies in their own order. Returns pulls of a cell or body on a body, in all."""
    ends = groups(tree.x)
    p, f, bounds = np.empty((3, GROUP)), np.empty((4, GROUP)), np.empty((2, 3))
    stack, cells = np.empty(8 * (BITS + 2), np.int64), np.empty(CELLS, np.int64)
    own = 1.0 / sqrt(square)
    low, work = 0, 0
    for high in ends:
        lanes = (high - low + LANE - 1) // LANE * LANE
        for i in range(lanes):
            for k in range(3):
                p[k, i] = tree.x[k, min(low + i, high - 1)]
        f[:] = 0.0
        box(tree.x, low, high, bounds)
        work += walk(tree, theta, square, lanes, bounds, stack, cells, p, f) * (high - low)
        for i in range(high - low):
            body = tree.order[low + i]
            for k in range(3):
                field[k, body] = f[k, i]
            field[3, body] = f[3, i] + tree.gm[low + i] * own
        low = high
    return work
