"""Ready-made particles: balls, gases, rain, billiards."""

from harmonic_physics.engine.system import Preset

_VACUUM = {"viscosity": 0.0, "air_resistance": 0.0}

_BOUNCING = Preset(
    name="bouncing-balls",
    title="Bouncing balls",
    description="Eight balls dropped side by side from growing heights, each bounce nine tenths as fast: a canon that "
    "tightens.",
    spec={
        "duration": 20.0,
        "frame_interval": 0.02,
        "size": [4.0, 3.0],
        "event_threshold": 0.05,
        "bodies": [
            {"name": f"ball {k + 1}", "position": [0.25 + 0.5 * k, 0.6 + 0.28 * k], "radius": 0.06 + 0.01 * k}
            for k in range(8)
        ],
    },
    environment=_VACUUM | {"elasticity": 0.9},
)

_GAS = Preset(
    name="gas-in-a-box",
    title="Gas in a box",
    description="A hundred hard discs without gravity: Maxwell's gas, a rain of collisions.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.05,
        "size": [4.0, 4.0],
        "random": [{"count": 100, "radius_min": 0.05, "radius_max": 0.05, "speed": 0.5}],
    },
    environment=_VACUUM | {"gravity": 0.0},
)

_RAIN = Preset(
    name="falling-rain",
    title="Falling rain",
    description="Two hundred drops of 1 to 3 mm fall 40 m through air, each at its own terminal speed, and are gone.",
    spec={
        "duration": 20.0,
        "frame_interval": 0.05,
        "size": [10.0, 40.0],
        "boundaries": ["wrap", "absorb"],
        "random": [
            {"name": "fine ", "count": 80, "radius_min": 5e-4, "radius_max": 8e-4, "mass": 1.4e-6, "speed": 0.2},
            {"name": "mid ", "count": 80, "radius_min": 8e-4, "radius_max": 1.2e-3, "mass": 4.2e-6, "speed": 0.2},
            {"name": "large ", "count": 40, "radius_min": 1.2e-3, "radius_max": 1.5e-3, "mass": 1.1e-5, "speed": 0.2},
        ],
    },
    environment={"air_resistance": 0.5, "fluid_density": 1.225},
)

_BILLIARDS = Preset(
    name="billiards",
    title="Billiards",
    description="A break: one ball into a triangle of ten, with cushions that take a twentieth.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.02,
        "size": [2.54, 1.27],
        "bodies": [
            {"name": "cue", "position": [0.6, 0.64], "velocity": [3.0, 0.02], "radius": 0.028575, "mass": 0.17},
            *(
                {
                    "name": f"ball {row * (row + 1) // 2 + k + 1}",
                    "position": [1.9 + 0.0505 * row, 0.635 + 0.0585 * (k - row / 2)],
                    "radius": 0.028575,
                    "mass": 0.17,
                }
                for row in range(4)
                for k in range(row + 1)
            ),
        ],
    },
    environment=_VACUUM | {"gravity": 0.0, "elasticity": 0.95, "friction": 0.05},
)

_CLOUD = Preset(
    name="brownian-cloud",
    title="Brownian cloud",
    description="One heavy ball knocked about by two hundred light ones, in a wrapped room of three dimensions.",
    spec={
        "duration": 20.0,
        "frame_interval": 0.05,
        "size": [2.0, 2.0, 2.0],
        "boundaries": ["wrap"],
        "bodies": [{"name": "heavy", "position": [1.0, 1.0, 1.0], "radius": 0.25, "mass": 2.0}],
        "random": [{"count": 200, "radius_min": 0.04, "radius_max": 0.04, "mass": 0.1, "speed": 1.0}],
    },
    environment=_VACUUM | {"gravity": 0.0},
)

_COOLING = Preset(
    name="cooling-gas",
    title="A colliding gas that cools",
    description="Eighty hard discs that lose a little at every meeting: a hailstorm of collisions that thins out and "
    "softens as the gas cools, by Haff's law.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.05,
        "size": [3.0, 3.0],
        "event_threshold": 0.01,
        "random": [{"count": 80, "radius_min": 0.05, "radius_max": 0.09, "speed": 0.6}],
    },
    environment=_VACUUM | {"gravity": 0.0, "elasticity": 0.92},
)

_VORTEX = Preset(
    name="dust-devil",
    title="Dust devil",
    description="Sixty grains in a whirlwind that also draws them in, through air that holds them back: rounds of soft "
    "knocks about an empty middle.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.05,
        "size": [4.0, 4.0],
        "event_threshold": 0.02,
        "time_step": 0.005,
        "random": [{"count": 60, "radius_min": 0.03, "radius_max": 0.07, "mass": 0.02, "speed": 0.3}],
        "fields": [
            {"kind": "vortex", "falloff": "inverse", "strength": 1.2, "range": 1.0, "softening": 0.3},
            {"kind": "radial", "falloff": "none", "strength": -0.5},
        ],
    },
    environment={"gravity": 0.0, "elasticity": 0.9, "viscosity": 0.01},
)

_CRYSTAL = Preset(
    name="ion-crystal",
    title="Ion crystal",
    description="Twenty-four equal charges in a bowl, cooled by a bath: they ring, settle into shells and are set in "
    "motion again by heat.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.04,
        "size": [4.0, 4.0],
        "time_step": 0.004,
        "random": [
            {"name": "ion ", "count": 24, "radius_min": 0.06, "radius_max": 0.06, "mass": 1, "charge": 1e-5, "speed": 1}
        ],
        "fields": [{"kind": "radial", "falloff": "none", "strength": -2.0}],
        "thermostat": 0.15,
        "boltzmann": 1e-4,
    },
    environment=_VACUUM | {"gravity": 0.0, "temperature": 300.0},
)

PRESETS = (_BOUNCING, _GAS, _RAIN, _BILLIARDS, _CLOUD, _COOLING, _VORTEX, _CRYSTAL)
