"""Ready-made fields of heat and reaction: a hearth, a hot wire, coral, cells that divide."""

from harmonic_physics.engine.system import Preset

_HEARTH = Preset(
    name="sparks-on-a-plate",
    title="Sparks on a plate",
    description="Sparks fall on a cooling plate in three rhythms; nine thermometers tell when the warmth "
    "reaches them, how "
    "far it climbs, and when it has gone.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.05,
        "width": 1.0,
        "points": 48,
        "edge": "held",
        "diffusivity": 0.004,
        "loss": 0.15,
        "sparks": [
            {"centre": [0.3, 0.4], "level": 80.0, "width": 0.06, "count": 14, "interval": 3.0},
            {"centre": [0.72, 0.55], "level": 60.0, "width": 0.05, "time": 1.0, "count": 18, "interval": 2.2},
            {
                "centre": [0.5, 0.8],
                "level": 90.0,
                "width": 0.05,
                "time": 2.0,
                "count": 20,
                "interval": 4.0,
                "ratio": 0.9,
            },
        ],
        "probes": [
            {"name": f"probe {3 * j + i + 1}", "position": [0.25 + 0.25 * i, 0.25 + 0.25 * j]}
            for j in range(3)
            for i in range(3)
        ],
        "threshold": 30.0,
        "picture": 24,
    },
)

_WIRE = Preset(
    name="hot-wire",
    title="Hot wire",
    description="Pulses of heat run down an insulated wire and melt into each other: seven probes hear them "
    "later, lower "
    "and broader the farther they are.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.06,
        "dimensions": 1,
        "width": 1.0,
        "points": 160,
        "diffusivity": 0.0016,
        "loss": 0.08,
        "sparks": [{"centre": [0.08], "level": 120.0, "width": 0.02, "count": 16, "interval": 4.2, "ratio": 0.97}],
        "probes": [{"name": f"mark {k + 1}", "position": [0.12 + 0.05 * k]} for k in range(7)],
        "threshold": 45.0,
    },
)

_CORAL = Preset(
    name="gray-scott-coral",
    title="Gray-Scott coral",
    description="A few seeds of the second substance grow into a labyrinth; each of sixteen probes sounds when "
"a wall of "
    "it arrives.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.1,
        "equation": "gray_scott",
        "width": 80.0,
        "points": 80,
        "edge": "periodic",
        "diffusivity": 0.16,
        "second_diffusivity": 0.08,
        "feed": 0.0545,
        "kill": 0.062,
        "rate": 60.0,
        "noise": 0.01,
        "sparks": [
            {"centre": [0.3, 0.35], "level": 0.5, "width": 0.04}, {"centre": [0.65, 0.6], "level": 0.5, "width": 0.04},
            {"centre": [0.2, 0.8], "level": 0.5, "width": 0.04, "time": 12.0},
        ],
        "probes": [
            {"name": f"polyp {4 * j + i + 1}", "position": [0.14 + 0.24 * i, 0.14 + 0.24 * j]}
            for j in range(4) for i in range(4)
        ],
        "threshold": 0.15,
    },
)  # fmt: skip

_CELLS = Preset(
    name="dividing-cells",
    title="Dividing cells",
    description="Spots that grow, split in two and crowd each other: mitosis in a dish, heard by sixteen probes; rare "
    "seeds keep falling.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.1,
        "equation": "gray_scott",
        "width": 72.0,
        "points": 72,
        "edge": "periodic",
        "diffusivity": 0.16,
        "second_diffusivity": 0.08,
        "feed": 0.0367,
        "kill": 0.0649,
        "rate": 80.0,
        "sparks": [
            {"centre": [0.5, 0.5], "level": 0.5, "width": 0.08},
            {"centre": [0.2, 0.25], "level": 0.5, "width": 0.08, "time": 15.0, "count": 3, "interval": 15.0},
        ],
        "probes": [
            {"name": f"cell {4 * j + i + 1}", "position": [0.17 + 0.22 * i, 0.15 + 0.23 * j]}
            for j in range(4) for i in range(4)
        ],
        "threshold": 0.12,
    },
)  # fmt: skip

PRESETS = (_HEARTH, _WIRE, _CORAL, _CELLS)
