"""From positions in space to places in a square of the picture: a plane, a centre and a scale."""

from dataclasses import dataclass

import numpy as np

from harmonic_export.performance import Floats, Trajectory
from harmonic_export.pictures.canvas import Box
from harmonic_export.pictures.spec import PathsLayer

PLANES = {"xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}
LOG_RATIO = 20.0
CENTRE = 0.05
MAX_POINTS = 400_000


def positions(trajectory: Trajectory) -> Floats | None:
    """The positions as (frames, bodies, 3); fewer axes are filled with zeros. None where there are none."""
    raw = trajectory.arrays.get("position")
    if raw is None or raw.ndim != 3 or not 1 <= raw.shape[2] <= 3 or not raw.shape[0] or not raw.shape[1]:
        return None
    space = np.zeros((raw.shape[0], raw.shape[1], 3))
    space[:, :, : raw.shape[2]] = raw
    return space


def finest(space: Floats) -> Floats:
    """Every n-th frame, so that at most some 400,000 points are drawn; always the last one."""
    step = 1 + (space.shape[0] * space.shape[1]) // MAX_POINTS
    return space[::-1][::step][::-1]


@dataclass(frozen=True)
class Projection:
    """Maps positions, shape (..., 3), to pixels, shape (..., 2); y grows upwards in space and downwards on the page."""

    axes: tuple[int, int]
    origin: Floats
    unit: float
    """Pixels to a unit of length; to a unit of log(1 + r / inner) where `inner` is given."""
    inner: float | None
    box: Box

    def __call__(self, space: Floats) -> Floats:
        flat = (space - self.origin)[..., list(self.axes)]
        if self.inner is not None:
            radius = np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-300)
            flat = flat / radius * np.log1p(radius / self.inner)
        x, y = self.box.centre
        return np.stack([x + self.unit * flat[..., 0], y - self.unit * flat[..., 1]], axis=-1)


def projection(space: Floats, layer: PathsLayer, box: Box) -> Projection:
    """The projection that shows all finite positions of `space`, shape (frames, bodies, 3), within the box."""
    axes = PLANES[layer.plane] if layer.plane != "auto" else _widest_plane(space)
    flat = space[..., list(axes)]
    low, high = np.nanmin(flat, axis=(0, 1)), np.nanmax(flat, axis=(0, 1))
    origin = np.zeros(3)
    reach = np.linalg.norm(flat, axis=-1)
    centred = bool(np.all(low < 0) and np.all(high > 0) and np.all(np.abs(low + high) < 0.5 * (high - low)))
    orbiting = centred or _has_centre(reach)
    if not orbiting:
        origin[list(axes)] = (low + high) / 2
    radii = np.nanmedian(reach, axis=0)
    inner = _inner(radii, layer) if orbiting else None
    half = min(box.width, box.height) / 2
    if inner is not None:
        return Projection(axes, origin, half / float(np.log1p(np.nanmax(reach) / inner)), inner, box)
    extent = float(np.nanmax(reach)) if orbiting else float(np.max(high - low)) / 2
    return Projection(axes, origin, half / extent if extent > 0 else 1.0, None, box)


def _has_centre(reach: Floats) -> bool:
    """Whether a body, such as a star, stays near the origin while others are far from it."""
    furthest = np.nanmax(reach, axis=0)
    return bool(len(furthest) > 1 and furthest.min() <= CENTRE * np.nanmin(reach, axis=0).max())


def _widest_plane(space: Floats) -> tuple[int, int]:
    spread = np.nanvar(space.reshape(-1, 3), axis=0)
    smallest = int(np.flatnonzero(spread <= spread.min() * (1 + 1e-9))[-1])
    return {0: (1, 2), 1: (0, 2), 2: (0, 1)}[smallest]


def _inner(radii: Floats, layer: PathsLayer) -> float | None:
    """The radius at which a logarithmic scale bends; None for a linear one. The centre itself does not count."""
    largest = float(np.max(radii))
    outside = radii[radii > 1e-3 * largest]
    if layer.radial_scale == "linear" or largest <= 0:
        return None
    smallest = float(np.min(outside))
    return smallest if layer.radial_scale == "log" or largest > LOG_RATIO * smallest else None
