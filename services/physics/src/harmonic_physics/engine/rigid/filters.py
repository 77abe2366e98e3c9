"""Who may touch whom."""

from harmonic_physics.engine.rigid.input import RigidBody


def seen(one: RigidBody, other: RigidBody) -> bool:
    """Whether groups and masks let two bodies touch."""
    apart = one.group != 0 and one.group == other.group
    return not apart and bool(one.category & other.mask) and bool(other.category & one.mask)
