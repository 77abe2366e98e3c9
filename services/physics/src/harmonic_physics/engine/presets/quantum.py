"""Ready-made quantum particles: a coherent state, two wells, two slits, a watched packet, a box that revives."""

from harmonic_physics.engine.system import Preset

_COHERENT = Preset(
    name="coherent-swing",
    title="Coherent swing",
    description="A packet in a harmonic well swings as a classical ball and never spreads; a second, squeezed "
    "one breathes "
    "through it. Six stretches of the line hear it pass.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.1,
        "size": 30.0,
        "points": 256,
        "time_step": 0.02,
        "packets": [{"centre": [-5.0]}, {"centre": [3.0], "width": 0.4, "amplitude": 0.7}],
        "potentials": [{"kind": "harmonic"}],
        "detectors": [
            {"name": f"stretch {k + 1}", "low": [-6.0 + 2.0 * k], "high": [-4.0 + 2.0 * k]} for k in range(6)
        ],
    },
)

_WELLS = Preset(
    name="tunnelling-wells",
    title="Tunnelling between two wells",
    description="A packet starts in the left of two wells, rattles there, and leaks through the wall into the "
"right one "
    "and back, with quick ripples on the slow tide.",
    spec={
        "duration": 120.0,
        "frame_interval": 0.15,
        "size": 12.0,
        "points": 128,
        "time_step": 0.01,
        "packets": [{"centre": [-1.9], "width": 0.38, "momentum": [0.6]}],
        "potentials": [{"kind": "double_well", "width": 1.8, "height": 3.2}],
        "detectors": [
            {"name": "left wall", "low": [-4.0], "high": [-2.1]}, {"name": "left", "low": [-2.1], "high": [-1.0]},
            {"name": "middle", "low": [-1.0], "high": [1.0]}, {"name": "right", "low": [1.0], "high": [2.1]},
            {"name": "right wall", "low": [2.1], "high": [4.0]},
        ],
        "threshold": 0.12,
    },
)  # fmt: skip

_SLITS = Preset(
    name="double-slit-particle",
    title="A particle at two slits",
    description="A packet in the plane meets a wall with two openings; behind it nine counters along a screen "
"fill in the "
    "rhythm of the fringes.",
    spec={
        "duration": 32.0,
        "frame_interval": 0.08,
        "dimensions": 2,
        "size": 36.0,
        "points": 128,
        "time_step": 0.025,
        "packets": [{"centre": [-9.0, 0.0], "momentum": [4.5, 0.0], "width": 2.0}],
        "potentials": [
            {"kind": "block", "centre": [-2.0, 0.0], "width": 0.6, "height": 60.0, "gaps": [[-2.3, -1.1], [1.1, 2.3]]}
        ],
        "absorb": 0.1,
        "detectors": [
            {"name": f"counter {k + 1}", "low": [8.0, -12.0 + 8 / 3 * k], "high": [12.0, -12.0 + 8 / 3 * (k + 1)]}
            for k in range(9)
        ],
        "threshold": 0.002,
        "picture": 32,
    },
    environment={"time_scale": 0.25},
)  # fmt: skip

_WATCHED = Preset(
    name="watched-packet",
    title="Watched packet",
    description="A particle in a wide well, measured four times a second: each look throws it somewhere by "
    "chance, with a "
    "new momentum, and between the looks it spreads.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.05,
        "size": 40.0,
        "points": 256,
        "time_step": 0.02,
        "packets": [{"centre": [4.0]}],
        "potentials": [{"kind": "harmonic", "frequency": 0.6}],
        "measurement": {"start": 0.5, "interval": 0.25, "resolution": 1.5},
        "detectors": [{"name": f"cell {k + 1}", "low": [-10.0 + 2.5 * k], "high": [-7.5 + 2.5 * k]} for k in range(8)],
        "threshold": 0.5,
    },
)

_BOX = Preset(
    name="quantum-carpet",
    title="Quantum carpet",
    description="A packet between two hard walls falls apart into fragments and comes together again: at "
    "halves, thirds "
    "and quarters of its revival time it stands there twice, thrice, four times.",
    spec={
        "duration": 64.0,
        "frame_interval": 0.08,
        "size": 16.0,
        "points": 256,
        "time_step": 0.004,
        "packets": [{"centre": [-2.0], "width": 0.45}],
        "potentials": [
            {"kind": "block", "centre": [-6.5], "width": 3.0, "height": 300.0},
            {"kind": "block", "centre": [6.5], "width": 3.0, "height": 300.0},
        ],
        "detectors": [
            {"name": f"lane {k + 1}", "low": [-5.0 + 1.25 * k], "high": [-3.75 + 1.25 * k]} for k in range(8)
        ],
        "threshold": 0.3,
    },
)

PRESETS = (_COHERENT, _WELLS, _SLITS, _WATCHED, _BOX)
