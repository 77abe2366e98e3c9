"""Ready-made wave fields: rain on a pond, two slits, a whispering room, a lens, a resonant basin."""

from harmonic_physics.engine.system import Preset

_RAIN = Preset(
    name="rain-on-a-pond",
    title="Rain on a pond",
    description="Drops fall at random into a pond a hand deep; rings run out and over five reeds, which tell "
    "each crest.",
    spec={
        "duration": 40.0,
        "frame_interval": 0.04,
        "width": 6.0,
        "height": 4.5,
        "cells": 96,
        "depth": 0.02,
        "rain": {"rate": 0.7, "level": 1.0, "width": 0.12},
        "probes": [{"name": f"reed {k + 1}", "position": [1.2 + 0.9 * k, 1.2 + 0.6 * ((k * 3) % 5)]} for k in range(5)],
        "threshold": 0.06,
    },
)

_SLITS = Preset(
    name="double-slit-waves",
    title="Waves through two slits",
    description="A wall with two gaps in a ripple tank: behind it, eleven probes along a line hear the fringes, "
"loud and "
    "silent by turns, as the tone begins, stops and comes back higher.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.04,
        "width": 3.0,
        "height": 2.4,
        "cells": 120,
        "medium": "plain",
        "speed": 0.4,
        "walls": [{"centre": [1.0, 1.2], "width": 0.08, "height": 2.4, "gaps": [[0.86, 1.0], [1.4, 1.54]]}],
        "tones": [
            {"position": [0.55, 0.1], "to": [0.55, 2.3], "frequency": 2.0, "amplitude": 5.0, "length": 12.0},
            {"position": [0.55, 0.1], "to": [0.55, 2.3], "frequency": 3.0, "amplitude": 7.0, "start": 16.0,
             "length": 12.0},
        ],
        "probes": [{"name": f"fringe {k + 1}", "position": [2.3, 0.5 + 0.14 * k]} for k in range(11)],
        "threshold": 0.08,
        "picture": 32,
    },
)  # fmt: skip

_ROOM = Preset(
    name="whispering-room",
    title="Whispering room",
    description="A clap in a room of hard walls, heard in four corners: the first wave, then its images, thicker and "
    "thicker; slowed a hundredfold to be counted.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.03,
        "width": 8.0,
        "height": 5.0,
        "cells": 112,
        "medium": "plain",
        "speed": 3.43,
        "damping": 0.12,
        "sides": ["reflect"] * 4,
        "walls": [{"shape": "circle", "centre": [5.2, 2.9], "width": 1.0}],
        "drops": [{"position": [2.1, 1.7], "level": 4.0, "width": 0.15, "count": 4, "interval": 8.0}],
        "probes": [
            {"name": "south west", "position": [0.4, 0.4]}, {"name": "south east", "position": [7.6, 0.4]},
            {"name": "north west", "position": [0.4, 4.6]}, {"name": "north east", "position": [7.6, 4.6]},
        ],
        "threshold": 0.1,
    },
)  # fmt: skip

_LENS = Preset(
    name="lens-and-echo",
    title="Lens and echo",
    description="Pulses over a field of 700 metres: a disc of slow air "
    " gathers each pulse to a focus, where it is heard last and loudest.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.05,
        "width": 700.0,
        "height": 420.0,
        "cells": 120,
        "medium": "air",
        "sides": ["absorb", "reflect", "absorb", "absorb"],
        "lenses": [{"shape": "circle", "centre": [330.0, 210.0], "width": 200.0, "speed": 0.6}],
        "drops": [{"position": [150.0, 210.0], "level": 3.0, "width": 12.0, "count": 12, "interval": 3.2,
                   "ratio": 0.95}],
        "probes": [
            {"name": "before", "position": [200.0, 260.0]}, {"name": "above", "position": [330.0, 360.0]},
            {"name": "focus", "position": [450.0, 210.0]}, {"name": "far", "position": [600.0, 120.0]},
        ],
        "threshold": 0.08,
    },
)  # fmt: skip

_BASIN = Preset(
    name="sloshing-basin",
    title="Sloshing basin",
    description="A closed basin tilted once: its slow standing waves at incommensurable rates pass three marks "
"on the rim.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.08,
        "width": 4.0,
        "height": 2.6,
        "cells": 64,
        "depth": 0.03,
        "sides": ["reflect"] * 4,
        "drops": [
            {"position": [0.5, 0.4], "level": 1.0, "width": 0.6},
            {"position": [3.6, 2.1], "level": -0.6, "width": 0.5, "time": 9.0},
        ],
        "probes": [
            {"name": "west", "position": [0.1, 1.3]}, {"name": "south", "position": [1.3, 0.1]},
            {"name": "corner", "position": [3.9, 2.5]},
        ],
        "threshold": 0.12,
    },
)  # fmt: skip

PRESETS = (_RAIN, _SLITS, _ROOM, _LENS, _BASIN)
