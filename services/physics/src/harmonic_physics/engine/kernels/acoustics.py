"""Waves on a staggered grid: pressure (or height) in cells, flow on their faces, a perfectly matched layer around.

p_t = -c^2 div m - d p, m_t = -grad p (Yee 1966 for sound; Virieux 1986), the pressure split into the part that waves
along
x make and that along y, each absorbed along its own axis in the layer (Berenger 1994). Leapfrog: flow at half steps.
Shapes: px, py, p, c2 (rows, columns); mx (rows, columns + 1); my (rows + 1, columns). x is the last axis.
"""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.compiling import inner, kernel
from harmonic_physics.engine.kernels.phases import sincos_turns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@inner
def flows(kick: float, dx: float, p: Floats, mx: Floats, my: Floats, open_x: Floats, open_y: Floats, ends: Floats,
          loss_x: Floats, loss_y: Floats) -> None:  # fmt: skip
    """Faces: m' = ((1 - s k / 2) m - k grad p) / (1 + s k / 2). ends: 2 where a border holds p = 0, else 0."""
    rows, columns = p.shape
    push = kick / dx
    for j in range(rows):
        row, flow, free = p[j], mx[j], open_x[j]
        for i in range(columns - 1):
            half = 0.5 * kick * loss_x[i + 1]
            grad = row[i + 1] - row[i]
            flow[i + 1] = free[i + 1] * (((1.0 - half) * flow[i + 1] - push * grad) / (1.0 + half))
        flow[0] = free[0] * (flow[0] - push * ends[0] * row[0])
        flow[columns] = free[columns] * (flow[columns] + push * ends[1] * row[columns - 1])
    for j in range(1, rows):
        half = 0.5 * kick * loss_y[j]
        keep, gain = (1.0 - half) / (1.0 + half), push / (1.0 + half)
        above, below, flow, free = p[j], p[j - 1], my[j], open_y[j]
        for i in range(columns):
            flow[i] = free[i] * (keep * flow[i] - gain * (above[i] - below[i]))
    for i in range(columns):
        my[0, i] = open_y[0, i] * (my[0, i] - push * ends[2] * p[0, i])
        my[rows, i] = open_y[rows, i] * (my[rows, i] + push * ends[3] * p[rows - 1, i])


@inner
def pressures(h: float, dx: float, damping: float, px: Floats, py: Floats, p: Floats, c2: Floats, mx: Floats,
              my: Floats, loss_x: Floats, loss_y: Floats) -> None:  # fmt: skip
    """Cells: the two parts of the pressure, each with the loss of its axis, and their sum."""
    rows, columns = p.shape
    push = h / dx
    for j in range(rows):
        half_y = 0.5 * h * (loss_y[j] + damping)
        keep_y, gain_y = (1.0 - half_y) / (1.0 + half_y), push / (1.0 + half_y)
        part_x, part_y, whole, speed = px[j], py[j], p[j], c2[j]
        flow, above, below = mx[j], my[j + 1], my[j]
        for i in range(columns):
            half = 0.5 * h * (loss_x[i] + damping)
            part_x[i] = ((1.0 - half) * part_x[i] - push * speed[i] * (flow[i + 1] - flow[i])) / (1.0 + half)
            part_y[i] = keep_y * part_y[i] - gain_y * speed[i] * (above[i] - below[i])
            whole[i] = part_x[i] + part_y[i]


@kernel
def lift(
    bell: Floats, age: float, ago: float, dx: float, state: tuple[Floats, Floats, Floats, Floats, Floats],
    medium: tuple[Floats, Floats, Floats, Floats], room: tuple[Floats, Floats, Floats],
) -> None:  # fmt: skip
    """Add what has become of a bell of pressure that was set down `age` before now, and `ago` before the flows' time.

    The field is linear: p = b + (age^2 / 2) c^2 lap b, m = -ago grad b, to the order of the scheme. No step is cut.
    """
    px, py, p, mx, my = state
    c2, open_x, open_y, ends = medium
    spread, more_x, more_y = room
    none_x, none_y = np.zeros(p.shape[1] + 1), np.zeros(p.shape[0] + 1)
    more_x[:] = 0.0
    more_y[:] = 0.0
    flows(ago, dx, bell, more_x, more_y, open_x, open_y, ends, none_x, none_y)
    mx += more_x
    my += more_y
    more_x[:] = 0.0
    more_y[:] = 0.0
    flows(0.5 * age * age, dx, bell, more_x, more_y, open_x, open_y, ends, none_x, none_y)
    for j in range(p.shape[0]):
        for i in range(p.shape[1]):
            div = (more_x[j, i + 1] - more_x[j, i]) + (more_y[j + 1, i] - more_y[j, i])
            spread[j, i] = bell[j, i] - c2[j, i] / dx * div
            px[j, i] += 0.5 * spread[j, i]
            py[j, i] += 0.5 * spread[j, i]
            p[j, i] += spread[j, i]


