"""Ready-made galaxies: discs with arms and bars, star clusters, encounters."""

from pydantic import JsonValue

from harmonic_physics.engine.system import Preset

_SPIRAL = Preset(
    name="spiral-galaxy",
    title="A spiral galaxy",
    description="Twelve hundred stars in a warm disc inside a heavy halo: arms come and go for a thousand million "
    "years, while sixty told stars ring once an orbit, the inner ones six times as often as the outer ones.",
    spec={
        "duration": 1.0e9,
        "frame_interval": 4.0e6,
        "tracers": 60,
        "softening": 0.3,
        "galaxies": [
            {"name": "disc", "count": 1200, "mass": 3.0e10, "scale": 3.0, "halo_mass": 5.0e11, "halo_scale": 12.0}
        ],
    },
)

_BAR = Preset(
    name="barred-galaxy",
    title="A bar is born",
    description="A cool disc that is heavier than its halo cannot stay round: within two turns it makes a bar, which "
    "swings through it like a drum major's baton.",
    spec={
        "duration": 1.2e9,
        "frame_interval": 4.0e6,
        "tracers": 40,
        "softening": 0.35,
        "galaxies": [
            {
                "name": "disc",
                "count": 1200,
                "mass": 5.0e10,
                "scale": 3.0,
                "toomre_q": 0.9,
                "halo_mass": 1.2e11,
                "halo_scale": 12.0,
            }
        ],
    },
)

_CLUSTER = Preset(
    name="star-cluster",
    title="A star cluster",
    description="Seven hundred suns in Plummer's sphere, no two on the same rosette: each told star rings when it "
    "falls through the middle.",
    spec={
        "duration": 3.0e7,
        "frame_interval": 1.0e5,
        "tracers": 32,
        "softening": 0.001,
        "galaxies": [
            {"name": "cluster", "form": "plummer", "count": 700, "mass": 2.0e4, "scale": 0.004},
        ],
        "time_step": 1.5e4,
    },
)


def _disc(name: str, position: list[JsonValue], velocity: list[JsonValue], inclination: float) -> JsonValue:
    return {
        "name": name,
        "count": 450,
        "mass": 2.5e10,
        "scale": 2.5,
        "halo_mass": 2.0e11,
        "halo_scale": 8.0,
        "position": position,
        "velocity": velocity,
        "inclination": inclination,
    }


_MERGER = Preset(
    name="galaxy-merger",
    title="Two galaxies meet",
    description="Two discs swing round each other three times in the manner of the Antennae (Toomre and Toomre 1972): "
    "tides throw out long tails, and told stars escape.",
    spec={
        "duration": 1.5e9,
        "frame_interval": 6.0e6,
        "tracers": 48,
        "softening": 0.4,
        "galaxies": [
            _disc("north", [20.0, 14.0, 0.0], [-95.0, 0.0, 0.0], 25.0),
            _disc("south", [-20.0, -14.0, 0.0], [95.0, 0.0, 0.0], 150.0),
        ],
    },
)

_RING = Preset(
    name="cartwheel-galaxy",
    title="A cartwheel",
    description="A compact companion falls straight through a disc: a ring of stars runs outwards like the wave of a "
    "stone in a pond (Lynds and Toomre 1976).",
    spec={
        "duration": 7.0e8,
        "frame_interval": 3.0e6,
        "tracers": 64,
        "softening": 0.35,
        "galaxies": [
            {
                "name": "wheel",
                "count": 900,
                "mass": 2.0e10,
                "scale": 3.0,
                "toomre_q": 1.0,
                "halo_mass": 1.5e11,
                "halo_scale": 8.0,
            },
            {
                "name": "stone",
                "form": "plummer",
                "count": 100,
                "mass": 2.0e9,
                "scale": 1.0,
                "halo_mass": 6.0e10,
                "halo_scale": 3.0,
                "position": [0.8, 0.0, 22.0],
                "velocity": [0.0, 0.0, -260.0],
            },
        ],
    },
)

PRESETS = (_SPIRAL, _BAR, _CLUSTER, _MERGER, _RING)
