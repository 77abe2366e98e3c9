"""The parts of a rigid bodies spec: shapes, bodies and joints. No numpy."""

from math import fsum, sqrt
from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_physics.engine.system import quantity

MAX_BODIES, MAX_JOINTS, MAX_CORNERS = 300, 300, 16
Components = list[float]
Shape = Literal["circle", "sphere", "box", "capsule", "polygon", "cylinder", "cone", "plane"]
IN_PLANE = ("circle", "box", "capsule", "polygon")
IN_SPACE = ("sphere", "box", "capsule", "cylinder", "cone", "plane")
JointKind = Literal["fixed", "hinge", "slider", "spring", "distance", "ball_socket", "cone_twist"]
JOINTS_IN_PLANE = ("fixed", "hinge", "slider", "spring", "distance")


class RigidBody(Contract):
    """One body of one shape. Capsules, cylinders and cones lie along their own last axis (in the plane: the first)."""

    name: str = Field(min_length=1, max_length=60)
    shape: Shape
    radius: float = quantity("m", "Of circle, sphere, capsule, cylinder and cone", ge=1e-3, le=100, default=0.1)
    length: float = quantity(
        "m", "Of a capsule between its ends' centres, of a cylinder, of a cone", ge=1e-3, le=100, default=0.4
    )
    size: Components | None = Field(
        default=None, min_length=2, max_length=3, description="Full lengths of a box", json_schema_extra={"unit": "m"}
    )
    corners: list[Components] | None = Field(
        default=None, min_length=3, max_length=MAX_CORNERS, description="Of a convex polygon, anticlockwise",
        json_schema_extra={"unit": "m"},
    )  # fmt: skip
    position: Components = Field(min_length=2, max_length=3, json_schema_extra={"unit": "m"})
    rotation: Components = Field(
        default=[0.0], min_length=1, max_length=3,
        description="Angle in the plane; in space the axis times the angle", json_schema_extra={"unit": "rad"},
    )  # fmt: skip
    velocity: Components | None = Field(default=None, min_length=2, max_length=3, json_schema_extra={"unit": "m/s"})
    spin: Components | None = Field(default=None, min_length=1, max_length=3, json_schema_extra={"unit": "rad/s"})
    mass: float | None = quantity(
        "kg", "Without it, density times volume (1 m deep in the plane)", ge=1e-6, le=1e6, default=None
    )
    fixed: bool = Field(default=False, description="Never moves")
    sensor: bool = Field(default=False, description="Notes who enters, and stops nobody")
    friction: float | None = quantity("1", "Instead of the environment's", ge=0, le=1, default=None)
    elasticity: float | None = quantity("1", "Instead of the environment's", ge=0, le=1, default=None)
    group: int = Field(default=0, ge=0, le=1000, description="Bodies of one group, not 0, never touch")
    category: int = Field(default=1, ge=0, le=2**31 - 1, description="Bits that say what it is")
    mask: int = Field(default=2**31 - 1, ge=0, le=2**31 - 1, description="Bits of those that it touches")

    @model_validator(mode="after")
    def _shaped(self) -> Self:
        if (self.shape == "box") != (self.size is not None):
            raise ValueError(f"{self.name}: a box needs a size, and nothing else has one")
        if (self.shape == "polygon") != (self.corners is not None):
            raise ValueError(f"{self.name}: a polygon needs corners, and nothing else has them")
        for length in self.size or []:
            if not 1e-3 <= length <= 1000:
                raise ValueError(f"{self.name}: lengths of a box must be 0.001 to 1000 m")
        for vector in (self.position, self.velocity or [], self.spin or [], self.rotation, *(self.corners or [])):
            if any(abs(component) > 1e4 for component in vector):
                raise ValueError(f"{self.name}: components must be -10000 to 10000")
        if self.shape == "plane" and not self.fixed:
            raise ValueError(f"{self.name}: a plane must be fixed")
        if self.corners is not None and not convex(self.corners):
            raise ValueError(f"{self.name}: corners must go anticlockwise around a convex polygon of some area")
        return self


class Joint(Contract):
    """A tie between two bodies, or between a body and the world. Places and axes are those of the start."""

    kind: JointKind
    a: str = Field(min_length=1, max_length=60, description="Name of a body")
    b: str | None = Field(
        default=None, min_length=1, max_length=60, description="Name of another; the world without it"
    )
    anchor: Components | None = Field(
        default=None, min_length=2, max_length=3, description="Where it is held; on b, or on the world, for spring and "
        "distance, which hold the middle of a. Without it, the middle of a; for those two, of b",
        json_schema_extra={"unit": "m"},
    )  # fmt: skip
    axis: Components | None = Field(
        default=None, min_length=2, max_length=3, description="Of a slider, and of a hinge in space"
    )
    lower: float | None = quantity("rad or m", "Least angle, way or distance", ge=-1e4, le=1e4, default=None)
    upper: float | None = quantity("rad or m", "Largest angle, way or distance", ge=-1e4, le=1e4, default=None)
    motor_speed: float | None = quantity(
        "rad/s or m/s", "That a motor of hinge or slider strives for", ge=-1e3, le=1e3, default=None
    )
    motor_force: float = quantity("N.m or N", "Most that the motor gives", ge=0, le=1e6, default=10.0)
    stiffness: float = quantity("N/m", "Of a spring", ge=0, le=1e6, default=10.0)
    damping: float = quantity("N.s/m", "Of a spring", ge=0, le=1e5, default=0.0)
    rest_length: float | None = quantity(
        "m", "Of a spring; without it, its length at the start", ge=0, le=1e4, default=None
    )
    swing: float = quantity("rad", "Half angle of a cone twist", gt=0, le=1.5, default=0.8)
    twist: float = quantity("rad", "Largest twist of a cone twist either way", gt=0, le=3.1, default=0.8)
    breaking_force: float | None = quantity("N", "The joint breaks above it", gt=0, le=1e9, default=None)
    collide: bool = Field(default=False, description="Whether the two bodies touch each other")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.a == self.b:
            raise ValueError("a joint needs two different bodies")
        if self.axis is not None and not 1e-9 < sqrt(fsum(c * c for c in self.axis)) < 1e6:
            raise ValueError("the axis has no length")
        if self.motor_speed is not None and self.kind not in ("hinge", "slider"):
            raise ValueError(f"a {self.kind} has no motor")
        if (self.lower is None) != (self.upper is None):
            raise ValueError("give both limits, lower and upper, or none")
        if self.lower is not None and self.upper is not None:
            if self.kind in ("fixed", "ball_socket", "cone_twist"):
                raise ValueError(f"a {self.kind} has no lower and upper")
            least = 0.0 if self.kind in ("spring", "distance") else -1e4
            if not least <= self.lower <= self.upper:
                raise ValueError(f"limits must be {least:g} <= lower <= upper")
        return self


def convex(corners: list[Components]) -> bool:
    """Whether points of the plane go once around a convex polygon, anticlockwise."""
    n = len(corners)
    if any(len(corner) != 2 for corner in corners) or area(corners) <= 1e-9:
        return False
    for k in range(n):
        (ax, ay), (bx, by), (cx, cy) = corners[k], corners[(k + 1) % n], corners[(k + 2) % n]
        if (bx - ax) * (cy - by) - (by - ay) * (cx - bx) <= 0:
            return False
    return True


def area(corners: list[Components]) -> float:
    """Signed area of a polygon (shoelace)."""
    n = len(corners)
    return 0.5 * fsum(
        corners[k][0] * corners[(k + 1) % n][1] - corners[(k + 1) % n][0] * corners[k][1] for k in range(n)
    )