@inner
def loudness(age: float, left: float, period: float) -> float:
    """A tone's smooth beginning and end: one period each, as a half turn of a squared sine."""
    u = min(1.0, min(age, left) / period)
    return sincos_turns(0.25 * u)[0] ** 2 if u > 0.0 else 0.0


@kernel
def wave_walk(
    count: int, h: float, dx: float, damping: float, state: tuple[Floats, Floats, Floats, Floats, Floats],
    medium: tuple[Floats, Floats, Floats, Floats], losses: tuple[Floats, Floats, Floats, Floats], clock: Floats,
    scale: float, tones: Floats, bounds: Ints, cells: Ints, weights: Floats, probes: Ints, shares: Floats,
    times: Floats, out: Floats,
) -> None:  # fmt: skip
    """`count` steps of h (of the waves' own time), in place; the level at each probe after each step into out.

    state = px, py, p, mx, my; medium = c2, open_x, open_y, ends; losses = at columns, x faces, rows, y faces.
    clock = own time, last step. tones rows: frequency, size, start, end (times of frames, as in `times`, which holds
    the
    middle of each step); cells bounds[t] .. bounds[t + 1] sound with their weights. probes (n, 4) are cells with
    shares.
    """
    px, py, p, mx, my = state
    c2, open_x, open_y, ends = medium
    at_columns, at_x, at_rows, at_y = losses
    flat_x, flat_y = px.reshape(-1), py.reshape(-1)
    flat = p.reshape(-1)
    for n in range(count):
        flows(0.5 * (clock[1] + h), dx, p, mx, my, open_x, open_y, ends, at_x, at_y)
        pressures(h, dx, damping, px, py, p, c2, mx, my, at_columns, at_rows)
        middle = clock[0] + 0.5 * h
        for t in range(tones.shape[0]):
            age, left = (times[n] - tones[t, 2]) * scale, (tones[t, 3] - times[n]) * scale
            if age <= 0.0 or left <= 0.0:
                continue
            push = h * tones[t, 1] * loudness(age, left, 1.0 / tones[t, 0])
            push *= sincos_turns(tones[t, 0] * middle)[0]
            for k in range(bounds[t], bounds[t + 1]):
                flat_x[cells[k]] += 0.5 * push * weights[k]
                flat_y[cells[k]] += 0.5 * push * weights[k]
                flat[cells[k]] += push * weights[k]
        clock[0] += h
        clock[1] = h
        for k in range(probes.shape[0]):
            level = 0.0
            for corner in range(4):
                level += shares[k, corner] * flat[probes[k, corner]]
            out[n, k] = level


@kernel
def wave_energy(h: float, dx: float, p: Floats, mx: Floats, my: Floats, c2: Floats, open_x: Floats, open_y: Floats,
                ends: Floats) -> float:  # fmt: skip
    """The energy that the leapfrog keeps: p^2 / c^2 at the step, and the product of the flows half a step around it."""
    rows, columns = p.shape
    total = 0.0
    for j in range(rows):
        for i in range(columns):
            total += p[j, i] * p[j, i] / c2[j, i]
    for j in range(rows):
        for i in range(1, columns):
            total += mx[j, i] * (mx[j, i] - open_x[j, i] * h / dx * (p[j, i] - p[j, i - 1]))
        # a border at which p = 0 is held closes half a cell
        total += 0.5 * mx[j, 0] * (mx[j, 0] - open_x[j, 0] * h / dx * ends[0] * p[j, 0])
        total += 0.5 * mx[j, columns] * (mx[j, columns] + open_x[j, columns] * h / dx * ends[1] * p[j, columns - 1])
    for j in range(1, rows):
        for i in range(columns):
            total += my[j, i] * (my[j, i] - open_y[j, i] * h / dx * (p[j, i] - p[j - 1, i]))
    for i in range(columns):
        total += 0.5 * my[0, i] * (my[0, i] - open_y[0, i] * h / dx * ends[2] * p[0, i])
        total += 0.5 * my[rows, i] * (my[rows, i] + open_y[rows, i] * h / dx * ends[3] * p[rows - 1, i])
    return 0.5 * dx * dx * total


@kernel
def shrunk(field: Floats, out: Floats) -> None:
    """Means of the blocks that a smaller grid divides the field into."""
    rows, columns = out.shape
    for j in range(rows):
        low, high = j * field.shape[0] // rows, (j + 1) * field.shape[0] // rows
        for i in range(columns):
            left, right = i * field.shape[1] // columns, (i + 1) * field.shape[1] // columns
            total = 0.0
            for a in range(low, max(high, low + 1)):
                for b in range(left, max(right, left + 1)):
                    total += field[a, b]
            out[j, i] = total / (max(1, high - low) * max(1, right - left))
