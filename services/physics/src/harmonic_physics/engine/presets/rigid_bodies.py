"""Ready-made rigid bodies: in the plane, and in space."""

from math import cos, pi, sin
from typing import Any

from harmonic_physics.engine.system import Preset

Part = dict[str, Any]


def _wall(name: str, x: float, y: float, width: float, height: float, **rest: Any) -> Part:
    return {"name": name, "shape": "box", "size": [width, height], "position": [x, y], "fixed": True, **rest}


_CRADLE = Preset(
    name="newtons-cradle",
    title="Newton's cradle",
    description="Five steel balls on strings, a hair apart; two are drawn aside. Click, click, on and on.",
    spec={
        "duration": 24.0,
        "frame_interval": 1 / 60,
        "time_step": 1 / 1200,
        "iterations": 30,
        "sleeping": False,
        "event_threshold": 0.02,
        "bodies": [
            {
                "name": f"ball {k + 1}",
                "shape": "circle",
                "radius": 0.1,
                "mass": 1.0,
                "position": [0.2004 * k - sin(0.6 if k < 2 else 0.0), 1.0 - cos(0.6 if k < 2 else 0.0)],
            }
            for k in range(5)
        ],
        "joints": [{"kind": "distance", "a": f"ball {k + 1}", "anchor": [0.2004 * k, 1.0]} for k in range(5)],
    },
    environment={"elasticity": 1.0, "friction": 0.0},
)

_DOMINOES = Preset(
    name="dominoes",
    title="Dominoes",
    description="Forty tiles in a row, each a little taller than the last: a scale that runs by itself, then silence.",
    spec={
        "duration": 12.0,
        "frame_interval": 1 / 60,
        "event_threshold": 0.002,
        "bodies": [
            _wall("floor", 5.0, -0.5, 30.0, 1.0),
            *(
                {
                    "name": f"tile {k + 1}",
                    "shape": "box",
                    "size": [0.06, 0.4 + 0.012 * k],
                    "position": [0.24 * k + 0.002 * k * k, 0.2 + 0.006 * k],
                    "mass": 0.3 + 0.02 * k,
                }
                for k in range(40)
            ),
            {
                "name": "ball",
                "shape": "circle",
                "radius": 0.1,
                "mass": 1.0,
                "position": [-0.8, 0.35],
                "velocity": [2.5, 0],
            },
        ],
    },
    environment={"elasticity": 0.1, "friction": 0.35},
)

_PINBALL = Preset(
    name="marble-run",
    title="Marble run",
    description="Twelve marbles through a forest of pegs into five bins with a bell at the bottom of each.",
    spec={
        "duration": 14.0,
        "frame_interval": 1 / 60,
        "time_step": 1 / 360,
        "iterations": 10,
        "event_threshold": 0.01,
        "bodies": [
            _wall("floor", 0.0, -0.1, 4.4, 0.2),
            _wall("left", -2.1, 3.0, 0.2, 6.0),
            _wall("right", 2.1, 3.0, 0.2, 6.0),
            *(_wall(f"fence {k + 1}", -1.2 + 0.8 * k, 0.4, 0.06, 0.8) for k in range(4)),
            *(_wall(f"bell {k + 1}", -1.6 + 0.8 * k, 0.3, 0.7, 0.1, sensor=True) for k in range(5)),
            *(
                {
                    "name": f"peg {row + 1}-{k + 1}",
                    "shape": "circle",
                    "radius": 0.07,
                    "fixed": True,
                    "position": [-1.75 + 0.5 * k + 0.25 * (row % 2), 1.4 + 0.45 * row],
                }
                for row in range(7)
                for k in range(8 - row % 2)
            ),
            *(
                {
                    "name": f"marble {k + 1}",
                    "shape": "circle",
                    "radius": 0.09,
                    "position": [0.13 * ((7 * k) % 11) - 0.65, 5.0 + 0.9 * k],
                }
                for k in range(12)
            ),
        ],
    },
    environment={"elasticity": 0.55, "friction": 0.2, "density": 8.0, "air_resistance": 0.4},
)

_BELLS = Preset(
    name="bell-tower",
    title="Bell tower",
    description="Four bells of different weights swing against clappers beside them: a peal that falls out of step.",
    spec={
        "duration": 30.0,
        "frame_interval": 1 / 60,
        "time_step": 1 / 960,
        "sleeping": False,
        "event_threshold": 0.05,
        "bodies": [
            part
            for k in range(4)
            for part in (
                {
                    "name": f"bell {k + 1}",
                    "shape": "polygon",
                    "corners": [[-0.28, -0.3], [0.28, -0.3], [0.16, 0.1], [-0.16, 0.1]],
                    "position": [2.0 * k - 0.6 * sin(0.9 - 0.1 * k), 2.6 - 0.2 * k - 0.6 * cos(0.9 - 0.1 * k)],
                    "rotation": [0.1 * k - 0.9],
                    "mass": 8.0 + 3 * k,
                    "category": 2,
                    "mask": 4,
                    "elasticity": 0.6,
                },
                {
                    "name": f"clapper {k + 1}",
                    "shape": "circle",
                    "radius": 0.08,
                    "mass": 0.8,
                    "position": [2.0 * k + 0.4, 1.75 - 0.2 * k],
                    "category": 4,
                    "mask": 2,
                    "elasticity": 0.6,
                },
            )
        ],
        "joints": [
            part
            for k in range(4)
            for part in (
                {
                    "kind": "hinge",
                    "a": f"bell {k + 1}",
                    "anchor": [2.0 * k, 2.6 - 0.2 * k],
                    "lower": -1.2,
                    "upper": 1.2,
                },
                {"kind": "distance", "a": f"clapper {k + 1}", "anchor": [2.0 * k + 0.4, 2.6 - 0.2 * k]},
            )
        ],
    },
    environment={"elasticity": 0.6, "friction": 0.1},
)

