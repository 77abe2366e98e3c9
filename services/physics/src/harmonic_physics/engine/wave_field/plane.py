"""The plane as arrays: speeds, faces that are open, losses in the borders, cells of sources and probes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.phases import exp
from harmonic_physics.engine.systems.wave_field import Place, WaveFieldSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RETURNED = 1e-6
"""What a wave at right angles should bring back from an absorbing border, were the grid infinitely fine."""


@dataclass(frozen=True)
class Fall:
    """One drop at its own time."""

    time: float
    position: Place
    level: float
    width: float


def falls(spec: WaveFieldSpec, seed: int) -> list[Fall]:
    """Drops and rain, in order of time."""
    found: list[Fall] = []
    for drop in spec.drops:
        time, interval = drop.time, drop.interval
        for _ in range(drop.count):
            if time > spec.duration:
                break
            found.append(Fall(time, drop.position, drop.level, drop.width))
            time, interval = time + interval, interval * drop.ratio
    if spec.rain is not None:
        chance = random.Random(seed)
        for k in range(int(spec.rain.rate * spec.duration)):
            time = (k + chance.random()) / spec.rain.rate
            x, y = spec.width * (0.1 + 0.8 * chance.random()), spec.height * (0.1 + 0.8 * chance.random())
            found.append(Fall(time, (x, y), spec.rain.level, spec.rain.width))
    return sorted(found, key=lambda fall: fall.time)


def medium(spec: WaveFieldSpec) -> tuple[Floats, Floats, Floats, Floats]:
    """Squared speeds over that of the medium; open faces along x and y; doubled gradients where a border is held at
    0."""
    rows, columns, dx = spec.rows, spec.cells, spec.dx
    speeds, solid = np.ones((rows, columns)), np.zeros((rows, columns), np.bool_)
    for j in range(rows):
        for i in range(columns):
            x, y = (i + 0.5) * dx, (j + 0.5) * dx
            for lens in spec.lenses:
                if lens.holds(x, y):
                    speeds[j, i] = lens.speed**2
            solid[j, i] = any(
                wall.holds(x, y) and not any(low <= y <= high for low, high in wall.gaps) for wall in spec.walls
            )
    open_x, open_y = np.zeros((rows, columns + 1)), np.zeros((rows + 1, columns))
    open_x[:, 1:-1] = ~(solid[:, 1:] | solid[:, :-1])
    open_y[1:-1] = ~(solid[1:] | solid[:-1])
    held = [side == "hold" for side in spec.sides]
    open_x[:, 0], open_x[:, -1] = held[0] * ~solid[:, 0], held[1] * ~solid[:, -1]
    open_y[0], open_y[-1] = held[2] * ~solid[0], held[3] * ~solid[-1]
    return speeds, open_x, open_y, np.array([2.0 * h for h in held])


def losses(spec: WaveFieldSpec, speed: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Rates of the matched layers at columns, x faces, rows, y faces: s0 (depth / thickness)^3.

    s0 = -(3 + 1) c ln(returned) / 2 thickness (Taflove and Hagness 2005, equation 7.66).
    """
    thickness = spec.layer * spec.dx
    most = -4.0 * speed * log(RETURNED) / (2.0 * thickness)

    def along(count: int, first: bool, last: bool, shift: float) -> Floats:
        found = np.zeros(count)
        cells = count if shift else count - 1
        for k in range(count):
            from_first, from_last = k + shift, cells - (k + shift)
            if first and from_first < spec.layer:
                found[k] = most * ((spec.layer - from_first) / spec.layer) ** 3
            if last and from_last < spec.layer:
                found[k] = max(found[k], most * ((spec.layer - from_last) / spec.layer) ** 3)
        return found

    absorbs = [side == "absorb" for side in spec.sides]
    columns, rows = spec.cells, spec.rows
    return (
        along(columns, absorbs[0], absorbs[1], 0.5),
        along(columns + 1, absorbs[0], absorbs[1], 0.0),
        along(rows, absorbs[2], absorbs[3], 0.5),
        along(rows + 1, absorbs[2], absorbs[3], 0.0),
    )


def bell(spec: WaveFieldSpec, position: Place, width: float) -> Floats:
    """exp(-r^2 / 2 width^2) over the cells."""
    rows = np.array([exp(-0.5 * (((j + 0.5) * spec.dx - position[1]) / width) ** 2) for j in range(spec.rows)])
    columns = np.array([exp(-0.5 * (((i + 0.5) * spec.dx - position[0]) / width) ** 2) for i in range(spec.cells)])
    found: Floats = rows[:, None] * columns[None, :]
    return found


def sources(spec: WaveFieldSpec, solid: Floats) -> tuple[Ints, Ints, Floats]:
    """Where each tone sounds: bounds (tones + 1,), flat cells and weights. `solid` is 1 where nothing moves."""
    bounds, cells, weights = [0], [], []
    for tone in spec.tones:
        found: dict[int, float] = {}
        ends = (tone.position, tone.to or tone.position)
        span = max(abs(ends[1][0] - ends[0][0]), abs(ends[1][1] - ends[0][1]))
        steps = int(span / spec.dx) + 1
        for n in range(steps):
            u = n / (steps - 1) if steps > 1 else 0.0
            spot = (ends[0][0] + u * (ends[1][0] - ends[0][0]), ends[0][1] + u * (ends[1][1] - ends[0][1]))
            for cell, weight in _spot(spec, spot, tone.width):
                found[cell] = max(found.get(cell, 0.0), weight)
        live = [(cell, weight) for cell, weight in sorted(found.items()) if not solid.flat[cell]]
        cells += [cell for cell, _ in live]
        weights += [weight for _, weight in live]
        bounds.append(len(cells))
    return np.array(bounds, np.int64), np.array(cells, np.int64), np.array(weights)


def _spot(spec: WaveFieldSpec, spot: Place, width: float) -> list[tuple[int, float]]:
    i = min(spec.cells - 1, int(spot[0] / spec.dx))
    j = min(spec.rows - 1, int(spot[1] / spec.dx))
    if width < 0.5 * spec.dx:
        return [(j * spec.cells + i, 1.0)]
    shape = bell(spec, spot, width)
    return [(int(k), float(shape.flat[k])) for k in np.flatnonzero(shape > 1e-3)]


def probes(spec: WaveFieldSpec) -> tuple[Ints, Floats]:
    """Four cells around each probe (probes, 4) and their shares of its level."""
    cells, shares = [], []
    for probe in spec.probes:
        x = min(max(probe.position[0] / spec.dx - 0.5, 0.0), spec.cells - 1.0)
        y = min(max(probe.position[1] / spec.dx - 0.5, 0.0), spec.rows - 1.0)
        i, j = min(int(x), spec.cells - 2), min(int(y), spec.rows - 2)
        u, v = x - i, y - j
        first = j * spec.cells + i
        cells.append([first, first + 1, first + spec.cells, first + spec.cells + 1])
        shares.append([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v])
    return np.array(cells, np.int64), np.array(shares)
