"""The Lennard-Jones forces over cluster lists, with the SIMD lanes across the atoms of a cluster; strict IEEE.

u(r) = 4 (r^-12 - r^-6) - u0 - (r - rc) u1 for r < rc, in units of epsilon and sigma: u0 = u1 = 0 is plainly truncated,
u0 = u(rc) and u1 = u'(rc) is the shifted force (Stoddard and Ford, Phys. Rev. A 8 (1973) 1504), smooth at rc.

Shapes: x, f (3, n); `sums` (2, n): each atom's potential energy and virial, half of its pairs'.
"""

from math import sqrt

import numpy as np

from harmonic_physics.engine.kernels.clusters import LANES, Floats, Lists
from harmonic_physics.engine.kernels.compiling import inner, kernel

FAR = 1e9
"""Where the empty lanes of a cluster are."""


@kernel
def push(x: Floats, lists: Lists, cutoff: float, u0: float, u1: float, f: Floats, sums: Floats) -> None:
    """Forces, potential energies and virials of all atoms."""
    limit = cutoff * cutoff
    px, py, pz = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    fx, fy, fz, up, vi = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    for c in range(lists.first.shape[0] - 1):
        low = lists.first[c]
        count = lists.first[c + 1] - low
        for i in range(LANES):
            inside = i < count
            k = low + min(i, count - 1)
            px[i] = x[0, k] if inside else FAR
            py[i], pz[i] = x[1, k], x[2, k]
            fx[i], fy[i], fz[i], up[i], vi[i] = 0.0, 0.0, 0.0, 0.0, 0.0
        for e in range(lists.begin[c], lists.begin[c + 1]):
            j, image = lists.entry[e] >> 5, lists.entry[e] & 31
            xj = x[0, j] + lists.shift[image, 0]
            yj = x[1, j] + lists.shift[image, 1]
            zj = x[2, j] + lists.shift[image, 2]
            for i in range(LANES):
                dx, dy, dz = px[i] - xj, py[i] - yj, pz[i] - zj
                r2 = dx * dx + dy * dy + dz * dz
                near = (r2 < limit) & (r2 > 0.0)
                r = sqrt(r2) if near else 1.0
                w = 1.0 / r
                w2 = w * w
                w6 = w2 * w2 * w2
                pair = 4.0 * w6 * (w6 - 1.0) - u0 - (r - cutoff) * u1
                s = 24.0 * w6 * (2.0 * w6 - 1.0) * w2 + u1 * w
                s = s if near else 0.0
                fx[i] += s * dx
                fy[i] += s * dy
                fz[i] += s * dz
                vi[i] += s * r2
                up[i] += pair if near else 0.0
        for i in range(count):
            f[0, low + i], f[1, low + i], f[2, low + i] = fx[i], fy[i], fz[i]
            sums[0, low + i], sums[1, low + i] = 0.5 * up[i], 0.5 * vi[i]


@inner
def bond(x: Floats, lists: Lists, i: int, e: int, out: Floats) -> float:
    """out (3,) = from atom i to the atom of an entry; returns the squared distance."""
    j, image = lists.entry[e] >> 5, lists.entry[e] & 31
    square = 0.0
    for k in range(3):
        out[k] = x[k, j] + lists.shift[image, k] - x[k, i]
        square += out[k] * out[k]
    return square


@kernel
def order(x: Floats, lists: Lists, flat: bool, shell: float) -> float:
    """Global bond order: |psi_6| in 2-D, Q_6 in 3-D (Steinhardt, Nelson, Ronchetti, Phys. Rev. B 28 (1983) 784).

    Bonds are pairs closer than `shell`. A perfect crystal has 1 in 2-D and 0.57452 (fcc) in 3-D.
    """
    re, im = np.zeros(7), np.zeros(7)
    d = np.empty(3)
    bonds = 0.0
    for c in range(lists.first.shape[0] - 1):
        for i in range(lists.first[c], lists.first[c + 1]):
            for e in range(lists.begin[c], lists.begin[c + 1]):
                square = bond(x, lists, i, e, d)
                if 0.0 < square < shell * shell:
                    r = sqrt(square)
                    add_bond(d[0] / r, d[1] / r, d[2] / r, flat, re, im)
                    bonds += 1.0
    if bonds < x.shape[1]:  # fewer than one bond an atom: no crystal can be
        return 0.0
    if flat:
        return sqrt(re[6] * re[6] + im[6] * im[6]) / bonds
    total, weight = re[0] * re[0], 2.0
    for m in range(1, 7):  # (6 - m)! / (6 + m)!, both signs of m
        weight /= (7.0 - m) * (6.0 + m)
        total += weight * (re[m] * re[m] + im[m] * im[m])
    return sqrt(total) / bonds


@inner
def add_bond(a: float, b: float, z: float, flat: bool, re: Floats, im: Floats) -> None:
    """Add (a + i b)^m times the m-th derivative of Legendre's P_6(z) for a unit vector; m = 6 alone in 2-D."""
    z2 = z * z
    p, q = 1.0, 0.0
    for m in range(7):
        if flat:
            factor = 1.0 if m == 6 else 0.0
        elif m == 0:
            factor = (((231.0 * z2 - 315.0) * z2 + 105.0) * z2 - 5.0) / 16.0
        elif m == 1:
            factor = ((1386.0 * z2 - 1260.0) * z2 + 210.0) * z / 16.0
        elif m == 2:
            factor = ((6930.0 * z2 - 3780.0) * z2 + 210.0) / 16.0
        elif m == 3:
            factor = (27720.0 * z2 - 7560.0) * z / 16.0
        elif m == 4:
            factor = (83160.0 * z2 - 7560.0) / 16.0
        else:
            factor = 10395.0 * (z if m == 5 else 1.0)
        re[m] += factor * p
        im[m] += factor * q
        p, q = p * a - q * b, p * b + q * a


@kernel
def distances(x: Floats, lists: Lists, width: float, counts: Floats) -> None:
    """counts[k] = ordered pairs whose distance is in [k, k + 1) widths."""
    counts[:] = 0.0
    d = np.empty(3)
    far = (counts.shape[0] * width) ** 2
    for c in range(lists.first.shape[0] - 1):
        for i in range(lists.first[c], lists.first[c + 1]):
            for e in range(lists.begin[c], lists.begin[c + 1]):
                square = bond(x, lists, i, e, d)
                if 0.0 < square < far:
                    counts[min(int(sqrt(square) / width), counts.shape[0] - 1)] += 1.0


@kernel
def closing_pairs(x: Floats, v: Floats, lists: Lists, tagged: Floats, near: float, out: Floats) -> int:
    """Rows (atom, other, image) of pairs of a tagged atom (tagged[i] >= 0) that approach within `near`, and how many.

    A pair of two tagged atoms is told once, by the one with the lower tag.
    """
    count = 0
    d = np.empty(3)
    for c in range(lists.first.shape[0] - 1):
        for i in range(lists.first[c], lists.first[c + 1]):
            if tagged[i] < 0.0:
                continue
            for e in range(lists.begin[c], lists.begin[c + 1]):
                square = bond(x, lists, i, e, d)
                if not 0.0 < square < near * near:
                    continue
                j = lists.entry[e] >> 5
                if 0.0 <= tagged[j] <= tagged[i]:
                    continue
                approach = 0.0
                for k in range(3):
                    approach += d[k] * (v[k, j] - v[k, i])
                if approach < 0.0 and count < out.shape[0]:
                    out[count, 0], out[count, 1], out[count, 2] = i, j, lists.entry[e] & 31
                    count += 1
    return count
