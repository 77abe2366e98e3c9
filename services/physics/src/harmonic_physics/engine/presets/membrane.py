"""Ready-made membranes: a drum kit, a kettledrum, a giant's drum that can be counted, a skin of no regular shape."""

from typing import Any

from harmonic_physics.engine.system import Preset

_KIT = (("low tom", 0.45, 62.0), ("tom", 0.35, 98.0), ("high tom", 0.28, 147.0), ("bongo", 0.2, 261.6))


def _pattern() -> list[dict[str, Any]]:
    """Sixteen bars of a pattern of sixteenths: each drum with a period of its own."""
    hits: list[dict[str, Any]] = []
    for sixteenth in range(16 * 16):
        for drum, (period, phase) in enumerate(((8, 0), (6, 3), (5, 1), (7, 5))):
            if sixteenth % period == phase:
                accent = 1.0 if sixteenth % 16 == 0 else 0.6
                hits.append(
                    {"body": _KIT[drum][0], "kind": "strike", "time": round(0.125 * sixteenth, 6),
                     "position": [0.5 + 0.03 * (sixteenth % 9), 0.5], "amplitude": 0.08 * accent,
                     "contact_time": 1.5e-3}
                )  # fmt: skip
    return hits


_DRUMS = Preset(
    name="drum-circle",
    title="Drum circle",
    description="Four drums, each with a period of its own in sixteenths: 8, 6, 5 and 7. Their accents meet after 840.",
    spec={
        "duration": 32.0,
        "frame_interval": 0.025,
        "membranes": [{"name": n, "width": w, "frequency": f, "modes": 24} for n, w, f in _KIT],
        "excitations": _pattern(),
        "falls": 0,
    },
)

_KETTLE = Preset(
    name="kettledrum-roll",
    title="Kettledrum roll",
    description="A kettledrum in its load of air, which bends its modes towards a harmonic row: rolls that swell and "
    "tighten, each from another place between rim and centre.",
    spec={
        "duration": 30.0,
        "frame_interval": 0.02,
        "membranes": [
            {"name": "kettle", "width": 0.656, "tension": 4000.0, "surface_density": 0.26, "modes": 40,
             "decay_time": 4.0, "decay_time_1khz": 1.5, "pickups": [[0.85, 0.5]]}
        ],
        "excitations": [
            {"body": "kettle", "kind": "strike", "time": 5.0 * k, "position": [0.9 - 0.07 * k, 0.5], "amplitude": 0.02,
             "contact_time": 3e-3, "count": 22, "interval": 0.42, "ratio": 0.93, "fade": 1.06}
            for k in range(6)
        ],
        "falls": 2,
    },
)  # fmt: skip

_GIANT = Preset(
    name="giants-drum",
    title="The giant's drum",
    description="A square skin of 60 m under no great tension: its modes beat at 0.2 to 0.8 Hz, and pairs of equal "
    "pitch fall out of step as the blow was not in the middle.",
    spec={
        "duration": 60.0,
        "frame_interval": 0.1,
        "membranes": [
            {"name": "skin", "shape": "rectangle", "width": 60.0, "height": 58.0, "frequency": 0.2, "modes": 8,
             "surface_density": 50.0, "decay_time": 200.0, "decay_time_1khz": 200.0, "pickups": [[0.3, 0.4]]}
        ],
        "excitations": [
            {"body": "skin", "kind": "strike", "time": 0.0, "position": [0.27, 0.31], "amplitude": 9e4,
             "contact_time": 0.2}
        ],
        "slow_below": 0.6,
        "band_edges": [0.35],
        "surface": 12,
    },
)  # fmt: skip

_OUTLINE = Preset(
    name="l-shaped-drum",
    title="L-shaped drum",
    description="A skin in the shape of an L, on a grid: blows in either arm leak round the corner into the other.",
    spec={
        "duration": 20.0,
        "frame_interval": 0.02,
        "method": "finite_differences",
        "sample_rate": 4000.0,
        "membranes": [
            {"name": "L", "shape": "outline", "width": 0.5,
             "outline": [[0.0, 0.0], [1.0, 0.0], [1.0, 0.45], [0.45, 0.45], [0.45, 1.0], [0.0, 1.0]],
             "frequency": 70.0, "pickups": [[0.8, 0.2], [0.2, 0.8]]}
        ],
        "excitations": [
            {"body": "L", "kind": "strike", "time": 0.15 * k + 0.05 * (k % 3), "amplitude": 0.02 + 0.01 * (k % 4 == 0),
             "position": [0.8, 0.22] if k % 5 < 3 else [0.22, 0.75]}
            for k in range(120)
        ],
    },
)  # fmt: skip

PRESETS = (_DRUMS, _KETTLE, _GIANT, _OUTLINE)
