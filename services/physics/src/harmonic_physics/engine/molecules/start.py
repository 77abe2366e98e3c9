"""How atoms begin: on a crystal's sites, triangular or fcc, evenly thinned where it has more than there are atoms."""

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.baths import settle, throw
from harmonic_physics.engine.systems.molecules import MoleculesSpec

Floats = NDArray[np.float64]
FCC = ((0.0, 0.0, 0.0), (0.5, 0.5, 0.0), (0.5, 0.0, 0.5), (0.0, 0.5, 0.5))


def crystal(spec: MoleculesSpec) -> Floats:
    """Places (3, n) in the box."""
    nx, ny, nz = spec.lattice
    cells = np.stack(np.meshgrid(np.arange(nz), np.arange(ny), np.arange(nx), indexing="ij"), axis=-1)
    cells = cells.reshape(-1, 3)[:, ::-1].astype(np.float64)
    if spec.dimensions == 3:
        sites = (cells[:, None, :] + np.array(FCC)).reshape(-1, 3)
    else:
        sites = cells + np.array([0.25, 0.5, 0.0])
        sites[:, 0] += 0.5 * (cells[:, 1] % 2.0)
    chosen = (np.arange(spec.count) * len(sites)) // spec.count
    return np.ascontiguousarray((sites[chosen] * (np.array(spec.box) / np.array([nx, ny, nz]))).T)


def velocities(spec: MoleculesSpec, temperature: float, seed: int) -> Floats:
    """Maxwellian velocities (3, n) without momentum, of exactly this reduced temperature."""
    v = np.zeros((3, spec.count))
    throw(v, spec.dimensions, seed)
    settle(v, freedoms(spec), temperature)
    return v


def freedoms(spec: MoleculesSpec) -> float:
    """Degrees of freedom: momentum is none."""
    return float(spec.dimensions * (spec.count - 1))
