"""Ready-made charges: drifts, traps, a bottle, a cyclotron, drops and dust."""

from math import cos, pi, sin

from pydantic import JsonValue

from harmonic_physics.engine.system import Preset

E = 1.602176634e-19
U = 1.66053907e-27
VACUUM = {"gravity": 0.0, "viscosity": 0.0, "fluid_density": 0.0}


def _ion(name: str, units: float, position: list[JsonValue], velocity: list[JsonValue], charges: int = 1) -> JsonValue:
    return {"name": name, "mass": units * U, "charge": charges * E, "position": position, "velocity": velocity}


_CROSSED = Preset(
    name="crossed-fields",
    title="Crossed fields",
    description="Five kinds of ions roll in crossed electric and magnetic fields: cycloids that all drift alike, while "
    "each turns in its own time, the lightest the fastest.",
    spec={
        "duration": 1.2e-5,
        "frame_interval": 4e-8,
        "magnetic": [0.0, 0.0, 0.5],
        "electric": [0.0, -2000.0, 0.0],
        "turning_axis": "y",
        "particles": [
            _ion("hydrogen", 1.00728, [0.0, 0.0, 0.0], [2.0e4, 0.0, 0.0]),
            _ion("deuterium", 2.01355, [0.0, 0.0, 0.0], [1.6e4, 0.0, 0.0]),
            _ion("helium", 4.0015, [0.0, 0.0, 0.0], [1.2e4, 0.0, 0.0]),
            _ion("lithium", 7.0155, [0.0, 0.0, 0.0], [1.0e4, 0.0, 0.0]),
            _ion("carbon", 11.9995, [0.0, 0.0, 0.0], [0.8e4, 0.0, 0.0]),
        ],
    },
    environment=VACUUM,
)

_PENNING = Preset(
    name="penning-trap",
    title="A Penning trap",
    description="Six argon ions are held by a magnet and a saddle of volts: a quick turn, a swing along the axis, and "
    "a slow walk around it, three pitches in ratios that never close.",
    spec={
        "duration": 1.2e-4,
        "frame_interval": 2e-7,
        "magnetic": [0.0, 0.0, 1.0],
        "trap_voltage": 10.0,
        "trap_size": 5e-3,
        "crossing_axis": "z",
        "particles": [
            _ion(f"ion {k + 1}", 39.9481, [1e-3 * (k + 1) / 3, 0.0, 4e-4 * (k + 1)], [0.0, 300.0 * k, 100.0])
            for k in range(6)
        ],
    },
    environment=VACUUM,
)

_CYCLOTRON = Preset(
    name="cyclotron",
    title="A cyclotron",
    description="Protons cross the gap of Lawrence's magnet, a little faster each time and always on the beat: five of "
    "them, let in one after the other, until the wall.",
    spec={
        "duration": 1.5e-6,
        "frame_interval": 2.5e-9,
        "magnetic": [0.0, 0.0, 1.5],
        "gap_voltage": 120000.0,
        "gap_width": 4e-3,
        "gap_frequency": 1.5 * E / (2 * pi * 1.67262192e-27),
        "gap_phase": -pi / 2,
        "wall_radius": 0.3,
        "turning_axis": "z",
        "particles": [
            {"name": f"proton {k + 1}", "position": [0.002 * k, 0.012 * cos(k), 0.0], "velocity": [3e5, 4e4 * k, 0.0]}
            for k in range(5)
        ],
    },
    environment=VACUUM,
)

_BOTTLE = Preset(
    name="magnetic-bottle",
    title="A magnetic bottle",
    description="Eight protons spiral to and fro between two magnetic mirrors, as in the belts of the Earth: the "
    "flatter the spiral, the farther they go and the slower they come back.",
    spec={
        "duration": 3e-5,
        "frame_interval": 5e-8,
        "magnetic": [0.0, 0.0, 0.2],
        "mirror_length": 0.3,
        "crossing_axis": "z",
        "particles": [
            {
                "name": f"proton {k + 1}",
                "position": [0.01, 0.0, 0.0],
                "velocity": [0.0, 2e5 * sin(0.5 + 0.12 * k), 2e5 * cos(0.5 + 0.12 * k)],
            }
            for k in range(8)
        ],
    },
    environment=VACUUM,
)

_MILLIKAN = Preset(
    name="millikan-drops",
    title="Millikan's drops",
    description="Forty drops of oil with one to eight elementary charges sink or rise in air between two plates, "
    "each at its own even pace (Millikan 1913).",
    spec={
        "duration": 90.0,
        "frame_interval": 0.3,
        "time_step": 0.02,
        "electric": [0.0, 0.0, 5.0e4],
        "crossing_axis": "z",
        "wall_radius": 6e-3,
        "particles": [
            {
                "name": f"drop {k + 1}",
                "radius": 0.55e-6 + 0.04e-6 * (k % 7),
                "mass": 4 / 3 * pi * (0.55e-6 + 0.04e-6 * (k % 7)) ** 3 * 875.0,
                "charge": (1 + k % 8) * E,
                "position": [2e-4 * (k - 20), 0.0, 1.4e-3 * sin(2.4 * k)],
            }
            for k in range(40)
        ],
    },
)

_DUST = Preset(
    name="dust-crystal",
    title="A crystal of dust",
    description="Sixteen grains in a Paul trap repel each other, and the gas brakes them: they fall together from all "
    "sides, graze, and come to rest in a trembling crystal.",
    spec={
        "duration": 2.0,
        "frame_interval": 0.01,
        "rf_voltage": 280.0,
        "rf_frequency": 60.0,
        "trap_size": 5e-3,
        "time_step": 2.5e-4,
        "interaction": True,
        "softening": 1e-6,
        "approach": 3e-4,
        "turning_axis": "none",
        "clouds": [
            {
                "name": "grain ",
                "count": 16,
                "mass": 4 / 3 * pi * 5e-6**3 * 1500.0,
                "charge": 2e-15,
                "radius": 5e-6,
                "spread": 2.5e-3,
            }
        ],
    },
    environment={"viscosity": 1.0e-8, "gravity": 0.0},
)

PRESETS = (_CROSSED, _PENNING, _CYCLOTRON, _BOTTLE, _MILLIKAN, _DUST)
