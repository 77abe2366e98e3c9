"""Rotations as unit quaternions w, x, y, z."""

from math import cos, sin

import mujoco
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def quaternion(rotation: list[float]) -> Floats:
    """Of a rotation about the vector by its length."""
    vector = np.array([*rotation, 0.0, 0.0, 0.0][:3])
    angle = float(np.sqrt((vector**2).sum()))
    if angle == 0:
        return np.array([1.0, 0.0, 0.0, 0.0])
    turned: Floats = np.concatenate([[cos(angle / 2)], sin(angle / 2) * vector / angle])
    return turned


def conjugate(q: Floats) -> Floats:
    """The turn back."""
    back: Floats = q * np.array([1.0, -1.0, -1.0, -1.0])
    return back


def product(p: Floats, q: Floats) -> Floats:
    """First q, then p."""
    out = np.zeros(4)
    mujoco.mju_mulQuat(out, p, q)
    return out


def rotated(q: Floats, v: Floats) -> Floats:
    """A vector turned."""
    out = np.zeros(3)
    mujoco.mju_rotVecQuat(out, np.ascontiguousarray(v), q)
    return out


def across(axis: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors across an axis."""
    unit = axis / float(np.sqrt((axis**2).sum()))
    other = np.array([1.0, 0.0, 0.0]) if abs(unit[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    one = np.cross(unit, other)
    one /= float(np.sqrt((one**2).sum()))
    other = np.cross(unit, one)
    return one, other
