"""Ready-made molecules: a gas, a drop, a melting and a freezing crystal."""

from harmonic_physics.engine.system import Preset

_GAS = Preset(
    name="argon-gas",
    title="Argon at room temperature",
    description="Two hundred atoms fly, hardly touching; each hard encounter of a tagged one is a note, the harder the "
    "higher the heat.",
    spec={"duration": 60.0, "frame_interval": 0.2, "count": 200, "density": 0.08, "tagged": 16, "time_step": 0.005},
    environment={"temperature": 300.0},
)

_DROP = Preset(
    name="condensing-drop",
    title="A drop condenses",
    description="A cold thin gas in the plane falls together into drops, in which the encounters never end.",
    spec={
        "duration": 120.0,
        "frame_interval": 0.4,
        "count": 220,
        "density": 0.15,
        "tagged": 32,
        "encounter": 1.02,
        "initial_temperature": 150.0,
        "thermostat": "langevin",
        "coupling": 0.3,
        "time_step": 0.008,
    },
    environment={"temperature": 42.0},
)

_MELTING = Preset(
    name="melting-crystal",
    title="A crystal melts",
    description="A sheet of atoms near the absolute zero is put into heat: it hums, trembles, and loses its order.",
    spec={
        "duration": 36.0,
        "frame_interval": 0.12,
        "count": 360,
        "density": 0.85,
        "tagged": 8,
        "encounter": 0.92,
        "initial_temperature": 5.0,
        "coupling": 0.1,
        "order_threshold": 0.4,
        "time_step": 0.004,
    },
    environment={"temperature": 260.0},
)

_FREEZING = Preset(
    name="freezing-film",
    title="A film freezes",
    description="A hot film in the plane is cooled: encounters grow softer, grains form, and order sets in.",
    spec={
        "duration": 90.0,
        "frame_interval": 0.3,
        "count": 240,
        "density": 0.87,
        "tagged": 12,
        "encounter": 0.95,
        "initial_temperature": 320.0,
        "coupling": 0.05,
        "order_threshold": 0.5,
        "time_step": 0.007,
    },
    environment={"temperature": 25.0},
)

_LIQUID = Preset(
    name="liquid-argon",
    title="Liquid argon",
    description="Five hundred atoms in space at the triple point, after Rahman (1964): a dense, even murmur.",
    spec={
        "duration": 9.0,
        "frame_interval": 0.03,
        "dimensions": 3,
        "count": 500,
        "density": 0.8442,
        "tagged": 24,
        "encounter": 0.97,
        "initial_temperature": 180.0,
        "time_step": 0.006,
    },
    environment={"temperature": 86.5},
)

PRESETS = (_GAS, _DROP, _MELTING, _FREEZING, _LIQUID)
