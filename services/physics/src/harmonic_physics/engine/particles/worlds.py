"""What the kernels need of spec and parameters, as their plain arrays: the box and its grid, forces, medium."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, sqrt

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import spheres as at
from harmonic_physics.engine.particles.cost import drag_rates
from harmonic_physics.engine.particles.input import ForceField
from harmonic_physics.engine.particles.start import Placed
from harmonic_physics.engine.systems.particles import ParticlesSpec, volume

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = dict[str, float]
FACES = {"none": at.NONE, "wrap": at.WRAP, "bounce": at.BOUNCE, "absorb": at.ABSORB}
KINDS = ("radial", "directional", "vortex")
FALLOFFS = ("none", "linear", "inverse", "inverse_square")
BODIES_A_CELL = 0.8
"""Fewer make more cells to leave, more make more bodies to look at: the fastest, measured."""


@dataclass(frozen=True)
class World:
    """What stays between changes of parameters. The arrays are described where the kernels name their columns."""

    box: Floats
    fields: Floats
    traits: Floats
    coulomb: Floats
    rates: Floats
    bath: Floats


def grid(spec: ParticlesSpec, widest: float) -> tuple[Ints, Floats]:
    """Faces, cells and dimensions (10,), and the cells' lengths (3,): at least a diameter, and about a body a cell."""
    d = spec.dimensions
    size = np.array(spec.size)
    roomy = (float(size.prod()) * BODIES_A_CELL / spec.count) ** (1 / d)
    edge = max(2 * widest * (1 + 1e-9), roomy)
    codes, length = np.zeros(10, np.int64), np.ones(3)
    codes[: 2 * d] = [FACES[face] for pair in spec.faces for face in pair]
    codes[at.CELLS : at.AXES] = 1
    codes[at.CELLS : at.CELLS + d] = np.maximum(1, np.floor(size / edge).astype(np.int64))
    codes[at.AXES] = d
    length[:d] = size / codes[at.CELLS : at.CELLS + d]
    return codes, length


def world(spec: ParticlesSpec, p: Values, placed: Placed, masses: Floats, edges: Floats) -> World:
    """Everything that the parameters decide."""
    rows = [_field(spec, each, p["field_strength"]) for each in spec.fields]
    displaced = p["fluid_density"] * np.array([volume(r) for r in placed.radii.tolist()])
    drag = [drag_rates(p, r, m) for r, m in zip(placed.radii.tolist(), masses.tolist(), strict=True)]
    return World(
        box=_box(spec, p, placed, edges),
        fields=np.array(rows).reshape(len(rows), 11),
        traits=np.column_stack([placed.charges, p["buoyancy"] * displaced / masses]),
        coulomb=np.array([p["coulomb_constant"] if spec.charged else 0.0, spec.charge_softening]),
        rates=np.array(drag),
        bath=np.array([p["thermostat"], spec.boltzmann * p["temperature"]]),
    )


def _box(spec: ParticlesSpec, p: Values, placed: Placed, edges: Floats) -> Floats:
    d, box = spec.dimensions, np.zeros(16)
    box[at.SIZE : at.SIZE + 3] = [*spec.size, 1.0][:3]
    box[at.EDGE : at.EDGE + 3] = edges
    box[at.FALL : at.FALL + d] = spec.gravity_vector or 0.0
    box[at.FALL + d - 1] -= p["gravity"]
    pull = float(np.abs(box[at.FALL : at.FALL + 3]).max())
    swift = sqrt(fsum((placed.velocities**2).ravel().tolist()) / spec.count)
    box[at.ELASTICITY], box[at.FRICTION], box[at.CONTACT_TIME] = p["elasticity"], p["friction"], spec.contact_time
    box[at.REST_SPEED] = max(4 * pull * spec.contact_time, 1e-3 * swift)
    return box


def _field(spec: ParticlesSpec, field: ForceField, factor: float) -> Floats:
    row, d = np.zeros(11), spec.dimensions
    row[0], row[1] = KINDS.index(field.kind), FALLOFFS.index(field.falloff)
    row[2 : 2 + d] = field.centre if field.centre is not None else [length / 2 for length in spec.size]
    axis = np.zeros(3)
    if field.kind == "vortex" and d == 2:
        axis[2] = 1.0
    elif field.direction is not None:
        axis[: len(field.direction)] = field.direction
    else:
        axis[d - 1] = 1.0
    row[5:8] = axis / sqrt(fsum((axis**2).tolist()))
    row[8], row[9], row[10] = factor * field.strength, field.range, field.softening
    return row
