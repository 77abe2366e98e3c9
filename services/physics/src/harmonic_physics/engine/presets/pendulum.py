"""Ready-made pendulums."""

from math import cos, pi, sin

from pydantic import JsonValue

from harmonic_physics.engine.system import Preset


def _bob(name: str, angle: float, length: float = 1.0, mass: float = 1.0, **more: JsonValue) -> JsonValue:
    bob: dict[str, JsonValue] = {"name": name, "angle": angle, "length": length, "mass": mass, "radius": 0.04}
    return bob | more


# Magnets round a circle under the bob, by their angle.
_MAGNETS: list[JsonValue] = [
    {"name": name, "position": [0.15 * cos(2 * pi * k / 3), 0.15 * sin(2 * pi * k / 3)], "strength": 0.02}
    for k, name in enumerate(("red", "green", "blue"))
]

PRESETS = (
    Preset(
        name="double-pendulum",
        title="Double pendulum",
        description="Two rods, let go almost upright: no two swings alike, and yet every joule is kept.",
        spec={
            "duration": 40.0,
            "frame_interval": 0.02,
            "bobs": [_bob("upper", 120.0), _bob("lower", 175.0, 0.8, 0.7)],
        },
    ),
    Preset(
        name="grandfather-clock",
        title="Grandfather clock",
        description="One metre of rod: half a period is a second, and the seconds are slightly long, as Huygens knew.",
        spec={"duration": 60.0, "frame_interval": 0.05, "bobs": [_bob("bob", 30.0, 0.994)]},
    ),
    Preset(
        name="over-the-top",
        title="Over the top",
        description="A driven, damped rod in the middle of its chaos: it hesitates upright and falls to either side.",
        spec={
            "duration": 90.0,
            "frame_interval": 0.05,
            "bobs": [_bob("rod", 11.0, 1.0, 1.0)],
            "damping": 2.45,
            "torque": 11.3,
            "torque_frequency": 0.3322,
        },
    ),
    Preset(
        name="kapitza",
        title="Kapitza's pendulum",
        description="Shaken fast enough up and down, a rod stands on its head and swings there.",
        spec={
            "duration": 30.0,
            "frame_interval": 0.02,
            "bobs": [_bob("rod", 150.0, 0.3)],
            "damping": 0.01,
            "drive_amplitude": 0.03,
            "drive_frequency": 30.0,
            "drive_direction": 90.0,
        },
    ),
    Preset(
        name="magnetic-pendulum",
        title="Three magnets",
        description="A bob wanders between three magnets and ends at one: nobody can say which until it has.",
        spec={
            "duration": 40.0,
            "frame_interval": 0.02,
            "bobs": [{"name": "bob", "length": 1.0, "mass": 0.1, "angle": 14.0, "radius": 0.01}],
            "azimuth": 40.0,
            "gap": 0.05,
            "damping": 0.012,
            "magnets": _MAGNETS,
        },
    ),
    Preset(
        name="whip",
        title="A whip of five rods",
        description="Five rods held out sideways and let go: a crack at the end, then a long argument.",
        spec={
            "duration": 30.0,
            "frame_interval": 0.02,
            "bobs": [_bob(f"rod {k}", 90.0, 0.35 - 0.03 * k, 0.5 - 0.08 * k) for k in range(1, 6)],
            "damping": 0.002,
        },
    ),
)