_BRIDGE = Preset(
    name="breaking-bridge",
    title="The bridge breaks",
    description="A bridge of planks takes ball after ball, each heavier than the last, until its pins give way.",
    spec={
        "duration": 20.0,
        "frame_interval": 1 / 60,
        "event_threshold": 0.05,
        "bodies": [
            *(
                {
                    "name": f"plank {k + 1}",
                    "shape": "box",
                    "size": [0.48, 0.1],
                    "mass": 1.0,
                    "position": [-2.25 + 0.5 * k, 2.0],
                    "group": 1,
                }
                for k in range(10)
            ),
            *(
                {
                    "name": f"ball {k + 1}",
                    "shape": "circle",
                    "radius": 0.12 + 0.03 * k,
                    "mass": 0.6 * (1 + k) ** 1.6,
                    "position": [-1.5 + 0.6 * ((3 * k) % 6), 4.0 + 6.0 * k],
                }
                for k in range(8)
            ),
            _wall("river bed", 0.0, -0.5, 12.0, 1.0),
        ],
        "joints": [
            {"kind": "hinge", "a": "plank 1", "anchor": [-2.5, 2.0], "breaking_force": 900.0},
            *(
                {
                    "kind": "hinge",
                    "a": f"plank {k + 1}",
                    "b": f"plank {k + 2}",
                    "anchor": [-2.0 + 0.5 * k, 2.0],
                    "breaking_force": 900.0,
                }
                for k in range(9)
            ),
            {"kind": "hinge", "a": "plank 10", "anchor": [2.5, 2.0], "breaking_force": 900.0},
        ],
    },
    environment={"elasticity": 0.35, "friction": 0.4},
)

_SHAPES: tuple[Part, ...] = (
    {"shape": "sphere", "radius": 0.25},
    {"shape": "box", "size": [0.4, 0.4, 0.4]},
    {"shape": "capsule", "radius": 0.15, "length": 0.4},
    {"shape": "cylinder", "radius": 0.2, "length": 0.4},
    {"shape": "cone", "radius": 0.25, "length": 0.5},
)

_TUMBLE = Preset(
    name="tumbling-solids",
    title="Tumbling solids",
    description="Ten solids of five shapes fall on a plate and tumble to rest: knocks that quicken into rattles.",
    spec={
        "duration": 12.0,
        "frame_interval": 1 / 60,
        "dimensions": 3,
        "time_step": 1 / 500,
        "event_threshold": 0.02,
        "bodies": [
            {"name": "plate", "shape": "plane", "position": [0, 0, 0], "fixed": True},
            *(
                _SHAPES[k % 5]
                | {
                    "name": f"{_SHAPES[k % 5]['shape']} {k // 5 + 1}",
                    "position": [0.9 * (k % 3), 0.9 * (k % 4), 1.2 + 0.7 * k],
                    "rotation": [0.3 * k, 0.5, 0.2 * k],
                    "spin": [1.0, 0.3 * k, 0.0],
                    "mass": 1.0,
                }
                for k in range(10)
            ),
        ],
    },
    environment={"elasticity": 0.6, "friction": 0.4},
)

_CHIMES = Preset(
    name="wind-chime-3d",
    title="Hanging chime",
    description="Six tubes hang in a ring on ball sockets around a clapper that is pushed: they answer in turn.",
    spec={
        "duration": 20.0,
        "frame_interval": 1 / 60,
        "dimensions": 3,
        "time_step": 1 / 500,
        "event_threshold": 0.002,
        "bodies": [
            {
                "name": "clapper",
                "shape": "sphere",
                "radius": 0.14,
                "mass": 0.6,
                "position": [0, 0, 1.0],
                "velocity": [2.2, 0.7, 0],
            },
            *(
                {
                    "name": f"tube {k + 1}",
                    "shape": "capsule",
                    "radius": 0.04,
                    "length": 0.7 + 0.08 * k,
                    "mass": 0.3 + 0.05 * k,
                    "position": [0.24 * cos(pi * k / 3), 0.24 * sin(pi * k / 3), 1.4 - 0.04 * k],
                }
                for k in range(6)
            ),
        ],
        "joints": [
            {"kind": "ball_socket", "a": "clapper", "anchor": [0, 0, 2.0]},
            *(
                {
                    "kind": "cone_twist",
                    "a": f"tube {k + 1}",
                    "anchor": [0.24 * cos(pi * k / 3), 0.24 * sin(pi * k / 3), 2.0],
                    "swing": 0.9,
                }
                for k in range(6)
            ),
        ],
    },
    environment={"elasticity": 0.9, "friction": 0.0},
)

PRESETS = (_CRADLE, _DOMINOES, _PINBALL, _BELLS, _BRIDGE)
IN_SPACE = (_TUMBLE, _CHIMES)
