"""A MuJoCo model from a spec, as MJCF. Joints that can make a tree of exact coordinates; the others are constraints.

A hinge, slider, ball socket, cone twist or fixed joint makes `a` a child of `b`, unless it can break, `a` is held
already or the tie would close a ring: then it is an equality of MuJoCo's solver. Springs and distances are tendons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, pi, sin
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import mujoco
import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.problems import FieldError
from harmonic_physics.engine.rigid.bounce import damping_ratio
from harmonic_physics.engine.rigid.filters import seen
from harmonic_physics.engine.rigid.input import Joint, RigidBody
from harmonic_physics.engine.rigid.shapes import mass_of
from harmonic_physics.engine.rigid.turns import across, conjugate, product, quaternion, rotated
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.systems.rigid_bodies import RigidBodiesSpec

Floats = NDArray[np.float64]
Values = dict[str, float]
CONTACT_STEPS = 12
"""Steps that an elastic contact lasts, about."""
CORNERS = 24
"""Of the ring of a cone's mesh."""
TREE = ("fixed", "hinge", "slider", "ball_socket", "cone_twist")


@dataclass
class Space:
    """A compiled model, and where each thing of the spec is in it. World coordinates at the start."""

    spec: RigidBodiesSpec
    p: Values
    model: Any = None
    parent: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Body -> (parent body, or -1 for the world; joint)."""
    ties: dict[int, list[str]] = field(default_factory=dict)
    """Joint -> names of its equalities."""

    def __post_init__(self) -> None:
        self.names = {body.name: k for k, body in enumerate(self.spec.bodies)}
        self.masses = np.array([0.0 if b.fixed else mass_of(b, 3, self.p["density"]) for b in self.spec.bodies])
        self.place = [np.array(body.position, dtype=np.float64) for body in self.spec.bodies]
        self.turn = [quaternion(body.rotation) for body in self.spec.bodies]
        for index, joint in enumerate(self.spec.joints):
            self._adopt(index, joint)
        self.model = mujoco.MjModel.from_xml_string(self._xml())

    def anchor(self, joint: Joint) -> Floats:
        """Where a joint holds, in the world at the start."""
        if joint.anchor is not None:
            return np.array(joint.anchor, dtype=np.float64)
        held = joint.b if joint.kind in ("spring", "distance") and joint.b is not None else joint.a
        return self.place[self.names[held]]

    def _adopt(self, index: int, joint: Joint) -> None:
        a, b = self.names[joint.a], -1 if joint.b is None else self.names[joint.b]
        above = b
        while above >= 0 and above != a:
            above = self.parent[above][0] if above in self.parent else -1
        bound = a in self.parent or above == a or joint.breaking_force is not None or self.spec.bodies[a].fixed
        if joint.kind not in TREE:
            return
        if not bound:
            self.parent[a] = (b, index)
        elif joint.kind in ("slider", "cone_twist") or joint.motor_speed is not None or joint.lower is not None:
            reason = (
                f"{joint.a} is held already, fixed, or the joint closes a ring or can break: in space only "
                "fixed, hinge and ball_socket without limits and motor can do that"
            )
            raise Refused([FieldError(field=f"body.spec.joints.{index}", reason=reason)])
        else:
            self.ties[index] = []

    def _xml(self) -> bytes:
        top = Element("mujoco")
        SubElement(top, "compiler", angle="radian", autolimits="true")
        gravity = f"0 0 {-self.p['gravity']!r}"
        option = SubElement(
            top, "option", timestep=repr(self.spec.time_step), gravity=gravity, integrator="implicitfast",
            cone="elliptic", iterations=str(5 * self.spec.iterations), tolerance="1e-12",
        )  # fmt: skip
        SubElement(option, "flag", energy="enable")
        self.asset, self.world = SubElement(top, "asset"), SubElement(top, "worldbody")
        self.contact, self.equality = SubElement(top, "contact"), SubElement(top, "equality")
        self.tendon, self.actuator = SubElement(top, "tendon"), SubElement(top, "actuator")
        self.nodes: dict[int, Element] = {}
        for k in range(len(self.spec.bodies)):
            self._node(k)
        self._exclude()
        for index, joint in enumerate(self.spec.joints):
            if index in self.ties:
                self._equalities(index, joint)
            elif joint.kind in ("spring", "distance"):
                self._string(index, joint)
        return tostring(top)

    def _node(self, k: int) -> Element:
        if k in self.nodes:
            return self.nodes[k]
        body = self.spec.bodies[k]
        above, index = self.parent.get(k, (-1, -1))
        under = self.world if above < 0 else self._node(above)
        at, turned = self.place[k], self.turn[k]
        if above >= 0:
            at, turned = self.inside(above, at), product(conjugate(self.turn[above]), turned)
        node = SubElement(under, "body", name=f"b{k}", pos=_text(at), quat=_text(turned))
        if index >= 0:
            self._tree_joint(node, k, index)
        elif not body.fixed:
            SubElement(node, "freejoint")
        self._geom(node, k, body)
        self.nodes[k] = node
        return node

    def inside(self, k: int, point: Floats) -> Floats:
        """A point of the world at the start, in the axes of body k."""
        return rotated(conjugate(self.turn[k]), point - self.place[k])

    def _tree_joint(self, node: Element, k: int, index: int) -> None:
        joint = self.spec.joints[index]
        pos = _text(self.inside(k, self.anchor(joint)))
        axis = rotated(conjugate(self.turn[k]), np.array(joint.axis or [0.0, 0.0, 1.0], dtype=np.float64))
        if joint.kind in ("hinge", "slider"):
            made = SubElement(node, "joint", name=f"j{index}", pos=pos, axis=_text(axis))
            made.set("type", "hinge" if joint.kind == "hinge" else "slide")
            if joint.lower is not None and joint.upper is not None:
                made.set("range", f"{joint.lower!r} {max(joint.upper, joint.lower + 1e-6)!r}")
            if joint.motor_speed is not None:
                gain = 20 * joint.motor_force / max(abs(joint.motor_speed), 0.1)
                limits = f"{-joint.motor_force!r} {joint.motor_force!r}"
                SubElement(
                    self.actuator, "velocity", name=f"m{index}", joint=f"j{index}", kv=repr(gain), forcerange=limits
                )
        elif joint.kind == "ball_socket":
            SubElement(node, "joint", name=f"j{index}", type="ball", pos=pos)
        elif joint.kind == "cone_twist":
            lines = across(axis)
            for name, line, most in (
                ("s", lines[0], joint.swing),
                ("t", lines[1], joint.swing),
                ("u", axis, joint.twist),
            ):
                SubElement(
                    node,
                    "joint",
                    name=f"{name}{index}",
                    type="hinge",
                    pos=pos,
                    axis=_text(line),
                    range=f"{-most!r} {most!r}",
                )

    def _geom(self, node: Element, k: int, body: RigidBody) -> None:
        r, half = body.radius, body.length / 2
        friction = body.friction if body.friction is not None else self.p["friction"]
        geom = SubElement(node, "geom", name=f"g{k}", mass=repr(float(self.masses[k]) or 1.0))
        geom.set("type", "mesh" if body.shape == "cone" else body.shape)
        sizes = {"sphere": [r], "capsule": [r, half], "cylinder": [r, half], "plane": [0.0, 0.0, 1.0]}
        if body.shape == "plane":
            del geom.attrib["mass"]
        if body.shape == "cone":
            SubElement(self.asset, "mesh", name=f"c{k}", vertex=_text(_cone(body)))
            geom.set("mesh", f"c{k}")
        else:
            geom.set("size", _text(np.array(sizes.get(body.shape) or [side / 2 for side in body.size or []])))
        geom.set("friction", f"{max(friction, 1e-5)!r} 0.0001 0.0001")
        geom.set("condim", "3" if friction > 0 else "1")
        geom.set("solref", self._bounce(body))
        geom.set("solimp", "0.999 0.999 0.001")
        if body.sensor:
            geom.set("contype", "0")
            geom.set("conaffinity", "0")

    def _bounce(self, body: RigidBody) -> str:
        """Stiffness and damping of a contact that gives back e of the speed within CONTACT_STEPS steps."""
        e = body.elasticity if body.elasticity is not None else self.p["elasticity"]
        zeta = damping_ratio(e)
        omega = pi / (CONTACT_STEPS * self.spec.time_step)
        return f"{-(omega**2)!r} {-2 * zeta * omega!r}"

    def _exclude(self) -> None:
        bodies = self.spec.bodies
        apart = {(self.names[j.a], self.names[j.b]) for j in self.spec.joints if j.b is not None and not j.collide}
        plain = all(b.group == 0 and b.category == 1 and b.mask & 1 for b in bodies)
        for a in range(len(bodies)):
            for b in range(a + 1, len(bodies)):
                tied = (a, b) in apart or (b, a) in apart
                if tied or not (plain or seen(bodies[a], bodies[b])):
                    SubElement(self.contact, "exclude", body1=f"b{a}", body2=f"b{b}")

    def _equalities(self, index: int, joint: Joint) -> None:
        a = self.names[joint.a]
        other: dict[str, Any] = {} if joint.b is None else {"body2": f"b{self.names[joint.b]}"}
        if joint.kind == "fixed":
            SubElement(self.equality, "weld", name=f"e{index}", body1=f"b{a}", **other)
            self.ties[index] = [f"e{index}"]
            return
        spots = [self.anchor(joint)]
        if joint.kind == "hinge":
            axis = np.array(joint.axis or [0.0, 0.0, 1.0], dtype=np.float64)
            spots.append(spots[0] + 0.1 * axis / float(np.sqrt((axis**2).sum())))
        for k, spot in enumerate(spots):
            name = f"e{index}" + "x" * k
            SubElement(self.equality, "connect", name=name, body1=f"b{a}", anchor=_text(self.inside(a, spot)), **other)
            self.ties[index].append(name)

    def _string(self, index: int, joint: Joint) -> None:
        a, b = self.names[joint.a], -1 if joint.b is None else self.names[joint.b]
        anchor = self.anchor(joint)
        SubElement(self.nodes[a], "site", name=f"p{index}", pos="0 0 0")
        held, spot = (self.world, anchor) if b < 0 else (self.nodes[b], self.inside(b, anchor))
        SubElement(held, "site", name=f"q{index}", pos=_text(spot))
        tendon = SubElement(self.tendon, "spatial", name=f"t{index}")
        for name in ("p", "q"):
            SubElement(tendon, "site", site=f"{name}{index}")
        if joint.kind == "spring":
            way = self.place[a] - anchor
            rest = joint.rest_length if joint.rest_length is not None else float(np.sqrt((way**2).sum()))
            tendon.set("springlength", repr(rest))
            tendon.set("stiffness", repr(joint.stiffness))
            tendon.set("damping", repr(joint.damping))
        if joint.lower is not None and joint.upper is not None:
            tendon.set("range", f"{joint.lower!r} {max(joint.upper, joint.lower + 1e-6)!r}")
        elif joint.kind == "distance":
            SubElement(self.equality, "tendon", name=f"e{index}", tendon1=f"t{index}")
            self.ties[index] = [f"e{index}"]


def _text(numbers: Floats) -> str:
    return " ".join(repr(float(number)) for number in numbers)


def _cone(body: RigidBody) -> Floats:
    """Apex and ring about the centre of mass, a quarter of the height above the base."""
    r, height = body.radius, body.length
    ring = [(r * cos(2 * pi * k / CORNERS), r * sin(2 * pi * k / CORNERS), -height / 4) for k in range(CORNERS)]
    return np.array([(0.0, 0.0, 0.75 * height), *ring]).ravel()
