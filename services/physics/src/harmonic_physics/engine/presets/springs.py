"""Ready-made networks of masses and springs."""

from harmonic_physics.engine.system import Preset

_WEIGHTLESS = {"gravity": 0.0}

PRESETS = (
    Preset(
        name="fermi-pasta-ulam",
        title="Fermi, Pasta, Ulam and Tsingou",
        description="Fifteen masses on slightly bent springs, started in one mode: the energy wanders through "
        "the others "
        "and, against all expectation, comes home. The first great surprise of a computer (1955).",
        spec={
            "shape": "chain",
            "count": 15,
            "alpha": 0.25,
            "start_mode": 1,
            "start_amplitude": 1.0,
            "mode_energies": 3,
            "heard_masses": ["mass 9"],
            "least_speed": 0.03,
            "duration": 4000.0,
            "frame_interval": 2.0,
        },
        environment=_WEIGHTLESS,
    ),
    Preset(
        name="newtons-slinky",
        title="A hanging slinky",
        description="A dozen masses hung on springs from the ceiling and let go: waves run down and up again.",
        spec={
            "shape": "chain",
            "count": 12,
            "ends": "first",
            "motion": "along",
            "spacing": 0.05,
            "mass": 0.05,
            "stiffness": 60.0,
            "inner_damping": 0.0005,
            "least_speed": 0.02,
            "plucks": [{"mass": "mass 13", "displacement": -0.3}],
            "duration": 30.0,
            "frame_interval": 0.02,
        },
        environment=_WEIGHTLESS,
    ),
    Preset(
        name="trampoline",
        title="Trampoline",
        description="A stretched net held at its rim, pushed down in one place: it never quite repeats, since "
        "its corners "
        "pull back harder than its middle.",
        spec={
            "shape": "lattice",
            "size": [5, 5],
            "motion": "space",
            "dimensions": 3,
            "spacing": 0.4,
            "mass": 0.1,
            "stiffness": 40.0,
            "stretch": 0.3,
            "damping": 0.05,
            "least_speed": 0.05,
            "plucks": [{"mass": "mass 12", "displacement": -0.4}],
            "duration": 20.0,
            "frame_interval": 0.02,
        },
        environment={"gravity": 1.0},
    ),
    Preset(
        name="shaken-tree",
        title="Shaken tree",
        description="A tree of springs, shaken at a branch with a period of its own: the twigs answer in groups.",
        spec={
            "shape": "tree",
            "depth": 3,
            "branching": 2,
            "motion": "across",
            "mass": 0.2,
            "stiffness": 30.0,
            "damping": 0.15,
            "drive": 1.2,
            "drive_frequency": 1.1,
            "mode_energies": 4,
            "least_speed": 0.02,
            "duration": 30.0,
            "frame_interval": 0.02,
        },
        environment=_WEIGHTLESS,
    ),
    Preset(
        name="two-coupled-masses",
        title="Two masses that trade",
        description="Two masses on equal springs with a weak one between: all the motion goes over, and comes back.",
        spec={
            "shape": "graph",
            "nodes": [
                {"name": "left wall", "position": [0.0], "fixed": True},
                {"name": "left", "position": [1.0]},
                {"name": "right", "position": [2.0]},
                {"name": "right wall", "position": [3.0], "fixed": True},
            ],
            "links": [
                {"one": "left wall", "other": "left", "stiffness": 80.0},
                {"one": "left", "other": "right", "stiffness": 6.0},
                {"one": "right", "other": "right wall", "stiffness": 80.0},
            ],
            "plucks": [{"mass": "left", "displacement": 0.3}],
            "least_speed": 0.2,
            "duration": 40.0,
            "frame_interval": 0.02,
        },
        environment=_WEIGHTLESS,
    ),
)
