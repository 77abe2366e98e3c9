"""Ready-made spinning bodies."""

from harmonic_physics.engine.system import Preset

PRESETS = (
    Preset(
        name="dzhanibekov",
        title="Dzhanibekov's wing nut",
        description="Spun about its middle axis in weightlessness, it turns over, and over again, like a metronome "
        "that thinks.",
        spec={
            "duration": 60.0,
            "frame_interval": 0.05,
            "name": "wing nut",
            "moments": [1.0, 2.0, 2.6],
            "angular_velocity": [0.02, 6.0, 0.0],
        },
        environment={"gravity": 0.0},
    ),
    Preset(
        name="spinning-top",
        title="Spinning top",
        description="A child's top: fast spin, slow precession, and a nod that comes from letting it go too suddenly.",
        spec={
            "duration": 30.0,
            "frame_interval": 0.02,
            "name": "top",
            "moments": [0.0012, 0.0012, 0.0008],
            "angular_velocity": [0.0, 0.0, 90.0],
            "tilt": 30.0,
            "mass": 0.2,
            "offset": 0.06,
        },
    ),
    Preset(
        name="falling-asleep",
        title="A top that runs down",
        description="Friction eats the spin: the precession quickens, the nods grow wide, and the top falls over.",
        spec={
            "duration": 40.0,
            "frame_interval": 0.02,
            "name": "top",
            "moments": [0.0012, 0.0012, 0.0008],
            "angular_velocity": [0.0, 0.0, 70.0],
            "tilt": 15.0,
            "mass": 0.2,
            "offset": 0.06,
            "damping": 1.5e-5,
        },
    ),
    Preset(
        name="tumbling-asteroid",
        title="A tumbling asteroid",
        description="Like Toutatis: two clocks that never agree, one of the spin and one of the wobble. A second is an "
        "hour or so.",
        spec={
            "duration": 90.0,
            "frame_interval": 0.05,
            "name": "asteroid",
            "moments": [1.0, 3.0, 3.22],
            "angular_velocity": [2.5, 0.6, 0.9],
            "tilt": 40.0,
        },
        environment={"gravity": 0.0},
    ),
    Preset(
        name="gyroscope",
        title="Gyroscope held out sideways",
        description="A heavy wheel on the end of a level axle does not fall: it walks round, bowing as it goes.",
        spec={
            "duration": 40.0,
            "frame_interval": 0.02,
            "name": "wheel",
            "moments": [0.02, 0.02, 0.01],
            "angular_velocity": [0.0, 0.0, 60.0],
            "tilt": 90.0,
            "mass": 1.0,
            "offset": 0.12,
        },
    ),
)
